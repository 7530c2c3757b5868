"""The restore drill: the newest backup is put back in a temporary place, opened, and held against the live store."""

from __future__ import annotations

import gzip
import logging
import shutil
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.flow.back_up import Backup, backups
from kiosk.flow.settings_file import StationFile
from kiosk.store import audit, backup, images
from kiosk.store.engine import Store, sqlite_url
from kiosk.store.volume import Volume, sha256_of

log = logging.getLogger(__name__)

SAMPLE = 20  # images of the restored index that are looked up on the disks
COPIED = b"COPY public."


def newest_backup(folders: Sequence[Path], kind: str = "centre") -> Backup | None:
    """The newest backup of a store in any of the folders; a folder that is away counts as empty."""
    found = [each for folder in folders if folder.is_dir() for each in backups(folder) if each.kind == kind]
    return max(found, key=lambda each: each.made, default=None)


def newest_good(file: StationFile) -> Path | None:
    """The newest backup of the shared store that is whole, in any folder that the parameter file names for backups."""
    named = [file.data / "BACKUP"]
    for settings in file.modes.values():
        named += [file.data / each for each in getattr(getattr(settings, "backup", None), "folders", ())]
        named += [file.data / settings.backup_folder] if hasattr(settings, "backup_folder") else []
    found = [each for folder in dict.fromkeys(named) if folder.is_dir() for each in backups(folder)]
    for each in sorted(found, key=lambda one: one.made, reverse=True):
        if each.kind == "centre" and each.path.suffix == ".sqlite" and not backup.integrity(each.path):
            return each.path
    return None


def drill(centre: Store, folders: Sequence[Path], volumes: Sequence[Volume]) -> Sentence:
    """What was proven, as a sentence. Raises Fault where the newest backup would not help."""
    newest = newest_backup(folders)
    if newest is None:
        raise Fault(
            N_("There is no backup of the shared store."),
            N_("Make one; check the folder for backups."),
            reference="P220",
        )
    if newest.path.suffix == ".gz":
        return _read_dump(newest)
    with tempfile.TemporaryDirectory(prefix="drill-") as place:
        restored = Path(place) / "centre.sqlite"
        shutil.copyfile(newest.path, restored)
        wrong = backup.integrity(restored)
        if wrong:
            raise _no_help(newest, wrong[0])
        store = Store(sqlite_url(restored), "centre")  # its schema is left as it is
        try:
            return _held_against(store, centre, newest, volumes)
        finally:
            store.close()


def _held_against(restored: Store, live: Store, newest: Backup, volumes: Sequence[Volume]) -> Sentence:
    with restored.reading() as conn:
        broken = audit.verify(conn)
        end = audit.anchor(conn)
        counted = images.counted_instances(conn)
        sample = images.some_instances(conn, SAMPLE)
    if broken:
        raise _no_help(newest, broken[0])
    with live.reading() as conn:
        if not audit.holds(conn, end):
            raise _no_help(newest, "audit")
        if images.counted_instances(conn) < counted:
            raise Fault(
                N_("The backup {path} holds more images than the store."),
                N_("Call the person in charge before anything is restored."),
                reference="P222",
                path=newest.path.name,
            )
    _prove(sample, {each.id: each for each in volumes}, newest)
    return Sentence(
        N_("{path} restored for trial: {images} images, {sample} of them proven on the disks."),
        {"path": newest.path.name, "images": counted, "sample": len(sample)},
    )


def _prove(sample: Sequence[images.Known], volumes: dict[str, Volume], newest: Backup) -> None:
    for each in sample:
        volume = volumes.get(each.volume)
        if volume is None or not volume.root.is_dir():
            continue
        try:
            whole = sha256_of(volume.file(each.path)) == each.sha256
        except OSError:
            whole = False
        if not whole:
            raise Fault(
                N_("An image that the backup {path} names is not on the disk {volume} as it was stored."),
                N_("Let the store be checked (maintenance, F5)."),
                reference="P223",
                path=newest.path.name,
                volume=each.volume,
            )


def _read_dump(newest: Backup) -> Sentence:
    """A dump of PostgreSQL is read to its end and its rows are counted; it is not put back anywhere."""
    rows, whole, counting = 0, False, False
    try:
        with gzip.open(newest.path, "rb") as lines:
            for line in lines:
                if line.startswith(COPIED):
                    counting = True
                elif counting and line.startswith(b"\\."):
                    counting = False
                elif counting:
                    rows += 1
                whole = whole or b"database dump complete" in line
    except (OSError, EOFError, zlib.error):
        whole = False
    if not whole:
        raise _no_help(newest, "gzip")
    return Sentence(
        N_("{path} read to its end: {rows} rows. A dump of PostgreSQL is not restored for trial."),
        {"path": newest.path.name, "rows": rows},
    )


def _no_help(newest: Backup, wrong: str) -> Fault:
    log.warning("the newest backup would not help: %s", wrong)
    return Fault(
        N_("The backup {path} can't be restored: {wrong}"),
        N_("Make a new backup now, and call the person in charge."),
        reference="P221",
        path=newest.path.name,
        wrong=wrong,
    )
