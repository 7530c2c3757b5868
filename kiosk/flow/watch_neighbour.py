"""Watches a neighbour's image server: studies of our examinees that are new there, or have grown, are fetched once."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.core.faults import Fault
from kiosk.core.fetching import NEIGHBOUR, Wanted
from kiosk.core.prior_studies import is_ours, modalities_of
from kiosk.flow import fetching_state
from kiosk.flow.answers import as_fault
from kiosk.flow.fetch_studies import Server, owe
from kiosk.store import day_facts, fetches, seen_rows
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

MOST_ROWS = 5000  # of one day


@dataclass(frozen=True)
class Watching:
    """How it watches; see the settings of the gateway."""

    every_s: float = 300.0
    days: int = 2
    modalities: tuple[str, ...] = ()
    id_digits: tuple[str, ...] = ()
    id_map: bool = False


class NeighbourWatch:
    """One server is watched."""

    def __init__(
        self,
        centre: Store,
        own: Store,
        station: str,
        server: Server,
        how: Watching,
        *,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._centre = centre
        self._own = own
        self._station = station
        self._server = server
        self._how = how
        self._today = today
        self._source = f"neighbour:{server.name}"[:64]
        self._now = threading.Event()
        self._trouble = ""

    def look_now(self) -> None:
        self._now.set()

    def work(self, stop: threading.Event) -> None:
        """The worker."""
        try:
            while not stop.is_set():
                self._now.clear()
                if fetching_state.NEIGHBOUR not in fetching_state.paused(self._own):
                    self._look(stop)
                self._now.wait(self._how.every_s)
        finally:
            self._own.leave()
            self._centre.leave()

    def _look(self, stop: threading.Event) -> None:
        why: Fault | None = None
        counts = {"there": 0, "ours": 0, "new": 0}
        try:
            counts = self.look(stop)
        except Exception as trouble:
            why = as_fault(trouble)
        if str(why or "") != self._trouble:
            self._trouble = str(why or "")
            log.log(logging.WARNING if why else logging.INFO, "neighbour %s: %s", self._server.name, why or "answers")
        fetching_state.tell(self._own, fetching_state.NEIGHBOUR, counts, why)

    def look(self, stop: threading.Event | None = None) -> dict[str, int]:
        """Ask for each day, owe what is new; how many studies are there, are ours, are new. Raises LinkLost."""
        from kiosk.dicom.query import QueryLine

        rows: list[dict[str, str]] = []
        with QueryLine(self._server.own_title, self._server.node) as server:
            for back in range(self._how.days):
                day = self._today() - timedelta(days=back)
                rows += server.find("STUDY", {"StudyDate": f"{day:%Y%m%d}"}, at_most=MOST_ROWS, stop=stop).rows
        ours = [row for row in rows if is_ours(row, self._how.modalities, self._how.id_digits, self._is_mapped)]
        return {"there": len(rows), "ours": len(ours), "new": self._owe(ours)}

    def _owe(self, rows: Sequence[dict[str, str]]) -> int:
        """What was not seen before, or has other numbers of images by now. What is being fetched at this moment is
        looked at again the next time: the retrieval under way does not know of images that came after it began.
        """
        seen = {row["StudyInstanceUID"]: _digest(row) for row in rows}
        with self._centre.writing() as conn:
            known = seen_rows.known(conn, self._source, list(seen))
            busy = fetches.running(conn, self._server.name)
            new = [
                row
                for row in rows
                if known.get(uid := row["StudyInstanceUID"]) != seen[uid] and uid not in busy
            ]  # fmt: skip
            count = owe(conn, self._station, [self._wanted(row) for row in new], again=True)
            seen_rows.keep(conn, self._source, [(row["StudyInstanceUID"], _digest(row)) for row in new])
        return count

    def _wanted(self, row: dict[str, str]) -> Wanted:
        told = row["NumberOfStudyRelatedInstances"].strip()
        day = row["StudyDate"]
        return Wanted(
            self._server.name,
            row["StudyInstanceUID"],
            patient_id=row["PatientID"],
            purpose=NEIGHBOUR,
            day=f"{day[:4]}-{day[4:6]}-{day[6:8]}",
            modality="/".join(modalities_of(row)),
            expected=int(told) if told.isdigit() else 0,
        )

    def _is_mapped(self, patient_id: str) -> bool:
        if not self._how.id_map:
            return False
        with self._centre.reading() as conn:
            return day_facts.is_mapped(conn, "", patient_id)


def _digest(row: dict[str, str]) -> str:
    told = row["NumberOfStudyRelatedInstances"], row["NumberOfStudyRelatedSeries"], row["PatientID"]
    return hashlib.sha256("|".join(told).encode()).hexdigest()
