"""A contact at a line of a serial port: looked at every few milliseconds, told with the moment of its edge."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from kiosk.core.triggers import LineSettings

log = logging.getLogger(__name__)

AGAIN_S = 1.0  # between two tries to open the port


class SerialLine:
    """``level(closed, at_s)`` is told of each change and ``there(bool)`` of a port that comes or goes, both on the
    worker's thread. ``at_s`` is monotonic.
    """

    def __init__(
        self,
        how: LineSettings,
        level: Callable[[bool, float], object],
        there: Callable[[bool], object] = lambda there: None,
        open_port: Callable[[LineSettings], Any] | None = None,
    ) -> None:
        self._how = how
        self._level = level
        self._there = there
        self._open = open_port or open_line
        self._was_there: bool | None = None

    def watch(self, stop: threading.Event) -> None:
        """The worker: until ``stop``. A port that is pulled out is opened again when it is back."""
        while not stop.is_set():
            try:
                port = self._open(self._how)
            except OSError:  # pyserial's own is one
                self._tell(False)
                stop.wait(AGAIN_S)
                continue
            self._tell(True)
            try:
                self._look(port, stop)
            except OSError:
                self._tell(False)
            finally:
                with contextlib.suppress(OSError):
                    port.close()

    def _look(self, port: Any, stop: threading.Event) -> None:
        every_s = max(1, self._how.every_ms) / 1000
        # What is closed when the port is opened was closed before: no trigger.
        last = self._closed(port)
        while not stop.wait(every_s):
            closed = self._closed(port)
            if closed != last:
                last = closed
                self._level(closed, time.monotonic())

    def _closed(self, port: Any) -> bool:
        return bool(getattr(port, self._how.line)) != self._how.opens

    def _tell(self, there: bool) -> None:
        if there != self._was_there:
            log.log(logging.INFO if there else logging.WARNING, "trigger port %s: %s", self._how.port,
                    "open" if there else "not there")  # fmt: skip
            self._was_there = there
            self._there(there)


def open_line(how: LineSettings) -> Any:
    """The port with its feeding line high. Raises OSError."""
    import serial

    try:
        port = serial.serial_for_url(how.port, do_not_open=True)
        port.timeout, port.rtscts, port.dsrdtr = 0, False, False
        port.rts, port.dtr = how.held in ("rts", "both"), how.held in ("dtr", "both")
        port.open()
    except ValueError as why:
        raise OSError(str(why)) from why
    return port
