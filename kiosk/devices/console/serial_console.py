"""The real console on a serial line (pyserial): one record at a time, repeated three times at most, then given up.

An acknowledgement that comes too late must not count for the next record: before each one the line is read empty, and
after a silence it must stay silent for as long as an answer may take.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from kiosk.core.faults import LinkLost
from kiosk.core.serial_profiles import ACK, ENQ, EOT, MOST_REPEATS, NAK, SerialSettings, frames
from kiosk.core.words import N_
from kiosk.devices.handover.contract import RecordRefused

log = logging.getLogger(__name__)

LOOK_S = 0.02  # a read waits so long before it looks at the time again
QUIET_S = 0.03
WRITE_S = 5.0


class NoPort(LinkLost):
    """The port is not there, or was pulled out."""

    def __init__(self, port: str) -> None:
        super().__init__(
            port,
            N_("The serial port {whom} is not there."),
            N_("Check the cable and the adapter; it is opened again by itself."),
        )


class NoAnswer(LinkLost):
    """The console said nothing, or only noise."""

    def __init__(self, port: str) -> None:
        super().__init__(
            port,
            N_("The console at {whom} does not answer."),
            N_("Check whether it runs and waits for a record, then send again."),
        )


class SerialConsole:
    """A ``Handover``; ``name`` is not told to the console. Any thread; one record at a time."""

    def __init__(self, how: SerialSettings, open_port: Callable[[SerialSettings], Any] | None = None) -> None:
        """``open_port``: another way to a line, for tests."""
        self._how = how
        self._open = open_port or open_serial
        self._port: Any = None
        self._turn = threading.Lock()
        self._stale = False  # an answer may still be on its way

    def deliver(self, name: str, data: bytes) -> None:
        """Raises Refused (a record that can't be sent), NoPort, NoAnswer, RecordRefused (NAK each time)."""
        wanted = list(frames(self._how, data))
        with self._turn:
            try:
                self._send(wanted)
            except OSError as why:  # pyserial's own is one
                self._close()
                raise NoPort(self._how.port) from why

    def is_there(self) -> bool:
        """Can the port be used at this moment? Opens it again where it was lost; never waits for a record."""
        if not self._turn.acquire(blocking=False):
            return True
        try:
            self._opened().in_waiting  # noqa: B018 - asks the driver, which fails where the adapter is gone
        except OSError:
            self._close()
            return False
        finally:
            self._turn.release()
        return True

    def close(self) -> None:
        with self._turn:
            self._close()

    # -- inside --------------------------------------------------------------------------------------------------

    def _send(self, wanted: list[bytes]) -> None:
        port, how = self._opened(), self._how
        self._read_empty(port)
        if how.profile == "astm" or (how.profile == "stx" and how.enquire):
            self._until_acknowledged(port, bytes([ENQ]))
        try:
            for frame in wanted:
                self._until_acknowledged(port, frame)
        finally:
            if how.profile == "astm":
                port.write(bytes([EOT]))

    def _until_acknowledged(self, port: Any, frame: bytes) -> None:
        how = self._how
        refused = False
        for _ in range(1 + min(how.repeats, MOST_REPEATS)):
            port.write(frame)
            port.flush()
            if not how.acknowledged:
                return
            answer = self._answer(port)
            if answer == ACK:
                return
            refused = answer == NAK
            if answer is None:
                self._stale = True
            if answer == ENQ and how.profile == "astm":  # both want to send: the other side goes first
                self._read_until(port, time.monotonic() + how.contention_s, lambda byte: byte == EOT)
        if refused:
            raise RecordRefused("NAK")
        raise NoAnswer(how.port)

    def _answer(self, port: Any) -> int | None:
        """ACK, NAK or ENQ; whatever else comes is noise. None where nothing of it came in time."""
        return self._read_until(
            port, time.monotonic() + self._how.answer_s, lambda byte: byte in (ACK, NAK, ENQ)
        )  # fmt: skip

    def _read_until(self, port: Any, until: float, wanted: Callable[[int], bool]) -> int | None:
        while time.monotonic() < until:
            for byte in port.read(1):
                if wanted(byte):
                    return int(byte)
        return None

    def _read_empty(self, port: Any) -> None:
        """Whatever was said before belongs to a record before."""
        port.reset_input_buffer()
        silent_s = self._how.answer_s if self._stale else QUIET_S
        longest = time.monotonic() + 3 * silent_s + 1.0
        until = time.monotonic() + silent_s
        while time.monotonic() < min(until, longest):
            if port.read(256):
                until = time.monotonic() + silent_s
        self._stale = False

    def _opened(self) -> Any:
        if self._port is None:
            self._port = self._open(self._how)
            log.info("serial port %s is open", self._how.port)
        return self._port

    def _close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            log.warning("serial port %s is closed", self._how.port)
            try:
                port.close()
            except OSError:
                pass  # it is gone already


def open_serial(how: SerialSettings) -> Any:
    """A port, or whatever pyserial's addresses name (``rfc2217://``, ``socket://``). Raises OSError."""
    import serial

    try:
        port = serial.serial_for_url(how.port, do_not_open=True)
        port.baudrate, port.bytesize, port.parity, port.stopbits = how.baud, how.bits, how.parity, how.stop
        port.rtscts, port.xonxoff, port.dsrdtr = how.flow == "rtscts", how.flow == "xonxoff", False
        port.timeout, port.write_timeout = LOOK_S, WRITE_S
        port.dtr, port.rts = how.dtr, how.rts
        port.open()
    except ValueError as why:  # an address that nothing understands
        raise OSError(str(why)) from why
    return port
