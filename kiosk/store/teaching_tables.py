"""The table of the teaching file. It holds no identity: which examinee a picture is of, the audit alone knows."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from kiosk.store.tables import centre, key

teaching_pictures = Table(
    "teaching_pictures",
    centre,
    key(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("mime", String(32), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("title", String(100), nullable=False),
    Column("keywords", Text, nullable=False),  # a line each
    Column("comment", Text, nullable=False),
    Column("modality", String(16), nullable=False, server_default=""),
    Column("searched", Text, nullable=False),  # folded, a line each
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    Index("ix_teaching_modality", "modality"),
)
