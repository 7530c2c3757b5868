"""The tables of reservations: slots, seats (one row each, so that none is given twice), bookings and their history."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from kiosk.store.tables import BigKey, Json, centre, key

slots = Table(
    "slots",
    centre,
    key(),
    Column("institution", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", String(5), nullable=False),  # HH:MM
    Column("capacity", Integer, nullable=False),
    Column("taken", Integer, nullable=False, server_default="0"),  # seats with a booking: counted with each change
    Column("closed", Integer, nullable=False, server_default="0"),
    Column("by_hand", Integer, nullable=False, server_default="0"),  # changed for this day alone
    Column("reason", String(200), nullable=False, server_default=""),
    UniqueConstraint("institution", "kind", "day", "at", name="uq_slots"),
    Index("ix_slots_day", "institution", "day"),
)

seats = Table(
    "seats",  # a row is a seat that is taken or held
    centre,
    Column("slot", BigKey, ForeignKey("slots.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("booking", BigKey, nullable=True),  # none: held while somebody types
    Column("hold", String(40), nullable=False, server_default=""),
    Column("hold_by", String(64), nullable=False, server_default=""),
    Column("hold_until", sa.Float, nullable=False, server_default="0"),
    Index("ix_seats_booking", "booking"),
    Index("ix_seats_hold", "hold"),
)

bookings = Table(
    "bookings",
    centre,
    key(),
    Column("institution", String(16), nullable=False),
    Column("slot", BigKey, ForeignKey("slots.id"), nullable=True),  # none: cancelled
    Column("kind", String(32), nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", String(5), nullable=False),
    Column("patient_id", String(64), nullable=False, server_default=""),
    Column("kanji", String(200), nullable=False, server_default=""),
    Column("kana", String(200), nullable=False, server_default=""),
    Column("sex", String(1), nullable=False, server_default=""),
    Column("birth_date", String(10), nullable=False, server_default=""),
    Column("phone", String(32), nullable=False, server_default=""),
    Column("department", String(64), nullable=False, server_default=""),
    Column("doctor", String(64), nullable=False, server_default=""),
    Column("comment", Text, nullable=False, server_default=""),
    Column("state", String(12), nullable=False),
    Column("linked", String(40), nullable=False, server_default=""),  # of a course, or a return visit
    Column("number", String(64), nullable=False, server_default=""),  # check-up number, for its visit
    Column("exam", String(32), nullable=False, server_default=""),  # of the examination master: the step of that visit
    Column("source", String(8), nullable=False, server_default="desk"),  # or list: the check-up system's
    Column("over_reason", String(200), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_bookings_slot", "slot"),
    Index("ix_bookings_patient", "patient_id", "day"),
    Index("ix_bookings_day", "institution", "day"),
    Index("ix_bookings_linked", "linked"),
    Index("ix_bookings_visit", "institution", "day", "number"),
)

booking_changes = Table(
    "booking_changes",  # every change of a booking, never altered
    centre,
    key(),
    Column("booking", BigKey, ForeignKey("bookings.id"), nullable=False),
    Column("at", String(35), nullable=False),
    Column("by", String(64), nullable=False),
    Column("what", String(12), nullable=False),  # made moved changed cancelled restored arrived
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("reason", String(200), nullable=False, server_default=""),
    Index("ix_booking_changes_booking", "booking"),
)

waiting = Table(
    "waiting",  # who wants a seat that is not free yet
    centre,
    key(),
    Column("institution", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("since", String(10), nullable=False),
    Column("until", String(10), nullable=False),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("person", Json, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("at", String(35), nullable=False),
    Column("by", String(64), nullable=False, server_default=""),
    Column("settled", String(12), nullable=False, server_default=""),  # booked, dropped; empty: waits
    Index("ix_waiting_kind", "institution", "kind", "settled"),
)

seated = Table(
    "seated",  # examinations of visits that have had a seat: none is given to them again without being asked for
    centre,
    Column("visit", BigKey, primary_key=True, autoincrement=False),
    Column("exam", String(32), primary_key=True),
)

book_pins = Table(
    "book_pins",  # who may change the masters of a book of reservations: a PIN for each
    centre,
    Column("book", String(64), primary_key=True),
    Column("pin_hash", String(200), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("locked_until", sa.Float, nullable=False, server_default="0"),
)
