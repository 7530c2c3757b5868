"""The one way in: whatever the door, an image is made safe on disk, then indexed, then acknowledged.

A door does ``incoming = intake.begin(door)``, ``incoming.write(piece)`` as pieces come, and ``incoming.settle(facts)``
with what it knows. When ``settle`` returns, bytes and index row survive a power cut: temporary file, fsync, rename,
fsync of the folder, then index row, jobs owed, audit row and notice in one commit.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, TypeVar

from kiosk.core.course import arrived_views
from kiosk.core.faults import LinkLost
from kiosk.core.safe_names import folder_key
from kiosk.core.study import ImageFacts
from kiosk.core.words import N_
from kiosk.store import audit, image_index, images, jobs, notices
from kiosk.store.audit import Actor
from kiosk.store.clock import day_of
from kiosk.store.engine import Connection, Store
from kiosk.store.volume import Arriving, Volume, sha256_of
from kiosk.store.writer import GroupWriter

log = logging.getLogger(__name__)

T = TypeVar("T")

COMMIT_WAIT_S = 60.0


class Outcome(StrEnum):
    STORED = "stored"
    ALREADY = "already"  # the same bytes were stored before: nothing to do, acknowledged again
    ASIDE = "aside"  # same SOP Instance UID, other content: kept aside, the first one stays


@dataclass(frozen=True)
class Settled:
    """What became of an image. ``visit`` is None where no visit was found (listed as unmatched)."""

    outcome: Outcome
    instance: int | None = None
    study: int | None = None
    visit: int | None = None


@dataclass(frozen=True)
class Owed:
    """Work owed for what is stored: kind and destination of the job.

    ``per`` image: a job each (its subject the SOP Instance UID). ``per`` study: one job for all of it (subject the
    Study Instance UID), put off by ``quiet_s`` with each further image, and owed anew when one comes after it was done.
    """

    kind: str
    destination: str
    station: str
    per: Literal["image", "study"] = "image"
    quiet_s: float = 0.0


class Incoming:
    """A sink for one image. Every path ends in ``settle`` or ``abandon``."""

    def __init__(self, intake: Intake, door: str, volume: Volume, arriving: Arriving) -> None:
        self._intake = intake
        self._volume = volume
        self._arriving = arriving
        self.door = door

    @property
    def path(self) -> str:
        """The half-received file, for a door that checks what it was sent before it settles."""
        return str(self._arriving.path)

    @property
    def size(self) -> int:
        return self._arriving.size

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Bytes as they came, in order. Raises NoRoom."""
        self._arriving.write(piece)

    def settle(self, facts: ImageFacts) -> Settled:
        """Make it safe and index it. Raises NoRoom, LinkLost, Fault: then nothing is visible, nothing acknowledged."""
        try:
            return self._intake.take(self._volume, self._arriving, facts)
        except BaseException:
            self._arriving.abandon()
            raise

    def abandon(self) -> None:
        self._arriving.abandon()


