"""Two desks and the check-up list in random order: seats, rooms, visits and worklist agree after every step."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kiosk.core.booking import Booker
from kiosk.core.course import CourseBook, read_course_book
from kiosk.core.faults import Fault
from kiosk.core.patient import Patient
from kiosk.core.shared_resources import minute_of, needs_of, spare
from kiosk.core.visit import VisitKey
from kiosk.flow.book_seats import BookSeats
from kiosk.flow.keep_book import KeepBook
from kiosk.flow.reserve import Reserve
from kiosk.flow.seat_visits import SeatVisits
from kiosk.store import booked_visits, masters, visits
from kiosk.store.audit import Actor
from kiosk.store.booking_reports import bookings_of_period
from kiosk.store.booking_tables import book_pins, booking_changes, bookings, seated, seats, slots, waiting
from kiosk.store.engine import Store
from kiosk.store.tables import patients
from kiosk.store.tables import steps as steps_table
from kiosk.store.tables import visits as visits_table
from tests.store.test_bookings import wrong
from tests.stores import *  # noqa: F403

BOOK = {
    "from_list": True, "closed_weekdays": [], "closed_on_holidays": False, "resources": {"室": 2},
    "kind": [
        {"code": "G", "name": "胃", "minutes": 30, "capacity": 2, "examination": "GASTRO", "needs": ["室"]},
        {"code": "A", "name": "腹", "minutes": 20, "capacity": 2, "examination": "ABDOMEN", "needs": ["室"]},
        {"code": "H", "name": "ホルター", "minutes": 20, "capacity": 1, "returns": "B"},
        {"code": "B", "name": "取外し", "minutes": 10, "capacity": 1},
    ],
    "pattern": [
        {"kind": "G", "weekdays": [0, 1, 2, 3, 4, 5, 6], "times": ["09:00", "09:30"]},
        {"kind": "A", "weekdays": [0, 1, 2, 3, 4, 5, 6], "times": ["09:10", "10:00"]},
        {"kind": "H", "weekdays": [0, 1, 2, 3, 4, 5, 6], "times": ["09:00"]},
        {"kind": "B", "weekdays": [0, 1, 2, 3, 4, 5, 6], "times": ["09:00"]},
    ],
    "course": [{"code": "C", "name": "ドック", "parts": [{"kind": "G"}, {"kind": "A", "gap_max": 200}]}],
}  # fmt: skip
EMPTIED = (booking_changes, seats, bookings, slots, waiting, seated, book_pins, steps_table, visits_table, patients)
EXAMS = ("GASTRO", "ABDOMEN", "CHEST")
KINDS, DAYS, PEOPLE = "GAHB", 2, 3
desks, days, kinds = st.integers(0, 1), st.integers(0, DAYS - 1), st.sampled_from(KINDS)
people, places = st.integers(0, PEOPLE), st.integers(0, 9)


def who(number: int) -> Booker:
    """Number 0 is somebody without an ID."""
    return Booker(f"9000{number}" if number else "", f"見本 {number}", "ミホン", "F", "1980-01-01")


class Desks(RuleBasedStateMachine):
    """What clerks and the list do; what is refused changes nothing."""

    store: Store

    @initialize()
    def begin(self) -> None:
        self.first = date.today() + timedelta(days=1)
        self.uids: dict[int, str] = {}
        with self.store.writing() as conn:
            for table in EMPTIED:
                conn.execute(table.delete())
            masters.write_master(conn, "reservations", BOOK)
            self.courses: CourseBook = read_course_book(
                masters.master(conn, "examinations"), masters.master(conn, "courses")
            )  # fmt: skip
        book = BookSeats("reservations", "0001", "")
        actor = Actor("x", "admin", "r1")
        self.desks = [Reserve(self.store, book, lambda: actor, over_roles=["admin"]) for _ in range(2)]
        self.keeper = KeepBook(self.store, "0001", lambda: actor, master="reservations")
        self.keeper.set_pin("2468")
        self.keeper.make_slots(self.first, self.first + timedelta(days=DAYS))
        self.seating = SeatVisits(self.store, book, "r1")

    @rule(desk=desks, kind=kinds, day=days, at=places, person=people, over=st.booleans())
    def make(self, desk: int, kind: str, day: int, at: int, person: int, over: bool) -> None:
        slot = self.slot(kind, day, at)
        self.do(lambda: self.desks[desk].make(slot, who(person), over_reason="可" if over else ""))

    @rule(desk=desks, day=days, person=people)
    def course(self, desk: int, day: int, person: int) -> None:
        ways = self.desks[desk].course_day("C", self.day(day))
        if ways:
            self.do(lambda: self.desks[desk].make_all([each.id for each in ways[0]], who(person)))

    @rule(desk=desks, which=places, kind=kinds, day=days, at=places, over=st.booleans())
    def move(self, desk: int, which: int, kind: str, day: int, at: int, over: bool) -> None:
        booking, slot = self.booking(which), self.slot(kind, day, at)
        if booking is not None:
            self.do(lambda: self.desks[desk].move(booking, slot, over_reason="可" if over else ""))

    @rule(desk=desks, which=places, along=st.booleans())
    def cancel(self, desk: int, which: int, along: bool) -> None:
        booking = self.booking(which)
        if booking is not None:
            others = self.desks[desk].linked(booking) if along and booking.linked else []
            self.do(lambda: self.desks[desk].cancel(booking, "r", others))

    @rule(desk=desks, which=places, person=people)
    def change(self, desk: int, which: int, person: int) -> None:
        booking = self.booking(which)
        if booking is not None and booking.state.holds_a_seat:
            self.do(lambda: self.desks[desk].change(booking, who(person), "c"))

    @rule(desk=desks)
    def undo(self, desk: int) -> None:
        self.do(self.desks[desk].undo)

    @rule(person=st.integers(1, PEOPLE), day=days, exams=st.sets(st.sampled_from(EXAMS)), number=st.integers(1, 3))
    def listed(self, person: int, day: int, exams: set[str], number: int) -> None:
        """The number is the person's own, as in a list that is right; three visits at most."""
        told = tuple(sorted(exams))
        patient = Patient("", who(person).patient_id, who(person).kanji, "ミホン", "", "F", date(1980, 1, 1))
        chosen = tuple(self.courses.examinations[each] for each in told)
        key = VisitKey("0001", self.day(day), f"{person}{number % 2}")
        row = visits.VisitRow(key, patient, "09:00", options=told, exams=chosen)
        with self.store.writing() as conn:
            booked_visits.adopt(conn, [row])
            visits.take_visit(conn, row, "list")

    @rule(day=days)
    def vanish(self, day: int) -> None:
        with self.store.writing() as conn:
            visits.flag_vanished(conn, "0001", [self.day(day).isoformat()], set())

    @rule()
    def seat(self) -> None:
        self.do(self.seating.seat)

    @rule(kind=kinds, day=days, at=places, closed=st.booleans())
    def close(self, kind: str, day: int, at: int, closed: bool) -> None:
        slot = self.slot(kind, day, at)
        self.do(lambda: self.keeper.close_slot(slot, closed, "r"))

    @invariant()
    def seats_are_right(self) -> None:
        assert wrong(self.store) == []

    @invariant()
    def rooms_are_not_given_twice(self) -> None:
        book = self.desks[0].book()
        for at in range(DAYS + 1):
            plain = [each for each in self.bookings(at) if not each.over_reason]
            busy = [(one.kind, minute_of(one.at)) for one in plain]
            for each in plain:
                left, _ = spare(needs_of(book, each.kind), each.kind, each.at, busy)
                assert left is None or left >= 0, each

    @invariant()
    def visits_and_worklist_agree(self) -> None:
        with self.store.reading() as conn:
            rows = list(conn.execute(sa.select(steps_table)).mappings())
            there = {row["id"]: row for row in conn.execute(sa.select(visits_table)).mappings()}
            people_of = {each.id: each.patient.patient_id for at in range(DAYS + 1)
                         for each in visits.day_visits(conn, self.day(at))}  # fmt: skip
        on = {(there[row["visit"]]["day"], there[row["visit"]]["number"], row["exam"]): row["visit"]
              for row in rows if row["state"] != "cancelled"}  # fmt: skip
        wanted: dict[tuple[str, str, str], Any] = {}
        for at in range(DAYS + 1):
            for each in self.bookings(at):
                if each.exam and each.who.patient_id:
                    wanted[(each.day.isoformat(), each.number, each.exam)] = each
        for place, booking in wanted.items():
            assert place in on, f"{booking} is not on the worklist"
            assert there[on[place]]["state"] != "cancelled" and people_of[on[place]] == booking.who.patient_id
        for place, visit in on.items():
            assert there[visit]["source"] != "booking" or place in wanted, f"{place} is there for nobody"
        for row in rows:
            assert self.uids.setdefault(row["id"], row["study_uid"]) == row["study_uid"]

    # -- small things --------------------------------------------------------------------------------------------

    def do(self, what: Any) -> None:
        try:
            what()
        except Fault:
            pass

    def day(self, at: int) -> date:
        return self.first + timedelta(days=at)

    def slot(self, kind: str, day: int, at: int) -> int:
        found = self.desks[0].day(kind, self.day(day)).slots
        return found[at % len(found)].id

    def bookings(self, at: int) -> list[Any]:
        with self.store.reading() as conn:
            return bookings_of_period(conn, "0001", self.day(at), self.day(at))

    def booking(self, which: int) -> Any:
        with self.store.reading() as conn:
            found = bookings_of_period(conn, "0001", self.day(0), self.day(DAYS), cancelled=True)
        return sorted(found, key=lambda each: each.id)[which % len(found)] if found else None


def test_whatever_desks_and_list_do_they_agree(centre_on_sqlite: Store, soak: float) -> None:
    Desks.store = centre_on_sqlite
    how = settings(
        max_examples=300 if soak == 1.0 else 12, stateful_step_count=30, deadline=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.reuse, Phase.generate],  # shrinking takes an hour
    )  # fmt: skip
    run_state_machine_as_test(Desks, settings=how)


