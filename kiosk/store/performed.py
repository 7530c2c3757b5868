"""Performed procedure steps: what the devices told of their work (MPPS), by the step of ours that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import sqlalchemy as sa

from kiosk.core.faults import Refused
from kiosk.core.performed import PerformedState, PerformedStep, Scheduled
from kiosk.store.gateway_tables import performed
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import steps

UNKNOWN, TAKEN, OVER = "unknown", "duplicate", "final"


class Touched(NamedTuple):
    """What a message is about: rows of visits of ours, and the study."""

    visits: tuple[int, ...]
    study_uid: str


def begin(conn: sa.Connection, told: PerformedStep) -> Touched:
    """A device began (N-CREATE). Returns what it touches. Raises ``Refused("duplicate")``."""
    if conn.execute(sa.select(performed.c.id).where(performed.c.sop_uid == told.sop_uid)).first() is not None:
        raise Refused(TAKEN, "this performed step is known already")
    its_steps = [step for each in told.scheduled if (step := _step_of(conn, each)) is not None]
    ids = list(dict.fromkeys(step.id for step in its_steps))
    studies = [each.study_uid for each in told.scheduled if each.study_uid]
    conn.execute(
        performed.insert().values(
            sop_uid=told.sop_uid,
            study_uid=studies[0] if studies else "",
            step=ids[0] if ids else None,
            state=PerformedState.IN_PROGRESS.value,
            station_ae=told.station_ae[:16],
            source=told.source[:64],
            started_at=told.started_at,
            series=[asdict(each) for each in told.series or ()],
            body={"steps": ids, "performed_id": told.performed_id, "patient_id": told.patient_id},
        )
    )
    if ids:
        conn.execute(
            steps.update().where(steps.c.id.in_(few_lengths(ids)), steps.c.state == "scheduled").values(state="started")
        )
    return Touched(tuple(sorted({step.visit for step in its_steps})), studies[0] if studies else "")


def change(conn: sa.Connection, told: PerformedStep) -> Touched:
    """A device went on or ended (N-SET). Returns what it touches.

    Raises ``Refused("unknown" | "final")``: what has ended never changes (PS3.4 F.7.2.2.2).
    """
    row = conn.execute(sa.select(performed).where(performed.c.sop_uid == told.sop_uid)).mappings().first()
    if row is None:
        raise Refused(UNKNOWN, "no such performed step")
    if PerformedState(row["state"]).final:
        raise Refused(OVER, "this performed step is over")
    values: dict[str, Any] = {}
    if told.series is not None:
        values["series"] = [asdict(each) for each in told.series]
    if told.state is not None:
        values["state"] = told.state.value
    for name in ("started_at", "ended_at", "reason"):
        if text := getattr(told, name):
            values[name] = text[:64]
    if values:
        conn.execute(performed.update().where(performed.c.id == row["id"]).values(**values))
    ids = list(row["body"].get("steps", ()))
    if told.state is PerformedState.DISCONTINUED:
        _give_back(conn, ids)
    found = set(conn.execute(sa.select(steps.c.visit).where(steps.c.id.in_(few_lengths(ids)))).scalars())
    return Touched(tuple(sorted(found)), row["study_uid"])


def _give_back(conn: sa.Connection, ids: Sequence[int]) -> None:
    """A discontinued step that gave no image waits for its device again, unless another performance goes on."""
    for step in ids:
        others = conn.execute(
            sa.select(performed.c.id).where(
                performed.c.step == step, performed.c.state == PerformedState.IN_PROGRESS.value
            )
        ).first()
        if others is None:
            conn.execute(
                steps.update()
                .where(steps.c.id == step, steps.c.state == "started", steps.c.images == 0)
                .values(state="scheduled")
            )


def _step_of(conn: sa.Connection, told: Scheduled) -> Any:
    """The step of ours: by study UID, accession number, or our own step ID (``S12``)."""
    ours = re.fullmatch(r"S(\d{1,17})", told.step_id)
    keys: tuple[tuple[sa.Column[Any], str | int | None], ...] = (
        (steps.c.study_uid, told.study_uid),
        (steps.c.accession, told.accession),
        (steps.c.id, int(ours[1]) if ours else None),
    )
    for column, value in keys:
        if value:
            found = conn.execute(sa.select(steps.c.id, steps.c.visit).where(column == value)).first()
            if found is not None:
                return found
    return None


def finished_steps(conn: sa.Connection, ids: Sequence[int]) -> set[int]:
    """Those of these steps whose newest performance its device called completed."""
    state: dict[int, str] = {}
    for start in range(0, len(ids), 500):
        rows = conn.execute(
            sa.select(performed.c.state, performed.c.body)
            .where(performed.c.step.in_(few_lengths(ids[start : start + 500])))
            .order_by(performed.c.id)
        )
        for row in rows:
            state.update(dict.fromkeys(row.body.get("steps", ()), row.state))
    return {step for step, last in state.items() if last == PerformedState.COMPLETED}


def expected_instances(conn: sa.Connection, study_uid: str) -> int | None:
    """How many objects the devices say the study has; None where none said it, or one is still at work."""
    rows = conn.execute(
        sa.select(performed.c.state, performed.c.series).where(performed.c.study_uid == study_uid)
    ).all()
    if not rows or any(not PerformedState(row.state).final for row in rows):
        return None
    objects = {uid for row in rows for each in row.series for uid in each.get("objects", ())}
    return len(objects) or None


def performed_of(conn: sa.Connection, sop_uid: str) -> dict[str, Any] | None:
    """One row as it is kept."""
    row = conn.execute(sa.select(performed).where(performed.c.sop_uid == sop_uid)).mappings().first()
    return dict(row) if row else None
