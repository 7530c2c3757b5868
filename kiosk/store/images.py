"""Looking up the image index: studies, series, instances, what lies where."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.core.disks import ROLES
from kiosk.core.study import Instance, Study
from kiosk.store.engine import Damaged
from kiosk.store.gateway_tables import copies, study_words, volumes
from kiosk.store.prepared import Prepared
from kiosk.store.search_text import LAST, containing, folded
from kiosk.store.tables import asides, instances, series, studies
from kiosk.store.tables import sources as sources_table


@dataclass(frozen=True)
class Known:
    """An instance that is indexed already."""

    id: int
    volume: str
    path: str
    size: int
    sha256: str


def known_instance(conn: sa.Connection, sop_uid: str) -> Known | None:
    return known_instances(conn, [sop_uid]).get(sop_uid)


def known_instances(conn: sa.Connection, sop_uids: Sequence[str]) -> dict[str, Known]:
    """Those of the SOP Instance UIDs that are indexed."""
    return {uid: Known(*row) for uid in sop_uids for row in _KNOWN(conn, sop_uid=uid)}


_KNOWN = Prepared(
    sa.select(instances.c.id, instances.c.volume, instances.c.path, instances.c.size, instances.c.sha256).where(
        instances.c.sop_uid == sa.bindparam("sop_uid")
    )
)


def _study(row: Any) -> Study:
    return Study(
        id=row["id"],
        study_uid=row["study_uid"],
        patient_id=row["patient_id"],
        issuer=row["issuer"],
        name=(row["name_alphabetic"], row["name_ideographic"], row["name_phonetic"]),
        sex=row["sex"],
        birth_date=row["birth_date"],
        study_date=row["study_date"],
        accession=row["accession"],
        modalities=tuple(part for part in row["modalities"].split("\\") if part),
        description=row["description"],
        instances=row["instances"],
        series=0,
        received_at=row["received_at"],
        visit_id=row["visit"],
        step_id=row["step"],
        matched_by=row["matched_by"],
    )


def recent_studies(conn: sa.Connection, *, limit: int = 200) -> list[Study]:
    """The studies that last received an image, newest first."""
    rows = conn.execute(sa.select(studies).order_by(studies.c.received_at.desc()).limit(limit)).mappings()
    return [_study(row) for row in rows]


def unmatched_studies(conn: sa.Connection, *, limit: int = 500) -> list[tuple[Study, str]]:
    """Studies without a visit, newest first, each with the reason (no_visit, several, other_patient, no_id_or_date)."""
    rows = conn.execute(
        sa.select(studies).where(studies.c.step.is_(None)).order_by(studies.c.received_at.desc()).limit(limit)
    ).mappings()
    return [(_study(row), row["unmatched_why"]) for row in rows]


def studies_of_visit(conn: sa.Connection, visit: int) -> list[Study]:
    rows = conn.execute(sa.select(studies).where(studies.c.visit == visit).order_by(studies.c.id)).mappings()
    return [_study(row) for row in rows]


def studies_of_patient(conn: sa.Connection, patient_id: str, *, limit: int = 200) -> list[Study]:
    """By the patient ID in the images, newest study first."""
    rows = conn.execute(
        sa.select(studies)
        .where(studies.c.patient_id == patient_id)
        .order_by(studies.c.study_date.desc(), studies.c.id.desc())
        .limit(limit)
    ).mappings()
    return [_study(row) for row in rows]


def find_studies(
    conn: sa.Connection, text: str = "", *, since: str = "", until: str = "", modality: str = "", born: str = "",
    limit: int = 200,
) -> list[Study]:  # fmt: skip
    """Studies by ID, accession or name, date range (YYYYMMDD), modality and birth date; newest first.

    Those whose ID, name or part of a name begins with ``text``; only where there are none, those that contain it.
    """
    where: list[sa.ColumnElement[bool]] = []
    if since:
        where.append(studies.c.study_date >= since)
    if until:
        where.append(studies.c.study_date <= until)
    if modality:
        where.append(("\\" + studies.c.modalities + "\\").contains(f"\\{modality}\\", autoescape=True))
    if born:
        where.append(studies.c.birth_date == born)
    if not text:
        return _studies(conn, where, limit)
    begins = _beginning(folded(text), since, until)
    if not modality:  # else the newest of them may all be of another one
        begins = begins.order_by(study_words.c.day.desc(), study_words.c.study.desc()).limit(limit)
    found = _studies(conn, [studies.c.id.in_(begins), *where], limit)
    return found or _studies(conn, [_contains(text), *where], limit)


def _studies(conn: sa.Connection, where: Sequence[sa.ColumnElement[bool]], limit: int) -> list[Study]:
    query = sa.select(studies).where(*where).order_by(studies.c.study_date.desc(), studies.c.id.desc()).limit(limit)
    return [_study(row) for row in conn.execute(query).mappings()]


def _beginning(word: str, since: str, until: str) -> sa.Select[Any]:
    """Studies with a word that begins so, told from the words alone."""
    where = [study_words.c.word >= word, study_words.c.word < word + LAST]
    if since:
        where.append(study_words.c.day >= since)
    if until:
        where.append(study_words.c.day <= until)
    return sa.select(study_words.c.study).where(*where).group_by(study_words.c.day, study_words.c.study)


def _contains(text: str) -> sa.ColumnElement[bool]:
    named = (
        studies.c.patient_id,
        studies.c.name_alphabetic,
        studies.c.name_ideographic,
        studies.c.name_phonetic,
        studies.c.accession,
    )
    return sa.or_(*(column.ilike(containing(text), escape="\\") for column in named))


def study_by_id(conn: sa.Connection, study: int) -> Study | None:
    row = conn.execute(sa.select(studies).where(studies.c.id == study)).mappings().first()
    return _study(row) if row else None


def study_by_uid(conn: sa.Connection, study_uid: str) -> Study | None:
    row = conn.execute(sa.select(studies).where(studies.c.study_uid == study_uid)).mappings().first()
    return _study(row) if row else None


def source_of(conn: sa.Connection, sop_uid: str) -> str:
    """Who sent an instance; empty where it is not known."""
    return str(conn.execute(sa.select(instances.c.source).where(instances.c.sop_uid == sop_uid)).scalar() or "")


_instance_columns = (
    *instances.c,
    series.c.series_uid,
    series.c.modality.label("series_modality"),
    series.c.number.label("series_number"),
    studies.c.study_uid,
)


def _instance_query() -> sa.Select[Any]:
    return (
        sa.select(*_instance_columns)
        .join(series, instances.c.series == series.c.id)
        .join(studies, series.c.study == studies.c.id)
    )


def _instance(row: Any) -> Instance:
    return Instance(
        id=row["id"],
        sop_uid=row["sop_uid"],
        sop_class=row["sop_class"],
        series_uid=row["series_uid"],
        study_uid=row["study_uid"],
        modality=row["series_modality"],
        number=row["number"],
        frames=row["frames"],
        transfer_syntax=row["transfer_syntax"],
        volume=row["volume"],
        path=row["path"],
        size=row["size"],
        sha256=row["sha256"],
    )


def instances_of_study(conn: sa.Connection, study: int) -> list[Instance]:
    """All instances of a study, by series number and instance number.

    Raises Damaged where there are none of a study that counts some, or no such study any more: SQLite's pages bear no
    checksum, and a person must not take a damaged index for an examination without images.
    """
    rows = conn.execute(
        _instance_query()
        .where(studies.c.id == study)
        .order_by(series.c.number, series.c.id, instances.c.number, instances.c.id)
    ).mappings()
    found = [_instance(row) for row in rows]
    if not found and conn.execute(sa.select(studies.c.instances).where(studies.c.id == study)).scalar() != 0:
        raise Damaged()
    return found


def instances_of_series(conn: sa.Connection, series_uid: str) -> list[Instance]:
    """All instances of a series, by instance number."""
    rows = conn.execute(
        _instance_query().where(series.c.series_uid == series_uid).order_by(instances.c.number, instances.c.id)
    ).mappings()
    return [_instance(row) for row in rows]


def instance_by_sop_uid(conn: sa.Connection, sop_uid: str) -> Instance | None:
    row = conn.execute(_instance_query().where(instances.c.sop_uid == sop_uid)).mappings().first()
    return _instance(row) if row else None


def instances_after(conn: sa.Connection, row: int, *, limit: int, kept_aside: bool = False) -> list[Known]:
    """Instances (or those kept aside) by row number, some at a time, for the proof of the store."""
    table = asides if kept_aside else instances
    rows = conn.execute(
        sa.select(table.c.id, table.c.volume, table.c.path, table.c.size, table.c.sha256)
        .where(table.c.id > row)
        .order_by(table.c.id)
        .limit(limit)
    )
    return [Known(*each) for each in rows]


def places_of(conn: sa.Connection, sop_uid: str) -> list[tuple[str, str]]:
    """(volume, path) of every good copy of an image, nearest first: its own, then by the disks' roles."""
    row = conn.execute(
        sa.select(instances.c.id, instances.c.volume, instances.c.path).where(instances.c.sop_uid == sop_uid)
    ).first()
    return [(row.volume, row.path), *_further(conn, [row.id]).get(row.id, ())] if row else []


