"""What this PC keeps for itself: drafts being typed, and the last lists it saw of the shared store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.store.clock import now_text
from kiosk.store.tables import drafts, last_seen


@dataclass(frozen=True)
class Kept:
    subject: str
    body: dict[str, Any]
    at: str
    by: str = ""


def _put(conn: sa.Connection, table: sa.Table, subject: str, values: dict[str, Any]) -> None:
    done = conn.execute(table.update().where(table.c.subject == subject).values(**values))
    if done.rowcount == 0:
        conn.execute(table.insert().values(subject=subject, **values))


def keep_draft(conn: sa.Connection, subject: str, body: dict[str, Any], by: str) -> None:
    _put(conn, drafts, subject, {"body": body, "by": by, "at": now_text()})


def draft(conn: sa.Connection, subject: str) -> Kept | None:
    row = conn.execute(sa.select(drafts).where(drafts.c.subject == subject)).mappings().first()
    return Kept(subject, dict(row["body"]), row["at"], row["by"]) if row else None


def all_drafts(conn: sa.Connection, prefix: str = "") -> list[Kept]:
    rows = conn.execute(
        sa.select(drafts).where(drafts.c.subject.startswith(prefix, autoescape=True)).order_by(drafts.c.at.desc())
    ).mappings()
    return [Kept(row["subject"], dict(row["body"]), row["at"], row["by"]) for row in rows]


def drop_draft(conn: sa.Connection, subject: str) -> None:
    conn.execute(drafts.delete().where(drafts.c.subject == subject))


def keep_last_seen(conn: sa.Connection, subject: str, body: dict[str, Any]) -> None:
    _put(conn, last_seen, subject, {"body": body, "at": now_text()})


def seen_last(conn: sa.Connection, subject: str) -> Kept | None:
    row = conn.execute(sa.select(last_seen).where(last_seen.c.subject == subject)).mappings().first()
    return Kept(subject, dict(row["body"]), row["at"]) if row else None
