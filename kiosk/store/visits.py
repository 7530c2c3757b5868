"""Examinees: patients, visits and the examinations (steps) of a visit.

A visit is known by (institution, day, check-up number), a patient by (issuer, ID). Whoever comes second updates.
Study Instance UID and accession number are fixed when a step is made and never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

import sqlalchemy as sa

from kiosk.core.patient import Patient
from kiosk.core.visit import Examination, Step, StepState, Visit, VisitKey, VisitState
from kiosk.store import notices
from kiosk.store.clock import day_of, day_text, now_text
from kiosk.store.in_lists import few_lengths
from kiosk.store.search_text import containing
from kiosk.store.tables import interview_notes, patients, steps, visits
from kiosk.store.visit_steps import booked_exams, exam_from_data, fit_steps


@dataclass(frozen=True)
class VisitRow:
    """A visit as a source (list, booking, desk) hands it in. ``row_hash`` tells an unchanged row at once."""

    key: VisitKey
    patient: Patient
    at: str = ""  # HH:MM
    course: str = ""
    course_name: str = ""
    options: tuple[str, ...] = ()
    remark: str = ""
    row_hash: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    exams: tuple[Examination, ...] = ()


@dataclass(frozen=True)
class Taken:
    """What became of a row: ``added``, ``changed``, or ``same``."""

    visit: int
    what: str


# -- writing -----------------------------------------------------------------------------------------------------
def take_patient(conn: sa.Connection, patient: Patient) -> int:
    """Insert or update a patient by (issuer, ID); an empty field never wipes out what is known. Returns the row."""
    known = (
        conn.execute(
            sa.select(patients).where(patients.c.issuer == patient.issuer, patients.c.patient_id == patient.patient_id)
        )
        .mappings()
        .first()
    )
    given = {
        "kanji": patient.kanji,
        "kana": patient.kana,
        "romaji": patient.romaji,
        "sex": patient.sex,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else "",
    }
    if known is None:
        done = conn.execute(patients.insert().values(issuer=patient.issuer, patient_id=patient.patient_id, **given))
        return int(done.inserted_primary_key[0])  # type: ignore[index]
    changed = {key: value for key, value in given.items() if value and value != known[key]}
    if changed:
        conn.execute(patients.update().where(patients.c.id == known["id"]).values(**changed))
    return int(known["id"])


def patient_of(conn: sa.Connection, issuer: str, patient_id: str) -> Patient | None:
    """Who has this ID."""
    where = (patients.c.issuer == issuer, patients.c.patient_id == patient_id)
    row = conn.execute(sa.select(patients).where(*where)).mappings().first()
    return _patient(row, "") if row is not None else None


def tell(conn: sa.Connection, visit: int, day: date) -> None:
    """Say that a visit of that day is not as it was."""
    notices.tell(conn, "visits", visit=visit, days=[day.isoformat()])


def take_visit(conn: sa.Connection, row: VisitRow, source: str) -> Taken:
    """Insert or update a visit with its steps. The same row a second time changes nothing (by ``row_hash``)."""
    key = row.key
    known = conn.execute(
        sa.select(visits.c.id, visits.c.row_hash, visits.c.vanished, visits.c.state).where(
            visits.c.institution == key.institution, visits.c.day == day_text(key.day), visits.c.number == key.number
        )
    ).first()
    if known is not None and row.row_hash and known.row_hash == row.row_hash and not known.vanished:
        return Taken(known.id, "same")
    patient = take_patient(conn, row.patient)
    values = {
        "patient": patient,
        "at": row.at,
        "course": row.course,
        "course_name": row.course_name,
        "options": list(row.options),
        "remark": row.remark,
        "row_hash": row.row_hash,
        "source": source,
        "extra": row.extra,
        "vanished": 0,
    }
    if known is None:
        done = conn.execute(
            visits.insert().values(
                institution=key.institution, day=day_text(key.day), number=key.number, state="booked", **values
            )
        )
        visit, what = int(done.inserted_primary_key[0]), "added"  # type: ignore[index]
    else:
        visit, what = known.id, "changed"
        conn.execute(visits.update().where(visits.c.id == visit).values(**values))
    booked = booked_exams(conn, key) if known is not None else {}
    fit_steps(conn, visit, day_text(key.day), row.at, row.exams, booked)
    return Taken(visit, what)


def flag_vanished(conn: sa.Connection, institution: str, days: Iterable[str], seen: set[int]) -> list[int]:
    """Flag the visits of ``days`` that came from a list and are not among ``seen``; nothing is deleted."""
    gone: list[int] = []
    for day in days:
        found = conn.execute(
            sa.select(visits.c.id).where(
                visits.c.institution == institution,
                visits.c.day == day,
                visits.c.source == "list",
                visits.c.vanished == 0,
                visits.c.state != "cancelled",
            )
        ).scalars()
        gone += [visit for visit in found if visit not in seen]
    for start in range(0, len(gone), 500):
        conn.execute(visits.update().where(visits.c.id.in_(few_lengths(gone[start : start + 500]))).values(vanished=1))
    return gone


def set_state(conn: sa.Connection, visit: int, state: VisitState, *, arrived_at: str | None = None) -> None:
    values: dict[str, Any] = {"state": state.value}
    if arrived_at is not None:
        values["arrived_at"] = arrived_at
    conn.execute(visits.update().where(visits.c.id == visit).values(**values))


def set_step_state(conn: sa.Connection, step: int, state: StepState) -> None:
    conn.execute(steps.update().where(steps.c.id == step).values(state=state.value))


def add_note(conn: sa.Connection, visit: int, text: str, by: str) -> int:
    """A nurse's interview note; earlier ones stay as its history."""
    done = conn.execute(interview_notes.insert().values(visit=visit, text=text, by=by, at=now_text()))
    return int(done.inserted_primary_key[0])  # type: ignore[index]


