"""The command `test` runs everything, as parts at once, and says so when any of them fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kiosk.workshop import test_run
from kiosk.workshop.test_run import BESIDE, HOME, WINDOWS, named, parts


@pytest.mark.parametrize(
    ("words", "alone"),
    [([], False), (["-q", "--durations=30"], False), (["tests/core"], True), (["-k", "x"], True), (["--soak"], True)],
)
def test_only_the_whole_suite_is_parted(words: list[str], alone: bool) -> None:
    assert named(words) is alone


def test_the_parts_are_rooms_of_the_tests() -> None:
    assert all((HOME / each).exists() for each in BESIDE + WINDOWS)
    rooms = {
        f"tests/{each.name}" for each in (HOME / "tests").iterdir() if each.is_dir() and any(each.glob("**/test_*.py"))
    }
    assert rooms - set(BESIDE) - set(WINDOWS) == {"tests/feel", "tests/journeys"}


@pytest.mark.parametrize("own_screens", [False, True])
def test_windows_are_a_part_of_their_own_where_each_part_has_a_screen(own_screens: bool) -> None:
    first, *others = parts(own_screens)
    assert others == [list(BESIDE), list(WINDOWS)][: 1 + own_screens]
    assert first == [f"--ignore={room}" for other in others for room in other], "nothing is run twice or left out"


def test_on_a_screen_that_is_there_windows_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":7")
    assert not test_run.each_has_a_screen()


@pytest.mark.parametrize("fails", ["beside", "windows", "before", ""])
def test_every_part_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], fails: str
) -> None:
    """A stand-in for pytest that says what it was given."""
    fake = tmp_path / "fake.py"
    fake.write_text(
        "import sys\n"
        "part = {'tests/core': 'beside', 'tests/ui': 'windows'}.get(sys.argv[2], 'before')\n"
        "print('part', part, flush=True)\n"
        f"sys.exit(3 if {fails!r} == part else 0)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(test_run, "_pytest", lambda: [sys.executable, str(fake)])
    monkeypatch.setattr(test_run, "parts", lambda own_screens: [["--ignore=x"], ["tests/core"], ["tests/ui"]])
    assert test_run._all_parts(["-q"]) == (3 if fails else 0)
    out = capfd.readouterr().out
    assert all(f"part {part}" in out for part in ("before", "beside", "windows"))
