"""An image on its way in, whoever opened the association: its bytes go to the intake as they arrive, behind a Part 10
head of ours, while the soundness walk looks at them; nothing is decoded and written again.

The quick association hands its images to ``StorageDoor.open_inflow`` itself; ``Inflows`` does it for pynetdicom's own
loops (the plain fall-back, and C-GET on an association of ours).
"""

from __future__ import annotations

import threading
from io import BytesIO
from typing import Any, Protocol

from pynetdicom.dimse_messages import C_STORE_RQ, DIMSEMessage

from kiosk.core.faults import Refused
from kiosk.core.study import ImageFacts
from kiosk.core.words import N_
from kiosk.dicom.dataset import WANTED, RequestFacts, facts_of_walk
from kiosk.dicom.part10 import part10_head
from kiosk.dicom.soundness import Walk, unsound, valid_uid

NOT_AN_IMAGE = 0xC000  # cannot understand (PS3.4 B.2.3)


class Incoming(Protocol):
    """An image on its way in, as the intake hands it out."""

    def write(self, piece: bytes | memoryview, /) -> object: ...
    def settle(self, facts: ImageFacts, /) -> object: ...
    def abandon(self) -> object: ...


class Taker(Protocol):
    """The door that takes the images of an association."""

    def open_inflow(self, assoc: Any, context: int, sop_class: str, sop_uid: str, /) -> Inflow: ...
    def begin(self) -> Incoming: ...

    def settled(self, source: str, outcome: str, /) -> int:
        """The image is safe; the status that says so."""

    def failed(self, source: str, why: Exception, /) -> int:
        """It is not; the status that says why."""


class Inflow:
    """One image on its way in. A trouble met on the way is kept until the message is complete, because only then it
    can be answered; the rest is read and thrown away.
    """

    def __init__(self, door: Taker, request: RequestFacts) -> None:
        self._door = door
        self._request = request
        self._incoming: Incoming | None = None
        self._walk: Walk | None = None
        self._trouble: Exception | None = None
        self._lock = threading.Lock()
        self._claimed = False

    def write(self, piece: memoryview | bytes) -> None:
        """The next bytes of the data set."""
        if self._trouble is not None:
            return
        try:
            if self._walk is None or self._incoming is None:
                self._walk, self._incoming = self._begin()
            self._walk.feed(piece)
            self._incoming.write(piece)
        except Exception as why:
            self._trouble = why

    def _begin(self) -> tuple[Walk, Incoming]:
        request = self._request
        if not valid_uid(request.sop_uid) or not valid_uid(request.sop_class):
            raise Refused("bad_uid", N_("The image has no valid identifier ({keyword})."), keyword="command")
        walk = Walk(request.transfer_syntax, WANTED)
        incoming = self._door.begin()
        # The head is the same for the same image whoever sends it: the intake tells equal files by their hash.
        incoming.write(part10_head(request.sop_class, request.sop_uid, request.transfer_syntax))
        return walk, incoming

    def settle(self) -> int:
        """The data set is whole: make it safe; the status to answer with."""
        if not self._claim():
            return NOT_AN_IMAGE
        try:
            if self._trouble is not None:
                raise self._trouble
            if self._walk is None or self._incoming is None:
                raise unsound(N_("The image is empty."))
            self._walk.finish()
            settled = self._incoming.settle(facts_of_walk(self._walk, self._request))
        except Exception as why:
            self._let_go()
            return self._door.failed(self._request.source, why)
        return self._door.settled(self._request.source, str(getattr(settled, "outcome", "")))

    def abandon(self) -> None:
        """The connection is gone; no effect on what is being settled."""
        if self._claim():
            self._let_go()

    def _claim(self) -> bool:
        """True once: a connection that closes while its image is settled no longer abandons it."""
        with self._lock:
            claimed, self._claimed = self._claimed, True
            return not claimed

    def _let_go(self) -> None:
        if self._incoming is not None:
            self._incoming.abandon()


class Inflows:
    """The messages of one association that pynetdicom reads: images flow into the intake instead of the memory."""

    def __init__(self, assoc: Any, door: Taker) -> None:
        self._open: set[_Fragments] = set()
        self._lock = threading.Lock()
        dimse = assoc.dimse
        receive = dimse.receive_primitive

        def receive_primitive(primitive: Any) -> None:
            if dimse.message is None:
                dimse.message = DIMSEMessage()
                dimse.message.data_set = fresh = _Fragments(assoc, dimse.message, door)
                with self._lock:
                    self._open.add(fresh)
            fragments = dimse.message.data_set
            receive(primitive)
            if dimse.message is None and isinstance(fragments, _Fragments) and not fragments.is_image:
                self._done(fragments)  # a finished message of another service needs no looking after

        dimse.receive_primitive = receive_primitive

    def settle(self, request: Any) -> int:
        """A C-STORE request is whole; the status to answer with."""
        fragments = request.DataSet
        if not isinstance(fragments, _Fragments):
            return NOT_AN_IMAGE  # a C-STORE without a data set
        try:
            return fragments.settle()
        finally:
            self._done(fragments)

    def abandon(self) -> None:
        """The association is over: what was only half received is thrown away."""
        with self._lock:
            left, self._open = self._open, set()
        for fragments in left:
            fragments.abandon()

    def _done(self, fragments: _Fragments) -> None:
        with self._lock:
            self._open.discard(fragments)


class _Fragments(BytesIO):
    """Where pynetdicom writes the fragments of one message: straight on to an inflow when it is a C-STORE."""

    def __init__(self, assoc: Any, message: DIMSEMessage, door: Taker) -> None:
        super().__init__()
        self._assoc = assoc
        self._message = message
        self._door = door
        self._inflow: Inflow | None = None

    @property
    def is_image(self) -> bool:
        return isinstance(self._message, C_STORE_RQ)  # pynetdicom makes it one when the command is whole

    def _opened(self) -> Inflow:
        if self._inflow is None:
            command = self._message.command_set
            self._inflow = self._door.open_inflow(
                self._assoc,
                int(self._message.context_id or 0),
                str(command.get("AffectedSOPClassUID", "")),
                str(command.get("AffectedSOPInstanceUID", "")),
            )
        return self._inflow

    def write(self, piece: Any, /) -> int:
        if not self.is_image:
            return super().write(piece)
        self._opened().write(piece)
        return len(piece)

    def settle(self) -> int:
        return self._opened().settle()

    def abandon(self) -> None:
        if self._inflow is not None:
            self._inflow.abandon()
