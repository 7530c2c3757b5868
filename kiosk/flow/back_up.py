"""Backup of the stores with generations, and restore with the present state saved first."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.flow.settings_file import StationFile
from kiosk.store import audit, backup
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.opening import centre_store, prepare, station_store

log = logging.getLogger(__name__)

GENERATIONS = 14


def back_up(
    file: StationFile, folder: Path, *, progress: Callable[[float], None] | None = None, keep: int = GENERATIONS
) -> list[Path]:
    """Copy the shared store and this PC's own store into ``folder``, proven whole; older ones beyond ``keep`` go.

    Returns the files written. Raises Fault where a copy failed; the earlier ones stay then.
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    written: list[Path] = []
    for store in (centre_store(file.station.centre, file.data), station_store(file.data)):
        try:
            prepare(store)
            if store.kind == "centre":
                with store.writing() as conn:
                    audit.write(conn, Actor(station=file.station.name), "backup")
            if store.path is not None:
                target = folder / f"{store.kind}-{stamp}.sqlite"
                backup.copy_sqlite(store.path, target, progress)
            else:
                target = folder / f"{store.kind}-{stamp}.sql.gz"
                backup.dump_postgresql(store, target)
            written.append(target)
        finally:
            store.close()
    for kind in ("centre", "station"):
        for old in sorted(folder.glob(f"{kind}-*"))[:-keep]:
            old.unlink()
    log.info("backup written: %s files", len(written))
    return written


def restore(file: StationFile, source: Path) -> Sentence:
    """Put a backup in place of the store it came from; the present state is saved beside it first.

    Raises Fault where the backup is not whole or another program has the store open.
    """
    if not source.exists():
        raise Fault(N_("The backup {path} was not found."), N_("Check its name."), reference="P210", path=str(source))
    kind = source.name.split("-", 1)[0]
    stores = {"centre": centre_store(file.station.centre, file.data), "station": station_store(file.data)}
    if kind not in stores:
        raise Fault(
            N_("{path} is not a backup of this program."),
            N_("Choose a file named centre-… or station-…."),
            reference="P211",
            path=source.name,
        )
    store = stores[kind]
    try:
        if store.path is None:
            backup.restore_postgresql(store, source)
            kept = ""
        else:
            kept = _replace(store, store.path, source)
    finally:
        store.close()
    log.info("restored %s from %s", kind, source.name)
    if kept:
        return Sentence(
            N_("Restored from {name}; the state before it is kept as {kept}."), {"name": source.name, "kept": kept}
        )
    return Sentence(N_("Restored from {name}."), {"name": source.name})


def _replace(store: Store, live: Path, source: Path) -> str:
    wrong = backup.integrity(source)
    if wrong:
        raise Fault(
            N_("The backup {path} is damaged: {wrong}"),
            N_("Nothing was changed; choose an earlier one."),
            reference="P212",
            path=source.name,
            wrong=wrong[0],
        )
    kept = ""
    if live.exists():
        kept = f"{live.stem}-before-restore-{datetime.now():%Y%m%d-%H%M%S}.sqlite"
        try:
            backup.copy_sqlite(live, live.with_name(kept))
        except Exception:  # a damaged store can't be copied page by page: keep its bytes as they are
            live.with_name(kept).write_bytes(live.read_bytes())
    fresh = live.with_name(live.name + ".restoring")
    backup.copy_sqlite(source, fresh)
    for extra in ("-wal", "-shm"):
        live.with_name(live.name + extra).unlink(missing_ok=True)
    os.replace(fresh, live)
    return kept
