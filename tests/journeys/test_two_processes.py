"""Gateway and reception as two processes on PostgreSQL: within two seconds one shows what the other stored."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.process import program
from kiosk.core.words import N_, say
from kiosk.devices.inbox.simulator import CheckupSystem, list_bytes, sample_rows
from kiosk.flow.settings_file import read_settings
from kiosk.modes import catalog
from kiosk.store.opening import station_store
from tests.dicom.peers import free_port
from tests.journeys.cut_line import CutLine
from tests.journeys.devices import Device, take_picture
from tests.journeys.hands import cells, press, scan
from tests.needs import needs
from tests.waiting import wait_until

LATEST_S = 2.0
SOON_S = 5.0  # how soon a person is told that the database is away, and that it is back
STANDSTILL_S = 0.5

GATEWAY = """\
[station]
name = "gateway"
centre = "{centre}"
[modes.gateway]
port = {port}
host = "127.0.0.1"
[[modes.gateway.nodes]]
ae_title = "CR1"
charset = "kana_kanji"
names = "three_groups"
"""
RECEPTION = """\
[station]
name = "reception"
centre = "{centre}"
login = false
[modes.reception.inbox]
every_s = 0.2
settle_s = 0.2
[modes.reception.list.gaiji]
F040 = "𠮷"
"""


class Reception:
    """The reception PC: its window in this process, its line to the database."""

    def __init__(self, root: Any, folder: Path, line: CutLine, centre: str) -> None:
        from kiosk.windows import WindowedStation

        self.line = line
        self.folder = folder
        folder.mkdir()
        file = folder / "reception.toml"
        file.write_text(RECEPTION.format(centre=centre), encoding="utf-8")
        modes, _ = catalog.all_modes()
        settings = read_settings(file, {name: mode.settings for name, mode in modes.items()})
        self.windowed = WindowedStation(root, settings, modes, launcher=False)
        self.shell = self.windowed.shells["reception"]
        self.window = self.shell.window

    def rows(self) -> dict[str, str]:
        """Number -> what is said of the examinations."""
        return {row[1]: row[6] for row in cells(self.window.day.table).values()}

    def read_list(self, count: int) -> None:
        CheckupSystem(self.folder / "data" / "inbox").deliver("l.csv", list_bytes(sample_rows(date.today(), count)))
        wait_until(lambda: len(self.rows()) == count, 30, "the list is read")

    @property
    def lamp(self) -> str:
        return str(self.shell.lamp(N_("Database")).state)


@pytest.fixture
def reception(root: Any, tmp_path: Path, fresh_postgres: str) -> Iterator[Reception]:
    from sqlalchemy.engine import make_url

    from kiosk.ui import look

    look.dress(root)
    server = make_url(fresh_postgres)
    line = CutLine(server.port or 0)
    try:
        made = Reception(root, tmp_path / "reception", line, str(server.set(port=line.port)))
        try:
            yield made
        finally:
            made.windowed.close()
    finally:
        line.close()


@pytest.fixture
def gateway(tmp_path: Path, fresh_postgres: str) -> Iterator[int]:
    """The gateway PC: another process, without a window; its port, once it listens."""
    folder = tmp_path / "gateway"
    folder.mkdir()
    port = free_port()
    file = folder / "gateway.toml"
    file.write_text(GATEWAY.format(centre=fresh_postgres, port=port), encoding="utf-8")
    running = subprocess.Popen([*program(), str(file), "--headless"], cwd=folder)
    try:
        wait_until(lambda: listens(folder / "data"), 60, "the gateway receives")
        yield port
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0


def listens(data: Path) -> bool:
    from kiosk.flow.gateway_book import STATE
    from kiosk.store import local

    if not (data / "station.sqlite").exists():
        return False
    store = station_store(data)
    try:
        with store.reading() as conn:
            state = local.seen_last(conn, STATE)
    finally:
        store.close()
    return bool(state and state.body.get("port"))


@needs("initdb", "storescu", "findscu")
def test_what_the_gateway_stored_stands_at_reception_within_two_seconds(
    reception: Reception, gateway: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reception.read_list(3)
    device = Device("CR1", gateway, tmp_path)
    answers = device.ask(date.today(), "CR")
    assert len(answers) == 3
    took = []
    for answer in answers:
        tail = str(int(answer.PatientID) - 90000000).zfill(3)
        for number, (view, told) in enumerate((("PA", f"胸部 {say('no {views}', views='側面')}"), ("LL", "胸部✓")), 1):
            device.send(take_picture(answer, tmp_path, number, ViewPosition=view))
            began = time.monotonic()
            wait_until(lambda tail=tail, told=told: told in reception.rows()[tail], 10, f"{tail} {told}")
            took.append(time.monotonic() - began)
    with capsys.disabled():
        told = ", ".join(f"{each:.2f}" for each in took)
        print(f"\n  from the acknowledged image to the mark at reception: {told} s")
    assert max(took) < LATEST_S


@needs("initdb")
def test_reception_lives_on_while_the_database_is_away(
    reception: Reception, capsys: pytest.CaptureFixture[str]
) -> None:
    reception.read_list(5)
    shell, window, heartbeat = reception.shell, reception.window, reception.windowed.heartbeat
    wait_until(lambda: reception.lamp == "good")
    before = reception.rows()
    heartbeat.reset()
    began = time.monotonic()
    reception.line.cut()
    wait_until(lambda: reception.lamp == "stop", SOON_S, "the lamp says so")
    wait_until(lambda: shell.problem.text and shell.problem.level != "done", SOON_S, "the problem line says so")
    told_s = time.monotonic() - began
    assert reception.rows() == before, "the list that was seen last stays"
    press(shell, "Esc")
    scan(shell, f"{date.today():%Y%m%d}-002")
    assert window.day.selected is not None and window.day.selected.number.endswith("002")
    press(shell, "F5")
    wait_until(lambda: shell.problem.level == "stop", SOON_S, "a check-in is refused in words")
    assert reception.rows() == before
    reception.line.mend()
    began = time.monotonic()
    wait_until(lambda: reception.lamp == "good", SOON_S, "the lamp is green again")
    wait_until(lambda: not shell.problem._standing, SOON_S, "nothing is said of it any more")
    back_s = time.monotonic() - began
    press(shell, "F5")
    wait_until(lambda: reception.rows()["002"] != before["002"], SOON_S, "the check-in goes in")
    with capsys.disabled():
        print(f"\n  told after {told_s:.1f} s, back after {back_s:.1f} s", end="")
        print(f", longest gap of the heartbeat meanwhile {heartbeat.longest_gap_s * 1000:.0f} ms")
    assert heartbeat.longest_gap_s < STANDSTILL_S
