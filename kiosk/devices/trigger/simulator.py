"""A contact to practise with: a port whose line is closed and opened by call, bounces included."""

from __future__ import annotations

import threading
from collections.abc import Iterable


class SimulatedPort:
    """Has what ``SerialLine`` looks at, and what pyserial's RFC 2217 server needs of a port."""

    def __init__(self) -> None:
        self.cts = self.dsr = self.cd = self.ri = False
        self.is_open = True
        self.rts = self.dtr = True
        self.baudrate, self.bytesize, self.parity, self.stopbits = 9600, 8, "N", 1
        self.rtscts = self.xonxoff = self.dsrdtr = self.break_condition = False
        self.timeout: float | None = 0
        self._pulled = False

    def pull(self) -> None:
        """The cable is out: every look fails from now on."""
        self._pulled = True

    def __getattribute__(self, name: str) -> object:
        if name in ("cts", "dsr", "cd", "ri") and object.__getattribute__(self, "_pulled"):
            raise OSError("the port is gone")
        return object.__getattribute__(self, name)

    def close(self) -> None:
        self.is_open = False

    def reset_input_buffer(self) -> None: ...
    def reset_output_buffer(self) -> None: ...

    def press(self, line: str, held_s: float, bounces: Iterable[float] = ()) -> None:
        """Close the line for ``held_s``; ``bounces`` are pauses between further edges before it rests closed."""
        clock = threading.Event()
        closed = True
        setattr(self, line, closed)
        for pause_s in bounces:
            clock.wait(pause_s)
            closed = not closed
            setattr(self, line, closed)
        setattr(self, line, True)
        clock.wait(held_s)
        setattr(self, line, False)
