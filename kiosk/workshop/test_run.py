"""The command `test`: packages that the tests need, a virtual screen, then pytest with whatever was asked of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from kiosk.workshop.system_packages import TEST_PACKAGES, install_test_packages
from kiosk.workshop.virtual_screen import virtual_screen

HOME = Path(__file__).resolve().parents[2]
# Half of the suite by time, without windows and stations as a whole; it runs beside the other half, on the second core.
BESIDE = (
    *(f"tests/{room}" for room in ("core", "devices", "dicom", "flow", "house", "paper", "store", "workshop")),
    "tests/test_bootstrap.py", "tests/test_commands.py",
)  # fmt: skip


def run_tests(words: list[str]) -> int:
    """Run pytest with ``words`` added, `--soak` among them if wished; its exit code. All tests run as two halves at
    once; those that were named run alone.
    """
    for package in install_test_packages():
        print(f"not here: {package} ({TEST_PACKAGES[package]}); tests that need it are reported as skipped", flush=True)
    with virtual_screen():
        try:
            if named(words):
                return subprocess.run([*_pytest(), *words], cwd=HOME, check=False).returncode
            return _both_halves(words)
        except KeyboardInterrupt:
            return 130


def named(words: list[str]) -> bool:
    """Do these words choose among the tests, or measure them? Then nothing may run beside."""
    return "--soak" in words or any(
        not word.startswith("-") or word.startswith(("-k", "-m", "--lf", "--ff")) for word in words
    )


def _both_halves(words: list[str]) -> int:
    """The one half is seen as it goes on, the other one when both are over."""
    ignored = [f"--ignore={room}" for room in BESIDE]
    with tempfile.TemporaryFile() as told:
        beside = subprocess.Popen([*_pytest(), *words, *BESIDE], cwd=HOME, stdout=told, stderr=subprocess.STDOUT)
        try:
            code = subprocess.run([*_pytest(), *words, *ignored], cwd=HOME, check=False).returncode
            other = beside.wait()
        finally:
            beside.kill()
        told.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(told.read())
        sys.stdout.flush()
    return code or other


def _pytest() -> list[str]:
    return [sys.executable, "-m", "pytest"]
