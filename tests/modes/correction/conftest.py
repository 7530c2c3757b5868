"""A PC that holds the disks, with images under the wrong examinee, and the real window of corrections."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.core.settings import StationSettings
from kiosk.flow.crew import Crew
from kiosk.flow.settings_file import StationFile, VolumeSettings
from kiosk.modes.correction.mode import MODE
from kiosk.modes.correction.settings import ConvertSettings, CorrectionSettings
from kiosk.store.opening import centre_store
from tests.flow.correction_site import Site
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]


@pytest.fixture
def filled(tmp_path: Path, sqlite_templates: Path) -> Site:
    """The data folder with two images of the wrong examinee in it."""
    for name in ("centre.sqlite", "station.sqlite"):
        shutil.copy(sqlite_templates / name, tmp_path)
    crew, store = Crew(), centre_store("", tmp_path)
    site = Site(tmp_path, crew=crew, centre=store)
    site.fill()
    assert crew.close() == []
    return site


@pytest.fixture
def open_window(root: Any, filled: Site) -> Iterator[Callable[..., Any]]:
    """``open_window(size)``: the real window; ``window.site`` looks at the store beside it. Nobody works on the disks
    where ``gateway`` is another PC.
    """
    import tkinter as tk

    from kiosk.modes.correction.window import CorrectionWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    opened: list[Callable[[], None]] = []

    def open_one(size: str = "1280x800", gateway: str = "", convert: str = "") -> Any:
        mailbox = Mailbox(root)
        volumes = {
            "MAG1": VolumeSettings(str(filled.folder / "MAG1"), True),
            "BUP": VolumeSettings(str(filled.folder / "BUP"), True, role="mirror"),
        }
        told = StationSettings(
            name="g", place="放射線科", data=str(filled.folder), institution="0001", login=False
        )  # fmt: skip
        settings = CorrectionSettings(gateway=gateway, convert=ConvertSettings(folder=convert))
        station = Station(
            StationFile(told, volumes, {"correction": settings}), mailbox.post, mailbox=mailbox
        )  # fmt: skip
        station.session.enter_now(name="技師 一郎", pin="2468")
        desk = station.open_mode("correction", MODE)
        top = tk.Toplevel(root)
        top.geometry(f"{size}+0+0")
        window = CorrectionWindow(top, desk)
        window.site, window.station = filled, station  # type: ignore[attr-defined]

        def close() -> None:
            top.destroy()
            mailbox.close()
            station.close()

        opened.append(close)
        top.update()
        (top.focus_lastfor() or top).focus_force()
        top.update()
        return window

    yield open_one
    for close in opened:
        close()
    filled.centre.close()
