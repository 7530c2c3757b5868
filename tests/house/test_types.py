"""Types hold in the rooms where a wrong one costs data."""

from __future__ import annotations

import subprocess
import sys

from tests.house.tree import HOME

ROOMS = ["kiosk/core", "kiosk/store", "kiosk/flow", "kiosk/locale", "kiosk/workshop", "kiosk/environment.py"]


def test_mypy() -> None:
    rules = [str(path.relative_to(HOME)) for path in sorted((HOME / "kiosk" / "modes").glob("*/rules.py"))]
    call = [sys.executable, "-m", "mypy", "--no-error-summary", *ROOMS, *rules]
    answer = subprocess.run(call, cwd=HOME, capture_output=True, text=True, check=False)
    assert (answer.stdout + answer.stderr).splitlines() == []
    assert answer.returncode == 0