# -- reading -----------------------------------------------------------------------------------------------------
def day_visits(conn: sa.Connection, day: date | str, institution: str = "") -> list[Visit]:
    """All visits of a day with their steps, by time and number."""
    where = [visits.c.day == day_text(day)]
    if institution:
        where.append(visits.c.institution == institution)
    return _visits(conn, sa.and_(*where))


def visit_by_id(conn: sa.Connection, visit: int) -> Visit | None:
    found = _visits(conn, visits.c.id == visit)
    return found[0] if found else None


def visit_by_key(conn: sa.Connection, key: VisitKey) -> Visit | None:
    found = _visits(
        conn,
        sa.and_(
            visits.c.institution == key.institution, visits.c.day == day_text(key.day), visits.c.number == key.number
        ),
    )
    return found[0] if found else None


def visits_of_patient(conn: sa.Connection, patient_row: int, *, before: str = "", limit: int = 20) -> list[Visit]:
    """A patient's visits, newest first; ``before`` a day (exclusive)."""
    where = [visits.c.patient == patient_row]
    if before:
        where.append(visits.c.day < before)
    return _visits(conn, sa.and_(*where), newest_first=True, limit=limit)


def find_visits(conn: sa.Connection, text: str, *, since: str = "", until: str = "", limit: int = 200) -> list[Visit]:
    """Visits whose patient's kanji, kana, romaji, ID or check-up number contains ``text``; newest first."""
    like = containing(text)
    columns = (patients.c.kanji, patients.c.kana, patients.c.romaji, patients.c.patient_id, visits.c.number)
    where = [sa.or_(*(column.like(like, escape="\\") for column in columns))]
    if since:
        where.append(visits.c.day >= since)
    if until:
        where.append(visits.c.day <= until)
    return _visits(conn, sa.and_(*where), newest_first=True, limit=limit)


def _visits(
    conn: sa.Connection, where: sa.ColumnElement[bool], *, newest_first: bool = False, limit: int | None = None
) -> list[Visit]:
    order: Sequence[Any] = (
        (visits.c.day.desc(), visits.c.id.desc()) if newest_first else (visits.c.day, visits.c.at, visits.c.number)
    )
    columns: list[Any] = [visits, *(patients.c[name].label(f"p_{name}") for name in patients.c.keys() if name != "id")]
    query = sa.select(*columns).join(patients, visits.c.patient == patients.c.id).where(where).order_by(*order)
    if limit is not None:
        query = query.limit(limit)
    rows = list(conn.execute(query).mappings())
    by_visit: dict[int, list[Step]] = {row["id"]: [] for row in rows}
    ids = list(by_visit)
    for start in range(0, len(ids), 500):
        some = few_lengths(ids[start : start + 500])
        query = sa.select(steps).where(steps.c.visit.in_(some)).order_by(steps.c.visit, steps.c.id)
        for each in conn.execute(query).mappings():
            by_visit[each["visit"]].append(_step(each))
    return [_visit(row, tuple(by_visit[row["id"]])) for row in rows]


def _patient(row: Any, prefix: str) -> Patient:
    return Patient(
        issuer=row[f"{prefix}issuer"],
        patient_id=row[f"{prefix}patient_id"],
        kanji=row[f"{prefix}kanji"],
        kana=row[f"{prefix}kana"],
        romaji=row[f"{prefix}romaji"],
        sex=row[f"{prefix}sex"],
        birth_date=day_of(row[f"{prefix}birth_date"]),
    )


