"""Bookings and visits are of one examinee: a visit is known by institution, day and check-up number, and whoever comes
second, desk or list, finds it and updates it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from kiosk.core.patient import Patient
from kiosk.core.visit import Examination, VisitKey
from kiosk.store import visits as visit_store
from kiosk.store.booking_tables import bookings, seated
from kiosk.store.clock import day_of
from kiosk.store.tables import patients, steps, visits
from kiosk.store.visit_steps import take_step
from kiosk.store.visits import VisitRow

SOURCE = "booking"
PREFIX = "Y"  # of the number of a visit that only a booking tells of, until the list brings its own


@dataclass(frozen=True)
class OfDay:
    """A visit as a booking sees it."""

    id: int
    number: str
    source: str
    course: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unseated:
    """An examination that the list asks for and that has no seat. ``asked``: it had one, or was offered one."""

    visit: int
    number: str
    day: date
    at: str
    exam: str
    patient: Patient
    asked: bool = False


def visit_of_person(
    conn: sa.Connection, institution: str, day: date, issuer: str, patient_id: str
) -> OfDay | None:  # fmt: skip
    """Who comes on that day has a visit; one that the list still names comes first, a cancelled one last."""
    query = (
        sa.select(visits)
        .join(patients, visits.c.patient == patients.c.id)
        .where(
            visits.c.institution == institution, visits.c.day == day.isoformat(), patients.c.issuer == issuer,
            patients.c.patient_id == patient_id,
        )
        .order_by(sa.case((visits.c.state == "cancelled", 1), else_=0), visits.c.vanished, visits.c.id)
        .limit(1)
    )  # fmt: skip
    row = conn.execute(query).mappings().first()
    return _of_day(row) if row is not None else None


def visit_of_number(conn: sa.Connection, institution: str, day: date, number: str) -> OfDay | None:
    query = sa.select(visits).where(
        visits.c.institution == institution, visits.c.day == day.isoformat(), visits.c.number == number
    )
    row = conn.execute(query).mappings().first()
    return _of_day(row) if row is not None else None


def open_visit(conn: sa.Connection, institution: str, day: date, patient: Patient, at: str) -> OfDay:
    """A visit of somebody whom no list has named yet, under the next free number of that day."""
    taken = set(
        conn.execute(
            sa.select(visits.c.number).where(
                visits.c.institution == institution, visits.c.day == day.isoformat(), visits.c.number.like(f"{PREFIX}%")
            )
        ).scalars()
    )
    number = next(f"{PREFIX}{each:03d}" for each in range(1, len(taken) + 2) if f"{PREFIX}{each:03d}" not in taken)
    row = VisitRow(VisitKey(institution, day, number), patient, at)
    return OfDay(visit_store.take_visit(conn, row, SOURCE).visit, number, SOURCE)


def schedule(conn: sa.Connection, visit: int, exam: Examination, at: str) -> None:
    """The examination stands in the visit and in the worklist; a visit that was cancelled is on again."""
    conn.execute(visits.update().where(visits.c.id == visit, visits.c.state == "cancelled").values(state="booked"))
    earlier = (visits.c.id == visit, visits.c.source == SOURCE, visits.c.at > at)
    conn.execute(visits.update().where(*earlier).values(at=at))
    take_step(conn, visit, exam, at)


def unschedule(conn: sa.Connection, visit: int, exam: str) -> None:
    """It is not done there any more; images that have come stay. A visit that only a booking told of ends with it."""
    where = (steps.c.visit == visit, steps.c.exam == exam, steps.c.images == 0)
    conn.execute(steps.update().where(*where).values(state="cancelled"))
    left = sa.exists().where(steps.c.visit == visits.c.id, steps.c.state != "cancelled")
    conn.execute(
        visits.update()
        .where(visits.c.id == visit, visits.c.source == SOURCE, visits.c.state == "booked", ~left)
        .values(state="cancelled")
    )


def adopt(conn: sa.Connection, rows: Sequence[VisitRow]) -> None:
    """The list names people whom only a booking told of so far: their visits and bookings get the list's number."""
    days: dict[tuple[str, date], dict[str, VisitRow]] = {}
    for row in rows:
        days.setdefault((row.key.institution, row.key.day), {})[row.patient.patient_id] = row
    for (institution, day), people in days.items():
        query = (
            sa.select(visits.c.id, visits.c.number, patients.c.patient_id, patients.c.issuer)
            .join(patients, visits.c.patient == patients.c.id)
            .where(visits.c.institution == institution, visits.c.day == day.isoformat(), visits.c.source == SOURCE)
        )
        for visit, number, patient_id, issuer in conn.execute(query).all():
            named = people.get(patient_id)
            if named is None or named.patient.issuer != issuer:
                continue
            if visit_of_number(conn, institution, day, named.key.number) is None:
                on_again = {"number": named.key.number, "state": sa.case(
                    (visits.c.state == "cancelled", "booked"), else_=visits.c.state)}  # fmt: skip
                conn.execute(visits.update().where(visits.c.id == visit).values(**on_again))
                _renumber(conn, institution, day, number, named.key.number)


