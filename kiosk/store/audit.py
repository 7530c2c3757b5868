"""The audit table: who did what, when, where, to which patient; append-only, each row chained to the one before.

Fields after DICOM PS3.15 A.5 in spirit: event, actor, station, patient, object. A row's hash covers the hash of the
row before it, so that a changed or removed row is found by ``verify``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from kiosk.store.clock import now_text
from kiosk.store.engine import in_commit_order
from kiosk.store.prepared import Prepared
from kiosk.store.tables import audit

GENESIS = "0" * 64
FETCHED = 1000  # rows at once while walking


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
    return write_all(conn, actor, [Entry(action, patient, subject, detail)])


@dataclass(frozen=True)
class Entry:
    """What an event is about."""

    action: str
    patient: str = ""
    subject: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def write_all(conn: sa.Connection, actor: Actor, entries: Sequence[Entry]) -> int:
    """``write`` for several events; returns the number of the last one."""
    in_commit_order(conn)
    seq, prev = next(iter(_LAST(conn)), (0, GENESIS))
    now = now_text()
    for each in entries:
        seq += 1
        row = {
            "seq": seq,
            "at": now,
            "who": actor.who,
            "role": actor.role,
            "station": actor.station,
            "action": each.action,
            "patient": each.patient,
            "subject": each.subject[:140],
            "detail": json.dumps(each.detail, ensure_ascii=False, sort_keys=True, default=str) if each.detail else "",
        }
        digest = _hash(prev, row)
        _APPEND(conn, **row, prev=prev, hash=digest)
        prev = digest
    return int(seq)


_LAST = Prepared(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(sa.literal_column("1")))
_APPEND = Prepared(audit.insert(), tuple(column.name for column in audit.c))


def verify(conn: sa.Connection, told: Callable[[int], None] | None = None) -> list[str]:
    """Walk the chain; returns what is wrong (empty = sound), each as one line naming the row's number.

    ``told(rows)`` is called now and then with the number of rows walked. Rows are fetched as the walk goes on, so that
    years of them don't stand in memory.
    """
    wrong: list[str] = []
    prev, expected = GENESIS, 1
    for row in _streamed(conn, sa.select(audit).order_by(audit.c.seq)):
        if row["seq"] != expected:
            wrong.append(f"audit: rows {expected} to {row['seq'] - 1} are missing")
        if row["prev"] != prev or row["hash"] != _hash(row["prev"], dict(row)):
            wrong.append(f"audit: row {row['seq']} was changed or a row before it was removed")
        prev, expected = row["hash"], row["seq"] + 1
        if told is not None and row["seq"] % FETCHED == 0:
            told(row["seq"])
    return wrong


@dataclass(frozen=True)
class Anchor:
    """The end of the chain at some time. Rows cut off at the end break no chain; a kept anchor tells of them."""

    seq: int
    hash: str


def anchor(conn: sa.Connection) -> Anchor:
    """The end of the chain now."""
    last = conn.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    return Anchor(last.seq, last.hash) if last else Anchor(0, GENESIS)


def holds(conn: sa.Connection, kept: Anchor) -> bool:
    """Whether the chain still runs through ``kept``."""
    found = conn.execute(sa.select(audit.c.hash).where(audit.c.seq == kept.seq)).scalar()
    return kept.seq == 0 or found == kept.hash


def lost(conn: sa.Connection, kept: Anchor, since: str) -> list[str]:
    """What is wrong where the chain does not run through ``kept`` any more, which was its end at ``since``.

    A restore written down after that explains it: the rows that came after the backup went with it.
    """
    of_all = audit.c.action == "restored", audit.c.subject == "centre"
    restored = sa.select(audit.c.seq).where(*of_all, audit.c.at > since)
    if holds(conn, kept) or conn.execute(restored.limit(1)).first() is not None:
        return []
    return [f"audit: the chain no longer holds row {kept.seq}, which this PC saw at its end"]


@dataclass(frozen=True)
class Asked:
    """Which events are wanted: patient (``issuer|ID``) or patient ID whoever issued it, action, days (``2026-11-24``,
    both included). What is empty is not asked for.
    """

    patient: str = ""
    patient_id: str = ""
    action: str = ""
    since: str = ""
    until: str = ""


def events(conn: sa.Connection, *, limit: int = 500, **asked: str) -> list[Event]:
    """Newest first; ``asked`` are the fields of ``Asked``."""
    query = sa.select(audit).where(*_where(Asked(**asked))).order_by(audit.c.seq.desc()).limit(limit)
    return [_event(row) for row in conn.execute(query).mappings()]


def every_event(conn: sa.Connection, **asked: str) -> Iterator[Event]:
    """All of them in order, fetched as the caller goes on."""
    for row in _streamed(conn, sa.select(audit).where(*_where(Asked(**asked))).order_by(audit.c.seq)):
        yield _event(row)


def counted(conn: sa.Connection, **asked: str) -> int:
    """How many events there are."""
    query = sa.select(sa.func.count()).select_from(audit).where(*_where(Asked(**asked)))
    return int(conn.execute(query).scalar_one())


def actions(conn: sa.Connection) -> list[str]:
    """Every action that occurs."""
    return list(conn.execute(sa.select(audit.c.action).distinct().order_by(audit.c.action)).scalars())


def _where(asked: Asked) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if asked.patient:
        found.append(audit.c.patient == asked.patient)
    if asked.patient_id:
        ended = audit.c.patient.endswith("|" + asked.patient_id, autoescape=True)
        found.append(sa.or_(audit.c.patient == asked.patient_id, ended))
    if asked.action:
        found.append(audit.c.action == asked.action)
    if asked.since:
        found.append(audit.c.at >= asked.since)
    if asked.until:
        found.append(audit.c.at < asked.until + "U")  # after 2026-11-24T..., before 2026-11-25
    return found


def _streamed(conn: sa.Connection, query: sa.Select[Any]) -> Iterator[Any]:
    """Rows as mappings; PostgreSQL's driver would otherwise fetch all of them first."""
    with conn.execute(query, execution_options={"stream_results": True, "yield_per": FETCHED}) as rows:
        yield from rows.mappings()


def _event(r: Any) -> Event:
    return Event(
        r["seq"], r["at"], r["who"], r["role"], r["station"], r["action"], r["patient"], r["subject"], r["detail"]
    )
