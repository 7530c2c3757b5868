"""Indexing an image: its folder, its rows, which visit it belongs to, and what has arrived of a course."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from kiosk.core.study import ImageFacts
from kiosk.core.visit import Examination
from kiosk.store.clock import day_of, now_text
from kiosk.store.tables import asides, folders, instances, patients, series, steps, studies, visits
from kiosk.store.visits import exam_from_data

ArrivedViews = Callable[[Examination, Sequence[dict[str, str]]], tuple[str, ...]]


@dataclass(frozen=True)
class Indexed:
    """What the index made of an image."""

    instance: int
    study: int
    visit: int | None
    step: int | None
    new_study: bool


def fitted(facts: ImageFacts) -> ImageFacts:
    """The facts as the columns can hold them, since PostgreSQL refuses what SQLite takes: a device that writes a
    description of 300 characters must not have its image refused for it. The bytes keep what it wrote.

    A patient ID that is too long ends in a hash of the whole, so that two of them never become one patient.
    """
    named = {
        "issuer": studies.c.issuer,
        "sex": studies.c.sex,
        "birth_date": studies.c.birth_date,
        "study_date": studies.c.study_date,
        "study_time": studies.c.study_time,
        "study_description": studies.c.description,
        "source": studies.c.source,
        "series_description": series.c.description,
        "body_part": series.c.body_part,
    }
    values: dict[str, Any] = {field: _cut(getattr(facts, field), column) for field, column in named.items()}
    groups = (studies.c.name_alphabetic, studies.c.name_ideographic, studies.c.name_phonetic)
    values["name"] = tuple(_cut(group, column) for group, column in zip(facts.name, groups, strict=True))
    values["patient_id"] = _told_apart(facts.patient_id, studies.c.patient_id)
    values["accession"] = _told_apart(facts.accession, studies.c.accession)
    values["modality"] = _cut(facts.modality, series.c.modality)
    fit = replace(facts, **values)
    return fit if fit == facts else replace(fit, doubts=(*facts.doubts, "too_long"))


def _length(column: sa.Column[Any]) -> int:
    assert isinstance(column.type, sa.String) and column.type.length is not None
    return column.type.length


def _cut(text: str, column: sa.Column[Any]) -> str:
    return text.replace("\0", "")[: _length(column)]


def _told_apart(text: str, column: sa.Column[Any]) -> str:
    if len(text) <= _length(column):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{_cut(text, column)[: _length(column) - 17]}~{digest}"


def study_folder(
    conn: sa.Connection, *, study_uid: str, patient_id: str, id_key: str, volume: str, day: str, modality: str
) -> str:
    """The folder of a study, ``DICOM/yyyymmdd/CR0001-ID``, relative to the volume; numbered when first asked for.

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
    path = f"DICOM/{day}/{modality}{number:04d}-{id_key}"
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
    now = now_text()
    study = conn.execute(sa.select(studies).where(studies.c.study_uid == facts.study_uid)).mappings().first()
    new_study = study is None
    if study is None:
        step, matched_by, why = _match(conn, facts)
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
                modalities=facts.modality,
                description=facts.study_description,
                instances=1,
                received_at=now,
                source=facts.source,
                visit=step["visit"] if step else None,
                step=step["id"] if step else None,
                matched_by=matched_by,
                unmatched_why=why,
            )
        )
        study_id = int(done.inserted_primary_key[0])  # type: ignore[index]
        visit_id, step_id = (step["visit"], step["id"]) if step else (None, None)
    else:
        study_id, visit_id, step_id = study["id"], study["visit"], study["step"]
        values: dict[str, Any] = {"instances": studies.c.instances + 1, "received_at": now}
        modalities = study["modalities"].split("\\") if study["modalities"] else []
        if facts.modality and facts.modality not in modalities:
            values["modalities"] = "\\".join([*modalities, facts.modality])[:64]
        conn.execute(studies.update().where(studies.c.id == study_id).values(**values))
    series_id = _series(conn, study_id, facts)
    done = conn.execute(
        instances.insert().values(
            sop_uid=facts.sop_uid,
            sop_class=facts.sop_class,
            series=series_id,
            number=facts.instance_number,
            frames=facts.frames,
            rows=facts.rows,
            columns=facts.columns,
            transfer_syntax=facts.transfer_syntax,
            volume=volume,
            path=path,
            size=size,
            sha256=sha256,
            received_at=now,
            source=facts.source,
            hints=facts.view_hints,
            doubts=list(facts.doubts),
        )
    )
    if step_id is not None:
        refresh_step(conn, step_id, arrived_views)
    return Indexed(int(done.inserted_primary_key[0]), study_id, visit_id, step_id, new_study)  # type: ignore[index]


