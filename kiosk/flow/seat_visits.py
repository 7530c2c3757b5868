"""The check-up system's list makes and updates bookings: each examination of it that a kind stands for gets a seat.

A desk's booking of the same examinee is found and only told its check-up number; whoever comes second updates. What has
once had a seat is not given another by itself, so a desk's cancelling and moving stand.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kiosk.core.booking import Booking, SlotView, booker_of
from kiosk.core.booking_book import Kind
from kiosk.core.faults import Fault, Refused
from kiosk.flow.book_seats import BookSeats, Ledger
from kiosk.flow.notices import Watch
from kiosk.store import audit, booked_visits, bookings, resources, slot_store
from kiosk.store.audit import Actor
from kiosk.store.booked_visits import Unseated
from kiosk.store.engine import Connection, Store, writing_in_order

log = logging.getLogger(__name__)

LIST = "list"  # who made such a booking, as the history tells it
AHEAD = timedelta(days=120)
NEAR = timedelta(days=60)  # what is booked within that is meant for the same examination
EVERY_S = 600.0


@dataclass(frozen=True)
class Seated:
    """What became of the examinations without a seat."""

    linked: int = 0
    moved: int = 0
    booked: int = 0
    without: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.linked or self.moved or self.booked)


class SeatVisits:
    """One book of reservations. ``work`` is a worker's work; one of several PCs does it, the others find it done."""

    def __init__(
        self, centre: Store, book: BookSeats, station: str, today: Callable[[], date] = date.today
    ) -> None:
        self._centre = centre
        self._station = station
        self._seats = book
        self._today = today

    @property
    def master(self) -> str:
        """Which book."""
        return self._seats.master

    def work(self, heard: Watch, stop: threading.Event) -> None:
        """At once, whenever a list was read, and every few minutes, until ``stop``."""
        asked = threading.Event()
        quiet = heard.listen("visits", lambda notice: asked.set() if "file" in notice.ids else None)
        try:
            while not stop.is_set():
                asked.clear()
                try:
                    self.seat()
                except Fault as why:
                    log.warning("the list's seats could not be given: %s", why)
                left = EVERY_S
                while left > 0 and not stop.is_set() and not asked.is_set():
                    asked.wait(min(0.25, left))
                    left -= 0.25
        finally:
            quiet()
            self._centre.leave()

    def seat(self) -> Seated:
        """Give seats, day by day, each day in one transaction. Raises WrongMaster, LinkLost."""
        today = self._today()
        with self._centre.reading() as conn:
            ledger = self._seats.ledger(conn)
            if not ledger.book.from_list:
                return Seated()
            kinds = {each.examination: each for each in ledger.book.kinds.values() if each.examination}
            open_ones = booked_visits.unseated(conn, ledger.institution, today, today + AHEAD, kinds)
        done = Seated()
        for day in sorted({each.day for each in open_ones if not each.asked}):
            done = _sum(done, self._seat_day(day))
        if not done.nothing:
            log.info("list seated: %s linked, %s moved, %s booked, %s without", done.linked, done.moved, done.booked,
                     done.without)  # fmt: skip
        return done

    def _seat_day(self, day: date) -> Seated:
        done = Seated()
        with writing_in_order(self._centre) as conn:  # of several PCs one gives seats to a visit
            ledger = self._seats.ledger(conn)
            kinds = {each.examination: each for each in ledger.book.kinds.values() if each.examination}
            for each in booked_visits.unseated(conn, ledger.institution, day, day, kinds):
                if not each.asked:
                    done = _sum(done, self._seat_one(conn, ledger, kinds[each.exam], each))
            if not done.nothing:
                where = f"{self.master} {day.isoformat()}"
                audit.write(
                    conn, Actor(station=self._station), "list seated", subject=where,
                    linked=done.linked, moved=done.moved, booked=done.booked, without=done.without,
                )  # fmt: skip
        return done

    def _seat_one(self, conn: Connection, ledger: Ledger, kind: Kind, visit: Unseated) -> Seated:
        mine = [
            each for each in bookings.bookings_of_person(
                conn, ledger.institution, visit.patient.patient_id, since=self._today()
            ) if each.kind == kind.code
        ]  # fmt: skip
        on = [each for each in mine if each.state.holds_a_seat]
        same = next((each for each in on if each.day == visit.day and self._may_join(conn, ledger, each)), None)
        if same is not None:
            bookings.renumber(conn, same.id, visit.number, visit.exam)
            booked_visits.mark_seated(conn, visit.visit, visit.exam)
            return Seated(linked=1)
        gone = next((each for each in on if self._was_of_the_list(conn, ledger, each)), None)
        if gone is None and any(abs(each.day - visit.day) <= NEAR and _by_a_person(each, visit) for each in mine):
            # A desk decided something about this examination: booked it elsewhere, or cancelled it. That stands.
            booked_visits.mark_seated(conn, visit.visit, visit.exam)
            return Seated(without=1)
        slot = self._slot(conn, ledger, kind, visit)
        if slot is None:
            return Seated(without=1)
        try:
            if gone is not None:
                self._seats.move(conn, gone, slot.id, LIST)
                return Seated(moved=1)
            self._seats.book(conn, slot.id, booker_of(visit.patient), LIST, source=LIST, number=visit.number)
            return Seated(booked=1)
        except Refused as why:  # no return visit on that day, or an ID that is somebody else's: left to people
            log.info("not seated: %s", why.reference)
            return Seated(without=1)

    def _may_join(self, conn: Connection, ledger: Ledger, booking: Booking) -> bool:
        """Does this booking wait for a visit: of nobody's list yet, or of one that the list does not name any more?"""
        if not booking.number or booking.number.startswith(booked_visits.PREFIX):
            return True
        gone = booked_visits.vanished(conn, ledger.institution, booking.day, booking.day)
        return (booking.day, booking.number) in gone

    def _was_of_the_list(self, conn: Connection, ledger: Ledger, booking: Booking) -> bool:
        """The list made it, and does not name that visit any more."""
        if booking.source != LIST:
            return False
        gone = booked_visits.vanished(conn, ledger.institution, booking.day, booking.day)
        return (booking.day, booking.number) in gone

    def _slot(self, conn: Connection, ledger: Ledger, kind: Kind, visit: Unseated) -> SlotView | None:
        """The free seat of that day that is nearest to the time of the visit, not before it where there is one."""
        views = slot_store.day_slots(conn, ledger.institution, visit.day, [kind.code])
        views = resources.with_spare(conn, ledger.institution, views, ledger.needs(kind.code))
        free = [each for each in views if each.free > 0]
        if not free:
            return None

        def distance(each: SlotView) -> tuple[bool, int]:
            if not visit.at:
                return False, each.at.hour * 60 + each.at.minute
            hour, minute = visit.at.split(":")
            apart = each.at.hour * 60 + each.at.minute - int(hour) * 60 - int(minute)
            return apart < 0, abs(apart)

        return min(free, key=distance)


def _by_a_person(booking: Booking, visit: Unseated) -> bool:
    """On: wherever it is. Cancelled: that of the very day."""
    return booking.state.holds_a_seat or booking.day == visit.day


def _sum(one: Seated, other: Seated) -> Seated:
    return replace(
        one, linked=one.linked + other.linked, moved=one.moved + other.moved, booked=one.booked + other.booked,
        without=one.without + other.without,
    )  # fmt: skip
