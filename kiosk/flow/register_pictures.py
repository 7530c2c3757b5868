"""Pictures that were taken here are handed to the server: an owed job of this PC, done again until it has them all."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.core import image_kinds
from kiosk.core.faults import Fault, LinkLost, Refused
from kiosk.core.registering import RegisterSettings
from kiosk.core.taken import CLIP, PictureSet, TakenPicture
from kiosk.core.words import N_
from kiosk.flow.crew import Crew
from kiosk.flow.hand_out import HandOut, Later
from kiosk.store import audit
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.jobs import Job
from kiosk.store.spool import REGISTER, Spool
from kiosk.store.spool_clip import clip_pictures
from kiosk.store.volume import sha256_of

log = logging.getLogger(__name__)

TIDY_S = 3600.0
PAUSES_S = (3.0, 10.0, 30.0, 60.0)  # a server that is back has the pictures within a minute
ANSWER_S = 5.0  # until the inbox is looked into again

Hints = Callable[[PictureSet, TakenPicture], dict[str, str]]


@dataclass(frozen=True)
class Writing:
    """As what pictures are written: ``kind`` ES, US, OP or OT (Secondary Capture), ``modality`` as the worklist has
    it; ``hints`` gives DICOM keyword -> value of part or eye. ``drawn`` makes the copy with the comment, which is what
    is handed over as a file, and in DICOM objects too where ``drawn_in_dicom``.
    """

    kind: str
    modality: str
    hints: Hints
    drawn: Callable[[PictureSet, TakenPicture, bytes], bytes] | None = None
    drawn_in_dicom: bool = False


class RegisterPictures:
    """Does the jobs of one mode's spool. Each step may be done twice: a picture is known by its UID and its bytes."""

    def __init__(
        self,
        spool: Spool,
        centre: Store,
        actor: Callable[[], Actor],
        how: RegisterSettings,
        writing: Writing,
        station: str,
        data: Path,
    ) -> None:
        """``data``: the folder that a relative inbox is below of."""
        self._spool = spool
        self._inbox = data / how.inbox if how.inbox else None
        self._centre = centre
        self._actor = actor
        self._how = how
        self._writing = writing
        self._station = station

    def start(self, own: Store, crew: Crew, ready: threading.Event) -> None:
        """The worker that does what is owed, once what an interruption left is taken up (``ready``); one lane of this
        PC's own jobs.
        """
        HandOut(
            own, self._station, {REGISTER: self.do}, crew, only=(self._spool.mode,), local=True, pauses_s=PAUSES_S,
            may=lambda: [REGISTER] if ready.is_set() else [],
        )  # fmt: skip

    def do(self, job: Job) -> None:
        """Raises LinkLost, Fault, Later: then it stays owed."""
        taken = self._spool.set_of(job.subject)
        if taken.row is None:
            raise Refused(
                "unidentified", N_("These pictures belong to nobody yet."),
                N_("Choose the examination, then the examinee."), reference="K440",
            )  # fmt: skip
        if not self._how.dicom and self._inbox is None:  # else the copies here would be all there is
            raise Refused(
                "nowhere", N_("No server is named to register the pictures with."),
                N_("Set dicom or inbox in the parameter file; the pictures wait on this PC."), reference="K444",
            )  # fmt: skip
        pictures = self._spool.pictures(taken.id)
        if self._how.dicom:
            self._send(taken, [each for each in pictures if not each.sent_at])
        if self._inbox is not None:
            self._hand_in(taken, [each for each in pictures if not each.handed_at and each.kind != CLIP])
        self._keep_stars(taken, pictures)
        self._spool.registered(taken.id)
        self._write_down(taken, len(pictures))
        log.info("set %s is registered, %d pictures", taken.id, len(pictures))

    # -- as DICOM ------------------------------------------------------------------------------------------------

    def _send(self, taken: PictureSet, pictures: list[TakenPicture]) -> None:
        if not pictures:
            return
        from kiosk.dicom.nodes import Node
        from kiosk.dicom.send import send_files

        files = {self._object(taken, each): each for each in pictures}
        node = Node(self._how.ae_title, self._how.address, self._how.port, title=N_("gateway"))
        failed: list[Fault] = []

        def sent(result: Any) -> None:
            if result.accepted:
                self._spool.went_out(taken.id, files[result.path].number, sent=True)
            else:
                failed.append(result.trouble or _refused(result.status))

        send_files(self._how.own_ae_title or self._station, node, list(files), sent)
        if failed:
            raise failed[0]

    def _object(self, taken: PictureSet, picture: TakenPicture) -> Path:
        """Its Part 10 file, made once: what was sent before is sent again byte for byte."""
        from kiosk import __version__
        from kiosk.dicom.write import Maker
        from kiosk.dicom.write_taken import Written, taken_object

        how = self._how
        commented = self._writing.drawn is not None and self._writing.drawn_in_dicom
        written = Written(
            self._writing.kind, self._writing.modality, how.burnt_in or commented, self._station,
            Maker(how.manufacturer, how.model, how.serial_number, __version__),
        )  # fmt: skip

        def make() -> bytes:
            data = (self._drawn(taken, picture) if commented else self._spool.path_of(picture)).read_bytes()
            pixels = clip_pictures(data) if picture.kind == CLIP else data
            return taken_object(written, taken, picture, pixels, self._writing.hints(taken, picture))

        return self._spool.beside(picture, ".dcm", make)

    def _drawn(self, taken: PictureSet, picture: TakenPicture) -> Path:
        """The copy with the comment, made once; the picture itself stays as it came."""
        original = self._spool.path_of(picture)
        draw = self._writing.drawn
        if draw is None:
            return original
        return self._spool.beside(picture, ".comment.jpeg", lambda: draw(taken, picture, original.read_bytes()))

    # -- as files ------------------------------------------------------------------------------------------------

    def _hand_in(self, taken: PictureSet, pictures: list[TakenPicture]) -> None:
        from kiosk.devices.inbox.hand_in import HandIn

        assert taken.row is not None and self._inbox is not None
        inbox = HandIn(self._inbox)
        waiting = 0
        for each in pictures:
            name = f"{taken.id}-{each.number:04d}.jpg"
            if inbox.answered(name):
                self._spool.went_out(taken.id, each.number, handed=True)
                continue
            if not inbox.waits(name):
                patient = taken.row.patient
                path = self._drawn(taken, each)
                sha256, size = sha256_of(path), path.stat().st_size
                told = {
                    "kind": image_kinds.kind_of(self._writing.modality), "title": each.part or taken.row.description,
                    "patient_id": patient.patient_id, "issuer": patient.issuer, "source": self._station,
                    "day": each.at[:10], "sha256": sha256, "size": size,
                }  # fmt: skip
                inbox.put(name, path.read_bytes(), told)
            waiting += 1
        if waiting:
            raise Later(time.time() + ANSWER_S, "the inbox has not answered yet")

    # -- after that ----------------------------------------------------------------------------------------------

    def _keep_stars(self, taken: PictureSet, pictures: list[TakenPicture]) -> None:
        """Key images lie in the visit's tray, where findings shows them."""
        stars = [each for each in pictures if each.star and each.kind != CLIP]
        if not stars:
            return
        from kiosk.flow.take_key_image import take_key_image
        from kiosk.store import findings, visits

        assert taken.row is not None
        with self._centre.reading() as conn:
            found = visits.scheduled(conn, study_uid=taken.row.study_uid, limit=1)
            visit = found[0][0].id if found else taken.row.visit
            if not visit or visits.visit_by_id(conn, visit) is None:
                log.warning("the key images of set %s belong to no visit of the shared store", taken.id)
                return
            there = {each.sop_uid for each in findings.tray(conn, visit)}
        for each in stars:
            if each.sop_uid not in there:
                take_key_image(
                    self._centre, self._actor(), visit=visit, sop_uid=each.sop_uid, frame=1,
                    picture=self._spool.path_of(each).read_bytes(), rendering={}, comment=each.part,
                )  # fmt: skip

    def _write_down(self, taken: PictureSet, count: int) -> None:
        assert taken.row is not None
        patient = taken.row.patient
        try:
            with self._centre.writing() as conn:
                audit.write(
                    conn, self._actor(), "pictures registered", patient=f"{patient.issuer}|{patient.patient_id}",
                    subject=taken.row.study_uid, images=count, taken_by=taken.by,
                )  # fmt: skip
        except LinkLost as why:  # the server has them: that must not look like a failure
            log.warning("the audit row of set %s could not be written: %s", taken.id, why)


def start_keeping(crew: Crew, spool: Spool, taken_up: threading.Event, keep_days: int) -> None:
    """A worker: first what an interruption left is taken up, then local copies go when their days are over."""

    def work(stop: threading.Event) -> None:
        try:
            found = spool.take_up()
            if found:
                log.warning("%d pictures without a row were found again", found)
        finally:
            taken_up.set()
        while True:
            try:
                gone = spool.forget_older(keep_days)
                if gone:
                    log.info("local copies of %d examinations were removed after %d days", gone, keep_days)
            except Fault as why:
                log.warning("local copies can't be tidied: %s", why)
            if stop.wait(TIDY_S):
                return

    crew.start(f"spool-{spool.mode}", work)


def _refused(status: int | None) -> Fault:
    return Refused(
        "server", N_("The server refused a picture (status {status})."),
        N_("Show this to the person in charge; the pictures stay on this PC and are sent again."), reference="K442",
        status=f"{status:04X}" if status is not None else "-",
    )  # fmt: skip
