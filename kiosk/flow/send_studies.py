"""Sends studies to one destination: what it has not accepted yet, image by image, then asks it whether it has them.

A study may be sent again at any time: a destination knows an image by its SOP Instance UID and gets the same bytes.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.kept_sentences import sentence_data
from kiosk.core.sending import NOT_SENT, SENT, DestinationLine, SendLine, SendState, Switches, pause_s
from kiosk.core.words import N_, Sentence, say
from kiosk.dicom import status_words
from kiosk.dicom.send import SentFile, send_files
from kiosk.flow.hand_out import Later
from kiosk.flow.sending_state import SendingLog
from kiosk.flow.verify_sent import VerifySent
from kiosk.flow.watch_link import Destination, Link
from kiosk.store import image_places, notices, sends
from kiosk.store.clock import now_text
from kiosk.store.engine import Store
from kiosk.store.image_places import Kept
from kiosk.store.jobs import Job

log = logging.getLogger(__name__)

SEND, SEND_NOW = SENDING = ("send", "send now")  # kinds of jobs; the second was asked for by hand
NOTICE = "sends"  # of the centre
KEEP_EVERY_S = 1.0  # what was answered is kept so often: what a power cut takes with it is sent again
GREW_S = 2.0  # what came while a study was being sent goes so soon after it
IN_HAND = (SendState.SENDING, SendState.ACCEPTED, SendState.VERIFIED)
BROKE_OFTEN = 3  # a study that breaks the line so often waits for its turn, so that others go


class SendStudies:
    """The lane of one destination."""

    def __init__(
        self,
        centre: Store,
        path_of: Callable[[str, str], Path | None],
        to: Destination,
        link: Link,
        switches: Callable[[], Switches],
        book: SendingLog,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._centre = centre
        self._path_of = path_of
        self.destination = self._to = to
        self.link = link
        self._switches = switches
        self._book = book
        self._clock = clock
        self._verify = VerifySent(centre, to)
        self._halt = _Halt(lambda: to.name in switches().paused)
        self._now = (0, 0, 0)  # study row, images away, of

    # -- for the hand-out ------------------------------------------------------------------------------------------

    def may(self) -> Sequence[str]:
        """Kinds of jobs that may be begun now. What was asked for by hand goes with automatic sending off too, and is
        tried at a destination that is left alone.
        """
        switches = self._switches()
        if self._halt.is_set():
            return ()
        if switches.automatic and self.link.may(answering=switches.answering):
            return SENDING
        return (SEND_NOW,) if self.link.may_by_hand() else ()

    def open(self) -> bool:
        """May automatic sending to it begin now?"""
        return SEND in self.may()

    def stop(self) -> None:
        """The program ends: begin no further image (what is being sent does not see the hand-out's own flag)."""
        self._halt.set()
        self.link.look_now()

    def line(self) -> DestinationLine:
        """What the window shows."""
        rests, until, why = self.link.rests()
        text, values = sentence_data(why)
        study, sent, of = self._now
        return DestinationLine(
            self._to.name, self._to.title, self._to.node.ae_title, self._to.way, self.link.lamps,
            self._to.name in self._switches().paused, rests, until, text, values, study, sent, of, self._to.contact,
        )  # fmt: skip

    def send(self, job: Job) -> None:
        """Raises Later where it is not over: the job stays owed."""
        with self._centre.reading() as conn:
            line = sends.find(conn, self._to.name, job.subject)
        if line is None or line.state in (SendState.DONE, SendState.HELD):
            return
        with self._centre.reading() as conn:
            images = image_places.images_of_study(conn, job.subject)
            said = sends.said(conn, line.id)
        missing = [each for each in images if not status_words.stored(said.get(each.sop_uid))]
        if missing:
            self._send(line, images, missing)
        elif line.state != SendState.ACCEPTED:
            self._change(line, state=SendState.SENDING)
        self._verified(line, images)

    # -- sending ---------------------------------------------------------------------------------------------------

    def _send(self, line: SendLine, images: Sequence[Kept], missing: Sequence[Kept]) -> None:
        """Returns where the destination accepted all of it; raises Later."""
        self._change(line, state=SendState.SENDING, images=len(images), mark="")
        self._now = (line.study, len(images) - len(missing), len(images))
        self.link.connected(True)
        try:
            if self._to.way == "move":
                self._move(line, images)
            else:
                self._store(line, images, missing)
        finally:
            self.link.connected(False)
            self._now = (0, 0, 0)
        self.link.succeeded()
        if self._to.verify != "none":
            self._go_on(
                line, images, state=SendState.ACCEPTED, accepted=len(images), mark=SENT, attempts=0, error=None,
                commitment="", last_status=status_words.shown(status_words.SUCCESS),
            )  # fmt: skip
        self._book.note(self._to.name, line.study, len(images), status_words.shown(status_words.SUCCESS), SENT)

    def _store(self, line: SendLine, images: Sequence[Kept], missing: Sequence[Kept]) -> None:
        """C-STORE by us."""
        uids: dict[Path, str] = {}
        lost = 0

        def files() -> Iterator[Path]:
            """Each is looked for while the destination works on the one before."""
            nonlocal lost
            for each in missing:
                path = self._file(each)
                if path is None:
                    lost += 1
                else:
                    uids[path] = each.sop_uid
                    yield path

        told = _Told(self._centre, line.id, len(images) - len(missing), self._count)
        try:
            results = send_files(
                self._to.own_title,
                self._to.node,
                files(),
                progress=lambda one: told(uids.get(one.path, one.sop_uid), one),
                stop=self._halt,
                kinds=[(each.sop_class, each.transfer_syntax) for each in missing],
            )
        except LinkLost as why:
            self._link_lost(line, why)
        told.keep()
        with self._centre.reading() as conn:
            said = sends.said(conn, line.id)
        stored = sum(status_words.stored(said.get(each.sop_uid)) for each in images)
        if stored == len(images):
            return
        self._change(line, accepted=stored)
        if self._halt.is_set():
            self._halted(line)
        refused = next((one for one in results if one.status is not None and not one.accepted), None)
        if refused is not None:
            self._refused(line, refused)
        if any(isinstance(one.trouble, LinkLost) for one in results):
            self._link_lost(line, LinkLost(self._to.whom), broke=True)
        unreadable = sum(one.trouble is not None for one in results) + lost
        self._failed(line, _not_readable(max(unreadable, len(images) - stored)), status_words.shown(None))

    def _move(self, line: SendLine, images: Sequence[Kept]) -> None:
        """C-MOVE at the server that has the images. One that knows fewer than we do sends the rest the next time."""
        from kiosk.dicom import fetch

        assert self._to.at is not None
        try:
            moved = fetch.move(
                self._to.own_title,
                self._to.at,
                "STUDY",
                {"StudyInstanceUID": line.study_uid},
                self._to.node.ae_title,
                progress=lambda told: self._count(told.completed + told.warning),
                stop=self._halt,
            )
        except LinkLost as why:
            self._link_lost(line, why)
        away = moved.completed + moved.warning
        self._change(line, accepted=min(away, len(images)), last_status=moved.code)
        if moved.cancelled:
            self._halted(line)
        if moved.status is None:
            self._link_lost(line, LinkLost(self._to.at.title or self._to.at.ae_title), broke=True)
        if not moved.done:
            self._failed(line, moved.words, moved.code)
        if away < len(images):
            values = {"whom": self._to.at.title or self._to.at.ae_title, "n": away, "m": len(images)}
            self._failed(line, Sentence(N_("{whom} has sent only {n} of {m} images."), values), moved.code)
        with self._centre.writing() as conn:
            sends.note_said(conn, line.id, dict.fromkeys((each.sop_uid for each in images), status_words.SUCCESS))

    def _file(self, image: Kept) -> Path | None:
        for place in image.places:
            path = self._path_of(place.volume, place.path) if place.state == image_places.GOOD else None
            try:
                if path is not None and path.is_file():
                    return path
            except OSError:  # a network path that is away
                continue
        return None

    def _count(self, sent: int) -> None:
        study, _, of = self._now
        self._now = (study, sent, of)

    # -- what came of it -------------------------------------------------------------------------------------------

    def _verified(self, line: SendLine, images: Sequence[Kept]) -> None:
        """Ask whether it has them; then the study is done. Raises Later."""
        if self._to.verify != "none":
            try:
                trouble = self._verify(line, images)
            except LinkLost as why:
                trouble = why.sentence
            if trouble is not None:
                self._not_verified(line, trouble)
            self._go_on(line, images, state=SendState.VERIFIED, verified_at=now_text(), error=None)
        self._go_on(
            line, images, state=SendState.DONE, accepted=len(images), mark=SENT, attempts=0, error=None,
            done_at=now_text(), last_status=status_words.shown(status_words.SUCCESS),
        )  # fmt: skip

    def _not_verified(self, line: SendLine, why: Sentence) -> NoReturn:
        with self._centre.reading() as conn:
            now = sends.by_id(conn, [line.id])[0]
        state, tries = now.state, now.attempts + 1
        text, values = sentence_data(why)
        self._change(line, attempts=tries, error=text, error_values=values)
        if state == SendState.QUEUED:  # some of it is to be sent again
            raise Later(0.0, text)
        raise Later(self._clock() + min(pause_s(self._to.retry_s, tries), 30.0 * 2 ** min(tries, 10)), text)

    def _refused(self, line: SendLine, one: SentFile) -> NoReturn:
        status = one.status
        assert status is not None
        if status_words.has_no_room(status):
            self.link.failed(
                Fault(status_words.words_of(status, self._to.whom).text, reference="L530", whom=self._to.whom),
                wakes=False,
            )
        else:
            self.link.succeeded()
        self._failed(line, status_words.words_of(status, self._to.whom), status_words.shown(status))

    def _failed(self, line: SendLine, why: Sentence, status: str) -> NoReturn:
        """It was not accepted: again after a pause that grows. Raises Later."""
        attempts = line.attempts + 1
        text, values = sentence_data(why)
        self._change(
            line, state=SendState.FAILED, mark=NOT_SENT, last_status=status, attempts=attempts, error=text,
            error_values=values,
        )  # fmt: skip
        self._book.note(self._to.name, line.study, line.images, status or "----", NOT_SENT, say(why))
        log.warning("study #%d was not accepted by %s: %s %s", line.study, self._to.name, status, text)
        raise Later(self._clock() + pause_s(self._to.retry_s, attempts), text)

    def _halted(self, line: SendLine) -> NoReturn:
        """The program ends, or somebody paused the destination: the rest goes later. Raises Later."""
        self._change(line, state=SendState.QUEUED)
        raise Later(0.0)

    def _link_lost(self, line: SendLine, why: LinkLost, *, broke: bool = False) -> NoReturn:
        """The destination is away, which is no fault of the study: first again when it is back. Raises Later.
        ``broke``: the line was lost in the midst of it.
        """
        self.link.failed(why)
        attempts = line.attempts + (1 if broke else 0)
        text, values = sentence_data(why.sentence)
        self._change(
            line, state=SendState.QUEUED, mark=NOT_SENT, last_status=status_words.shown(None), attempts=attempts,
            error=text, error_values=values,
        )  # fmt: skip
        self._book.note(self._to.name, line.study, line.images, status_words.shown(None), NOT_SENT, say(why.sentence))
        often = broke and attempts >= BROKE_OFTEN
        raise Later(self._clock() + pause_s(self._to.retry_s, attempts) if often else 0.0, text)

    def _go_on(self, line: SendLine, images: Sequence[Kept], **values: object) -> None:
        """A step towards done, unless somebody at the window decided otherwise meanwhile or, at the last step, more
        images came than ``images``. Raises Later.
        """
        with self._centre.writing() as conn:
            now = sends.by_id(conn, [line.id])[0].state
            grew = values["state"] == SendState.DONE and sends.images_of(conn, line.study) > len(images)
            if now in IN_HAND:
                sends.change(conn, line.id, **(values | {"state": SendState.QUEUED} if grew else values))
                notices.tell(conn, NOTICE, destination=self._to.name, study=line.study)
        if now not in IN_HAND:
            raise Later(0.0, "decided otherwise")
        if grew:
            raise Later(self._clock() + GREW_S, "more images came")

    def _change(self, line: SendLine, **values: object) -> None:
        with self._centre.writing() as conn:
            sends.change(conn, line.id, **values)
            notices.tell(conn, NOTICE, destination=self._to.name, study=line.study)


class _Told:
    """Keeps what was answered, some images at a time."""

    def __init__(self, centre: Store, send: int, already: int, count: Callable[[int], None]) -> None:
        self._centre = centre
        self._send = send
        self._sent = already
        self._count = count
        self._new: dict[str, int | None] = {}
        self._kept_at = time.monotonic()

    def __call__(self, sop_uid: str, one: SentFile) -> None:
        self._new[sop_uid] = one.status
        if one.accepted:
            self._sent += 1
            self._count(self._sent)
        if time.monotonic() - self._kept_at > KEEP_EVERY_S:
            with contextlib.suppress(Fault):  # the store is away: kept with the next ones
                self.keep()

    def keep(self) -> None:
        self._kept_at = time.monotonic()
        new: Mapping[str, int | None] = self._new
        if new:
            with self._centre.writing() as conn:
                sends.note_said(conn, self._send, new)
        self._new = {}


class _Halt(threading.Event):
    """Set when the program ends, and while somebody has paused the destination."""

    def __init__(self, paused: Callable[[], bool]) -> None:
        super().__init__()
        self._paused = paused

    def is_set(self) -> bool:
        return super().is_set() or self._paused()


def _not_readable(images: int) -> Sentence:
    return Sentence(N_("{n} images of it can't be read: their disk is away or fails."), {"n": images})
