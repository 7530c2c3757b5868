"""The command `test`: packages that the tests need, a virtual screen, then pytest with whatever was asked of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kiosk.workshop.system_packages import TEST_PACKAGES, install_test_packages
from kiosk.workshop.virtual_screen import virtual_screen

HOME = Path(__file__).resolve().parents[2]


def run_tests(words: list[str]) -> int:
    """Run pytest with ``words`` added, `--soak` among them if wished; pytest's exit code."""
    for package in install_test_packages():
        print(f"not here: {package} ({TEST_PACKAGES[package]}); tests that need it are reported as skipped", flush=True)
    with virtual_screen():
        try:
            return subprocess.run([sys.executable, "-m", "pytest", *words], cwd=HOME, check=False).returncode
        except KeyboardInterrupt:
            return 130
