"""Serial lines on this machine: a pseudo terminal, one end for pyserial, the other for the console."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import tty
from collections.abc import Iterator


class PtyLine:
    """``port`` is opened by the sender; ``read`` and ``write`` are the console's end."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._turn = threading.Lock()
        self.gone = False

    def read(self, size: int) -> bytes:
        if self.gone:
            raise OSError("pulled out")
        if not select.select([self._master], [], [], 0.02)[0]:
            return b""
        return os.read(self._master, size)

    def write(self, data: bytes) -> None:
        with self._turn:
            if not self.gone:
                os.write(self._master, data)

    def pull_out(self) -> None:
        """As somebody does with the adapter."""
        with self._turn:
            self.gone = True
            for each in (self._master, self._slave):
                with contextlib.suppress(OSError):
                    os.close(each)


@contextlib.contextmanager
def pty_line() -> Iterator[PtyLine]:
    line = PtyLine()
    try:
        yield line
    finally:
        line.pull_out()
