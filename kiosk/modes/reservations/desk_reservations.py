"""What the reservation window may ask and do; every call returns an Answer at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from kiosk.core.booking import Booker, Booking
from kiosk.flow.answers import Answer
from kiosk.flow.kept_days import KeptDays
from kiosk.flow.reserve import Reserve
from kiosk.modes.contract import Kit
from kiosk.store.waiting_list import Waiter

NEWS = ("bookings", "slots", "waiting")


class ReservationsDesk:
    """The window's side of one desk of reservations."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.settings = kit.settings
        self.place = kit.station.place
        self.mailbox = kit.mailbox
        self.today = date.today
        self.kept = KeptDays(kit.centre, kit.local, kit.station.institution)
        self.reserve = Reserve(kit.centre, kit.station.institution, kit.session.actor, self.kept, kit.settings.keepers)

    def listen(self, call: Callable[[], None]) -> Callable[[], None]:
        """``call()`` when somebody changed a booking or a slot, on whichever PC."""
        return self._kit.notices.listen(NEWS, lambda notice: call())

    def book(self) -> Answer:
        """Answer: BookingBook."""
        return self._kit.ask(self.reserve.book)

    def month(self, kind: str, day: date) -> Answer:
        """Answer: MonthDay list of the month that the day lies in."""
        return self._kit.ask(self.reserve.month, kind, day)

    def day(self, kind: str, day: date) -> Answer:
        """Answer: DayView."""
        return self._kit.ask(self.reserve.day, kind, day)

    def find(self, text: str) -> Answer:
        """Answer: Booking list, by day."""
        return self._kit.ask(self.reserve.find, text)

    def people(self, text: str) -> Answer:
        """Answer: Booker list."""
        return self._kit.ask(self.reserve.people, text)

    def warnings(self, kind: str, patient_id: str, day: date) -> Answer:
        """Answer: Warning list."""
        return self._kit.ask(self.reserve.warnings, kind, patient_id, day)

    def hold(self, slot: int) -> Answer:
        """Answer: Hold; fails with SlotFull, Refused."""
        return self._kit.ask(self.reserve.hold, slot)

    def keep_holding(self, mark: str) -> Answer:
        """Answer: is the seat still kept?"""
        return self._kit.ask(self.reserve.keep_holding, mark)

    def let_go(self, mark: str) -> Answer:
        return self._kit.ask(self.reserve.let_go, mark)

    def make(self, slot: int, who: Booker, hold: str, comment: str, over_reason: str = "") -> Answer:
        """Answer: Booking; fails with SlotFull, Refused."""
        return self._kit.ask(self.reserve.make, slot, who, hold=hold, comment=comment, over_reason=over_reason)

    def move(self, booking: Booking, slot: int) -> Answer:
        """Answer: Booking; fails with SlotFull, Overtaken, Refused."""
        return self._kit.ask(self.reserve.move, booking, slot)

    def cancel(self, booking: Booking, reason: str) -> Answer:
        """Answer: Booking."""
        return self._kit.ask(self.reserve.cancel, booking, reason)

    def undo(self) -> Answer:
        """Answer: Done."""
        return self._kit.ask(self.reserve.undo)

    def history(self, booking: int) -> Answer:
        """Answer: Change list."""
        return self._kit.ask(self.reserve.history, booking)

    def wait_for(self, kind: str, since: date, until: date, who: Booker, comment: str) -> Answer:
        """Answer: the row on the waiting list."""
        return self._kit.ask(self.reserve.wait_for, kind, since, until, who, comment)

    def waiting(self, kind: str, day: date | None = None) -> Answer:
        """Answer: Waiter list, in the order in which they are proposed."""
        return self._kit.ask(self.reserve.waiting, kind, day)

    def book_waiter(self, waiter: Waiter, slot: int) -> Answer:
        """Answer: Booking; fails with SlotFull, Refused."""
        return self._kit.ask(self.reserve.book_waiter, waiter, slot)

    def drop_waiter(self, waiter: Waiter) -> Answer:
        return self._kit.ask(self.reserve.drop_waiter, waiter)

    def print_slip(self, booking: Booking) -> Answer:
        """Answer: the file of the slip, which is owed to the printer."""
        return self._kit.ask(self._print_slip, booking, deadline_s=60.0)

    def print_day(self, kind: str, day: date) -> Answer:
        """Answer: the file of the day's list, which is owed to the printer."""
        return self._kit.ask(self._print_day, kind, day, deadline_s=60.0)

    def plan_slots(self, since: date, until: date) -> Answer:
        """Answer: Plan."""
        return self._kit.ask(self.reserve.plan_slots, since, until, deadline_s=60.0)

    def make_slots(self, since: date, until: date) -> Answer:
        """Answer: Plan that was carried out."""
        return self._kit.ask(self.reserve.make_slots, since, until, deadline_s=120.0)

    def close_slot(self, slot: int, closed: bool, reason: str) -> Answer:
        """Answer: SlotView."""
        return self._kit.ask(self.reserve.close_slot, slot, closed, reason)

    # -- on a desk thread ----------------------------------------------------------------------------------------

    def _print_slip(self, booking: Booking) -> Path:
        from kiosk.flow.print_booking import print_slip

        kit, settings = self._kit, self.settings
        kind = self.reserve.book().kinds[booking.kind]
        return print_slip(
            kit.centre, kit.local, kit.session.actor(), kit.station, kit.data / "pages", booking, kind, settings.place,
            settings.phone,
        )  # fmt: skip

    def _print_day(self, kind: str, day: date) -> Path:
        from kiosk.flow.print_booking import print_bookings

        kit = self._kit
        view = self.reserve.day(kind, day)
        return print_bookings(
            kit.centre, kit.local, kit.session.actor(), kit.station, kit.data / "pages", day,
            self.reserve.book().kinds[kind], view.bookings,
        )  # fmt: skip
