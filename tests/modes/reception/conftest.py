"""A centre on SQLite and on PostgreSQL, and reception desks in it: headless or with the real window."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.core.course import arrived_views
from kiosk.core.settings import StationSettings
from kiosk.core.study import ImageFacts
from kiosk.core.visit import Visit
from kiosk.devices.inbox.simulator import GAIJI, CheckupSystem, list_bytes, sample_rows
from kiosk.flow.settings_file import StationFile
from kiosk.modes.reception.mode import MODE, InboxSettings, ReceptionSettings, list_reader
from kiosk.store import image_index, notices, staff, visits
from kiosk.store.engine import Store
from tests.stores import centre, centre_on_postgresql, centre_on_sqlite, postgres_centre, sqlite_templates

__all__ = ["centre", "centre_on_postgresql", "centre_on_sqlite", "postgres_centre", "sqlite_templates"]


class Site:
    """The shared store with its people and visits, and the desks that were opened on it."""

    def __init__(self, centre: Store, templates: Path, folder: Path) -> None:
        self.centre = centre
        self.today = date.today()
        self.folder = folder
        self._templates = templates
        self._stations: list[Station] = []
        self._sop = 0
        with centre.writing() as conn:
            self.nurse = staff.add_person(conn, name="見本 看護", role="nurse", pin="2582")

    def station(
        self,
        name: str = "受付1",
        post: Callable[..., None] = lambda do, *args: do(*args),
        mailbox: Any = None,
        **settings: Any,
    ) -> Station:
        """A reception desk with its own disk; the nurse is logged in."""
        data = self.folder / name
        data.mkdir(exist_ok=True)
        if not (data / "station.sqlite").exists():
            shutil.copy(self._templates / "station.sqlite", data)
        mode = replace(
            ReceptionSettings(
                inbox=InboxSettings(folder="", every_s=0.1, settle_s=0.1), draft_every_ms=30, print_command=("true",)
            ),
            **settings,
        )
        mode = replace(mode, list=replace(mode.list, gaiji=GAIJI))
        file = StationFile(
            StationSettings(name=name, place=name, data=str(data), centre=self.centre.url), {}, {"reception": mode}
        )
        station = Station(file, post, mailbox=mailbox)
        station.session.person = self.nurse
        self._stations.append(station)
        return station

    def close(self, station: Station | None = None) -> None:
        for each in [station] if station is not None else list(reversed(self._stations)):
            self._stations.remove(each)
            each.close()

    def read(self, count: int = 10, day: date | None = None, rows: list[list[str]] | None = None) -> None:
        """The check-up system's list of a day is read."""
        folder = self.folder / "lists"
        CheckupSystem(folder).deliver("yoyaku.csv", list_bytes(rows or sample_rows(day or self.today, count)))
        station = self.station("読取", inbox=InboxSettings(folder=str(folder), settle_s=0))
        reader = list_reader(station.kit("reception"))
        assert reader is not None
        reader.look()
        reader.look()
        self.centre.leave()
        station.centre.leave()
        self.close(station)

    def visit(self, tail: str, day: date | None = None) -> Visit:
        """The visit whose number ends so."""
        with self.centre.reading() as conn:
            found = visits.day_visits(conn, day or self.today)
        return next(visit for visit in found if visit.key.number.endswith(tail))

    def image(self, tail: str, exam: str, **hints: str) -> None:
        """An image of an examination arrives, as the gateway would index it."""
        self._sop += 1
        visit = self.visit(tail)
        step = next(step for step in visit.steps if step.exam.code == exam)
        facts = ImageFacts(
            f"1.2.3.{self._sop}", "1.2.840.10008.5.1.4.1.1.1", step.study_uid, f"1.2.{step.id}", step.exam.modality,
            visit.patient.patient_id, study_date=f"{visit.key.day:%Y%m%d}", transfer_syntax="1.2.840.10008.1.2.1",
            view_hints=hints,
        )  # fmt: skip
        with self.centre.writing() as conn:
            image_index.index_image(
                conn, facts, volume="MAG1", path=f"DICOM/{self._sop}.dcm", size=1, sha256="0" * 64,
                arrived_views=arrived_views,
            )  # fmt: skip
            notices.tell(conn, "images", visit=visit.id)

    def complete(self, tail: str) -> None:
        """Every picture of the course arrives."""
        for step in self.visit(tail).steps:
            for view in step.exam.views if step.exam.gives_images else ():
                self.image(tail, step.exam.code, **{key: value.split("|")[0] for key, value in view.needs})


@pytest.fixture
def site(centre: Store, sqlite_templates: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site(centre, sqlite_templates, tmp_path)
    yield made
    made.close()


@pytest.fixture
def open_desk(site: Site) -> Callable[..., Any]:
    """``open_desk(name)``: a desk without a window; services are not started."""
    return lambda *names, **settings: site.station(*names, **settings).open_mode(
        "reception", replace(MODE, services={})
    )


@pytest.fixture
def open_window(site: Site, root: Any, wait_until: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """``open_window(name)``: the real window of a desk, its list filled; closed at the end."""
    import tkinter as tk

    from kiosk.modes.reception.window import ReceptionWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    opened: list[tuple[Any, Any, Any]] = []

    def open_one(*names: str, **settings: Any) -> Any:
        mailbox = Mailbox(root)
        station = site.station(*names, post=mailbox.post, mailbox=mailbox, **settings)
        top = tk.Toplevel(root)
        top.geometry("1280x800+0+0")
        window = ReceptionWindow(top, station.open_mode("reception", replace(MODE, services={})))
        opened.append((top, station, mailbox))
        top.update()
        top.focus_force()
        wait_until(lambda: window.day.filled, what="the day's list")
        return window

    yield open_one
    for top, station, mailbox in reversed(opened):
        if top.winfo_exists():
            top.destroy()
        site.close(station)
        mailbox.close()
