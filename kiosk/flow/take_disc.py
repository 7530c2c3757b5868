"""Takes in what a disc of another hospital holds: under our patient ID, through the gateway, each image once.

Nothing is written to the disc. An image is copied with its old identity kept in it, its pixels are proven equal, then
it is sent to the gateway, whose answer means stored and indexed; so it is known by its UID when the disc comes again.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.correction import Identity
from kiosk.core.disc import Disc, DiscStudy, TakenDisc, one_person, studies_of
from kiosk.core.faults import Fault, NoRoom, Refused
from kiosk.core.picture import PictureFacts
from kiosk.core.words import N_
from kiosk.flow.answers import as_fault
from kiosk.store import audit, images
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

if TYPE_CHECKING:
    from kiosk.dicom.nodes import Node

log = logging.getLogger(__name__)

BATCH_FILES, BATCH_BYTES = 40, 200 << 20  # sent together, so that little waits on this PC
_NO_IMAGE = ("This is not a DICOM file.", "The file is empty.")

Told = Callable[[float], None]  # so much is done (0 to 1); raises Stopped


def disc_of(centre: Store, place: str, stacks: Sequence[Any], refused: Sequence[tuple[str, Fault]]) -> Disc:
    """What was found at ``place``: the studies with whose they are, and what of them is here already."""
    from kiosk.dicom.disc import identity_of

    facts = [each for stack in stacks for each in stack.pictures]
    firsts: dict[str, str] = {}
    for each in facts:
        if each.sop_uid and each.study_uid:
            firsts.setdefault(each.study_uid, each.path)
    identities: dict[str, Identity] = {}
    for uid, path in firsts.items():
        try:
            identities[uid] = identity_of(Path(path))
        except (OSError, Refused) as why:  # what the survey read of it is told instead
            log.warning("the identity in a file of a disc can't be read: %s", type(why).__name__)
    unreadable = [each for each in refused if each[1].sentence.text not in _NO_IMAGE or _was_dicom(each[0])]
    nameless = [each for each in facts if not (each.sop_uid and each.study_uid)]
    photos = sum(not each.transfer_syntax for each in nameless)
    others = photos + len(refused) - len(unreadable)
    unreadable = [(path, _damaged() if why.sentence.text in _NO_IMAGE else why) for path, why in unreadable]
    unreadable += [(each.path, _without_uids()) for each in nameless if each.transfer_syntax]
    studies = studies_of(facts, identities, _here(centre, facts))
    return Disc(place, studies, tuple(unreadable), others)


def _here(centre: Store, facts: Sequence[PictureFacts]) -> dict[str, str]:
    """SOP Instance UID -> the patient ID that it is indexed under."""
    found: dict[str, str] = {}
    with centre.reading() as conn:
        for study_uid in {each.study_uid for each in facts if each.study_uid}:
            study = images.study_by_uid(conn, study_uid)
            if study is not None:
                uids = [each.sop_uid for each in facts if each.study_uid == study_uid and each.sop_uid]
                found.update(dict.fromkeys(images.known_instances(conn, uids), study.patient_id))
    return found


class TakeDisc:
    """``folder``: where copies wait on this PC until the gateway has them; it is emptied at the end of each run."""

    def __init__(self, centre: Store, folder: Path, own_title: str, gateway: Node, system: str) -> None:
        self._centre = centre
        self._folder = folder
        self._own_title = own_title
        self._gateway = gateway
        self._system = system

    def take(self, studies: Sequence[DiscStudy], ours: Identity, actor: Actor, told: Told) -> TakenDisc:
        """Raises Refused where they are not of one person, LinkLost where the gateway does not answer, Stopped; what
        the gateway has by then stays, and is known when it is done again.
        """
        before = one_person(studies)
        if not ours.patient_id:
            raise Refused("nobody", N_("The examinee has no patient ID."), reference="V633")
        known = _here(self._centre, [each for study in studies for each in study.files])
        run = _Run(self, ours, before, sum(len(study.files) for study in studies), told, known)
        shutil.rmtree(self._folder, ignore_errors=True)
        try:
            self._folder.mkdir(parents=True)
            for study in studies:
                stored = run.stored
                try:
                    run.take(study)
                finally:
                    self._note(study, ours, actor, run.stored - stored)
        except OSError as why:
            raise NoRoom(str(self._folder)) from why
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
        return TakenDisc(run.stored, run.known, tuple(run.refused))

    def _note(self, study: DiscStudy, ours: Identity, actor: Actor, stored: int) -> None:
        if stored:
            with self._centre.writing() as conn:
                audit.write(
                    conn, actor, "disc taken in", patient=f"{ours.issuer}|{ours.patient_id}", subject=study.study_uid,
                    images=stored, original=f"{study.identity.issuer}|{study.identity.patient_id}",
                )  # fmt: skip


class _Run:
    """One taking in, with its counts."""

    def __init__(
        self, disc: TakeDisc, ours: Identity, before: Identity, total: int, told: Told, known: dict[str, str]
    ) -> None:
        self._disc, self._ours, self._before = disc, ours, before
        self._total, self._told, self._known = max(1, total), told, known
        self.stored = self.known = 0
        self.refused: list[tuple[str, Fault]] = []
        self._waiting: dict[Path, PictureFacts] = {}
        self._bytes = 0

    def take(self, study: DiscStudy) -> None:
        seen: set[str] = set()
        for each in study.files:
            self._told((self.stored + self.known + len(self.refused) + len(self._waiting)) / self._total)
            if each.sop_uid in self._known or each.sop_uid in seen:
                self.known += 1
                continue
            seen.add(each.sop_uid)
            try:
                self._copy(each)
            except (OSError, Refused) as why:
                self.refused.append((each.path, _unreadable(why)))
                continue
            if len(self._waiting) >= BATCH_FILES or self._bytes >= BATCH_BYTES:
                self._send()
        self._send()

    def _copy(self, facts: PictureFacts) -> None:
        """Raises OSError of the disc, Refused, and NoRoom of this PC."""
        from kiosk.dicom.correct import pixels_sha256
        from kiosk.dicom.disc import import_copy

        name = hashlib.sha256(facts.sop_uid.encode()).hexdigest()[:24]
        target = self._disc._folder / f"{name}.dcm"
        try:
            file = open(target, "wb")  # noqa: SIM115 - closed below
        except OSError as why:
            raise NoRoom(str(self._disc._folder)) from why

        def write(piece: bytes) -> None:
            try:
                file.write(piece)
            except OSError as why:
                raise NoRoom(str(self._disc._folder)) from why

        try:
            with file:
                made = import_copy(
                    Path(facts.path), write, self._ours, self._before, study_uid=facts.study_uid,
                    series_uid=facts.series_uid, sop_uid=facts.sop_uid, system=self._disc._system,
                    when=datetime.now(),
                )  # fmt: skip
            if pixels_sha256(target) != made.pixels:
                raise NoRoom(str(self._disc._folder))
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        self._waiting[target] = facts
        self._bytes += target.stat().st_size

    def _send(self) -> None:
        """The gateway's answer means stored and indexed; what it does not take is listed with its status."""
        if not self._waiting:
            return
        from kiosk.dicom.send import send_files

        lost: Fault | None = None
        for sent in send_files(self._disc._own_title, self._disc._gateway, list(self._waiting)):
            facts = self._waiting.pop(sent.path)
            if sent.accepted:
                self.stored += 1
            elif sent.status is None and sent.trouble is not None and not isinstance(sent.trouble, Refused):
                lost = sent.trouble
            else:
                self.refused.append((facts.path, sent.trouble or _not_taken(sent.status)))
            sent.path.unlink(missing_ok=True)
        self._bytes = 0
        if lost is not None:
            raise lost


def _was_dicom(path: str) -> bool:
    """It begins as an image does, or can't even be read: somebody misses it."""
    try:
        with open(path, "rb") as file:
            return file.read(132)[128:] == b"DICM"
    except OSError:
        return True


def _damaged() -> Fault:
    return Fault(
        N_("The header of this file is damaged and can't be read."), N_("Clean the disc, or try another drive."),
        reference="V636",
    )  # fmt: skip


def _without_uids() -> Fault:
    return Fault(
        N_("This image bears no identifiers (UIDs) and can't be stored."), N_("Ask the hospital for a new disc."),
        reference="V637",
    )  # fmt: skip


def _unreadable(why: Exception) -> Fault:
    if isinstance(why, OSError):
        return Fault(
            N_("The file can't be read ({why})."), N_("Clean the disc, or try another drive."), reference="V634",
            why=why.strerror or type(why).__name__,
        )  # fmt: skip
    return as_fault(why)


def _not_taken(status: int | None) -> Fault:
    return Refused(
        "server", N_("The gateway did not take it (status {status})."), N_("Show this to the person in charge."),
        reference="V635", status="-" if status is None else f"{status:04X}",
    )  # fmt: skip
