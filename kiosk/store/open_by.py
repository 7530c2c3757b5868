"""Who has a thing open for editing: told to the second person who opens it; ends by itself."""

from __future__ import annotations

import time
from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.store.clock import now_text
from kiosk.store.tables import open_by


@dataclass(frozen=True)
class Holder:
    by: str
    station: str
    since: str


def hold(conn: sa.Connection, subject: str, *, by: str, station: str, for_s: float = 60.0) -> Holder | None:
    """Take or renew; returns the other holder where somebody else has it (nothing is taken then)."""
    row = conn.execute(sa.select(open_by).where(open_by.c.subject == subject).with_for_update()).mappings().first()
    now = time.time()
    values = {"by": by, "station": station, "until": now + for_s}
    if row is None:
        conn.execute(open_by.insert().values(subject=subject, since=now_text(), **values))
        return None
    mine = row["by"] == by and row["station"] == station
    if not mine and row["until"] > now:
        return Holder(row["by"], row["station"], row["since"])
    since = row["since"] if mine else now_text()
    conn.execute(open_by.update().where(open_by.c.subject == subject).values(since=since, **values))
    return None


def let_go(conn: sa.Connection, subject: str, *, by: str, station: str) -> None:
    conn.execute(open_by.delete().where(open_by.c.subject == subject, open_by.c.by == by, open_by.c.station == station))
