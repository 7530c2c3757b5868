"""Bookings and slots of a period, for lists and exports: one question each, whatever the number of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

import sqlalchemy as sa

from kiosk.core.booking import Booker, Booking, BookingState, SlotView
from kiosk.store.booking_tables import bookings, seats, slots
from kiosk.store.seats import view_of

_WHO = ("patient_id", "kanji", "kana", "sex", "birth_date", "phone")
_MORE = ("department", "doctor", "comment", "linked", "number", "exam", "source", "over_reason", "version")


def bookings_of_period(
    conn: sa.Connection, institution: str, since: date, until: date, kinds: Sequence[str] = (), *,
    cancelled: bool = False,
) -> list[Booking]:  # fmt: skip
    """Of all days from ``since`` to ``until``, by day, time, kind and seat. ``kinds`` empty: all. ``cancelled``: those
    that hold no seat any more too.
    """
    where = _within(bookings, institution, since, until, kinds)
    if not cancelled:
        where.append(bookings.c.slot.is_not(None))
    query = (
        sa.select(bookings, seats.c.number.label("seat"))
        .outerjoin(seats, seats.c.booking == bookings.c.id)
        .where(*where)
        .order_by(
            bookings.c.day, bookings.c.at, bookings.c.kind,
            seats.c.number.is_(None), seats.c.number, bookings.c.id,  # no seat comes last, in SQLite too
        )
    )
    return [
        Booking(
            row["id"], row["slot"] or 0, row["seat"] or 0, row["kind"], date.fromisoformat(row["day"]),
            time.fromisoformat(row["at"]), Booker(*(row[name] for name in _WHO)), BookingState(row["state"]),
            **{name: row[name] for name in _MORE},
        )
        for row in conn.execute(query).mappings()
    ]  # fmt: skip


def slots_of_period(
    conn: sa.Connection, institution: str, since: date, until: date, kinds: Sequence[str] = ()
) -> list[SlotView]:
    """By day, time and kind. A seat that is held while somebody types counts as free: it may be given back."""
    query = (
        sa.select(slots)
        .where(*_within(slots, institution, since, until, kinds))
        .order_by(slots.c.day, slots.c.at, slots.c.kind)
    )
    return [view_of(dict(row)) for row in conn.execute(query).mappings()]


def _within(
    table: sa.Table, institution: str, since: date, until: date, kinds: Sequence[str]
) -> list[sa.ColumnElement[bool]]:
    """A period as ix_bookings_day and ix_slots_day have it: institution, then day."""
    where = [
        table.c.institution == institution, table.c.day >= since.isoformat(), table.c.day <= until.isoformat(),
    ]  # fmt: skip
    return [*where, table.c.kind.in_(list(kinds))] if kinds else where
