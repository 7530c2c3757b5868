"""The upper layer that all our DICOM doors stand on: pynetdicom set up once, one listener with its doors, one caller.

Nagle's algorithm is switched off on every socket (a C-FIND answer took 44 ms with it, 2 ms without), identifiers and
PDUs are never logged, and what a peer proposes is cleaned before it is negotiated: a deflated data set can be a bomb,
so deflated transfer syntaxes are not accepted (PS3.5 A.5).
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from pynetdicom import AE, _config, evt
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.presentation import PresentationContext
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]
from pynetdicom.transport import ThreadedAssociationServer

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import N_
from kiosk.dicom.nodes import Node, Nodes, OnceAMinute
from kiosk.dicom.part10 import IMPLEMENTATION_NAME, IMPLEMENTATION_UID
from kiosk.dicom.quick_association import usable
from kiosk.dicom.quick_find import answer_quickly, plain_handler
from kiosk.dicom.quick_server import QuickServer, Refusal, certificate_of
from kiosk.dicom.role_selection import answer_every_role
from kiosk.dicom.slots import Slots
from kiosk.dicom.soundness import DEFLATED, EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.tls import OTHER_NAME, PLAIN, why_not
from kiosk.dicom.traffic import Traffic, watch_call

log = logging.getLogger(__name__)

FIRST_WORD_S = 5.0  # who connects and asks for nothing is sent away
IDLE_S = 300.0  # modalities keep an association open between two pictures
PDU_BYTES = 131072  # DCMTK's own limit; larger brings nothing
REJECTED_BY_USER, NO_REASON_GIVEN, CALLING_AE_UNKNOWN, CALLED_AE_UNKNOWN = 0x01, 0x01, 0x03, 0x07  # PS3.8 9.3.4
UNKNOWN_CALLER, INSECURE = "caller", "insecure"

_config.LOG_HANDLER_LEVEL = "none"
_config.LOG_REQUEST_IDENTIFIERS = False
_config.LOG_RESPONSE_IDENTIFIERS = False
_config.UNRESTRICTED_STORAGE_SERVICE = True  # private and future storage classes are images too
_config.STORE_SEND_CHUNKED_DATASET = True  # files go out as their bytes are
answer_every_role()
logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)  # it names patients and floods; we say what matters

Handlers = list[Any]  # of (event, handler)


class Door(Protocol):
    """One service behind the listener. One that answers C-FIND also offers ``finders()``: SOP class -> Finder."""

    def contexts(self) -> list[PresentationContext]:
        """What is offered beside storage, which needs no offer."""

    def handlers(self) -> Handlers:
        """pynetdicom events and what handles them."""

    def ended(self, assoc: Any) -> None:
        """An association is over, however it ended; called in its thread."""


def our_ae(title: str, *, network_timeout_s: float = 60.0, connect_timeout_s: float = 5.0) -> AE:
    """An application entity with our name, sizes and deadlines."""
    ae = AE(title)
    ae.implementation_class_uid = IMPLEMENTATION_UID
    ae.implementation_version_name = IMPLEMENTATION_NAME
    ae.maximum_pdu_size = PDU_BYTES
    ae.acse_timeout = 15.0
    ae.dimse_timeout = 60.0
    ae.network_timeout = network_timeout_s
    ae.connection_timeout = connect_timeout_s
    return ae


class Listener:
    """Listens on one port for the nodes we know and hands what they send to the doors. ``port`` 0 takes a free one."""

    def __init__(
        self,
        ae_title: str,
        port: int,
        nodes: Nodes,
        doors: Iterable[Door],
        *,
        host: str = "",
        most: int = 64,
        at_end: Callable[[], None] | None = None,
        on_refusal: Callable[[str, str, str], None] | None = None,
        quick: bool = True,
        tls: ssl.SSLContext | None = None,
        traffic: Traffic | None = None,
    ) -> None:
        """``at_end`` is called at the end of each thread of an association (it closes what that held of a store);
        ``on_refusal(ae_title, address, reason)`` when a caller was refused, once a minute each (UNKNOWN_CALLER or one
        of ``kiosk.dicom.tls``; the title is empty where it was not said); ``quick`` False keeps to pynetdicom's own
        loops; ``tls``: encrypted calls alone; ``traffic`` is told what is said with whom it watches. Raises Fault where
        the port is taken.
        """
        self.nodes = nodes
        self.refused = 0
        self._doors = list(doors)
        self._at_end = at_end
        self._on_refusal = on_refusal
        self._traffic = traffic
        self._ae_title = ae_title.strip()
        self._say_refusal = OnceAMinute()
        self._ae = our_ae(self._ae_title, network_timeout_s=IDLE_S)
        self._ae.maximum_associations = most
        self._ae.acse_timeout = FIRST_WORD_S
        self._ae.add_supported_context(Verification, [EXPLICIT_LE, IMPLICIT_LE, EXPLICIT_BE])
        handlers: Handlers = [
            (evt.EVT_CONN_OPEN, without_delay),
            (evt.EVT_CONN_OPEN, self._see_off),
            (evt.EVT_CONN_CLOSE, _wake_waiting),
            *([(evt.EVT_REQUESTED, traffic.follow)] if traffic is not None else []),
            (evt.EVT_REQUESTED, self._look_at_request),
            (evt.EVT_C_ECHO, lambda event: 0x0000),
        ]
        for door in self._doors:
            for each in door.contexts():
                self._ae.add_supported_context(each.abstract_syntax, each.transfer_syntax, each.scu_role, each.scp_role)
            handlers += door.handlers()
        finders = {uid: find for door in self._doors for uid, find in getattr(door, "finders", dict)().items()}
        if finders:
            handlers += [
                (evt.EVT_C_FIND, plain_handler(finders)),
                (evt.EVT_CONN_OPEN, lambda event: answer_quickly(event.assoc, finders)),
            ]
        self._server: ThreadedAssociationServer | QuickServer
        try:
            if quick and usable():
                self._server = self._quick_server(host, port, handlers, most, tls)
            else:
                server = self._ae.start_server((host, port), block=False, evt_handlers=handlers, ssl_context=tls)
                assert server is not None
                self._server = server
        except OSError as why:
            raise Fault(
                N_("The port {port} is taken by another program."),
                N_("Close the other program or choose another port in the parameter file."),
                port=port,
                reference="L502",
            ) from why
        self.port = int(self._server.server_address[1])

    def _quick_server(
        self, host: str, port: int, handlers: Handlers, most: int, tls: ssl.SSLContext | None
    ) -> QuickServer:
        takers = (getattr(door, "open_inflow", None) for door in self._doors)
        return QuickServer(
            self._ae,
            host,
            port,
            handlers,
            self._judge,
            Slots(most, self.nodes.titles),
            open_inflow=next((taker for taker in takers if taker is not None), None),
            at_reading_end=self._at_end,
            tls=tls,
            on_insecure=self._insecure,
        )

    def close(self) -> None:
        """Stop listening and end every association."""
        self._server.shutdown()
        self._ae.shutdown()

    @property
    def associations(self) -> int:
        return len(self._server.active_associations)

    def _see_off(self, event: Any) -> None:
        """Wrap the association's thread, which has not started yet, so that its end is never missed."""
        assoc = event.assoc
        run = assoc._target

        def run_to_the_end() -> None:
            try:
                run()
            finally:
                for door in self._doors:
                    door.ended(assoc)
                if self._at_end is not None:
                    self._at_end()

        assoc._target = run_to_the_end

    def _look_at_request(self, event: evt.Event) -> None:
        assoc = event.assoc
        try:
            asked = assoc.requestor.primitive
            if getattr(assoc, "kiosk_node", None) is None:  # pynetdicom's own server let it in unseen
                wrapped = assoc.dul.socket.socket if assoc.dul.socket else None
                verdict = self._judge(asked, assoc.requestor.address, certificate_of(wrapped))
                if isinstance(verdict, tuple):
                    assoc.acse.send_reject(*verdict)
                    assoc.kill()
                    return
                assoc.kiosk_node = verdict
            for context in asked.presentation_context_definition_list:
                _clean(context)
        except Exception:  # pynetdicom would log it and let the caller in
            log.exception("an association request could not be judged")
            assoc.acse.send_reject(0x01, REJECTED_BY_USER, NO_REASON_GIVEN)
            assoc.kill()

    def _judge(self, asked: Any, address: str, certificate: Mapping[str, Any] | None) -> Node | Refusal:
        """Which node calls, or why it is refused. ``certificate``: the one it showed; None where it came in plain."""
        verdict = self._verdict(asked, address, certificate)
        if isinstance(verdict, tuple) and self._traffic is not None:
            self._traffic.refused(asked, address, f"result {verdict[0]}, source {verdict[1]}, reason {verdict[2]}")
        return verdict

    def _verdict(self, asked: Any, address: str, certificate: Mapping[str, Any] | None) -> Node | Refusal:
        calling = asked.calling_ae_title.strip()
        if self._ae_title and asked.called_ae_title.strip().upper() != self._ae_title.upper():
            return self._refuse(CALLED_AE_UNKNOWN, calling, address, f"called {asked.called_ae_title.strip()!r}")
        node = self.nodes.admit(calling, address)
        if node is None:
            return self._refuse(CALLING_AE_UNKNOWN, calling, address, "not among the known nodes", UNKNOWN_CALLER)
        if node.secure is not None and certificate is None:
            return self._refuse(NO_REASON_GIVEN, calling, address, "comes without encryption", PLAIN)
        if node.secure is not None and certificate is not None and not node.secure.is_borne_by(certificate):
            return self._refuse(NO_REASON_GIVEN, calling, address, "its certificate bears another name", OTHER_NAME)
        return node

    def _refuse(self, diagnostic: int, calling: str, address: str, why: str, reason: str = "") -> Refusal:
        self.refused += 1
        if times := self._say_refusal(f"{calling} {address} {diagnostic} {reason}"):
            log.warning("association of %r from %s refused: %s (%d times)", calling, address, why, times)
            if self._on_refusal is not None and reason:
                self._on_refusal(calling, address, reason)
        return (0x01, REJECTED_BY_USER, diagnostic)

    def _insecure(self, address: str, reason: str, why: str) -> None:
        """No secure connection came about."""
        if self._traffic is not None:
            self._traffic.insecure(address, why)
        self._refuse(NO_REASON_GIVEN, "", address, f"no secure connection ({why})", reason or INSECURE)


