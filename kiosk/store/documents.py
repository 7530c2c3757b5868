"""Documents beside the images: their rows, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.core.document import DocumentFacts
from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import document_copies, documents
from kiosk.store.images import Known
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import patients, visits


@dataclass(frozen=True)
class StoredDocument:
    """A document that is safe. ``places``: (volume, path), its own first."""

    id: int
    kind: str
    name: str
    title: str
    patient_id: str
    day: str
    sha256: str
    size: int
    places: tuple[tuple[str, str], ...]


def add(conn: sa.Connection, facts: DocumentFacts, *, volume: str, path: str, size: int, sha256: str, day: str) -> int:
    """Enter a document; returns its row. It must not be known yet."""
    return conn.execute(
        documents.insert()
        .values(
            sha256=sha256, kind=facts.kind, name=facts.name, title=facts.title, patient_id=facts.patient_id,
            issuer=facts.issuer, visit=_visit_of(conn, facts.patient_id, day), day=day, mime=facts.mime, volume=volume,
            path=path, size=size, received_at=now_text(), source=facts.source,
        )
        .returning(documents.c.id)
    ).scalar_one()  # fmt: skip


def _visit_of(conn: sa.Connection, patient_id: str, day: str) -> int | None:
    """The one visit of that person on that day; none where there are several."""
    if not patient_id:
        return None
    rows = conn.execute(
        sa.select(visits.c.id)
        .join(patients, visits.c.patient == patients.c.id)
        .where(patients.c.patient_id == patient_id, visits.c.day == day)
        .limit(2)
    ).all()
    return int(rows[0].id) if len(rows) == 1 else None


def find(conn: sa.Connection, sha256: str) -> StoredDocument | None:
    row = conn.execute(sa.select(documents).where(documents.c.sha256 == sha256)).first()
    return _stored(conn, row) if row else None


def documents_of(conn: sa.Connection, patient_id: str, *, limit: int = 200) -> list[StoredDocument]:
    """Of one patient, newest day first."""
    query = sa.select(documents).where(documents.c.patient_id == patient_id)
    rows = conn.execute(query.order_by(documents.c.day.desc(), documents.c.id.desc()).limit(limit))
    return [_stored(conn, row) for row in rows.all()]


def _stored(conn: sa.Connection, row: sa.Row[tuple[object, ...]]) -> StoredDocument:
    further = conn.execute(
        sa.select(document_copies.c.volume, document_copies.c.path).where(document_copies.c.document == row.id)
    )
    places = ((row.volume, row.path), *((each.volume, each.path) for each in further))
    return StoredDocument(row.id, row.kind, row.name, row.title, row.patient_id, row.day, row.sha256, row.size, places)


def note_copy(conn: sa.Connection, document: int, volume: str, path: str) -> None:
    """A further copy lies there, read back just now."""
    at = (document_copies.c.document == document, document_copies.c.volume == volume)
    values = {"path": path, "verified_at": now_text()}
    if conn.execute(document_copies.update().where(*at).values(**values)).rowcount == 0:
        conn.execute(document_copies.insert().values(document=document, volume=volume, **values))


def documents_after(conn: sa.Connection, row: int, *, limit: int) -> list[Known]:
    """Every place of the next ``limit`` documents by row number (``id``), for the proof of the store."""
    columns = (documents.c.id, documents.c.size, documents.c.sha256)
    page = sa.select(*columns, documents.c.volume, documents.c.path).where(documents.c.id > row)
    own = conn.execute(page.order_by(documents.c.id).limit(limit)).all()
    further = conn.execute(
        sa.select(*columns, document_copies.c.volume, document_copies.c.path)
        .join(document_copies, document_copies.c.document == documents.c.id)
        .where(documents.c.id.in_(few_lengths([each.id for each in own])))
    ).all()
    found = [Known(each.id, each.volume, each.path, each.size, each.sha256) for each in (*own, *further)]
    return sorted(found, key=lambda each: each.id)
