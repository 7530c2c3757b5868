"""The next two weeks of reservations on this PC's own disk, to look at while the shared store is away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from typing import Any

from kiosk.core.booking import Booker, Booking, BookingState, SlotView
from kiosk.core.booking_book import BookingBook, read_booking_book
from kiosk.flow.book_seats import BookSeats
from kiosk.flow.keep_on import keep_on
from kiosk.store import bookings, local, slot_store
from kiosk.store.engine import Store

DAYS = 14
SUBJECT = "reservations"


@dataclass(frozen=True)
class KeptDay:
    """A day as it was seen at ``seen_at``."""

    slots: tuple[SlotView, ...]
    bookings: tuple[Booking, ...]
    seen_at: str

    def of_kind(self, kind: str) -> tuple[tuple[SlotView, ...], tuple[Booking, ...]]:
        return (
            tuple(each for each in self.slots if each.kind == kind),
            tuple(each for each in self.bookings if each.kind == kind),
        )


class KeptDays:
    """``keep`` is a worker's work; any thread may look. ``books``: the books of reservations of this desk."""

    def __init__(
        self, centre: Store, own: Store, books: Mapping[str, BookSeats], today: Callable[[], date] = date.today
    ) -> None:  # fmt: skip
        self._centre = centre
        self._own = own
        self._books = books
        self._today = today

    def work(self, stop: threading.Event) -> None:
        """Every few minutes, until ``stop``."""
        keep_on(self.keep, "the days of reservations", stop, self._centre, self._own)

    def keep(self) -> None:
        """Lay down each book with today and the days after it. Raises LinkLost, WrongMaster."""
        for name, book in self._books.items():
            with self._centre.reading() as conn:
                told, ledger = book.entries(conn), book.ledger(conn)
            with self._own.writing() as conn:
                local.keep_last_seen(conn, f"{SUBJECT}/{name}", told)
            kinds = sorted(ledger.book.kinds)
            for at in range(DAYS + 1):
                day = self._today() + timedelta(days=at)
                with self._centre.reading() as conn:
                    booked = bookings.bookings_of_day(conn, ledger.institution, day)
                    body = {
                        "slots": [_plain(each) for each in slot_store.day_slots(conn, ledger.institution, day, kinds)],
                        "bookings": [_plain(each) for each in booked if each.kind in ledger.book.kinds],
                    }
                with self._own.writing() as conn:
                    local.keep_last_seen(conn, f"{SUBJECT}/{name} {day.isoformat()}", body)

    def book(self, name: str) -> BookingBook | None:
        """The masters as this PC saw them last."""
        with self._own.reading() as conn:
            kept = local.seen_last(conn, f"{SUBJECT}/{name}")
        return read_booking_book(kept.body) if kept is not None else None

    def day(self, name: str, day: date) -> KeptDay | None:
        """None where this PC never saw it."""
        with self._own.reading() as conn:
            kept = local.seen_last(conn, f"{SUBJECT}/{name} {day.isoformat()}")
        if kept is None:
            return None
        return KeptDay(
            tuple(SlotView(**{**each, **_times(each)}) for each in kept.body["slots"]),
            tuple(
                Booking(**{**each, **_times(each), "who": Booker(**each["who"]), "state": BookingState(each["state"])})
                for each in kept.body["bookings"]
            ),
            kept.at,
        )


def _plain(each: SlotView | Booking) -> dict[str, Any]:
    told = asdict(each)
    return {**told, "day": each.day.isoformat(), "at": each.at.isoformat()}


def _times(told: dict[str, Any]) -> dict[str, Any]:
    return {"day": date.fromisoformat(told["day"]), "at": time.fromisoformat(told["at"])}
