"""What the centre knows of each disk."""

from __future__ import annotations

import sqlalchemy as sa

from kiosk.store.gateway_tables import volumes


def note_indexed(conn: sa.Connection, volume: str, at: str) -> None:
    """The disk's index and the centre's were in line at that moment."""
    if conn.execute(volumes.update().where(volumes.c.id == volume).values(indexed_at=at)).rowcount == 0:
        conn.execute(volumes.insert().values(id=volume, indexed_at=at))


def note_state(conn: sa.Connection, volume: str, state: str) -> None:
    """What a disk is at the moment (``retired``: it was replaced)."""
    if conn.execute(volumes.update().where(volumes.c.id == volume).values(state=state)).rowcount == 0:
        conn.execute(volumes.insert().values(id=volume, state=state))
