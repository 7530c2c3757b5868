"""An attribute sender with examinees of today and a console, and its real window."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.core.patient import Patient
from kiosk.core.record_formats import FieldFormat, RecordFormat
from kiosk.core.settings import StationSettings
from kiosk.core.visit import VisitKey
from kiosk.devices.handover.simulator import ConsoleSimulator
from kiosk.flow.settings_file import StationFile
from kiosk.modes.attributes.mode import MODE
from kiosk.modes.attributes.settings import AttributesSettings, FolderSettings
from kiosk.store import visits
from kiosk.store.visits import VisitRow
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]

TARO = Patient("", "00012345", "見本 太郎", "ミホン タロウ", "", "M", date(1971, 4, 2))
HANAKO = Patient("", "00012346", "𠮷田 花子", "ヨシダ ハナコ", "", "F", date(1980, 12, 31))
FORMAT = RecordFormat(
    date="era", fields=[FieldFormat(each) for each in ("patient_id", "number", "kanji", "kana", "sex", "birth_date")]
)


class Room:
    """The PC beside the console."""

    def __init__(self, home: Path, templates: Path, post: Any, mailbox: Any, **settings: Any) -> None:
        self.data = home / "data"
        self.data.mkdir()
        for name in ("centre.sqlite", "station.sqlite"):
            shutil.copy(templates / name, self.data)
        self.console = ConsoleSimulator(home / "CONSOLE", flag=".end", taken="gone")
        self.console.folder.mkdir()
        told = AttributesSettings(
            console="CR", format=FORMAT, folder=FolderSettings(str(self.console.folder), ".end", "gone", 2.0)
        )
        file = StationFile(
            StationSettings(name="x1", place="X線室1", data=str(self.data), institution="0001", login=False), {},
            {"attributes": replace(told, **settings)},
        )  # fmt: skip
        self.station = Station(file, post, mailbox=mailbox)
        self.desk = self.station.open_mode("attributes", MODE)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.console.work, args=(self._stop,), name="console")
        self._thread.start()

    def visit(self, patient: Patient = TARO, number: str = "001", day: date | None = None) -> int:
        key = VisitKey("0001", day or date.today(), number)
        with self.station.centre.writing() as conn:
            return visits.take_visit(conn, VisitRow(key, patient, "09:00"), "list").visit

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5)
        self.station.close()


@pytest.fixture
def open_room(tmp_path: Path, sqlite_templates: Path) -> Iterator[Callable[..., Room]]:
    """``open_room(**settings)``: without a window."""
    opened: list[Room] = []

    def open_one(post: Any = lambda do, *args: do(*args), mailbox: Any = None, **settings: Any) -> Room:
        opened.append(Room(tmp_path, sqlite_templates, post, mailbox, **settings))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def open_window(root: Any, open_room: Callable[..., Room]) -> Iterator[Callable[..., Any]]:
    """``open_window(**settings)``: the real window; ``window.room`` is the PC."""
    import tkinter as tk

    from kiosk.modes.attributes.window import AttributesWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    opened: list[tuple[Any, Any]] = []

    def open_one(**settings: Any) -> Any:
        mailbox = Mailbox(root)
        room = open_room(mailbox.post, mailbox, **settings)
        top = tk.Toplevel(root)
        top.geometry("1280x800+0+0")
        window = AttributesWindow(top, room.desk)
        window.room = room  # type: ignore[attr-defined]
        opened.append((top, mailbox))
        top.update()
        top.focus_force()
        return window

    yield open_one
    for top, mailbox in opened:
        top.destroy()
        mailbox.close()
