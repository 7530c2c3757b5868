"""Every place where an image lies: its own and its further copies; what lacks one, what may leave a disk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import copies, sends
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import instances, jobs, series, studies

GOOD, BAD, LEAVING = "good", "bad", "leaving"  # leaving: the row is gone over to another place, the file not yet away
SENT = ("accepted", "verified", "done")
ID_STEP = 20_000  # rows looked at in one question, so that none takes long on five million


@dataclass(frozen=True)
class Place:
    """``verified_at`` empty: not read back since it was written. ``own``: the one that the image's row names."""

    volume: str
    path: str
    verified_at: str = ""
    state: str = GOOD
    own: bool = False


@dataclass(frozen=True)
class Kept:
    """An image with all its places, its own first."""

    instance: int
    sop_uid: str
    size: int
    sha256: str
    received_at: str
    study: int
    study_uid: str
    patient_id: str
    study_date: str
    modality: str
    sop_class: str
    transfer_syntax: str
    places: tuple[Place, ...]

    @property
    def own(self) -> Place:
        return self.places[0]

    def on(self, volumes: Collection[str]) -> bool:
        """Does a good one lie on one of these?"""
        return any(each.volume in volumes and each.state == GOOD for each in self.places)

    def elsewhere(self, volume: str) -> list[Place]:
        """Good ones on other disks; the own place first."""
        return [each for each in self.places if each.volume != volume and each.state == GOOD]


_COLUMNS = (
    instances.c.id.label("instance"), instances.c.sop_uid, instances.c.size, instances.c.sha256,
    instances.c.received_at, instances.c.volume, instances.c.path, studies.c.id.label("study"), studies.c.study_uid,
    studies.c.patient_id, studies.c.study_date, series.c.modality, instances.c.sop_class, instances.c.transfer_syntax,
)  # fmt: skip


def _query() -> sa.Select[Any]:
    return (
        sa.select(*_COLUMNS)
        .join(series, instances.c.series == series.c.id)
        .join(studies, series.c.study == studies.c.id)
        .order_by(instances.c.id)
    )


def _kept(conn: sa.Connection, query: sa.Select[Any]) -> list[Kept]:
    rows = conn.execute(query).mappings().all()
    further: dict[int, list[Place]] = {}
    asked = (
        sa.select(copies)
        .where(copies.c.instance.in_(few_lengths([row["instance"] for row in rows])))
        .order_by(copies.c.id)
    )
    for row in conn.execute(asked):
        further.setdefault(row.instance, []).append(Place(row.volume, row.path, row.verified_at, row.state))
    found = []
    for each in rows:
        values = dict(each)
        own = Place(values.pop("volume"), values.pop("path"), own=True)
        # A row of the same disk may be left where an image was put back: the own place says more.
        rest = [place for place in further.get(values["instance"], ()) if place.volume != own.volume]
        found.append(Kept(**values, places=(own, *rest)))
    return found


def images_of_study(conn: sa.Connection, study_uid: str) -> list[Kept]:
    return _kept(conn, _query().where(studies.c.study_uid == study_uid))


def images_on(conn: sa.Connection, volume: str, after: int, limit: int) -> list[Kept]:
    """Images whose own place is on a disk, by row number."""
    return _kept(conn, _query().where(instances.c.volume == volume, instances.c.id > after).limit(limit))


def copies_on(conn: sa.Connection, volume: str, after: int, limit: int) -> tuple[int, list[Kept]]:
    """Images with a further copy on a disk, by the copies' row number; the last such number (``after`` at the end)."""
    query = sa.select(copies.c.id, copies.c.instance).where(copies.c.volume == volume, copies.c.id > after)
    rows = conn.execute(query.order_by(copies.c.id).limit(limit)).all()
    found = _kept(conn, _query().where(instances.c.id.in_(few_lengths([row.instance for row in rows]))))
    return (rows[-1].id if rows else after), found