def _series(conn: sa.Connection, study: int, facts: ImageFacts) -> int:
    row = conn.execute(
        sa.select(series.c.id).where(series.c.study == study, series.c.series_uid == facts.series_uid)
    ).first()
    if row is not None:
        return int(row.id)
    done = conn.execute(
        series.insert().values(
            study=study,
            series_uid=facts.series_uid,
            modality=facts.modality,
            number=facts.series_number,
            description=facts.series_description,
            body_part=facts.body_part,
        )
    )
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def _match(conn: sa.Connection, facts: ImageFacts) -> tuple[Any, str, str]:
    """The step an image belongs to: by Study UID, then accession, then ID + date + modality.

    An accession or ID match is refused where ID or birth date contradict the visit's patient: such an image is listed
    as unmatched, for a person to decide. Returns (step row or None, how matched, why not).
    """
    columns = (
        *steps.c,
        patients.c.patient_id.label("their_id"),
        patients.c.birth_date.label("their_birth_date"),
    )
    base = (
        sa.select(*columns).join(visits, steps.c.visit == visits.c.id).join(patients, visits.c.patient == patients.c.id)
    )
    row = conn.execute(base.where(steps.c.study_uid == facts.study_uid)).mappings().first()
    if row is not None:
        return (row, "study_uid", "") if _same_person(facts, row) else (None, "", "other_patient")
    if facts.accession:
        row = conn.execute(base.where(steps.c.accession == facts.accession)).mappings().first()
        if row is not None:
            return (row, "accession", "") if _same_person(facts, row) else (None, "", "other_patient")
    day = day_of(facts.study_date)
    if not facts.patient_id or day is None or not facts.modality:
        return None, "", "no_id_or_date"
    rows = [
        row
        for row in conn.execute(
            base.where(
                patients.c.patient_id == facts.patient_id,
                steps.c.day == day.isoformat(),
                steps.c.state != "cancelled",
                steps.c.modality != "",
            )
        ).mappings()
        if facts.modality == row["modality"] or facts.modality in exam_from_data(row["exam_data"]).aliases
    ]
    if not rows:
        return None, "", "no_visit"
    if not all(_same_person(facts, row) for row in rows):
        return None, "", "other_patient"
    if len(rows) > 1:
        rows = [row for row in rows if row["images"] == 0]
    if len(rows) != 1:
        return None, "", "several"
    return rows[0], "id_date_modality", ""


def _same_person(facts: ImageFacts, row: Any) -> bool:
    if facts.patient_id and facts.patient_id != row["their_id"]:
        return False
    born, theirs = day_of(facts.birth_date), day_of(row["their_birth_date"])
    return born is None or theirs is None or born == theirs


def refresh_step(conn: sa.Connection, step: int, arrived_views: ArrivedViews) -> None:
    """Count what has arrived for a step and for its visit anew."""
    row = conn.execute(sa.select(steps).where(steps.c.id == step)).mappings().one()
    hints = [
        dict(found.hints)
        for found in conn.execute(
            sa.select(instances.c.hints)
            .join(series, instances.c.series == series.c.id)
            .join(studies, series.c.study == studies.c.id)
            .where(studies.c.step == step)
            .order_by(instances.c.id)
            .limit(200)  # a CT has hundreds of slices; the views asked for are told by the first ones
        )
    ]
    total = conn.execute(
        sa.select(sa.func.coalesce(sa.func.sum(studies.c.instances), 0)).where(studies.c.step == step)
    ).scalar_one()
    exam = exam_from_data(row["exam_data"])
    arrived = arrived_views(exam, hints) if hints else ()
    complete = bool(hints) and all(view.code in arrived for view in exam.views)
    state = "done" if complete else "started" if hints else "scheduled"
    if row["state"] == "cancelled" and not hints:
        state = "cancelled"
    conn.execute(
        steps.update().where(steps.c.id == step).values(state=state, arrived_views=list(arrived), images=int(total))
    )
    _refresh_visit(conn, row["visit"])


def _refresh_visit(conn: sa.Connection, visit: int) -> None:
    """A visit is done when every examination that gives images has what is expected."""
    states = [
        row.state
        for row in conn.execute(
            sa.select(steps.c.state).where(steps.c.visit == visit, steps.c.modality != "", steps.c.state != "cancelled")
        )
    ]
    visit_row = conn.execute(sa.select(visits.c.state, visits.c.arrived_at).where(visits.c.id == visit)).one()
    if visit_row.state == "cancelled":
        return
    if states and all(state == "done" for state in states):
        state = "done"
    else:
        state = "arrived" if visit_row.arrived_at else "booked"
    if state != visit_row.state:
        conn.execute(visits.update().where(visits.c.id == visit).values(state=state))


def match_by_hand(conn: sa.Connection, study: int, step: int, arrived_views: ArrivedViews) -> None:
    """Give a study to a step (a person decided); a step it belonged to before is counted anew."""
    old = conn.execute(sa.select(studies.c.step).where(studies.c.id == study)).scalar_one()
    visit = conn.execute(sa.select(steps.c.visit).where(steps.c.id == step)).scalar_one()
    conn.execute(
        studies.update()
        .where(studies.c.id == study)
        .values(step=step, visit=visit, matched_by="hand", unmatched_why="")
    )
    refresh_step(conn, step, arrived_views)
    if old is not None and old != step:
        refresh_step(conn, old, arrived_views)


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
