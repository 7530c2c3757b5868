"""What the reservation window may ask and do; every call returns an Answer at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from kiosk.core.booking import Booker, Booking
from kiosk.core.faults import Fault
from kiosk.core.settings import StationSettings
from kiosk.flow.answers import Answer
from kiosk.flow.book_seats import BookSeats
from kiosk.flow.keep_book import KeepBook
from kiosk.flow.kept_days import KeptDays
from kiosk.flow.reserve import Reserve
from kiosk.flow.seat_visits import SeatVisits
from kiosk.modes.contract import Kit
from kiosk.store.waiting_list import Waiter

NEWS = ("bookings", "slots", "waiting", "visits")
MASTERS = ("booking masters",)


class ReservationsDesk:
    """The window's side of one desk of reservations: one of its books at a time."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.settings = kit.settings
        self.place = kit.station.place
        self.mailbox = kit.mailbox
        self.today = date.today
        station, actor = kit.station, kit.session.actor
        names = kit.settings.books
        books = {name: BookSeats(name, station.institution, station.issuer, names) for name in names}
        self.kept = KeptDays(kit.centre, kit.local, books)
        self.seat_visits = [SeatVisits(kit.centre, each, station.name) for each in books.values()]
        self._reserves = {
            name: Reserve(kit.centre, each, actor, kept=self.kept, over_roles=kit.settings.over_roles)
            for name, each in books.items()
        }
        self._keeps = {
            name: KeepBook(kit.centre, station.institution, actor, master=name, keepers=kit.settings.keepers)
            for name in books
        }
        self.turned_to = names[0]
        self.kind_names: dict[str, str] = {}  # of every book, and which book a kind is in
        self.book_of: dict[str, str] = {}

    @property
    def reserve(self) -> Reserve:
        return self._reserves[self.turned_to]

    @property
    def keep(self) -> KeepBook:
        return self._keeps[self.turned_to]

    @property
    def may_go_over(self) -> bool:
        """May whoever is logged in give one seat more than there are?"""
        return self._kit.session.actor().role in self.settings.over_roles

    def turn_to(self, book: str) -> None:
        """From now on everything is about that book."""
        self.turned_to = book

    def books(self) -> Answer:
        """Answer: names of the books by their codes."""
        return self._kit.ask(self._names)

    def listen(self, call: Callable[[], None]) -> Callable[[], None]:
        """``call()`` when somebody changed a booking or a slot, on whichever PC."""
        return self._kit.notices.listen(NEWS, lambda notice: call())

    def listen_to_masters(self, call: Callable[[], None]) -> Callable[[], None]:
        """``call()`` when somebody changed the masters of a book."""
        return self._kit.notices.listen(MASTERS, lambda notice: call())

    def book(self) -> Answer:
        """Answer: BookingBook."""
        return self._kit.ask(self.reserve.book)

    def month(self, kind: str, day: date) -> Answer:
        """Answer: MonthDay list of the month that the day lies in."""
        return self._kit.ask(self.reserve.month, kind, day)

    def day(self, kind: str, day: date) -> Answer:
        """Answer: DayView."""
        return self._kit.ask(self.reserve.day, kind, day)

    def week(self, kind: str, day: date) -> Answer:
        """Answer: DayView list, Monday to Sunday."""
        return self._kit.ask(self.reserve.week, kind, day)

    def course_day(self, course: str, day: date) -> Answer:
        """Answer: Placing list."""
        return self._kit.ask(self.reserve.course_day, course, day)

    def find(self, text: str) -> Answer:
        """Answer: Booking list, by day."""
        return self._kit.ask(self.reserve.find, text)

    def people(self, text: str) -> Answer:
        """Answer: Booker list."""
        return self._kit.ask(self.reserve.people, text)

    def warnings(self, kind: str, patient_id: str, day: date, without: int = 0) -> Answer:
        """Answer: Warning list."""
        return self._kit.ask(self.reserve.warnings, kind, patient_id, day, without)

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

    def make_all(self, slots: Sequence[int], who: Booker, comment: str) -> Answer:
        """Answer: Booking list of a course; fails with SlotFull, Refused, and then nothing is booked."""
        return self._kit.ask(self.reserve.make_all, list(slots), who, comment=comment)

    def move(self, booking: Booking, slot: int, over_reason: str = "") -> Answer:
        """Answer: Booking; fails with SlotFull, Overtaken, Refused."""
        return self._kit.ask(self.reserve.move, booking, slot, over_reason=over_reason)

    def change(self, booking: Booking, who: Booker, comment: str) -> Answer:
        """Answer: Booking; fails with Overtaken, Refused."""
        return self._kit.ask(self.reserve.change, booking, who, comment)

    def linked(self, booking: Booking) -> Answer:
        """Answer: the others of the same course or return visit."""
        return self._kit.ask(self.reserve.linked, booking)

    def cancel(self, booking: Booking, reason: str, also: Sequence[Booking] = ()) -> Answer:
        """Answer: Booking."""
        return self._kit.ask(self.reserve.cancel, booking, reason, also)

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

    def book_waiter(self, waiter: Waiter, slots: Sequence[int]) -> Answer:
        """Answer: Booking; fails with SlotFull, Refused."""
        return self._kit.ask(self.reserve.book_waiter, waiter, list(slots))

    def drop_waiter(self, waiter: Waiter) -> Answer:
        return self._kit.ask(self.reserve.drop_waiter, waiter)

    def print_slip(self, booking: Booking) -> Answer:
        """Answer: the file of the slip, which is owed to the printer."""
        return self._kit.ask(self._print_slip, booking, deadline_s=60.0)

    def print_day(self, kind: str, day: date) -> Answer:
        """Answer: the file of the day's list, which is owed to the printer."""
        return self._kit.ask(self._print_day, kind, day, deadline_s=60.0)

    def print_rooms(self, day: date) -> Answer:
        """Answer: the file of the day's list by rooms, of all kinds of the book."""
        return self._kit.ask(self._print_more, "rooms", day, deadline_s=60.0)

    def print_week(self, kind: str, day: date) -> Answer:
        """Answer: the file of the week's sheet."""
        return self._kit.ask(self._print_more, "week", day, kind, deadline_s=60.0)

    def print_labels(self, day: date) -> Answer:
        """Answer: the file of the labels of all who come on that day; fails with Refused where nobody comes."""
        return self._kit.ask(self._print_more, "labels", day, deadline_s=60.0)

    def export_month(self, day: date) -> Answer:
        """Answer: the workbook of the month that the day lies in."""
        return self._kit.ask(self._export_month, day, deadline_s=120.0)

    # -- keeping the book ----------------------------------------------------------------------------------------

    def gate(self) -> Answer:
        """Answer: Gate; fails with Refused for another role."""
        return self._kit.ask(self.keep.gate)

    def enter(self, pin: str) -> Answer:
        """Fails with Refused for a wrong PIN."""
        return self._kit.ask(self.keep.enter, pin)

    def set_pin(self, pin: str) -> Answer:
        """Fails with Refused for one too easy to guess."""
        return self._kit.ask(self.keep.set_pin, pin)

    def leave(self) -> None:
        """The PIN is asked for again."""
        self.keep.leave()

    def masters(self) -> Answer:
        """Answer: the entries of the book."""
        return self._kit.ask(self.keep.masters)

    def write_masters(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> Answer:
        """Answer: BookingBook; fails with WrongMaster, Overtaken, Refused."""
        return self._kit.ask(self.keep.write_masters, before, after)

    def undo_masters(self) -> Answer:
        """Answer: the entries as they are again."""
        return self._kit.ask(self.keep.undo_masters)

    def booked_on(self, since: date, until: date, kind: str = "") -> Answer:
        """Answer: Booking list of a period."""
        return self._kit.ask(self.keep.booked_on, since, until, kind)

    def exceptions(self, since: date, until: date) -> Answer:
        """Answer: SlotView list of what was changed for one day alone."""
        return self._kit.ask(self.keep.exceptions, since, until)

    def add_slot(self, kind: str, day: date, at: time, seats: int, reason: str) -> Answer:
        """Answer: SlotView."""
        return self._kit.ask(self.keep.add_slot, kind, day, at, seats, reason)

    def as_usual(self, slot: int) -> Answer:
        return self._kit.ask(self.keep.as_usual, slot)

    def plan_slots(self, since: date, until: date) -> Answer:
        """Answer: Plan."""
        return self._kit.ask(self.keep.plan_slots, since, until, deadline_s=60.0)

    def make_slots(self, since: date, until: date) -> Answer:
        """Answer: Plan that was carried out."""
        return self._kit.ask(self.keep.make_slots, since, until, deadline_s=120.0)

    def close_slot(self, slot: int, closed: bool, reason: str) -> Answer:
        """Answer: SlotView."""
        return self._kit.ask(self._close_slot, slot, closed, reason)

    def fit_slots(self, since: date, until: date) -> Answer:
        """Answer: Plan that was carried out on the days that were made before."""
        return self._kit.ask(self.keep.fit_slots, since, until, deadline_s=60.0)

    # -- on a desk thread ----------------------------------------------------------------------------------------

    def _names(self) -> dict[str, str]:
        found = {}
        for code, each in self._reserves.items():
            try:
                book = each.book()
            except Fault:
                found[code] = code
                continue
            found[code] = book.name or code
            self.kind_names |= {kind.code: kind.name for kind in book.kinds.values()}
            self.book_of |= dict.fromkeys(book.kinds, code)
        return found

    def _close_slot(self, slot: int, closed: bool, reason: str) -> Any:
        after = self.keep.close_slot(slot, closed, reason)
        self.reserve.remember("slot", lambda: self.keep.close_slot(slot, not closed, "" if closed else after.reason))
        return after

    def _print_slip(self, booking: Booking) -> Path:
        from kiosk.flow.print_booking import print_slip

        kit, settings = self._kit, self.settings
        kind = self.reserve.book().kinds[booking.kind]
        others = sorted(self.reserve.linked(booking) if booking.linked else (), key=lambda each: (each.day, each.at))
        return print_slip(
            kit.centre, kit.local, kit.session.actor(), self._station(), kit.data / "pages", booking, kind,
            settings.place, settings.phone, [(each, self.kind_names.get(each.kind, each.kind)) for each in others],
        )  # fmt: skip

    def _print_day(self, kind: str, day: date) -> Path:
        from kiosk.flow.print_booking import print_bookings

        kit = self._kit
        view = self.reserve.day(kind, day)
        return print_bookings(
            kit.centre, kit.local, kit.session.actor(), kit.station, kit.data / "pages", day,
            self.reserve.book().kinds[kind], view.bookings,
        )  # fmt: skip

    def _print_more(self, what: str, day: date, kind: str = "") -> Path:
        from kiosk.flow import print_booking

        kit, book = self._kit, self.reserve.book()
        where = (kit.centre, kit.local, kit.session.actor(), self._station(), kit.data / "pages", book)
        if what == "week":
            return print_booking.print_week(*where, kind, day)
        if what == "labels":
            return print_booking.print_labels(*where, day, kinds=list(book.kinds), grid=self.settings.labels)
        return print_booking.print_rooms(*where, day, kinds=list(book.kinds))

    def _export_month(self, day: date) -> Path:
        from kiosk.flow.print_booking import export_bookings

        kit, book = self._kit, self.reserve.book()
        first = day.replace(day=1)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        folder = Path(self.settings.export_folder) if self.settings.export_folder else kit.data / "exports"
        return export_bookings(
            kit.centre, kit.session.actor(), self._station(), folder, book, first, last, kinds=list(book.kinds)
        )  # fmt: skip

    def _station(self) -> StationSettings:
        """As the book's pages name it: of whichever institution the book is."""
        book = self.reserve.book()
        return replace(self._kit.station, institution=book.institution or self._kit.station.institution)
