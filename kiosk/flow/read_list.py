"""The reservation list's way in: from the inbox, row by row, into visits; the .lok is taken away after the last commit.

Rows go in by batches, each a transaction of its own; what makes a file complete (vanished rows flagged, counts, audit,
notice) is one last transaction. Killed anywhere, the list is simply read again: rows that are in are the same rows.
"""

from __future__ import annotations

import gc
import hashlib
import json
import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from kiosk.core.checkup_list import ListRow, RowProblem, read_checkup_list
from kiosk.core.course import CourseBook, Planned, plan, read_course_book
from kiosk.core.faults import Fault, Refused
from kiosk.core.kept_sentences import sentence_data
from kiosk.core.list_checks import cut_problem, person_problem, visit_problem
from kiosk.core.list_settings import ListSettings, ListUnreadable
from kiosk.core.words import N_, Sentence
from kiosk.devices.inbox.contract import Changed, Delivery, Inbox, Waiting
from kiosk.store import audit, booked_visits, lists, masters, notices, open_by, take_list, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store, writing_in_order
from kiosk.store.lists import ListProblem
from kiosk.store.visits import VisitRow

log = logging.getLogger(__name__)

BATCH = 2000
PIECE = 1024 * 1024
SUBJECT = "reservation list"
HELD_S = 120.0
TOLD_EVERY = 20_000  # rows between two notices of how far a large list is
MOST_PROBLEMS = 5000  # a list that is wrong throughout need not say so a million times


@dataclass(frozen=True)
class ListNews:
    """What became of a list. ``again``: the same list once more, nothing to do. ``fault``: it could not be read."""

    name: str
    file: int = 0
    rows: int = 0
    added: int = 0
    changed: int = 0
    vanished: int = 0
    problems: int = 0
    again: bool = False
    fault: Fault | None = None


@dataclass
class _Tally:
    """One reading as it goes on."""

    file: int
    rows: int = 0
    added: int = 0
    changed: int = 0
    problems: int = 0
    unknown: int = 0  # refused rows that don't tell whose they are
    seen: set[int] = field(default_factory=set)
    days: dict[str, set[str]] = field(default_factory=dict)  # institution -> days that the list covers


