"""The listener without pynetdicom's server: the antechamber hears who calls, the slots say whether there is room."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from pynetdicom import AE
from pynetdicom.pdu import A_ASSOCIATE_RJ, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import A_ASSOCIATE

from kiosk.dicom.antechamber import Antechamber, Insecure
from kiosk.dicom.nodes import Node
from kiosk.dicom.quick_association import OpenInflow, QuickAssociation, make_association
from kiosk.dicom.slots import Slots

log = logging.getLogger(__name__)

Refusal = tuple[int, int, int]  # result, source, diagnostic (PS3.8 9.3.4)
Judge = Callable[[Any, str, Mapping[str, Any] | None], Node | Refusal]
NO_ROOM: Refusal = (0x02, 0x03, 0x02)  # transient, presentation layer, local limit exceeded
NOT_UNDERSTOOD: Refusal = (0x01, 0x02, 0x01)


class QuickServer:
    """Stands where pynetdicom's AssociationServer would; its associations are quick ones."""

    def __init__(
        self,
        ae: AE,
        host: str,
        port: int,
        handlers: list[Any],
        judge: Judge,
        slots: Slots,
        *,
        tls: ssl.SSLContext | None = None,
        open_inflow: OpenInflow | None = None,
        at_reading_end: Callable[[], None] | None = None,
        on_insecure: Insecure | None = None,
    ) -> None:
        """``judge(request, address, certificate)`` says which node calls or why it is refused; ``at_reading_end`` is
        called in the thread that read, and settled images, when it ends; ``on_insecure`` where ``tls`` is given and no
        secure connection comes about. Raises OSError where the port is taken.
        """
        self.ae = ae
        self.ae_title = ae.ae_title
        self.contexts = ae.supported_contexts
        self.handlers = handlers
        self._judge = judge
        self._slots = slots
        self._open_inflow = open_inflow
        self._at_reading_end = at_reading_end
        self._associations: set[QuickAssociation] = set()
        self._antechamber = Antechamber(host, port, self._admit, tls, on_insecure)
        self.server_address = self._antechamber.address
        self._antechamber.start()

    @property
    def active_associations(self) -> list[QuickAssociation]:
        return list(self._associations)

    @property
    def waiting(self) -> int:
        """Callers that have not said yet what they want."""
        return self._antechamber.waiting

    def shutdown(self) -> None:
        self._antechamber.close()

    def shutdown_request(self, sock: socket.socket) -> None:
        """The reading thread closes its connection itself, after the peer had time to read the last word."""

    def ended(self, assoc: QuickAssociation, slot: str) -> None:
        """The place is free at once, while the connection may still be closing."""
        self._associations.discard(assoc)
        self._slots.give_back(slot)

    def _admit(self, sock: socket.socket, address: Any, request: bytes) -> bytes | None:
        try:
            pdu = A_ASSOCIATE_RQ()
            pdu.decode(request)
            asked = pdu.to_primitive()
            verdict = self._judge(asked, str(address[0]), certificate_of(sock))
        except Exception as why:  # any peer may send anything
            log.warning("an association request from %s could not be read: %s", address[0], type(why).__name__)
            return _rejection(A_ASSOCIATE(), NOT_UNDERSTOOD)
        if isinstance(verdict, tuple):
            return _rejection(asked, verdict)
        slot = self._slots.take(verdict.ae_title, str(address[0]))
        if slot is None:
            log.warning("%s at %s finds no room: too many associations", verdict.ae_title, address[0])
            return _rejection(asked, NO_ROOM)
        try:
            self._start(sock, address, request, verdict, slot)
        except Exception:
            self._slots.give_back(slot)
            log.exception("an association could not be begun")
            return _rejection(asked, NO_ROOM)
        return None

    def _start(self, sock: socket.socket, address: Any, request: bytes, node: Node, slot: str) -> None:
        from pynetdicom import evt

        assoc = make_association(self, sock, address, request, self._open_inflow)
        assoc.kiosk_node = node
        assoc.at_reading_end = self._at_reading_end
        evt.trigger(assoc, evt.EVT_CONN_OPEN, {"address": address})
        run = assoc._target  # type: ignore[attr-defined]

        def run_to_the_end() -> None:
            try:
                run()
            finally:
                self.ended(assoc, slot)

        assoc._target = run_to_the_end  # type: ignore[attr-defined]
        self._associations.add(assoc)
        try:
            assoc.start()
        except BaseException:
            self._associations.discard(assoc)
            raise


def certificate_of(sock: Any) -> Mapping[str, Any] | None:
    """The certificate that the other side of a connection showed; None for one without encryption."""
    return (sock.getpeercert() or {}) if isinstance(sock, ssl.SSLSocket) else None


def _rejection(asked: A_ASSOCIATE, why: Refusal) -> bytes:
    asked.result, asked.result_source, asked.diagnostic = why
    return bytes(A_ASSOCIATE_RJ(asked).encode())
