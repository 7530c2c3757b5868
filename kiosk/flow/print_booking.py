"""Slips and lists of reservations go to paper: kept as PDF, and owed to the printer of their kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from kiosk.core.booking import Booking
from kiosk.core.booking_book import Kind
from kiosk.core.settings import StationSettings
from kiosk.flow.print_pages import owe_page
from kiosk.paper.booking_slip import SlipFacts, write_bookings, write_slip
from kiosk.store import audit
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

BOOKING = "booking"  # kind of pages, for the printer


def print_slip(
    centre: Store, own: Store, actor: Actor, station: StationSettings, folder: Path, booking: Booking, kind: Kind,
    place: str = "", phone: str = "",
) -> Path:  # fmt: skip
    """The slip of one booking; its file."""
    path = _new(folder, booking.day, f"slip-{booking.id}")
    facts = SlipFacts(
        booking.who.kanji or booking.who.kana, booking.who.kana, kind.name, booking.day, f"{booking.at:%H:%M}",
        kind.preparation, kind.notes, place, phone, booking.who.patient_id,
    )  # fmt: skip
    write_slip(path, facts, station.institution_name, station=station.place or station.name, printed_at=_now())
    with centre.writing() as conn:
        audit.write(
            conn, actor, "booking slip printed", patient=f"|{booking.who.patient_id}", subject=f"booking {booking.id}"
        )  # fmt: skip
    owe_page(own, station.name, path, BOOKING)
    return path


def print_bookings(
    centre: Store, own: Store, actor: Actor, station: StationSettings, folder: Path, day: date, kind: Kind,
    bookings: Sequence[Booking],
) -> Path:  # fmt: skip
    """The day's bookings of a kind; its file."""
    path = _new(folder, day, f"bookings-{kind.code}")
    rows = [
        (f"{each.at:%H:%M}", str(each.seat), each.who.kanji, each.who.kana, each.who.patient_id, each.who.birth_date,
         each.who.phone, each.comment) for each in bookings
    ]  # fmt: skip
    write_bookings(
        path, kind.name, day, rows, station.institution_name, station=station.place or station.name, printed_at=_now()
    )  # fmt: skip
    with centre.writing() as conn:
        audit.write(conn, actor, "booking list printed", subject=f"{kind.code} {day.isoformat()}", rows=len(rows))
    owe_page(own, station.name, path, BOOKING)
    return path


def _new(folder: Path, day: date, name: str) -> Path:
    """No name of a person in the file's name: it may be seen by whoever services the printer."""
    path = folder / f"{day:%Y%m%d}" / f"{name}-{datetime.now():%H%M%S%f}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _now() -> str:
    return datetime.now().strftime("%Y-%m-%d %H:%M")