class ReadList:
    """Reads what the inbox has. One reader at a time, also among several PCs."""

    def __init__(
        self,
        centre: Store,
        inbox: Inbox,
        settings: ListSettings,
        *,
        institution: str,
        issuer: str,
        station: str,
        spool: Path,
    ) -> None:
        self._centre = centre
        self._inbox = inbox
        self._settings = settings
        self._institution = institution
        self._issuer = issuer
        self._station = station
        self._spool = spool
        self._lock = threading.Lock()
        self._refused: set[Delivery] = set()  # told once; read again when the file or the settings change
        self._tidied = False
        self.waiting: tuple[Waiting, ...] = ()

    def look(self, stop: threading.Event | None = None) -> list[ListNews]:
        """Look once and read every complete list. Raises Fault where folder or store is away."""
        with self._lock:
            if not self._tidied:
                self._tidy_up()
            found = self._inbox.look()
            self.waiting = found.waiting
            self._refused &= set(found.ready)
            news = []
            for delivery in found.ready:
                if delivery in self._refused or (stop is not None and stop.is_set()):
                    continue
                try:
                    told = self._read(delivery, stop)
                except Changed as why:
                    log.info("%s", why)
                    continue
                if told is not None:
                    news.append(told)
            return news

    # -- one file ----------------------------------------------------------------------------------------------

    def _read(self, delivery: Delivery, stop: threading.Event | None) -> ListNews | None:
        copy = self._spool / "list.csv"
        sha256 = self._inbox.fetch(delivery, copy)
        try:
            with self._centre.writing() as conn:
                self._hold(conn)
                book = read_course_book(masters.master(conn, "examinations"), masters.master(conn, "courses"))
                reading = self._reading(sha256, conn)
                newest = lists.last_read(conn, self._institution)
                if newest is not None and newest.sha256 == reading:
                    self._let_go(conn)
                    self._put_away(delivery, newest.rows)
                    return ListNews(delivery.name, newest.id, newest.rows, again=True)
                take_list.drop_unfinished(conn, self._institution)
                file = lists.begin_file(conn, self._institution, delivery.name, reading)
            tally = _Tally(file)
            try:
                with _few_collections():
                    whole = self._take_rows(copy, book, tally, stop)
            except ListUnreadable as why:
                return self._refuse(delivery, tally, why)
            if not whole:
                return None
            vanished = self._finish(delivery, tally)
            self._inbox.put_away(delivery)
            log.info(
                "list read: %s rows, %s new, %s changed, %s vanished, %s problems",
                tally.rows, tally.added, tally.changed, vanished, tally.problems,
            )  # fmt: skip
            return ListNews(delivery.name, file, tally.rows, tally.added, tally.changed, vanished, tally.problems)
        finally:
            copy.unlink(missing_ok=True)

    def _take_rows(self, copy: Path, book: CourseBook, tally: _Tally, stop: threading.Event | None) -> bool:
        """All rows, batch by batch; False where ``stop`` came in between."""
        planner = _Planner(book)
        rows = read_checkup_list(_pieces(copy), self._settings, institution=self._institution, issuer=self._issuer)
        for batch in _batches(rows):
            if stop is not None and stop.is_set():
                return False
            with writing_in_order(self._centre) as conn:  # desks that book meanwhile wait a moment
                self._take_batch(conn, batch, planner, tally)
                self._hold(conn)
                if tally.rows // TOLD_EVERY != (tally.rows - len(batch)) // TOLD_EVERY:
                    notices.tell(conn, "list", file=tally.file, rows=tally.rows)
        return True

    def _take_batch(
        self, conn: Connection, batch: list[ListRow | RowProblem], planner: _Planner, tally: _Tally
    ) -> None:
        problems: list[RowProblem] = []
        pairs: list[tuple[ListRow, VisitRow]] = []
        for each in batch:
            tally.rows += 1
            if isinstance(each, RowProblem):
                problems.append(each)
            else:
                row, unknown = planner.visit_row(each)
                problems += [*each.problems, *unknown]
                pairs.append((each, row))
        booked_visits.adopt(conn, [row for _, row in pairs])
        known = take_list.known_of(conn, [row for _, row in pairs])
        ids_of = take_list.patient_ids(conn, known)
        # Who an ID is: as the store has it, then as the rows before in this batch say.
        people = {patient_id: who for patient_id, (_, who) in known.patients.items()}
        taking: list[VisitRow] = []
        for told, row in pairs:
            seen = known.visits.get(row.key)
            person = people.get(row.patient.patient_id)
            if seen is None and person is None:
                people[row.patient.patient_id] = row.patient
                taking.append(row)  # all new: nothing to contradict
                continue
            if seen is not None and seen.row_hash == row.row_hash:
                taking.append(row)  # the same as it was
                continue
            found = [person_problem(told, person)]
            if seen is not None:
                found += [visit_problem(told, ids_of.get(seen.patient_row, ""), seen.begun), cut_problem(told)]
            problems += [each for each in found if each is not None]
            if all(each is None or each.taken for each in found):
                people[row.patient.patient_id] = person.updated_by(row.patient) if person else row.patient
                taking.append(row)
        for row, taken in zip(taking, take_list.take_visits(conn, taking, "list", known), strict=True):
            tally.seen.add(taken.visit)
            tally.added += taken.what == "added"
            tally.changed += taken.what == "changed"
            tally.days.setdefault(row.key.institution, set()).add(row.key.day.isoformat())
        for problem in problems:
            if not problem.taken:
                self._keep_seen(conn, problem, known, tally)
        self._keep_problems(conn, problems, tally)

    def _keep_seen(self, conn: Connection, problem: RowProblem, known: take_list.Known, tally: _Tally) -> None:
        """A row that was refused is still in the list: its visit has not vanished."""
        if problem.key is None:
            tally.unknown += 1
            return
        tally.days.setdefault(problem.key.institution, set()).add(problem.key.day.isoformat())
        seen = known.visits.get(problem.key)
        row = seen.id if seen is not None else take_list.visit_row(conn, problem.key)
        if row is not None:
            tally.seen.add(row)

    def _keep_problems(self, conn: Connection, problems: Iterable[RowProblem], tally: _Tally) -> None:
        kept = []
        for problem in problems:
            tally.problems += 1
            if tally.problems <= MOST_PROBLEMS:
                text, values = sentence_data(problem.sentence)
                kept.append(ListProblem(0, tally.file, problem.line, text, values, problem.taken))
        lists.add_problems(conn, tally.file, kept)

    def _finish(self, delivery: Delivery, tally: _Tally) -> int:
        with self._centre.writing() as conn:
            gone: list[int] = []
            for institution, days in tally.days.items():
                if not tally.unknown:
                    gone += visits.flag_vanished(conn, institution, sorted(days), tally.seen)
            if tally.unknown:
                sentence = Sentence(
                    N_("{count} rows do not tell whose they are; so no one was marked as missing from the list."),
                    {"count": tally.unknown},
                )
                self._keep_problems(conn, [RowProblem(0, sentence, taken=True)], tally)
            if not tally.rows:
                self._keep_problems(
                    conn, [RowProblem(0, Sentence(N_("The list holds no examinees.")), taken=True)], tally
                )
            self._close_file(conn, delivery, tally, len(gone))
        return len(gone)

    def _close_file(self, conn: Connection, delivery: Delivery, tally: _Tally, vanished: int) -> None:
        lists.finish_file(
            conn, tally.file, rows=tally.rows, added=tally.added, changed=tally.changed, vanished=vanished,
            problems=tally.problems,
        )  # fmt: skip
        days = sorted({day for days in tally.days.values() for day in days})
        audit.write(
            conn, Actor(station=self._station), "list read", subject=f"list {tally.file}", name=delivery.name,
            rows=tally.rows, added=tally.added, changed=tally.changed, vanished=vanished, problems=tally.problems,
        )  # fmt: skip
        notices.tell(conn, "visits", file=tally.file, days=days[:60])
        self._let_go(conn)

    def _refuse(self, delivery: Delivery, tally: _Tally, why: ListUnreadable) -> ListNews:
        """The file is no list that we can read: kept in the inbox with its .lok, told to people, not tried again."""
        log.warning("%s", why)
        self._refused.add(delivery)
        with self._centre.writing() as conn:
            self._keep_problems(conn, [RowProblem(0, why.sentence, taken=False)], tally)
            self._close_file(conn, delivery, tally, 0)
        return ListNews(delivery.name, tally.file, problems=tally.problems, fault=why)

    def _put_away(self, delivery: Delivery, rows: int) -> None:
        if rows:
            self._inbox.put_away(delivery)
        else:
            self._refused.add(delivery)  # the same unreadable list as before this start: already told

    # -- around it ---------------------------------------------------------------------------------------------

    def _reading(self, sha256: str, conn: Connection) -> str:
        """Names this list as read by these settings and masters: a change of any of them is worth another reading."""
        used = [
            sha256,
            asdict(self._settings),
            self._issuer,
            masters.master(conn, "examinations"),
            masters.master(conn, "courses"),
        ]
        return hashlib.sha256(json.dumps(used, sort_keys=True, default=str).encode()).hexdigest()

    def _hold(self, conn: Connection) -> None:
        other = open_by.hold(conn, SUBJECT, by="system", station=self._station, for_s=HELD_S)
        if other is not None:
            raise Refused(
                "held",
                N_("{station} is reading the reservation list at this moment."),
                N_("Nothing needs to be done; the list appears here by itself."),
                station=other.station,
            )

    def _let_go(self, conn: Connection) -> None:
        open_by.let_go(conn, SUBJECT, by="system", station=self._station)

    def _tidy_up(self) -> None:
        """A crash between taking the .lok and moving the list leaves a list that is in the store: it is moved now."""
        with self._centre.reading() as conn:
            newest = lists.last_read(conn, self._institution)
        if newest is not None and newest.rows:
            for delivery in self._inbox.leftovers():
                if delivery.name != newest.name:
                    continue
                copy = self._spool / "leftover.csv"
                try:
                    sha256 = self._inbox.fetch(delivery, copy)
                except Changed:
                    continue
                finally:
                    copy.unlink(missing_ok=True)
                with self._centre.reading() as conn:
                    known = self._reading(sha256, conn) == newest.sha256
                if known:
                    self._inbox.put_away(delivery)
        self._tidied = True


