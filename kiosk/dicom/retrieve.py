"""The retrieve SCP: C-MOVE has images sent to a node that we know, C-GET gives them on the same association.

A request is served in the association's own thread, which sends the files as they lie on the disk; one image that
can't be read or isn't taken does not end the rest (PS3.4 C.4.2, C.4.3). pynetdicom's own service would decode every
image and encode it again, so requests are taken before it sees them.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.dimse_primitives import C_GET, C_MOVE
from pynetdicom.dsutils import encode
from pynetdicom.presentation import PresentationContext, build_context

from kiosk.core.faults import Fault, LinkLost, Refused
from kiosk.core.image_query import ImageQuery, OneOf
from kiosk.dicom.answer_query import LEVEL, LEVEL_OF, unique_keys
from kiosk.dicom.fetch import GET, MOVE
from kiosk.dicom.identifier import read_identifier
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.suboperations import Copies, Giver, Mover, Wanted
from kiosk.dicom.upper_layer import Handlers, node_of

log = logging.getLogger(__name__)

SUCCESS, PENDING, CANCELLED, PARTLY = 0x0000, 0xFF00, 0xFE00, 0xB000
CANNOT_COUNT, CANNOT_SEND, NO_DESTINATION, MISMATCH, CANNOT = 0xA701, 0xA702, 0xA801, 0xA900, 0xC001
TELL_EVERY_S = 0.2  # numbers more often than that are for nobody
WAIT_FOR_TURN_S = 120.0


@dataclass(frozen=True)
class Retrieved:
    """A retrieval that is over, for the log and the audit."""

    calling_ae: str
    destination: str
    level: str
    completed: int
    failed: int
    warning: int
    status: int
    words: str = ""
    studies: tuple[str, ...] = ()  # their UIDs, where they were named


class RetrieveDoor:
    """Answers C-MOVE and C-GET; ``most`` of them at once, the others wait for their turn."""

    def __init__(
        self,
        images: Callable[[ImageQuery], Sequence[Wanted]],
        nodes: Nodes,
        own_title: str,
        copies: Callable[[], Copies],
        *,
        most: int = 4,
        told: Callable[[Retrieved], None] | None = None,
    ) -> None:
        """``images(query)`` are those that a retrieval names; it raises Fault. ``copies()`` makes plain copies for one
        retrieval. ``told`` at the end of each, in its thread.
        """
        self.images = images
        self.nodes = nodes
        self.own_title = own_title
        self.copies = copies
        self.turn = threading.BoundedSemaphore(most)
        self.told = told

    def contexts(self) -> list[PresentationContext]:
        return [build_context(model, [EXPLICIT_LE, IMPLICIT_LE]) for model in (*MOVE.values(), *GET.values())]

    def handlers(self) -> Handlers:
        return [(evt.EVT_CONN_OPEN, self._stand_before)]

    def ended(self, assoc: Any) -> None:
        """Nothing is held for an association."""

    def _stand_before(self, event: Any) -> None:
        assoc = event.assoc
        serve = assoc._serve_request

        def serve_request(message: Any, context_id: int) -> None:
            if isinstance(message, C_MOVE | C_GET) and message.is_valid_request:
                _Retrieval(self, assoc, message, context_id).serve()
            else:
                serve(message, context_id)

        assoc._serve_request = serve_request


@dataclass
class _Retrieval:
    """One C-MOVE or C-GET, from its request to its last answer."""

    door: RetrieveDoor
    assoc: Any
    request: Any
    context_id: int
    level: str = ""
    remaining: int = 0
    completed: int = 0
    warning: int = 0
    failed: list[str] = field(default_factory=list)
    words: str = ""
    studies: tuple[str, ...] = ()
    stop: threading.Event = field(default_factory=threading.Event)
    _told_s: float = 0.0

    def serve(self) -> None:
        self.assoc.dimse.cancel_req = {}
        try:
            status = self._serve()
        except Refused as why:
            status, self.words = MISMATCH, str(why)
        except LinkLost as why:
            status, self.words = CANNOT_COUNT, str(why)
        except Fault as why:
            status, self.words = CANNOT, str(why)
        except Exception:
            log.exception("a retrieval of %s failed", node_of(self.assoc).ae_title)
            status = CANNOT
        calling, destination = node_of(self.assoc).ae_title, self._destination()
        log.info(
            "%s retrieved to %s at %s level: %d sent, %d failed, status %04X %s",
            calling, destination or "itself", self.level or "no", self.completed + self.warning, len(self.failed),
            status, self.words,
        )  # fmt: skip
        if self.assoc.is_established:
            self._answer(status)
        if self.door.told is not None:
            counts = (self.completed, len(self.failed), self.warning)
            self.door.told(Retrieved(calling, destination, self.level, *counts, status, self.words, self.studies))

    def _serve(self) -> int:
        node: Node | None = None
        if isinstance(self.request, C_MOVE):
            node = self.door.nodes.called(self._destination())
            if node is None:
                self.words = "the destination is no known device with a port"
                return NO_DESTINATION
        wanted = self.door.images(self._query())
        self.remaining = len(wanted)
        if not wanted:
            return SUCCESS
        self._tell(at_once=True)
        if not self._take_turn():
            return CANCELLED if self.called_off() else CANNOT_SEND
        try:
            copies = self.door.copies()
            try:
                with tempfile.TemporaryDirectory(prefix="retrieve-") as folder:
                    within = self._within_reach(wanted)
                    if node is not None:
                        Mover(self, self.door.own_title, node, copies, Path(folder)).move(within)
                    else:
                        Giver(self, copies, Path(folder)).give(within)
            finally:
                copies.close()
        finally:
            self.door.turn.release()
        return self._verdict()

    # -- what was asked ------------------------------------------------------------------------------------------

    def _query(self) -> ImageQuery:
        context = self.assoc._accepted_cx[self.context_id]
        encoded = self.request.Identifier.getvalue() if self.request.Identifier else b""
        values = read_identifier(encoded, str(context.transfer_syntax[0])).values
        said = values.get((LEVEL,), b"").decode("ascii", "replace").strip("\0 ").upper()
        self.level = LEVEL_OF.get(said, "")
        keys = unique_keys(values, self.level or "study")
        self.studies = tuple(keys.get("study_uid", "").split("\\"))
        matches = {name: OneOf(tuple(text.split("\\"))) for name, text in keys.items()}
        return ImageQuery("image", matches)

    def _destination(self) -> str:
        return str(getattr(self.request, "MoveDestination", "") or "").strip()

    # -- how it goes ---------------------------------------------------------------------------------------------

    def called_off(self) -> bool:
        """Did the peer cancel, or is it gone? Then ``stop`` is set too."""
        if self.request.MessageID in self.assoc.dimse.cancel_req or not self.assoc.is_established:
            self.stop.set()
        return self.stop.is_set()

    def done(self, sop_uid: str, status: int | None) -> None:
        """One image was answered with ``status``; None: never."""
        self.remaining -= 1
        if status == SUCCESS:
            self.completed += 1
        elif status is not None and status >> 12 == 0xB:
            self.warning += 1
        else:
            self.failed.append(sop_uid)
        self._tell()

    def _within_reach(self, wanted: Sequence[Wanted]) -> dict[Path, Wanted]:
        found: dict[Path, Wanted] = {}
        for image in wanted:
            if image.path is None:
                self.words = "some images lie on a disk that is not connected"
                self.done(image.sop_uid, None)
            else:
                found[image.path] = image
        return found

    def _take_turn(self) -> bool:
        until = time.monotonic() + WAIT_FOR_TURN_S
        while not self.called_off() and time.monotonic() < until:
            if self.door.turn.acquire(timeout=0.2):
                return True
        self.words = "too many retrievals at once"
        return False

    def _tell(self, at_once: bool = False) -> None:
        now = time.monotonic()
        if self.assoc.is_established and (at_once or now - self._told_s > TELL_EVERY_S):
            self._told_s = now
            self._answer(PENDING)

    def _verdict(self) -> int:
        if self.called_off() and self.remaining:
            return CANCELLED
        if not self.failed:
            return SUCCESS
        return PARTLY if self.completed or self.warning else CANNOT_SEND

    def _answer(self, status: int) -> None:
        answer = (C_MOVE if isinstance(self.request, C_MOVE) else C_GET)()
        answer.MessageIDBeingRespondedTo = self.request.MessageID
        answer.AffectedSOPClassUID = self.request.AffectedSOPClassUID
        answer.Status = status
        if status in (PENDING, CANCELLED):
            answer.NumberOfRemainingSuboperations = min(self.remaining, 0xFFFF)
        if status != NO_DESTINATION and status < 0xC000 or status in (PENDING, CANCELLED):
            answer.NumberOfCompletedSuboperations = min(self.completed, 0xFFFF)
            answer.NumberOfFailedSuboperations = min(len(self.failed), 0xFFFF)
            answer.NumberOfWarningSuboperations = min(self.warning, 0xFFFF)
        if self.failed and status not in (PENDING, SUCCESS):
            told = Dataset()
            told.FailedSOPInstanceUIDList = self.failed
            syntax = str(self.assoc._accepted_cx[self.context_id].transfer_syntax[0])
            answer.Identifier = BytesIO(encode(told, syntax == IMPLICIT_LE, syntax != EXPLICIT_BE) or b"")
        self.assoc.dimse.send_msg(answer, self.context_id)
