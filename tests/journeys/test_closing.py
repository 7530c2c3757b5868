"""A station that ends, or is killed, leaves neither a process nor a lock behind."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from filelock import FileLock

from kiosk.core.process import program
from tests.journeys.hands import windows_called
from tests.needs import needs, only_on_posix
from tests.waiting import wait_until

CHILDREN = ("gateway.receive", "reception.lists", "kiosk.dicom.decode_child")
ORPHANS_END_S = 20.0  # a child that is still loading its libraries hears of the end only afterwards
PLACE = " - 終わる部屋"
STATION = """\
[station]
name = "closing"
place = "終わる部屋"
login = false
[modes.reception]
[modes.gateway]
port = 0
host = "127.0.0.1"
[modes.viewer]
decoders = 2
[modes.findings]
"""


class Running:
    """A windowed station as a process, with the helper processes that it has started."""

    def __init__(self, file: Path) -> None:
        self.data = file.parent / "data"
        self.said = file.parent / "said.txt"
        with open(self.said, "wb") as said:
            self.process = subprocess.Popen([*program(), str(file)], cwd=file.parent, stdout=said, stderr=said)
        self.children: list[psutil.Process] = []
        try:
            wait_until(self._all_there, 60, "the windows and every helper process are there")
        except BaseException:
            self.kill()
            raise

    def _all_there(self) -> bool:
        assert self.process.poll() is None, self.said.read_text(encoding="utf-8")
        self.children = psutil.Process(self.process.pid).children(recursive=True)
        calls = " ".join(" ".join(each.cmdline()) for each in self.children if each.is_running())
        return all(name in calls for name in CHILDREN) and len(windows_called(PLACE)) == 4

    def left(self) -> list[Any]:
        return [each for each in self.children if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]

    def kill(self) -> None:
        for each in [self.process, *self.left()]:
            each.kill()
        self.process.wait()


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "station.toml"
    file.write_text(STATION, encoding="utf-8")
    yield file


@needs("xdotool")
@only_on_posix
def test_nothing_is_left_of_a_station_that_ended_or_was_killed(
    station: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = Running(station)
    try:
        again = subprocess.run([*program(), str(station)], capture_output=True, text=True, timeout=60)
        assert again.returncode == 1 and "P209" in again.stderr, "a second one at the same parameter file is refused"
        assert len(again.stderr.strip().splitlines()) == 1

        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: running.process.poll() is not None, 20, "it ends")
        ended_s = time.monotonic() - began
        assert running.process.returncode == 0, running.said.read_text(encoding="utf-8")
        assert not running.left(), "it ends after its helper processes"
        with FileLock(running.data / "station.lock").acquire(timeout=0):
            pass

        running = Running(station)  # the lock is free, the stores open again
        began = time.monotonic()
        running.process.kill()
        running.process.wait()
        wait_until(lambda: not running.left(), ORPHANS_END_S, f"its helper processes end: {running.left()}")
        with capsys.disabled():
            print(f"\n  ended after {ended_s:.1f} s, orphans after {time.monotonic() - began:.1f} s")
        with FileLock(running.data / "station.lock").acquire(timeout=0):
            pass
    finally:
        running.kill()
