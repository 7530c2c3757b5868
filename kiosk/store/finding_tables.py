"""The tables beside findings: schema drawings with their flattened pictures, and what was handed out."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from kiosk.store.tables import BigKey, Json, centre, key

drawings = Table(
    "drawings",  # a row is never changed: versions point to it
    centre,
    key(),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("vectors", Json, nullable=False),  # core.drawing.Drawing
    Column("png", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the png
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    Index("ix_drawings_visit", "visit"),
)

finding_hand_outs = Table(
    "finding_hand_outs",  # which version of a finding went to the check-up system in which file
    centre,
    key(),
    Column("finding", BigKey, ForeignKey("findings.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("file", String(200), nullable=False),
    Column("station", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    Index("ix_finding_hand_outs_finding", "finding"),
)
