"""Where callers wait until they have said who they are: one thread for all of them, however many keep silent.

A caller gets an association, with its threads, only after its request is whole and it was admitted. Until then it is a
socket with a deadline; who fills the chamber pushes out those that have been silent longest (PS3.8 9.3.2).
"""

from __future__ import annotations

import contextlib
import logging
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kiosk.dicom import tls
from kiosk.dicom.pdu_stream import MOST_OTHER

log = logging.getLogger(__name__)

FIRST_WORD_S = 5.0  # a caller that has not asked by then is sent away
LEAVING_S = 1.0  # for a refused caller to read why
MOST_WAITING = 128  # sockets; Windows can watch 512, a small Unix limit is 256
LOOK_EVERY_S = 0.5
ASSOCIATE_RQ, TLS_HANDSHAKE = 0x01, 0x16  # the first byte of each

# (socket, address, whole request) -> bytes to answer and close with; None where the socket was taken over
Admit = Callable[[socket.socket, Any, bytes], bytes | None]
Insecure = Callable[[str, str, str], None]  # address, reason (kiosk.dicom.tls), and in the library's words


@dataclass(eq=False)
class _Caller:
    sock: socket.socket
    address: Any
    since: float
    pdu: bytearray = field(default_factory=bytearray)
    needed: int = 6
    shaking: bool = False  # in the middle of a TLS handshake
    leaving: bool = False


class Antechamber:
    """Listens on one port. ``admit`` is called in its thread for each whole request."""

    def __init__(
        self,
        host: str,
        port: int,
        admit: Admit,
        context: ssl.SSLContext | None = None,
        on_insecure: Insecure | None = None,
    ) -> None:
        """Raises OSError where the port is taken."""
        self._admit = admit
        self._tls = context
        self._on_insecure = on_insecure
        self._listener = socket.create_server((host, port), backlog=512)
        self._listener.setblocking(False)
        self.address = self._listener.getsockname()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._waker, self._wake = socket.socketpair()
        self._selector.register(self._waker, selectors.EVENT_READ)
        self._callers: set[_Caller] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"antechamber-{self.address[1]}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop listening and send everybody away who waits."""
        self._stop.set()
        with contextlib.suppress(OSError):
            self._wake.send(b"x")
        if self._thread.is_alive():
            self._thread.join(5.0)

    @property
    def waiting(self) -> int:
        return len(self._callers)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                for key, _ in self._selector.select(LOOK_EVERY_S):
                    if key.fileobj is self._listener:
                        self._welcome()
                    elif isinstance(key.data, _Caller):
                        self._listen_to(key.data)
                self._send_late_ones_away()
        except Exception:  # without this thread nobody gets in: the supervisor must see the process end
            log.exception("the listener ended")
        finally:
            for caller in list(self._callers):
                self._drop(caller)
            self._selector.close()
            for each in (self._listener, self._waker, self._wake):
                each.close()

    def _welcome(self) -> None:
        try:
            sock, address = self._listener.accept()
        except BlockingIOError:
            return
        except OSError as why:  # no more sockets: whoever is silent longest must go
            log.warning("a caller could not be let in: %s", why)
            self._push_out()
            return
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
            sock.setblocking(False)
        except OSError:
            sock.close()
            return
        if len(self._callers) >= MOST_WAITING:
            self._push_out()
        caller = _Caller(sock, address, time.monotonic(), shaking=self._tls is not None)
        self._callers.add(caller)
        self._selector.register(sock, selectors.EVENT_READ, caller)

    def _push_out(self) -> None:
        silent = min(self._callers, key=lambda each: (not each.leaving, each.since), default=None)
        if silent is not None:
            self._drop(silent)

    def _listen_to(self, caller: _Caller) -> None:
        try:
            if caller.shaking:
                self._shake_hands(caller)
                return
            while True:
                piece = caller.sock.recv(4096 if caller.leaving else caller.needed - len(caller.pdu))
                if not piece:
                    self._drop(caller)
                    return
                if caller.leaving:
                    continue
                caller.pdu += piece
                if len(caller.pdu) == caller.needed and self._heard(caller):
                    return
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except (OSError, ValueError):
            self._drop(caller)

    def _shake_hands(self, caller: _Caller) -> None:
        assert isinstance(caller.sock, ssl.SSLSocket)
        try:
            caller.sock.do_handshake()
        except ssl.SSLWantReadError:
            return
        except ssl.SSLWantWriteError:
            self._selector.modify(caller.sock, selectors.EVENT_READ | selectors.EVENT_WRITE, caller)
            return
        except OSError as why:
            self._insecure(caller, tls.reason_of(why), str(getattr(why, "reason", "") or type(why).__name__))
            self._drop(caller)
            return
        caller.shaking = False
        self._selector.modify(caller.sock, selectors.EVENT_READ, caller)
        self._listen_to(caller)  # what came with the handshake is in the library, not in the kernel

    def _heard(self, caller: _Caller) -> bool:
        """Its head, then its whole request, is there; True where the chamber is done with it."""
        if caller.needed == 6:
            length = int.from_bytes(caller.pdu[2:6], "big")
            if caller.pdu[0] == TLS_HANDSHAKE and self._tls is None:
                self._insecure(caller, "", "it speaks TLS at the port for those who do not")
            if caller.pdu[0] != ASSOCIATE_RQ or not 68 <= length <= MOST_OTHER:
                self._drop(caller)
                return True
            caller.needed = 6 + length
            return False
        self._forget(caller)
        answer = self._admit(caller.sock, caller.address, bytes(caller.pdu))
        if answer is not None:
            self._refuse(caller, answer)
        return True

    def _insecure(self, caller: _Caller, reason: str, why: str) -> None:
        if self._on_insecure is not None:
            self._on_insecure(str(caller.address[0]), reason, why)

    def _refuse(self, caller: _Caller, answer: bytes) -> None:
        with contextlib.suppress(OSError):
            caller.sock.send(answer)
        caller.leaving = True
        caller.since = time.monotonic() + LEAVING_S - FIRST_WORD_S
        self._callers.add(caller)
        self._selector.register(caller.sock, selectors.EVENT_READ, caller)

    def _send_late_ones_away(self) -> None:
        now = time.monotonic()
        for caller in [each for each in self._callers if now - each.since > FIRST_WORD_S]:
            self._drop(caller)

    def _forget(self, caller: _Caller) -> None:
        self._callers.discard(caller)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(caller.sock)

    def _drop(self, caller: _Caller) -> None:
        self._forget(caller)
        with contextlib.suppress(OSError):
            caller.sock.close()
