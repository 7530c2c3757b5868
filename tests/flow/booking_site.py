"""Reservation desks for each shipped book, on a store with the slots of three weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from kiosk.core.booking import Booker
from kiosk.core.course import read_course_book
from kiosk.core.holidays import holiday
from kiosk.core.patient import Patient
from kiosk.core.visit import Visit, VisitKey
from kiosk.flow.book_seats import BookSeats
from kiosk.flow.keep_book import KeepBook
from kiosk.flow.reserve import Reserve
from kiosk.flow.seat_visits import SeatVisits
from kiosk.store import bookings, masters, visits
from kiosk.store.audit import Actor
from kiosk.store.booking_tables import bookings as bookings_table
from kiosk.store.engine import Store

HANAKO = Booker("90000001", "見本 花子", "ミホン ハナコ", "F", "1980-12-31")
TARO = Booker("90000002", "見本 太郎", "ミホン タロウ", "M", "1970-01-02")
BOOKS = ("reservations", "reservations_endoscopy", "reservations_physiology")


def a_monday() -> date:
    """A Monday to come whose week has no holiday."""
    day = date.today() + timedelta(days=1)
    while day.weekday() or any(holiday(day + timedelta(days=at)) for at in range(7)):
        day += timedelta(days=1)
    return day


class BookingSite:
    """A desk for each book, on a store with the slots of three weeks."""

    def __init__(self, centre: Store) -> None:
        self.centre = centre
        self.monday = a_monday()
        self.actor = Actor("窓口", "admin", "r1")
        self.books = {name: BookSeats(name, "0001", "C") for name in BOOKS}
        self.desks = {
            name: Reserve(centre, book, lambda: self.actor, over_roles=["admin"]) for name, book in self.books.items()
        }
        self.keepers = {name: KeepBook(centre, "0001", lambda: self.actor, master=name) for name in BOOKS}
        for keeper in self.keepers.values():
            keeper.set_pin("2468")
            keeper.make_slots(self.monday, self.monday + timedelta(days=20))
        self.desk = self.desks["reservations"]
        self.seating = SeatVisits(centre, self.books["reservations"], "r1")

    def slot(self, kind: str, at: str, day: date | None = None, book: str = "reservations") -> int:
        view = self.desks[book].day(kind, day or self.monday)
        [found] = [each.id for each in view.slots if f"{each.at:%H:%M}" == at]
        return found

    def visits(self, day: date | None = None) -> list[Visit]:
        with self.centre.reading() as conn:
            return visits.day_visits(conn, day or self.monday)

    def scheduled(self, day: date | None = None) -> list[tuple[str, str]]:
        """Patient and examination of each step that a modality would be told of."""
        told = (day or self.monday).isoformat()
        with self.centre.reading() as conn:
            steps = visits.scheduled(conn, since=told, until=told)
        return sorted((visit.patient.patient_id, step.exam.code) for visit, step in steps)

    def listed(self, number: str, who: Booker, *exams: str, day: date | None = None, at: str = "09:00") -> int:
        """As the list brings it."""
        with self.centre.writing() as conn:
            book = read_course_book(masters.master(conn, "examinations"), masters.master(conn, "courses"))
            patient = Patient("C", who.patient_id, who.kanji, who.kana, "", who.sex, date.fromisoformat(who.birth_date))
            row = visits.VisitRow(
                VisitKey("0001", day or self.monday, number), patient, at, options=exams,
                exams=tuple(book.examinations[each] for each in exams),
            )  # fmt: skip
            return visits.take_visit(conn, row, "list").visit

    def all_bookings(self) -> list[Any]:
        with self.centre.reading() as conn:
            return [
                bookings.booking_of(conn, each) for each in conn.execute(sa.select(bookings_table.c.id)).scalars()
            ]  # fmt: skip
