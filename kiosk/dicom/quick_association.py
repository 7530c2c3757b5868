"""The receiving side of an association without pynetdicom's polling: this module alone knows what lies below its
public interface, and only for the one version that it was written for.

pynetdicom's own loops look every millisecond and turn each message into a data set, which costs three quarters of the
rate that images can come in. Here the reading thread waits in the kernel, C-STORE goes from the socket straight to the
storage door and is answered by hand; negotiation, release, abort, the state machine and every other service stay
pynetdicom's. Where another version is installed, ``usable`` says so and the listener works with the plain loops.
"""

from __future__ import annotations

import logging
import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import pynetdicom
from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.dul import _PDU_TYPES, DULServiceProvider
from pynetdicom.fsm import InvalidEventError
from pynetdicom.pdu_primitives import A_ABORT, A_ASSOCIATE, A_P_ABORT, A_RELEASE, P_DATA
from pynetdicom.utils import make_target

from kiosk.dicom.command_set import C_STORE_RQ, Command, store_answer
from kiosk.dicom.pdu_stream import COMMAND, LAST, BadPdu, PduStream
from kiosk.dicom.quick_socket import TICK_S, QuickSocket

log = logging.getLogger(__name__)

WRITTEN_FOR = "3.0.4"
PDU_S = 30.0  # a PDU that was begun is whole by then
MESSAGE_S = 60.0  # so long a message may rest in its middle
LEAVING_S = 1.0  # for the peer to close, after it was refused or released
BUFFER_BYTES = 1 << 18
MOST_COMMAND = 1 << 16
MOST_DATA_SET = 1 << 24  # of services other than storage


def usable() -> bool:
    """Is this the pynetdicom that the module knows?"""
    return bool(pynetdicom.__version__ == WRITTEN_FOR)


class Inflow(Protocol):
    """One image on its way in."""

    def write(self, piece: memoryview, /) -> object: ...
    def settle(self) -> int:
        """The status to answer with."""

    def abandon(self) -> object: ...


OpenInflow = Callable[[Any, int, str, str], Inflow]  # (association, context id, SOP class, SOP instance) -> inflow


class _Stirring(queue.Queue[Any]):
    """A queue whose news wake the association's thread."""

    def __init__(self, stirred: threading.Event) -> None:
        super().__init__()
        self._stirred = stirred

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        super().put(item, block, timeout)
        self._stirred.set()


