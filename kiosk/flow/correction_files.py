"""What a correction does to files of a volume: moving them, and the message in place of those that were moved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from kiosk.core.correction_paths import message_path, staging_folder
from kiosk.core.faults import Fault
from kiosk.core.study import Instance
from kiosk.core.words import N_, Sentence, say
from kiosk.dicom.correct import Target
from kiosk.store import images
from kiosk.store.corrections import Correction, File
from kiosk.store.disk_walk import must_stand
from kiosk.store.engine import Connection
from kiosk.store.volume import Volume, Volumes, fsync_folder, make_folders


def writable(volumes: Volumes, name: str) -> Volume:
    """The disk of that name, standing. Raises Fault where this PC can't write to it."""
    volume = volumes.get(name)
    if volume is None or not volume.writable:
        raise Fault(
            N_("The disk {volume} can't be written to from this PC."),
            N_("Corrections are done on the gateway."), reference="K317", volume=name,
        )  # fmt: skip
    must_stand(volume)
    return volume


def clear_staging(volumes: Volumes, now: Correction, files: Sequence[File]) -> None:
    """No copies that were never placed, once it is over."""
    for name in {each.new_volume for each in files if each.new_volume}:
        folder = writable(volumes, name).file(staging_folder(now.id))
        for left in folder.glob("*") if folder.is_dir() else ():
            left.unlink(missing_ok=True)
        if folder.is_dir():
            folder.rmdir()


def move(volume: Volume, source: Path, target: Path) -> None:
    """Give a file another name on its disk, safe against a power cut; nothing where it was moved before."""
    if not source.exists():
        return
    make_folders(target.parent)
    os.replace(source, target)
    fsync_folder(target.parent)
    fsync_folder(source.parent)


def wanted_images(conn: Connection, now: Correction) -> list[Instance]:
    """The images of the study (or of its chosen series) that the index has now."""
    study = images.study_by_uid(conn, now.old_study_uid)
    found = images.instances_of_study(conn, study.id) if study is not None else []
    return [each for each in found if not now.series or each.series_uid in now.series]


def target_of(now: Correction) -> Target:
    return Target(now.after, now.new_study_uid, **now.order)


def leave_message(volume: Volume, now: Correction, file: File, count: int) -> None:
    """For whoever looks for the images in their old folder; it names no person."""
    path = volume.file(message_path(now.id, file.old_path))
    if path.exists():
        return
    values = {"at": f"{datetime.fromisoformat(now.at):%Y-%m-%d %H:%M}", "by": now.by, "second": now.second,
              "n": count, "new": file.new_path.rsplit("/", 1)[0]}  # fmt: skip
    lines = [
        say(N_("These images were moved: they had been taken under the wrong person.")),
        say(Sentence(N_("{at}  {by} / {second}  {n} images"), values)),
        say(Sentence(N_("They are now in {new}."), values)),
    ]
    arriving = volume.begin()
    try:
        arriving.write("".join(line + "\r\n" for line in lines).encode("cp932", "replace"))
        arriving.make_safe()
        volume.place(arriving, message_path(now.id, file.old_path))
    except BaseException:
        arriving.abandon()
        raise
