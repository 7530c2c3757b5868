"""What a reservation desk does: looks at a month and a day, books, moves, cancels, undoes, and lets people wait.

Methods work on the calling thread and may block; each change is one transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kiosk.core.booking import Booker, Booking, SlotView, Warning, warnings_of
from kiosk.core.booking_book import BookingBook
from kiosk.core.course_booking import Placing, placings, seats_together
from kiosk.core.faults import LinkLost, Refused
from kiosk.core.holidays import holiday
from kiosk.core.shared_resources import needs_of
from kiosk.core.slot_making import why_blocked
from kiosk.core.words import N_, say
from kiosk.flow.book_seats import BookSeats, Ledger
from kiosk.flow.kept_days import KeptDays
from kiosk.store import audit, booked_visits, bookings, resources, seats, slot_store, visits, waiting_list
from kiosk.store.audit import Actor
from kiosk.store.booked_visits import Unseated
from kiosk.store.bookings import Change
from kiosk.store.engine import Connection, Store
from kiosk.store.slot_store import DayCount
from kiosk.store.waiting_list import Waiter

UNDONE = N_("taken back at the same desk")  # as the history tells it
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


@dataclass(frozen=True)
class Done:
    """An action that can be taken back: each booking as it is now and as it was (None: it was not there)."""

    what: str
    pairs: tuple[tuple[Booking, Booking | None], ...]

    @property
    def booking(self) -> Booking:
        """The first of them."""
        return self.pairs[0][0]


@dataclass(frozen=True)
class Hold:
    """A seat kept while somebody types."""

    mark: str
    slot: int
    until: float
    warnings: tuple[Warning, ...] = field(default=())


class Reserve:
    """One desk at one book of reservations; it remembers its own last action."""

    def __init__(
        self, centre: Store, book: BookSeats, actor: Callable[[], Actor], *, kept: KeptDays | None = None,
        over_roles: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """``kept``: what this PC saw last, for when the store is away. ``over_roles``: who may give one seat more than
        there are; empty: nobody.
        """
        self._centre = centre
        self._kept = kept
        self._actor = actor
        self._over_roles = frozenset(over_roles)
        self._seats = book
        self._last: Done | None = None

    # -- looking -------------------------------------------------------------------------------------------------

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
                exam = ledger.book.kinds[kind].examination if ledger.book.from_list else ""
                booked = bookings.bookings_of_day(conn, *where, kind)
                gone = booked_visits.vanished(conn, ledger.institution, day, day)
                return DayView(
                    day, tuple(self._slots(conn, ledger, kind, day, day)), tuple(booked),
                    unseated=tuple(booked_visits.unseated(conn, ledger.institution, day, day, [exam] if exam else [])),
                    vanished=frozenset(each.id for each in booked if (each.day, each.number) in gone),
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
                patient = each.patient
                born = patient.birth_date.isoformat() if patient.birth_date else ""
                found[patient.patient_id] = Booker(
                    patient.patient_id, patient.shown_name, patient.kana, patient.sex, born
                )  # fmt: skip
        return list(found.values())

    def warnings(self, kind: str, patient_id: str, day: date) -> list[Warning]:
        """What of this person's bookings speaks against a kind, or against any part of a course."""
        with self._centre.reading() as conn:
            book = self._seats.ledger(conn).book
            mine = bookings.bookings_of_person(conn, patient_id, since=day)
        codes = [part.kind for part in book.courses[kind].parts] if kind in book.courses else [kind]
        return [each for code in codes for each in warnings_of(book.kinds[code], book.kinds, mine, day)]

    # -- doing ---------------------------------------------------------------------------------------------------

    def hold(self, slot: int) -> Hold:
        """Keep a seat while somebody types. Raises SlotFull, ResourceTaken, Refused."""
        mark = uuid.uuid4().hex
        with self._centre.writing() as conn:
            book, kind = self._seats.ledger(conn).book, seats.locked(conn, slot).kind
            resources.check(conn, slot, needs_of(book, kind) if kind in book.kinds else ())
            held = seats.hold_seat(conn, slot, mark, self._actor().who)
        return Hold(mark, slot, held.until)

    def keep_holding(self, mark: str) -> bool:
        """False where it ran out and the seat may be gone."""
        with self._centre.writing() as conn:
            return seats.keep_holding(conn, mark)

    def let_go(self, mark: str) -> None:
        with self._centre.writing() as conn:
            seats.let_go(conn, mark)

    def make(self, slot: int, who: Booker, *, hold: str = "", comment: str = "", over_reason: str = "") -> Booking:
        """Book, with the return visit where the kind has one. ``over_reason``: one seat more than there are, or than
        its rooms and people allow. Raises SlotFull, ResourceTaken, Refused where nobody is named.
        """
        return self.make_all([slot], who, hold=hold, comment=comment, over_reason=over_reason)[0]

    def make_all(
        self, slots: Iterable[int], who: Booker, *, hold: str = "", comment: str = "", over_reason: str = ""
    ) -> list[Booking]:
        """Book several slots (a course) or none. Raises as ``make``."""
        _must_be_named(who)
        if over_reason:
            self._may_go_over()
        wanted = list(slots)
        linked = uuid.uuid4().hex if len(wanted) > 1 else ""
        by = self._actor().who
        with self._centre.writing() as conn:
            made: list[Booking] = []
            for slot in wanted:
                made += self._seats.book(
                    conn, slot, who, by, hold=hold, comment=comment, over_reason=over_reason, linked=linked
                )  # fmt: skip
            self._note(conn, "booking made", made)
        self._last = Done("made", tuple((each, None) for each in made))
        return made

    def move(self, booking: Booking, slot: int, *, over_reason: str = "") -> Booking:
        """To another slot, in one step. Raises SlotFull, ResourceTaken, Overtaken, Refused."""
        if over_reason:
            self._may_go_over()
        with self._centre.writing() as conn:
            moved = self._seats.move(conn, booking, slot, self._actor().who, over_reason=over_reason)
            self._note(conn, "booking moved", [after for after, _ in moved])
        self._last = Done("moved", tuple(moved))
        return moved[0][0]

    def cancel(self, booking: Booking, reason: str, also: Sequence[Booking] = ()) -> Booking:
        """``also``: others of the same course or return visit. Raises Overtaken, Refused without a reason."""
        by = self._actor().who
        with self._centre.writing() as conn:
            pairs = [(self._seats.cancel(conn, each, by, reason), each) for each in (booking, *also)]
            self._note(conn, "booking cancelled", [after for after, _ in pairs])
        self._last = Done("cancelled", tuple(pairs))
        return pairs[0][0]

    def change(self, booking: Booking, who: Booker, comment: str) -> Booking:
        """Whose it is and what is noted. Raises Overtaken, Refused."""
        _must_be_named(who)
        with self._centre.writing() as conn:
            after = self._seats.change(conn, booking, who, comment, self._actor().who)
            self._note(conn, "booking changed", [after])
        self._last = Done("changed", ((after, booking),))
        return after

    def undo(self) -> Done:
        """Take the last action of this desk back. Raises Refused where there is none, SlotFull, Overtaken."""
        last, self._last = self._last, None
        if last is None:
            raise Refused("nothing", N_("There is nothing to undo."), "", reference="B412")
        with self._centre.writing() as conn:
            pairs = [(self._undo_one(conn, last.what, now, before), now) for now, before in last.pairs]
            self._note(conn, "booking undone", [after for after, _ in pairs])
        return Done(last.what, tuple(pairs))

    # -- who waits -----------------------------------------------------------------------------------------------

    def wait_for(self, kind: str, since: date, until: date, who: Booker, comment: str = "") -> int:
        """Put somebody on the waiting list. Raises Refused where nobody is named, or for a period of no days."""
        _must_be_named(who)
        if until < since:
            raise Refused(
                "period", N_("From {since} to {until} there is no day."), N_("Correct the dates."), reference="B414",
                since=since.isoformat(), until=until.isoformat(),
            )  # fmt: skip
        with self._centre.writing() as conn:
            institution = self._seats.ledger(conn).institution
            return waiting_list.wait_for(conn, institution, kind, since, until, who, self._actor().who, comment=comment)

    def waiting(self, kind: str, day: date | None = None) -> list[Waiter]:
        """Who waits for a kind (and whom that day would do), in the order in which they are proposed."""
        with self._centre.reading() as conn:
            return waiting_list.waiters(conn, self._seats.ledger(conn).institution, kind, day)

    def book_waiter(self, waiter: Waiter, slot: int) -> Booking:
        """The seat for who waits, and off the list, in one step. Raises SlotFull, Refused where somebody was first."""
        with self._centre.writing() as conn:
            if not waiting_list.settle(conn, waiter.id, waiting_list.BOOKED):
                raise Refused(
                    "settled", N_("This person does not wait any more."), N_("Look at the list anew."),
                    reference="B415",
                )  # fmt: skip
            made = self._seats.book(conn, slot, waiter.who, self._actor().who, comment=waiter.comment)
            self._note(conn, "booking made", made)
        self._last = Done("made", tuple((each, None) for each in made))
        return made[0]

    def drop_waiter(self, waiter: Waiter) -> None:
        with self._centre.writing() as conn:
            waiting_list.settle(conn, waiter.id, waiting_list.DROPPED)

    # -- inside --------------------------------------------------------------------------------------------------

    def _slots(self, conn: Connection, ledger: Ledger, kind: str, since: date, until: date) -> list[SlotView]:
        views = slot_store.period_slots(conn, ledger.institution, since, until, [kind])
        return resources.with_spare(conn, ledger.institution, views, needs_of(ledger.book, kind))

    def _counts(self, conn: Connection, ledger: Ledger, kind: str, since: date, until: date) -> dict[date, DayCount]:
        """By day. Where rooms or people are shared, a free seat counts as long as one of them is spare."""
        course = ledger.book.courses.get(kind)
        if course is None and not needs_of(ledger.book, kind):
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

    def _undo_one(self, conn: Connection, what: str, now: Booking, before: Booking | None) -> Booking:
        by = self._actor().who
        if before is None:
            return self._seats.cancel(conn, now, by, say(UNDONE))
        if what == "moved":
            return self._seats.move(conn, now, before.slot, by, reason=say(UNDONE), along=False)[0][0]
        if what == "changed":
            return self._seats.change(conn, now, before.who, before.comment, by)
        return self._seats.restore(conn, now, before.slot, by)

    def _may_go_over(self) -> None:
        if self._actor().role not in self._over_roles:
            raise Refused(
                "role", N_("One seat more than there are is given by other roles than yours."),
                N_("Choose another time, or ask one of them."), reference="B419",
            )  # fmt: skip

    def _note(self, conn: Connection, action: str, touched: Iterable[Booking]) -> None:
        for each in touched:
            audit.write(
                conn, self._actor(), action, patient=f"|{each.who.patient_id}", subject=f"booking {each.id}",
                day=each.day.isoformat(), kind=each.kind,
            )  # fmt: skip


def _must_be_named(who: Booker) -> None:
    if not (who.kanji.strip() or who.kana.strip()):
        raise Refused("name", N_("Who is booked? A name is missing."), N_("Type or choose it."), reference="B411")
