"""Studies on their way to destinations: a row each, and what the destination said of each image."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiosk.core.sending import SendLine, SendState
from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import sends, sent_instances
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import instances, jobs, series, steps, studies

AT_ONCE = 500


@dataclass(frozen=True)
class StudyRow:
    """What routing looks at. ``last_image_at`` in seconds (time.time()); ``station``: the room of its order."""

    id: int
    study_uid: str
    patient_id: str
    source: str
    modalities: tuple[str, ...]
    station: str
    received_at: str
    images: int
    last_image_at: float


@dataclass(frozen=True)
class Listing:
    """How a study stood when it was listed last; ``at`` in seconds."""

    listings: int = 0
    images: int = 0
    at: float = 0.0


_STUDY = (
    studies.c.id, studies.c.study_uid, studies.c.patient_id, studies.c.source, studies.c.modalities,
    studies.c.received_at, studies.c.instances, steps.c.station_ae,
)  # fmt: skip


def study_to_route(conn: sa.Connection, study_uid: str) -> StudyRow | None:
    """None where nothing of it is indexed."""
    newest = (
        sa.select(sa.func.max(instances.c.received_at))
        .select_from(instances.join(series, instances.c.series == series.c.id))
        .where(series.c.study == studies.c.id)
        .scalar_subquery()
    )
    query = sa.select(*_STUDY, newest.label("newest")).outerjoin(steps, studies.c.step == steps.c.id)
    row = conn.execute(query.where(studies.c.study_uid == study_uid)).first()
    return _study(row) if row is not None else None


def studies_of_day(conn: sa.Connection, day: str, limit: int = 2000) -> list[StudyRow]:
    """What was received on a day (ISO), for the dry run."""
    query = (
        sa.select(*_STUDY, studies.c.received_at.label("newest"))
        .outerjoin(steps, studies.c.step == steps.c.id)
        .where(studies.c.received_at >= day, studies.c.received_at < f"{day}U")  # after every time of that day
        .order_by(studies.c.received_at)
        .limit(limit)
    )
    return [_study(row) for row in conn.execute(query)]


def _study(row: Any) -> StudyRow:
    modalities = tuple(each for each in row.modalities.split("\\") if each)
    return StudyRow(
        row.id, row.study_uid, row.patient_id, row.source, modalities, row.station_ae or "", row.received_at,
        row.instances, _seconds(row.newest or row.received_at),
    )  # fmt: skip


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


# -- what is wanted --------------------------------------------------------------------------------------------------


def listing(conn: sa.Connection, destination: str, study: int) -> Listing:
    """How it was listed for a destination; the empty one where it never was."""
    query = sa.select(sends.c.listings, sends.c.listed_images, sends.c.listed_at)
    row = conn.execute(query.where(sends.c.destination == destination, sends.c.study == study)).first()
    return Listing(row.listings, row.listed_images, _seconds(row.listed_at)) if row is not None else Listing()


def want(conn: sa.Connection, destination: str, study: int, images: int, rule: str, *, sendable: bool = True) -> int:
    """A study is to go to a destination: its row. One that is there learns of further images, and is open again
    where more of it came than were accepted; one that was marked by hand stays as it is.
    """
    known = conn.execute(
        sa.select(sends).where(sends.c.destination == destination, sends.c.study == study)
    ).first()  # fmt: skip
    now = now_text()
    if known is None:
        state = SendState.WAITING if sendable else SendState.HELD
        made = conn.execute(
            sends.insert().values(
                destination=destination, study=study, state=state, sendable=int(sendable), images=images, rule=rule,
                error_values={}, created_at=now, changed_at=now,
            )
        )  # fmt: skip
        return int(made.inserted_primary_key[0])  # type: ignore[index]
    if known.images != images:
        values: dict[str, Any] = {"images": images, "changed_at": now}
        over = known.state in (SendState.ACCEPTED, SendState.VERIFIED, SendState.DONE)
        if over and images > known.accepted:
            values |= {"state": SendState.WAITING, "done_at": "", "verified_at": "", "commitment": "", "attempts": 0}
        conn.execute(sends.update().where(sends.c.id == known.id).values(**values))
    return int(known.id)


def note_listing(conn: sa.Connection, send: int, listings: int, images: int) -> None:
    values = {"listings": listings, "listed_images": images, "listed_at": now_text()}
    conn.execute(sends.update().where(sends.c.id == send).values(**values))


def change(conn: sa.Connection, send: int | Collection[int], **values: Any) -> None:
    """Set columns of one or several rows; ``error`` None clears it."""
    ids = [send] if isinstance(send, int) else list(send)
    if "error" in values and values["error"] is None:
        values |= {"error": "", "error_values": {}}
    conn.execute(sends.update().where(sends.c.id.in_(few_lengths(ids))).values(changed_at=now_text(), **values))


def images_of(conn: sa.Connection, study: int) -> int:
    """How many images a study (its row) has by now."""
    count = sa.select(sa.func.count()).select_from(instances.join(series, instances.c.series == series.c.id))
    return int(conn.execute(count.where(series.c.study == study)).scalar() or 0)


# -- what the destination said of each image -------------------------------------------------------------------------


def said(conn: sa.Connection, send: int) -> dict[str, int | None]:
    """SOP Instance UID -> status."""
    rows = conn.execute(
        sa.select(sent_instances.c.sop_uid, sent_instances.c.status).where(sent_instances.c.send == send)
    )
    return {row.sop_uid: row.status for row in rows}


def note_said(conn: sa.Connection, send: int, statuses: Mapping[str, int | None]) -> None:
    """Keep what was answered; of an image that was sent before, the newest."""
    forget_said(conn, send, statuses)
    if statuses:
        now = now_text()
        rows = [{"send": send, "sop_uid": uid, "status": status, "at": now} for uid, status in statuses.items()]
        conn.execute(sent_instances.insert(), rows)


def forget_said(conn: sa.Connection, send: int, sop_uids: Iterable[str] | None = None) -> None:
    """These images (None: all of them) are to be sent again."""
    if sop_uids is None:
        conn.execute(sent_instances.delete().where(sent_instances.c.send == send))
        return
    uids = list(sop_uids)
    for at in range(0, len(uids), AT_ONCE):
        some = sent_instances.c.sop_uid.in_(few_lengths(uids[at : at + AT_ONCE]))
        conn.execute(sent_instances.delete().where(sent_instances.c.send == send, some))


# -- what people see -------------------------------------------------------------------------------------------------


def find(conn: sa.Connection, destination: str, study_uid: str) -> SendLine | None:
    where = (sends.c.destination == destination, studies.c.study_uid == study_uid)
    return next(iter(_lines(conn, _query().where(*where))), None)


def by_id(conn: sa.Connection, ids: Sequence[int]) -> list[SendLine]:
    return _lines(conn, _query().where(sends.c.id.in_(few_lengths(ids))))


def lines(
    conn: sa.Connection, kinds: Sequence[str], *, destination: str = "", since: str = "", limit: int = 500
) -> list[SendLine]:
    """Newest first: all that is open, and what was over after ``since`` (ISO). ``kinds``: of the jobs that send."""
    over = (SendState.DONE, SendState.VERIFIED)
    query = _query().where(sa.or_(sends.c.state.not_in(over), sends.c.changed_at > since))
    if destination:
        query = query.where(sends.c.destination == destination)
    return _lines(conn, query.order_by(sends.c.created_at.desc(), sends.c.id.desc()).limit(limit), kinds)


def counts(conn: sa.Connection, since: str = "") -> dict[str, dict[str, int]]:
    """Destination -> state -> studies; of those that are over, the ones after ``since`` (ISO)."""
    over = (SendState.DONE, SendState.VERIFIED)
    query = (
        sa.select(sends.c.destination, sends.c.state, sa.func.count())
        .where(sa.or_(sends.c.state.not_in(over), sends.c.changed_at > since))
        .group_by(sends.c.destination, sends.c.state)
    )
    found: dict[str, dict[str, int]] = {}
    for destination, state, count in conn.execute(query):
        found.setdefault(destination, {})[state] = int(count)
    return found


_COLUMNS = (
    *(
        getattr(sends.c, name)
        for name in (
            "id", "destination", "study", "state", "mark", "sendable", "images", "accepted", "last_status", "error",
            "error_values", "attempts", "rule", "created_at", "changed_at", "verified_at", "commitment",
        )
    ),
    studies.c.study_uid, studies.c.patient_id, studies.c.name_alphabetic, studies.c.name_ideographic,
    studies.c.name_phonetic, studies.c.study_date, studies.c.modalities,
)  # fmt: skip


def _query() -> sa.Select[Any]:
    return sa.select(*_COLUMNS).join(studies, sends.c.study == studies.c.id)


def _lines(conn: sa.Connection, query: sa.Select[Any], kinds: Sequence[str] = ()) -> list[SendLine]:
    rows = conn.execute(query).all()
    due: dict[tuple[str, str], float] = {}
    uids = [row.study_uid for row in rows] if kinds else []
    for at in range(0, len(uids), AT_ONCE):
        owed = sa.select(jobs.c.destination, jobs.c.subject, jobs.c.due).where(
            jobs.c.kind.in_(kinds), jobs.c.state == "owed", jobs.c.subject.in_(few_lengths(uids[at : at + AT_ONCE]))
        )
        due.update({(row.destination, row.subject): row.due for row in conn.execute(owed)})
    return [
        SendLine(
            row.id, row.destination, row.study, row.study_uid, row.patient_id,
            (row.name_alphabetic, row.name_ideographic, row.name_phonetic), row.study_date, row.modalities,
            SendState(row.state), row.mark, bool(row.sendable), row.images, row.accepted, row.last_status, row.error,
            dict(row.error_values or {}), row.attempts, row.rule, row.created_at, row.changed_at, row.verified_at,
            row.commitment, due.get((row.destination, row.study_uid), 0.0),
        )
        for row in rows
    ]  # fmt: skip
