"""A barcode reader at a serial port reads for the window in front: barcode to CR file, as a whole station."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.core.patient import Patient
from kiosk.core.visit import VisitKey
from kiosk.flow.settings_file import read_settings
from kiosk.modes import catalog
from kiosk.store import visits
from kiosk.store.visits import VisitRow
from tests.devices.serial_lines import PtyLine
from tests.journeys.hands import turn_to
from tests.needs import only_on_posix

Wait = Callable[..., Any]

FILE = """\
[station]
name = "x1"
login = false
scanner = {{ port = "{port}", silence_ms = 60 }}

[modes.attributes]
at_once = true
"""


@only_on_posix
def test_scanned_at_a_serial_port_to_the_consoles_file(root: Any, tmp_path: Path, wait_until: Wait) -> None:
    from kiosk.ui import look
    from kiosk.windows import WindowedStation

    look.dress(root)
    line = PtyLine()
    file = tmp_path / "station.toml"
    file.write_text(FILE.format(port=line.port), encoding="utf-8")
    modes, _ = catalog.all_modes()
    settings = read_settings(file, {name: mode.settings for name, mode in modes.items()})
    console = settings.data / "CONSOLE"
    console.mkdir(parents=True)
    windowed = WindowedStation(root, settings, modes, launcher=False)
    try:
        shell = windowed.shells["attributes"]
        turn_to(shell)
        born = date(1971, 4, 2)
        with windowed.station.centre.writing() as conn:
            key = VisitKey("0001", date.today(), "1001")
            who = Patient("", "00012345", "見本 太郎", "ミホン タロウ", "", "M", born)
            visits.take_visit(conn, VisitRow(key, who, "09:00"), "list")
        line.write(b"1001\r")
        wait_until(lambda: (console / "00012345.csv").exists(), what="the console has the record")
        wait_until(lambda: shell.problem.level == "done", what="and it is told")
        line.write(b"1009\r")
        wait_until(lambda: shell.problem.level == "stop", what="an unknown code is refused")
        line.pull_out()
        wait_until(lambda: settings.station.scanner.port in shell.problem.text, 5, "told that the reader is gone")
    finally:
        windowed.close()
        line.pull_out()
