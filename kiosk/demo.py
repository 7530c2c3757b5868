"""Plays a whole day on invented examinees: the same desks that the windows use, real DICOM on loopback, real files."""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, say
from kiosk.demo_day import Day
from kiosk.modes import catalog

MODES = ("reception", "gateway", "viewer", "findings", "training", "maintenance")


def demo(argv: list[str]) -> int:
    """``demo [--folder F] [--headless]``: play the day, print the summary; 0 when it ran to its end."""
    from kiosk.bootstrap import has_display

    headless = "--headless" in argv
    if not headless and not has_display():
        print(say(N_("There is no display: the day runs without windows.")))
        headless = True
    folder = _folder(argv)
    file, modes = _station_file(folder)
    if headless:
        return _without_windows(file, modes, folder)
    return _with_windows(file, modes, folder)


# -- where it plays ------------------------------------------------------------------------------------------------
def _folder(argv: list[str]) -> Path:
    """An empty folder: the one named, else ``demo-day`` here, else a temporary one where nothing can be written."""
    if "--folder" in argv:
        folder = Path(argv[argv.index("--folder") + 1]).absolute()
    else:
        folder = Path.cwd() / "demo-day"
    mark = folder / "demo.txt"
    try:
        if mark.exists():
            shutil.rmtree(folder)  # the day before, made by this command
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Fault(
                N_("The folder {folder} is not empty."),
                N_("Name another with --folder."),
                reference="P260",
                folder=folder,
            )
        mark.write_text("made by the demo; the next demo makes it anew\n", encoding="utf-8")
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="demo-day-"))
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _station_file(folder: Path) -> tuple[Any, dict[str, Any]]:
    """A parameter file as a centre would write it, all on one PC."""
    from kiosk.flow.settings_file import read_settings

    modes, _ = catalog.all_modes()
    port, pacs = _free_port(), _free_port()
    nodes = "".join(
        f'\n[[modes.gateway.nodes]]\nae_title = "{ae}"\naddress = "127.0.0.1"\ntitle = "{title}"\n'
        for ae, title in (
            ("CR1", "X線室1"), ("DR1", "X線TV室"), ("US1", "超音波室1"), ("US2", "超音波室2"), ("US3", "婦人科"),
            ("ES1", "内視鏡室"), ("OP1", "眼底室"), ("MG1", "マンモグラフィ室"),
        )
    )  # fmt: skip
    text = f"""\
[station]
name = "demo"
place = "見本"
institution_name = "見本健診センター"
login = false

[modes.reception.inbox]
every_s = 0.5
settle_s = 0.5

[modes.reception.list.gaiji]
F040 = "𠮷"

[volumes]
MAG1 = {{ path = "data/MAG1", writable = true, role = "gateway" }}
MAG2 = {{ path = "data/MAG2", writable = true, role = "primary", title = "画像1" }}
BUP = {{ path = "data/BUP", writable = true, role = "mirror", title = "予備" }}

[modes.gateway]
port = {port}
host = "127.0.0.1"
{nodes}
[modes.gateway.keep]
copy_after_s = 2.0

[modes.gateway.send]
look_s = 2.0

[[modes.gateway.send.destinations]]
name = "PACS"
title = "見本PACS"
ae_title = "PACS"
address = "127.0.0.1"
port = {pacs}
quiet_s = 1.0

[modes.viewer]
[modes.findings]
[modes.training]
port = {port}
pacs_port = {pacs}
[modes.maintenance]
"""
    path = folder / "station.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path, {name: mode.settings for name, mode in modes.items()}), modes


# -- with and without windows ----------------------------------------------------------------------------------------
def _without_windows(file: Any, modes: dict[str, Any], folder: Path) -> int:
    from kiosk.assembly import Station

    station = Station(file, lambda do, *args: do(*args))
    try:
        for name in MODES:
            station.open_mode(name, modes[name])
        return _play(Day(station, folder))
    finally:
        station.close()


def _with_windows(file: Any, modes: dict[str, Any], folder: Path) -> int:
    """The windows are open while the day is played, and stay for use until they are closed."""
    from kiosk.windows import WindowedStation, run_windows

    status: list[int] = []

    def begin(windowed: WindowedStation) -> None:
        def play(stop: threading.Event) -> None:
            status.append(_play(Day(windowed.station, folder)))
            print(say(N_("The windows stay open for use; close them to end.")), flush=True)

        windowed.station.crew.start("demo", play)

    run_windows(file, modes, launcher=False, on_open=begin)
    return status[0] if status else 1


def _play(day: Day) -> int:
    try:
        day.play()
    except Fault as fault:
        print(fault.told(), file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        return 1
    print()
    for line in day.summary.told():
        print(line)
    sys.stdout.flush()
    return 0
