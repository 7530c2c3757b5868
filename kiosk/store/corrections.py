"""Corrections as rows: asked for once, worked through step by step, and never deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.core.correction import NEW_VISIBLE, Identity, State, may_follow
from kiosk.core.study import Instance
from kiosk.store.clock import now_text
from kiosk.store.correction_tables import correction_files as files
from kiosk.store.correction_tables import correction_tells as tells
from kiosk.store.correction_tables import corrections
from kiosk.store.gateway_tables import sends, sent_instances
from kiosk.store.in_lists import few_lengths
from kiosk.store.index_out import Rows
from kiosk.store.tables import audit, key_images, studies
from kiosk.store.visit_steps import new_study_uid as new_uid

NOTICE = "corrections"  # kind of the centre's notice
WORKING = (State.PLANNED, State.STAGED, State.SWAPPED, State.UNDOING)


@dataclass(frozen=True)
class Correction:
    id: int
    state: State
    stop: bool
    old_study_uid: str
    new_study_uid: str
    series: tuple[str, ...]
    day: str
    before: Identity
    after: Identity
    order: dict[str, Any]
    reason: str
    text: str
    by: str
    second: str
    station: str
    undone_by: str
    done: int
    images: int
    places: tuple[str, ...]
    error: str
    error_values: dict[str, Any]
    at: str
    changed_at: str
    kept: str = "kept"  # what it put away: kept, removing or removed

    @property
    def removing(self) -> bool:
        return self.kept == "removing"


@dataclass(frozen=True)
class File:
    """One image of a correction: where it lay, and what it became. ``further`` (volume, path) of further copies."""

    id: int
    position: int
    state: str
    old_sop_uid: str
    old_series_uid: str
    sop_class: str
    volume: str
    old_path: str
    old_size: int
    old_sha256: str
    further: tuple[tuple[str, str], ...]
    new_sop_uid: str
    new_series_uid: str
    new_volume: str
    new_path: str
    new_size: int
    new_sha256: str
    pixels_sha256: str


@dataclass(frozen=True)
class Tell:
    """Who knows of something that is not to be seen any more. ``way`` note or hand, ``state`` owed told todo done."""

    id: int
    correction: int
    what: str
    destination: str
    way: str
    state: str
    sop_uids: tuple[str, ...]
    note_uids: tuple[str, ...]
    error: str
    by: str
    at: str


def add(conn: sa.Connection, **values: Any) -> int:
    """A correction that was asked for."""
    now = now_text()
    empty: dict[str, Any] = {"taken_out": {}, "places": [], "error_values": {}}
    done = conn.execute(corrections.insert().values(state=State.PLANNED, at=now, changed_at=now, **empty, **values))
    return int(done.inserted_primary_key[0])  # type: ignore[index]


REMOVING, REMOVED = "removing", "removed"  # states of files whose old content is to go for good, and is gone
_kept = sa.select(sa.func.coalesce(sa.func.max(files.c.state), "")).where(
    files.c.correction == corrections.c.id, files.c.state.in_((REMOVING, REMOVED))
)
_SHOWN = [
    *(column for column in corrections.c if column.name != "taken_out"), _kept.scalar_subquery().label("kept")
]  # fmt: skip


def by_id(conn: sa.Connection, correction: int) -> Correction | None:
    return next(iter(_many(conn, sa.select(*_SHOWN).where(corrections.c.id == correction))), None)


def newest(conn: sa.Connection, limit: int = 200) -> list[Correction]:
    return _many(conn, sa.select(*_SHOWN).order_by(corrections.c.id.desc()).limit(limit))


def that_made(conn: sa.Connection, study_uid: str) -> Correction | None:
    """The correction in force by which these images became those of their person."""
    made = (corrections.c.new_study_uid == study_uid, corrections.c.state.in_(NEW_VISIBLE))
    return next(iter(_many(conn, sa.select(*_SHOWN).where(*made).order_by(corrections.c.id.desc()).limit(1))), None)


def moved_from(conn: sa.Connection, patient_id: str) -> list[Correction]:
    """The corrections in force that took images away from this person, newest first."""
    taken = (corrections.c.before["patient_id"].as_string() == patient_id, corrections.c.state.in_(NEW_VISIBLE))
    return _many(conn, sa.select(*_SHOWN).where(*taken).order_by(corrections.c.id.desc()).limit(20))


def working_on(conn: sa.Connection, study_uid: str) -> Correction | None:
    """One of this study that is not over: two of the same images at once would be two truths."""
    same = sa.or_(corrections.c.old_study_uid == study_uid, corrections.c.new_study_uid == study_uid)
    return next(iter(_many(conn, sa.select(*_SHOWN).where(same, corrections.c.state.in_(WORKING)))), None)


def _many(conn: sa.Connection, query: sa.Select[Any]) -> list[Correction]:
    found = []
    for row in conn.execute(query).mappings():
        values = dict(row)
        values |= {
            "state": State(row["state"]), "stop": bool(row["stop"]), "series": tuple(row["series"]),
            "before": Identity.from_data(row["before"]), "after": Identity.from_data(row["after"]),
            "places": tuple(row["places"]), "kept": row["kept"] or "kept",
        }  # fmt: skip
        found.append(Correction(**values))
    return found


def go(conn: sa.Connection, correction: Correction, then: State, **values: Any) -> bool:
    """The next state; False where it is another one by now, and then nothing is changed."""
    assert may_follow(correction.state, then), (correction.state, then)
    at = (corrections.c.id == correction.id, corrections.c.state == correction.state)
    changed = corrections.update().where(*at).values(state=then, changed_at=now_text(), error="", **values)
    return conn.execute(changed).rowcount == 1


def change(conn: sa.Connection, correction: int, **values: Any) -> None:
    conn.execute(corrections.update().where(corrections.c.id == correction).values(changed_at=now_text(), **values))


def taken_out(conn: sa.Connection, correction: int) -> Rows:
    """The rows of the index that were taken out."""
    found: Rows = conn.execute(sa.select(corrections.c.taken_out).where(corrections.c.id == correction)).scalar_one()
    return found


# -- files -----------------------------------------------------------------------------------------------------------


def add_files(conn: sa.Connection, correction: int, images: Sequence[Instance]) -> int:
    """Further images, each with its new UIDs; a series gets one new UID. Returns how many were new."""
    known = files_of(conn, correction)
    there = {each.old_sop_uid for each in known}
    series = {each.old_series_uid: each.new_series_uid for each in known}
    position = len(known)
    fresh = [each for each in images if each.sop_uid not in there]
    for each in fresh:
        conn.execute(
            files.insert().values(
                correction=correction, position=position, state="planned", old_sop_uid=each.sop_uid,
                old_series_uid=each.series_uid, sop_class=each.sop_class, volume=each.volume, old_path=each.path,
                old_size=each.size, old_sha256=each.sha256, further=[], new_sop_uid=new_uid(),
                new_series_uid=series.setdefault(each.series_uid, new_uid()),
            )
        )  # fmt: skip
        position += 1
    conn.execute(corrections.update().where(corrections.c.id == correction).values(images=position))
    return len(fresh)


def add_redrawn(conn: sa.Connection, correction: int, of: File) -> int:
    """A further image made of a corrected one, with its name redrawn: its row. It has no old file."""
    position = len(files_of(conn, correction))
    done = conn.execute(
        files.insert().values(
            correction=correction, position=position, state="redraw", old_sop_uid="", sop_class=of.sop_class,
            old_series_uid=of.new_series_uid, volume=of.new_volume, old_path="", old_size=0, old_sha256="", further=[],
            new_sop_uid=new_uid(), new_series_uid=of.new_series_uid,
        )
    )  # fmt: skip
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def file_by_id(conn: sa.Connection, file: int) -> tuple[int, File] | None:
    """The correction's number and the row."""
    number = conn.execute(sa.select(files.c.correction).where(files.c.id == file)).scalar()
    if number is None:
        return None
    return int(number), next(each for each in files_of(conn, int(number)) if each.id == file)


