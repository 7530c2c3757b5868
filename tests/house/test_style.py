"""The tree is clean under ruff."""

from __future__ import annotations

import subprocess
import sys

from tests.house.tree import HOME


def test_ruff() -> None:
    call = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", "."]
    answer = subprocess.run(call, cwd=HOME, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
