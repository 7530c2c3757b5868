"""The demo as a person starts it: without a display, again in the same folder with one, and where it must not play."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from kiosk.core.process import program
from tests.journeys.hands import windows_called
from tests.needs import needs
from tests.waiting import wait_until

LONGEST_S = 60.0
COUNTS = (
    "Examinees read: {n} (rows that want a look: {problems})", "Checked in: {n}", "Worklist steps answered: {n}",
    "Images stored: {n} (unmatched studies: {unmatched})", "Courses complete: {n}", "Findings signed: {n}",
    "Studies sent to the PACS and copied to two disks: {n}",
    "Pictures decoded by the viewer: {n}, key images: {keys}", "Pages printed: {n}", "Audit rows, chain sound: {n}",
)  # fmt: skip
WINDOWS = 6
PLACE = " - 見本"  # in the title of every window of the demo


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where both demos play, one after the other."""
    return tmp_path_factory.mktemp("demo") / "day"


def number(told: str, sentence: str) -> str:
    """The first number of a line of the summary, in the language that the demo speaks."""
    from kiosk import locale

    said = locale.load("ja")(sentence)
    line = re.sub(r"\\\{\w+\\\}", r"([\\d.]+)", re.escape(said))
    found = re.search(f"^{line}$", told, re.MULTILINE)
    assert found is not None, f"{said!r} is not in the summary:\n{told}"
    return found[1]


def counted(told: str) -> dict[str, int]:
    return {sentence: int(number(told, sentence)) for sentence in COUNTS}


def pages(told: str) -> list[Path]:
    """The files that the summary names."""
    return [Path(line.strip()) for line in told.splitlines() if line.startswith("  ") and line.endswith(".pdf")]


def seconds(told: str) -> float:
    return float(number(told, "Seconds: {n}"))


def test_it_plays_the_day_without_a_display(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    call = [*program(), "demo", "--folder", str(folder)]
    done = subprocess.run(call, env=bare, capture_output=True, text=True, timeout=LONGEST_S + 30)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    numbers = counted(done.stdout)
    assert all(numbers.values()), numbers
    assert str(folder) in done.stdout
    named = pages(done.stdout)
    assert len(named) == numbers["Pages printed: {n}"] and all(page.stat().st_size > 1000 for page in named)
    images = list((folder / "data" / "MAG1").rglob("*.dcm"))
    assert len(images) == numbers["Images stored: {n} (unmatched studies: {unmatched})"]
    for copies in ("MAG2", "BUP", "PACS"):
        assert len(list((folder / "data" / copies).rglob("*.dcm"))) == len(images), copies
    with capsys.disabled():
        print(f"\n  the demo without windows took {seconds(done.stdout):.1f} s")
    assert seconds(done.stdout) < LONGEST_S


@needs("xdotool")
def test_it_plays_again_with_the_windows_open_until_they_are_closed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = tmp_path / "said.txt"
    with open(said, "wb") as out:
        running = subprocess.Popen([*program(), "demo", "--folder", str(folder)], stdout=out, stderr=out)
    try:
        wait_until(lambda: len(windows_called(PLACE)) >= WINDOWS, 40, "its windows are open")
        wait_until(lambda: text(said).count(".pdf") == 4 or running.poll() is not None, LONGEST_S, "the summary")
        assert running.poll() is None, f"it ended by itself: {text(said)}"
        assert all(counted(text(said)).values())
        assert len(windows_called(PLACE)) == WINDOWS, "the windows stay for use"
        running.send_signal(signal.SIGTERM)
        assert wait_until(lambda: running.poll() is not None, 20, "the process ends") and running.returncode == 0
    finally:
        running.kill()
        running.wait()
    with capsys.disabled():
        print(f"\n  the demo with windows took {seconds(text(said)):.1f} s")
    assert "Traceback" not in text(said)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"precious")
    call = [*program(), "demo", "--headless", "--folder", str(tmp_path)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert str(tmp_path) in done.stderr and "--folder" in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
