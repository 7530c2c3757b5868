"""What was last seen of somebody else's rows or files: a digest for each, by source and key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import seen_rows
from kiosk.store.in_lists import few_lengths

AT_ONCE = 500


def known(conn: sa.Connection, source: str, keys: Sequence[str]) -> dict[str, str]:
    """Key -> digest, of those that were seen."""
    found: dict[str, str] = {}
    for at in range(0, len(keys), AT_ONCE):
        some = seen_rows.c.key.in_(few_lengths(keys[at : at + AT_ONCE]))
        rows = conn.execute(sa.select(seen_rows.c.key, seen_rows.c.sha256).where(seen_rows.c.source == source, some))
        found.update({row.key: row.sha256 for row in rows})
    return found


def keep(conn: sa.Connection, source: str, seen: Iterable[tuple[str, str]]) -> None:
    """Keep (key, digest) as seen now."""
    rows = [{"source": source, "key": key, "sha256": digest, "at": now_text()} for key, digest in seen]
    for at in range(0, len(rows), AT_ONCE):
        some = rows[at : at + AT_ONCE]
        keys = [row["key"] for row in some]
        conn.execute(seen_rows.delete().where(seen_rows.c.source == source, seen_rows.c.key.in_(few_lengths(keys))))
        conn.execute(seen_rows.insert(), some)


def forget(conn: sa.Connection, source: str) -> None:
    """Everything of a source is new again."""
    conn.execute(seen_rows.delete().where(seen_rows.c.source == source))


def any_of(conn: sa.Connection, source: str) -> bool:
    """Was anything of a source seen before?"""
    return conn.execute(sa.select(seen_rows.c.key).where(seen_rows.c.source == source).limit(1)).first() is not None
