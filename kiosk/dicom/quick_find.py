"""C-FIND answered as bytes: pending responses are packed into P-DATA PDUs and written in few sends (PS3.7 9.1.2).

pynetdicom makes, encodes and queues a message for each answer and wakes a second thread by polling; fifty answers took
it 34 ms of processor time. Here the answers come encoded and are written by the association's own thread through the
quick upper layer (``quick_association``). Where that is not in use, and while somebody watches the traffic, the same
finder is asked through pynetdicom's public event instead (``plain_handler``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.dimse_primitives import C_FIND
from pynetdicom.dsutils import decode

from kiosk.dicom.command_set import AFFECTED_CLASS, ANSWERED, DATA_SET, FIELD, NO_DATA_SET, STATUS, command_set, pdus
from kiosk.dicom.pdu_stream import COMMAND
from kiosk.dicom.soundness import EXPLICIT_BE, IMPLICIT_LE

log = logging.getLogger(__name__)

CANCELLED = 0xFE00  # PS3.4 C.4.1.1.4
FLUSH_BYTES = 32768
C_FIND_RSP, ONE_DATA_SET = 0x8020, 0x0001


@dataclass(frozen=True)
class FindRequest:
    """One C-FIND request as a door gets it. ``identifier`` is encoded in ``transfer_syntax``."""

    message_id: int
    context_id: int
    sop_class: str
    transfer_syntax: str
    identifier: bytes


# Yields (pending status, identifier in the request's transfer syntax) for each answer, then (final status, b"").
# It is closed where the peer cancels or is gone.
Finder = Callable[[Any, FindRequest], Iterator[tuple[int, bytes]]]


def plain_handler(finders: Mapping[str, Finder]) -> Callable[[evt.Event], Iterator[tuple[int, Dataset | None]]]:
    """A handler of EVT_C_FIND that asks the same finders."""

    def handle(event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        request: Any = event.request
        context = event.context
        asked = FindRequest(
            int(request.MessageID), int(context.context_id), str(context.abstract_syntax),
            str(context.transfer_syntax), request.Identifier.getvalue() if request.Identifier else b"",
        )  # fmt: skip
        answers = finders[asked.sop_class](event.assoc, asked)
        implicit, little = asked.transfer_syntax == IMPLICIT_LE, asked.transfer_syntax != EXPLICIT_BE
        try:
            for status, identifier in answers:
                if event.is_cancelled:
                    yield CANCELLED, None
                    return
                yield status, decode(BytesIO(identifier), implicit, little) if identifier else None
        finally:
            answers.close()  # type: ignore[attr-defined]

    return handle


def answer_quickly(assoc: Any, finders: Mapping[str, Finder]) -> None:
    """From now on C-FIND requests of this association (an acceptor's) are answered here."""
    if not hasattr(assoc.dul, "write"):  # the plain loops
        return
    serve = assoc._serve_request

    def serve_request(message: Any, context_id: int) -> None:
        asked = _find_request(assoc, message, context_id)
        if asked is None or asked.sop_class not in finders:
            serve(message, context_id)
        else:
            _answer(assoc, finders[asked.sop_class], asked)

    assoc._serve_request = serve_request


def _find_request(assoc: Any, message: Any, context_id: int) -> FindRequest | None:
    """The request, where it is one that can be answered here."""
    if not isinstance(message, C_FIND) or not message.is_valid_request or assoc._sent_release:
        return None
    context = assoc._accepted_cx.get(context_id)
    if context is None or str(context.abstract_syntax) != str(message.AffectedSOPClassUID):
        return None
    watched = (evt.EVT_DIMSE_SENT, evt.EVT_PDU_SENT, evt.EVT_DATA_SENT)
    if any(assoc.get_handlers(each) for each in watched):
        return None
    identifier = message.Identifier.getvalue() if message.Identifier else b""
    sop_class, transfer_syntax = str(context.abstract_syntax), str(context.transfer_syntax[0])
    return FindRequest(int(message.MessageID or 0), context_id, sop_class, transfer_syntax, identifier)


def _answer(assoc: Any, finder: Finder, asked: FindRequest) -> None:
    dimse = assoc.dimse
    dimse.cancel_req = {}
    packer = Packer(asked, assoc.requestor.maximum_length or 0)
    answers = finder(assoc, asked)
    try:
        for status, identifier in answers:
            packer.add(status, identifier)
            if packer.size >= FLUSH_BYTES:
                assoc.dul.write(packer.take())
                if asked.message_id in dimse.cancel_req:
                    packer.add(CANCELLED, b"")
                    break
        assoc.dul.write(packer.take())
    except OSError as why:
        log.info("the peer of a query is gone: %s", type(why).__name__)
        assoc.abort()
    except Exception:
        log.exception("a query of %s failed", assoc.requestor.ae_title)
        assoc.abort()
    finally:
        answers.close()  # type: ignore[attr-defined]
        dimse.cancel_req = {}


class Packer:
    """C-FIND responses as P-DATA-TF PDUs, one PDV each, none longer than the peer takes (PS3.8 9.3.5, D.1)."""

    def __init__(self, asked: FindRequest, most_bytes: int) -> None:
        """``most_bytes``: the peer's maximum PDU length; 0 where it has none."""
        self._most = most_bytes
        self._parts: list[bytes] = []
        self._commands: dict[tuple[int, bool], bytes] = {}
        self._asked = asked
        self.size = 0

    def add(self, status: int, identifier: bytes) -> None:
        """One response."""
        key = (status, bool(identifier))
        command = self._commands.get(key)
        if command is None:
            command = self._commands[key] = self._command(status, with_data_set=bool(identifier))
        self._append(command)
        for pdu in pdus(self._asked.context_id, 0, identifier, self._most):
            self._append(pdu)

    def take(self) -> bytes:
        """What was packed since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return data

    def _append(self, part: bytes) -> None:
        self._parts.append(part)
        self.size += len(part)

    def _command(self, status: int, *, with_data_set: bool) -> bytes:
        """A C-FIND-RSP (PS3.7 9.3.2.2)."""
        answer = command_set(
            (AFFECTED_CLASS, self._asked.sop_class), (FIELD, C_FIND_RSP), (ANSWERED, self._asked.message_id),
            (DATA_SET, ONE_DATA_SET if with_data_set else NO_DATA_SET), (STATUS, status),
        )  # fmt: skip
        return b"".join(pdus(self._asked.context_id, COMMAND, answer, self._most))
