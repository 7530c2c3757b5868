"""The Storage SCP: a thin door that hands what comes, piece by piece, to the intake and answers what it says.

The bytes of the data set go to the intake as they arrive, behind a Part 10 head of ours, while the soundness walk
looks at them; nothing is decoded and written again. 0x0000 is said only when the intake has settled the image
(PS3.4 B.2.3). Quick associations bring their images by ``open_inflow``, pynetdicom's own by its event.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any, Protocol

from pynetdicom import evt
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import C_STORE_RQ, DIMSEMessage
from pynetdicom.pdu_primitives import P_DATA
from pynetdicom.presentation import PresentationContext

from kiosk.core.faults import Fault, Refused
from kiosk.core.study import ImageFacts
from kiosk.core.words import N_
from kiosk.dicom.dataset import WANTED, RequestFacts, facts_of_walk
from kiosk.dicom.part10 import part10_head
from kiosk.dicom.soundness import Walk, unsound, valid_uid
from kiosk.dicom.upper_layer import Handlers, node_of

log = logging.getLogger(__name__)

SUCCESS, DUPLICATE, OUT_OF_RESOURCES, MISMATCH, CANNOT_UNDERSTAND = 0x0000, 0x0111, 0xA700, 0xA900, 0xC000
STATUS_OF = {"duplicate": DUPLICATE, "mismatch": MISMATCH, "bad_uid": MISMATCH, "too_large": OUT_OF_RESOURCES}


class Incoming(Protocol):
    """An image on its way in, as the intake hands it out."""

    def write(self, piece: bytes | memoryview, /) -> object: ...
    def settle(self, facts: ImageFacts, /) -> object: ...
    def abandon(self) -> object: ...


class Intake(Protocol):
    def begin(self, door: str, /) -> Incoming: ...


class StorageDoor:
    """Takes images of every storage class in every transfer syntax but the deflated ones."""

    def __init__(
        self,
        intake: Intake,
        on_trouble: Callable[[str, Fault], None] | None = None,
        *,
        on_taken: Callable[[str], None] | None = None,
        accept_asides: bool = False,
    ) -> None:
        """``on_taken(AE title)`` when an image was stored, ``on_trouble(AE title, fault)`` when one was refused.

        ``accept_asides``: another image under a UID that is taken, which the intake kept aside, is answered 0x0000
        instead of 0x0111 (for devices that stop at it).
        """
        self._intake = intake
        self._on_trouble = on_trouble
        self._on_taken = on_taken
        self._accept_asides = accept_asides
        self.taken = 0
        self.refused = 0

    def contexts(self) -> list[PresentationContext]:
        return []  # storage needs no offer, see UNRESTRICTED_STORAGE_SERVICE

    def handlers(self) -> Handlers:
        return [
            (evt.EVT_CONN_OPEN, self._open),
            (evt.EVT_C_STORE, self._settle),
        ]

    def ended(self, assoc: Any) -> None:
        """What was only half received is thrown away."""
        if isinstance(assoc.dimse, _StreamingDimse):
            assoc.dimse.abandon_all()

    def open_inflow(self, assoc: Any, context: int, sop_class: str, sop_uid: str) -> Inflow:
        """An image whose command has come; its data set is written to the inflow and then settled."""
        request = RequestFacts(
            sop_class=sop_class,
            sop_uid=sop_uid,
            transfer_syntax=str(assoc._accepted_cx[context].transfer_syntax[0]),
            source=node_of(assoc).ae_title,
        )
        return Inflow(self, request)

    def begin(self) -> Incoming:
        return self._intake.begin("c-store")

    def settled(self, source: str, outcome: str) -> int:
        """The image is safe: count it, and the status that says so."""
        self.taken += 1
        if self._on_taken is not None:
            self._on_taken(source)
        if outcome == "aside":
            log.warning("%s sent another image under a UID that is taken; it was kept aside", source)
            return SUCCESS if self._accept_asides else DUPLICATE
        return SUCCESS

    def failed(self, source: str, why: Exception) -> int:
        """The image is not safe: say so where people look, and the status that tells its sender."""
        if isinstance(why, Refused):
            return self._trouble(source, why, STATUS_OF.get(why.reason, CANNOT_UNDERSTAND))
        if isinstance(why, Fault):  # no room, or the store does not answer: the device keeps it and sends it again
            return self._trouble(source, why, OUT_OF_RESOURCES)
        log.error("an image of %s could not be settled", source, exc_info=why)
        return CANNOT_UNDERSTAND

    def _trouble(self, source: str, why: Fault, status: int) -> int:
        self.refused += 1
        log.warning("image of %s answered 0x%04X: %s", source, status, why)
        if self._on_trouble is not None:
            self._on_trouble(source, why)
        return status

    # -- by pynetdicom's own loops ---------------------------------------------------------------------------------
    def _open(self, event: Any) -> None:
        if not hasattr(event.assoc, "open_inflow"):
            event.assoc.dimse = _StreamingDimse(event.assoc, self)

    def _settle(self, event: Any) -> int:
        inflow = event.request.DataSet
        if not isinstance(inflow, _Fragments):
            return CANNOT_UNDERSTAND  # a C-STORE without a data set
        try:
            return inflow.settle()
        finally:
            event.assoc.dimse.done(inflow)


class Inflow:
    """One image on its way in. A trouble met on the way is kept until the message is complete, because only then it
    can be answered; the rest is read and thrown away.
    """

    def __init__(self, door: StorageDoor, request: RequestFacts) -> None:
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
            return CANNOT_UNDERSTAND
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


class _Fragments(BytesIO):
    """Where pynetdicom writes the fragments of one message: straight on to an inflow when it is a C-STORE."""

    def __init__(self, assoc: Any, message: DIMSEMessage, door: StorageDoor) -> None:
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
                self._message.context_id,
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


class _StreamingDimse(DIMSEServiceProvider):
    """The DIMSE provider of one association, whose messages flow into the intake instead of the memory."""

    def __init__(self, assoc: Any, door: StorageDoor) -> None:
        super().__init__(assoc)
        self._door = door
        self._open: set[_Fragments] = set()
        self._lock = threading.Lock()

    def receive_primitive(self, primitive: P_DATA) -> None:
        if self.message is None:
            self.message = DIMSEMessage()
            fresh = _Fragments(self.assoc, self.message, self._door)
            self.message.data_set = fresh
            with self._lock:
                self._open.add(fresh)
        fragments: Any = self.message.data_set
        super().receive_primitive(primitive)
        if self.message is None and isinstance(fragments, _Fragments) and not fragments.is_image:
            self.done(fragments)  # a finished message of another service needs no looking after

    def done(self, fragments: Any) -> None:
        with self._lock:
            self._open.discard(fragments)

    def abandon_all(self) -> None:
        with self._lock:
            left, self._open = self._open, set()
        for fragments in left:
            fragments.abandon()
