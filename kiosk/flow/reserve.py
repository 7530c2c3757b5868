"""What a reservation desk does beside looking: books, moves, cancels, undoes, and lets people wait.

Methods work on the calling thread and may block; each change is one transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from kiosk.core.booking import Booker, Booking, Warning
from kiosk.core.faults import Refused
from kiosk.core.words import N_, say
from kiosk.flow.book_seats import BookSeats
from kiosk.flow.kept_days import KeptDays
from kiosk.flow.look_at_bookings import LookAtBookings
from kiosk.store import audit, bookings, resources, seats, waiting_list
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store, writing_in_order
from kiosk.store.waiting_list import Waiter

UNDONE = N_("taken back at the same desk")  # as the history tells it


@dataclass(frozen=True)
class Done:
    """An action that can be taken back: each booking as it is now and as it was (None: it was not there). ``waiter``:
    who waited for it; ``back``: how something else than a booking is taken back.
    """

    what: str
    pairs: tuple[tuple[Booking, Booking | None], ...] = ()
    waiter: int = 0
    back: Callable[[], object] | None = None

    @property
    def booking(self) -> Booking | None:
        """The first of them."""
        return self.pairs[0][0] if self.pairs else None


@dataclass(frozen=True)
class Hold:
    """A seat kept while somebody types."""

    mark: str
    slot: int
    until: float
    warnings: tuple[Warning, ...] = field(default=())


class Reserve(LookAtBookings):
    """One desk at one book of reservations; it remembers its own last action."""

    def __init__(
        self, centre: Store, book: BookSeats, actor: Callable[[], Actor], *, kept: KeptDays | None = None,
        over_roles: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """``kept``: what this PC saw last, for when the store is away. ``over_roles``: who may give one seat more than
        there are; empty: nobody.
        """
        super().__init__(centre, book, kept)
        self._actor = actor
        self._over_roles = frozenset(over_roles)
        self._last: Done | None = None

    # -- doing ---------------------------------------------------------------------------------------------------

    def hold(self, slot: int) -> Hold:
        """Keep a seat while somebody types. Raises SlotFull, ResourceTaken, Refused."""
        mark = uuid.uuid4().hex
        with writing_in_order(self._centre) as conn:
            resources.check(conn, slot, self._seats.ledger(conn).needs(seats.locked(conn, slot).kind))
            held = seats.hold_seat(conn, slot, mark, self._actor().who)
        return Hold(mark, slot, held.until)

    def keep_holding(self, mark: str) -> bool:
        """False where it ran out and the seat may be gone."""
        with writing_in_order(self._centre) as conn:
            return seats.keep_holding(conn, mark)

    def let_go(self, mark: str) -> None:
        with writing_in_order(self._centre) as conn:
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
        with writing_in_order(self._centre) as conn:
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
        with writing_in_order(self._centre) as conn:
            moved = self._seats.move(conn, booking, slot, self._actor().who, over_reason=over_reason)
            self._note(conn, "booking moved", [after for after, _ in moved])
        self._last = Done("moved", tuple(moved))
        return moved[0][0]

    def cancel(self, booking: Booking, reason: str, also: Sequence[Booking] = ()) -> Booking:
        """``also``: others of the same course or return visit. Raises Overtaken, Refused without a reason."""
        by = self._actor().who
        with writing_in_order(self._centre) as conn:
            pairs = [(self._seats.cancel(conn, each, by, reason), each) for each in (booking, *also)]
            self._note(conn, "booking cancelled", [after for after, _ in pairs])
        self._last = Done("cancelled", tuple(pairs))
        return pairs[0][0]

    def change(self, booking: Booking, who: Booker, comment: str) -> Booking:
        """Whose it is and what is noted. Raises Overtaken, Refused."""
        _must_be_named(who)
        by = self._actor().who
        with writing_in_order(self._centre) as conn:
            along = [each for each in bookings.linked_with(conn, booking.linked)
                     if each.id != booking.id and each.state.holds_a_seat and each.who == booking.who]  # fmt: skip
            pairs = [(self._seats.change(conn, booking, who, comment, by), booking)]
            pairs += [(self._seats.change(conn, each, who, each.comment, by), each) for each in along]
            self._note(conn, "booking changed", [after for after, _ in pairs])
        self._last = Done("changed", tuple(pairs))
        return pairs[0][0]

    def undo(self) -> Done:
        """Take the last action of this desk back. Raises Refused where there is none, SlotFull, Overtaken."""
        last = self._last
        if last is None:
            raise Refused("nothing", N_("There is nothing to undo."), "", reference="B412")
        pairs: list[tuple[Booking, Booking | None]] = []
        if last.back is not None:
            last.back()
        with writing_in_order(self._centre) as conn:
            pairs += [(self._undo_one(conn, last.what, now, before), now) for now, before in last.pairs]
            self._note(conn, "booking undone", [after for after, _ in pairs])
            if last.waiter:
                waiting_list.wait_again(conn, last.waiter)
        self._last = None  # only now: what could not be taken back may be possible in a moment
        return Done(last.what, tuple(pairs))

    def remember(self, what: str, back: Callable[[], object]) -> None:
        """The last act was another one: F6 takes this back, and nothing before it."""
        self._last = Done(what, back=back)

    # -- who waits -----------------------------------------------------------------------------------------------

    def wait_for(self, kind: str, since: date, until: date, who: Booker, comment: str = "") -> int:
        """Put somebody on the waiting list. Raises Refused where nobody is named, or for a period of no days."""
        _must_be_named(who)
        if until < since:
            raise Refused(
                "period", N_("From {since} to {until} there is no day."), N_("Correct the dates."), reference="B414",
                since=since.isoformat(), until=until.isoformat(),
            )  # fmt: skip
        with writing_in_order(self._centre) as conn:
            institution = self._seats.ledger(conn).institution
            row = waiting_list.wait_for(conn, institution, kind, since, until, who, self._actor().who, comment=comment)
        self.remember("waiting", lambda: self._settle(row))
        return row

    def book_waiter(self, waiter: Waiter, slots: Sequence[int]) -> Booking:
        """The seat (of a course: the seats) for who waits, and off the list, in one step. Raises SlotFull, and Refused
        where somebody was first.
        """
        linked = uuid.uuid4().hex if len(slots) > 1 else ""
        with writing_in_order(self._centre) as conn:
            if not waiting_list.settle(conn, waiter.id, waiting_list.BOOKED):
                raise Refused(
                    "settled", N_("This person does not wait any more."), N_("Look at the list anew."),
                    reference="B415",
                )  # fmt: skip
            made: list[Booking] = []
            for slot in slots:
                made += self._seats.book(
                    conn, slot, waiter.who, self._actor().who, comment=waiter.comment, linked=linked
                )  # fmt: skip
            self._note(conn, "booking made", made)
        self._last = Done("made", tuple((each, None) for each in made), waiter.id)
        return made[0]

    def drop_waiter(self, waiter: Waiter) -> None:
        """They wait no longer."""
        self._settle(waiter.id)
        self.remember("waiting", lambda: self._wait_again(waiter.id))

    # -- inside --------------------------------------------------------------------------------------------------

    def _settle(self, waiter: int) -> None:
        with writing_in_order(self._centre) as conn:
            waiting_list.settle(conn, waiter, waiting_list.DROPPED)

    def _wait_again(self, waiter: int) -> None:
        with writing_in_order(self._centre) as conn:
            waiting_list.wait_again(conn, waiter)

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
