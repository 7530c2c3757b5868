"""A theatre desk with the shipped masters, and its real window; more desks on the same store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.core.operation import Operation, OperationPatient, Team
from kiosk.core.patient import Patient
from kiosk.core.settings import StationSettings
from kiosk.core.visit import VisitKey
from kiosk.flow.settings_file import StationFile
from kiosk.modes.theatre.mode import MODE
from kiosk.modes.theatre.settings import TheatreSettings
from kiosk.store import visits
from kiosk.store.visits import VisitRow
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]

HANAKO = Patient("", "00012346", "髙橋 花子", "タカハシ ハナコ", "", "F", date(1980, 12, 31))
ROOMS = ("手術室1", "手術室2", "手術室3")


def a_day() -> date:
    """A weekday of the week after next: its list is not closed yet."""
    return date.today() - timedelta(days=date.today().weekday()) + timedelta(days=15)


def at(clock: str, day: date | None = None) -> datetime:
    return datetime.combine(day or a_day(), time.fromisoformat(clock))


def planned(clock: str, minutes: int, room: str = ROOMS[0], name: str = "見本 太郎", **more: Any) -> Operation:
    """One that is not in the store yet."""
    enter = at(clock)
    made = Operation(
        0, room, enter, enter, enter + timedelta(minutes=minutes),
        OperationPatient(f"P{abs(hash(name)) % 10000:04d}", name, "ミホン", "M", "1955-05-05", "3階病棟", "A+"),
        method="鼠径ヘルニア根治術", team=Team("見本 一郎"),
    )  # fmt: skip
    return replace(made, **more)


class Desk:
    """One PC of the theatre."""

    def __init__(self, home: Path, templates: Path, post: Any, mailbox: Any, name: str = "t1", **settings: Any) -> None:
        self.data = home / "data"
        if not self.data.exists():
            self.data.mkdir()
            for file in ("centre.sqlite", "station.sqlite"):
                shutil.copy(templates / file, self.data)
        file = StationFile(
            StationSettings(name=name, place="手術室", data=str(self.data), institution="0001", login=False), {},
            {"theatre": replace(TheatreSettings(), **settings)},
        )  # fmt: skip
        self.station = Station(file, post, mailbox=mailbox)
        self.desk = self.station.open_mode("theatre", MODE)

    def know(self, patient: Patient = HANAKO) -> None:
        with self.station.centre.writing() as conn:
            visits.take_visit(conn, VisitRow(VisitKey("0001", date(2025, 11, 4), "001"), patient), "list")

    def close(self) -> None:
        self.station.close()


@pytest.fixture
def open_desk(tmp_path: Path, sqlite_templates: Path) -> Iterator[Callable[..., Desk]]:
    opened: list[Desk] = []

    def open_one(post: Any = lambda do, *args: do(*args), mailbox: Any = None, **settings: Any) -> Desk:
        opened.append(Desk(tmp_path, sqlite_templates, post, mailbox, **settings))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def open_window(root: Any, open_desk: Callable[..., Desk]) -> Iterator[Callable[..., Any]]:
    """``open_window(**settings)``: the real window; ``window.pc`` is the desk's PC."""
    import tkinter as tk

    from kiosk.modes.theatre.window import TheatreWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    opened: list[tuple[Any, Any]] = []

    def open_one(size: str = "1280x800", **settings: Any) -> Any:
        mailbox = Mailbox(root)
        pc = open_desk(mailbox.post, mailbox, **settings)
        top = tk.Toplevel(root)
        top.geometry(f"{size}+0+0")
        window = TheatreWindow(top, pc.desk)
        window.pc = pc  # type: ignore[attr-defined]
        opened.append((top, mailbox))
        top.update()
        (top.focus_lastfor() or top).focus_force()
        top.update()
        return window

    yield open_one
    for top, mailbox in opened:
        top.destroy()
        mailbox.close()
