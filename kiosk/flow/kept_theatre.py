"""The next two weeks of the theatre on this PC's own disk, to look at while the shared store is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kiosk.core.operation import Operation, read_told, told
from kiosk.flow.keep_on import keep_on
from kiosk.store import local, masters, operations
from kiosk.store.engine import Store

DAYS = 14
MASTER = "theatre"
SUBJECT, BOOK = "theatre/day", "theatre/masters"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class SeenDay:
    """A day as it was seen at ``seen_at``."""

    operations: tuple[Operation, ...]
    seen_at: str


class KeptTheatre:
    """``work`` is a worker's; any thread may look."""

    def __init__(
        self, centre: Store, own: Store, institution: str, today: Callable[[], date] = date.today
    ) -> None:  # fmt: skip
        self._centre = centre
        self._own = own
        self._institution = institution
        self._today = today

    def work(self, stop: threading.Event) -> None:
        """Every few minutes, until ``stop``."""
        keep_on(self.keep, "the days of the theatre", stop, self._centre, self._own)

    def keep(self) -> None:
        """Lay down the masters, today and the days after it. Raises LinkLost."""
        first = self._today()
        with self._centre.reading() as conn:
            book = masters.master(conn, MASTER)
            days = [first + DAY * at for at in range(DAYS + 1)]
            seen = {day: operations.operations_on(conn, self._institution, day) for day in days}
        with self._own.writing() as conn:
            local.keep_last_seen(conn, BOOK, {"masters": book})
            for day, found in seen.items():
                body = {"operations": [told(each) for each in found]}
                local.keep_last_seen(conn, f"{SUBJECT} {day.isoformat()}", body)

    def masters(self) -> dict[str, Any] | None:
        """The masters as they were; None where this PC never saw them."""
        with self._own.reading() as conn:
            kept = local.seen_last(conn, BOOK)
        return dict(kept.body["masters"]) if kept is not None else None

    def day(self, day: date) -> SeenDay | None:
        """None where this PC never saw it."""
        with self._own.reading() as conn:
            kept = local.seen_last(conn, f"{SUBJECT} {day.isoformat()}")
        if kept is None:
            return None
        return SeenDay(tuple(read_told(each) for each in kept.body["operations"]), kept.at)