def _visit(row: Any, its_steps: tuple[Step, ...]) -> Visit:
    return Visit(
        id=row["id"],
        key=VisitKey(row["institution"], date.fromisoformat(row["day"]), row["number"]),
        patient=_patient(row, "p_"),
        patient_row=row["patient"],
        at=time.fromisoformat(row["at"]) if row["at"] else None,
        course_code=row["course"],
        course_name=row["course_name"],
        options=tuple(row["options"]),
        state=VisitState(row["state"]),
        arrived_at=row["arrived_at"],
        remark=row["remark"],
        vanished=bool(row["vanished"]),
        steps=tuple(step for step in its_steps if step.state is not StepState.CANCELLED),
    )


def _step(row: Any) -> Step:
    return Step(
        id=row["id"],
        visit_id=row["visit"],
        exam=exam_from_data(row["exam_data"]),
        study_uid=row["study_uid"],
        accession=row["accession"],
        step_id=f"S{row['id']}",
        state=StepState(row["state"]),
        arrived_views=tuple(row["arrived_views"]),
        images=row["images"],
    )


@dataclass(frozen=True)
class Note:
    visit: int
    text: str
    by: str
    at: str


def notes_of(conn: sa.Connection, visit: int) -> list[Note]:
    """Interview notes of a visit, newest first."""
    rows = conn.execute(
        sa.select(interview_notes).where(interview_notes.c.visit == visit).order_by(interview_notes.c.id.desc())
    ).mappings()
    return [Note(row["visit"], row["text"], row["by"], row["at"]) for row in rows]


def visits_with_notes(conn: sa.Connection, day: date | str) -> set[int]:
    """The visits of a day that have an interview note."""
    query = sa.select(interview_notes.c.visit).join(visits, interview_notes.c.visit == visits.c.id)
    return set(conn.execute(query.where(visits.c.day == day_text(day)).distinct()).scalars())


def days_of_number(conn: sa.Connection, institution: str, number: str, limit: int = 20) -> list[date]:
    """The days on which somebody has this check-up number, newest first."""
    found = conn.execute(
        sa.select(visits.c.day)
        .where(visits.c.institution == institution, visits.c.number == number, visits.c.state != "cancelled")
        .order_by(visits.c.day.desc())
        .limit(limit)
    ).scalars()
    return [date.fromisoformat(day) for day in found]


def scheduled(
    conn: sa.Connection,
    *,
    since: str = "",
    until: str = "",
    modalities: Sequence[str] = (),
    patient_ids: Sequence[str] = (),
    accession: str = "",
    study_uid: str = "",
    visit_ids: Sequence[int] = (),
    limit: int = 5000,
) -> list[tuple[Visit, Step]]:
    """Steps that give images, narrowed by what an index can answer; the worklist's finer keys are matched above.

    ``modalities`` narrows by the scheduled modality (the caller adds aliases). Cancelled steps and visits are left out.
    """
    where = [steps.c.state != "cancelled", visits.c.state != "cancelled", steps.c.modality != ""]
    if since:
        where.append(steps.c.day >= since)
    if until:
        where.append(steps.c.day <= until)
    if modalities:
        where.append(steps.c.modality.in_(list(modalities)))
    if patient_ids:
        where.append(patients.c.patient_id.in_(few_lengths(list(patient_ids))))
    if accession:
        where.append(steps.c.accession == accession)
    if study_uid:
        where.append(steps.c.study_uid == study_uid)
    if visit_ids:
        where.append(steps.c.visit.in_(few_lengths(list(visit_ids))))
    query = (
        sa.select(
            *(steps.c[name].label(f"s_{name}") for name in steps.c.keys()),
            *(patients.c[name].label(f"p_{name}") for name in patients.c.keys() if name != "id"),
            visits,
        )
        .join(visits, steps.c.visit == visits.c.id)
        .join(patients, visits.c.patient == patients.c.id)
        .where(*where)
        .order_by(steps.c.day, steps.c.at, visits.c.number, steps.c.id)
        .limit(limit)
    )
    found = []
    for row in conn.execute(query).mappings():
        step = _step({name: row[f"s_{name}"] for name in steps.c.keys()})
        found.append((_visit(row, (step,)), step))
    return found


def counted(conn: sa.Connection, day: date | str) -> dict[str, int]:
    """Visits of a day by state, and those with a vanished row as ``vanished``."""
    rows = conn.execute(
        sa.select(visits.c.state, sa.func.count(), sa.func.sum(visits.c.vanished))
        .where(visits.c.day == day_text(day))
        .group_by(visits.c.state)
    )
    found = {"vanished": 0}
    for state, number, vanished in rows:
        found[state] = number
        found["vanished"] += int(vanished or 0)
    return found
