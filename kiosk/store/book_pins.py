"""The PIN of each book of reservations, hashed; some wrong ones lock it for a while."""

from __future__ import annotations

import time
from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.store.booking_tables import book_pins
from kiosk.store.staff import LOCKED_S, TRIES, fits, hash_secret


@dataclass(frozen=True)
class TriedPin:
    """``locked_s``: how long nobody may try (0 = may try again)."""

    right: bool
    locked_s: float = 0.0


def has_pin(conn: sa.Connection, book: str) -> bool:
    return conn.execute(sa.select(book_pins.c.book).where(book_pins.c.book == book)).first() is not None


def set_pin(conn: sa.Connection, book: str, pin: str) -> None:
    """In place of the one before, if any. The caller has checked it."""
    conn.execute(book_pins.delete().where(book_pins.c.book == book))
    conn.execute(book_pins.insert().values(book=book, pin_hash=hash_secret(pin)))


def try_pin(conn: sa.Connection, book: str, pin: str, now: float | None = None) -> TriedPin:
    """Check it; the count of wrong ones is kept in the store, so that another PC is no way around it."""
    now = time.time() if now is None else now
    row = conn.execute(sa.select(book_pins).where(book_pins.c.book == book).with_for_update()).mappings().first()
    if row is None:
        return TriedPin(False)
    if row["locked_until"] > now:
        return TriedPin(False, row["locked_until"] - now)
    right = fits(pin, row["pin_hash"])
    tries = 0 if right else row["tries"] + 1
    locked = LOCKED_S if tries >= TRIES else 0.0
    values = {"tries": 0 if locked else tries, "locked_until": now + locked if locked else 0.0}
    conn.execute(book_pins.update().where(book_pins.c.book == book).values(**values))
    return TriedPin(right, locked)
