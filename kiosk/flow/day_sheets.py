"""Makes the two sheets of a day at their times: kept as PDF, shown in the window, printed when somebody wants it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from kiosk.core.copy_plan import clock
from kiosk.core.day_sheets import READINESS, RECONCILIATION, Sheet, readiness, reconciliation
from kiosk.core.settings import StationSettings
from kiosk.flow.answers import as_fault
from kiosk.flow.print_pages import SHEET, owe_page
from kiosk.store import audit, day_facts, local, notices, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

NOTICE = "fetching"  # local: the page of both
LOOK_EVERY_S = 20.0


class DaySheets:
    """``times``: kind -> when it is made (``07:00``; empty: only by hand). ``two_disks``: are images copied at all?"""

    def __init__(
        self,
        centre: Store,
        own: Store,
        station: StationSettings,
        folder: Path,
        times: dict[str, str],
        *,
        two_disks: bool = True,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._centre = centre
        self._own = own
        self._station = station
        self._folder = folder
        self._times = times
        self._two_disks = two_disks
        self._now = now

    def work(self, stop: threading.Event) -> None:
        """The worker: each sheet once a day, also where the PC was switched on only after its time."""
        told = ""
        try:
            while not stop.is_set():
                try:
                    self.make_due()
                    told = ""
                except Exception as why:  # the store is away: tried again
                    fault = str(as_fault(why))
                    if fault != told:
                        log.warning("a sheet of the day could not be made: %s", fault)
                    told = fault
                stop.wait(LOOK_EVERY_S)
        finally:
            self._own.leave()
            self._centre.leave()

    def make_due(self) -> list[Sheet]:
        """The sheets whose time has come and that were not made today."""
        now, made = self._now(), []
        for kind, text in self._times.items():
            at = clock(text) if text else None
            if at is None or now.time() < at:
                continue
            kept = last_sheet(self._own, kind)
            if kept is None or kept.day != now.date().isoformat():
                made.append(self.make(kind, now.date()))
        return made

    def make(self, kind: str, day: date) -> Sheet:
        """Make a sheet now, keep it as PDF and for the window."""
        from kiosk.paper.day_sheet import write_sheet

        now = self._now()
        made_at = f"{now:%Y-%m-%d %H:%M}"
        with self._centre.reading() as conn:
            booked = visits.day_visits(conn, day)
            if kind == READINESS:
                sheet = readiness(day, booked, day_facts.prepared(conn, day.isoformat()), made_at)
            else:
                steps = [step.id for visit in booked for step in visit.steps]
                sheet = reconciliation(
                    day, booked, day_facts.kept_for(conn, steps), made_at,
                    unmatched=day_facts.unmatched_of(conn, day.isoformat()), two_disks=self._two_disks,
                )  # fmt: skip
        path = sheet_path(self._folder, kind, day)
        path.parent.mkdir(parents=True, exist_ok=True)
        station = self._station.place or self._station.name
        write_sheet(path, sheet, self._station.institution_name, station=station, printed_at=made_at)
        with self._own.writing() as conn:
            local.keep_last_seen(conn, _subject(kind), sheet.as_data())
            notices.tell(conn, NOTICE, local=True)
        log.info("sheet %s of %s: %s", kind, day, ", ".join(str(number) for _, number in sheet.counts))
        return sheet


def last_sheet(own: Store, kind: str) -> Sheet | None:
    """The one made last on this PC."""
    with own.reading() as conn:
        kept = local.seen_last(conn, _subject(kind))
    return Sheet.from_data(kept.body) if kept else None


def sheet_path(folder: Path, kind: str, day: date) -> Path:
    """Where its PDF lies."""
    return folder / f"{day:%Y%m%d}" / f"{kind}-{day:%Y%m%d}.pdf"


def print_sheet(centre: Store, own: Store, actor: Actor, station: str, path: Path, kind: str) -> None:
    """Owe it to the printer."""
    with centre.writing() as conn:
        audit.write(conn, actor, "sheet printed", subject=path.stem, kind=kind)
    owe_page(own, station, path, SHEET)


def _subject(kind: str) -> str:
    assert kind in (READINESS, RECONCILIATION)
    return f"sheets/{kind}"
