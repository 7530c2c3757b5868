"""Images wanted from other servers, a row each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from kiosk.core.fetching import FetchLine, FetchState, Wanted
from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import fetches
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import instances, series, studies

AT_ONCE = 500


def want(conn: sa.Connection, wanted: Wanted, *, again: bool = False) -> tuple[int, bool]:
    """The row of a wish, and whether it is to be fetched now: it is new, or it was over and is wanted ``again``.

    Wanted for a visit, the row is of that visit from now on: what was fetched for an earlier one may have left since.
    """
    row = conn.execute(
        sa.select(fetches.c.id, fetches.c.state).where(
            fetches.c.server == wanted.server,
            fetches.c.destination == wanted.destination,
            fetches.c.uid == wanted.uid,
        )
    ).first()
    now = now_text()
    if row is not None:
        if wanted.visit is not None:
            change(conn, row.id, visit=wanted.visit, purpose=wanted.purpose)
        over = row.state in (FetchState.DONE, FetchState.CANCELLED)
        if not (over and again):
            return int(row.id), False
        change(conn, row.id, state=FetchState.OWED, images=0, failed=0, last_status="", why="", why_values={}, at=now)
        return int(row.id), True
    made = conn.execute(
        fetches.insert().values(
            server=wanted.server, destination=wanted.destination, level=wanted.level, uid=wanted.uid,
            study_uid=wanted.study_uid, series_uid=wanted.series_uid, patient_id=wanted.patient_id[:64],
            visit=wanted.visit, purpose=wanted.purpose, day=wanted.day, modality=wanted.modality[:16],
            state=FetchState.OWED, expected=wanted.expected, why_values={}, at=now, changed_at=now,
        )
    )  # fmt: skip
    return int(made.inserted_primary_key[0]), True  # type: ignore[index]


def change(conn: sa.Connection, fetch: int, **values: Any) -> None:
    conn.execute(fetches.update().where(fetches.c.id == fetch).values(changed_at=now_text(), **values))


def by_id(conn: sa.Connection, fetch: int) -> FetchLine | None:
    return next(iter(_lines(conn, sa.select(fetches).where(fetches.c.id == fetch))), None)


def lines(conn: sa.Connection, *, since: str = "", purposes: Collection[str] = (), limit: int = 300) -> list[FetchLine]:
    """Newest first: what is open, and what was over after ``since`` (ISO)."""
    over = (FetchState.DONE, FetchState.CANCELLED)
    query = sa.select(fetches).where(sa.or_(fetches.c.state.not_in(over), fetches.c.changed_at > since))
    if purposes:
        query = query.where(fetches.c.purpose.in_(purposes))
    return _lines(conn, query.order_by(fetches.c.id.desc()).limit(limit))


def of_visits(conn: sa.Connection, visits: Sequence[int]) -> dict[int, list[FetchLine]]:
    """What was to be fetched for these visits."""
    found: dict[int, list[FetchLine]] = {}
    for at in range(0, len(visits), AT_ONCE):
        for line in _lines(conn, sa.select(fetches).where(fetches.c.visit.in_(few_lengths(visits[at : at + AT_ONCE])))):
            found.setdefault(line.wanted.visit or 0, []).append(line)
    return found


def running(conn: sa.Connection, server: str) -> set[str]:
    """Study Instance UIDs of what is being fetched from a server at the moment."""
    where = (fetches.c.server == server, fetches.c.state == FetchState.RUNNING)
    return set(conn.execute(sa.select(fetches.c.study_uid).where(*where)).scalars())


def images_here(conn: sa.Connection, study_uid: str) -> set[str]:
    """SOP Instance UIDs of a study that are indexed."""
    query = (
        sa.select(instances.c.sop_uid)
        .join(series, instances.c.series == series.c.id)
        .join(studies, series.c.study == studies.c.id)
        .where(studies.c.study_uid == study_uid)
    )
    return set(conn.execute(query).scalars())


def _lines(conn: sa.Connection, query: sa.Select[Any]) -> list[FetchLine]:
    return [
        FetchLine(
            row.id,
            Wanted(
                row.server, row.study_uid, row.level, row.series_uid, row.uid if row.level == "IMAGE" else "",
                row.destination, row.patient_id, row.visit, row.purpose, row.day, row.modality, row.expected,
            ),
            FetchState(row.state), row.images, row.failed, row.last_status, row.why, dict(row.why_values or {}),
            row.at, row.changed_at,
        )
        for row in conn.execute(query)
    ]  # fmt: skip
