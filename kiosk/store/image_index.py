"""Indexing images: their folders and their rows, many at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.core.study import ImageFacts
from kiosk.store import matching
from kiosk.store.clock import now_text
from kiosk.store.fitting import longest
from kiosk.store.gateway_tables import study_words
from kiosk.store.matching import ArrivedViews
from kiosk.store.prepared import Prepared
from kiosk.store.search_text import words_of
from kiosk.store.tables import asides, folders, instances, series, studies

MODALITIES = longest(studies.c.modalities)


@dataclass(frozen=True)
class ToIndex:
    """An image that lies safe on a volume; ``path`` relative to it, ``size`` in bytes."""

    facts: ImageFacts
    volume: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Indexed:
    """What the index made of an image."""

    instance: int
    study: int
    visit: int | None
    step: int | None
    new_study: bool


def study_folder(
    conn: sa.Connection,
    *,
    study_uid: str,
    patient_id: str,
    id_key: str,
    volume: str,
    day: str,
    modality: str,
    top: str = "DICOM",
) -> str:
    """The folder of a study, ``DICOM/yyyymmdd/CR0001-ID`` (or below another ``top``), relative to the volume; numbered
    when first asked for.

    ``xxxx`` is the running number of the day and modality, at least four digits. Known by study and patient ID, so
    that a second patient under the same study UID never lands in the first one's folder.
    """
    where = (folders.c.study_uid == study_uid, folders.c.patient_id == patient_id, folders.c.volume == volume)
    row = conn.execute(sa.select(folders.c.path).where(*where)).first()
    if row is not None:
        return str(row.path)
    last = conn.execute(
        sa.select(sa.func.max(folders.c.number)).where(
            folders.c.volume == volume, folders.c.day == day, folders.c.modality == modality
        )
    ).scalar_one()
    number = (last or 0) + 1
    path = f"{top}/{day}/{modality}{number:04d}-{id_key}"
    conn.execute(
        folders.insert().values(
            study_uid=study_uid,
            patient_id=patient_id,
            volume=volume,
            day=day,
            modality=modality,
            number=number,
            path=path,
        )
    )
    return path


def index_images(conn: sa.Connection, arrived: Sequence[ToIndex], arrived_views: ArrivedViews) -> list[Indexed]:
    """Index what arrived together, each study looked up, matched to a visit and counted once; results in order.

    None of them may be indexed already.
    """
    now = now_text()
    by_study: dict[str, list[ToIndex]] = {}
    for each in arrived:
        by_study.setdefault(each.facts.study_uid, []).append(each)
    found = {uid: _study(conn, uid, group, now) for uid, group in by_study.items()}
    got: dict[int, int] = {}
    indexed = []
    for each in arrived:
        study = found[each.facts.study_uid]
        row = _instance(conn, each, study.id, now)
        indexed.append(Indexed(row, study.id, study.visit, study.step, study.is_new))
        if study.step is not None:
            got[study.step] = got.get(study.step, 0) + 1
    for step, more in got.items():
        matching.count_arrived(conn, step, more, arrived_views)
    return indexed


def index_image(
    conn: sa.Connection,
    facts: ImageFacts,
    *,
    volume: str,
    path: str,
    size: int,
    sha256: str,
    arrived_views: ArrivedViews,
) -> Indexed:
    """Index one instance, match its study to a visit, and bring what has arrived of the course into line."""
    return index_images(conn, [ToIndex(facts, volume, path, size, sha256)], arrived_views)[0]


def keep_folder(conn: sa.Connection, placed: ToIndex) -> None:
    """Give a study its folder of before, ``DICOM/yyyymmdd/CR0001-ID`` or ``IMAGE/CR/yyyymmdd/CR0001-ID``, so that its
    further images go there and its number is not given again. A folder that is not named so is left out.
    """
    parts = placed.path.split("/")
    whole = len(parts) == {"DICOM": 4, "IMAGE": 5}.get(parts[0])
    named = re.fullmatch(r"([A-Z0-9]+?)(\d{4,})-.*", parts[-2]) if whole else None
    if named is None:
        return
    row = {
        "study_uid": placed.facts.study_uid,
        "patient_id": placed.facts.patient_id,
        "volume": placed.volume,
        "day": parts[-3],
        "modality": named[1],
        "number": int(named[2]),
        "path": placed.path.rsplit("/", 1)[0],
    }
    _FOLDER(conn, **row)


_FOLDER = Prepared.inserting(
    lambda insert: insert(folders).on_conflict_do_nothing(),
    tuple(column.name for column in folders.c if not column.primary_key),
)


@dataclass
class _Study:
    id: int
    visit: int | None
    step: int | None
    is_new: bool = False


_GROW = Prepared(
    studies.update()
    .where(studies.c.study_uid == sa.bindparam("uid"))
    .values(instances=studies.c.instances + sa.bindparam("more", type_=sa.Integer), received_at=sa.bindparam("now"))
    .returning(studies.c.id, studies.c.visit, studies.c.step, studies.c.modalities)
)


def _study(conn: sa.Connection, uid: str, group: Sequence[ToIndex], now: str) -> _Study:
    """The study, made where it is unknown; its further images are counted."""
    for row, visit, step, known in _GROW(conn, uid=uid, more=len(group), now=now):
        modalities = _modalities(known, group)
        if modalities != known:
            conn.execute(studies.update().where(studies.c.id == row).values(modalities=modalities))
        return _Study(row, visit, step)
    facts = group[0].facts
    found, matched_by, why = matching.find_step(conn, facts)
    done = conn.execute(
        studies.insert().values(
            study_uid=facts.study_uid,
            patient_id=facts.patient_id,
            issuer=facts.issuer,
            name_alphabetic=facts.name[0],
            name_ideographic=facts.name[1],
            name_phonetic=facts.name[2],
            sex=facts.sex,
            birth_date=facts.birth_date,
            study_date=facts.study_date,
            study_time=facts.study_time,
            accession=facts.accession,
            modalities=_modalities("", group),
            description=facts.study_description,
            instances=len(group),
            received_at=now,
            source=facts.source,
            visit=found["visit"] if found else None,
            step=found["id"] if found else None,
            matched_by=matched_by,
            unmatched_why=why,
        )
    )
    study = int(done.inserted_primary_key[0])  # type: ignore[index]
    words = words_of(facts.name, [facts.patient_id, facts.accession])
    if words:
        conn.execute(
            study_words.insert(), [{"word": word, "day": facts.study_date, "study": study} for word in sorted(words)]
        )
    return _Study(study, found["visit"] if found else None, found["id"] if found else None, is_new=True)


def _modalities(known: str, group: Sequence[ToIndex]) -> str:
    every = dict.fromkeys([*known.split("\\"), *(each.facts.modality for each in group)])
    return "\\".join(each for each in every if each)[:MODALITIES]


def _make_series(conn: sa.Connection, study: int, facts: ImageFacts) -> None:
    conn.execute(
        series.insert().values(
            study=study,
            series_uid=facts.series_uid,
            modality=facts.modality,
            number=facts.series_number,
            description=facts.series_description,
            body_part=facts.body_part,
        )
    )


_COLUMNS = [column for column in instances.c if not column.primary_key]
_INSTANCE = Prepared(  # nothing is inserted, nothing returned, where the series is not known yet
    instances.insert()
    .from_select(
        [column.name for column in _COLUMNS],
        sa.select(
            *(
                series.c.id if each is instances.c.series else sa.bindparam(each.name, type_=each.type)
                for each in _COLUMNS
            )
        ).where(series.c.study == sa.bindparam("study"), series.c.series_uid == sa.bindparam("series_uid")),
    )
    .returning(instances.c.id)
)


def _instance(conn: sa.Connection, each: ToIndex, study: int, now: str) -> int:
    facts = each.facts
    values = {
        "study": study,
        "series_uid": facts.series_uid,
        "sop_uid": facts.sop_uid,
        "sop_class": facts.sop_class,
        "number": facts.instance_number,
        "frames": facts.frames,
        "rows": facts.rows,
        "columns": facts.columns,
        "transfer_syntax": facts.transfer_syntax,
        "volume": each.volume,
        "path": each.path,
        "size": each.size,
        "sha256": each.sha256,
        "received_at": now,
        "source": facts.source,
        "hints": facts.view_hints,
        "doubts": list(facts.doubts),
    }
    found = _INSTANCE(conn, **values)
    if not found:
        _make_series(conn, study, facts)
        found = _INSTANCE(conn, **values)
    return int(found[0][0])


def lies_at(conn: sa.Connection, instance: int, volume: str, path: str) -> None:
    """An image lies elsewhere from now on."""
    conn.execute(instances.update().where(instances.c.id == instance).values(volume=volume, path=path))


def keep_aside(conn: sa.Connection, facts: ImageFacts, *, volume: str, path: str, size: int, sha256: str) -> None:
    """Same SOP Instance UID, other content: noted beside the first one, for an operator."""
    known = conn.execute(
        sa.select(asides.c.id).where(asides.c.sop_uid == facts.sop_uid, asides.c.sha256 == sha256)
    ).first()
    if known is None:
        conn.execute(
            asides.insert().values(
                sop_uid=facts.sop_uid,
                volume=volume,
                path=path,
                size=size,
                sha256=sha256,
                received_at=now_text(),
                source=facts.source,
            )
        )
