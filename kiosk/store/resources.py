"""No more of a shared resource is given than there is: looked at in the transaction that gives a seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

import sqlalchemy as sa

from kiosk.core.booking import SlotView
from kiosk.core.faults import Refused
from kiosk.core.shared_resources import Busy, Need, sharing, spare
from kiosk.core.words import N_
from kiosk.store import seats
from kiosk.store.booking_tables import bookings, slots
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
    conn: sa.Connection, slot: int, needs: Sequence[Need], *, without: int = 0, allowed: bool = False
) -> bool:  # fmt: skip
    """Is one of them short? Nobody else books until this transaction ends. ``without``: a booking that is about to
    leave its place. Raises ResourceTaken where that is not ``allowed``.
    """
    if not needs:
        return False
    in_commit_order(conn)
    view = seats.locked(conn, slot)
    institution = institution_of(conn, slot)
    left, resource = spare(needs, view.kind, view.at, busy(conn, institution, view.day, needs, without=without))
    short = left is not None and left <= 0
    if short and not allowed:
        near = with_spare(conn, institution, seats.nearest(conn, view, 12), needs)
        raise ResourceTaken(view, resource, [each for each in near if each.free > 0][:3])
    return short


def busy(conn: sa.Connection, institution: str, day: date, needs: Sequence[Need], *, without: int = 0) -> list[Busy]:
    """The bookings of a day that take what is needed."""
    return busy_days(conn, institution, day, day, needs, without=without).get(day, [])


def busy_days(
    conn: sa.Connection, institution: str, since: date, until: date, needs: Sequence[Need], *, without: int = 0
) -> dict[date, list[Busy]]:  # fmt: skip
    """The same for each day of a period."""
    where = (
        bookings.c.institution == institution, bookings.c.day >= since.isoformat(), bookings.c.day <= until.isoformat(),
        bookings.c.slot.is_not(None), bookings.c.kind.in_(sorted(sharing(needs))), bookings.c.id != without,
    )  # fmt: skip
    found: dict[date, list[Busy]] = {}
    for day, kind, at in conn.execute(sa.select(bookings.c.day, bookings.c.kind, bookings.c.at).where(*where)):
        found.setdefault(date.fromisoformat(day), []).append((kind, time.fromisoformat(at)))
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
