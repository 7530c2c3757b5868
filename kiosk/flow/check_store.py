"""Proves the store's invariants: every acknowledged image and copy on disk and equal to its hash, a sound chain."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.flow.answers import Stopped
from kiosk.flow.read_audit import remembered_end
from kiosk.flow.restore_drill import newest_good
from kiosk.flow.settings_file import StationFile, volumes_of
from kiosk.store import audit, backup, documents, drawings, findings, images, letters, teaching
from kiosk.store.audit import Anchor
from kiosk.store.engine import Store
from kiosk.store.images import Known
from kiosk.store.opening import centre_store, station_store
from kiosk.store.volume import INCOMING, Volume, sha256_of

log = logging.getLogger(__name__)

SHOWN = 20  # lines of one kind
AT_ONCE = 500  # index rows read in one transaction, so that a long proof holds up nobody

Told = Callable[[float], None]


@dataclass(frozen=True)
class Line:
    """One line of a check: ``good`` or not, and what to do about it."""

    good: bool
    text: Sentence
    next_step: Sentence = field(default_factory=lambda: Sentence(""))


def check_store(file: StationFile, progress: Told | None = None) -> Iterator[Line]:
    """Every invariant as a line. Reading only; runs beside a working station. ``progress`` may raise to stop it."""
    store = centre_store(file.station.centre, file.data)
    try:
        volumes = {volume.id: volume for volume in volumes_of(file)}
        yield from _check(store, file, volumes, progress or (lambda part: None))
    except Stopped:
        raise
    except (Fault, ValueError) as why:  # ValueError: a damaged page may hold anything
        log.warning("the store could not be read to its end: %s", why if isinstance(why, Fault) else type(why).__name__)
        if isinstance(why, Fault):
            yield Line(False, why.sentence, why.next_step)
        else:
            yield Line(False, Sentence(N_("The index can't be read.")), _what_helps(file))
    finally:
        store.close()


def _remembered_end(file: StationFile) -> tuple[Anchor, str]:
    """What this PC knows of the audit chain's end; nothing where it has no store of its own yet, or none to read."""
    own = station_store(file.data)
    try:
        if own.path is not None and own.path.exists():
            return remembered_end(own)
    except Fault as why:
        log.warning("the end of the audit chain that this PC remembers can't be read: %s", why)
    finally:
        own.close()
    return Anchor(0, ""), ""


def _what_helps(file: StationFile) -> Sentence:
    """The newest backup that is whole, by name; what was received after it comes back from the disks."""
    good = newest_good(file)
    if good is None:
        return Sentence(N_("Restore the newest backup."))
    return Sentence(N_("Close the station and restore the newest good backup: restore {path}"), {"path": str(good)})


def _check(store: Store, file: StationFile, volumes: dict[str, Volume], told: Told) -> Iterator[Line]:
    told(0.0)
    if store.path is not None and store.path.exists():
        wrong = backup.integrity(store.path)
        yield Line(
            not wrong,
            Sentence(N_("Database pages: {state}"), {"state": wrong[0] if wrong else "ok"}),
            _what_helps(file) if wrong else Sentence(""),
        )
    with store.reading() as conn:
        broken = audit.verify(conn, lambda rows: told(0.0)) + audit.lost(conn, *_remembered_end(file))
    yield Line(
        not broken,
        Sentence(N_("Audit chain: {state}"), {"state": "; ".join(broken[:SHOWN]) if broken else "ok"}),
        Sentence(N_("Keep this database as it is and call the person in charge.")) if broken else Sentence(""),
    )
    with store.reading() as conn:
        damaged = findings.damaged_key_images(conn) + teaching.damaged(conn)
        drawn, pages = drawings.damaged_drawings(conn), letters.damaged_pages(conn)
    yield Line(not damaged, Sentence(N_("Key images that are not what their hash says: {n}"), {"n": len(damaged)}))
    if drawn:
        yield Line(False, Sentence(N_("Schema drawings that are not what their hash says: {n}"), {"n": len(drawn)}))
    yield Line(not pages, Sentence(N_("Signed letters that are not what their hash says: {n}"), {"n": len(pages)}))
    yield from _Images(store, volumes, told).lines()


