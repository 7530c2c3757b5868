"""What the centre knows of each disk: which one it is, how full, and how that was day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.core.disks import DiskLine, DiskState
from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import volume_days, volumes


@dataclass(frozen=True)
class SeenVolume:
    """A disk as the centre knows it."""

    id: str
    token: str
    state: str


def _put(conn: sa.Connection, volume: str, **values: Any) -> None:
    if conn.execute(volumes.update().where(volumes.c.id == volume).values(**values)).rowcount == 0:
        conn.execute(volumes.insert().values(id=volume, **values))


def note_indexed(conn: sa.Connection, volume: str, at: str) -> None:
    """The disk's index and the centre's were in line at that moment."""
    _put(conn, volume, indexed_at=at)


def note_state(conn: sa.Connection, volume: str, state: str) -> None:
    """What a disk is at the moment (``retired``: it was replaced)."""
    _put(conn, volume, state=state)


def note_token(conn: sa.Connection, volume: str, token: str) -> None:
    """Which disk bears that name (empty: whichever comes next)."""
    _put(conn, volume, token=token)


def seen_volume(conn: sa.Connection, volume: str) -> SeenVolume | None:
    row = conn.execute(sa.select(volumes.c.id, volumes.c.token, volumes.c.state).where(volumes.c.id == volume)).first()
    return SeenVolume(*row) if row else None


def retired(conn: sa.Connection) -> set[str]:
    """The disks that were taken out of use."""
    return set(conn.execute(sa.select(volumes.c.id).where(volumes.c.state == DiskState.RETIRED)).scalars())


def note_lines(conn: sa.Connection, lines: Iterable[DiskLine], day: str) -> None:
    """How each disk is now, and how full it was on ``day``."""
    at, gone = now_text(), retired(conn)
    for each in lines:
        told: dict[str, Any] = {"role": each.role, "told_at": at}
        if each.id not in gone:
            told["state"] = each.state
        if each.total:
            told |= {"free_bytes": each.free, "total_bytes": each.total}
        _put(conn, each.id, **told)
        if each.total and each.state in (DiskState.GOOD, DiskState.FULL):
            _put_day(conn, each, day)


def _put_day(conn: sa.Connection, line: DiskLine, day: str) -> None:
    values = {"free_bytes": line.free, "total_bytes": line.total}
    at = (volume_days.c.volume == line.id, volume_days.c.day == day)
    if conn.execute(volume_days.update().where(*at).values(**values)).rowcount == 0:
        conn.execute(volume_days.insert().values(volume=line.id, day=day, **values))


def history(conn: sa.Connection, since: str) -> dict[str, list[tuple[str, int, int]]]:
    """Of each disk (day, free, total) from ``since`` on, in order."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    rows = conn.execute(sa.select(volume_days).where(volume_days.c.day >= since).order_by(volume_days.c.day))
    for row in rows:
        found.setdefault(row.volume, []).append((row.day, row.free_bytes, row.total_bytes))
    return found
