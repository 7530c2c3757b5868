"""The command `test` runs everything, in two halves, and says so when either of them fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kiosk.workshop import test_run
from kiosk.workshop.test_run import BESIDE, HOME, named


@pytest.mark.parametrize(
    ("words", "alone"),
    [([], False), (["-q", "--durations=30"], False), (["tests/core"], True), (["-k", "x"], True), (["--soak"], True)],
)
def test_only_the_whole_suite_is_halved(words: list[str], alone: bool) -> None:
    assert named(words) is alone


def test_the_halves_are_rooms_of_the_tests() -> None:
    assert all((HOME / each).exists() for each in BESIDE)
    rooms = {
        f"tests/{each.name}" for each in (HOME / "tests").iterdir() if each.is_dir() and any(each.glob("**/test_*.py"))
    }
    assert rooms - set(BESIDE) == {"tests/feel", "tests/journeys", "tests/modes", "tests/ui"}


@pytest.mark.parametrize("fails", ["beside", "before", ""])
def test_both_halves_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], fails: str
) -> None:
    """A stand-in for pytest that says what it was given."""
    fake = tmp_path / "fake.py"
    fake.write_text(
        "import sys\n"
        "beside = 'tests/core' in sys.argv\n"
        "print('half', 'beside' if beside else 'before', flush=True)\n"
        f"sys.exit(1 if {fails!r} == ('beside' if beside else 'before') else 0)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(test_run, "_pytest", lambda: [sys.executable, str(fake)])
    assert test_run._both_halves(["-q"]) == (1 if fails else 0)
    out = capfd.readouterr().out
    assert "half before" in out and "half beside" in out
