"""The real barcode reader on a serial line (pyserial): its port is opened again when it is back."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import Any

from kiosk.core.scanner import CodeStream
from kiosk.core.settings import ScannerSettings

log = logging.getLogger(__name__)

AGAIN_S = 1.0
LOOK_S = 0.02


class SerialReader:
    """``code(text)`` and ``there(bool)`` are called on the worker's thread."""

    def __init__(
        self,
        how: ScannerSettings,
        code: Callable[[str], object],
        there: Callable[[bool], object] = lambda there: None,
        open_port: Callable[[ScannerSettings], Any] | None = None,
    ) -> None:
        self._how = how
        self._code = code
        self._there = there
        self._open = open_port or open_reader
        self._was_there: bool | None = None

    def watch(self, stop: threading.Event) -> None:
        """The worker: until ``stop``."""
        while not stop.is_set():
            try:
                port = self._open(self._how)
            except OSError:  # pyserial's own is one
                self._tell(False)
                stop.wait(AGAIN_S)
                continue
            self._tell(True)
            try:
                self._read(port, stop)
            except OSError:
                self._tell(False)
            finally:
                with contextlib.suppress(OSError):
                    port.close()

    def _read(self, port: Any, stop: threading.Event) -> None:
        stream, silent_s = CodeStream(), 0.0
        while not stop.is_set():
            data = port.read(256)
            silent_s = 0.0 if data else silent_s + LOOK_S
            codes = stream.feed(data)
            if stream.open and silent_s * 1000 >= self._how.silence_ms:
                codes += stream.feed(b"\r")
            for each in codes:
                self._code(each)
            if not data:
                port.in_waiting  # noqa: B018 - asks the driver, which fails where the adapter is gone

    def _tell(self, there: bool) -> None:
        if there != self._was_there:
            log.log(logging.INFO if there else logging.WARNING, "barcode reader at %s: %s", self._how.port,
                    "open" if there else "not there")  # fmt: skip
            self._was_there = there
            self._there(there)


def open_reader(how: ScannerSettings) -> Any:
    """Raises OSError."""
    import serial

    try:
        port = serial.serial_for_url(how.port, do_not_open=True)
        port.baudrate, port.bytesize, port.parity, port.stopbits = how.baud, how.bits, how.parity, how.stop
        port.timeout = LOOK_S
        port.open()
    except ValueError as why:  # an address that nothing understands
        raise OSError(str(why)) from why
    return port