def files_of(conn: sa.Connection, correction: int) -> list[File]:
    rows = conn.execute(sa.select(files).where(files.c.correction == correction).order_by(files.c.position)).mappings()
    found = []
    for row in rows:
        values = {name: value for name, value in row.items() if name != "correction"}
        values["further"] = tuple((volume, path) for volume, path in row["further"])
        found.append(File(**values))
    return found


def change_file(conn: sa.Connection, file: int, **values: Any) -> None:
    conn.execute(files.update().where(files.c.id == file).values(**values))


def remove(conn: sa.Connection, correction: int) -> None:
    """From now on it can't be taken back: what it put away is being removed."""
    old = (files.c.correction == correction, files.c.old_sop_uid != "")
    conn.execute(files.update().where(*old).values(state=REMOVING))


def removed(conn: sa.Connection, correction: int) -> bool:
    """It is gone; False where that was noted before."""
    left = (files.c.correction == correction, files.c.state == REMOVING)
    return conn.execute(files.update().where(*left).values(state=REMOVED)).rowcount > 0


# -- who knows of it -------------------------------------------------------------------------------------------------


def add_tell(
    conn: sa.Connection, correction: int, what: str, destination: str, sop_uids: Iterable[str], *, note: bool
) -> int | None:
    """Once for each destination: its row where it is new."""
    at = (tells.c.correction == correction, tells.c.what == what, tells.c.destination == destination)
    if conn.execute(sa.select(tells.c.id).where(*at)).first() is not None:
        return None
    now = now_text()
    done = conn.execute(
        tells.insert().values(
            correction=correction, what=what, destination=destination, way="note" if note else "hand",
            state="owed" if note else "todo", sop_uids=sorted(sop_uids), note_uids=[new_uid(), new_uid()], at=now,
            changed_at=now,
        )
    )  # fmt: skip
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def tell_by_id(conn: sa.Connection, tell: int) -> Tell | None:
    return next(iter(_tells(conn, sa.select(tells).where(tells.c.id == tell))), None)


