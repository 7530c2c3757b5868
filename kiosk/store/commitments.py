"""Storage commitment in the store: who asked for what, what we found, and what servers said of our own requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.core.commitment import CommitmentReport, Failure, Reference
from kiosk.core.faults import Refused
from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import commitments, copies
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import instances

ASKED, REPORTED = "asked", "reported"  # of a device's request: kept, answered
WAITING, COMMITTED, FAILED = "waiting", "committed", "failed"  # of our own request


@dataclass(frozen=True)
class Commitment:
    """One request. ``source`` is the device that asked us, or the server that we asked."""

    transaction_uid: str
    source: str
    state: str
    wanted: tuple[Reference, ...]
    failed: tuple[Failure, ...]
    at: str  # when it was asked last


@dataclass(frozen=True)
class Kept:
    """An instance that is indexed, with the places (volume, path) where it should lie."""

    sop_class: str
    size: int
    places: tuple[tuple[str, str], ...]


def ask(conn: sa.Connection, transaction_uid: str, source: str, wanted: Iterable[Reference], state: str) -> None:
    """Keep a request. Asked again by the same side it counts anew; a transaction of somebody else's is refused."""
    known = find(conn, transaction_uid)
    if known is not None and (known.source != source or (known.state in (ASKED, REPORTED)) != (state == ASKED)):
        raise Refused("duplicate", "another request has this transaction UID")
    values = {
        "wanted": [list(each) for each in wanted], "failed": [], "state": state, "at": now_text(), "done_at": "",
    }  # fmt: skip
    if known is not None:
        conn.execute(commitments.update().where(commitments.c.transaction_uid == transaction_uid).values(**values))
    else:
        conn.execute(commitments.insert().values(transaction_uid=transaction_uid, source=source[:64], **values))


def settle(conn: sa.Connection, report: CommitmentReport, state: str) -> None:
    """The request is answered."""
    failed = [list(each) for each in report.failed]
    conn.execute(
        commitments.update()
        .where(commitments.c.transaction_uid == report.transaction_uid)
        .values(failed=failed, state=state, done_at=now_text())
    )


def find(conn: sa.Connection, transaction_uid: str) -> Commitment | None:
    row = conn.execute(sa.select(commitments).where(commitments.c.transaction_uid == transaction_uid)).first()
    if row is None:
        return None
    return Commitment(
        row.transaction_uid,
        row.source,
        row.state,
        tuple(Reference(*each) for each in row.wanted),
        tuple(Failure(*each) for each in row.failed),
        row.at,
    )


def kept(conn: sa.Connection, sop_uids: Sequence[str]) -> dict[str, Kept]:
    """Those of these instances that are indexed with their hash, by SOP Instance UID."""
    found: dict[str, Kept] = {}
    for start in range(0, len(sop_uids), 500):
        some = sop_uids[start : start + 500]
        rows = conn.execute(
            sa.select(
                instances.c.id, instances.c.sop_uid, instances.c.sop_class, instances.c.size,
                instances.c.volume, instances.c.path,
            ).where(instances.c.sop_uid.in_(few_lengths(some)), instances.c.sha256 != "")
        ).all()  # fmt: skip
        further: dict[int, list[tuple[str, str]]] = {}
        for copy in conn.execute(
            sa.select(copies.c.instance, copies.c.volume, copies.c.path).where(
                copies.c.instance.in_(few_lengths([row.id for row in rows]))
            )
        ):
            further.setdefault(copy.instance, []).append((copy.volume, copy.path))
        for row in rows:
            places = ((row.volume, row.path), *further.get(row.id, ()))
            found[row.sop_uid] = Kept(row.sop_class, row.size, places)
    return found
