"""Proves the store's invariants: every acknowledged image on disk and equal to its hash, no orphan, a sound chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.core.words import N_, Sentence
from kiosk.flow.settings_file import StationFile, volumes_of
from kiosk.store import audit, backup, findings, images
from kiosk.store.engine import Store
from kiosk.store.opening import centre_store
from kiosk.store.volume import INCOMING, Volume, sha256_of

SHOWN = 20  # lines of one kind


@dataclass(frozen=True)
class Line:
    """One line of a check: ``good`` or not, and what to do about it."""

    good: bool
    text: Sentence
    next_step: Sentence = field(default_factory=lambda: Sentence(""))


def check_store(file: StationFile) -> Iterator[Line]:
    """Every invariant as a line. Reading only; runs beside a working station."""
    store = centre_store(file.station.centre, file.data)
    try:
        yield from _check(store, {volume.id: volume for volume in volumes_of(file)})
    finally:
        store.close()


def _check(store: Store, volumes: dict[str, Volume]) -> Iterator[Line]:
    if store.path is not None:
        wrong = backup.integrity(store.path)
        yield Line(
            not wrong,
            Sentence(N_("Database pages: {state}"), {"state": wrong[0] if wrong else "ok"}),
            Sentence(N_("Restore the newest backup.")) if wrong else Sentence(""),
        )
    with store.reading() as conn:
        broken = audit.verify(conn)
        indexed = images.every_instance(conn) + images.every_aside(conn)
        damaged = findings.damaged_key_images(conn)
    yield Line(not broken, Sentence(N_("Audit chain: {state}"), {"state": broken[0] if broken else "ok"}))
    yield Line(not damaged, Sentence(N_("Key images that are not what their hash says: {n}"), {"n": len(damaged)}))
    yield from _images(indexed, volumes)


def _images(indexed: list[images.Known], volumes: dict[str, Volume]) -> Iterator[Line]:
    missing: list[str] = []
    changed: list[str] = []
    unmapped: set[str] = set()
    listed: dict[str, set[str]] = {}
    for each in indexed:
        volume = volumes.get(each.volume)
        if volume is None:
            unmapped.add(each.volume)
            continue
        listed.setdefault(each.volume, set()).add(each.path)
        path: Path = volume.file(each.path)
        if not path.exists():
            missing.append(f"{each.volume}:{each.path}")
        elif path.stat().st_size != each.size or sha256_of(path) != each.sha256:
            changed.append(f"{each.volume}:{each.path}")
    if unmapped:
        yield Line(
            True,
            Sentence(N_("Not checked from this PC: volumes {names}"), {"names": ", ".join(sorted(unmapped))}),
        )
    yield Line(not missing, Sentence(N_("Indexed images that are missing: {n}"), {"n": len(missing)}))
    for name in missing[:SHOWN]:
        yield Line(False, Sentence(N_("missing: {name}"), {"name": name}))
    yield Line(not changed, Sentence(N_("Images that differ from their hash: {n}"), {"n": len(changed)}))
    for name in changed[:SHOWN]:
        yield Line(False, Sentence(N_("changed: {name}"), {"name": name}))
    orphans = [
        f"{volume.id}:{path}"
        for volume in volumes.values()
        for path in volume.stored_files()
        if path not in listed.get(volume.id, set())
    ]
    yield Line(
        True,  # an orphan was never acknowledged: its sender has it and sends it again
        Sentence(N_("Files that are not indexed (never acknowledged): {n}"), {"n": len(orphans)}),
    )
    for name in orphans[:SHOWN]:
        yield Line(True, Sentence(N_("not indexed: {name}"), {"name": name}))
    half = sum(1 for volume in volumes.values() for _ in (volume.root / INCOMING).glob("*.part"))
    yield Line(True, Sentence(N_("Half-received files: {n}"), {"n": half}))
    yield Line(True, Sentence(N_("Images checked: {n}"), {"n": len(indexed)}))
