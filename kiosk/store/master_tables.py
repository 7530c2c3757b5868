"""The tables of masters, as they are and as they were, and of what findings hold of their fields."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from kiosk.store.tables import BigKey, Json, centre

finding_items = Table(
    "finding_items",  # the items of each finding's newest version, to be searched
    centre,
    Column("finding", BigKey, ForeignKey("findings.id"), primary_key=True, autoincrement=False),
    Column("field", String(64), primary_key=True),
    Column("place", String(32), primary_key=True),
    Column("value", Text, nullable=False),
    Column("amount", sa.Float, nullable=True),  # of a number
    Index("ix_finding_items_field", "field"),
)

masters = Table(
    "masters",
    centre,
    Column("name", String(32), primary_key=True),
    Column("body", Json, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("at", String(35), nullable=False),
)

master_versions = Table(
    "master_versions",  # what was published or signed with; never changed, never taken away
    centre,
    Column("name", String(32), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("version", Integer, nullable=False),  # of ``masters``; 0 = as it came with the program
    Column("body", Json, nullable=False),
    Column("by", String(64), nullable=False, server_default=""),
    Column("at", String(35), nullable=False),
)
