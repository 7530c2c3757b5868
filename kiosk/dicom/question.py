"""One question to a peer (C-FIND, C-MOVE, C-GET) and its answers: none is awaited for ever, and it can be called off.

pynetdicom's own generators wait for one whole deadline at each answer and cannot be told to stop meanwhile; here the
wait is short and repeated, and a peer that says nothing for ``silence_s`` is named (PS3.7 9.1.2, 9.1.3, 9.1.4, 9.3).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.dimse_primitives import C_CANCEL, C_STORE
from pynetdicom.dsutils import encode

from kiosk.core.faults import LinkLost, Refused
from kiosk.core.words import N_

LOOK_S = 0.1  # how soon a stop is seen
CANCEL_S = 5.0  # a peer may go on answering for so long after it was asked to stop; many don't know C-CANCEL
PENDING = (0xFF00, 0xFF01)
SUCCESS, CANCELLED = 0x0000, 0xFE00

OnStore = Callable[[C_STORE], int]


@dataclass(frozen=True)
class Answer:
    """One answer of the peer. The counts are those of C-MOVE and C-GET, None where they were not told."""

    status: int
    identifier: bytes
    transfer_syntax: str
    remaining: int | None = None
    completed: int | None = None
    failed: int | None = None
    warning: int | None = None

    @property
    def pending(self) -> bool:
        return self.status in PENDING


class Question:
    """A request on an association of ours. Iterate over its answers once; the last one is not pending."""

    def __init__(
        self,
        assoc: Any,
        whom: str,
        model: str,
        request: Any,
        identifier: Dataset,
        *,
        silence_s: float,
        stop: threading.Event | None = None,
        on_store: OnStore | None = None,
    ) -> None:
        """``request``: a C_FIND, C_MOVE or C_GET primitive without its identifier. ``on_store`` answers the images
        that a C-GET brings, with the status to be told. Raises Refused where the peer doesn't know ``model``.
        """
        self._assoc = assoc
        self._whom = whom
        self._silence_s = silence_s
        self._stop = stop or threading.Event()
        self._on_store = on_store
        accepted = [cx for cx in assoc.accepted_contexts if cx.abstract_syntax == model]
        if not accepted:
            raise Refused(
                "no_query",
                N_("{whom} does not answer such queries."),
                N_("Ask its maker whether it is a Query/Retrieve server."),
                reference="Q602",
                whom=whom,
            )
        self._context: Any = accepted[0]
        syntax = self._context.transfer_syntax[0]
        self._syntax = str(syntax)
        request.MessageID, request.AffectedSOPClassUID, request.Priority = 1, model, 0
        encoded = encode(identifier, syntax.is_implicit_VR, syntax.is_little_endian)
        assert encoded is not None
        request.Identifier = BytesIO(encoded)
        self._request = request
        self._cancelled_s = 0.0

    @property
    def called_off(self) -> bool:
        return bool(self._cancelled_s)

    def cancel(self) -> None:
        """Ask the peer to stop (C-CANCEL); the answers go on until its last one."""
        if not self._cancelled_s and self._assoc.is_established:
            self._cancelled_s = time.monotonic()
            asked = C_CANCEL()
            asked.MessageIDBeingRespondedTo = self._request.MessageID
            self._assoc.dimse.send_msg(asked, self._context.context_id)

    def answers(self) -> Iterator[Answer]:
        """Raises LinkLost where the peer is silent for ``silence_s`` or the connection ends before the last answer."""
        assoc = self._assoc
        gone = threading.Event()
        assoc.bind(evt.EVT_CONN_CLOSE, lambda _: gone.set())
        assoc.dimse_timeout = LOOK_S
        self._hold_reactor()
        try:
            assoc.dimse.send_msg(self._request, self._context.context_id)
            heard_s = time.monotonic()
            while True:
                if self._stop.is_set():
                    self.cancel()
                _, message = assoc.dimse.get_msg(block=True)
                if message is None:
                    self._look_at_silence(gone.is_set() or not assoc.is_established, heard_s)
                    continue
                heard_s = time.monotonic()
                if isinstance(message, C_STORE):
                    self._take(message)
                    continue
                answer = self._read(message)
                yield answer
                if not answer.pending:
                    return
        finally:
            assoc._reactor_checkpoint.set()

    def _hold_reactor(self) -> None:
        """While we wait for answers the association's own loop must not take them (as pynetdicom's senders do)."""
        self._assoc._reactor_checkpoint.clear()
        until = time.monotonic() + 2.0
        while not self._assoc._is_paused and time.monotonic() < until:
            time.sleep(0.0002)

    def _look_at_silence(self, gone: bool, heard_s: float) -> None:
        now = time.monotonic()
        if gone:
            raise LinkLost(self._whom, N_("The connection to {whom} was cut in the middle."))
        if self._cancelled_s and now - max(heard_s, self._cancelled_s) > CANCEL_S:
            self._assoc.abort()
            raise LinkLost(self._whom, N_("{whom} did not stop when it was asked to; the connection was ended."))
        if now - heard_s > self._silence_s:
            self._assoc.abort()
            raise LinkLost(
                self._whom,
                N_("{whom} took the question and does not answer."),
                N_("Try again in a moment; if it stays, call whoever looks after it."),
            )

    def _take(self, message: C_STORE) -> None:
        answer = C_STORE()
        answer.MessageID = answer.MessageIDBeingRespondedTo = message.MessageID
        answer.AffectedSOPClassUID = message.AffectedSOPClassUID
        answer.AffectedSOPInstanceUID = message.AffectedSOPInstanceUID
        answer.Status = self._on_store(message) if self._on_store is not None else 0x0122
        self._assoc.dimse.send_msg(answer, message._context_id)

    def _read(self, message: Any) -> Answer:
        if getattr(message, "Status", None) is None:
            self._assoc.abort()
            raise LinkLost(self._whom, N_("{whom} gave an answer that makes no sense."))
        identifier = getattr(message, "Identifier", None)
        return Answer(
            int(message.Status),
            identifier.getvalue() if identifier is not None else b"",
            self._syntax,
            *(
                None if (count := getattr(message, f"NumberOf{kind}Suboperations", None)) is None else int(count)
                for kind in ("Remaining", "Completed", "Failed", "Warning")
            ),
        )


def part(assoc: Any) -> None:
    """End an association, in order where the peer still listens."""
    if assoc.is_established:
        assoc.release()
