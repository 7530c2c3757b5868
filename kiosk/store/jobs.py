"""Owed work as rows: what must leave, with a due time, claimed with a lease so that it is done once.

A job is known by (kind, destination, subject): owing the same thing twice is owing it once. Nothing is thrown away
silently: a job that fails stays owed with a later due time and its last error.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.store.clock import now_text
from kiosk.store.prepared import Insert, Prepared
from kiosk.store.tables import jobs, station_jobs


@dataclass(frozen=True)
class Job:
    id: int
    kind: str
    destination: str
    subject: str
    body: dict[str, Any]
    attempts: int


def _table(local: bool) -> sa.Table:
    return station_jobs if local else jobs


def owe(
    conn: sa.Connection,
    kind: str,
    *,
    station: str,
    subject: str,
    destination: str = "",
    body: dict[str, Any] | None = None,
    due: float | None = None,
    revive: bool = False,
    local: bool = False,
) -> None:
    """Add a job in this transaction, unless it is owed or done already.

    ``revive``: one that is done is owed once more at ``due``, and one that is still owed waits until then (a study
    that goes on growing is not handled before it rests). What is being worked on at this moment is owed again after it.
    """
    owe_all(
        conn, kind, [subject], station=station, destination=destination, body=body, due=due, revive=revive, local=local
    )


def owe_all(
    conn: sa.Connection,
    kind: str,
    subjects: Collection[str],
    *,
    station: str,
    destination: str = "",
    body: dict[str, Any] | None = None,
    due: float | None = None,
    revive: bool = False,
    local: bool = False,
) -> None:
    """``owe`` for each subject, no two of them the same."""
    owing = _OWING[local, revive]
    due, now = time.time() if due is None else due, now_text()
    for subject in subjects:
        owing(
            conn,
            kind=kind,
            station=station,
            destination=destination,
            subject=subject,
            body=body or {},
            due=due,
            created_at=now,
        )


def _owing(table: sa.Table, revive: bool) -> Prepared:
    def build(insert: Insert) -> sa.Executable:
        fresh = insert(table)
        known = (table.c.kind, table.c.destination, table.c.subject)
        if not revive:
            return fresh.on_conflict_do_nothing(index_elements=known)
        again = {"state": "owed", "due": fresh.excluded.due, "done_at": "", "lease_by": "", "lease_until": 0,
                 "body": fresh.excluded.body}  # fmt: skip
        return fresh.on_conflict_do_update(index_elements=known, set_={**again, "attempts": 0})

    return Prepared.inserting(build, ("kind", "station", "destination", "subject", "body", "due", "created_at"))


_OWING = {(local, revive): _owing(_table(local), revive) for local in (False, True) for revive in (False, True)}


def _due(
    table: sa.Table, station: str, kinds: Sequence[str], destinations: Sequence[str], now: float
) -> list[sa.ColumnElement[bool]]:
    where = [
        table.c.station == station,
        table.c.kind.in_(kinds),
        table.c.state == "owed",
        table.c.due <= now,
        table.c.lease_until <= now,
    ]
    return [*where, table.c.destination.in_(destinations)] if destinations else where


def claim(
    conn: sa.Connection,
    station: str,
    by: str,
    *,
    kinds: Sequence[str],
    lease_s: float,
    destinations: Sequence[str] = (),
    local: bool = False,
) -> Job | None:
    """Take the job that is due longest; it belongs to ``by`` until the lease ends. None where nothing is due.

    ``destinations``: only for these (empty: for any).
    """
    table = _table(local)
    now = time.time()
    query = (
        sa.select(table)
        .where(*_due(table, station, kinds, destinations, now))
        .order_by(table.c.due, table.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite has one writer at a time and leaves this out
    )
    row = conn.execute(query).mappings().first()
    if row is None:
        return None
    conn.execute(
        table.update()
        .where(table.c.id == row["id"])
        .values(lease_until=now + lease_s, lease_by=by, attempts=row["attempts"] + 1)
    )
    return Job(row["id"], row["kind"], row["destination"], row["subject"], row["body"], row["attempts"] + 1)


def renew(conn: sa.Connection, job: int, by: str, lease_s: float, *, local: bool = False) -> bool:
    """Keep a long job; False where somebody else has it by now (stop working on it)."""
    table = _table(local)
    done = conn.execute(
        table.update()
        .where(table.c.id == job, table.c.lease_by == by, table.c.state == "owed")
        .values(lease_until=time.time() + lease_s)
    )
    return done.rowcount == 1


def settle(conn: sa.Connection, job: int, by: str, *, local: bool = False) -> bool:
    """Mark a job done; False where the lease was lost to somebody else meanwhile."""
    table = _table(local)
    done = conn.execute(
        table.update()
        .where(table.c.id == job, table.c.lease_by == by, table.c.state == "owed")
        .values(state="done", done_at=now_text(), lease_until=0, last_error="")
    )
    return done.rowcount == 1


def put_back(conn: sa.Connection, job: int, by: str, *, error: str, due: float, local: bool = False) -> None:
    """It failed: owed again at ``due``, with the reason."""
    table = _table(local)
    conn.execute(
        table.update()
        .where(table.c.id == job, table.c.lease_by == by)
        .values(lease_until=0, due=due, last_error=error[:500])
    )


def postpone(conn: sa.Connection, job: int, by: str, *, reason: str, due: float, local: bool = False) -> None:
    """It is not time yet: owed again at ``due``, without counting as an attempt."""
    table = _table(local)
    conn.execute(
        table.update()
        .where(table.c.id == job, table.c.lease_by == by)
        .values(lease_until=0, due=due, last_error=reason[:500], attempts=table.c.attempts - 1)
    )


def clock_went_back(
    conn: sa.Connection,
    station: str,
    by_s: float,
    *,
    kinds: Sequence[str],
    destinations: Sequence[str] = (),
    local: bool = False,
) -> int:
    """The PC's clock was set back by ``by_s``: what waits, and leases of those who died, must not wait longer for it.

    Returns how many jobs were moved.
    """
    table = _table(local)
    where = [table.c.station == station, table.c.kind.in_(kinds), table.c.state == "owed", table.c.due > time.time()]
    leased = [*where[:3], table.c.lease_until > time.time()]
    if destinations:
        where.append(table.c.destination.in_(destinations))
        leased.append(table.c.destination.in_(destinations))
    moved = conn.execute(table.update().where(*where).values(due=table.c.due - by_s))
    conn.execute(table.update().where(*leased).values(lease_until=table.c.lease_until - by_s))
    return int(moved.rowcount)


def free_leases(
    conn: sa.Connection, station: str, *, kinds: Sequence[str], destinations: Sequence[str] = (), local: bool = False
) -> None:
    """Nobody works on these jobs: whoever had claimed them died. For a store that one process alone works on."""
    table = _table(local)
    where = [table.c.station == station, table.c.kind.in_(kinds), table.c.state == "owed", table.c.lease_until > 0]
    if destinations:
        where.append(table.c.destination.in_(destinations))
    conn.execute(table.update().where(*where).values(lease_until=0.0))


def counts(conn: sa.Connection, station: str, *, local: bool = False) -> dict[str, int]:
    """Jobs of a station by state."""
    table = _table(local)
    rows = conn.execute(
        sa.select(table.c.state, sa.func.count()).where(table.c.station == station).group_by(table.c.state)
    )
    return {row[0]: row[1] for row in rows}


def any_due(
    conn: sa.Connection,
    station: str,
    *,
    kinds: Sequence[str],
    destinations: Sequence[str] = (),
    local: bool = False,
) -> bool:
    """Is there something to claim? Reading only."""
    table = _table(local)
    where = _due(table, station, kinds, destinations, time.time())
    return conn.execute(sa.select(table.c.id).where(*where).limit(1)).first() is not None


def waiting(conn: sa.Connection, station: str, kind: str) -> dict[str, int]:
    """Jobs of one kind that are still owed, by destination."""
    where = (jobs.c.station == station, jobs.c.kind == kind, jobs.c.state == "owed")
    rows = conn.execute(sa.select(jobs.c.destination, sa.func.count()).where(*where).group_by(jobs.c.destination))
    return {row[0]: int(row[1]) for row in rows}


def is_owed(conn: sa.Connection, kind: str, subject: str, *, local: bool = False) -> bool:
    """Is a job of this kind still owed whose subject begins like this?"""
    table = _table(local)
    where = (table.c.kind == kind, table.c.state == "owed", table.c.subject.startswith(subject, autoescape=True))
    return conn.execute(sa.select(table.c.id).where(*where).limit(1)).first() is not None


def newest(conn: sa.Connection, station: str, kind: str, *, limit: int) -> list[tuple[str, str, int, str, float, str]]:
    """Subject, state, attempts, last error, due and done of a station's jobs of one kind: what is owed first."""
    query = (
        sa.select(jobs.c.subject, jobs.c.state, jobs.c.attempts, jobs.c.last_error, jobs.c.due, jobs.c.done_at)
        .where(jobs.c.station == station, jobs.c.kind == kind)
        .order_by(jobs.c.state.desc(), jobs.c.done_at.desc(), jobs.c.id.desc())
        .limit(limit)
    )
    return [tuple(row) for row in conn.execute(query)]
