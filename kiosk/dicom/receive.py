"""The Storage SCP: a thin door that hands what comes, piece by piece, to the intake and answers what it says.

The bytes of the data set go to the intake as they arrive, behind a Part 10 head of ours, while the soundness walk
looks at them; nothing is decoded and written again. 0x0000 is said only when the intake has settled the image
(PS3.4 B.2.3).
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

from kiosk.core.faults import Fault, NoRoom, Refused
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

    def write(self, piece: bytes, /) -> object: ...
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

    def _open(self, event: Any) -> None:
        event.assoc.dimse = _StreamingDimse(event.assoc, self._intake)

    def _settle(self, event: Any) -> int:
        source = node_of(event.assoc).ae_title
        inflow = event.request.DataSet
        try:
            if not isinstance(inflow, _Inflow) or not inflow.claim():
                return CANNOT_UNDERSTAND
            outcome = inflow.settle()
        except NoRoom as why:
            return self._trouble(source, why, OUT_OF_RESOURCES)
        except Refused as why:
            return self._trouble(source, why, STATUS_OF.get(why.reason, CANNOT_UNDERSTAND))
        except Fault as why:  # the store does not answer: the device keeps the image and sends it again
            return self._trouble(source, why, OUT_OF_RESOURCES)
        except Exception:
            log.exception("an image of %s could not be settled", source)
            return CANNOT_UNDERSTAND
        finally:
            event.assoc.dimse.done(inflow)
        self.taken += 1
        if self._on_taken is not None:
            self._on_taken(source)
        if outcome == "aside":
            log.warning("%s sent another image under a UID that is taken; it was kept aside", source)
            return SUCCESS if self._accept_asides else DUPLICATE
        return SUCCESS

    def _trouble(self, source: str, why: Fault, status: int) -> int:
        self.refused += 1
        log.warning("image of %s answered 0x%04X: %s", source, status, why)
        if self._on_trouble is not None:
            self._on_trouble(source, why)
        return status


class _Inflow(BytesIO):
    """Where pynetdicom writes the fragments of one message: straight on to the intake when it is a C-STORE.

    A trouble met while the bytes come is kept until the message is complete, because only then it can be answered.
    """

    def __init__(self, assoc: Any, message: DIMSEMessage, intake: Intake) -> None:
        super().__init__()
        self._assoc = assoc
        self._message = message
        self._intake = intake
        self._incoming: Incoming | None = None
        self._walk: Walk | None = None
        self._request: RequestFacts | None = None
        self._trouble: Exception | None = None
        self._lock = threading.Lock()
        self._claimed = False

    @property
    def is_image(self) -> bool:
        return isinstance(self._message, C_STORE_RQ)  # pynetdicom makes it one when the command is whole

    def write(self, piece: Any, /) -> int:
        if not self.is_image:
            return super().write(piece)
        if self._trouble is None:
            try:
                if self._walk is None:
                    self._begin()
                assert self._walk is not None and self._incoming is not None
                self._walk.feed(piece)
                self._incoming.write(piece)
            except Exception as why:  # the rest is read and thrown away, the answer says why
                self._trouble = why
        return len(piece)

    def _begin(self) -> None:
        command = self._message.command_set
        context = self._assoc._accepted_cx[self._message.context_id]
        self._request = RequestFacts(
            sop_class=str(command.get("AffectedSOPClassUID", "")),
            sop_uid=str(command.get("AffectedSOPInstanceUID", "")),
            transfer_syntax=str(context.transfer_syntax[0]),
            source=node_of(self._assoc).ae_title,
        )
        if not valid_uid(self._request.sop_uid) or not valid_uid(self._request.sop_class):
            raise Refused("bad_uid", N_("The image has no valid identifier ({keyword})."), keyword="command")
        self._walk = Walk(self._request.transfer_syntax, WANTED)
        self._incoming = self._intake.begin("c-store")
        # The head is the same for the same image whoever sends it: the intake tells equal files by their hash.
        head = part10_head(self._request.sop_class, self._request.sop_uid, self._request.transfer_syntax)
        self._incoming.write(head)

    def claim(self) -> bool:
        """True once: the caller settles it, and a connection that closes meanwhile no longer abandons it."""
        with self._lock:
            claimed, self._claimed = self._claimed, True
            return not claimed

    def settle(self) -> str:
        """Settle it with the intake; returns the outcome in the intake's word, if it has one."""
        try:
            if self._trouble is not None:
                raise self._trouble
            if self._walk is None or self._request is None or self._incoming is None:
                raise unsound(N_("The image is empty."))
            self._walk.finish()
            settled = self._incoming.settle(facts_of_walk(self._walk, self._request))
            return str(getattr(settled, "outcome", ""))
        except BaseException:
            self._let_go()
            raise

    def abandon(self) -> None:
        if self.claim():
            self._let_go()

    def _let_go(self) -> None:
        if self._incoming is not None:
            self._incoming.abandon()


class _StreamingDimse(DIMSEServiceProvider):
    """The DIMSE provider of one association, whose messages flow into the intake instead of the memory."""

    def __init__(self, assoc: Any, intake: Intake) -> None:
        super().__init__(assoc)
        self._intake = intake
        self._open: set[_Inflow] = set()
        self._lock = threading.Lock()

    def receive_primitive(self, primitive: P_DATA) -> None:
        if self.message is None:
            self.message = DIMSEMessage()
            fresh = _Inflow(self.assoc, self.message, self._intake)
            self.message.data_set = fresh
            with self._lock:
                self._open.add(fresh)
        inflow: Any = self.message.data_set
        super().receive_primitive(primitive)
        if self.message is None and isinstance(inflow, _Inflow) and not inflow.is_image:
            self.done(inflow)  # a finished message of another service needs no looking after

    def done(self, inflow: Any) -> None:
        with self._lock:
            self._open.discard(inflow)

    def abandon_all(self) -> None:
        with self._lock:
            left, self._open = self._open, set()
        for inflow in left:
            inflow.abandon()
