"""Seats of slots: one is one row under a primary key, so that no two bookings ever have the same one.

Whoever changes a slot locks its row first (PostgreSQL), or has the whole file (SQLite); what is counted in ``taken`` is
therefore always what stands in the seats.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import time as clock_time

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from kiosk.core.booking import SlotView
from kiosk.core.faults import Refused
from kiosk.core.words import N_
from kiosk.store import notices
from kiosk.store.booking_tables import seats, slots

NOTICE = "slots"
HOLD_S = 180.0  # while somebody types; it goes on as long as he does


@dataclass(frozen=True)
class Held:
    """A seat that waits for what is being typed."""

    slot: int
    number: int
    hold: str
    until: float


class SlotFull(Refused):
    """Every seat is taken or held. ``nearest``: the slots of the kind with a free seat that are closest in time."""

    reference = "B409"

    def __init__(self, slot: SlotView, nearest: Sequence[SlotView], holder: str = "") -> None:
        self.slot = slot
        self.nearest = list(nearest)
        self.holder = holder
        where = {"day": slot.day.isoformat(), "at": f"{slot.at:%H:%M}", "holder": holder}
        if holder:
            super().__init__("held", N_("The last seat of {day} {at} is being given by {holder}."),
                             N_("Choose one of the times beside it; what you typed is kept."), **where)  # fmt: skip
        else:
            super().__init__("full", N_("{day} {at} is full; somebody else was first."),
                             N_("Choose one of the times beside it; what you typed is kept."), **where)  # fmt: skip


def locked(conn: sa.Connection, slot: int) -> SlotView:
    """The slot, locked until the transaction ends. Raises Refused where it is gone."""
    row = conn.execute(sa.select(slots).where(slots.c.id == slot).with_for_update()).mappings().first()
    if row is None:
        raise Refused("gone", N_("This time does not exist any more."), N_("Choose another one."), reference="B404")
    return view_of(dict(row), held_in(conn, slot))


def _open(conn: sa.Connection, slot: int) -> SlotView:
    """The slot, locked. Raises Refused where it is closed or gone."""
    view = locked(conn, slot)
    if view.closed:
        raise Refused(
            "closed", N_("This time is closed to bookings."), N_("Choose another one; F8 in the day sheet opens it."),
            reference="B405",
        )  # fmt: skip
    return view


def take(conn: sa.Connection, slot: int, booking: int, *, hold: str = "", beyond: bool = False) -> int:
    """Give a seat of the slot to a booking: the one that ``hold`` holds, else the lowest free one. Returns its number.

    ``beyond``: where all are taken, one more than there are (somebody allowed it, with a reason). Raises SlotFull,
    Refused.
    """
    view = _open(conn, slot)  # closed while somebody typed: he is told, even with a seat kept
    drop_expired(conn, slot)
    if hold:
        mine = conn.execute(
            seats.update().where(seats.c.slot == slot, seats.c.hold == hold, seats.c.booking.is_(None))
            .values(booking=booking, hold="", hold_by="", hold_until=0.0)
        )  # fmt: skip
        if mine.rowcount == 1:
            _count(conn, slot)
            held = sa.select(seats.c.number).where(seats.c.slot == slot, seats.c.booking == booking)
            return int(conn.execute(held).scalar_one())
    used = set(conn.execute(sa.select(seats.c.number).where(seats.c.slot == slot)).scalars())
    number = _free_number(view, used)
    if not number and beyond:
        number = max([view.capacity, *used]) + 1
    if not number or not _insert(conn, slot=slot, number=number, booking=booking):
        raise full(conn, view)
    _count(conn, slot)
    return number


def hold_seat(conn: sa.Connection, slot: int, hold: str, by: str, now: float | None = None) -> Held:
    """Keep a seat while somebody types. Raises SlotFull, Refused."""
    now = time.time() if now is None else now
    view = _open(conn, slot)
    drop_expired(conn, slot, now)
    used = set(conn.execute(sa.select(seats.c.number).where(seats.c.slot == slot)).scalars())
    number = _free_number(view, used)
    until = now + HOLD_S
    values = {"slot": slot, "number": number, "booking": None, "hold": hold, "hold_by": by, "hold_until": until}
    if not number or not _insert(conn, **values):
        raise full(conn, view)
    notices.tell(conn, NOTICE, slot=slot)
    return Held(slot, number, hold, until)


def keep_holding(conn: sa.Connection, hold: str, now: float | None = None) -> bool:
    """Somebody still types: the hold goes on; False where it ran out and the seat was given away."""
    until = (time.time() if now is None else now) + HOLD_S
    where = (seats.c.hold == hold, seats.c.booking.is_(None))
    return conn.execute(seats.update().where(*where).values(hold_until=until)).rowcount == 1


def let_go(conn: sa.Connection, hold: str) -> None:
    """Nobody types any more."""
    if conn.execute(seats.delete().where(seats.c.hold == hold, seats.c.booking.is_(None))).rowcount:
        notices.tell(conn, NOTICE)


def free(conn: sa.Connection, slot: int, booking: int) -> None:
    """The booking gives its seat back."""
    locked(conn, slot)
    conn.execute(seats.delete().where(seats.c.slot == slot, seats.c.booking == booking))
    _count(conn, slot)


def drop_expired(conn: sa.Connection, slot: int, now: float | None = None) -> None:
    """Holds that ran out are free again."""
    now = time.time() if now is None else now
    conn.execute(seats.delete().where(seats.c.slot == slot, seats.c.booking.is_(None), seats.c.hold_until < now))


def held_in(conn: sa.Connection, slot: int, now: float | None = None) -> int:
    """Seats that somebody holds while he types."""
    now = time.time() if now is None else now
    where = (seats.c.slot == slot, seats.c.booking.is_(None), seats.c.hold_until >= now)
    return int(conn.execute(sa.select(sa.func.count()).select_from(seats).where(*where)).scalar_one())


def full(conn: sa.Connection, view: SlotView, count: int = 3) -> SlotFull:
    """What to say of a full slot, with the nearest ones that have a seat."""
    holder = conn.execute(
        sa.select(seats.c.hold_by).where(
            seats.c.slot == view.id, seats.c.booking.is_(None), seats.c.hold_until >= time.time()
        ).limit(1)
    ).scalar()  # fmt: skip
    return SlotFull(view, nearest(conn, view, count), str(holder or ""))


def nearest(conn: sa.Connection, view: SlotView, count: int = 3) -> list[SlotView]:
    """The slots of the same kind with a free seat that are closest in time, whichever side, not before today."""
    mine = conn.execute(sa.select(slots.c.institution).where(slots.c.id == view.id)).scalar_one()
    moment = f"{view.day.isoformat()} {view.at:%H:%M}"
    when = slots.c.day + " " + slots.c.at
    able = [
        slots.c.institution == mine, slots.c.kind == view.kind, slots.c.closed == 0, slots.c.id != view.id,
        slots.c.taken < slots.c.capacity,
    ]  # fmt: skip
    found: list[SlotView] = []
    for where, order in ((when >= moment, when.asc()), (when < moment, when.desc())):
        rows = conn.execute(sa.select(slots).where(*able, where).order_by(order).limit(count * 3)).mappings()
        views = (view_of(dict(row), held_in(conn, row["id"])) for row in rows)
        found += [each for each in views if each.free > 0 and each.day >= date.today()][:count]

    def distance(each: SlotView) -> tuple[int, date, clock_time]:
        minutes = abs((each.at.hour - view.at.hour) * 60 + each.at.minute - view.at.minute)
        return abs((each.day - view.day).days) * 1440 + minutes, each.day, each.at

    return sorted(found, key=distance)[:count]


def view_of(row: dict[str, object], held: int = 0) -> SlotView:
    """A row of ``slots`` as people see it."""
    return SlotView(
        int(row["id"]), str(row["kind"]), date.fromisoformat(str(row["day"])),  # type: ignore[call-overload]
        clock_time.fromisoformat(str(row["at"])), int(row["capacity"]), int(row["taken"]), held,  # type: ignore[call-overload]
        bool(row["closed"]), bool(row["by_hand"]), str(row["reason"]),
    )  # fmt: skip


def _free_number(view: SlotView, used: set[int]) -> int:
    """The lowest free one; 0 where as many are used as there are seats, be it under higher numbers."""
    if len(used) >= view.capacity:
        return 0
    return next((each for each in range(1, view.capacity + 1) if each not in used), 0)


def _insert(conn: sa.Connection, **values: object) -> bool:
    """False where that seat was given in this very moment."""
    make = sqlite_insert if conn.dialect.name == "sqlite" else postgresql_insert
    given = make(seats).values(**values).on_conflict_do_nothing().returning(seats.c.number)
    return conn.execute(given).first() is not None


def _count(conn: sa.Connection, slot: int) -> None:
    taken = (
        sa.select(sa.func.count()).select_from(seats).where(seats.c.slot == slot, seats.c.booking.is_not(None))
    ).scalar_subquery()  # fmt: skip
    conn.execute(slots.update().where(slots.c.id == slot).values(taken=taken))
