"""The day's list of examinees goes to paper: kept as a PDF, and handed to the printer as a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from kiosk.core.faults import Refused
from kiosk.core.settings import StationSettings
from kiosk.core.words import N_
from kiosk.flow.print_pages import LIST, owe_page
from kiosk.paper.day_list import DayRow, write_day_list
from kiosk.store import audit
from kiosk.store.audit import Actor
from kiosk.store.engine import Store


def print_day_list(
    centre: Store,
    own: Store,
    actor: Actor,
    station: StationSettings,
    folder: Path,
    day: date,
    rows: Sequence[DayRow],
    barcode: str = "",
    of: int = 0,
) -> tuple[Path, int]:
    """Write the list into ``folder``, owe it to the printer, return the file and its number of pages.

    ``of`` are all examinees of the day where ``rows`` are only some. Raises Refused for a day without examinees.
    """
    if not rows:
        raise Refused("empty", N_("There is nobody to print on this day."), N_("Choose another day."))
    now = datetime.now()
    # No name in the file's name: it may be seen by whoever services the printer.
    path = folder / f"{day:%Y%m%d}" / f"list-{day:%Y%m%d}-{now:%H%M%S}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    pages = write_day_list(
        path,
        day,
        station.institution_name,
        rows,
        station=station.place or station.name,
        printed_at=now.strftime("%Y-%m-%d %H:%M"),
        barcode=barcode,
        of=of,
    )
    with centre.writing() as conn:
        audit.write(conn, actor, "list printed", subject=f"day {day.isoformat()}", rows=len(rows), pages=pages)
    owe_page(own, station.name, path, LIST)
    return path, pages
