"""The worklist as it was last seen, kept in this PC's own store for a start without the shared one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.core.patient import Patient
from kiosk.core.worklist_query import Span, WorklistRow
from kiosk.store import local
from kiosk.store.clock import day_of

SUBJECT = "gateway/steps"


@dataclass(frozen=True)
class KeptWorklist:
    """``days`` are those the list was read for, YYYYMMDD."""

    rows: list[WorklistRow]
    days: Span
    seen_at: str


def keep(conn: sa.Connection, rows: Iterable[WorklistRow], days: Span, seen_at: str) -> None:
    """Lay it down in the station's store."""
    body = {"rows": [_data(row) for row in rows], "first": days.first, "last": days.last, "seen_at": seen_at}
    local.keep_last_seen(conn, SUBJECT, body)


def recall(conn: sa.Connection) -> KeptWorklist | None:
    """What was kept; None where nothing was, or by another version of this program."""
    kept = local.seen_last(conn, SUBJECT)
    if kept is None:
        return None
    try:
        rows = [_row(each) for each in kept.body["rows"]]
        return KeptWorklist(rows, Span(kept.body["first"], kept.body["last"], True), kept.body["seen_at"])
    except (KeyError, TypeError, ValueError):
        return None


def _data(row: WorklistRow) -> dict[str, Any]:
    data = asdict(row)
    born = row.patient.birth_date
    data["patient"]["birth_date"] = born.isoformat() if born else ""
    return data


def _row(data: dict[str, Any]) -> WorklistRow:
    patient = Patient(**{**data["patient"], "birth_date": day_of(data["patient"]["birth_date"])})
    lists = {name: tuple(data[name]) for name in ("aliases", "views")}
    return WorklistRow(**{**data, **lists, "patient": patient})
