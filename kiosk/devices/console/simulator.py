"""A console to practise with: the other end of a serial line, in each profile, well-behaved or not."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal, Protocol

from kiosk.core.serial_profiles import ACK, ENQ, EOT, ETB, ETX, NAK, STX, SerialSettings, bcc

Manner = Literal["well", "silent", "refusing", "noisy"]


class Line(Protocol):
    """One end of a line; ``read`` waits a moment at most."""

    def read(self, size: int, /) -> bytes: ...
    def write(self, data: bytes, /) -> object: ...


@dataclass
class SerialConsoleSimulator:
    """``records``: what it took, whole and proven. ``refuse``: NAK to so many frames first; ``late_s``: every answer
    comes so much later.
    """

    how: SerialSettings
    line: Line
    manner: Manner = "well"
    refuse: int = 0
    late_s: float = 0.0
    records: list[bytes] = field(default_factory=list)
    heard: int = 0  # frames, whole or not
    _buffer: bytearray = field(default_factory=bytearray)
    _text: bytearray = field(default_factory=bytearray)  # of the ASTM frames so far

    def work(self, stop: threading.Event) -> None:
        """A worker."""
        while not stop.is_set():
            try:
                piece = self.line.read(256)
            except OSError:  # the cable was pulled
                return
            self._buffer += piece
            while self._take_one():
                pass

    def _take_one(self) -> bool:
        """Act on what is whole at the beginning of the buffer; False where nothing is."""
        buffer = self._buffer
        if self.how.profile == "line":
            end = {"cr": b"\r", "crlf": b"\r\n", "": b"\n"}[self.how.line_end]
            at = buffer.find(end)
            if at < 0:
                return False
            self._took(bytes(buffer[:at]), good=True)
            del buffer[: at + len(end)]
            return True
        while buffer and buffer[0] not in (STX, ENQ, EOT):
            del buffer[0]
        if not buffer:
            return False
        if buffer[0] in (ENQ, EOT):
            if buffer.pop(0) == ENQ:
                self._text.clear()
                self._say(ACK)
            return True
        return self._stx() if self.how.profile == "stx" else self._astm()

    def _stx(self) -> bool:
        buffer = self._buffer
        at = buffer.find(ETX)
        checked = self.how.bcc == "xor"
        if at < 0 or len(buffer) < at + 1 + checked:
            return False
        frame = bytes(buffer[: at + 1])
        good = not checked or buffer[at + 1] == bcc(self.how, frame)
        del buffer[: at + 1 + checked]
        self._took(frame[1:-1], good=good)
        return True

    def _astm(self) -> bool:
        buffer = self._buffer
        ends = [at for at in (buffer.find(ETX), buffer.find(ETB)) if at > 0]
        if not ends or len(buffer) < min(ends) + 5:
            return False
        at = min(ends)
        body, check = bytes(buffer[1 : at + 1]), bytes(buffer[at + 1 : at + 3])
        del buffer[: at + 5]
        good = check == f"{sum(body) % 256:02X}".encode()
        if not self._refuses() and good:
            self._text += body[1:-1]
            if body[-1] == ETX:
                self.records.append(bytes(self._text))
                self._text.clear()
            self._say(ACK)
        else:
            self._say(NAK)
        return True

    def _took(self, text: bytes, *, good: bool) -> None:
        if not self._refuses() and good:
            self.records.append(text)
            self._say(ACK)
        else:
            self._say(NAK)

    def _refuses(self) -> bool:
        self.heard += 1
        if self.manner == "refusing":
            return True
        self.refuse -= 1
        return self.refuse >= 0

    def _say(self, answer: int) -> None:
        if self.manner == "silent" or (self.how.profile == "line" and not self.how.acknowledged):
            return
        noise = b"\x00\xff~" if self.manner == "noisy" else b""
        said = noise + bytes([answer]) + noise
        if self.late_s:
            threading.Timer(self.late_s, self.line.write, (said,)).start()
        else:
            self.line.write(said)
