"""The tables of corrections: what was asked for, which file became which, and who is still to be told."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from kiosk.store.tables import BigKey, Json, centre, key

corrections = Table(
    "corrections",
    centre,
    key(),
    Column("state", String(12), nullable=False),
    Column("stop", Integer, nullable=False, server_default="0"),  # somebody gives it up while copies are made
    Column("old_study_uid", String(64), nullable=False),
    Column("new_study_uid", String(64), nullable=False),
    Column("series", Json, nullable=False),  # Series UIDs; empty: the whole study
    Column("day", String(8), nullable=False),  # under which the old files are put away
    Column("before", Json, nullable=False),  # core.correction.Identity
    Column("after", Json, nullable=False),
    Column("order", Json, nullable=False),  # of the right examination, where there is one
    Column("reason", String(16), nullable=False),
    Column("text", String(200), nullable=False, server_default=""),
    Column("by", String(64), nullable=False),
    Column("second", String(64), nullable=False),
    Column("station", String(64), nullable=False),
    Column("undone_by", String(64), nullable=False, server_default=""),
    Column("done", Integer, nullable=False, server_default="0"),  # files that are staged
    Column("images", Integer, nullable=False, server_default="0"),
    Column("taken_out", Json, nullable=False),  # the rows of the index, to be put back by an undo
    Column("places", Json, nullable=False),  # tags that still bear the old ID or name
    Column("error", Text, nullable=False, server_default=""),  # the msgid
    Column("error_values", Json, nullable=False),
    Column("at", String(35), nullable=False),
    Column("changed_at", String(35), nullable=False),
    Index("ix_corrections_study", "old_study_uid"),
    Index("ix_corrections_changed", "changed_at"),
)

correction_files = Table(
    "correction_files",
    centre,
    key(),
    Column("correction", BigKey, ForeignKey("corrections.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # planned, staged
    Column("old_sop_uid", String(64), nullable=False),
    Column("old_series_uid", String(64), nullable=False),
    Column("sop_class", String(64), nullable=False),
    Column("volume", String(32), nullable=False),
    Column("old_path", String(400), nullable=False),
    Column("old_size", sa.BigInteger, nullable=False),
    Column("old_sha256", String(64), nullable=False),
    Column("further", Json, nullable=False),  # [volume, path] of its further copies
    Column("new_sop_uid", String(64), nullable=False),
    Column("new_series_uid", String(64), nullable=False),
    Column("new_volume", String(32), nullable=False, server_default=""),
    Column("new_path", String(400), nullable=False, server_default=""),
    Column("new_size", sa.BigInteger, nullable=False, server_default="0"),
    Column("new_sha256", String(64), nullable=False, server_default=""),
    Column("pixels_sha256", String(64), nullable=False, server_default=""),  # of both
    UniqueConstraint("correction", "position", name="uq_correction_files"),
    UniqueConstraint("new_sop_uid", name="uq_correction_files_new"),
    Index("ix_correction_files_old", "old_sop_uid"),
)

correction_tells = Table(
    "correction_tells",  # destinations (and findings) that know what is not to be seen any more
    centre,
    key(),
    Column("correction", BigKey, ForeignKey("corrections.id"), nullable=False),
    Column("what", String(12), nullable=False),  # old, new (after an undo), back, finding
    Column("destination", String(64), nullable=False),
    Column("way", String(8), nullable=False),  # note: a rejection note is sent; hand: somebody asks for it
    Column("state", String(8), nullable=False),  # owed, told, todo, done
    Column("sop_uids", Json, nullable=False),
    Column("note_uids", Json, nullable=False),  # SOP Instance and Series UID of the note
    Column("error", Text, nullable=False, server_default=""),
    Column("by", String(64), nullable=False, server_default=""),
    Column("at", String(35), nullable=False),
    Column("changed_at", String(35), nullable=False),
    UniqueConstraint("correction", "what", "destination", name="uq_correction_tells"),
    Index("ix_correction_tells_state", "state"),
)
