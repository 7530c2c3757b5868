"""A reservation desk with the shipped masters, and its real window; more desks on the same store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.core.patient import Patient
from kiosk.core.settings import StationSettings
from kiosk.core.visit import VisitKey
from kiosk.flow.settings_file import StationFile
from kiosk.modes.reservations.mode import MODE
from kiosk.modes.reservations.settings import ReservationsSettings
from kiosk.store import visits
from kiosk.store.visits import VisitRow
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]

PIN = "2468"
HANAKO = Patient("", "00012346", "髙橋 花子", "タカハシ ハナコ", "", "F", date(1980, 12, 31))


def a_tuesday() -> date:
    """The first Tuesday from tomorrow on that is no holiday."""
    from kiosk.core.holidays import holiday

    day = date.today() + timedelta(days=1)
    while day.weekday() != 1 or holiday(day):
        day += timedelta(days=1)
    return day


class Desk:
    """One PC of the reservation desk."""

    def __init__(self, home: Path, templates: Path, post: Any, mailbox: Any, name: str = "r1", **settings: Any) -> None:
        self.data = home / "data"
        if not self.data.exists():
            self.data.mkdir()
            for file in ("centre.sqlite", "station.sqlite"):
                shutil.copy(templates / file, self.data)
        file = StationFile(
            StationSettings(name=name, place="予約窓口", data=str(self.data), institution="0001", login=False), {},
            {"reservations": replace(ReservationsSettings(), **settings)},
        )  # fmt: skip
        self.station = Station(file, post, mailbox=mailbox)
        self.desk = self.station.open_mode("reservations", MODE)

    def make_slots(self, since: date, until: date) -> None:
        """As whoever keeps the book does, with its PIN."""
        for book in self.desk.settings.books:
            self.desk.turn_to(book)
            if self.desk.keep.gate().fresh:
                self.desk.keep.set_pin(PIN)
            else:
                self.desk.keep.enter(PIN)
            self.desk.keep.make_slots(since, until)
            self.desk.keep.leave()
        self.desk.turn_to(self.desk.settings.books[0])

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

    from kiosk.modes.reservations.window import ReservationsWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    opened: list[tuple[Any, Any]] = []

    def open_one(**settings: Any) -> Any:
        mailbox = Mailbox(root)
        pc = open_desk(mailbox.post, mailbox, **settings)
        top = tk.Toplevel(root)
        top.geometry("1280x1024+0+0")
        window = ReservationsWindow(top, pc.desk)
        window.pc = pc  # type: ignore[attr-defined]
        opened.append((top, mailbox))
        top.update()
        top.focus_force()
        return window

    yield open_one
    for top, mailbox in opened:
        top.destroy()
        mailbox.close()
