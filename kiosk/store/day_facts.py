"""What is known of a day for its sheets: previous images asked for, images kept and sent for each examination."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kiosk.core.day_sheets import Kept, Prepared
from kiosk.core.fetching import FetchState
from kiosk.core.kept_sentences import kept_sentence, sentence_data
from kiosk.core.sending import SendState
from kiosk.core.words import Sentence
from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import copies, fetches, id_map, prefetches, sends
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import instances, series, studies

ASKED, FAILED = "asked", "failed"  # states of a row of prefetches
AT_ONCE = 400


def note_prefetch(
    conn: sa.Connection, day: str, visit: int, *, wanted: int, here: int, why: Sentence | None = None
) -> None:
    """The archive was asked for a visit, or could not be (``why``)."""
    text, values = sentence_data(why) if why else ("", {})
    conn.execute(prefetches.delete().where(prefetches.c.day == day, prefetches.c.visit == visit))
    conn.execute(
        prefetches.insert().values(
            day=day, visit=visit, state=FAILED if why else ASKED, wanted=wanted, ready=here, why=text,
            why_values=values, at=now_text(),
        )
    )  # fmt: skip


def prepared(conn: sa.Connection, day: str) -> dict[int, Prepared]:
    """Visit -> what was done for it. What was here already and what was fetched since counts as here."""
    rows = conn.execute(sa.select(prefetches).where(prefetches.c.day == day)).all()
    found = {
        row.visit: Prepared(
            row.state == ASKED, row.wanted, row.ready, kept_sentence(row.why, row.why_values) if row.why else None
        )
        for row in rows
    }
    for at in range(0, len(rows), AT_ONCE):
        some = [row.visit for row in rows[at : at + AT_ONCE]]
        for line in conn.execute(
            sa.select(fetches).where(fetches.c.visit.in_(few_lengths(some)), fetches.c.purpose == "prefetch")
        ):
            told = found[line.visit]
            if line.state == FetchState.DONE:
                found[line.visit] = Prepared(told.asked, told.wanted, told.here + 1, told.why)
            elif line.why:
                found[line.visit] = Prepared(
                    told.asked, told.wanted, told.here, kept_sentence(line.why, line.why_values)
                )
    return found


def images_here(conn: sa.Connection, study_uids: Sequence[str]) -> dict[str, int]:
    """Study Instance UID -> images of it that are indexed."""
    query = sa.select(studies.c.study_uid, studies.c.instances).where(studies.c.study_uid.in_(few_lengths(study_uids)))
    return {row.study_uid: int(row.instances) for row in conn.execute(query)}


def kept_for(conn: sa.Connection, steps: Sequence[int]) -> dict[int, Kept]:
    """Step -> what is kept of it, over all studies that belong to it."""
    found: dict[int, Kept] = {}
    for at in range(0, len(steps), AT_ONCE):
        some = steps[at : at + AT_ONCE]
        twice = sa.exists().where(copies.c.instance == instances.c.id, copies.c.state == "good")
        query = (
            sa.select(studies.c.step, sa.func.count(), sa.func.sum(sa.case((twice, 1), else_=0)))
            .select_from(instances.join(series, instances.c.series == series.c.id))
            .join(studies, series.c.study == studies.c.id)
            .where(studies.c.step.in_(few_lengths(some)))
            .group_by(studies.c.step)
        )
        counted = {row[0]: (int(row[1]), int(row[2] or 0)) for row in conn.execute(query)}
        sent: dict[int, list[Any]] = {}
        asked = sa.select(studies.c.step, sends.c.destination, sends.c.state, sends.c.error, sends.c.error_values).join(
            studies, sends.c.study == studies.c.id
        )
        for row in conn.execute(asked.where(studies.c.step.in_(few_lengths(some)))):
            sent.setdefault(row.step, []).append(row)
        for step, (images, doubled) in counted.items():
            rows = sent.get(step, [])
            unsent = tuple(
                (row.destination, kept_sentence(row.error, row.error_values) if row.error else None)
                for row in rows
                if row.state not in (SendState.DONE, SendState.VERIFIED)
            )
            found[step] = Kept(images, doubled, len(rows), unsent)
    return found


def unmatched_of(conn: sa.Connection, day: str) -> int:
    """Studies received on a day (ISO) that belong to no examination."""
    where = (studies.c.step.is_(None), studies.c.received_at >= day, studies.c.received_at < f"{day}U")
    return int(conn.execute(sa.select(sa.func.count()).select_from(studies).where(*where)).scalar() or 0)


def is_mapped(conn: sa.Connection, issuer: str, patient_id: str) -> bool:
    """Does the table of IDs name this ID of another issuer?"""
    where = [id_map.c.other_id == patient_id]
    if issuer:
        where.append(id_map.c.other_issuer == issuer)
    return conn.execute(sa.select(id_map.c.id).where(*where).limit(1)).first() is not None
