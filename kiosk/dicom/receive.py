"""The Storage SCP: a thin door that hands what comes, piece by piece, to the intake and answers what it says.

0x0000 is said only when the intake has settled the image (PS3.4 B.2.3).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

from pynetdicom import evt
from pynetdicom.presentation import PresentationContext

from kiosk.core.faults import Fault, Refused
from kiosk.dicom.dataset import RequestFacts
from kiosk.dicom.inflow import Incoming, Inflow, Inflows
from kiosk.dicom.upper_layer import Handlers, node_of

log = logging.getLogger(__name__)

SUCCESS, DUPLICATE, OUT_OF_RESOURCES, MISMATCH, CANNOT_UNDERSTAND = 0x0000, 0x0111, 0xA700, 0xA900, 0xC000
STATUS_OF = {"duplicate": DUPLICATE, "mismatch": MISMATCH, "bad_uid": MISMATCH, "too_large": OUT_OF_RESOURCES}


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
        way: str = "c-store",
    ) -> None:
        """``on_taken(AE title)`` when an image was stored, ``on_trouble(AE title, fault)`` when one was refused.

        ``accept_asides``: another image under a UID that is taken, which the intake kept aside, is answered 0x0000
        instead of 0x0111 (for devices that stop at it). ``way``: how images come, for the log of what came.
        """
        self._intake = intake
        self._on_trouble = on_trouble
        self._on_taken = on_taken
        self._accept_asides = accept_asides
        self._way = way
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
        inflows = getattr(assoc, "kiosk_inflows", None)
        if inflows is not None:
            inflows.abandon()

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
        return self._intake.begin(self._way)

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
            event.assoc.kiosk_inflows = Inflows(event.assoc, self)

    def _settle(self, event: Any) -> int:
        return int(event.assoc.kiosk_inflows.settle(event.request))