def node_of(assoc: Any) -> Node:
    """The node that an association of ours was admitted as."""
    return getattr(assoc, "kiosk_node", None) or Node(assoc.requestor.ae_title.strip())


def without_delay(event: evt.Event) -> None:
    """Send small messages at once (PS3.8 says nothing of it; Nagle and delayed ACKs cost 40 ms a message)."""
    wrapped = event.assoc.dul.socket
    if wrapped is not None and wrapped.socket is not None:
        try:
            wrapped.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            pass  # it was closed in the meantime; the association finds out itself


def _wake_waiting(event: Any) -> None:
    """A peer that vanishes before it asked for an association frees its place at once, not after the deadline."""
    if event.assoc.requestor.primitive is None:
        event.assoc.dul.to_user_queue.put(None)


def _clean(context: PresentationContext) -> None:
    """Leave out deflated syntaxes; of several plain ones take Explicit VR Little Endian first.

    A context that offered nothing else becomes one that negotiation itself refuses (PS3.8 9.3.3.2, result 4).
    """
    offered = [uid for uid in context.transfer_syntax if uid not in DEFLATED]
    if not offered:
        context.abstract_syntax = Verification
        return
    if set(offered) <= {IMPLICIT_LE, EXPLICIT_LE, EXPLICIT_BE} and EXPLICIT_LE in offered:
        offered.sort(key=lambda uid: uid != EXPLICIT_LE)
    context.transfer_syntax = list(offered)


