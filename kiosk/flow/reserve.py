"""What a reservation desk does: looks at a month and a day, books, moves, cancels, undoes, and makes the slots.

Methods work on the calling thread and may block; each change is one transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kiosk.core.booking import Booker, Booking, SlotView, Warning, warnings_of
from kiosk.core.booking_book import BookingBook, read_booking_book
from kiosk.core.faults import LinkLost, Refused
from kiosk.core.holidays import holiday
from kiosk.core.slot_making import Plan, plan, wanted_slots
from kiosk.core.words import N_, say
from kiosk.flow.kept_days import KeptDays
from kiosk.store import audit, bookings, masters, seats, slot_store, visits, waiting_list
from kiosk.store.audit import Actor
from kiosk.store.bookings import Change
from kiosk.store.engine import Store
from kiosk.store.slot_store import DayCount
from kiosk.store.waiting_list import Waiter

MASTER = "reservations"
LONGEST_DAYS = 800
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
    """A day of one kind: its slots and who is booked."""

    day: date
    slots: tuple[SlotView, ...]
    bookings: tuple[Booking, ...]
    seen_at: str = ""  # where the store is away: when this PC saw it


@dataclass(frozen=True)
class Done:
    """An action that can be taken back. ``before`` is None for a booking that was made."""

    what: str
    booking: Booking
    before: Booking | None = None


@dataclass(frozen=True)
class Hold:
    """A seat kept while somebody types."""

    mark: str
    slot: int
    until: float
    warnings: tuple[Warning, ...] = field(default=())


class Reserve:
    """One desk; it remembers its own last action."""

    def __init__(
        self, centre: Store, institution: str, actor: Callable[[], Actor], kept: KeptDays | None = None,
        keepers: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """``kept``: what this PC saw last, for when the store is away. ``keepers``: roles that may make, close and open
        slots; empty: whoever works here.
        """
        self._centre = centre
        self._kept = kept
        self._institution = institution
        self._actor = actor
        self._keepers = frozenset(keepers)
        self._last: Done | None = None

    # -- looking -------------------------------------------------------------------------------------------------

    def book(self) -> BookingBook:
        """The masters. Raises WrongMaster, LinkLost."""
        with self._centre.reading() as conn:
            return read_booking_book(masters.master(conn, MASTER))

    def month(self, kind: str, first: date) -> list[MonthDay]:
        """Each day of the month that ``first`` lies in."""
        since = first.replace(day=1)
        until = (since + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        masters_now = self.book()
        with self._centre.reading() as conn:
            counted = {each.day: each for each in slot_store.month(conn, self._institution, kind, since, until)}
        found = []
        for at in range((until - since).days + 1):
            day = since + timedelta(days=at)
            count = counted.get(day, DayCount(day, 0, 0))
            is_open, _, reason = masters_now.day_state(day, holiday(day))
            found.append(MonthDay(day, count.capacity, count.free, is_open, reason))
        return found

    def day(self, kind: str, day: date) -> DayView:
        """As it is; as this PC saw it last while the store is away (two weeks; Raises LinkLost beyond that)."""
        try:
            with self._centre.reading() as conn:
                return DayView(
                    day, tuple(slot_store.day_slots(conn, self._institution, day, [kind])),
                    tuple(bookings.bookings_of_day(conn, self._institution, day, kind)),
                )  # fmt: skip
        except LinkLost:
            kept = self._kept.day(day) if self._kept is not None else None
            if kept is None:
                raise
            slots, booked = kept.of_kind(kind)
            return DayView(day, slots, booked, kept.seen_at)

    def history(self, booking: int) -> list[Change]:
        with self._centre.reading() as conn:
            return bookings.history(conn, booking)

    def find(self, text: str) -> list[Booking]:
        """Bookings of whoever has this ID, or whose name or kana begin like this: of the last year and to come."""
        with self._centre.reading() as conn:
            return bookings.find_bookings(conn, self._institution, text, date.today() - LOOK_BACK)

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
        """What of this person's bookings speaks against it."""
        book = self.book()
        with self._centre.reading() as conn:
            mine = bookings.bookings_of_person(conn, patient_id, since=day)
        return warnings_of(book.kinds[kind], book.kinds, mine, day)

    # -- doing ---------------------------------------------------------------------------------------------------

    def hold(self, slot: int) -> Hold:
        """Keep a seat while somebody types. Raises SlotFull, Refused."""
        mark = uuid.uuid4().hex
        with self._centre.writing() as conn:
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
        """Book. Raises SlotFull, Refused where nobody is named."""
        if not (who.kanji.strip() or who.kana.strip()):
            raise Refused("name", N_("Who is booked? A name is missing."), N_("Type or choose it."), reference="B411")
        with self._centre.writing() as conn:
            made = bookings.book(
                conn, slot, who, self._actor().who, hold=hold, comment=comment, over_reason=over_reason
            )  # fmt: skip
            audit.write(conn, self._actor(), "booking made", **_about(made))
        self._last = Done("made", made)
        return made

    def move(self, booking: Booking, slot: int, *, over_reason: str = "") -> Booking:
        """To another slot, in one step. Raises SlotFull, Overtaken, Refused."""
        with self._centre.writing() as conn:
            after = bookings.move(
                conn, booking.id, slot, self._actor().who, version=booking.version, over_reason=over_reason
            )  # fmt: skip
            audit.write(conn, self._actor(), "booking moved", **_about(after))
        self._last = Done("moved", after, booking)
        return after

    def cancel(self, booking: Booking, reason: str) -> Booking:
        """Raises Overtaken, Refused without a reason."""
        with self._centre.writing() as conn:
            after = bookings.cancel(conn, booking.id, self._actor().who, reason, version=booking.version)
            audit.write(conn, self._actor(), "booking cancelled", **_about(after))
        self._last = Done("cancelled", after, booking)
        return after

    def undo(self) -> Done:
        """Take the last action of this desk back. Raises Refused where there is none, SlotFull, Overtaken."""
        last, self._last = self._last, None
        if last is None:
            raise Refused("nothing", N_("There is nothing to undo."), "", reference="B412")
        by = self._actor().who
        with self._centre.writing() as conn:
            if last.what == "made":
                after = bookings.cancel(conn, last.booking.id, by, say(UNDONE), version=last.booking.version)
            elif last.what == "moved" and last.before is not None:
                after = bookings.move(
                    conn, last.booking.id, last.before.slot, by, version=last.booking.version, reason=say(UNDONE)
                )  # fmt: skip
            else:
                assert last.before is not None
                after = bookings.restore(conn, last.booking.id, last.before.slot, by)
            audit.write(conn, self._actor(), "booking undone", **_about(after))
        return Done(last.what, after, last.booking)

    # -- who waits -----------------------------------------------------------------------------------------------

    def wait_for(self, kind: str, since: date, until: date, who: Booker, comment: str = "") -> int:
        """Put somebody on the waiting list. Raises Refused where nobody is named, or for a period of no days."""
        if not (who.kanji.strip() or who.kana.strip()):
            raise Refused("name", N_("Who is booked? A name is missing."), N_("Type or choose it."), reference="B411")
        if until < since:
            raise Refused(
                "period", N_("From {since} to {until} there is no day."), N_("Correct the dates."), reference="B414",
                since=since.isoformat(), until=until.isoformat(),
            )  # fmt: skip
        with self._centre.writing() as conn:
            return waiting_list.wait_for(
                conn, self._institution, kind, since, until, who, self._actor().who, comment=comment
            )  # fmt: skip

    def waiting(self, kind: str, day: date | None = None) -> list[Waiter]:
        """Who waits for a kind (and whom that day would do), in the order in which they are proposed."""
        with self._centre.reading() as conn:
            return waiting_list.waiters(conn, self._institution, kind, day)

    def book_waiter(self, waiter: Waiter, slot: int) -> Booking:
        """The seat for who waits, and off the list, in one step. Raises SlotFull, Refused where somebody was first."""
        with self._centre.writing() as conn:
            if not waiting_list.settle(conn, waiter.id, waiting_list.BOOKED):
                raise Refused(
                    "settled", N_("This person does not wait any more."), N_("Look at the list anew."),
                    reference="B415",
                )  # fmt: skip
            made = bookings.book(conn, slot, waiter.who, self._actor().who, comment=waiter.comment)
            audit.write(conn, self._actor(), "booking made", **_about(made))
        self._last = Done("made", made)
        return made

    def drop_waiter(self, waiter: Waiter) -> None:
        with self._centre.writing() as conn:
            waiting_list.settle(conn, waiter.id, waiting_list.DROPPED)

    # -- slots ---------------------------------------------------------------------------------------------------

    def plan_slots(self, since: date, until: date) -> Plan:
        """What making the slots of a period would do. Raises Refused for a period that makes no sense."""
        if until < since or (until - since).days > LONGEST_DAYS:
            raise Refused(
                "period", N_("From {since} to {until} is no period that slots can be made for."),
                N_("Correct the dates."), reference="B413", since=since.isoformat(), until=until.isoformat(),
            )  # fmt: skip
        wanted = wanted_slots(self.book(), since, until, holiday)
        with self._centre.reading() as conn:
            return plan(wanted, slot_store.standing(conn, self._institution, since, until))

    def make_slots(self, since: date, until: date) -> Plan:
        """Do it, as things are at this moment; what was done. Twice is once. Raises Refused for another role."""
        self._must_keep()
        wanted = wanted_slots(self.book(), since, until, holiday)
        with self._centre.writing() as conn:
            done = plan(wanted, slot_store.standing(conn, self._institution, since, until))
            slot_store.carry_out(conn, self._institution, done)
            audit.write(
                conn, self._actor(), "slots made", subject=f"{since.isoformat()} {until.isoformat()}",
                added=len(done.add), removed=len(done.remove),
            )  # fmt: skip
        return done

    def close_slot(self, slot: int, closed: bool, reason: str) -> SlotView:
        """For this day alone: nobody else can book it, or can again. Who is booked stays. Raises Refused."""
        self._must_keep()
        with self._centre.writing() as conn:
            after = slot_store.change_slot(conn, slot, closed=closed, reason=reason)
            subject = f"{after.kind} {after.day.isoformat()} {after.at:%H:%M}"
            if closed:
                audit.write(conn, self._actor(), "slot closed", subject=subject, reason=reason, booked=after.taken)
            else:
                audit.write(conn, self._actor(), "slot opened", subject=subject)
        return after

    def _must_keep(self) -> None:
        if self._keepers and self._actor().role not in self._keepers:
            raise Refused(
                "role", N_("Slots are made, closed and opened by other roles than yours."),
                N_("Log in as somebody who may; the parameter file of this PC names the roles."), reference="B406",
            )  # fmt: skip


def _about(booking: Booking) -> dict[str, Any]:
    """What an audit row says of a booking."""
    return {
        "patient": f"|{booking.who.patient_id}", "subject": f"booking {booking.id}", "day": booking.day.isoformat(),
        "kind": booking.kind,
    }  # fmt: skip
