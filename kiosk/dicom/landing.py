"""Images that come over an association we opened ourselves (C-GET): each flows to the intake as its pieces arrive."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import Any, Protocol

from pynetdicom.dimse_messages import C_STORE_RQ, DIMSEMessage

from kiosk.core.faults import Fault, Refused
from kiosk.core.study import ImageFacts
from kiosk.core.words import N_
from kiosk.dicom.dataset import WANTED, RequestFacts, facts_of_walk
from kiosk.dicom.part10 import part10_head
from kiosk.dicom.soundness import Walk, unsound, valid_uid

log = logging.getLogger(__name__)

SUCCESS, OUT_OF_RESOURCES, MISMATCH, CANNOT_UNDERSTAND = 0x0000, 0xA700, 0xA900, 0xC000


class Incoming(Protocol):
    """An image on its way in, as the intake hands it out."""

    def write(self, piece: bytes, /) -> object: ...
    def settle(self, facts: ImageFacts, /) -> object: ...
    def abandon(self) -> object: ...


class Intake(Protocol):
    def begin(self, door: str, /) -> Incoming: ...


class Landings:
    """Where the images of one association land. ``settle`` answers a C-STORE; ``abandon`` lets go of half an image."""

    def __init__(self, assoc: Any, intake: Intake, source: str) -> None:
        self._assoc = assoc
        self._intake = intake
        self._source = source
        self._half: _Landing | None = None
        receive = assoc.dimse.receive_primitive

        def receive_primitive(primitive: Any) -> None:
            dimse = assoc.dimse
            if dimse.message is None:
                dimse.message = DIMSEMessage()
                self._half = dimse.message.data_set = _Landing(self, dimse.message)
            receive(primitive)

        assoc.dimse.receive_primitive = receive_primitive

    def settle(self, request: Any) -> int:
        """The status for an image that came whole: 0x0000 when the intake has it safe."""
        landing = request.DataSet
        try:
            if not isinstance(landing, _Landing):
                raise unsound(N_("The image is empty."))
            landing.settle()
            return SUCCESS
        except Refused as why:
            status = MISMATCH if why.reason in ("mismatch", "bad_uid") else CANNOT_UNDERSTAND
            told: Fault = why
        except Fault as why:  # no room, or the store is away: the server keeps the image
            status, told = OUT_OF_RESOURCES, why
        log.warning("a fetched image of %s answered 0x%04X: %s", self._source, status, told)
        return status

    def abandon(self) -> None:
        if self._half is not None:
            self._half.let_go()

    def opened(self, message: DIMSEMessage) -> tuple[Incoming, Walk, RequestFacts]:
        """The sink for an image whose command has come."""
        command = message.command_set
        context = self._assoc._accepted_cx[message.context_id]
        facts = RequestFacts(
            sop_class=str(command.get("AffectedSOPClassUID", "")),
            sop_uid=str(command.get("AffectedSOPInstanceUID", "")),
            transfer_syntax=str(context.transfer_syntax[0]),
            source=self._source,
        )
        if not valid_uid(facts.sop_uid) or not valid_uid(facts.sop_class):
            raise Refused("bad_uid", N_("The image has no valid identifier ({keyword})."), keyword="command")
        incoming = self._intake.begin("c-get")
        incoming.write(part10_head(facts.sop_class, facts.sop_uid, facts.transfer_syntax))
        return incoming, Walk(facts.transfer_syntax, WANTED), facts


class _Landing(BytesIO):
    """Where pynetdicom writes the fragments of one message. A trouble is kept until the message is whole."""

    def __init__(self, landings: Landings, message: DIMSEMessage) -> None:
        super().__init__()
        self._landings = landings
        self._message = message
        self._open: tuple[Incoming, Walk, RequestFacts] | None = None
        self._trouble: Exception | None = None

    def write(self, piece: Any, /) -> int:
        if not isinstance(self._message, C_STORE_RQ):  # pynetdicom makes it one when the command is whole
            return super().write(piece)
        if self._trouble is None:
            try:
                if self._open is None:
                    self._open = self._landings.opened(self._message)
                incoming, walk, _ = self._open
                walk.feed(piece)
                incoming.write(piece)
            except Exception as why:
                self._trouble = why
        return len(piece)

    def settle(self) -> None:
        try:
            if self._trouble is not None:
                raise self._trouble
            if self._open is None:
                raise unsound(N_("The image is empty."))
            incoming, walk, facts = self._open
            walk.finish()
            incoming.settle(facts_of_walk(walk, facts))
            self._open = None
        except BaseException:
            self.let_go()
            raise

    def let_go(self) -> None:
        if self._open is not None:
            self._open[0].abandon()
            self._open = None