class _Images:
    """Index and disk held against each other."""

    def __init__(self, store: Store, volumes: dict[str, Volume], told: Told) -> None:
        self._store = store
        self._told = told
        # A disk of ours that nothing was written to yet has no folder, and that is no fault.
        self._volumes = {name: each for name, each in volumes.items() if each.writable or each.root.is_dir()}
        self._away = [each for name, each in volumes.items() if name not in self._volumes]
        self._checked = 0
        self._missing: list[str] = []
        self._changed: list[str] = []
        self._unmapped: set[str] = set()
        self._indexed: set[int] = set()  # hashes of paths: millions of them must fit into memory

    def lines(self) -> Iterator[Line]:
        for volume in self._away:
            yield Line(
                False,
                Sentence(N_("Disk {name}: {path} can't be reached"), {"name": volume.id, "path": str(volume.root)}),
                Sentence(N_("Check its cable or share.")),
            )
        # The files are listed before the index is read: what is being stored meanwhile is no orphan then.
        files = list(self._listed())
        total = max(1, len(files))
        for each in self._every_row():
            self._told(min(1.0, self._checked / total))
            self._hold_against_disk(each)
        if self._unmapped:
            names = ", ".join(sorted(self._unmapped))
            yield Line(True, Sentence(N_("Not checked from this PC: volumes {names}"), {"names": names}))
        yield Line(not self._missing, Sentence(N_("Indexed images that are missing: {n}"), {"n": len(self._missing)}))
        for name in self._missing[:SHOWN]:
            yield Line(False, Sentence(N_("missing: {name}"), {"name": name}))
        yield Line(
            not self._changed, Sentence(N_("Images that differ from their hash: {n}"), {"n": len(self._changed)})
        )
        for name in self._changed[:SHOWN]:
            yield Line(False, Sentence(N_("changed: {name}"), {"name": name}))
        orphans = [f"{volume}:{path}" for volume, path in files if hash((volume, path)) not in self._indexed]
        yield Line(
            True,  # an orphan was never acknowledged: its sender has it and sends it again
            Sentence(N_("Files that are not indexed (never acknowledged): {n}"), {"n": len(orphans)}),
        )
        for name in orphans[:SHOWN]:
            yield Line(True, Sentence(N_("not indexed: {name}"), {"name": name}))
        half = sum(1 for volume in self._volumes.values() for _ in (volume.root / INCOMING).glob("*.part"))
        yield Line(True, Sentence(N_("Half-received files: {n}"), {"n": half}))
        yield Line(True, Sentence(N_("Images checked: {n}"), {"n": self._checked}))

    def _listed(self) -> Iterator[tuple[str, str]]:
        for volume in self._volumes.values():
            for number, path in enumerate(volume.stored_files()):
                if number % AT_ONCE == 0:
                    self._told(0.0)  # so that it can be stopped
                yield volume.id, path

    def _every_row(self) -> Iterator[Known]:
        """Images, further copies of them, documents with theirs, and images kept aside."""
        for look in (
            images.instances_after,
            images.copies_after,
            documents.documents_after,
            lambda conn, row, limit: images.instances_after(conn, row, limit=limit, kept_aside=True),
        ):
            last = 0
            while True:
                with self._store.reading() as conn:
                    rows = look(conn, last, limit=AT_ONCE)
                yield from rows
                if len(rows) < AT_ONCE:
                    break
                last = rows[-1].id

    def _hold_against_disk(self, each: Known) -> None:
        volume = self._volumes.get(each.volume)
        if volume is None:
            if all(each.volume != away.id for away in self._away):
                self._unmapped.add(each.volume)
            return
        self._checked += 1
        self._indexed.add(hash((each.volume, each.path)))
        path = volume.file(each.path)
        name = f"{each.volume}:{each.path}"
        try:
            if path.stat().st_size != each.size or sha256_of(path) != each.sha256:
                self._changed.append(name)
        except FileNotFoundError:
            self._missing.append(name)
        except OSError:  # a bad sector: there, but not what was acknowledged
            self._changed.append(name)
