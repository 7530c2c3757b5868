"""What whoever keeps a book of reservations does: changes its masters, makes the slots of a period, and makes
exceptions for one day; behind the book's own PIN.

Methods work on the calling thread and may block; each change is one transaction.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from datetime import time as clock_time
from typing import Any

from kiosk.core.booking import Booking, SlotView
from kiosk.core.booking_book import BookingBook, WrongMaster, check_entries, read_booking_book
from kiosk.core.faults import Overtaken, Refused
from kiosk.core.holidays import holiday
from kiosk.core.slot_making import Plan, plan, wanted_slots
from kiosk.core.words import N_
from kiosk.flow.book_gate import BookGate
from kiosk.store import audit, booking_reports, bookings, masters, notices, slot_store
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store, writing_in_order

NOTICE = "booking masters"
LONGEST_DAYS = 800
MOST_SEATS = 999


class KeepBook(BookGate):
    """One desk at one book. ``keepers``: roles that may do this; empty: whoever knows the PIN."""

    def __init__(
        self, centre: Store, institution: str, actor: Callable[[], Actor], *, master: str, keepers: Sequence[str] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(centre, actor, book=master, keepers=keepers, now=now)
        self._institution = institution
        self._master = master
        self._before: dict[str, Any] | None = None  # the masters before this desk's last change

    # -- the masters ---------------------------------------------------------------------------------------------

    def masters(self) -> dict[str, Any]:
        """All entries of the book, as they are stored."""
        with self._centre.reading() as conn:
            return copy.deepcopy(masters.master(conn, self._master))

    def write_masters(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> BookingBook:
        """``before``: what the window had. Raises WrongMaster, Overtaken where somebody changed them meanwhile."""
        self._must_be_in()
        book = check_entries(after)
        with writing_in_order(self._centre) as conn:
            now = masters.master(conn, self._master)
            if now != before:
                raise Overtaken(
                    N_("Somebody else changed the masters meanwhile."), N_("Look at them anew, then do it again."),
                    reference="B422",
                )  # fmt: skip
            was = read_booking_book(before)
            elsewhere = was.institution != book.institution
            for kind in sorted(set(was.kinds) if elsewhere else set(was.kinds) - set(book.kinds)):
                if bookings.any_to_come(conn, was.institution or self._institution, kind, date.today()):
                    raise WrongMaster(kind, N_("it still has bookings"))
            masters.write_master(conn, self._master, dict(after))
            notices.tell(conn, NOTICE, book=self._master)
            audit.write(conn, self._actor(), "book changed", subject=self._master)
        self._before = dict(before)
        return book

    def undo_masters(self) -> dict[str, Any]:
        """Take this desk's last change of the masters back. Raises Refused where there is none."""
        before = self._before
        if before is None:
            raise Refused("nothing", N_("There is nothing to undo."), "", reference="B412")
        self.write_masters(self.masters(), before)
        self._before = None
        return before

    def booked_on(self, since: date, until: date, kind: str = "") -> list[Booking]:
        """Who is booked in a period: to be told or moved before it is closed."""
        with self._centre.reading() as conn:
            kinds = [kind] if kind else sorted(self._book(conn).kinds)
            return booking_reports.bookings_of_period(conn, self._where(conn), since, until, kinds) if kinds else []

    # -- slots ---------------------------------------------------------------------------------------------------

    def plan_slots(self, since: date, until: date) -> Plan:
        """What making the slots of a period would do. Raises Refused for a period that makes no sense."""
        if until < since or (until - since).days > LONGEST_DAYS:
            raise Refused(
                "period", N_("From {since} to {until} is no period that slots can be made for."),
                N_("Correct the dates."), reference="B413", since=since.isoformat(), until=until.isoformat(),
            )  # fmt: skip
        with self._centre.reading() as conn:
            return self._plan(conn, since, until)

    def make_slots(self, since: date, until: date) -> Plan:
        """Do it, as things are at this moment; what was done. Twice is once. Raises Refused for another role."""
        self._must_be_in()
        with writing_in_order(self._centre) as conn:
            done = self._plan(conn, since, until)
            slot_store.carry_out(conn, self._where(conn), done)
            audit.write(
                conn, self._actor(), "slots made", subject=f"{since.isoformat()} {until.isoformat()}",
                added=len(done.add), removed=len(done.remove),
            )  # fmt: skip
        return done

    def fit_slots(self, since: date, until: date) -> Plan:
        """After a change of the calendar: what was made of these days is brought into line, nothing further is made."""
        with self._centre.reading() as conn:
            last = slot_store.last_day(conn, self._where(conn), sorted(self._book(conn).kinds))
        since = max(since, date.today())
        until = min(until, last) if last else since - timedelta(days=1)
        return self.make_slots(since, until) if since <= until else Plan()

    def exceptions(self, since: date, until: date) -> list[SlotView]:
        """What was changed by hand for one day alone."""
        with self._centre.reading() as conn:
            kinds = sorted(self._book(conn).kinds)
            views = slot_store.period_slots(conn, self._where(conn), since, until, kinds) if kinds else []
        return [each for each in views if each.by_hand]

    def close_slot(self, slot: int, closed: bool, reason: str) -> SlotView:
        """For this day alone: nobody else can book it, or can again. Who is booked stays. Raises Refused."""
        self._must_be_keeper()
        with writing_in_order(self._centre) as conn:
            after = slot_store.change_slot(conn, slot, closed=closed, reason=reason)
            subject = f"{after.kind} {after.day.isoformat()} {after.at:%H:%M}"
            if closed:
                audit.write(conn, self._actor(), "slot closed", subject=subject, reason=reason, booked=after.taken)
            else:
                audit.write(conn, self._actor(), "slot opened", subject=subject)
        return after

    def add_slot(self, kind: str, day: date, at: clock_time, seats: int, reason: str) -> SlotView:
        """A time, or another number of seats, for one day alone; the weekly pattern stays. Raises Refused."""
        self._must_be_in()
        if day < date.today() or not 1 <= seats <= MOST_SEATS:
            raise Refused(
                "slot", N_("A day to come and {least} to {most} seats are needed."), N_("Correct them."),
                reference="B425", least=1, most=MOST_SEATS,
            )  # fmt: skip
        with writing_in_order(self._centre) as conn:
            after = slot_store.put_by_hand(conn, self._where(conn), kind, day, at, seats, reason)
            audit.write(
                conn, self._actor(), "slot added", subject=f"{kind} {day.isoformat()} {at:%H:%M}", seats=seats,
                reason=reason,
            )  # fmt: skip
        return after

    def as_usual(self, slot: int) -> None:
        """Take the exception back: the slot is as the masters want it."""
        self._must_be_in()
        with writing_in_order(self._centre) as conn:
            was = slot_store.undo_change(conn, slot)
            slot_store.carry_out(conn, self._where(conn), self._plan(conn, was.day, was.day))
            subject = f"{was.kind} {was.day.isoformat()} {was.at:%H:%M}"
            audit.write(conn, self._actor(), "slot as usual", subject=subject)

    # -- inside --------------------------------------------------------------------------------------------------

    def _where(self, conn: Connection) -> str:
        return self._book(conn).institution or self._institution

    def _book(self, conn: Connection) -> BookingBook:
        return read_booking_book(masters.master(conn, self._master))

    def _plan(self, conn: Connection, since: date, until: date) -> Plan:
        book = self._book(conn)
        institution = book.institution or self._institution
        kinds = sorted(book.kinds)
        if not kinds:
            return Plan()  # asked for no kinds, the store would tell of those of every book
        wanted = wanted_slots(book, since, until, holiday)
        standing = slot_store.standing(conn, institution, since, until, kinds)
        shut = {day for day, rule in book.days.items() if rule.state == "closed"}  # that is said of the whole day
        return plan(
            wanted,
            (replace(each, by_hand=False) if each.slot.day in shut and not each.closed else each for each in standing),
        )