def tells_of(conn: sa.Connection, correction: int) -> list[Tell]:
    return _tells(conn, sa.select(tells).where(tells.c.correction == correction).order_by(tells.c.id))


def to_do(conn: sa.Connection, limit: int = 500) -> list[Tell]:
    """What is still owed by us or to be asked for by hand."""
    return _tells(conn, sa.select(tells).where(tells.c.state.in_(("owed", "todo"))).order_by(tells.c.id).limit(limit))


def change_tell(conn: sa.Connection, tell: int, **values: Any) -> None:
    conn.execute(tells.update().where(tells.c.id == tell).values(changed_at=now_text(), **values))


def _tells(conn: sa.Connection, query: sa.Select[Any]) -> list[Tell]:
    found = []
    for row in conn.execute(query).mappings():
        values = {name: value for name, value in row.items() if name != "changed_at"}
        values |= {"sop_uids": tuple(row["sop_uids"]), "note_uids": tuple(row["note_uids"])}
        found.append(Tell(**values))
    return found


def receivers(
    conn: sa.Connection, study_uid: str, sop_uids: Iterable[str]
) -> dict[str, tuple[str, dict[str, int | None]]]:  # fmt: skip
    """Destinations that were sent something of a study: how the sending stands, and what was answered of each of
    these images (nothing where it is only marked as sent).
    """
    wanted = set(sop_uids)
    query = (
        sa.select(sends.c.destination, sends.c.state, sent_instances.c.sop_uid, sent_instances.c.status)
        .select_from(sends.join(studies, sends.c.study == studies.c.id))
        .outerjoin(sent_instances, sent_instances.c.send == sends.c.id)
        .where(studies.c.study_uid == study_uid)
    )
    found: dict[str, tuple[str, dict[str, int | None]]] = {}
    for row in conn.execute(query):
        _, said = found.setdefault(row.destination, (row.state, {}))
        if row.sop_uid in wanted:
            said[row.sop_uid] = row.status
    return found


def retrieved_by(conn: sa.Connection, study_uid: str, since: str) -> set[str]:
    """AE titles to which images of the study went because somebody asked for them."""
    query = sa.select(audit.c.subject, audit.c.detail).where(audit.c.at >= since, audit.c.action == "images retrieved")
    return {
        str(json.loads(row.detail).get("to", ""))
        for row in conn.execute(query.where(audit.c.subject.contains(study_uid, autoescape=True)))
        if study_uid in row.subject.split(", ")
    } - {""}


def visits_with_pictures_of(conn: sa.Connection, sop_uids: Iterable[str]) -> dict[int, list[str]]:
    """Visits in whose tray a picture made of one of these images lies: a report may show it."""
    wanted = list(sop_uids)
    found: dict[int, list[str]] = {}
    for at in range(0, len(wanted), 500):
        some = key_images.c.sop_uid.in_(few_lengths(wanted[at : at + 500]))
        for row in conn.execute(sa.select(key_images.c.visit, key_images.c.sop_uid).where(some)):
            found.setdefault(row.visit, []).append(row.sop_uid)
    return found
