"""Storage commitment, both ways (PS3.4 J): devices ask us whether their images are kept; we ask a server for ours.

The report goes on the association of the request while it is open, else on a new one to the device, in which the roles
are turned round by role selection (PS3.7 D.3.3.4).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

from pynetdicom import build_role, evt
from pynetdicom.dimse_primitives import N_EVENT_REPORT
from pynetdicom.presentation import PresentationContext, build_context

from kiosk.core.commitment import CommitmentAsked, CommitmentReport, Reference
from kiosk.core.faults import Fault, LinkLost, Refused
from kiosk.core.words import N_
from kiosk.dicom.commitment_report import ASK, PUSH, PUSH_INSTANCE, event_of, read_references, read_report, request_of
from kiosk.dicom.nodes import Node
from kiosk.dicom.soundness import EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.upper_layer import Handlers, call, node_of
from kiosk.dicom.write import new_uid

log = logging.getLogger(__name__)

SUCCESS, FAILED, UNKNOWN, BAD_ARGUMENT, NO_SUCH_ACTION = 0x0000, 0x0110, 0x0112, 0x0115, 0x0123
ANSWER_S = 10.0  # for the peer to confirm a report


class _Errand:
    """A report to be sent by the thread of an open association, and what became of it."""

    def __init__(self, report: CommitmentReport) -> None:
        self.report = report
        self.over = threading.Event()
        self.status: int | None = None

    def end(self, status: int | None) -> None:
        self.status = status
        self.over.set()


class CommitmentDoor:
    """``take(asked)`` keeps a request durably; ``told(report)`` is what a server answers to a request of ours.

    Both may raise Refused or Fault. ``told`` is called in a thread of its own.
    """

    def __init__(self, take: Callable[[CommitmentAsked], object], told: Callable[[CommitmentReport], object]) -> None:
        self._take = take
        self._told = told
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Any, int]] = {}  # transaction -> association, presentation context
        self._errands: dict[tuple[int, int], _Errand] = {}  # association, message -> who waits for its answer

    def contexts(self) -> list[PresentationContext]:
        context = build_context(PUSH, [EXPLICIT_LE, IMPLICIT_LE])
        context.scu_role = context.scp_role = True  # who reports to us calls as SCP
        return [context]

    def handlers(self) -> Handlers:
        return [
            (evt.EVT_CONN_OPEN, self._opened),
            (evt.EVT_N_ACTION, self._asked),
            (evt.EVT_N_EVENT_REPORT, lambda event: (taken_report(event, self._told), None)),
        ]

    def ended(self, assoc: Any) -> None:
        """Reports that were under way on it are sent another way."""
        with self._lock:
            self._open = {uid: entry for uid, entry in self._open.items() if entry[0] is not assoc}
            lost = [key for key in self._errands if key[0] == id(assoc)]
            errands = [self._errands.pop(key) for key in lost]
        for each in errands:
            each.end(None)

    def report_here(self, report: CommitmentReport) -> bool:
        """Report on the association of the request, where it is still open; True when the device confirmed it."""
        with self._lock:
            entry = self._open.get(report.transaction_uid)
        if entry is None or not entry[0].is_established:
            return False
        assoc, context = entry
        errand = _Errand(report)
        assoc.dimse.msg_queue.put((context, errand))
        if not errand.over.wait(ANSWER_S):
            return False
        return errand.status == SUCCESS

    def _opened(self, event: Any) -> None:
        assoc = event.assoc
        serve = assoc._serve_request

        def serve_request(message: Any, context_id: int) -> None:
            if isinstance(message, _Errand):
                self._run(assoc, message, context_id)
            elif isinstance(message, N_EVENT_REPORT) and message.MessageIDBeingRespondedTo is not None:
                with self._lock:
                    errand = self._errands.pop((id(assoc), int(message.MessageIDBeingRespondedTo)), None)
                if errand is not None:
                    errand.end(message.Status)
            else:
                serve(message, context_id)

        assoc._serve_request = serve_request

    def _run(self, assoc: Any, errand: _Errand, context_id: int) -> None:
        context = assoc._accepted_cx.get(context_id)
        if context is None or not assoc.is_established:
            errand.end(None)
            return
        with self._lock:
            number = 1 + max((key[1] for key in self._errands if key[0] == id(assoc)), default=0)
            self._errands[(id(assoc), number)] = errand
        assoc.dimse.send_msg(event_of(errand.report, str(context.transfer_syntax[0]), number), context_id)

    def _asked(self, event: Any) -> tuple[int, None]:
        source, request = node_of(event.assoc).ae_title, event.request
        if request.ActionTypeID != ASK:
            return NO_SUCH_ACTION, None
        if str(request.RequestedSOPInstanceUID) != PUSH_INSTANCE:
            return UNKNOWN, None
        try:
            data = request.ActionInformation.getvalue() if request.ActionInformation else b""
            transaction, wanted = read_references(data, str(event.context.transfer_syntax))
            self._take(CommitmentAsked(transaction, source, str(event.assoc.requestor.address), wanted))
        except Refused as why:
            log.warning("a commitment request of %s was refused: %s", source, why.reason)
            return BAD_ARGUMENT, None
        except Fault as why:  # it could not be kept: the device asks again
            log.error("a commitment request of %s could not be kept: %s", source, why)
            return FAILED, None
        with self._lock:
            self._open[transaction] = (event.assoc, int(event.context.context_id))
        return SUCCESS, None


def taken_report(event: Any, told: Callable[[CommitmentReport], object]) -> int:
    """Hand a server's report on; the status to answer with."""
    source, request = node_of(event.assoc).ae_title, event.request
    try:
        data = request.EventInformation.getvalue() if request.EventInformation else b""
        told(read_report(data, str(event.context.transfer_syntax), source))
    except Refused as why:
        log.warning("a commitment report of %s was refused: %s", source, why.reason)
        return UNKNOWN if why.reason == "unknown" else BAD_ARGUMENT
    except Exception:
        log.exception("a commitment report of %s could not be taken", source)
        return FAILED
    return SUCCESS


