"""What is left of a correction on the disks once it is over; and the old files for good, where two people say so."""

from __future__ import annotations

import shutil
from typing import Any

from kiosk.core.correction import State
from kiosk.core.correction_paths import message_path, quarantine_folder, undone_path
from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.flow.correction_files import clear_staging, move, writable
from kiosk.store import audit, corrections, notices
from kiosk.store.audit import Actor
from kiosk.store.corrections import Correction, File
from kiosk.store.disk_walk import must_stand
from kiosk.store.engine import Store
from kiosk.store.volume import Volumes


def tidy(centre: Store, volumes: Volumes, now: Correction) -> None:
    """May be cut off anywhere and done again. Raises Fault where a disk is away."""
    with centre.reading() as conn:
        files = corrections.files_of(conn, now.id)
        kept: Any = corrections.taken_out(conn, now.id)  # of one that was undone: further copies of the new ones
    further = [(str(volume), str(path)) for volume, path in kept.get("further", [])]
    if now.state is State.UNDONE:
        _put_new_away(volumes, now, files, further)
    elif now.state is State.CANCELLED:
        for each in files:
            if each.new_volume and each.new_path:
                writable(volumes, each.new_volume).file(each.new_path).unlink(missing_ok=True)
    clear_staging(volumes, now, files)
    if now.removing:
        _remove(centre, volumes, now, files, [name for name, _ in further])


def _put_new_away(volumes: Volumes, now: Correction, files: list[File], further: list[tuple[str, str]]) -> None:
    for name, path in [*((each.new_volume, each.new_path) for each in files if each.new_path), *further]:
        known = volumes.get(name)
        if known is not None and known.writable:
            must_stand(known)
            move(known, known.file(path), known.file(undone_path(now.day, now.id, path)))
    for each in (each for each in files if each.old_path):
        writable(volumes, each.volume).file(message_path(now.id, each.old_path)).unlink(missing_ok=True)


def _remove(centre: Store, volumes: Volumes, now: Correction, files: list[File], further: list[str]) -> None:
    """Everything of this correction that lies in QUARANTINE. What two people agreed to is noted before and after."""
    names = {each.volume for each in files} | {each.new_volume for each in files} | set(further)
    names |= {name for each in files for name, _ in each.further}
    for name in sorted(names - {""}):
        volume = volumes.get(name)
        if volume is None or not volume.writable:
            continue  # nothing was ever put away there
        must_stand(volume)
        folder = volume.file(quarantine_folder(now.day, now.id))
        try:
            if folder.is_dir():
                shutil.rmtree(folder)
            if folder.parent.is_dir() and not any(folder.parent.iterdir()):
                folder.parent.rmdir()
        except OSError as why:
            raise Fault(
                N_("What was put away can't be deleted ({reason})."), N_("Check the disk, then try again."),
                reference="K322", reason=why.strerror or type(why).__name__,
            ) from why  # fmt: skip
    with centre.writing() as conn:
        if not corrections.removed(conn, now.id):
            return
        audit.write(
            conn, Actor(station=now.station), "quarantine removed", subject=f"correction {now.id}",
            patient=f"{now.before.issuer}|{now.before.patient_id}",
            images=[[each.old_sop_uid, each.old_sha256] for each in files if each.old_sop_uid],
        )  # fmt: skip
        notices.tell(conn, corrections.NOTICE, correction=now.id)
