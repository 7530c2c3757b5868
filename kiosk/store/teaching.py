"""Rows of the teaching file: kept, searched, proven by hash, removed."""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa

from kiosk.core.faults import Fault
from kiosk.core.teaching import TeachingPicture, Words, folded, searched
from kiosk.core.words import N_
from kiosk.store.clock import now_text
from kiosk.store.search_text import containing
from kiosk.store.teaching_tables import teaching_pictures as table

_SHOWN = [column for column in table.c if column.name not in ("bytes", "searched", "mime")]


def add(conn: sa.Connection, picture: bytes, *, mime: str, width: int, height: int, words: Words, by: str) -> int:
    """Keep a picture; the same bytes twice are one, with the newer words. Returns its row."""
    sha256 = hashlib.sha256(picture).hexdigest()
    told = {
        "title": words.title, "keywords": "\n".join(words.keywords), "comment": words.comment,
        "modality": words.modality, "searched": searched(words), "by": by, "at": now_text(),
    }  # fmt: skip
    known = conn.execute(sa.select(table.c.id).where(table.c.sha256 == sha256)).scalar()
    if known is not None:
        conn.execute(table.update().where(table.c.id == known).values(**told))
        return int(known)
    values = {"sha256": sha256, "mime": mime, "width": width, "height": height, "bytes": picture, **told}
    return int(conn.execute(table.insert().values(**values).returning(table.c.id)).scalar_one())


def find(conn: sa.Connection, text: str = "", modality: str = "", *, limit: int = 500) -> list[TeachingPicture]:
    """Those whose words hold every word of ``text``, newest first."""
    query = sa.select(*_SHOWN).order_by(table.c.id.desc()).limit(limit)
    if modality:
        query = query.where(table.c.modality == modality)
    for word in text.split():
        query = query.where(table.c.searched.like(containing(folded(word)), escape="\\"))
    return [_picture(row) for row in conn.execute(query).mappings()]


def by_id(conn: sa.Connection, row: int) -> TeachingPicture | None:
    found = conn.execute(sa.select(*_SHOWN).where(table.c.id == row)).mappings().first()
    return _picture(found) if found else None


def picture_bytes(conn: sa.Connection, row: int) -> bytes:
    """The picture, proven by its hash. Raises Fault where it is gone or not what was kept."""
    found = conn.execute(sa.select(table.c.bytes, table.c.sha256).where(table.c.id == row)).first()
    if found is None:
        raise Fault(N_("This picture was taken out of the teaching file."), reference="V643")
    picture = bytes(found.bytes)
    if hashlib.sha256(picture).hexdigest() != found.sha256:
        raise Fault(
            N_("A picture of the teaching file is damaged in the database."),
            N_("Tell the person in charge; a backup may hold it whole."), reference="V644",
        )  # fmt: skip
    return picture


def damaged(conn: sa.Connection) -> list[int]:
    """Rows whose picture is not what its hash says."""
    query = sa.select(table.c.id, table.c.bytes, table.c.sha256).order_by(table.c.id)
    rows = conn.execute(query, execution_options={"stream_results": True, "yield_per": 20})  # pictures are large
    return [row.id for row in rows if hashlib.sha256(bytes(row.bytes)).hexdigest() != row.sha256]


def remove(conn: sa.Connection, row: int) -> bool:
    """Out of the database for good; False where it was gone."""
    return conn.execute(table.delete().where(table.c.id == row)).rowcount > 0


def _picture(row: Any) -> TeachingPicture:
    return TeachingPicture(
        row["id"], row["title"], tuple(each for each in row["keywords"].split("\n") if each), row["comment"],
        row["modality"], row["width"], row["height"], row["sha256"], row["by"], row["at"],
    )  # fmt: skip
