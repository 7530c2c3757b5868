"""Who waits for a seat: a person, a kind, the days that would do; proposed when a seat of those days is free."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from kiosk.core.booking import Booker
from kiosk.store import notices
from kiosk.store.booking_tables import waiting
from kiosk.store.clock import now_text

NOTICE = "waiting"
BOOKED, DROPPED = "booked", "dropped"


@dataclass(frozen=True)
class Waiter:
    """Higher ``priority`` first, then who came first."""

    id: int
    kind: str
    since: date
    until: date
    who: Booker
    priority: int = 0
    comment: str = ""
    at: str = ""
    by: str = ""


def wait_for(
    conn: sa.Connection, institution: str, kind: str, since: date, until: date, who: Booker, by: str, *,
    priority: int = 0, comment: str = "",
) -> int:  # fmt: skip
    """Put somebody on the list; returns the row."""
    made = conn.execute(
        waiting.insert().values(
            institution=institution, kind=kind, since=since.isoformat(), until=until.isoformat(), priority=priority,
            person=asdict(who), comment=comment, at=now_text(), by=by,
        )  # fmt: skip
    )
    notices.tell(conn, NOTICE, of=kind)
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def waiters(conn: sa.Connection, institution: str, kind: str, day: date | None = None) -> list[Waiter]:
    """Who waits for a kind; for a day only those whom that day would do. In the order in which they are proposed."""
    where = [waiting.c.institution == institution, waiting.c.kind == kind, waiting.c.settled == ""]
    if day is not None:
        where += [waiting.c.since <= day.isoformat(), waiting.c.until >= day.isoformat()]
    query = sa.select(waiting).where(*where).order_by(waiting.c.priority.desc(), waiting.c.id)
    return [_waiter(dict(row)) for row in conn.execute(query).mappings()]


def settle(conn: sa.Connection, waiter: int, how: str) -> bool:
    """They wait no longer: booked or dropped. False where somebody settled it before."""
    where = (waiting.c.id == waiter, waiting.c.settled == "")
    done = conn.execute(waiting.update().where(*where).values(settled=how)).rowcount == 1
    if done:
        notices.tell(conn, NOTICE, waiter=waiter)
    return done


def wait_again(conn: sa.Connection, waiter: int) -> None:
    """Undo: they wait as before, in their old place."""
    conn.execute(waiting.update().where(waiting.c.id == waiter).values(settled=""))
    notices.tell(conn, NOTICE, waiter=waiter)


def _waiter(row: dict[str, Any]) -> Waiter:
    return Waiter(
        row["id"], row["kind"], date.fromisoformat(row["since"]), date.fromisoformat(row["until"]),
        Booker(**row["person"]), row["priority"], row["comment"], row["at"], row["by"],
    )  # fmt: skip
