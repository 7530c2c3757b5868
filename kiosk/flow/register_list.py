"""Registering a re-equalise list in bulk: the folders are found on their disks, and one walk a disk is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.core.equalising import Conditions
from kiosk.core.reequalize import FILE_NAME, Entry, places, written
from kiosk.store import walks
from kiosk.store.disk_walk import must_stand
from kiosk.store.engine import Store
from kiosk.store.volume import Volumes


@dataclass(frozen=True)
class Registered:
    """The walks that were asked for, and the entries whose folder or disk is not there."""

    walks: tuple[int, ...]
    folders: int
    missing: tuple[Entry, ...]


def save_list(folder: Path, entries: list[Entry]) -> Path:
    """Write ``Reequalize.txt``; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    half = path.with_suffix(".part")
    half.write_bytes(written(entries))
    half.replace(path)
    return path


def register_list(own: Store, volumes: Volumes, entries: list[Entry]) -> Registered:
    """Ask for walks over these folders, every header read anew. Raises LinkLost where a disk named there is away."""
    reachable = {each.id: each for each in volumes}
    found: dict[str, list[str]] = {}
    missing = []
    for name in {entry.volume for entry in entries} & reachable.keys():
        must_stand(reachable[name])
    for entry in entries:
        volume = reachable.get(entry.volume)
        place = next((p for p in places(entry) if volume is not None and (volume.root / p).is_dir()), "")
        if place:
            found.setdefault(entry.volume, []).append(place)
        else:
            missing.append(entry)
    with own.writing() as conn:
        asked = [walks.ask(conn, Conditions(name, tuple(at), anew=True)) for name, at in sorted(found.items())]
    return Registered(tuple(asked), sum(map(len, found.values())), tuple(missing))
