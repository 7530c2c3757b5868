"""Entering images that were found on a disk in the centre's index, and taking out what is no longer there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kiosk.core.equalising import KnownPlace, Place
from kiosk.core.study import ImageFacts
from kiosk.store.clock import now_text
from kiosk.store.fitting import fitted
from kiosk.store.gateway_tables import copies
from kiosk.store.image_index import Indexed, index_image, keep_aside
from kiosk.store.in_lists import few_lengths
from kiosk.store.matching import ArrivedViews
from kiosk.store.put_away import put_away
from kiosk.store.tables import instances, series, studies
from kiosk.store.volume_index import FoundFile


def known_places(conn: sa.Connection, sop_uids: Sequence[str]) -> dict[str, KnownPlace]:
    """Where the index says these instances lie, by SOP Instance UID."""
    rows = conn.execute(
        sa.select(instances.c.sop_uid, instances.c.id, instances.c.volume, instances.c.path, instances.c.sha256).where(
            instances.c.sop_uid.in_(few_lengths(sop_uids))
        )
    ).all()
    further: dict[int, list[tuple[str, str]]] = {}
    for row in conn.execute(
        sa.select(copies.c.instance, copies.c.volume, copies.c.path).where(
            copies.c.instance.in_(few_lengths([row.id for row in rows]))
        )
    ):
        further.setdefault(row.instance, []).append((row.volume, row.path))
    return {
        row.sop_uid: KnownPlace(row.id, row.volume, row.path, row.sha256, tuple(further.get(row.id, ())))
        for row in rows
    }


def enter(
    conn: sa.Connection, volume: str, file: FoundFile, place: Place, known: KnownPlace | None, views: ArrivedViews
) -> Indexed | None:
    """Write what follows from ``place`` into the index; returns what was indexed where the image was new.

    ``file.sha256`` is of the whole file as it lies there now.
    """
    if place is Place.NEW:
        if put_away(conn, [file.facts.sop_uid]):
            return None  # a correction hides it: it must not come back by being found
        facts = fitted(file.facts)
        return index_image(
            conn, facts, volume=volume, path=file.path, size=file.size, sha256=file.sha256, arrived_views=views
        )
    assert known is not None
    if place is Place.OTHER_CONTENT:
        keep_aside(conn, fitted(file.facts), volume=volume, path=file.path, size=file.size, sha256=file.sha256)
    elif place is Place.COPY:
        note_copy(conn, known.instance, volume, file.path)
    elif place is Place.MOVED and known.volume == volume:
        conn.execute(instances.update().where(instances.c.id == known.instance).values(path=file.path))
    elif place is Place.MOVED or (place is Place.KNOWN and known.volume != volume):
        note_copy(conn, known.instance, volume, file.path)
    return None


def note_copy(conn: sa.Connection, instance: int, volume: str, path: str) -> None:
    """A further copy of an instance lies there, equal to its hash just now."""
    values = {"path": path, "verified_at": now_text(), "state": "good"}
    at = (copies.c.instance == instance, copies.c.volume == volume)
    if conn.execute(copies.update().where(*at).values(**values)).rowcount == 0:
        conn.execute(copies.insert().values(instance=instance, volume=volume, **values))


def places_on(conn: sa.Connection, volume: str, after: int, limit: int) -> list[tuple[int, str, str]]:
    """(row, path, SOP Instance UID) of instances whose own place is on a volume, by row number."""
    rows = conn.execute(
        sa.select(instances.c.id, instances.c.path, instances.c.sop_uid)
        .where(instances.c.volume == volume, instances.c.id > after)
        .order_by(instances.c.id)
        .limit(limit)
    )
    return [(row.id, row.path, row.sop_uid) for row in rows]


def take_out(conn: sa.Connection, volume: str, sop_uid: str, path: str) -> bool:
    """The file is gone from the volume: the index goes over to another copy. False where there is none: then the row
    stays, since an image that was acknowledged must not be forgotten.
    """
    known = known_places(conn, [sop_uid]).get(sop_uid)
    if known is None:
        return True
    if (known.volume, known.path) != (volume, path):
        at = (copies.c.instance == known.instance, copies.c.volume == volume, copies.c.path == path)
        conn.execute(copies.delete().where(*at))
        return True
    other = conn.execute(
        sa.select(copies.c.id, copies.c.volume, copies.c.path)
        .where(copies.c.instance == known.instance, copies.c.volume != volume, copies.c.state == "good")
        .order_by(copies.c.verified_at.desc())
        .limit(1)
    ).first()
    if other is None:
        return False
    conn.execute(
        instances.update().where(instances.c.id == known.instance).values(volume=other.volume, path=other.path)
    )
    conn.execute(copies.delete().where(copies.c.id == other.id))
    return True


def files_on(conn: sa.Connection, volume: str, after: int, limit: int, *, further: bool) -> list[tuple[int, FoundFile]]:
    """What the index says lies on a volume, by row number: instances whose own place it is, or ``further`` copies."""
    table = copies if further else instances
    query = (
        sa.select(table.c.id.label("row"), table.c.path.label("at"), instances, series, studies)
        .set_label_style(sa.LABEL_STYLE_TABLENAME_PLUS_COL)
        .select_from(copies.join(instances, copies.c.instance == instances.c.id) if further else instances)
        .join(series, instances.c.series == series.c.id)
        .join(studies, series.c.study == studies.c.id)
        .where(table.c.volume == volume, table.c.id > after)
        .order_by(table.c.id)
        .limit(limit)
    )
    return [(row["row"], _as_file(row)) for row in conn.execute(query).mappings()]


def _as_file(row: Any) -> FoundFile:
    facts = ImageFacts(
        sop_uid=row["instances_sop_uid"], sop_class=row["instances_sop_class"], study_uid=row["studies_study_uid"],
        series_uid=row["series_series_uid"], modality=row["series_modality"], patient_id=row["studies_patient_id"],
        issuer=row["studies_issuer"], sex=row["studies_sex"], birth_date=row["studies_birth_date"],
        name=(row["studies_name_alphabetic"], row["studies_name_ideographic"], row["studies_name_phonetic"]),
        study_date=row["studies_study_date"], study_time=row["studies_study_time"],
        accession=row["studies_accession"], study_description=row["studies_description"],
        series_number=row["series_number"], series_description=row["series_description"],
        body_part=row["series_body_part"], instance_number=row["instances_number"], frames=row["instances_frames"],
        rows=row["instances_rows"], columns=row["instances_columns"],
        transfer_syntax=row["instances_transfer_syntax"], source=row["instances_source"],
        view_hints=dict(row["instances_hints"]), doubts=tuple(row["instances_doubts"]),
    )  # fmt: skip
    return FoundFile(facts, row["at"], row["instances_size"], 0, row["instances_sha256"])