class _Planner:
    """Rows of the list as rows of the store. What a course with its options means is worked out once."""

    def __init__(self, book: CourseBook) -> None:
        self._book = book
        self._planned: dict[tuple[Any, ...], tuple[Planned, str]] = {}

    def visit_row(self, row: ListRow) -> tuple[VisitRow, list[RowProblem]]:
        told = (row.course, row.course_name, row.options)
        found = self._planned.get(told)
        if found is None:
            planned = plan(self._book, row.course, row.options, row.course_name)
            found = (planned, repr(planned.examinations))
            self._planned[told] = found
        planned, exams = found
        who = row.patient
        born = who.birth_date.isoformat() if who.birth_date else ""
        parts = (who.issuer, who.patient_id, who.kanji, who.kana, who.romaji, who.sex, born, str(row.at), repr(told),
                 row.remark, repr(row.extra), exams)  # fmt: skip
        digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=20)
        visit = VisitRow(
            key=row.key,
            patient=row.patient,
            at=_clock(row.at) if row.at else "",
            course=planned.course_code[:32],
            course_name=planned.course_name[:100],
            options=row.options,
            remark=row.remark,
            row_hash=digest.hexdigest(),
            extra=dict(row.extra) if row.extra else {},
            exams=planned.examinations,
        )
        return visit, [RowProblem(row.line, sentence, True, row.key) for sentence in planned.unknown]


@contextmanager
def _few_collections() -> Iterator[None]:
    """Rows come and go without cycles; looking for some every 700 objects would cost a quarter of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@lru_cache(maxsize=1440)
def _clock(at: time) -> str:
    return at.strftime("%H:%M")


def _pieces(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as handle:
        while piece := handle.read(PIECE):
            yield piece


def _batches(rows: Iterable[ListRow | RowProblem]) -> Iterator[list[ListRow | RowProblem]]:
    batch: list[ListRow | RowProblem] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