def further_places(conn: sa.Connection, study: int) -> dict[int, list[tuple[str, str]]]:
    """Instance -> (volume, path) of its further good copies, for all instances of a study."""
    query = sa.select(instances.c.id).join(series, instances.c.series == series.c.id).where(series.c.study == study)
    return _further(conn, query)


def _further(conn: sa.Connection, among: Any) -> dict[int, list[tuple[str, str]]]:
    rank = sa.case({role: at for at, role in enumerate(ROLES)}, value=volumes.c.role, else_=len(ROLES))
    rows = conn.execute(
        sa.select(copies.c.instance, copies.c.volume, copies.c.path)
        .join(instances, copies.c.instance == instances.c.id)
        .outerjoin(volumes, volumes.c.id == copies.c.volume)
        .where(copies.c.instance.in_(among), copies.c.state == "good", copies.c.volume != instances.c.volume)
        .order_by(rank, copies.c.id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row.instance, []).append((row.volume, row.path))
    return found


def copies_after(conn: sa.Connection, row: int, *, limit: int) -> list[Known]:
    """Further copies that count as good, by their row number, with what they must be."""
    rows = conn.execute(
        sa.select(copies.c.id, copies.c.volume, copies.c.path, instances.c.size, instances.c.sha256)
        .join(instances, copies.c.instance == instances.c.id)
        .where(copies.c.id > row, copies.c.state == "good")
        .order_by(copies.c.id)
        .limit(limit)
    )
    return [Known(*each) for each in rows]


def counted_instances(conn: sa.Connection) -> int:
    """How many rows there are, counted one by one."""
    return int(conn.execute(sa.select(sa.func.count()).select_from(instances)).scalar_one())


def some_instances(conn: sa.Connection, most: int) -> list[Known]:
    """Instances picked at random, for a proof by sample."""
    last = int(conn.execute(sa.select(sa.func.max(instances.c.id))).scalar() or 0)
    picked = {secrets.randbelow(last) for _ in range(most)} if last else set()
    found = {each.id: each for row in picked for each in instances_after(conn, row, limit=1)}
    return list(found.values())


def counts(conn: sa.Connection) -> dict[str, int]:
    """How many studies, instances, unmatched studies and instances kept aside there are."""

    def count(table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
        return int(conn.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar_one())

    return {
        "studies": count(studies),
        "instances": int(conn.execute(sa.select(sa.func.sum(sources_table.c.images))).scalar() or 0),
        "unmatched": count(studies, studies.c.step.is_(None)),
        "asides": count(asides),
    }


def sources(conn: sa.Connection) -> list[tuple[str, str, int]]:
    """Each sender with the time of its last image and how many images it sent."""
    rows = conn.execute(
        sa.select(sources_table.c.source, sources_table.c.last_at, sources_table.c.images).order_by(
            sources_table.c.source
        )
    )
    return [(row[0], row[1], row[2]) for row in rows]
