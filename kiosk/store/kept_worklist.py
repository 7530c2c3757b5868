"""The worklist as it was last seen, kept in this PC's own store day by day, for a start without the shared one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from kiosk.core.patient import Patient
from kiosk.core.worklist_query import Span, WorklistRow
from kiosk.store import local
from kiosk.store.clock import day_of
from kiosk.store.tables import last_seen

PREFIX = "gateway/steps/"  # and the day, YYYYMMDD


def keep(conn: sa.Connection, day: str, rows: Iterable[WorklistRow], seen_at: str) -> None:
    """Lay one day down in the station's store."""
    local.keep_last_seen(conn, PREFIX + day, {"rows": [row_data(row) for row in rows], "seen_at": seen_at})


def drop_outside(conn: sa.Connection, days: Span) -> None:
    """Forget the days outside."""
    kept = last_seen.c.subject
    over = sa.or_(kept < PREFIX + days.first, kept > PREFIX + days.last)
    conn.execute(last_seen.delete().where(kept.startswith(PREFIX, autoescape=True), over))


def recall(conn: sa.Connection, days: Span) -> tuple[list[WorklistRow], str]:
    """The rows that were kept of these days, and when the list was last seen; empty where nothing was kept."""
    rows: list[WorklistRow] = []
    seen: list[str] = []
    query = sa.select(last_seen.c.body).where(
        last_seen.c.subject >= PREFIX + days.first, last_seen.c.subject <= PREFIX + days.last
    )
    for body in conn.execute(query).scalars():
        try:
            rows += [row_of(each) for each in body["rows"]]
            seen.append(str(body["seen_at"]))
        except (KeyError, TypeError, ValueError):  # another version of this program wrote it
            continue
    return rows, max(seen, default="")


def row_data(row: WorklistRow) -> dict[str, Any]:
    """As JSON."""
    data = asdict(row)
    born = row.patient.birth_date
    data["patient"]["birth_date"] = born.isoformat() if born else ""
    return data


def row_of(data: dict[str, Any]) -> WorklistRow:
    """The row of ``row_data``. Raises KeyError, TypeError, ValueError where another version wrote it."""
    patient = Patient(**{**data["patient"], "birth_date": day_of(data["patient"]["birth_date"])})
    lists = {name: tuple(data[name]) for name in ("aliases", "views")}
    return WorklistRow(**{**data, **lists, "patient": patient})
