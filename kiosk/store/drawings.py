"""Schema drawings: vectors and flattened picture, one row for each that a version was saved with."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from kiosk.core.drawing import Drawing
from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.store.clock import now_text
from kiosk.store.finding_tables import drawings
from kiosk.store.tables import finding_versions, findings


def keep_drawing(conn: sa.Connection, *, visit: int, kind: str, drawing: Drawing, png: bytes, by: str) -> int:
    """Keep a drawing with its picture; the same one of the same examination is one row. Returns the row."""
    sha256, vectors = hashlib.sha256(png).hexdigest(), drawing.as_json()
    same = conn.execute(
        sa.select(drawings.c.id, drawings.c.vectors).where(
            drawings.c.visit == visit, drawings.c.kind == kind, drawings.c.sha256 == sha256
        )
    )
    for row in same:
        if Drawing.from_json(row.vectors) == drawing:
            return int(row.id)
    values = {"visit": visit, "kind": kind, "vectors": vectors, "png": png, "sha256": sha256, "by": by}
    done = conn.execute(drawings.insert().values(**values, at=now_text()))
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def drop_unused(conn: sa.Connection, visit: int, kind: str) -> None:
    """Take away the drawings of drafts that no version has any more."""
    used = (
        sa.select(finding_versions.c.drawing)
        .join(findings, finding_versions.c.finding == findings.c.id)
        .where(findings.c.visit == visit, findings.c.kind == kind)
    )
    conn.execute(
        drawings.delete().where(drawings.c.visit == visit, drawings.c.kind == kind, drawings.c.id.not_in(used))
    )


def drawings_of(conn: sa.Connection, rows: Collection[int]) -> dict[int, tuple[Drawing | None, str]]:
    """(vectors, hash of the picture) of these rows."""
    wanted = [row for row in rows if row]
    if not wanted:
        return {}
    found = conn.execute(
        sa.select(drawings.c.id, drawings.c.vectors, drawings.c.sha256).where(drawings.c.id.in_(wanted))
    )
    return {row.id: (Drawing.from_json(row.vectors), row.sha256) for row in found}


def drawing_png(conn: sa.Connection, finding: int, number: int) -> bytes:
    """The flattened picture of a version, proven by its hash; empty where it has none. Raises Fault where the
    database gives back something else."""
    row: Any = conn.execute(
        sa.select(drawings.c.png, drawings.c.sha256)
        .join(finding_versions, finding_versions.c.drawing == drawings.c.id)
        .where(finding_versions.c.finding == finding, finding_versions.c.number == number)
    ).first()
    if row is None:
        return b""
    png = bytes(row.png)
    if hashlib.sha256(png).hexdigest() != row.sha256:
        raise Fault(
            N_("The drawing of this finding in the database is damaged."),
            N_("Draw it again and sign with the reason, and call the person in charge."),
            reference="S316",
        )
    return png


def damaged_drawings(conn: sa.Connection) -> list[int]:
    """Rows whose picture is not what its hash says."""
    query = sa.select(drawings.c.id, drawings.c.png, drawings.c.sha256).order_by(drawings.c.id)
    rows = conn.execute(query, execution_options={"stream_results": True, "yield_per": 50})
    return [row.id for row in rows if hashlib.sha256(bytes(row.png)).hexdigest() != row.sha256]
