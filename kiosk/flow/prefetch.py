"""Fetches previous images of tomorrow's examinees in the night, so that on the day they stand beside today's."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.core.day_sheets import Prepared
from kiosk.core.disks import Night
from kiosk.core.faults import Fault, LinkLost
from kiosk.core.fetching import PREFETCH, Wanted
from kiosk.core.prior_studies import Row, choose_priors, modalities_of
from kiosk.core.visit import Visit, VisitState
from kiosk.flow import fetching_state
from kiosk.flow.answers import as_fault
from kiosk.flow.fetch_studies import Server, owe
from kiosk.store import day_facts, visits
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0


@dataclass(frozen=True)
class Prefetching:
    """How it fetches; see the settings of the gateway."""

    night: Night = Night("20:00", "06:30")
    newest: int = 2
    modalities: tuple[str, ...] = ()
    years: int = 5


class Prefetch:
    """One archive is asked."""

    def __init__(
        self,
        centre: Store,
        own: Store,
        station: str,
        server: Server,
        how: Prefetching,
        *,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._centre = centre
        self._own = own
        self._station = station
        self._server = server
        self._how = how
        self._now = now
        self._asked = threading.Event()
        self._by_hand: date | None = None  # whose examinees somebody wanted prepared at once

    def look_now(self) -> None:
        """Ask the archive and fetch now, whatever the hour."""
        self._by_hand = self.day()
        self._asked.set()

    def may_fetch(self) -> bool:
        """Is it night, or does somebody want these examinees prepared at once; and did nobody pause it?"""
        may = self._how.night.holds(self._now()) or self._by_hand == self.day()
        return may and fetching_state.PREFETCH not in fetching_state.paused(self._own)

    def day(self) -> date:
        """Whose examinees: in the evening tomorrow's, after midnight today's."""
        now = self._now()
        return now.date() + timedelta(days=1 if now.hour >= 12 else 0)

    def work(self, stop: threading.Event) -> None:
        """The worker."""
        try:
            while not stop.is_set():
                by_hand = self._asked.is_set()
                self._asked.clear()
                if by_hand or self.may_fetch():
                    self._look(stop)
                self._asked.wait(LOOK_EVERY_S)
        finally:
            self._own.leave()
            self._centre.leave()

    def _look(self, stop: threading.Event) -> None:
        why: Fault | None = None
        counts = {"visits": 0, "asked": 0, "new": 0}
        try:
            counts = self.prepare(self.day(), stop)
        except Exception as trouble:
            why = as_fault(trouble)
            log.warning("prefetch from %s: %s", self._server.name, why)
        fetching_state.tell(self._own, fetching_state.PREFETCH, counts, why)

    def prepare(self, day: date, stop: threading.Event | None = None) -> dict[str, int]:
        """Ask the archive for each examinee of the day that it was not asked for, owe what is missing here. Raises
        LinkLost, with the reason kept for each who is left.
        """
        from kiosk.dicom.query import QueryLine

        with self._centre.reading() as conn:
            expected = [
                each
                for each in visits.day_visits(conn, day)
                if not each.vanished and each.state != VisitState.CANCELLED
            ]
            known = day_facts.prepared(conn, day.isoformat())
        left = [each for each in expected if not known.get(each.id, Prepared()).asked]
        new = 0
        try:
            if left:
                with QueryLine(self._server.own_title, self._server.node) as server:
                    while left and not (stop is not None and stop.is_set()):
                        keys = {"PatientID": left[0].patient.patient_id}
                        new += self._one(left[0], day, server.find("STUDY", keys, stop=stop).rows)
                        left.pop(0)
        except LinkLost as why:
            with self._centre.writing() as conn:
                for visit in left:
                    day_facts.note_prefetch(conn, day.isoformat(), visit.id, wanted=0, here=0, why=why.sentence)
            raise
        return {"visits": len(expected), "asked": len(expected) - len(left), "new": new}

    def _one(self, visit: Visit, day: date, rows: list[dict[str, str]]) -> int:
        own = [row for row in rows if row["PatientID"].strip() == visit.patient.patient_id]
        chosen = choose_priors(own, day, self._modalities(visit), self._how.newest, self._how.years)
        with self._centre.writing() as conn:
            here = day_facts.images_here(conn, [row["StudyInstanceUID"] for row in chosen])
            missing = [row for row in chosen if here.get(row["StudyInstanceUID"], 0) < max(1, _images(row))]
            wanted = [self._wanted(visit, row) for row in missing]
            new = owe(conn, self._station, wanted, again=True)
            day_facts.note_prefetch(
                conn, day.isoformat(), visit.id, wanted=len(chosen), here=len(chosen) - len(missing)
            )  # fmt: skip
        return new

    def _modalities(self, visit: Visit) -> list[str]:
        if self._how.modalities:
            return list(self._how.modalities)
        found = [name for step in visit.steps for name in (step.exam.modality, *step.exam.aliases) if name]
        return list(dict.fromkeys(found))

    def _wanted(self, visit: Visit, row: Row) -> Wanted:
        day = row["StudyDate"]
        return Wanted(
            self._server.name,
            row["StudyInstanceUID"],
            patient_id=row["PatientID"],
            visit=visit.id,
            purpose=PREFETCH,
            day=f"{day[:4]}-{day[4:6]}-{day[6:8]}",
            modality="/".join(modalities_of(row)),
            expected=_images(row),
        )


def _images(row: Row) -> int:
    told = row["NumberOfStudyRelatedInstances"].strip()
    return int(told) if told.isdigit() else 0
