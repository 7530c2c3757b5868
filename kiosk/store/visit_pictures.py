"""Every picture of a visit: DICOM images by their studies, and JPEG, PNG and BMP files among the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.store.gateway_tables import document_copies, documents
from kiosk.store.images import further_places
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import instances, series, steps, studies


@dataclass(frozen=True)
class VisitPicture:
    """Where one picture lies (its own place first). ``scheduled`` is the modality of its examination's step."""

    visit: int
    modality: str
    scheduled: str
    title: str
    places: tuple[tuple[str, str], ...]
    study: int = 0  # 0: a document
    name: str = ""  # of a document's file


def pictures_of(conn: sa.Connection, visit: int) -> list[VisitPicture]:
    """In the order of studies, series and numbers; documents last."""
    query = (
        sa.select(
            studies.c.id.label("study"), studies.c.description, steps.c.modality.label("scheduled"),
            series.c.modality, instances.c.id, instances.c.volume, instances.c.path,
        )
        .join(series, instances.c.series == series.c.id)
        .join(studies, series.c.study == studies.c.id)
        .outerjoin(steps, studies.c.step == steps.c.id)
        .where(studies.c.visit == visit)
        .order_by(studies.c.id, series.c.number, series.c.id, instances.c.number, instances.c.id)
    )  # fmt: skip
    rows = conn.execute(query).all()
    further = {row: places for study in {each.study for each in rows} for row, places in
               further_places(conn, study).items()}  # fmt: skip
    found = [
        VisitPicture(visit, row.modality, row.scheduled or "", row.description,
                     ((row.volume, row.path), *further.get(row.id, ())), row.study)
        for row in rows
    ]  # fmt: skip
    return found + _documents(conn, visit)


def _documents(conn: sa.Connection, visit: int) -> list[VisitPicture]:
    query = sa.select(documents).where(documents.c.visit == visit, documents.c.mime.like("image/%"))
    rows = conn.execute(query.order_by(documents.c.kind, documents.c.id)).all()
    copies: dict[int, list[tuple[str, str]]] = {}
    ids = [row.id for row in rows]
    for each in conn.execute(sa.select(document_copies).where(document_copies.c.document.in_(few_lengths(ids)))):
        copies.setdefault(each.document, []).append((each.volume, each.path))
    return [
        VisitPicture(visit, row.kind, "", row.title, ((row.volume, row.path), *copies.get(row.id, ())), 0, row.name)
        for row in rows
    ]


def pictured_visits(
    conn: sa.Connection, visits: Sequence[int], modalities: Sequence[str], document_kinds: Sequence[str]
) -> dict[int, int]:
    """Of these visits those that have pictures scheduled or taken as one of the modalities: how many."""
    counted: dict[int, int] = {}
    for start in range(0, len(visits), 500):
        some = few_lengths(list(visits[start : start + 500]))
        images = (
            sa.select(studies.c.visit, sa.func.count())
            .join(series, series.c.study == studies.c.id)
            .join(instances, instances.c.series == series.c.id)
            .outerjoin(steps, studies.c.step == steps.c.id)
            .where(
                studies.c.visit.in_(some),
                sa.or_(series.c.modality.in_(list(modalities)), steps.c.modality.in_(list(modalities))),
            )
            .group_by(studies.c.visit)
        )
        files = (
            sa.select(documents.c.visit, sa.func.count())
            .where(
                documents.c.visit.in_(some), documents.c.mime.like("image/%"),
                documents.c.kind.in_(list(document_kinds)),
            )
            .group_by(documents.c.visit)
        )  # fmt: skip
        for query in (images, files):
            for visit, number in conn.execute(query):
                counted[int(visit)] = counted.get(int(visit), 0) + int(number)
    return counted
