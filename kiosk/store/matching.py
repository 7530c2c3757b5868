"""Which visit a study belongs to, and what has arrived of a visit's examinations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from kiosk.core.study import ImageFacts
from kiosk.core.visit import Examination
from kiosk.store.clock import day_of
from kiosk.store.prepared import Prepared
from kiosk.store.tables import instances, patients, series, steps, studies, visits
from kiosk.store.visit_steps import exam_from_data

ArrivedViews = Callable[[Examination, Sequence[dict[str, str]]], tuple[str, ...]]

MOST_HINTS = 200  # a CT has hundreds of slices; the views asked for are told by the first ones


def find_step(conn: sa.Connection, facts: ImageFacts) -> tuple[Any, str, str]:
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


def count_arrived(conn: sa.Connection, step: int, more: int, arrived_views: ArrivedViews) -> None:
    """``more`` images of a step were indexed in this transaction. Where they can't change what has arrived, only
    their number is written: a CT's slices must not cost two hundred rows read with each commit.
    """
    row = conn.execute(_STEP, {"step": step}).one()
    views = {view["code"] for view in row.exam_data.get("views", ())}
    complete = views <= set(row.arrived_views)
    told = row.images >= MOST_HINTS or (row.images > 0 and complete)
    if told and row.state == ("done" if complete else "started"):
        _ADD_IMAGES(conn, step=step, more=more)
    else:
        refresh_step(conn, step, arrived_views)


_STEP = sa.select(steps.c.images, steps.c.state, steps.c.arrived_views, steps.c.exam_data).where(
    steps.c.id == sa.bindparam("step")
)
_ADD_IMAGES = Prepared(
    steps.update()
    .where(steps.c.id == sa.bindparam("step"))
    .values(images=steps.c.images + sa.bindparam("more", type_=sa.Integer))
)


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
            .limit(MOST_HINTS)
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
