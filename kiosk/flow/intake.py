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
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeVar

from kiosk.core.course import arrived_views
from kiosk.core.faults import Fault, LinkLost
from kiosk.core.image_kinds import kind_of
from kiosk.core.safe_names import folder_key
from kiosk.core.study import ImageFacts
from kiosk.core.words import N_
from kiosk.store import audit, image_index, images, jobs, notices
from kiosk.store.audit import Actor
from kiosk.store.clock import day_of
from kiosk.store.engine import Connection, Store
from kiosk.store.fitting import fitted
from kiosk.store.image_index import Indexed, ToIndex
from kiosk.store.put_away import put_away
from kiosk.store.volume import Arriving, Volume, sha256_of
from kiosk.store.writer import GroupWriter

log = logging.getLogger(__name__)

T = TypeVar("T")

COMMIT_WAIT_S = 60.0
MOST_FOLDERS = 5000  # remembered


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


Taken = Settled | images.Known  # stored now, or what is known already under the SOP Instance UID


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
        path_of: Callable[[str, str], Path | None] = lambda volume, path: None,
        kind: Callable[[str], str] = kind_of,
        today: Callable[[], date] = date.today,
    ) -> None:
        """``path_of(volume id, path)``: where a stored image lies, None for a disk that this PC does not reach.
        ``kind(modality)``: which kind of images it belongs to.
        """
        self._centre = centre
        self._path_of = path_of
        self._choose = choose
        self._writer = writer
        self._actor = actor
        self._owed = owed
        self._kind = kind
        self._today = today
        self._folders: dict[tuple[str, str, str], str] = {}
        self._under_way: set[str] = set()
        self._turn = threading.Condition()

    def begin(self, door: str) -> Incoming:
        """Raises NoRoom where every disk is full."""
        volume = self._choose()
        try:
            return Incoming(self, door, volume, volume.begin())
        except Fault:  # it failed at this very moment; the next choice passes it over
            other = self._choose()
            if other is volume:
                raise
            return Incoming(self, door, other, other.begin())

    def take(self, volume: Volume, arriving: Arriving, facts: ImageFacts) -> Settled:
        arriving.make_safe()
        facts = fitted(facts)
        with self._alone(facts.sop_uid):
            path = f"{self._folder(volume, facts)}/{file_name(facts)}"
            # A file of that name was stored before, or a crash left it: it is not replaced before the index is asked.
            taken: Taken | None = self._known(facts.sop_uid) if volume.holds(path) else None
            if taken is None:
                volume.place(arriving, path)
                placed = ToIndex(facts, volume.id, path, arriving.size, arriving.sha256)
                handed_in: Future[Taken] = self._writer.gather(self._take_together, placed)
                taken = self._waited(handed_in)
            if isinstance(taken, Settled):
                return taken
            if taken.sha256 != arriving.sha256:
                return self._keep_aside(volume, arriving, facts)
            self._put_back_if_missing(volume, arriving, path, taken, facts)
            return Settled(Outcome.ALREADY, instance=taken.id)

    # -- on the writer's thread, for what parallel associations handed in meanwhile ------------------------------
    def _take_together(self, placed: Sequence[ToIndex]) -> list[Taken | BaseException]:
        try:
            return list(self._take_all(placed))
        except LinkLost:  # the database is away for all of them
            raise
        except Exception as why:
            if len(placed) == 1:
                return [why]
            return [self._take_together([each])[0] for each in placed]  # so that a bad one spoils no other

    def _take_all(self, placed: Sequence[ToIndex]) -> list[Taken]:
        taken: dict[str, Taken] = {}
        with self._centre.writing() as conn:
            sop_uids = [each.facts.sop_uid for each in placed]
            taken.update(put_away(conn, sop_uids))  # a correction hides it: the sender is told that it is known
            taken.update(images.known_instances(conn, sop_uids))
            fresh = [each for each in placed if each.facts.sop_uid not in taken]
            if fresh:
                indexed = image_index.index_images(conn, fresh, arrived_views)
                self._owe(conn, fresh)
                self._tell(conn, fresh, indexed)
                for each, found in zip(fresh, indexed, strict=True):
                    settled = Settled(Outcome.STORED, found.instance, found.study, found.visit)
                    taken[each.facts.sop_uid] = settled
        return [taken[each.facts.sop_uid] for each in placed]

    def _owe(self, conn: Connection, placed: Sequence[ToIndex]) -> None:
        for each in self._owed:
            per_study = each.per == "study"
            jobs.owe_all(
                conn,
                each.kind,
                dict.fromkeys(one.facts.study_uid if per_study else one.facts.sop_uid for one in placed),
                station=each.station,
                destination=each.destination,
                due=time.time() + each.quiet_s,
                revive=per_study,
            )

    def _tell(self, conn: Connection, placed: Sequence[ToIndex], indexed: Sequence[Indexed]) -> None:
        """One audit row and one notice for what came together of a study (PS3.15 A.5.3.7 does so too).

        The audit row lists the SOP Instance UIDs: which image came when, and from whom, must be told from it alone.
        """
        came: dict[tuple[str, str, str], list[str]] = {}
        told: dict[tuple[int, int | None], int] = {}
        for each, found in zip(placed, indexed, strict=True):
            facts = each.facts
            came.setdefault((f"{facts.issuer}|{facts.patient_id}", facts.study_uid, facts.source), []).append(
                facts.sop_uid
            )
            told[found.study, found.visit] = told.get((found.study, found.visit), 0) + 1
        entries = [
            audit.Entry("image stored", patient, study_uid, {"source": source, "images": sop_uids})
            for (patient, study_uid, source), sop_uids in came.items()
        ]
        audit.write_all(conn, self._actor, entries)
        for (study, visit), count in told.items():
            notices.tell(conn, "images", study=study, visit=visit, images=count)

    # -- on the association's own thread --------------------------------------------------------------------------
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
            return images.known_instance(conn, sop_uid) or put_away(conn, [sop_uid]).get(sop_uid)

    def _folder(self, volume: Volume, facts: ImageFacts) -> str:
        key = (volume.id, facts.study_uid, facts.patient_id)
        folder = self._folders.get(key)
        if folder is None:
            day = day_of(facts.study_date) or self._today()
            top = volume.top(self._kind(facts.modality))
            folder = self._committed(
                lambda conn: image_index.study_folder(
                    conn,
                    study_uid=facts.study_uid,
                    patient_id=facts.patient_id,
                    id_key=folder_key(facts.patient_id) if facts.patient_id else "NOID",
                    volume=volume.id,
                    day=day.strftime("%Y%m%d"),
                    modality=modality_key(facts.modality),
                    top=top,
                )
            )
            if len(self._folders) > MOST_FOLDERS:
                self._folders.clear()
            self._folders[key] = folder
        return folder

    def _put_back_if_missing(
        self, volume: Volume, arriving: Arriving, path: str, known: images.Known, facts: ImageFacts
    ) -> None:
        """Acknowledged means: on the disk, as it was sent. A file that was deleted, cut short or changed by a failing
        disk is not waved through as known: this is the one time that its bytes come again by themselves.
        """
        if known.volume == volume.id:
            path = known.path
            whole = arriving.path != volume.file(path) and _is_whole(volume.file(path), known)
        else:
            file = self._path_of(known.volume, known.path)
            whole = file is None or _is_whole(file, known)  # a disk of another PC is that PC's to prove
        if whole:
            arriving.discard()
            return
        log.warning("an indexed image was not on the disk as it was stored; it is put back")
        volume.place(arriving, path)

        def note(conn: Connection) -> None:
            image_index.lies_at(conn, known.id, volume.id, path)
            self._note(conn, "image put back", facts)

        self._committed(note)

    def _committed(self, work: Callable[[Connection], T]) -> T:
        return self._waited(self._writer.submit(work))

    def _waited(self, handed_in: Future[T]) -> T:
        try:
            return handed_in.result(COMMIT_WAIT_S)
        except TooLate:
            raise LinkLost(
                "centre", N_("The database does not answer."), N_("The sender keeps the image and sends it again.")
            ) from None

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


def _is_whole(path: Path, known: images.Known) -> bool:
    try:
        return path.stat().st_size == known.size and sha256_of(path) == known.sha256
    except OSError:  # not there, or a bad sector
        return False


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