def image_by_row(conn: sa.Connection, instance: int) -> Kept | None:
    return next(iter(_kept(conn, _query().where(instances.c.id == instance))), None)


def last_image(conn: sa.Connection) -> int:
    """The highest row number."""
    return int(conn.execute(sa.select(sa.func.max(instances.c.id))).scalar() or 0)


def studies_lacking(conn: sa.Connection, volumes: Collection[str], after: int) -> set[str]:
    """Study Instance UIDs of the next ``ID_STEP`` rows after one with an image that lies on none of these disks."""
    there = sa.select(copies.c.id).where(
        copies.c.instance == instances.c.id, copies.c.volume.in_(volumes), copies.c.state == GOOD
    )
    query = (
        sa.select(studies.c.study_uid)
        .select_from(instances)
        .join(series, instances.c.series == series.c.id)
        .join(studies, series.c.study == studies.c.id)
        .where(instances.c.id > after, instances.c.id <= after + ID_STEP)
        .where(instances.c.volume.not_in(volumes), ~there.exists())
        .distinct()
    )
    return set(conn.execute(query).scalars())


def mark(conn: sa.Connection, instance: int, volume: str, state: str) -> None:
    """What a further copy is; good: it was just read back."""
    values = {"state": state, **({"verified_at": now_text()} if state == GOOD else {})}
    conn.execute(copies.update().where(copies.c.instance == instance, copies.c.volume == volume).values(**values))


def go_over(conn: sa.Connection, image: Kept, to: Place) -> bool:
    """The image's own place is another from now on, and the file at the old one may leave. False where the row was
    changed meanwhile: then nothing is.
    """
    own = image.own
    at = (instances.c.id == image.instance, instances.c.volume == own.volume, instances.c.path == own.path)
    changed = instances.update().where(*at).values(volume=to.volume, path=to.path)
    if conn.execute(changed).rowcount == 0:
        return False
    gone = (copies.c.instance == image.instance, copies.c.volume.in_((to.volume, own.volume)))
    conn.execute(copies.delete().where(*gone))
    conn.execute(copies.insert().values(instance=image.instance, volume=own.volume, path=own.path, state=LEAVING))
    return True


def leaving(conn: sa.Connection, volume: str, limit: int) -> list[tuple[int, str]]:
    """(row, path) of files on a disk that are to be taken away; not of an image that was put back there since."""
    elsewhere = sa.select(instances.c.id).where(instances.c.id == copies.c.instance, instances.c.volume != volume)
    query = sa.select(copies.c.id, copies.c.path).where(copies.c.volume == volume, copies.c.state == LEAVING)
    rows = conn.execute(query.where(elsewhere.exists()).order_by(copies.c.id).limit(limit))
    return [(row.id, row.path) for row in rows]


def forget(conn: sa.Connection, rows: Sequence[int]) -> None:
    """These further copies are no more."""
    conn.execute(copies.delete().where(copies.c.id.in_(few_lengths(rows))))


def start_leaving(conn: sa.Connection, image: Kept, volume: str) -> bool:
    """A further copy may leave its disk. False where it is none any more."""
    at = (copies.c.instance == image.instance, copies.c.volume == volume, copies.c.state == GOOD)
    return conn.execute(copies.update().where(*at).values(state=LEAVING)).rowcount == 1


def studies_unsent(conn: sa.Connection, among: Collection[tuple[int, str]]) -> set[int]:
    """Of these studies (row, Study Instance UID) those that must still be sent somewhere, or may have to be."""
    rows = [row for row, _ in among]
    waiting = sa.select(sends.c.study).where(sends.c.study.in_(few_lengths(rows)), sends.c.state.not_in(SENT))
    unsent = set(conn.execute(waiting).scalars())
    ruled = sa.select(jobs.c.subject).where(
        jobs.c.kind == "route", jobs.c.state == "owed", jobs.c.subject.in_(few_lengths([uid for _, uid in among]))
    )
    undecided = set(conn.execute(ruled).scalars())
    return unsent | {row for row, uid in among if uid in undecided}
