"""Measures reservations on SQLite: a year of slots of the shipped thirteen kinds, then month and day of a kind among
200,000 bookings.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import sqlalchemy as sa

from kiosk.flow.book_seats import BookSeats
from kiosk.flow.keep_book import KeepBook
from kiosk.flow.reserve import Reserve
from kiosk.store.audit import Actor
from kiosk.store.booking_tables import bookings, seats, slots
from kiosk.store.opening import centre_store, prepare

BOOKINGS = 200_000
FIRST = date(2026, 4, 1)


def main() -> None:
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        store = centre_store("", Path(folder))
        prepare(store)
        actor = Actor("bench", "bench")
        desk = Reserve(store, BookSeats("reservations", "0001", ""), lambda: actor)
        keeper = KeepBook(store, "0001", lambda: actor, master="reservations")
        keeper.set_pin("2468")
        began = time.perf_counter()
        done = keeper.make_slots(FIRST, FIRST + timedelta(days=364))
        print(f"a year of {len(desk.book().kinds)} kinds: {len(done.add)} slots in {time.perf_counter() - began:.2f} s")
        began = time.perf_counter()
        again = keeper.make_slots(FIRST, FIRST + timedelta(days=364))
        print(f"once more, nothing to do ({again.nothing}): {time.perf_counter() - began:.2f} s")
        for year in range(1, 10):  # years that were, so that there are as many bookings as in a used store
            keeper.make_slots(FIRST.replace(year=2026 - year), FIRST.replace(year=2026 - year) + timedelta(days=364))
        fill(store)
        for kind in ("GASTRO", "MMG", "INTERNAL"):
            months, days = [], []
            for at in range(12):
                day = FIRST + timedelta(days=30 * at)
                began = time.perf_counter()
                desk.month(kind, day)
                months.append(time.perf_counter() - began)
                began = time.perf_counter()
                desk.day(kind, day)
                days.append(time.perf_counter() - began)
            months.sort()
            days.sort()
            print(f"{kind}: month {1000 * months[6]:.1f} ms median, {1000 * months[-1]:.1f} at most (aim 100); "
                  f"day {1000 * days[6]:.1f} ms median, {1000 * days[-1]:.1f} at most")  # fmt: skip
        store.close()


def fill(store: object) -> None:
    """Every seat taken until there are enough bookings."""
    with store.writing() as conn:  # type: ignore[attr-defined]
        number = 0
        for row in conn.execute(sa.select(slots).order_by(slots.c.day.desc())).mappings().all():
            made, taken = [], []
            for seat in range(1, row["capacity"] + 1):
                number += 1
                made.append({
                    "id": number, "institution": "0001", "slot": row["id"], "kind": row["kind"], "day": row["day"],
                    "at": row["at"], "patient_id": f"{number % 40000:08d}", "kanji": "見本", "state": "booked",
                })  # fmt: skip
                taken.append({"slot": row["id"], "number": seat, "booking": number})
            conn.execute(bookings.insert(), made)
            conn.execute(seats.insert(), taken)
            conn.execute(slots.update().where(slots.c.id == row["id"]).values(taken=row["capacity"]))
            if number >= BOOKINGS:
                break
    print(f"{number} bookings")


if __name__ == "__main__":
    main()
