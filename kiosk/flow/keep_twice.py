"""Every image twice: what was received is copied to a disk of the image server and to a spare one, and read back.

A job for each study and each role of disk (``primary``, ``mirror``), owed since the image was received. The copy goes
to whichever disk of that role has room, the one that holds more of the study first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime

from kiosk.core.disks import DiskState, Night
from kiosk.core.faults import Fault, NoRoom
from kiosk.core.safe_names import folder_key
from kiosk.core.words import N_
from kiosk.flow.hand_out import Later
from kiosk.flow.intake import modality_key
from kiosk.store import documents, found_images, image_index, image_places, notices
from kiosk.store.clock import day_of
from kiosk.store.copy_file import SourceDamaged, copy_file, hash_on_disk, make_ready, proven
from kiosk.store.disk_walk import must_stand
from kiosk.store.engine import Store
from kiosk.store.image_places import Kept
from kiosk.store.jobs import Job
from kiosk.store.volume import Volume, Volumes

log = logging.getLogger(__name__)

COPY, COPY_DOCUMENT = "mirror", "mirror document"
AT_ONCE = 50  # copied, then read back, then entered together
AWAY_S = 120.0  # a disk that is away is asked for again so much later


class KeepTwice:
    """Does the jobs of kind ``COPY``; a job done twice copies nothing twice."""

    def __init__(
        self,
        centre: Store,
        volumes: Volumes,
        kind: Callable[[str], str],
        *,
        night: Night | None = None,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        """``night``: copy in these hours only (None: at any time)."""
        self._centre = centre
        self._volumes = volumes
        self._kind = kind
        self._night = night
        self._now = now

    def copy_study(self, job: Job) -> None:
        """Copy what of the study lies on no disk of the job's role. Raises Fault where something could not be copied
        (the rest is), Later where it is not time or no disk stands.
        """
        self._may_begin()
        disks = self._volumes.of_role(job.destination)
        names = {each.id for each in disks}
        with self._centre.reading() as conn:
            images = image_places.images_of_study(conn, job.subject)
        missing = [each for each in images if not each.on(names)]
        liked = [each for each in disks if any(image.on({each.id}) for image in images)]
        troubles: list[Fault] = []
        for at in range(0, len(missing), AT_ONCE):
            group = missing[at : at + AT_ONCE]
            target = self._choose([*liked, *disks], sum(each.size for each in group), job.destination)
            liked = [target]
            troubles += self._copy(group, target)
            self._may_begin()
        if troubles:
            raise troubles[0]

    def copy_document(self, job: Job) -> None:
        """The same for a document (the job's subject is its SHA-256)."""
        self._may_begin()
        disks = self._volumes.of_role(job.destination)
        with self._centre.reading() as conn:
            document = documents.find(conn, job.subject)
        if document is None or any(volume == each.id for volume, _ in document.places for each in disks):
            return
        target = self._choose(disks, document.size, job.destination)
        make_ready(target)
        for volume, path in document.places:
            source = self._volumes.get(volume)
            if source is not None and _stands(source):
                copy_file(source, target, path, document.sha256)
                if not proven(target, path, document.sha256):
                    raise _not_read_back(target)
                with self._centre.writing() as conn:
                    documents.note_copy(conn, document.id, target.id, path)
                return
        raise Later(time.time() + AWAY_S, N_("The document's disk is away."))

    def _may_begin(self) -> None:
        if self._night is not None and not self._night.holds(self._now()):
            raise Later(self._night.next(self._now()).timestamp(), N_("It is copied at night."))

    def _choose(self, disks: Sequence[Volume], size: int, role: str) -> Volume:
        for each in disks:
            if each.room.takes and each.room.left > size and each.is_same_disk():
                return each
        full = [each for each in disks if each.room.state in (DiskState.GOOD, DiskState.FULL)]
        names = ", ".join(dict.fromkeys(each.id for each in disks)) or role
        why = NoRoom(names) if full else Fault(
            N_("None of the disks {names} is there."),
            N_("Connect one; what is to be copied is copied by itself then."),
            reference="D441",
            names=names,
        )  # fmt: skip
        raise Later(time.time() + AWAY_S, str(why))

    def _copy(self, images: Sequence[Kept], target: Volume) -> list[Fault]:
        """Copy some images to one disk and enter them; returns why some of them could not be."""
        make_ready(target)
        folder = self._folder(images[0], target)
        troubles: list[Fault] = []
        came: list[tuple[Kept, str]] = []
        for image in images:
            to = f"{folder}/{image.own.path.rsplit('/', 1)[-1]}"
            try:
                self._bring(image, target, to)
                came.append((image, to))
            except SourceDamaged as why:
                troubles.append(why)
        good = [(image, to) for image, to in came if proven(target, to, image.sha256)]
        with self._centre.writing() as conn:
            for image, to in good:
                found_images.note_copy(conn, image.instance, target.id, to)
            notices.tell(conn, "copies", volume=target.id, images=len(good))
        if len(good) < len(came):
            troubles.append(_not_read_back(target))
        return troubles

    def _bring(self, image: Kept, target: Volume, to: str) -> None:
        """From the first place that is good. Raises SourceDamaged where none is, Fault where the target fails."""
        if target.holds(to) and hash_on_disk(target.file(to)) == image.sha256:
            return  # it was copied before, and the program ended before that was entered
        trouble: Fault | None = None
        for place in image.places:
            source = self._volumes.get(place.volume)
            if source is None or place.state != image_places.GOOD:
                continue
            try:
                copy_file(source, target, place.path, image.sha256, to)
                return
            except SourceDamaged as why:
                trouble = why
            except Fault as why:
                must_stand(target)
                if _stands(source):
                    raise  # the target takes no more
                trouble = why
        raise SourceDamaged(
            N_("An image can't be read from any disk; it was not copied."),
            N_("Look at check-store, and at the disk {volume}."),
            volume=image.own.volume,
        ) from trouble

    def _folder(self, image: Kept, target: Volume) -> str:
        day = day_of(image.study_date) or date.fromisoformat(image.received_at[:10])
        top = target.top(self._kind(image.modality))
        with self._centre.writing() as conn:
            return image_index.study_folder(
                conn,
                study_uid=image.study_uid,
                patient_id=image.patient_id,
                id_key=folder_key(image.patient_id) if image.patient_id else "NOID",
                volume=target.id,
                day=day.strftime("%Y%m%d"),
                modality=modality_key(image.modality),
                top=top,
            )


def _stands(volume: Volume) -> bool:
    try:
        must_stand(volume)
    except Fault:
        return False
    return True


def _not_read_back(target: Volume) -> Fault:
    return Fault(
        N_("A copy on the disk {volume} could not be read back as it was written."),
        N_("The disk may be failing: use another one."),
        reference="D422",
        volume=target.id,
    )
