"""What the modality worklist is told: the scheduled steps of the store, or the last known ones while it is away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from datetime import date, timedelta

from kiosk.core.faults import LinkLost
from kiosk.core.visit import Step, Visit
from kiosk.core.worklist_query import WorklistQuery, WorklistRow
from kiosk.store import visits
from kiosk.store.clock import day_of
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

REFRESH_S = 30.0
MOST_STEPS = 20_000


class ScheduledSteps:
    """The steps of the store as worklist rows. ``remember`` keeps those around today in memory, so that the
    modalities go on working while the shared store does not answer.
    """

    def __init__(self, centre: Store, institution_name: str = "", days: int = 1) -> None:
        self._centre = centre
        self._institution_name = institution_name
        self._days = days
        self._lock = threading.Lock()
        self._remembered: list[WorklistRow] = []
        self._stations: frozenset[str] = frozenset()

    def rows(self, query: WorklistQuery) -> list[WorklistRow]:
        """At least the rows that may match. Raises LinkLost where the store is away and nothing is remembered."""
        try:
            return self._read(since=_iso(query.dates.first), until=_iso(query.dates.last), query=query)
        except LinkLost:
            with self._lock:
                if not self._remembered:
                    raise
                log.warning("the worklist is answered from memory, the store does not answer")
                return list(self._remembered)

    def stations(self) -> Iterable[str]:
        """Station AE titles that somebody is scheduled for."""
        with self._lock:
            return self._stations

    def remember(self, today: date) -> None:
        """Keep the steps around ``today`` in memory. Raises LinkLost."""
        around = timedelta(days=self._days)
        rows = self._read(since=(today - around).isoformat(), until=(today + around).isoformat())
        with self._lock:
            self._remembered = rows
            self._stations = frozenset(row.station_ae for row in rows if row.station_ae)

    def keep_remembering(self, stop: threading.Event) -> None:
        """A worker: refresh every half minute until ``stop``."""
        try:
            while not stop.is_set():
                try:
                    self.remember(date.today())
                except LinkLost:
                    log.info("the store does not answer; the worklist in memory stays as it is")
                stop.wait(REFRESH_S)
        finally:
            self._centre.leave()

    def _read(self, *, since: str, until: str, query: WorklistQuery | None = None) -> list[WorklistRow]:
        narrow: dict[str, str] = {}
        if query is not None and query.accession and not _is_pattern(query.accession):
            narrow["accession"] = query.accession
        with self._centre.reading() as conn:
            found = visits.scheduled(conn, since=since, until=until, limit=MOST_STEPS, **narrow)  # type: ignore[arg-type]
        return [worklist_row(visit, step, self._institution_name) for visit, step in found]


def worklist_row(visit: Visit, step: Step, institution_name: str = "") -> WorklistRow:
    """One step of a visit as a modality is told it."""
    exam = step.exam
    return WorklistRow(
        step_id=step.step_id,
        study_uid=step.study_uid,
        accession=step.accession,
        requested_procedure_id=step.accession,
        requested_procedure=exam.name,
        scheduled_date=f"{visit.key.day:%Y%m%d}",
        scheduled_time=f"{visit.at:%H%M%S}" if visit.at else "",
        modality=exam.modality,
        aliases=exam.aliases,
        station_ae=exam.station_ae,
        description=exam.name,
        code=exam.code,
        institution=institution_name,
        room=exam.room,
        state=step.state.value,
        patient=visit.patient,
        views=tuple(view.code for view in exam.views),
    )


def _iso(day: str) -> str:
    found = day_of(day) if day else None
    return found.isoformat() if found else ""


def _is_pattern(text: str) -> bool:
    return "*" in text or "?" in text
