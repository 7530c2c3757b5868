"""Handing records over: the real folder and the simulated console keep the same contract."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from kiosk.devices.handover.contract import NoFolder, NotTaken, RecordRefused
from kiosk.devices.handover.shared_folder import SharedFolder
from kiosk.devices.handover.simulator import ConsoleSimulator

Taken = Literal["none", "gone", "answer"]


class Line:
    """A folder with a console behind it."""

    def __init__(self, folder: Path, flag: str, taken: Taken) -> None:
        folder.mkdir()
        self.console = ConsoleSimulator(folder, flag, taken)
        self.to = SharedFolder(folder, flag=flag, taken=taken, wait_s=1.0)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.console.work, args=(self._stop,), name="console")
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5)


@pytest.fixture(
    params=[("", "none"), (".end", "none"), ("", "gone"), (".end", "gone"), ("", "answer"), (".end", "answer")]
)
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    made = Line(tmp_path / "console", *request.param)
    yield made
    made.close()


def test_a_record_arrives_whole_and_doing_it_again_is_harmless(line: Line, wait_until: Callable[..., Any]) -> None:
    data = "00012345,見本 太郎\r\n".encode("cp932") * 1000
    for _ in range(2):
        line.to.deliver("00012345.csv", data)
    wait_until(lambda: line.console.records.get("00012345.csv") == data)
    assert not list(line.console.folder.glob("*.tmp"))


@pytest.mark.parametrize("taken", ["gone", "answer"])
def test_a_silent_console_is_told_and_a_refusal_with_its_reason(tmp_path: Path, taken: Taken) -> None:
    made = Line(tmp_path / "console", "", taken)
    try:
        made.console.manner = "silent"
        with pytest.raises(NotTaken):
            SharedFolder(made.console.folder, taken=taken, wait_s=0.2).deliver("1.csv", b"x")
        if taken == "answer":
            made.console.manner = "refusing"
            with pytest.raises(RecordRefused) as told:
                made.to.deliver("1.csv", b"x")
            assert "患者IDが違います" in told.value.told()
    finally:
        made.close()


def test_a_share_that_is_away_is_no_console_that_took_it(tmp_path: Path) -> None:
    with pytest.raises(NoFolder):
        SharedFolder(tmp_path / "away").deliver("1.csv", b"x")
    folder = tmp_path / "share"
    folder.mkdir()

    def goes_away(_: float) -> None:
        (folder / "1.csv").unlink()
        folder.rmdir()

    with pytest.raises(NoFolder):
        SharedFolder(folder, taken="gone", sleep=goes_away).deliver("1.csv", b"x")
