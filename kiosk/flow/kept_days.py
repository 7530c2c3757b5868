"""The next two weeks of reservations on this PC's own disk, to look at while the shared store is away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from typing import Any

from kiosk.core.booking import Booker, Booking, BookingState, SlotView
from kiosk.core.faults import Fault
from kiosk.store import bookings, local, slot_store
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

DAYS = 14
EVERY_S = 300.0
SUBJECT = "reservations/day"


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
    """``keep`` is a worker's work; any thread may look."""

    def __init__(
        self, centre: Store, own: Store, institution: str, today: Callable[[], date] = date.today
    ) -> None:  # fmt: skip
        self._centre = centre
        self._own = own
        self._institution = institution
        self._today = today

    def work(self, stop: threading.Event) -> None:
        """Every few minutes, until ``stop``."""
        try:
            while True:
                try:
                    self.keep()
                except Fault as why:
                    log.warning("the days of reservations could not be kept: %s", why)
                if stop.wait(EVERY_S):
                    return
        finally:
            self._centre.leave()
            self._own.leave()

    def keep(self) -> None:
        """Lay down today and the days after it. Raises LinkLost."""
        for at in range(DAYS + 1):
            day = self._today() + timedelta(days=at)
            with self._centre.reading() as conn:
                body = {
                    "slots": [_plain(each) for each in slot_store.day_slots(conn, self._institution, day)],
                    "bookings": [_plain(each) for each in bookings.bookings_of_day(conn, self._institution, day)],
                }
            with self._own.writing() as conn:
                local.keep_last_seen(conn, f"{SUBJECT} {day.isoformat()}", body)

    def day(self, day: date) -> KeptDay | None:
        """None where this PC never saw it."""
        with self._own.reading() as conn:
            kept = local.seen_last(conn, f"{SUBJECT} {day.isoformat()}")
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
