"""A capture station with a simulated camera and examinees of today, and its real window."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.core.camera import CameraSettings
from kiosk.core.patient import Patient
from kiosk.core.registering import RegisterSettings
from kiosk.core.settings import StationSettings
from kiosk.core.triggers import TriggerSettings
from kiosk.core.visit import Examination, VisitKey
from kiosk.flow.settings_file import StationFile
from kiosk.modes.capture.mode import MODE
from kiosk.modes.capture.settings import CaptureSettings
from kiosk.store import visits
from kiosk.store.visits import VisitRow
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]

TARO = Patient("", "00012345", "見本 太郎", "ミホン タロウ", "", "M", date(1971, 4, 2))
HANAKO = Patient("", "00012346", "髙橋 花子", "タカハシ ハナコ", "", "F", date(1980, 12, 31))
STOMACH = Examination("E1", "胃カメラ(経口)", "胃カメラ", "ES", "ES1", "内視鏡室")
CAMERA = CameraSettings(source="simulator", width=800, height=448)


class Room:
    """The PC beside the endoscope."""

    def __init__(self, home: Path, templates: Path, post: Any, mailbox: Any, **settings: Any) -> None:
        self.data = home / "data"
        if not self.data.exists():
            self.data.mkdir()
            for name in ("centre.sqlite", "station.sqlite"):
                shutil.copy(templates / name, self.data)
        nowhere = RegisterSettings(port=1)
        told = CaptureSettings(camera=CAMERA, register=nowhere, trigger=TriggerSettings(debounce_ms=0, guard_ms=0))
        file = StationFile(
            StationSettings(name="es1", place="第1検査室", data=str(self.data), institution="0001", login=False), {},
            {"capture": replace(told, **settings)},
        )  # fmt: skip
        self.station = Station(file, post, mailbox=mailbox)
        self.desk = self.station.open_mode("capture", MODE)

    def visit(self, patient: Patient = TARO, number: str = "1001", exam: Examination = STOMACH) -> int:
        key = VisitKey("0001", date.today(), number)
        with self.station.centre.writing() as conn:
            return visits.take_visit(conn, VisitRow(key, patient, "09:00", exams=(exam,)), "list").visit

    def close(self) -> None:
        self.station.close()


@pytest.fixture
def open_room(tmp_path: Path, sqlite_templates: Path) -> Iterator[Callable[..., Room]]:
    """``open_room(**settings)``: without a window; again after ``close()`` it is the same PC."""
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

    from kiosk.modes.capture.window import CaptureWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    opened: list[tuple[Any, Any]] = []

    def open_one(**settings: Any) -> Any:
        mailbox = Mailbox(root)
        room = open_room(mailbox.post, mailbox, **settings)
        top = tk.Toplevel(root)
        top.geometry("1280x800+0+0")
        window = CaptureWindow(top, room.desk)
        window.room = room  # type: ignore[attr-defined]
        opened.append((top, mailbox))
        top.update()
        top.focus_force()
        return window

    yield open_one
    for top, mailbox in opened:
        top.destroy()
        mailbox.close()