class QuickDul(DULServiceProvider):
    """The upper layer service provider: one thread that reads, and a state machine that whoever sends steps itself."""

    assoc: QuickAssociation  # type: ignore[assignment]

    def __init__(self, assoc: Any) -> None:
        super().__init__(assoc)
        self._acting = threading.RLock()
        self._line = QuickSocket(self._acting)
        self._stream = PduStream(self)
        self._last_byte = time.monotonic()
        self._command = bytearray()
        self._data: bytearray | None = None  # of a message that pynetdicom is to have
        self._inflow: Inflow | None = None
        self._store: tuple[int, int, str, str] | None = None  # context, message id, SOP class, SOP instance

    # -- reading -------------------------------------------------------------------------------------------------
    def run_reactor(self) -> None:
        """Read until the connection is over, however it ends."""
        assert self.socket is not None
        view = memoryview(bytearray(BUFFER_BYTES))
        try:
            with self._acting:
                self._step()  # the connection is open (Evt5)
            self._stream.feed(memoryview(self.assoc.first_pdu))
            self.assoc._dul_ready.set()
            self._read(view)
        except BadPdu as why:
            log.warning("association ended: %s", why)
            self._end("Evt19")
        except Exception as why:  # whatever a peer made us stumble over ends its own association only
            log.warning("association ended: %s", type(why).__name__, exc_info=not isinstance(why, OSError))
            self._end("Evt19")
        finally:
            self.assoc._dul_ready.set()
            self._leave(view)
            self._let_go()
            self.assoc.stirred.set()
            if self.assoc.at_reading_end is not None:
                self.assoc.at_reading_end()

    def _read(self, view: memoryview) -> None:
        in_pdu_since: float | None = None
        while not self._kill_thread and self.state_machine.current_state not in ("Sta1", "Sta13"):
            got = self._receive(view)
            now = time.monotonic()
            if got == 0:
                return
            if got > 0:
                self._last_byte = now
                self._stream.feed(view[:got])
            if self._stream.at_rest:
                in_pdu_since = None
            elif in_pdu_since is None or got == len(view):
                in_pdu_since = now  # a full buffer is a peer that sends as fast as we read
            elif now - in_pdu_since > PDU_S:
                raise BadPdu(f"a PDU was not whole after {PDU_S:.0f} s")
            if self._store is not None and now - self._last_byte > MESSAGE_S:
                raise BadPdu(f"an image stopped in its middle for {MESSAGE_S:.0f} s")

    def _receive(self, view: memoryview) -> int:
        return self._line.receive(self.socket.socket if self.socket is not None else None, view)

    def _end(self, event: str) -> None:
        with self._acting:
            self.event_queue.put(event)
            self._step()

    def _leave(self, view: memoryview) -> None:
        """Give the peer a moment to close (it may still be reading why it was refused), then close."""
        until = time.monotonic() + LEAVING_S
        while self.state_machine.current_state == "Sta13" and time.monotonic() < until and not self._kill_thread:
            if self._receive(view) == 0:
                break
        with self._acting:
            if self.socket is not None:
                self.socket.close()  # puts Evt17
            self._step()
            self.state_machine.current_state = "Sta1"
        self._line.close()

    def idle_timer_expired(self) -> bool:
        timeout = self.network_timeout
        return timeout is not None and time.monotonic() - self._last_byte > timeout

    # -- what the stream found -----------------------------------------------------------------------------------
    def other(self, pdu_type: int, pdu: bytes) -> None:
        made, event = _PDU_TYPES[pdu[:1]]
        found = made()
        try:
            found.decode(pdu)
        except Exception as why:
            raise BadPdu(f"a PDU of type {pdu_type:#04x} that cannot be read") from why
        with self._acting:
            self._recv_pdu.put(found)
            self.event_queue.put(event)
            self._step()

    def fragment(self, context: int, control: int, piece: memoryview, whole: bool) -> None:
        if self.state_machine.current_state != "Sta6":
            with self._acting:  # whoever has just sent the acceptance may still be stepping
                if self.state_machine.current_state != "Sta6":
                    raise BadPdu("data outside an association")
        if control & COMMAND:
            self._command += piece
            if len(self._command) > MOST_COMMAND:
                raise BadPdu("a command that does not end")
            if whole and control & LAST:
                command, self._command = bytes(self._command), bytearray()
                self._begin(context, command)
        elif self._inflow is not None:
            self._inflow.write(piece)
            if whole and control & LAST:
                self._settle()
        elif self._data is not None:
            self._data += piece
            if len(self._data) > MOST_DATA_SET:
                raise BadPdu("a data set that does not end")
            if whole and control & LAST:
                data, self._data = bytes(self._data), None
                self._hand_over(context, LAST, data)
        else:
            raise BadPdu("data without a command")

    def _begin(self, context: int, command: bytes) -> None:
        if self._inflow is not None or self._data is not None:
            raise BadPdu("a command in the middle of a message")
        if context not in self.assoc._accepted_cx:
            raise BadPdu("a message in a context that was not agreed on")
        asked = Command(command)
        if asked.field == C_STORE_RQ and asked.has_data and self.assoc.open_inflow is not None:
            self._inflow = self.assoc.open_inflow(self.assoc, context, asked.sop_class, asked.sop_uid)
            self._store = (context, asked.message_id, asked.sop_class, asked.sop_uid)
            return
        self._hand_over(context, COMMAND | LAST, command)
        if asked.has_data:
            self._data = bytearray()

    def _hand_over(self, context: int, control: int, data: bytes) -> None:
        """A part of a message as pynetdicom takes it."""
        primitive = P_DATA()
        primitive.presentation_data_value_list = [[context, bytes([control]) + data]]
        self.assoc.dimse.receive_primitive(primitive)
        if self.event_queue.qsize():  # it could not read the message
            raise BadPdu("a message that cannot be read")

    def _settle(self) -> None:
        inflow, store = self._inflow, self._store
        assert inflow is not None and store is not None
        self._inflow = self._store = None
        status = inflow.settle()
        self.write(store_answer(*store, status, self.assoc.requestor.maximum_length))

    def _let_go(self) -> None:
        inflow, self._inflow = self._inflow, None
        if inflow is not None:
            inflow.abandon()

    # -- sending -------------------------------------------------------------------------------------------------
    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Bytes to the peer, one writer at a time. Raises OSError."""
        with self._acting:
            self._line.write(self.socket.socket if self.socket is not None else None, data)

    def _send(self, pdu: Any) -> None:
        try:
            self.write(pdu.encode())
        except OSError:
            if self.socket is not None:
                self.socket.close()
            return
        evt.trigger(self.assoc, evt.EVT_PDU_SENT, {"pdu": pdu})

    def send_pdu(self, primitive: Any) -> None:
        """Step the state machine in the caller's own thread: nobody has to be woken for it."""
        if isinstance(primitive, (A_ASSOCIATE, A_RELEASE, A_ABORT, A_P_ABORT)):
            evt.trigger(self.assoc, evt.EVT_ACSE_SENT, {"primitive": primitive})
        with self._acting:
            self.to_provider_queue.put(primitive)
            self._process_recv_primitive()
            self._step()
            while not self.to_provider_queue.empty():  # what the state did not allow
                self.to_provider_queue.get_nowait()

    def _step(self) -> None:
        """Every event that is there; the lock is held."""
        while True:
            try:
                event = self.event_queue.get_nowait()
            except queue.Empty:
                return
            try:
                self.state_machine.do_action(event)
            except InvalidEventError:
                log.debug("%s in %s", event, self.state_machine.current_state)


