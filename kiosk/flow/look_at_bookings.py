"""What a reservation desk looks at: a month, a week, a day, a person; also what this PC saw last, while the store is
away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from kiosk.core.booking import Booker, Booking, SlotView, Warning, booker_of, warnings_of
from kiosk.core.booking_book import BookingBook
from kiosk.core.change_line import Change
from kiosk.core.course_booking import Placing, placings, seats_together
from kiosk.core.faults import LinkLost
from kiosk.core.holidays import holiday
from kiosk.core.slot_making import why_blocked
from kiosk.flow.book_seats import BookSeats, Ledger
from kiosk.flow.kept_days import KeptDays
from kiosk.store import booked_visits, bookings, resources, slot_store, visits, waiting_list
from kiosk.store.booked_visits import Unseated
from kiosk.store.engine import Connection, Store
from kiosk.store.slot_store import DayCount
from kiosk.store.waiting_list import Waiter

MOST_FOUND = 50
LOOK_BACK = timedelta(days=365)  # as far as somebody asks about bookings of old


@dataclass(frozen=True)
class MonthDay:
    """One day of a month: seats, whether the institution is open, and why not."""

    day: date
    capacity: int = 0
    free: int = 0
    open: bool = True
    reason: str = ""


@dataclass(frozen=True)
class DayView:
    """A day of one kind: its slots and who is booked. ``unseated``: whom the list names and who has no seat;
    ``vanished``: bookings of people whom the list does not name any more.
    """

    day: date
    slots: tuple[SlotView, ...]
    bookings: tuple[Booking, ...]
    seen_at: str = ""  # where the store is away: when this PC saw it
    unseated: tuple[Unseated, ...] = ()
    vanished: frozenset[int] = frozenset()


class LookAtBookings:
    """One book of reservations. ``kept``: what this PC saw last. Methods work on the calling thread and may block."""

    def __init__(self, centre: Store, book: BookSeats, kept: KeptDays | None = None) -> None:
        self._centre = centre
        self._seats = book
        self._kept = kept

    def book(self) -> BookingBook:
        """The masters; as this PC saw them last while the store is away. Raises WrongMaster, LinkLost."""
        try:
            with self._centre.reading() as conn:
                return self._seats.ledger(conn).book
        except LinkLost:
            kept = self._kept.book(self._seats.master) if self._kept is not None else None
            if kept is None:
                raise
            return kept

    def month(self, kind: str, first: date) -> list[MonthDay]:
        """Each day of the month that ``first`` lies in, for a kind or a course."""
        since = first.replace(day=1)
        until = (since + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        try:
            with self._centre.reading() as conn:
                ledger = self._seats.ledger(conn)
                counted, book = self._counts(conn, ledger, kind, since, until), ledger.book
        except LinkLost:
            counted, book = self._kept_counts(kind, since, until), self.book()
        found = []
        for at in range((until - since).days + 1):
            day = since + timedelta(days=at)
            count = counted.get(day, DayCount(day, 0, 0))
            is_open, _, reason = book.day_state(day, holiday(day))
            reason = reason or ("" if count.capacity else why_blocked(book, kind, day))
            found.append(MonthDay(day, count.capacity, count.free, is_open, reason))
        return found

    def week(self, kind: str, day: date) -> list[DayView]:
        """Monday to Sunday of the week that the day lies in."""
        monday = day - timedelta(days=day.weekday())
        return [self.day(kind, monday + timedelta(days=at)) for at in range(7)]

    def day(self, kind: str, day: date) -> DayView:
        """As it is; as this PC saw it last while the store is away (two weeks; Raises LinkLost beyond that)."""
        try:
            with self._centre.reading() as conn:
                ledger = self._seats.ledger(conn)
                where = (ledger.institution, day)
                exam = ledger.kind(kind).examination if ledger.book.from_list else ""
                booked = bookings.bookings_of_day(conn, *where, kind)
                return DayView(
                    day, tuple(self._slots(conn, ledger, kind, day, day)), tuple(booked),
                    unseated=tuple(booked_visits.unseated(conn, ledger.institution, day, day, [exam] if exam else [])),
                    vanished=frozenset(self._seats.not_asked(conn, ledger, day, booked)),
                )  # fmt: skip
        except LinkLost:
            kept = self._kept.day(self._seats.master, day) if self._kept is not None else None
            if kept is None:
                raise
            slots, booked_then = kept.of_kind(kind)
            return DayView(day, slots, booked_then, kept.seen_at)

    def course_day(self, course: str, day: date) -> list[Placing]:
        """The ways in which a course can be booked on a day, by the time of its first part."""
        with self._centre.reading() as conn:
            ledger = self._seats.ledger(conn)
            told = ledger.book.courses[course]
            slots = {part.kind: self._slots(conn, ledger, part.kind, day, day) for part in told.parts}
            return placings(told, ledger.book.kinds, slots)

    def history(self, booking: int) -> list[Change]:
        with self._centre.reading() as conn:
            return bookings.history(conn, booking)

    def find(self, text: str) -> list[Booking]:
        """Bookings of whoever has this ID, or whose name or kana begin like this: of the last year and to come."""
        with self._centre.reading() as conn:
            institution = self._seats.ledger(conn).institution
            return bookings.find_bookings(conn, institution, text, date.today() - LOOK_BACK)

    def linked(self, booking: Booking) -> list[Booking]:
        """The others of the same course or return visit that are on."""
        with self._centre.reading() as conn:
            together = bookings.linked_with(conn, booking.linked)
        return [each for each in together if each.id != booking.id and each.state.holds_a_seat]

    def people(self, text: str) -> list[Booker]:
        """Who has this ID, or whose name begins like this: the examinees that the store knows."""
        found: dict[str, Booker] = {}
        with self._centre.reading() as conn:
            for each in visits.find_visits(conn, text, limit=MOST_FOUND):
                found[each.patient.patient_id] = replace(booker_of(each.patient), kanji=each.patient.shown_name)
        return list(found.values())

    def warnings(self, kind: str, patient_id: str, day: date, without: int = 0) -> list[Warning]:
        """What of this person's bookings speaks against a kind, or against any part of a course. ``without``: a booking
        that is about to be moved.
        """
        with self._centre.reading() as conn:
            ledger = self._seats.ledger(conn)
            mine = bookings.bookings_of_person(conn, ledger.institution, patient_id, since=day)
        mine, book = [each for each in mine if each.id != without], ledger.book
        codes = [part.kind for part in book.courses[kind].parts] if kind in book.courses else [kind]
        return [each for code in codes for each in warnings_of(ledger.kind(code), book.kinds, mine, day)]

    def waiting(self, kind: str, day: date | None = None) -> list[Waiter]:
        """Who waits for a kind (and whom that day would do), in the order in which they are proposed."""
        with self._centre.reading() as conn:
            return waiting_list.waiters(conn, self._seats.ledger(conn).institution, kind, day)

    # -- inside --------------------------------------------------------------------------------------------------

    def _slots(self, conn: Connection, ledger: Ledger, kind: str, since: date, until: date) -> list[SlotView]:
        views = slot_store.period_slots(conn, ledger.institution, since, until, [kind])
        return resources.with_spare(conn, ledger.institution, views, ledger.needs(kind))

    def _counts(self, conn: Connection, ledger: Ledger, kind: str, since: date, until: date) -> dict[date, DayCount]:
        """By day. Where rooms or people are shared, a free seat counts as long as one of them is spare."""
        course = ledger.book.courses.get(kind)
        if course is None and not ledger.needs(kind):
            return {each.day: each for each in slot_store.month(conn, ledger.institution, kind, since, until)}
        codes = [part.kind for part in course.parts] if course else [kind]
        days: dict[date, dict[str, list[SlotView]]] = {}
        for code in codes:
            for each in self._slots(conn, ledger, code, since, until):
                if not each.closed:
                    days.setdefault(each.day, {}).setdefault(code, []).append(each)
        found = {}
        for day, slots in days.items():
            seats_of_first = sum(each.capacity for each in slots.get(codes[0], ()))
            free = sum(each.free for each in slots.get(codes[0], ()))
            if course is not None:
                free = seats_together(course, ledger.book.kinds, slots)
            found[day] = DayCount(day, seats_of_first, free)
        return found

    def _kept_counts(self, kind: str, since: date, until: date) -> dict[date, DayCount]:
        """From what this PC saw last: the next two weeks."""
        found: dict[date, DayCount] = {}
        for at in range((until - since).days + 1 if self._kept is not None else 0):
            day = since + timedelta(days=at)
            kept = self._kept.day(self._seats.master, day) if self._kept is not None else None
            views = [each for each in kept.of_kind(kind)[0] if not each.closed] if kept is not None else []
            if views:
                found[day] = DayCount(day, sum(each.capacity for each in views), sum(each.free for each in views))
        return found
