"""Bookings: made, moved, changed and cancelled in one transaction each, with every change in their history."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, time
from typing import Any

import sqlalchemy as sa

from kiosk.core.booking import Booker, Booking, BookingState
from kiosk.core.change_line import Change
from kiosk.core.faults import Overtaken, Refused
from kiosk.core.kana import full_kana
from kiosk.core.words import N_
from kiosk.store import notices
from kiosk.store.booking_tables import booking_changes, bookings, seats, slots
from kiosk.store.clock import now_text
from kiosk.store.seats import free, locked, take

NOTICE = "bookings"
MAY_CHANGE = frozenset({"department", "doctor", "comment", "state", "who", "number"})


def book(
    conn: sa.Connection,
    slot: int,
    who: Booker,
    by: str,
    *,
    hold: str = "",
    linked: str = "",
    over_reason: str = "",
    short: bool = False,
    **more: str,
) -> Booking:
    """Make a booking. ``over_reason``: one seat more than there are may be given, for this reason. ``short``: a room or
    somebody it needs is short, and the reason is for that. ``more``:
    department, doctor, comment, number, exam, source. Raises SlotFull, Refused.
    """
    view = locked(conn, slot)
    institution = conn.execute(sa.select(slots.c.institution).where(slots.c.id == slot)).scalar_one()
    values = {
        "institution": institution, "slot": slot, "kind": view.kind, "day": view.day.isoformat(),
        "at": f"{view.at:%H:%M}", "state": BookingState.BOOKED.value, "linked": linked, **asdict(who), **more,
    }  # fmt: skip
    made = int(conn.execute(bookings.insert().values(**values)).inserted_primary_key[0])  # type: ignore[index]
    try:
        seat = take(conn, slot, made, hold=hold, beyond=bool(over_reason))
    except Refused:
        conn.execute(bookings.delete().where(bookings.c.id == made))  # whoever goes on in this transaction
        raise
    over = over_reason if seat > view.capacity or short else ""
    if over:
        conn.execute(bookings.update().where(bookings.c.id == made).values(over_reason=over))
    _note(conn, made, by, "made", {}, _told(booking_of(conn, made)), over)
    return booking_of(conn, made)


def move(
    conn: sa.Connection, booking: int, to: int, by: str, *, version: int = 0, reason: str = "", over_reason: str = "",
    short: bool = False, **more: str,
) -> Booking:  # fmt: skip
    """To another slot, in this transaction: the new seat is taken before the old one is given back. ``more``: number,
    exam. Raises SlotFull, Overtaken, Refused.
    """
    before = _current(conn, booking, version)
    if before.slot == to:
        return before
    if not before.state.holds_a_seat:
        raise Refused("cancelled", N_("This booking was cancelled."), N_("Make a new one."), reference="B406")
    for slot in sorted({before.slot, to}):  # always in the same order, so that two moves never wait for each other
        locked(conn, slot)
    view = locked(conn, to)
    seat = take(conn, to, booking, beyond=bool(over_reason))
    free(conn, before.slot, booking)
    over = over_reason if seat > view.capacity or short else ""
    values = {
        "slot": to, "kind": view.kind, "day": view.day.isoformat(), "at": f"{view.at:%H:%M}", "over_reason": over,
        "version": before.version + 1, **more,
    }  # fmt: skip
    conn.execute(bookings.update().where(bookings.c.id == booking).values(**values))
    after = booking_of(conn, booking)
    _note(conn, booking, by, "moved", _told(before), _told(after), over or reason)
    return after


def cancel(conn: sa.Connection, booking: int, by: str, reason: str, *, version: int = 0) -> Booking:
    """Its seat is free again; the booking stays, with the reason. Raises Overtaken, Refused without a reason."""
    if not reason.strip():
        raise Refused("reason", N_("Cancelling needs a reason."), N_("Choose or write one."), reference="B407")
    before = _current(conn, booking, version)
    if not before.state.holds_a_seat:
        return before
    free(conn, before.slot, booking)
    values = {"slot": None, "state": BookingState.CANCELLED.value, "version": before.version + 1}
    conn.execute(bookings.update().where(bookings.c.id == booking).values(**values))
    after = booking_of(conn, booking)
    _note(conn, booking, by, "cancelled", _told(before), _told(after), reason)
    return after


def restore(conn: sa.Connection, booking: int, slot: int, by: str) -> Booking:
    """Undo a cancellation: a seat of that slot again. Raises SlotFull, Refused."""
    before = _current(conn, booking, 0)
    if before.state.holds_a_seat:
        return before
    view = locked(conn, slot)
    take(conn, slot, booking)
    values = {
        "slot": slot, "kind": view.kind, "day": view.day.isoformat(), "at": f"{view.at:%H:%M}",
        "state": BookingState.BOOKED.value, "version": before.version + 1,
    }  # fmt: skip
    conn.execute(bookings.update().where(bookings.c.id == booking).values(**values))
    after = booking_of(conn, booking)
    _note(conn, booking, by, "restored", _told(before), _told(after), "")
    return after


def change(conn: sa.Connection, booking: int, by: str, *, version: int = 0, reason: str = "", **what: Any) -> Booking:
    """What a person corrects of it: department, doctor, comment, state (not cancelled), who, number. Raises
    Overtaken.
    """
    assert set(what) <= MAY_CHANGE and what.get("state") != BookingState.CANCELLED
    before = _current(conn, booking, version)
    values: dict[str, Any] = {"version": before.version + 1}
    for name, value in what.items():
        values |= asdict(value) if isinstance(value, Booker) else {name: getattr(value, "value", value)}
    conn.execute(bookings.update().where(bookings.c.id == booking).values(**values))
    after = booking_of(conn, booking)
    _note(conn, booking, by, "changed", _told(before), _told(after), reason)
    return after


def renumber(conn: sa.Connection, booking: int, number: str, exam: str | None = None) -> Booking:
    """Which visit (and examination of it) it belongs to: found out by the program, no change that a person made."""
    values = {"number": number, **({"exam": exam} if exam is not None else {})}
    conn.execute(bookings.update().where(bookings.c.id == booking).values(**values))
    return booking_of(conn, booking)


def booking_of(conn: sa.Connection, booking: int) -> Booking:
    """Raises Refused where there is none."""
    found = _read(conn, bookings.c.id == booking)
    if not found:
        raise Refused("gone", N_("This booking does not exist."), "", reference="B408")
    return found[0]


def bookings_of_day(conn: sa.Connection, institution: str, day: date, kind: str = "") -> list[Booking]:
    """Those that hold a seat, by time and seat."""
    where = [bookings.c.institution == institution, bookings.c.day == day.isoformat(), bookings.c.slot.is_not(None)]
    return _read(conn, *where, *([bookings.c.kind == kind] if kind else []))


def any_to_come(conn: sa.Connection, institution: str, kind: str, since: date) -> bool:
    """Is anybody booked for this kind from ``since`` on?"""
    where = (
        bookings.c.institution == institution, bookings.c.kind == kind, bookings.c.day >= since.isoformat(),
        bookings.c.slot.is_not(None),
    )  # fmt: skip
    return conn.execute(sa.select(bookings.c.id).where(*where).limit(1)).first() is not None


def bookings_of_person(
    conn: sa.Connection, institution: str, patient_id: str, *, since: date | None = None
) -> list[Booking]:
    """All of one person at one institution, cancelled ones too, oldest first."""
    where = [bookings.c.institution == institution, bookings.c.patient_id == patient_id]
    where += [bookings.c.day >= since.isoformat()] if since else []
    return _read(conn, *where) if patient_id else []


def find_bookings(conn: sa.Connection, institution: str, text: str, since: date, limit: int = 200) -> list[Booking]:
    """Of whoever has this patient ID, or whose name or kana begin like this; from ``since`` on, cancelled ones too."""
    asked = text.strip()
    if not asked:
        return []
    who = sa.or_(
        bookings.c.patient_id == asked, bookings.c.kana.startswith(full_kana(asked), autoescape=True),
        bookings.c.kanji.startswith(asked, autoescape=True),
    )  # fmt: skip
    return _read(conn, bookings.c.institution == institution, bookings.c.day >= since.isoformat(), who, limit=limit)


def linked_with(conn: sa.Connection, linked: str) -> list[Booking]:
    """Those of one course or return visit."""
    return _read(conn, bookings.c.linked == linked) if linked else []


def history(conn: sa.Connection, booking: int) -> list[Change]:
    """Oldest first."""
    query = sa.select(booking_changes).where(booking_changes.c.booking == booking).order_by(booking_changes.c.id)
    return [
        Change(row["at"], row["by"], row["what"], dict(row["before"]), dict(row["after"]), row["reason"])
        for row in conn.execute(query).mappings()
    ]


# -- inside ------------------------------------------------------------------------------------------------------


def _current(conn: sa.Connection, booking: int, version: int) -> Booking:
    """The booking as it is; Overtaken where somebody changed it since ``version`` (0: whatever it is)."""
    query = sa.select(bookings.c.version).where(bookings.c.id == booking).with_for_update()
    found = conn.execute(query).scalar()
    if found is not None and version and found != version:
        raise Overtaken(
            N_("Somebody else changed this booking meanwhile."), N_("Look at it anew, then do it again."),
            reference="B410",
        )  # fmt: skip
    return booking_of(conn, booking)


def _read(conn: sa.Connection, *where: sa.ColumnElement[bool], limit: int | None = None) -> list[Booking]:
    query = (
        sa.select(bookings, seats.c.number.label("seat"))
        .outerjoin(seats, seats.c.booking == bookings.c.id)
        .where(*where)
        .order_by(bookings.c.day, bookings.c.at, seats.c.number, bookings.c.id)
        .limit(limit)
    )
    return [_booking(dict(row)) for row in conn.execute(query).mappings()]


def _booking(row: dict[str, Any]) -> Booking:
    who = Booker(*(row[name] for name in ("patient_id", "kanji", "kana", "sex", "birth_date", "phone")))
    return Booking(
        row["id"], row["slot"] or 0, row["seat"] or 0, row["kind"], date.fromisoformat(row["day"]),
        time.fromisoformat(row["at"]), who, BookingState(row["state"]), row["department"], row["doctor"],
        row["comment"], row["linked"], row["number"], row["exam"], row["source"], row["over_reason"], row["version"],
    )  # fmt: skip


def _told(booking: Booking) -> dict[str, Any]:
    told = asdict(replace(booking))
    return {**told, "day": booking.day.isoformat(), "at": f"{booking.at:%H:%M}", "state": booking.state.value}


def _note(
    conn: sa.Connection, booking: int, by: str, what: str, before: dict[str, Any], after: dict[str, Any], reason: str
) -> None:
    changed = {key for key in after if before.get(key) != after[key]} if before else set(after)
    conn.execute(
        booking_changes.insert().values(
            booking=booking, at=now_text(), by=by, what=what, reason=reason[:200],
            before={key: before[key] for key in sorted(changed) if key in before},
            after={key: after[key] for key in sorted(changed)},
        )  # fmt: skip
    )
    days = sorted({str(each["day"]) for each in (before, after) if each})
    notices.tell(conn, NOTICE, booking=booking, days=days)

