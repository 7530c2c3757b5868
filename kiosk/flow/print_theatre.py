"""The theatre's lists go to paper: kept as PDF, and owed to the printer of their kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from kiosk.core.operation import Operation
from kiosk.core.settings import StationSettings
from kiosk.flow.print_pages import owe_page
from kiosk.paper.theatre_week import write_theatre_day, write_week
from kiosk.store import audit
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

THEATRE = "theatre"  # kind of pages, for the printer


def print_week(
    centre: Store, own: Store, actor: Actor, station: StationSettings, folder: Path, monday: date,
    rooms: Sequence[str], operations: Sequence[Operation], *, large: bool = False,
) -> Path:  # fmt: skip
    """Rooms by days; its file."""
    path = _new(folder, monday, "theatre-week")
    pages = write_week(
        path, monday, rooms, operations, station.institution_name, large=large,
        station=station.place or station.name, printed_at=_now(),
    )  # fmt: skip
    _written(centre, own, actor, station, path, f"week {monday.isoformat()}", pages)
    return path


def print_day(
    centre: Store, own: Store, actor: Actor, station: StationSettings, folder: Path, day: date,
    operations: Sequence[Operation],
) -> Path:  # fmt: skip
    """Everything the rooms must know of a day; its file."""
    path = _new(folder, day, "theatre-day")
    pages = write_theatre_day(
        path, day, operations, station.institution_name, station=station.place or station.name, printed_at=_now()
    )  # fmt: skip
    _written(centre, own, actor, station, path, f"day {day.isoformat()}", pages)
    return path


def _written(
    centre: Store, own: Store, actor: Actor, station: StationSettings, path: Path, what: str, pages: int
) -> None:  # fmt: skip
    with centre.writing() as conn:
        audit.write(conn, actor, "theatre list printed", subject=what, pages=pages)
    owe_page(own, station.name, path, THEATRE)


def _new(folder: Path, day: date, name: str) -> Path:
    """No name of a person in the file's name: it may be seen by whoever services the printer."""
    path = folder / f"{day:%Y%m%d}" / f"{name}-{datetime.now():%H%M%S%f}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _now() -> str:
    return datetime.now().strftime("%Y-%m-%d %H:%M")
