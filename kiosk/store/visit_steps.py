"""The examinations (steps) of a visit as rows: their identifiers are made once and never change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from kiosk.core.visit import Examination, ExpectedView, VisitKey
from kiosk.store.booking_tables import bookings
from kiosk.store.clock import day_text
from kiosk.store.tables import steps, visits


def new_study_uid() -> str:
    """A UID under 2.25 (PS3.5 B.2): nobody else can have it."""
    return f"2.25.{uuid.uuid4().int}"


def accession_of(visit: int, order: int) -> str:
    """At most 16 characters (VR SH): ``V`` + visit row + order within the visit, unique in the store."""
    return f"V{visit:09d}{order:03d}"


def exam_to_data(exam: Examination) -> dict[str, Any]:
    return asdict(exam)


def exam_from_data(data: dict[str, Any]) -> Examination:
    views = tuple(
        ExpectedView(v["code"], v["name"], tuple((k, val) for k, val in v["needs"])) for v in data.get("views", ())
    )
    return Examination(**{**data, "views": views, "aliases": tuple(data.get("aliases", ()))})


def take_step(conn: sa.Connection, visit: int, exam: Examination, at: str) -> None:
    """One more examination in a visit; one that was cancelled is scheduled again."""
    row = conn.execute(sa.select(visits.c.day).where(visits.c.id == visit)).first()
    assert row is not None
    known = {each["exam"]: each for each in conn.execute(sa.select(steps).where(steps.c.visit == visit)).mappings()}
    _put_step(conn, visit, row.day, at, exam, known.get(exam.code), len(known) + 1)


def fit_steps(
    conn: sa.Connection, visit: int, day: str, at: str, exams: Sequence[Examination], booked: Mapping[str, str]
) -> None:  # fmt: skip
    """Bring the steps into line with the course. One that has images or a booking is kept, another one cancelled.
    ``booked``: examinations that have a booking, and its time, which holds.
    """
    known = {row["exam"]: row for row in conn.execute(sa.select(steps).where(steps.c.visit == visit)).mappings()}
    order = len(known)
    for exam in exams:
        old = known.pop(exam.code, None)
        order += old is None
        _put_step(conn, visit, day, booked.get(exam.code, at), exam, old, order)
    for gone in known.values():
        if gone["images"] == 0 and gone["state"] != "cancelled" and gone["exam"] not in booked:
            conn.execute(steps.update().where(steps.c.id == gone["id"]).values(state="cancelled"))


def _put_step(
    conn: sa.Connection, visit: int, day: str, at: str, exam: Examination, old: sa.RowMapping | None, order: int
) -> None:  # fmt: skip
    values = {"exam_data": exam_to_data(exam), "modality": exam.modality, "station_ae": exam.station_ae, "at": at}
    if old is None:
        accession = accession_of(visit, order)
        conn.execute(
            steps.insert().values(
                visit=visit, exam=exam.code, study_uid=new_study_uid(), accession=accession, day=day,
                arrived_views=[], **values,
            )
        )  # fmt: skip
    else:
        back = {"state": "scheduled"} if old["state"] == "cancelled" else {}
        conn.execute(steps.update().where(steps.c.id == old["id"]).values(**values, **back))


def booked_exams(conn: sa.Connection, key: VisitKey) -> dict[str, str]:
    """What bookings ask for in a visit, and when: a list that does not name it takes nothing of it away."""
    query = sa.select(bookings.c.exam, bookings.c.at).where(
        bookings.c.institution == key.institution, bookings.c.day == day_text(key.day),
        bookings.c.number == key.number, bookings.c.slot.is_not(None), bookings.c.exam != "",
    )  # fmt: skip
    return {row.exam: row.at for row in conn.execute(query)}