class _WatchedAnswers(DIMSEServiceProvider):
    """The DIMSE provider of an association we called: who waits for an answer gets it, and a dead link ends the wait.

    In pynetdicom 3.0.4 the reactor may take an answer from under its sender's hands, and who sends on a link that
    broke a moment ago waits for the whole deadline.
    """

    def __init__(self, assoc: Any) -> None:
        super().__init__(assoc)
        self._link_is_gone = threading.Event()

    def end(self) -> None:
        self._link_is_gone.set()
        self.msg_queue.put((None, None))  # wakes who waits at this moment

    def get_msg(self, block: bool = False) -> Any:
        if not block:  # the reactor, looking for requests: who is called has none (N-EVENT-REPORT goes another way)
            return None, None
        return super().get_msg(block=not self._link_is_gone.is_set())


def _watch_answers(event: evt.Event) -> None:
    event.assoc.dimse = answers = _WatchedAnswers(event.assoc)
    event.assoc.bind(evt.EVT_CONN_CLOSE, lambda _: answers.end())


def call(
    own_title: str,
    node: Node,
    contexts: list[PresentationContext],
    handlers: Handlers | None = None,
    *,
    ext_neg: Iterable[Any] = (),
    answer_s: float = 15.0,
) -> Any:
    """An association with ``node``, established; raises LinkLost with the reason in words.

    ``ext_neg``: role selections and other extended negotiation items (PS3.7 D.3.3); ``answer_s``: how long the peer
    may take to accept us.
    """
    ae = our_ae(own_title)
    ae.acse_timeout = answer_s
    whom = node.title or node.ae_title
    tls: Any = node.secure.arguments() if node.secure else None
    assoc = ae.associate(
        node.address or "127.0.0.1",
        node.port,
        contexts=contexts,
        ae_title=node.ae_title,
        ext_neg=list(ext_neg),
        tls_args=tls,
        evt_handlers=[
            (evt.EVT_CONN_OPEN, without_delay),
            (evt.EVT_CONN_OPEN, _watch_answers),
            (evt.EVT_CONN_OPEN, lambda event: watch_call(event.assoc, node)),
            *(handlers or []),
        ],
    )
    if assoc.is_established:
        return assoc
    if assoc.is_rejected:
        raise LinkLost(
            whom,
            N_("{whom} refuses us: it does not know our AE title, or has no room."),
            N_("Check the AE titles on both sides, then try again."),
        )
    if node.secure:
        raise why_not(whom, node.secure, node.address or "127.0.0.1", node.port)
    raise LinkLost(whom)
