"""Notices: numbered rows written in the same commit as what they tell, so that no reader can miss one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.store.engine import in_commit_order
from kiosk.store.prepared import Prepared
from kiosk.store.tables import notices, station_notices

KEPT_S = 3 * 24 * 3600.0


@dataclass(frozen=True)
class Notice:
    """``kind`` names what changed (visits, images, findings, …), ``ids`` which ones (row ids only, no names)."""

    seq: int
    kind: str
    ids: dict[str, Any]


def _table(local: bool) -> sa.Table:
    return station_notices if local else notices


def tell(conn: sa.Connection, kind: str, *, local: bool = False, **ids: Any) -> None:
    """Write a notice in this transaction."""
    in_commit_order(conn)
    _TELL[local](conn, kind=kind, ids=ids, at=time.time())


_TELL = {local: Prepared(_table(local).insert(), ("kind", "ids", "at")) for local in (False, True)}


def newest(conn: sa.Connection, *, local: bool = False) -> int:
    table = _table(local)
    return int(conn.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.seq), 0))).scalar_one())


def newest_at(conn: sa.Connection, *, local: bool = False) -> float:
    """When the newest was written, by the clock of then (seconds of the epoch); 0 where there is none."""
    table = _table(local)
    return float(conn.execute(sa.select(table.c.at).order_by(table.c.seq.desc()).limit(1)).scalar() or 0.0)


def after(conn: sa.Connection, seq: int, *, local: bool = False, limit: int = 500) -> list[Notice]:
    """Notices numbered above ``seq``, in order."""
    table = _table(local)
    rows = conn.execute(
        sa.select(table.c.seq, table.c.kind, table.c.ids).where(table.c.seq > seq).order_by(table.c.seq).limit(limit)
    )
    return [Notice(row.seq, row.kind, row.ids) for row in rows]


def sweep(conn: sa.Connection, *, local: bool = False) -> None:
    """Drop notices older than three days; readers that were away longer read everything anew anyway."""
    table = _table(local)
    conn.execute(table.delete().where(table.c.at < time.time() - KEPT_S))
