"""A gateway to practise with, and the training window in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.core.settings import StationSettings
from kiosk.core.worklist_index import Listed, WorklistIndex
from kiosk.dicom.worklist import WorklistDoor
from kiosk.flow.settings_file import StationFile
from kiosk.modes.training.mode import MODE, TrainingSettings
from tests.dicom.peers import HANAKO, TARO, MemoryIntake, a_row, listening
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]


class Practice:
    """A gateway in memory: its steps, and what it was sent."""

    def __init__(self) -> None:
        from datetime import date

        today = f"{date.today():%Y%m%d}"
        self.rows = [
            a_row(TARO, scheduled_date=today),
            a_row(HANAKO, number=2, scheduled_date=today, scheduled_time=""),
            a_row(HANAKO, number=3, scheduled_date=today, modality="US", aliases=(), station_ae="US1"),
        ]
        self.intake = MemoryIntake()
        self.port = 0


@pytest.fixture
def practice() -> Iterator[Practice]:
    from kiosk.dicom.receive import StorageDoor

    made = Practice()
    with listening(WorklistDoor(lambda query: Listed(WorklistIndex(made.rows))), StorageDoor(made.intake)) as door:
        made.port = door.port
        yield made


@pytest.fixture
def open_desk(practice: Practice, tmp_path: Path, sqlite_templates: Path) -> Iterator[Callable[..., Any]]:
    """``open_desk(post, mailbox)``: the training desk of a station."""
    opened: list[Station] = []

    def open_one(post: Callable[..., None] = lambda do, *args: do(*args), mailbox: Any = None, **changes: Any) -> Any:
        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        for name in ("centre.sqlite", "station.sqlite"):
            shutil.copy(sqlite_templates / name, data)
        settings = replace(TrainingSettings(), port=practice.port, pacs_port=0, **changes)
        file = StationFile(StationSettings(name="training", data=str(data)), {}, {"training": settings})
        opened.append(Station(file, post, mailbox=mailbox))
        return opened[-1].open_mode("training", MODE)

    yield open_one
    for station in opened:
        station.close()


@pytest.fixture
def open_window(root: Any, open_desk: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    import tkinter as tk

    from kiosk.modes.training.window import TrainingWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    opened: list[tuple[Any, Any]] = []

    def open_one(**changes: Any) -> Any:
        mailbox = Mailbox(root)
        top = tk.Toplevel(root)
        top.geometry("1280x800+0+0")
        window = TrainingWindow(top, open_desk(mailbox.post, mailbox, **changes))
        opened.append((top, mailbox))
        top.update()
        top.focus_force()
        return window

    yield open_one
    for top, mailbox in opened:
        top.destroy()
        mailbox.close()
