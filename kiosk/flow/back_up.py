"""Backup of the stores with generations, and restore with the present state saved first."""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.flow.settings_file import StationFile
from kiosk.flow.single_instance import the_only_one
from kiosk.store import audit, backup
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.opening import APPLICATION_ID, centre_store, prepare, station_store

log = logging.getLogger(__name__)

GENERATIONS = 14
STAMP = "%Y%m%d-%H%M%S"
_NAME = re.compile(r"(centre|station)-(\d{8}-\d{6})\.(?:sqlite|sql\.gz)")


@dataclass(frozen=True)
class Backup:
    """A backup in a folder. ``kind`` is the store it came from; ``size`` in bytes."""

    path: Path
    kind: str
    made: datetime
    size: int


def back_up(
    file: StationFile,
    folder: Path,
    *,
    progress: Callable[[float], None] | None = None,
    keep: int = GENERATIONS,
    actor: Actor | None = None,
) -> list[Path]:
    """Copy the shared store and this PC's own store into ``folder``, proven whole; older ones beyond ``keep`` go.

    Returns the files written. ``progress`` may raise to stop it. Raises Fault where a copy failed; the earlier ones
    stay then, and nothing half-written is left.
    """
    stamp = datetime.now().strftime(STAMP)
    written: list[Path] = []
    stores = (centre_store(file.station.centre, file.data), station_store(file.data))
    for at, store in enumerate(stores):

        def told(part: float, at: int = at) -> None:
            if progress is not None:
                progress((at + part) / len(stores))

        try:
            written.append(_copy(store, folder, stamp, told, actor or Actor(station=file.station.name)))
        finally:
            store.close()
    for kind in ("centre", "station"):
        for old in [each for each in backups(folder) if each.kind == kind][max(1, keep) :]:
            old.path.unlink()
    log.info("backup written: %s files", len(written))
    return written


def _copy(store: Store, folder: Path, stamp: str, told: Callable[[float], None], actor: Actor) -> Path:
    prepare(store)
    if store.kind == "centre":
        with store.writing() as conn:
            audit.write(conn, actor, "backup")
    told(0.0)
    if store.path is not None:
        target = folder / f"{store.kind}-{stamp}.sqlite"
        backup.copy_sqlite(store.path, target, told)
    else:
        target = folder / f"{store.kind}-{stamp}.sql.gz"
        backup.dump_postgresql(store, target, told)
    told(1.0)
    return target


def backups(folder: Path) -> list[Backup]:
    """What lies in ``folder``, newest first; other files there are none of ours."""
    found = []
    for path in folder.glob("*"):
        name = _NAME.fullmatch(path.name)
        if name is not None:
            try:
                made = datetime.strptime(name[2], STAMP)
            except ValueError:
                continue
            found.append(Backup(path, name[1], made, path.stat().st_size))
    return sorted(found, key=lambda each: (each.made, each.kind), reverse=True)


def restore(file: StationFile, source: Path) -> Sentence:
    """Put a backup in place of the store it came from; the present state is saved beside it first.

    Raises Fault where the backup is not whole, not ours, or another program has the store open; nothing is changed
    then.
    """
    if not source.is_file():
        raise Fault(N_("The backup {path} was not found."), N_("Check its name."), reference="P210", path=str(source))
    kind = source.name.split("-", 1)[0]
    stores = {"centre": centre_store(file.station.centre, file.data), "station": station_store(file.data)}
    store = stores.get(kind)
    if store is None or not source.name.endswith(".sqlite" if store.is_sqlite else ".sql.gz"):
        raise Fault(
            N_("{path} is not a backup of this program."),
            N_("Choose a file named centre-… or station-…."),
            reference="P211",
            path=source.name,
        )
    kept = ""
    try:
        with the_only_one(file):
            if store.path is None:
                kept = _kept_name(file.data, kind, ".sql.gz")
                backup.restore_postgresql(store, source, file.data / kept)
            else:
                kept = _replace(store, store.path, source)
            _note(stores["centre"], kind, source, Actor(station=file.station.name))
    finally:
        for each in stores.values():
            each.close()
    log.info("restored %s from %s", kind, source.name)
    if kept:
        return Sentence(
            N_("Restored from {name}; the state before it is kept as {kept}."), {"name": source.name, "kept": kept}
        )
    return Sentence(N_("Restored from {name}."), {"name": source.name})


def _kept_name(folder: Path, stem: str, ending: str) -> str:
    """A name for the state before a restore that nothing bears yet: two restores may come in one second."""
    stamp = f"{stem}-before-restore-{datetime.now().strftime(STAMP)}"
    again = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    return next(name for each in again if not (folder / (name := f"{stamp}{each}{ending}")).exists())


def _note(centre: Store, kind: str, source: Path, actor: Actor) -> None:
    """In the audit table, if it answers: a station store is restored on a PC whose server may be away."""
    try:
        with centre.writing() as conn:
            audit.write(conn, actor, "restored", subject=kind, source=source.name)
    except Fault as why:
        log.warning("the restore could not be audited: %s", why)


def _replace(store: Store, live: Path, source: Path) -> str:
    wrong = backup.integrity(source)
    if not wrong and backup.application_id(source) != APPLICATION_ID[store.kind]:
        raise Fault(
            N_("{path} is not a backup of this program."),
            N_("Choose a file named centre-… or station-…."),
            reference="P211",
            path=source.name,
        )
    if wrong:
        raise Fault(
            N_("The backup {path} is damaged: {wrong}"),
            N_("Nothing was changed; choose an earlier one."),
            reference="P212",
            path=source.name,
            wrong=wrong[0],
        )
    live.parent.mkdir(parents=True, exist_ok=True)
    fresh = live.with_name(live.name + ".restoring")
    backup.copy_sqlite(source, fresh)
    kept = ""
    if live.exists():
        kept = _kept_name(live.parent, live.stem, ".sqlite")
    try:
        backup.put_in_place(fresh, live, live.with_name(kept) if kept else None)
    finally:
        fresh.unlink(missing_ok=True)
    return kept