def _renumber(conn: sa.Connection, institution: str, day: date, old: str, new: str) -> None:
    conn.execute(
        bookings.update()
        .where(bookings.c.institution == institution, bookings.c.day == day.isoformat(), bookings.c.number == old)
        .values(number=new)
    )


def unseated(
    conn: sa.Connection, institution: str, since: date, until: date, exams: Iterable[str]
) -> list[Unseated]:  # fmt: skip
    """The examinations of visits in a period that have no booking, by day and time."""
    booked = sa.exists().where(
        bookings.c.institution == visits.c.institution, bookings.c.day == visits.c.day,
        bookings.c.number == visits.c.number, bookings.c.exam == steps.c.exam, bookings.c.slot.is_not(None),
    )  # fmt: skip
    asked = sa.exists().where(seated.c.visit == visits.c.id, seated.c.exam == steps.c.exam)
    query = (
        sa.select(
            visits.c.id, visits.c.number, visits.c.day, visits.c.at, steps.c.exam, asked.label("asked"),
            *(patients.c[name] for name in ("issuer", "patient_id", "kanji", "kana", "romaji", "sex", "birth_date")),
        )
        .join(steps, steps.c.visit == visits.c.id)
        .join(patients, visits.c.patient == patients.c.id)
        .where(
            visits.c.institution == institution, visits.c.day >= since.isoformat(), visits.c.day <= until.isoformat(),
            visits.c.vanished == 0, visits.c.state == "booked", steps.c.state == "scheduled",
            steps.c.exam.in_(sorted(set(exams))), ~booked,
        )
        .order_by(visits.c.day, visits.c.at, visits.c.number)
    )  # fmt: skip
    return [
        Unseated(
            row.id, row.number, date.fromisoformat(row.day), row.at, row.exam,
            Patient(row.issuer, row.patient_id, row.kanji, row.kana, row.romaji, row.sex, day_of(row.birth_date)),
            bool(row.asked),
        ) for row in conn.execute(query)
    ]  # fmt: skip


def vanished(conn: sa.Connection, institution: str, since: date, until: date) -> set[tuple[date, str]]:
    """Days and numbers of visits that the list does not name any more."""
    query = sa.select(visits.c.day, visits.c.number).where(
        visits.c.institution == institution, visits.c.day >= since.isoformat(), visits.c.day <= until.isoformat(),
        visits.c.vanished == 1,
    )  # fmt: skip
    return {(date.fromisoformat(day), number) for day, number in conn.execute(query)}


def only_booked(conn: sa.Connection, issuer: str, patient_id: str) -> bool:
    """Do bookings alone tell of this person? What the check-up system says of somebody is not changed by a desk."""
    query = (
        sa.select(visits.c.id)
        .join(patients, visits.c.patient == patients.c.id)
        .where(patients.c.issuer == issuer, patients.c.patient_id == patient_id, visits.c.source != SOURCE)
        .limit(1)
    )
    return conn.execute(query).first() is None


def visits_of_day(conn: sa.Connection, institution: str, day: date) -> dict[str, OfDay]:
    """The visits of a day by their numbers."""
    query = sa.select(visits).where(visits.c.institution == institution, visits.c.day == day.isoformat())
    return {row["number"]: _of_day(row) for row in conn.execute(query).mappings()}


def mark_seated(conn: sa.Connection, visit: int, exam: str) -> None:
    """It has had its seat: none is given to it by itself again."""
    known = sa.select(seated.c.visit).where(seated.c.visit == visit, seated.c.exam == exam)
    if conn.execute(known).first() is None:
        conn.execute(seated.insert().values(visit=visit, exam=exam))


def _of_day(row: sa.RowMapping) -> OfDay:
    return OfDay(row["id"], row["number"], row["source"], row["course"] or row["course_name"], tuple(row["options"]))
