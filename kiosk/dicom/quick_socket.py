"""The socket of a quick association: one thread reads, whoever holds its lock writes."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
import time

TICK_S = 1.0  # how long a thread waits before it looks whether it is still wanted
SEND_S = 60.0  # a peer that takes no byte for so long is gone
_QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)  # Linux alone; elsewhere a sender with Nagle's algorithm is slower


class QuickSocket:
    """Reads and writes; the sockets have a timeout of TICK_S."""

    def __init__(self, acting: threading.RLock) -> None:  # type: ignore[valid-type]  # a function to typeshed
        self._acting = acting
        self._ready: selectors.BaseSelector | None = None  # of an encrypted connection

    def receive(self, sock: socket.socket | None, view: memoryview) -> int:
        """Bytes read into ``view``; 0 at the end of the connection, -1 where nothing came for a while."""
        if sock is None:
            return 0
        try:
            if isinstance(sock, ssl.SSLSocket):
                return self._receive_secure(sock, view)
            if _QUICK_ACK is not None:  # else a sender with Nagle's algorithm waits 40 ms for our delayed ACK
                sock.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)
            return int(sock.recv_into(view))
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return -1
        except (OSError, ValueError, KeyError):  # closed meanwhile
            return 0

    def _receive_secure(self, sock: ssl.SSLSocket, view: memoryview) -> int:
        """Two threads must not use an encrypted connection at once: wait outside the lock, read inside it."""
        if not sock.pending():
            if self._ready is None:
                self._ready = selectors.DefaultSelector()
                self._ready.register(sock, selectors.EVENT_READ)
            if not self._ready.select(TICK_S):
                return -1
        with self._acting:
            sock.settimeout(0.0)
            try:
                return int(sock.recv_into(view))
            finally:
                sock.settimeout(TICK_S)

    def write(self, sock: socket.socket | None, data: bytes | bytearray | memoryview) -> None:
        """Bytes to the peer, one writer at a time. Raises OSError."""
        with self._acting:
            if sock is None:
                raise ConnectionError("closed")
            left = memoryview(data)
            until = time.monotonic() + SEND_S
            while left:
                try:
                    left = left[sock.send(left) :]
                except TimeoutError:
                    if time.monotonic() > until:
                        raise

    def close(self) -> None:
        """The connection is over."""
        if self._ready is not None:
            self._ready.close()
