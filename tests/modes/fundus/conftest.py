"""A fundus intake with its FTP door open and examinees of today, and its real window."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.core.ftp import AccountSettings, FtpSettings
from kiosk.core.patient import Patient
from kiosk.core.registering import RegisterSettings
from kiosk.core.settings import StationSettings
from kiosk.core.visit import VisitKey
from kiosk.devices.ftp.simulator import FtpCameraSimulator
from kiosk.dicom.sample_pictures import picture
from kiosk.flow.settings_file import StationFile
from kiosk.modes.fundus.mode import MODE
from kiosk.modes.fundus.settings import FundusSettings
from kiosk.store import visits
from kiosk.store.visits import VisitRow
from tests.store.samples import FUNDUS
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]

TARO = Patient("", "00012345", "見本 太郎", "ミホン タロウ", "", "M", date(1971, 4, 2))
HANAKO = Patient("", "00012346", "髙橋 花子", "タカハシ ハナコ", "", "F", date(1980, 12, 31))
NAMES = [r"(?P<pid>\d{8})_(?P<eye>R|L)"]


def fundus(eye: str = "R", seed: int = 1) -> bytes:
    found = picture("OP", {"ImageLaterality": eye}, seed)
    assert isinstance(found, bytes)
    return found


class Room:
    """The PC beside the fundus camera."""

    def __init__(self, home: Path, templates: Path, post: Any, mailbox: Any, **settings: Any) -> None:
        self.data = home / "data"
        if not self.data.exists():
            self.data.mkdir()
            for name in ("centre.sqlite", "station.sqlite"):
                shutil.copy(templates / name, self.data)
        door = FtpSettings("127.0.0.1", 0, accounts=[AccountSettings("camera", "secret")])
        told = FundusSettings(names=NAMES, ftp=door, register=RegisterSettings(port=1, burnt_in=False))
        file = StationFile(
            StationSettings(name="op1", place="眼底室", data=str(self.data), institution="0001", login=False), {},
            {"fundus": replace(told, **settings)},
        )  # fmt: skip
        self.station = Station(file, post, mailbox=mailbox)
        self.desk = self.station.open_mode("fundus", MODE)

    def visit(self, patient: Patient = TARO, number: str = "1001") -> int:
        with self.station.centre.writing() as conn:
            key = VisitKey("0001", date.today(), number)
            return visits.take_visit(conn, VisitRow(key, patient, "09:00", exams=(FUNDUS,)), "list").visit

    def send(self, name: str, data: bytes) -> None:
        """As the camera does."""
        assert FtpCameraSimulator("127.0.0.1", self.desk.ftp_port, "camera", "secret").send(name, data)

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

    from kiosk.modes.fundus.window import FundusWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    opened: list[tuple[Any, Any]] = []

    def open_one(**settings: Any) -> Any:
        mailbox = Mailbox(root)
        room = open_room(mailbox.post, mailbox, **settings)
        top = tk.Toplevel(root)
        top.geometry("1280x800+0+0")
        window = FundusWindow(top, room.desk)
        window.room = room  # type: ignore[attr-defined]
        opened.append((top, mailbox))
        top.update()
        top.focus_force()
        return window

    yield open_one
    for top, mailbox in opened:
        top.destroy()
        mailbox.close()
