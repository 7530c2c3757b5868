"""No more of a shared resource is given than there is: looked at in the transaction that gives a seat."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta

import sqlalchemy as sa

from kiosk.core.booking import SlotView
from kiosk.core.faults import Refused
from kiosk.core.shared_resources import MINUTES_OF_DAY, Busy, Need, days_around, minute_of, sharing, spare
from kiosk.core.words import N_
from kiosk.store import seats
from kiosk.store.booking_tables import bookings, slots
from kiosk.store.booking_tables import seats as seats_table
from kiosk.store.engine import in_commit_order


class ResourceTaken(Refused):
    """Every room, scope, doctor or nurse that it needs is in use. ``nearest`` as in SlotFull."""

    reference = "B416"

    def __init__(self, view: SlotView, resource: str, nearest: Sequence[SlotView]) -> None:
        self.slot = view
        self.nearest = list(nearest)
        super().__init__(
            "resource", N_("At {day} {at} every {resource} is in use."),
            N_("Choose one of the times beside it; what you typed is kept."), resource=resource,
            day=view.day.isoformat(), at=f"{view.at:%H:%M}",
        )  # fmt: skip


def check(
    conn: sa.Connection, slot: int, needs: Sequence[Need], *, without: int = 0, hold: str = "", allowed: bool = False
) -> bool:  # fmt: skip
    """Is one of them short? Nobody else books until this transaction ends. ``without``: a booking that is about to
    leave its place; ``hold``: one's own kept seat. Raises ResourceTaken where that is not ``allowed``.
    """
    if not needs:
        return False
    in_commit_order(conn)
    view = seats.locked(conn, slot)
    institution = institution_of(conn, slot)
    taken = busy_days(conn, institution, view.day, view.day, needs, without=without, hold=hold)
    left, resource = spare(needs, view.kind, view.at, taken.get(view.day, ()))
    short = left is not None and left <= 0
    if short and not allowed:
        near = with_spare(conn, institution, seats.nearest(conn, view, 12), needs)
        raise ResourceTaken(view, resource, [each for each in near if each.free > 0][:3])
    return short


def busy_days(
    conn: sa.Connection, institution: str, since: date, until: date, needs: Sequence[Need], *, without: int = 0,
    hold: str = "",
) -> dict[date, list[Busy]]:  # fmt: skip
    """What takes from the needed, for each day of a period, as seen from that day: bookings, and seats that are kept
    while somebody types.
    """
    around, kinds = days_around(needs), sorted(sharing(needs))
    first, last = since - timedelta(days=around), until + timedelta(days=around)
    booked = sa.select(bookings.c.day, bookings.c.kind, bookings.c.at).where(
        bookings.c.institution == institution, bookings.c.day >= first.isoformat(), bookings.c.day <= last.isoformat(),
        bookings.c.slot.is_not(None), bookings.c.kind.in_(kinds), bookings.c.id != without,
    )  # fmt: skip
    held = (
        sa.select(slots.c.day, slots.c.kind, slots.c.at)
        .join(seats_table, seats_table.c.slot == slots.c.id)
        .where(
            slots.c.institution == institution, slots.c.day >= first.isoformat(), slots.c.day <= last.isoformat(),
            slots.c.kind.in_(kinds), seats_table.c.booking.is_(None), seats_table.c.hold != hold,
            seats_table.c.hold_until >= clock.time(),
        )
    )  # fmt: skip
    found: dict[date, list[Busy]] = {}
    for told, kind, at in [*conn.execute(booked), *conn.execute(held)]:
        day, minute = date.fromisoformat(told), minute_of(time.fromisoformat(at))
        for shift in range(-around, around + 1):
            seen_from = day + timedelta(days=shift)
            if since <= seen_from <= until:
                found.setdefault(seen_from, []).append((kind, minute - shift * MINUTES_OF_DAY))
    return found


def with_spare(
    conn: sa.Connection, institution: str, views: Sequence[SlotView], needs: Sequence[Need]
) -> list[SlotView]:  # fmt: skip
    """The slots of one kind, told what of its resources is spare."""
    if not needs or not views:
        return list(views)
    days = busy_days(conn, institution, min(each.day for each in views), max(each.day for each in views), needs)
    found = []
    for each in views:
        left, short = spare(needs, each.kind, each.at, days.get(each.day, ()))
        found.append(replace(each, spare=left, short=short))
    return found


def institution_of(conn: sa.Connection, slot: int) -> str:
    return str(conn.execute(sa.select(slots.c.institution).where(slots.c.id == slot)).scalar_one())
