"""The tables of the operating theatre: operations, their history, and a lock for each day that is planned."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from kiosk.store.tables import BigKey, Json, centre, key

theatre_locks = Table(
    "theatre_locks",  # a row for each day that was ever planned, locked by whoever plans it
    centre,
    Column("institution", String(16), primary_key=True),
    Column("what", String(10), primary_key=True),  # a day, or "masters"
)

operations = Table(
    "operations",
    centre,
    key(),
    Column("institution", String(16), nullable=False),
    Column("day", String(10), nullable=False),  # of entering
    Column("room", String(100), nullable=False),
    Column("enter", String(16), nullable=False),  # 2026-11-30T09:00, as planned
    Column("start", String(16), nullable=False),
    Column("end", String(16), nullable=False),
    Column("patient_id", String(64), nullable=False, server_default=""),
    Column("kanji", String(200), nullable=False, server_default=""),
    Column("kana", String(200), nullable=False, server_default=""),
    Column("sex", String(1), nullable=False, server_default=""),
    Column("birth_date", String(10), nullable=False, server_default=""),
    Column("ward", String(64), nullable=False, server_default=""),
    Column("blood_type", String(8), nullable=False, server_default=""),
    Column("urgent", Integer, nullable=False, server_default="0"),
    Column("order", String(8), nullable=False, server_default=""),  # in its room; "call": when the one before ends
    Column("department", String(100), nullable=False, server_default=""),
    Column("diagnosis", String(200), nullable=False, server_default=""),
    Column("method", String(200), nullable=False, server_default=""),
    Column("side", String(1), nullable=False, server_default=""),
    Column("position", String(100), nullable=False, server_default=""),
    Column("anaesthesia", Json, nullable=False),
    Column("surgeon", String(100), nullable=False, server_default=""),
    Column("assistants", Json, nullable=False),
    Column("anaesthetist", String(100), nullable=False, server_default=""),
    Column("scrub_nurse", String(100), nullable=False, server_default=""),
    Column("circulating_nurse", String(100), nullable=False, server_default=""),
    Column("infection", String(200), nullable=False, server_default=""),
    Column("allergy", String(200), nullable=False, server_default=""),
    Column("blood", Json, nullable=False),
    Column("equipment", Json, nullable=False),
    Column("pathology", Integer, nullable=False, server_default="0"),
    Column("remarks", Text, nullable=False, server_default=""),
    Column("actual_enter", String(16), nullable=False, server_default=""),
    Column("actual_start", String(16), nullable=False, server_default=""),
    Column("actual_end", String(16), nullable=False, server_default=""),
    Column("state", String(12), nullable=False),
    Column("cancel_reason", String(200), nullable=False, server_default=""),
    Column("overlap_reason", String(200), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_operations_day", "institution", "day"),
    Index("ix_operations_patient", "patient_id", "day"),
)

operation_changes = Table(
    "operation_changes",  # every change of an operation, never altered
    centre,
    key(),
    Column("operation", BigKey, ForeignKey("operations.id"), nullable=False),
    Column("at", String(35), nullable=False),
    Column("by", String(64), nullable=False),
    Column("what", String(12), nullable=False),  # made moved changed timed cancelled restored
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("reason", String(200), nullable=False, server_default=""),
    Index("ix_operation_changes_operation", "operation"),
)
