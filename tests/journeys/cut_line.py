"""A line to a server that can be cut and mended: what a station sees when the database, or the cable to it, is gone."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading


class CutLine:
    """Passes everything from ``port`` on to the server's port, until ``cut``; ``mend`` puts it together again."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._door = self._listen(0)
        self.port: int = self._door.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._ends: dict[socket.socket, socket.socket] = {}
        self._lock = threading.Lock()
        self._closing = False
        self._whole = True
        self._selector.register(self._door, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="cut-line")
        self._thread.start()

    def cut(self) -> None:
        """Every connection breaks off, and nobody answers any more."""
        with self._lock:
            self._whole = False
            self._selector.unregister(self._door)
            self._door.close()
            for end in list(self._ends):
                self._drop(end)

    def mend(self) -> None:
        """The server can be reached again, at the same port."""
        with self._lock:
            self._door = self._listen(self.port)
            self._selector.register(self._door, selectors.EVENT_READ)
            self._whole = True

    def close(self) -> None:
        if self._whole:
            self.cut()
        self._closing = True
        self._thread.join()
        self._selector.close()

    @staticmethod
    def _listen(port: int) -> socket.socket:
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
        door.listen(32)
        return door

    def _run(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(0.02):
                with self._lock, contextlib.suppress(OSError, KeyError, ValueError):
                    if key.fileobj is self._door:
                        self._join(self._door.accept()[0])
                    elif key.fileobj in self._ends:
                        self._pass_on(key.fileobj)  # type: ignore[arg-type]

    def _join(self, caller: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._to_port))
        for one, other in ((caller, server), (server, caller)):
            self._ends[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, end: socket.socket) -> None:
        try:
            piece = end.recv(65536)
            if piece:
                self._ends[end].sendall(piece)
                return
        except OSError:
            pass
        self._drop(end)

    def _drop(self, end: socket.socket) -> None:
        other = self._ends.pop(end, None)
        for each in (end, other):
            if each is not None:
                self._ends.pop(each, None)
                with contextlib.suppress(KeyError, ValueError):
                    self._selector.unregister(each)
                each.close()
