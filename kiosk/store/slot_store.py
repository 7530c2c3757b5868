"""Slots in the store: made from a plan, looked at by month and day, changed by hand for one day."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

import sqlalchemy as sa

from kiosk.core.booking import SlotView
from kiosk.core.slot_making import Plan, Slot, Standing
from kiosk.store import notices
from kiosk.store.booking_tables import seats, slots
from kiosk.store.seats import locked, view_of

NOTICE = "slots"


@dataclass(frozen=True)
class DayCount:
    """Of one kind on one day: seats that there are and seats that are free, closed slots left out."""

    day: date
    capacity: int
    free: int


def standing(
    conn: sa.Connection, institution: str, since: date, until: date, kinds: Sequence[str] = ()
) -> list[Standing]:
    """The slots of a period as they are, for a plan."""
    found = []
    for row in conn.execute(sa.select(slots).where(*_within(institution, since, until, kinds))).mappings():
        slot = Slot(row["kind"], date.fromisoformat(row["day"]), time.fromisoformat(row["at"]), row["capacity"])
        found.append(Standing(slot, row["taken"], bool(row["closed"]), bool(row["by_hand"])))
    return found


def carry_out(conn: sa.Connection, institution: str, plan: Plan) -> None:
    """Do what the plan says, in this transaction. A slot that was booked meanwhile stays, closed."""
    conn.execute(seats.delete().where(seats.c.booking.is_(None), seats.c.hold_until < clock.time()))
    if plan.add:
        rows = [
            {"institution": institution, "kind": each.kind, "day": each.day.isoformat(), "at": f"{each.at:%H:%M}",
             "capacity": each.capacity} for each in plan.add
        ]  # fmt: skip
        conn.execute(slots.insert(), rows)
    for each in plan.resize:
        conn.execute(slots.update().where(*_is(institution, each)).values(capacity=each.capacity))
    for each in plan.reopen:
        conn.execute(slots.update().where(*_is(institution, each)).values(capacity=each.capacity, closed=0, reason=""))
    for each in plan.remove:
        seated = sa.select(seats.c.slot).where(seats.c.slot == slots.c.id)
        gone = conn.execute(slots.delete().where(*_is(institution, each), ~sa.exists(seated)))
        if gone.rowcount == 0:
            conn.execute(slots.update().where(*_is(institution, each)).values(closed=1))
    for conflict in plan.conflicts:
        conn.execute(slots.update().where(*_is(institution, conflict.slot)).values(closed=1))
    notices.tell(conn, NOTICE, institution=institution)


def month(conn: sa.Connection, institution: str, kind: str, since: date, until: date) -> list[DayCount]:
    """What is free on each day of a period that has slots of the kind."""
    query = (
        sa.select(
            slots.c.day,
            sa.func.sum(slots.c.capacity),
            sa.func.sum(sa.case((slots.c.capacity > slots.c.taken, slots.c.capacity - slots.c.taken), else_=0)),
        )
        .where(*_within(institution, since, until, [kind]), slots.c.closed == 0)
        .group_by(slots.c.day)
        .order_by(slots.c.day)
    )
    return [DayCount(date.fromisoformat(day), int(capacity), int(free)) for day, capacity, free in conn.execute(query)]


def day_slots(conn: sa.Connection, institution: str, day: date, kinds: Sequence[str] = ()) -> list[SlotView]:
    """The slots of a day, by kind and time."""
    return period_slots(conn, institution, day, day, kinds)


def period_slots(
    conn: sa.Connection, institution: str, since: date, until: date, kinds: Sequence[str] = ()
) -> list[SlotView]:
    """The slots of a period, by kind, day and time."""
    held = (
        sa.select(seats.c.slot, sa.func.count().label("held"), sa.func.max(seats.c.hold_by).label("holder"))
        .where(seats.c.booking.is_(None), seats.c.hold_until >= clock.time())
        .group_by(seats.c.slot)
        .subquery()
    )
    query = (
        sa.select(slots, sa.func.coalesce(held.c.held, 0).label("held"), held.c.holder)
        .outerjoin(held, held.c.slot == slots.c.id)
        .where(*_within(institution, since, until, kinds))
        .order_by(slots.c.kind, slots.c.day, slots.c.at)
    )
    return [
        replace(view_of(dict(row), int(row["held"])), holder=row["holder"] or "")
        for row in conn.execute(query).mappings()
    ]  # fmt: skip


def last_day(conn: sa.Connection, institution: str, kinds: Sequence[str]) -> date | None:
    """The last day that has slots of these kinds; None where none were ever made."""
    where = (slots.c.institution == institution, slots.c.kind.in_(list(kinds)))
    found = conn.execute(sa.select(sa.func.max(slots.c.day)).where(*where)).scalar()
    return date.fromisoformat(found) if found else None


def change_slot(
    conn: sa.Connection, slot: int, *, capacity: int | None = None, closed: bool | None = None, reason: str = ""
) -> SlotView:
    """For this day alone; the masters leave it alone until ``undo_change``. Its bookings stay."""
    view = locked(conn, slot)
    values = {
        "capacity": view.capacity if capacity is None else capacity, "reason": reason[:200], "by_hand": 1,
        "closed": int(view.closed if closed is None else closed),
    }  # fmt: skip
    conn.execute(slots.update().where(slots.c.id == slot).values(**values))
    notices.tell(conn, NOTICE, slot=slot)
    return locked(conn, slot)


def put_by_hand(
    conn: sa.Connection, institution: str, kind: str, day: date, at: time, seats_of_it: int, reason: str
) -> SlotView:
    """A time for one day alone, or another number of seats where there is one. Its bookings stay."""
    where = (
        slots.c.institution == institution, slots.c.kind == kind, slots.c.day == day.isoformat(),
        slots.c.at == f"{at:%H:%M}",
    )  # fmt: skip
    found = conn.execute(sa.select(slots.c.id).where(*where)).scalar()
    if found is None:
        values = {"institution": institution, "kind": kind, "day": day.isoformat(), "at": f"{at:%H:%M}", "capacity": 0}
        found = conn.execute(slots.insert().values(**values)).inserted_primary_key[0]  # type: ignore[index]
    return change_slot(conn, int(found), capacity=seats_of_it, closed=False, reason=reason)


def undo_change(conn: sa.Connection, slot: int) -> SlotView:
    """The masters decide again at the next making; the slot as it was."""
    view = locked(conn, slot)
    conn.execute(slots.update().where(slots.c.id == slot).values(by_hand=0, reason=""))
    notices.tell(conn, NOTICE, slot=slot)
    return view


def _within(
    institution: str, since: date, until: date, kinds: Sequence[str]
) -> list[sa.ColumnElement[bool]]:  # fmt: skip
    where = [slots.c.institution == institution, slots.c.day >= since.isoformat(), slots.c.day <= until.isoformat()]
    return [*where, slots.c.kind.in_(list(kinds))] if kinds else where


def _is(institution: str, slot: Slot) -> list[sa.ColumnElement[bool]]:
    return [
        slots.c.institution == institution, slots.c.kind == slot.kind, slots.c.day == slot.day.isoformat(),
        slots.c.at == f"{slot.at:%H:%M}",
    ]  # fmt: skip