class Intake:
    """Takes images into the volume that receives at the moment. One per receiving process."""

    def __init__(
        self,
        centre: Store,
        choose: Callable[[], Volume],
        writer: GroupWriter,
        actor: Actor,
        *,
        owed: tuple[Owed, ...] = (),
        today: Callable[[], date] = date.today,
    ) -> None:
        self._centre = centre
        self._choose = choose
        self._writer = writer
        self._actor = actor
        self._owed = owed
        self._today = today
        self._folders: dict[tuple[str, str, str], str] = {}
        self._under_way: set[str] = set()
        self._turn = threading.Condition()

    def begin(self, door: str) -> Incoming:
        """Raises NoRoom where every disk is full."""
        volume = self._choose()
        return Incoming(self, door, volume, volume.begin())

    def take(self, volume: Volume, arriving: Arriving, facts: ImageFacts) -> Settled:
        arriving.make_safe()
        facts = image_index.fitted(facts)
        with self._alone(facts.sop_uid):
            known = self._known(facts.sop_uid)
            if known is not None:
                if known.sha256 == arriving.sha256:
                    self._put_back_if_missing(volume, arriving, known, facts)
                    arriving.abandon()
                    return Settled(Outcome.ALREADY, instance=known.id)
                return self._keep_aside(volume, arriving, facts)
            path = f"{self._folder(volume, facts)}/{file_name(facts)}"
            volume.place(arriving, path)
            return self._committed(lambda conn: self._index(conn, volume, facts, path, arriving))

    # -- steps --------------------------------------------------------------------------------------------------
    @contextmanager
    def _alone(self, sop_uid: str) -> Iterator[None]:
        """Two associations that send the same instance at once are taken one after the other."""
        with self._turn:
            while sop_uid in self._under_way:
                self._turn.wait(1.0)
            self._under_way.add(sop_uid)
        try:
            yield
        finally:
            with self._turn:
                self._under_way.discard(sop_uid)
                self._turn.notify_all()

    def _known(self, sop_uid: str) -> images.Known | None:
        with self._centre.reading() as conn:
            return images.known_instance(conn, sop_uid)

    def _put_back_if_missing(self, volume: Volume, arriving: Arriving, known: images.Known, facts: ImageFacts) -> None:
        """Acknowledged means: on the disk, as it was sent. A file that was deleted, cut short or changed by a failing
        disk is not waved through as known: this is the one time that its bytes come again by themselves.
        """
        if known.volume != volume.id:
            return
        path = volume.file(known.path)
        try:
            if path.stat().st_size == known.size and sha256_of(path) == known.sha256:
                return
        except OSError:  # not there, or a bad sector
            pass
        log.warning("an indexed image was not on the disk as it was stored; it is put back")
        volume.place(arriving, known.path)
        self._committed(lambda conn: self._note(conn, "image put back", facts))

    def _folder(self, volume: Volume, facts: ImageFacts) -> str:
        key = (volume.id, facts.study_uid, facts.patient_id)
        if key not in self._folders:
            day = day_of(facts.study_date) or self._today()
            self._folders[key] = self._committed(
                lambda conn: image_index.study_folder(
                    conn,
                    study_uid=facts.study_uid,
                    patient_id=facts.patient_id,
                    id_key=folder_key(facts.patient_id) if facts.patient_id else "NOID",
                    volume=volume.id,
                    day=day.strftime("%Y%m%d"),
                    modality=modality_key(facts.modality),
                )
            )
            if len(self._folders) > 5000:
                self._folders.clear()
        return self._folders[key]

    def _committed(self, work: Callable[[Connection], T]) -> T:
        try:
            return self._writer.submit(work).result(COMMIT_WAIT_S)
        except TooLate:
            raise LinkLost(
                "centre", N_("The database does not answer."), N_("The sender keeps the image and sends it again.")
            ) from None

    def _index(self, conn: Connection, volume: Volume, facts: ImageFacts, path: str, arriving: Arriving) -> Settled:
        indexed = image_index.index_image(
            conn,
            facts,
            volume=volume.id,
            path=path,
            size=arriving.size,
            sha256=arriving.sha256,
            arrived_views=arrived_views,
        )
        for each in self._owed:
            per_study = each.per == "study"
            jobs.owe(
                conn,
                each.kind,
                station=each.station,
                destination=each.destination,
                subject=facts.study_uid if per_study else facts.sop_uid,
                due=time.time() + each.quiet_s,
                revive=per_study,
            )
        self._note(conn, "image stored", facts)
        notices.tell(conn, "images", study=indexed.study, visit=indexed.visit, instance=indexed.instance)
        return Settled(Outcome.STORED, indexed.instance, indexed.study, indexed.visit)

    def _keep_aside(self, volume: Volume, arriving: Arriving, facts: ImageFacts) -> Settled:
        path = f"ASIDE/{self._today():%Y%m%d}/{arriving.sha256[:32]}.dcm"
        volume.place(arriving, path)

        def note(conn: Connection) -> Settled:
            image_index.keep_aside(conn, facts, volume=volume.id, path=path, size=arriving.size, sha256=arriving.sha256)
            self._note(conn, "image kept aside", facts)
            notices.tell(conn, "asides")
            return Settled(Outcome.ASIDE)

        return self._committed(note)

    def _note(self, conn: Connection, action: str, facts: ImageFacts) -> None:
        patient = f"{facts.issuer}|{facts.patient_id}"
        audit.write(conn, self._actor, action, patient=patient, subject=facts.sop_uid, source=facts.source)


def modality_key(modality: str) -> str:
    """The modality as it begins a folder name: letters and digits only, ``OT`` where there is none."""
    kept = "".join(char for char in modality.upper() if char.isascii() and char.isalnum())[:8]
    return kept or "OT"


def file_name(facts: ImageFacts) -> str:
    """Series and instance number for people, a hash of the SOP Instance UID so that no two share a name."""
    digest = hashlib.sha256(facts.sop_uid.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    series = max(0, facts.series_number or 0) % 100000
    number = max(0, facts.instance_number or 0) % 1000000
    return f"{series:03d}_{number:05d}_{digest}.dcm"
