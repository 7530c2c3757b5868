"""What the modality worklist is told: the scheduled steps, kept in memory and in step with the store by its notices.

A query is answered from memory, after the store was asked whether anything changed. While the store does not answer,
the list stays as it was last seen; it is kept on this PC's own disk too, so that it is there after a restart.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.visit import Examination, Step, Visit
from kiosk.core.worklist_index import Listed, WorklistIndex
from kiosk.core.worklist_query import Span, WorklistQuery, WorklistRow, is_pattern
from kiosk.flow.answers import as_fault
from kiosk.store import kept_worklist, notices, performed, visits
from kiosk.store.clock import day_of, now_text
from kiosk.store.engine import Connection, Store

log = logging.getLogger(__name__)

AHEAD_DAYS = 14  # of which the list is kept in memory, as far as bookings reach
LOOK_EVERY_S = 0.5
WHOLE_EVERY_S = 1800.0  # read anew as a whole, so that no mistake lasts
WAIT_S = 0.5  # a query waits no longer for the store to say that nothing changed
FIRST_WAIT_S = 10.0  # after a start, for the list itself
KEEP_EVERY_S = 120.0
MOST_STEPS = 50_000
KINDS = ("visits", "images")  # of notices that change the list


class ScheduledSteps:
    """The steps of the store as worklist rows. ``keep_remembering`` is a worker's work; any thread may ask."""

    def __init__(self, centre: Store, own: Store, institution_name: str = "", days: int = 1) -> None:
        self._centre = centre
        self._own = own
        self._institution_name = institution_name
        self._back = timedelta(days=max(1, days))
        self._index = WorklistIndex()
        self._range = Span()  # days of the list in memory, YYYYMMDD
        self._seq = -1  # of the last notice that is in the list; -1 before the first reading
        self._seen_at = ""  # when the list was last known to be as the store has it
        self._whole_at = 0.0
        self._kept_at = 0.0
        self._touched: set[str] = set()  # days that are not on this PC's disk as they are in memory
        self._exams: dict[Examination, Examination] = {}  # thousands of steps share a dozen of them
        self._away = False
        self._slow = False  # somebody waited in vain for the look that is under way
        self._wanted = threading.Event()
        self._turn = threading.Condition()
        self._begun = 0
        self._done = 0

    # -- asking --------------------------------------------------------------------------------------------------
    def steps(self, query: WorklistQuery) -> Listed:
        """At least the steps that may match. Raises LinkLost where the store is away and nothing is remembered.

        A query for days outside the list in memory, or for one order that is not in it, goes to the store; an open
        end of a range is told as far as the list reaches.
        """
        sure = self._current()
        if self._seq < 0 and not self._seen_at:
            raise LinkLost("centre")
        old = "" if sure else self._seen_at
        if not old and (elsewhere := self._elsewhere(query)) is not None:
            return Listed(elsewhere)
        return Listed(self._index, old)

    def wake(self) -> None:
        """Look into the store now."""
        self._wanted.set()

    def _current(self) -> bool:
        """Wait until the store was looked into after this moment; False where it can't be said."""
        with self._turn:
            if self._away or self._slow:
                self._wanted.set()
                return False
            mine = self._begun + 1
            self._wanted.set()
            wait_s = WAIT_S if self._seq >= 0 else FIRST_WAIT_S
            if self._turn.wait_for(lambda: self._done >= mine or self._away, wait_s):
                return not self._away
            self._slow = True
            return False

    def _elsewhere(self, query: WorklistQuery) -> WorklistIndex | None:
        """What the store has beside the list in memory; None where that is enough."""
        dates, here = query.dates, self._range
        accession = study_uid = ""
        if dates.open:
            if query.accession and not is_pattern(query.accession):
                accession = query.accession
            elif len(query.study_uids) == 1:
                study_uid = query.study_uids[0]
            if not (accession or study_uid) or self._index.choose(query, 1).steps:
                return None
        elif all(not day or here.holds(day) for day in (dates.first, dates.last)):
            return None
        try:
            with self._centre.reading() as conn:
                since, until = _iso(dates.first), _iso(dates.last)
                rows = self._read(conn, since=since, until=until, accession=accession, study_uid=study_uid)
        except LinkLost:
            return None
        return WorklistIndex(rows)

    # -- remembering ---------------------------------------------------------------------------------------------
    def keep_remembering(self, stop: threading.Event) -> None:
        """A worker: keep the list in step with the store until ``stop``. Commits don't wake it: there are hundreds
        a second while images come in, and each query has it look anyway.
        """
        try:
            while not stop.is_set():
                self._wanted.clear()
                self._look_once()
                self._keep(at_once=False)
                self._wanted.wait(LOOK_EVERY_S)
        finally:
            self._keep(at_once=True)
            self._centre.leave()
            self._own.leave()

    def _look_once(self) -> None:
        with self._turn:
            self._begun += 1
        away = False
        try:
            self._look(date.today())
        except Exception as why:  # whatever it is, the modalities go on with what is there
            away = True
            if not self._away:
                log.warning("the worklist stays as it was seen at %s: %s", self._seen_at or "no time", as_fault(why))
            self._centre.leave()
            if not self._seen_at:
                self._recall()
        else:
            if self._away:
                log.info("the worklist is read from the store again")
        with self._turn:
            self._away, self._slow = away, False
            self._done = self._begun
            self._turn.notify_all()

    def _look(self, today: date) -> None:
        days = self._days(today)
        wanted = Span(days[0].replace("-", ""), days[-1].replace("-", ""), True)
        due = time.monotonic() - self._whole_at >= WHOLE_EVERY_S
        with self._centre.reading() as conn:
            newest = notices.newest(conn)
            found = notices.after(conn, self._seq) if 0 <= self._seq < newest else []
            told = [each.ids for each in found if each.kind in KINDS]
            if self._seq < 0 or due or wanted != self._range or len(found) >= 500 or not all(map(_narrow, told)):
                self._index.keep_days(wanted)
                for day in days:
                    self._read_day(conn, day)
                self._range, self._whole_at = wanted, time.monotonic()
            elif told:
                self._mend(conn, told)
        self._seq, self._seen_at = newest, now_text()

    def _mend(self, conn: Connection, told: Iterable[dict[str, object]]) -> None:
        """Read only the visits and days that the notices name."""
        ids = {int(each["visit"]) for each in told if each.get("visit")}  # type: ignore[call-overload]
        days = {str(day) for each in told if not each.get("visit") for day in each.get("days", ())}  # type: ignore[attr-defined]
        within = Span(_dashed(self._range.first), _dashed(self._range.last))
        for day in sorted(day for day in days if within.holds(day)):
            self._read_day(conn, day)
        if ids:
            rows = self._read(conn, since=within.first, until=within.last, visit_ids=sorted(ids))
            self._touched |= self._index.put(rows, instead_of=ids)

    def _read_day(self, conn: Connection, day: str) -> None:
        known = self._index.visits_of([day.replace("-", "")])
        self._touched |= self._index.put(self._read(conn, since=day, until=day), instead_of=known)

    def _days(self, today: date) -> list[str]:
        """The days of the list in memory, ISO."""
        first = today - self._back
        return [(first + timedelta(days=at)).isoformat() for at in range(self._back.days + AHEAD_DAYS + 1)]

    def _read(
        self,
        conn: Connection,
        *,
        since: str = "",
        until: str = "",
        visit_ids: list[int] | None = None,
        accession: str = "",
        study_uid: str = "",
    ) -> list[WorklistRow]:
        found = visits.scheduled(
            conn,
            since=since,
            until=until,
            visit_ids=visit_ids or (),
            accession=accession,
            study_uid=study_uid,
            limit=MOST_STEPS,
        )
        finished = performed.finished_steps(conn, [step.id for _, step in found])
        rows = []
        for visit, step in found:
            shared = replace(step, exam=self._exams.setdefault(step.exam, step.exam))
            rows.append(worklist_row(visit, shared, self._institution_name, step.id in finished))
        return rows

    def _keep(self, *, at_once: bool) -> None:
        """Lay the list down on this PC's own disk, now and then."""
        now = time.monotonic()
        if not self._touched or (now - self._kept_at < KEEP_EVERY_S and not at_once):
            return
        touched = self._touched
        try:
            with self._own.writing() as conn:
                for day in sorted(day for day in touched if self._range.holds(day)):
                    kept_worklist.keep(conn, day, self._index.rows_of(day), self._seen_at)
                kept_worklist.drop_outside(conn, self._range)
            self._touched, self._kept_at = set(), now
        except Fault as why:
            self._kept_at = now
            log.warning("the worklist could not be kept on this PC: %s", why)

    def _recall(self) -> None:
        """After a start without the store: the list that was seen last."""
        days = self._days(date.today())
        wanted = Span(days[0].replace("-", ""), days[-1].replace("-", ""), True)
        try:
            with self._own.reading() as conn:
                rows, seen_at = kept_worklist.recall(conn, wanted)
        except Fault as why:
            log.warning("the worklist that was kept can't be read: %s", why)
            return
        if seen_at:
            self._index.put(rows)
            self._range, self._seen_at = wanted, seen_at


def worklist_row(visit: Visit, step: Step, institution_name: str = "", finished: bool = False) -> WorklistRow:
    """One step of a visit as a modality is told it. ``finished``: its device said so (MPPS), whatever arrived."""
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
        state="done" if finished else step.state.value,
        patient=visit.patient,
        views=tuple(view.code for view in exam.views),
        visit=visit.id,
    )


def _narrow(ids: dict[str, object]) -> bool:
    """Does a notice name what it is about, and not half the year?"""
    if "visit" in ids:
        return True  # None: an image that found no visit, which changes no step
    days = ids.get("days")
    return isinstance(days, list) and 0 < len(days) < 15


def _iso(day: str) -> str:
    found = day_of(day) if day else None
    return found.isoformat() if found else ""


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"