def report_there(own_title: str, node: Node, report: CommitmentReport) -> None:
    """Report on a new association to the device. Raises LinkLost."""
    context = build_context(PUSH, [EXPLICIT_LE, IMPLICIT_LE])
    assoc = call(own_title, node, [context], ext_neg=[build_role(PUSH, scp_role=True)])
    status = None
    try:
        # Devices that don't answer the role selection take the report all the same, so it is not insisted on.
        agreed = next((each for each in assoc.accepted_contexts if each.abstract_syntax == PUSH), None)
        if agreed is not None:
            assoc.dimse_timeout = ANSWER_S
            event = event_of(report, str(agreed.transfer_syntax[0]), 1)
            assoc.dimse.send_msg(event, agreed.context_id)
            _, answer = assoc.dimse.get_msg(block=True)
            status = getattr(answer, "Status", None)
    finally:
        if assoc.is_established:
            assoc.release()
    if status != SUCCESS:
        raise LinkLost(
            node.title or node.ae_title,
            N_("{whom} does not take the report of what is stored."),
            N_("It is sent again by itself; if it stays, look at the device."),
        )


def ask_commitment(
    own_title: str,
    node: Node,
    wanted: Iterable[Reference],
    *,
    transaction_uid: str = "",
    told: Callable[[CommitmentReport], object] | None = None,
    wait_s: float = 0.0,
) -> str:
    """Ask a server whether it keeps these images; returns the transaction UID under which its report will come.

    The report comes to our listener (``CommitmentDoor``), or on this very association where ``told`` is given: it is
    kept open for it up to ``wait_s``. Raises LinkLost.
    """
    transaction = transaction_uid or new_uid()
    came, answered = threading.Event(), threading.Event()

    def reported(event: Any) -> tuple[int, None]:
        event.assoc.kiosk_node = node
        status = taken_report(event, told) if told is not None else FAILED
        came.set()
        return status, None

    def sent(event: Any) -> None:
        if came.is_set():
            answered.set()  # the association must not be released before our answer has left

    handlers: Handlers = [(evt.EVT_N_EVENT_REPORT, reported), (evt.EVT_PDU_SENT, sent)] if told is not None else []
    assoc = call(own_title, node, [build_context(PUSH, [EXPLICIT_LE, IMPLICIT_LE])], handlers)
    try:
        try:
            status, _ = assoc.send_n_action(request_of(transaction, wanted), ASK, PUSH, PUSH_INSTANCE)
        except ValueError:  # the context was not accepted
            status = {}
        if "Status" in status and status.Status == SUCCESS and told is not None:
            answered.wait(wait_s)
    finally:
        if assoc.is_established:
            assoc.release()
    if "Status" not in status or status.Status != SUCCESS:
        raise LinkLost(
            node.title or node.ae_title,
            N_("{whom} does not tell whether it keeps what it was sent."),
            N_("It is asked again by itself; if it stays, ask the maker of the server for storage commitment."),
        )
    return transaction
