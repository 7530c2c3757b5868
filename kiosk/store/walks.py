"""Walks over a disk as rows of this PC's own store: asked for, how far they are, what they found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from kiosk.core.equalising import Conditions
from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import walks

OPEN = ("asked", "headers", "contents", "waiting")
ENDS = ("done", "stopped", "failed")


@dataclass(frozen=True)
class Walk:
    """``state``: asked, headers, contents, waiting (for the disk), done, stopped, failed. ``counts`` by kind of
    difference, and ``images``, ``proven``, ``others`` (files that are no DICOM). ``shown``: the first lines of the
    report; ``why``: message id and values of what went wrong.
    """

    id: int
    conditions: Conditions
    state: str
    position: str = ""
    files: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    shown: list[dict[str, Any]] = field(default_factory=list)
    why: str = ""
    why_values: dict[str, Any] = field(default_factory=dict)
    at: str = ""


def ask(conn: sa.Connection, conditions: Conditions) -> int:
    """Ask for a walk; returns its number."""
    done = conn.execute(
        walks.insert().values(
            volume=conditions.volume,
            root=(conditions.folders or ("",))[0][:400],
            state="asked",
            report={"conditions": conditions.as_data()},
            at=now_text(),
        )
    )
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def next_open(conn: sa.Connection) -> Walk | None:
    """The walk to go on with: the oldest that has not ended."""
    row = conn.execute(sa.select(walks).where(walks.c.state.in_(OPEN)).order_by(walks.c.id).limit(1)).mappings().first()
    return _walk(row) if row else None


def newest(conn: sa.Connection, limit: int = 20) -> list[Walk]:
    rows = conn.execute(sa.select(walks).order_by(walks.c.id.desc()).limit(limit)).mappings()
    return [_walk(row) for row in rows]


def by_id(conn: sa.Connection, walk: int) -> Walk | None:
    row = conn.execute(sa.select(walks).where(walks.c.id == walk)).mappings().first()
    return _walk(row) if row else None


def keep(conn: sa.Connection, walk: Walk) -> bool:
    """Write down how far it is; False where a person stopped it meanwhile (that stands then)."""
    report = {
        "conditions": walk.conditions.as_data(),
        "counts": walk.counts,
        "shown": walk.shown,
        "why": walk.why,
        "why_values": walk.why_values,
    }
    done = conn.execute(
        walks.update()
        .where(walks.c.id == walk.id, walks.c.state != "stopped")
        .values(
            state=walk.state,
            position=walk.position,
            files=walk.files,
            changed=sum(walk.counts.get(each, 0) for each in ("new", "gone", "changed")),
            report=report,
        )
    )
    return done.rowcount == 1


def stop(conn: sa.Connection, walk: int) -> None:
    """End it; what it has done stays."""
    conn.execute(walks.update().where(walks.c.id == walk, walks.c.state.in_(OPEN)).values(state="stopped"))


def _walk(row: Any) -> Walk:
    report = row["report"]
    return Walk(
        row["id"], Conditions.from_data(report["conditions"]), row["state"], row["position"], row["files"],
        dict(report.get("counts", {})), list(report.get("shown", [])), report.get("why", ""),
        dict(report.get("why_values", {})), row["at"],
    )  # fmt: skip
