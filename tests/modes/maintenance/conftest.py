"""A station with the maintenance mode on fresh stores, and the person in charge logged in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.core.settings import StationSettings
from kiosk.flow.settings_file import StationFile
from kiosk.modes.maintenance.mode import MODE, MaintenanceDesk, MaintenanceSettings
from kiosk.store import staff
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]


@pytest.fixture
def make_station(sqlite_templates: Path, tmp_path: Path) -> Iterator[Callable[..., Station]]:
    """``make_station(mailbox=None)``: a running station; its session knows 見本 花子, who is in charge."""
    made: list[Station] = []

    def make(mailbox: Any = None) -> Station:
        for name in ("centre.sqlite", "station.sqlite"):
            if not (tmp_path / name).exists():
                shutil.copy(sqlite_templates / name, tmp_path)
        file = StationFile(
            station=StationSettings(name="maint-1", data=str(tmp_path), login=False),
            modes={"maintenance": MaintenanceSettings()},
        )
        station = Station(file, mailbox.post if mailbox else lambda do, *args: do(*args), mailbox=mailbox)
        made.append(station)
        with station.centre.writing() as conn:
            if staff.nobody_yet(conn):
                staff.add_person(conn, name="見本 花子", role="admin", pin="2468", badge="B-0001")
            (person,) = [each for each in staff.people(conn) if each.name == "見本 花子"]
        station.centre.leave()
        station.session.person = person
        return station

    yield make
    for station in made:
        station.close()


@pytest.fixture
def station(make_station: Callable[..., Station]) -> Station:
    return make_station()


@pytest.fixture
def desk(station: Station) -> MaintenanceDesk:
    return station.open_mode("maintenance", MODE)  # type: ignore[no-any-return]


@pytest.fixture
def as_nurse() -> Callable[[Station], None]:
    """Somebody without rights logs in instead."""

    def enter(station: Station) -> None:
        assert station.session.person is not None
        station.session.person = replace(station.session.person, name="例示 看護", role="nurse")

    return enter
