"""Takes a reservation list in batches: the same outcome as ``visits.take_visit`` row by row, at a tenth of the time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from kiosk.core.patient import Patient
from kiosk.core.visit import VisitKey
from kiosk.store import visits as one_by_one
from kiosk.store.clock import day_of, day_text
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import list_files, list_problems, patients, steps, visits
from kiosk.store.visit_steps import accession_of, exam_to_data, new_study_uid
from kiosk.store.visits import Taken, VisitRow

_PATIENT_FIELDS = ("kanji", "kana", "romaji", "sex", "birth_date")


@dataclass(frozen=True, slots=True)
class KnownVisit:
    """What the store has under a key. ``begun``: checked in, or images have come."""

    id: int
    row_hash: str
    vanished: bool
    patient_row: int
    begun: bool


@dataclass(frozen=True)
class Known:
    """What the store has of a batch before it is taken."""

    visits: dict[VisitKey, KnownVisit] = field(default_factory=dict)
    patients: dict[str, tuple[int, Patient]] = field(default_factory=dict)  # by patient ID


def known_of(conn: sa.Connection, rows: Sequence[VisitRow]) -> Known:
    """Look up the visits and patients of a batch; all rows must be of one issuer."""
    known = Known()
    of_day: dict[tuple[str, Any], list[str]] = {}
    for row in rows:
        of_day.setdefault((row.key.institution, row.key.day), []).append(row.key.number)
    with_images = sa.exists().where(steps.c.visit == visits.c.id, steps.c.images > 0).label("with_images")
    for (institution, day), numbers in of_day.items():
        for found in conn.execute(
            sa.select(
                visits.c.id, visits.c.number, visits.c.row_hash, visits.c.vanished, visits.c.patient,
                visits.c.arrived_at, with_images,
            ).where(
                visits.c.institution == institution, visits.c.day == day_text(day),
                visits.c.number.in_(few_lengths(numbers)),
            )
        ):  # fmt: skip
            key = VisitKey(institution, day, found.number)
            begun = bool(found.arrived_at) or bool(found.with_images)
            known.visits[key] = KnownVisit(found.id, found.row_hash, bool(found.vanished), found.patient, begun)
    issuer = rows[0].patient.issuer if rows else ""
    wanted = {
        row.patient.patient_id
        for row in rows
        if (seen := known.visits.get(row.key)) is None or seen.row_hash != row.row_hash or seen.vanished
    }
    if wanted:
        query = sa.select(patients).where(patients.c.issuer == issuer, patients.c.patient_id.in_(few_lengths(wanted)))
        for found in conn.execute(query):
            patient = Patient(
                found.issuer,
                found.patient_id,
                found.kanji,
                found.kana,
                found.romaji,
                found.sex,
                day_of(found.birth_date),
            )
            known.patients[found.patient_id] = (found.id, patient)
    return known


def take_visits(conn: sa.Connection, rows: Sequence[VisitRow], source: str, known: Known) -> list[Taken]:
    """Insert or update a batch; ``known`` is what ``known_of`` found in this transaction. One outcome per row.

    Two rows of a batch never have the same key.
    """
    taken: list[Taken | None] = []
    new: list[int] = []  # places of rows that the store does not have
    for place, row in enumerate(rows):
        seen = known.visits.get(row.key)
        if seen is None:
            new.append(place)
            taken.append(None)
        elif row.row_hash and seen.row_hash == row.row_hash and not seen.vanished:
            taken.append(Taken(seen.id, "same"))
        else:
            taken.append(one_by_one.take_visit(conn, row, source))
    if new:
        added = [rows[place] for place in new]
        try:
            with conn.begin_nested():
                outcome = [Taken(number, "added") for number in _insert(conn, added, source, known)]
        except sa.exc.IntegrityError:
            # Somebody (a booking) wrote one of them since we looked: then each by itself, second comer updates.
            outcome = [one_by_one.take_visit(conn, row, source) for row in added]
        for place, each in zip(new, outcome, strict=True):
            taken[place] = each
    return [each for each in taken if each is not None]


def patient_ids(conn: sa.Connection, known: Known) -> dict[int, str]:
    """The patient IDs of the known visits, by patient row."""
    wanted = {seen.patient_row for seen in known.visits.values()}
    if not wanted:
        return {}
    found = conn.execute(sa.select(patients.c.id, patients.c.patient_id).where(patients.c.id.in_(few_lengths(wanted))))
    return {row.id: row.patient_id for row in found}


def visit_row(conn: sa.Connection, key: VisitKey) -> int | None:
    """The row of a visit, None where there is none."""
    found = conn.execute(
        sa.select(visits.c.id).where(
            visits.c.institution == key.institution, visits.c.day == day_text(key.day), visits.c.number == key.number
        )
    ).scalar()
    return int(found) if found is not None else None


def drop_unfinished(conn: sa.Connection, institution: str) -> None:
    """Forget readings that were cut short; their rows are in and will be found the same."""
    cut = sa.select(list_files.c.id).where(list_files.c.institution == institution, list_files.c.done == 0)
    conn.execute(list_problems.delete().where(list_problems.c.file.in_(cut)))
    conn.execute(list_files.delete().where(list_files.c.institution == institution, list_files.c.done == 0))


def _insert(conn: sa.Connection, rows: Sequence[VisitRow], source: str, known: Known) -> list[int]:
    patient_rows = _take_patients(conn, rows, known)
    numbers = _new_ids(conn, "visits", len(rows))
    _insert_many(
        conn,
        _INSERT_VISIT,
        [
            (
                number, row.key.institution, row.key.day.isoformat(), row.key.number,
                patient_rows[row.patient.patient_id], row.at, row.course, row.course_name,
                _json(row.options) if row.options else "[]", row.remark, source, row.row_hash,
                _json(row.extra) if row.extra else "{}",
            )
            for number, row in zip(numbers, rows, strict=True)
        ],
    )  # fmt: skip
    bodies: dict[int, str] = {}  # by identity: the rows of a course share its examinations
    planned = []
    for number, row in zip(numbers, rows, strict=True):
        day = row.key.day.isoformat()
        for order, exam in enumerate(row.exams, start=1):
            body = bodies.get(id(exam)) or bodies.setdefault(id(exam), _json(exam_to_data(exam)))
            planned.append((number, exam.code, body, exam.modality, exam.station_ae, new_study_uid(),
                            accession_of(number, order), day, row.at, "[]"))  # fmt: skip
    if planned:
        _insert_many(conn, _INSERT_STEP, planned)
    return numbers


def _take_patients(conn: sa.Connection, rows: Sequence[VisitRow], known: Known) -> dict[str, int]:
    """Insert or update the patients of new visits; their rows by patient ID."""
    found: dict[str, int] = {}
    fresh: dict[str, Patient] = {}
    for row in rows:
        patient = row.patient
        seen = known.patients.get(patient.patient_id)
        if seen is None:
            earlier = fresh.get(patient.patient_id)
            fresh[patient.patient_id] = earlier.updated_by(patient) if earlier else patient
        else:
            found[patient.patient_id] = seen[0]
            if any(value and value != getattr(seen[1], name) for name, value in _given(patient)):
                one_by_one.take_patient(conn, patient)
    if fresh:
        numbers = _new_ids(conn, "patients", len(fresh))
        _insert_many(
            conn,
            _INSERT_PATIENT,
            [
                (
                    number, patient.issuer, patient.patient_id, patient.kanji, patient.kana, patient.romaji,
                    patient.sex, patient.birth_date.isoformat() if patient.birth_date else "",
                )
                for number, patient in zip(numbers, fresh.values(), strict=True)
            ],
        )  # fmt: skip
        found.update(zip(fresh, numbers, strict=True))
    return found


def _given(patient: Patient) -> list[tuple[str, Any]]:
    return [(name, getattr(patient, name)) for name in _PATIENT_FIELDS]


def _new_ids(conn: sa.Connection, table: str, count: int) -> list[int]:
    """Row numbers for rows that refer to each other before they are inserted."""
    if conn.dialect.name == "postgresql":
        asked = sa.text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
        return [int(number) for number in conn.execute(asked, {"table": table, "count": count}).scalars()]
    # SQLite has one writer at a time, and this is its transaction.
    last = conn.execute(sa.text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one()
    return list(range(int(last) + 1, int(last) + count + 1))


def _insert_many(conn: sa.Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
    """The driver's own ``executemany``: converting values by type would cost more than the inserting itself."""
    mark = "?" if conn.dialect.name == "sqlite" else "%s"
    conn.exec_driver_sql(f"{statement} VALUES ({', '.join([mark] * len(rows[0]))})", rows)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# What is left out has its default in the table: booked, not arrived, not vanished, nothing received.
_INSERT_PATIENT = "INSERT INTO patients (id, issuer, patient_id, kanji, kana, romaji, sex, birth_date)"
_INSERT_VISIT = (
    "INSERT INTO visits (id, institution, day, number, patient, at, course, course_name, options, remark, source, "
    "row_hash, extra)"
)
_INSERT_STEP = (
    "INSERT INTO steps (visit, exam, exam_data, modality, station_ae, study_uid, accession, day, at, arrived_views)"
)
