"""After a restore: images that were received after the backup lie on the disks and are taken into the index again.

The disks are the journal: every acknowledged image lies there whole, under a name of ours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.core.course import arrived_views
from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import N_, Sentence
from kiosk.dicom.dataset import facts_of_file
from kiosk.flow.back_up import backups
from kiosk.flow.settings_file import StationFile, volumes_of
from kiosk.store import audit, image_index, images, notices
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.fitting import fitted
from kiosk.store.image_index import ToIndex
from kiosk.store.opening import centre_store
from kiosk.store.volume import Volume, sha256_of

log = logging.getLogger(__name__)

AT_ONCE = 50  # images in one commit
SOURCE = "replay"
EARLIER_S = 3600.0  # clocks of disks and PCs differ


@dataclass
class Replayed:
    """How many files were looked at, how many were taken into the index, and how many could not be read."""

    files: int = 0
    indexed: int = 0
    unreadable: int = 0


def replay_received(
    centre: Store,
    volumes: Sequence[Volume],
    actor: Actor,
    *,
    since_s: float = 0.0,
    progress: Callable[[int], None] = lambda files: None,
) -> Replayed:
    """Index what the disks hold and the index lacks, of files written after ``since_s`` (seconds of the epoch).

    ``progress(files)`` may raise to stop it; it may be begun again, nothing is indexed twice. A file that is not whole
    (left by a power cut, never acknowledged) is passed over.
    """
    done = Replayed()
    for volume in volumes:
        if volume.writable or volume.root.is_dir():
            for group in _groups(_newer(volume, since_s - EARLIER_S)):
                _take(centre, volume, group, actor, done)
                done.files += len(group)
                progress(done.files)
    log.info("replay: %s files, %s indexed, %s unreadable", done.files, done.indexed, done.unreadable)
    return done


def replay_after(file: StationFile, source: Path) -> Sentence:
    """What follows the restore of the backup ``source``: the images that this PC's disks received after it."""
    made = next((each.made for each in backups(source.parent) if each.path.name == source.name), None)
    centre = centre_store(file.station.centre, file.data)
    try:
        done = replay_received(
            centre,
            [volume for volume in volumes_of(file) if volume.writable],
            Actor(station=file.station.name),
            since_s=made.timestamp() if made else 0.0,
        )
    finally:
        centre.close()
    return Sentence(
        N_("{files} newer files on the disks looked at, {indexed} images taken into the index again."),
        {"files": done.files, "indexed": done.indexed},
    )


def _newer(volume: Volume, since_s: float) -> Iterator[str]:
    for path in volume.stored_files():
        if path.startswith("DICOM/") and path.endswith(".dcm"):
            try:
                if volume.file(path).stat().st_mtime >= since_s:
                    yield path
            except FileNotFoundError:
                continue


def _groups(paths: Iterator[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for path in paths:
        group.append(path)
        if len(group) == AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _take(centre: Store, volume: Volume, paths: Sequence[str], actor: Actor, done: Replayed) -> None:
    read: dict[str, ToIndex] = {}
    for path in paths:
        file = volume.file(path)
        try:
            facts = fitted(replace(facts_of_file(file, SOURCE)))
            read.setdefault(facts.sop_uid, ToIndex(facts, volume.id, path, file.stat().st_size, ""))
        except LinkLost:
            raise
        except (Fault, OSError, ValueError) as why:
            done.unreadable += 1
            log.warning("a file could not be read for the index: %s", why if isinstance(why, Fault) else type(why))
    with centre.reading() as conn:
        known = images.known_instances(conn, list(read))
    fresh = [replace(each, sha256=sha256_of(volume.file(each.path))) for uid, each in read.items() if uid not in known]
    if not fresh:
        return
    with centre.writing() as conn:
        again = images.known_instances(conn, [each.facts.sop_uid for each in fresh])  # received meanwhile
        fresh = [each for each in fresh if each.facts.sop_uid not in again]
        if not fresh:
            return
        indexed = image_index.index_images(conn, fresh, arrived_views)
        for folder in {each.path.rsplit("/", 1)[0]: each for each in fresh}.values():
            image_index.keep_folder(conn, folder)
        came: dict[tuple[str, str], list[str]] = {}
        for each in fresh:
            patient = f"{each.facts.issuer}|{each.facts.patient_id}"
            came.setdefault((patient, each.facts.study_uid), []).append(each.facts.sop_uid)
        entries = [
            audit.Entry("image indexed again", patient, study, {"images": uids})
            for (patient, study), uids in came.items()
        ]
        audit.write_all(conn, actor, entries)
        for study, visit in {(each.study, each.visit) for each in indexed}:
            notices.tell(conn, "images", study=study, visit=visit, images=len(fresh))
    done.indexed += len(fresh)
