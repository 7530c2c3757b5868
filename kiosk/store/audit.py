"""The audit table: who did what, when, where, to which patient; append-only, each row chained to the one before.

Fields after DICOM PS3.15 A.5 in spirit: event, actor, station, patient, object. A row's hash covers the hash of the
row before it, so that a changed or removed row is found by ``verify``.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.store.clock import now_text
from kiosk.store.engine import in_commit_order
from kiosk.store.tables import audit

GENESIS = "0" * 64


@dataclass(frozen=True)
class Actor:
    """Who acts, and on which PC. Programs act as ``system``."""

    who: str = "system"
    role: str = "system"
    station: str = ""


@dataclass(frozen=True)
class Event:
    seq: int
    at: str
    who: str
    role: str
    station: str
    action: str
    patient: str
    subject: str
    detail: str


def _hash(prev: str, row: dict[str, Any]) -> str:
    text = json.dumps(
        [row[k] for k in ("seq", "at", "who", "role", "station", "action", "patient", "subject", "detail")],
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return hashlib.sha256((prev + text).encode("ascii")).hexdigest()


def write(
    conn: sa.Connection, actor: Actor, action: str, *, patient: str = "", subject: str = "", **detail: Any
) -> int:
    """Append one event in this transaction; if it can't be written, the whole action is rolled back."""
    in_commit_order(conn)
    last = conn.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    seq, prev = (last.seq + 1, last.hash) if last else (1, GENESIS)
    row = {
        "seq": seq,
        "at": now_text(),
        "who": actor.who,
        "role": actor.role,
        "station": actor.station,
        "action": action,
        "patient": patient,
        "subject": subject[:140],
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str) if detail else "",
    }
    conn.execute(audit.insert().values(**row, prev=prev, hash=_hash(prev, row)))
    return seq


def verify(conn: sa.Connection) -> list[str]:
    """Walk the chain; returns what is wrong (empty = sound), each as one line naming the row's number."""
    wrong: list[str] = []
    prev, expected = GENESIS, 1
    for row in conn.execute(sa.select(audit).order_by(audit.c.seq)).mappings():
        if row["seq"] != expected:
            wrong.append(f"audit: rows {expected} to {row['seq'] - 1} are missing")
        if row["prev"] != prev or row["hash"] != _hash(row["prev"], dict(row)):
            wrong.append(f"audit: row {row['seq']} was changed or a row before it was removed")
        prev, expected = row["hash"], row["seq"] + 1
    return wrong


def events(
    conn: sa.Connection, *, patient: str = "", action: str = "", since: str = "", limit: int = 500
) -> list[Event]:
    """Newest first."""
    query = sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)
    if patient:
        query = query.where(audit.c.patient == patient)
    if action:
        query = query.where(audit.c.action == action)
    if since:
        query = query.where(audit.c.at >= since)
    return [
        Event(
            r["seq"], r["at"], r["who"], r["role"], r["station"], r["action"], r["patient"], r["subject"], r["detail"]
        )
        for r in conn.execute(query).mappings()
    ]
