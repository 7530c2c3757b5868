"""The tables of pictures taken on this PC, in its own store."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table, Text

from kiosk.store.tables import Json, station

picture_sets = Table(
    "picture_sets",  # examinations whose pictures were taken on this PC
    station,
    Column("id", String(40), primary_key=True),
    Column("mode", String(32), nullable=False),
    Column("number", String(64), nullable=False, server_default=""),
    Column("opened_at", String(35), nullable=False),
    Column("closed_at", String(35), nullable=False, server_default=""),
    Column("state", String(12), nullable=False),
    Column("row", Json, nullable=False),
    Column("series_uid", String(64), nullable=False),
    Column("by", String(64), nullable=False, server_default=""),
)

taken_pictures = Table(
    "taken_pictures",
    station,
    Column("set", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("at", String(35), nullable=False),
    Column("size", sa.BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("sop_uid", String(64), nullable=False),
    Column("part", String(64), nullable=False, server_default=""),
    Column("eye", String(1), nullable=False, server_default=""),
    Column("star", Integer, nullable=False, server_default="0"),
    Column("deleted", Integer, nullable=False, server_default="0"),
    Column("taken_of", Integer, nullable=False, server_default="0"),
    Column("comment", Text, nullable=False, server_default=""),
    Column("facts", Json, nullable=False),
    Column("sent_at", String(35), nullable=False, server_default=""),
    Column("handed_at", String(35), nullable=False, server_default=""),
)
