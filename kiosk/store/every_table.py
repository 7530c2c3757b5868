"""Both stores with all their tables, for migrations and for those who compare them."""

from __future__ import annotations

from kiosk.store import (
    booking_tables,
    correction_tables,
    finding_tables,
    gateway_tables,
    letter_tables,
    master_tables,
    spool_tables,
    tables,
    teaching_tables,
    theatre_tables,
)

centre = tables.centre
station = tables.station

__all__ = [
    "booking_tables", "centre", "correction_tables", "finding_tables", "gateway_tables", "letter_tables",
    "master_tables", "spool_tables", "station", "teaching_tables",
    "theatre_tables",
]  # fmt: skip