class QuickAssociation(Association):
    """An acceptor whose threads wait for news instead of looking for them."""

    def __init__(self, ae: Any, first_pdu: bytes, open_inflow: OpenInflow | None) -> None:
        """``first_pdu`` is the association request, already read; ``open_inflow`` takes images (None: no storage)."""
        super().__init__(ae, "acceptor")
        self.first_pdu = first_pdu
        self.open_inflow = open_inflow
        self.at_reading_end: Callable[[], None] | None = None  # called in the reading thread when it ends
        self.kiosk_node: Any = None
        self.stirred = threading.Event()
        self.dul = QuickDul(self)
        self.dul.to_user_queue = _Stirring(self.stirred)
        self.acse_timeout = ae.acse_timeout  # the timers are those of the upper layer that was just replaced
        self.network_timeout = ae.network_timeout

    def run_reactor(self) -> None:
        self.dimse.msg_queue = _Stirring(self.stirred)  # whatever provider the doors put in its place
        super().run_reactor()

    def kill(self) -> None:
        """End both threads. The connection is shut, which wakes the reading one."""
        self._reactor_checkpoint.set()
        self._kill = True
        self.is_established = False
        self._is_paused = True
        self.stirred.set()
        if self.dul.state_machine.current_state == "Sta13":
            return  # the reading thread gives the peer its moment, then ends by itself
        self.dul.kill_dul()
        if self.dul.socket is not None:
            self.dul.socket._shutdown_socket()
        if threading.current_thread() is not self.dul and self.dul.is_alive():
            self.dul.join(2 * TICK_S)

    def _run_reactor(self) -> None:
        self._is_paused = False
        while not self._kill:
            self._is_paused = True
            self.stirred.wait(TICK_S)
            self.stirred.clear()
            self._reactor_checkpoint.wait()
            self._is_paused = False
            while self.is_established:
                context, message = self.dimse.get_msg(block=False)
                if message is None:
                    break
                self._serve_request(message, context)
            if self._is_over():
                return

    def _is_over(self) -> bool:
        if self.is_established and self.acse.is_release_requested():
            self.acse.send_release(is_response=True)
            self.is_released = True
            evt.trigger(self, evt.EVT_RELEASED, {})
        elif self.acse.is_aborted():
            self.dul.receive_pdu(wait=False)
            self.is_aborted = True
            evt.trigger(self, evt.EVT_ABORTED, {})
        elif self.dul.idle_timer_expired():
            self.abort()
        elif self.dul.is_alive() and not self._kill:
            return False
        self.is_established = False
        self.kill()
        return True


def make_association(
    server: Any, sock: socket.socket, address: Any, first_pdu: bytes, open_inflow: OpenInflow | None
) -> QuickAssociation:
    """An association for a connection whose request was read, as pynetdicom's own request handler would make it."""
    from copy import deepcopy

    from pynetdicom.transport import AddressInformation, AssociationSocket

    assoc = QuickAssociation(server.ae, first_pdu, open_inflow)
    assoc._server = server
    assoc.name = f"AcceptorThread@{time.time_ns()}"  # pynetdicom finds its acceptors by this name
    sock.settimeout(TICK_S)
    assoc.set_socket(AssociationSocket(assoc, client_socket=sock))
    assoc.acceptor.maximum_length = server.ae.maximum_pdu_size
    assoc.acceptor.ae_title = server.ae_title
    assoc.acceptor.address_info = AddressInformation.from_tuple(server.server_address)
    assoc.acceptor.implementation_class_uid = server.ae.implementation_class_uid
    assoc.acceptor.implementation_version_name = server.ae.implementation_version_name
    assoc.acceptor.supported_contexts = deepcopy(server.contexts)
    assoc.requestor.address_info = AddressInformation.from_tuple(address)
    for event, handler in server.handlers:
        assoc.bind(event, handler)
    assoc._target = make_target(assoc.run_reactor)  # type: ignore[attr-defined]
    return assoc
