"""Rows of a disk that is replaced: what it held, what the new one has, and the switch in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.store.gateway_tables import copies, documents
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import asides, folders, instances
from kiosk.store.volumes_seen import note_state


@dataclass(frozen=True)
class Held:
    """What a disk holds by the index: images, whether first or further copies, their bytes, and how many are nowhere
    else.
    """

    images: int
    size: int
    only_here: int


@dataclass(frozen=True)
class Item:
    """One file to be on the new disk. ``sources``: (volume, path) of every copy that the index knows."""

    instance: int
    path: str
    size: int
    sha256: str
    sources: tuple[tuple[str, str], ...]


def _on(volume: str) -> sa.ColumnElement[bool]:
    further = sa.select(copies.c.id).where(copies.c.instance == instances.c.id, copies.c.volume == volume)
    return sa.or_(instances.c.volume == volume, further.exists())


def _good_on(volume: str) -> sa.ColumnElement[bool]:
    at = (copies.c.instance == instances.c.id, copies.c.volume == volume, copies.c.state == "good")
    return sa.select(copies.c.id).where(*at).exists()


def held(conn: sa.Connection, volume: str) -> Held:
    elsewhere = sa.select(copies.c.id).where(copies.c.instance == instances.c.id, copies.c.volume != volume).exists()
    total, size = conn.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(instances.c.size), 0)).where(_on(volume))
    ).one()
    alone = conn.execute(
        sa.select(sa.func.count()).select_from(instances).where(instances.c.volume == volume, ~elsewhere)
    ).scalar_one()
    return Held(int(total), int(size), int(alone))


def left_to_copy(conn: sa.Connection, old: str, new: str, after: int, limit: int) -> list[Item]:
    """What the old disk holds and the new one has no good copy of, by row number."""
    rows = conn.execute(
        sa.select(instances.c.id, instances.c.volume, instances.c.path, instances.c.size, instances.c.sha256)
        .where(_on(old), ~_good_on(new), instances.c.id > after)
        .order_by(instances.c.id)
        .limit(limit)
    ).all()
    further: dict[int, list[tuple[str, str]]] = {}
    asked = sa.select(copies.c.instance, copies.c.volume, copies.c.path).where(
        copies.c.instance.in_(few_lengths([row.id for row in rows]))
    )
    for each in conn.execute(asked):
        further.setdefault(each.instance, []).append((each.volume, each.path))
    items = []
    for row in rows:
        places = [(row.volume, row.path), *further.get(row.id, ())]
        path = dict(places)[old]
        # A disk that fails is asked last.
        places.sort(key=lambda place: place[0] == old)
        items.append(Item(row.id, path, row.size, row.sha256, tuple(place for place in places if place[0] != new)))
    return items


def on_new(conn: sa.Connection, new: str, after: int, limit: int) -> list[tuple[int, int, str, str]]:
    """(row, instance, path, SHA-256) of the copies on the new disk, for the proof."""
    rows = conn.execute(
        sa.select(copies.c.id, copies.c.instance, copies.c.path, instances.c.sha256)
        .join(instances, copies.c.instance == instances.c.id)
        .where(copies.c.volume == new, copies.c.id > after)
        .order_by(copies.c.id)
        .limit(limit)
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def forget_copy(conn: sa.Connection, row: int) -> None:
    """That copy is not what it should be."""
    conn.execute(copies.delete().where(copies.c.id == row))


def further_files(conn: sa.Connection, volume: str) -> list[tuple[str, str]]:
    """(path, SHA-256) of what else lies there: images kept aside, documents."""
    found: list[tuple[str, str]] = []
    for table in (asides, documents):
        rows = conn.execute(sa.select(table.c.path, table.c.sha256).where(table.c.volume == volume))
        found += [(row.path, row.sha256) for row in rows]
    return found


def switch(conn: sa.Connection, old: str, new: str) -> int:
    """Everything that the new disk has a good copy of is said to lie there; the old disk is retired. Returns the
    number of images that lie nowhere but on the old one; they are left as they are.
    """
    path = sa.select(copies.c.path).where(copies.c.instance == instances.c.id, copies.c.volume == new)
    conn.execute(
        instances.update()
        .where(instances.c.volume == old, _good_on(new))
        .values(path=path.scalar_subquery(), volume=new)
    )
    own_place = sa.select(instances.c.id).where(instances.c.volume == new)
    conn.execute(copies.delete().where(copies.c.volume == new, copies.c.instance.in_(own_place)))
    on_the_new = sa.select(instances.c.id).where(sa.or_(instances.c.volume == new, _good_on(new)))
    conn.execute(copies.delete().where(copies.c.volume == old, copies.c.instance.in_(on_the_new)))
    for table in (asides, documents, folders):
        conn.execute(table.update().where(table.c.volume == old).values(volume=new))
    note_state(conn, old, "retired")
    return int(
        conn.execute(sa.select(sa.func.count()).select_from(instances).where(instances.c.volume == old)).scalar_one()
    )
