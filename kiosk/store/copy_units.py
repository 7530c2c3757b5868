"""The disk copy's list as rows of this PC's own store, kept across restarts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from kiosk.core.copy_plan import FINISHED, TO_DO, Unit
from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import copy_units


def plan_name(source: str, target: str) -> str:
    """A list belongs to its two disks."""
    return f"{source}>{target}"


def units(conn: sa.Connection, plan: str) -> list[Unit]:
    """The list, in the order in which it is worked."""
    rows = conn.execute(sa.select(copy_units).where(copy_units.c.plan == plan).order_by(copy_units.c.position))
    return [_unit(row) for row in rows.mappings()]


def put(conn: sa.Connection, source: str, target: str, wanted: Iterable[Unit]) -> None:
    """Make the list what ``wanted`` says."""
    plan = plan_name(source, target)
    conn.execute(copy_units.delete().where(copy_units.c.plan == plan))
    rows = [
        {
            "plan": plan, "source": source, "target": target, "day": each.day, "kind": each.kind,
            "position": each.position, "state": each.state, "files": each.files, "bytes": each.size,
            "started_at": each.started_at, "done_at": each.done_at, "error": each.error,
            "error_values": dict(each.error_values),
        }
        for each in wanted
    ]  # fmt: skip
    if rows:
        conn.execute(copy_units.insert(), rows)


def begin(conn: sa.Connection, unit: int, at: str) -> None:
    _update(conn, unit, started_at=at, error="", error_values={})


def finish(conn: sa.Connection, unit: int, files: int, size: int) -> None:
    """F: everything of it lies on the target, read back and equal."""
    _update(conn, unit, state=FINISHED, files=files, bytes=size, done_at=now_text(), error="", error_values={})


def fail(conn: sa.Connection, unit: int, why: str, values: Mapping[str, object], had_its_turn: bool) -> None:
    """It stays 1, with the reason; ``had_its_turn``: the others go first this night."""
    told: dict[str, Any] = {"state": TO_DO, "error": why}
    told["error_values"] = {key: str(value) for key, value in values.items()}
    if not had_its_turn:
        told["started_at"] = ""
    _update(conn, unit, **told)


def mark(conn: sa.Connection, unit: int, state: str) -> None:
    """Set 1 or F by hand."""
    _update(conn, unit, state=state, error="", error_values={}, done_at=now_text() if state == FINISHED else "")


def _update(conn: sa.Connection, unit: int, **values: Any) -> None:
    conn.execute(copy_units.update().where(copy_units.c.id == unit).values(**values))


def _unit(row: Any) -> Unit:
    return Unit(
        row["day"], row["kind"], row["position"], row["state"], row["files"], row["bytes"], row["id"],
        row["started_at"], row["done_at"], row["error"], tuple(row["error_values"].items()),
    )  # fmt: skip
