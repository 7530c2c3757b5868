"""Contacts at serial lines: simulated, looped back, and over RFC 2217 as the same contract (V2, R2)."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import serial
from serial import rfc2217

from kiosk.core.shutter import Contact, Press
from kiosk.core.triggers import LineSettings, TriggerSettings, troubles
from kiosk.devices.trigger.serial_line import SerialLine, open_line
from kiosk.devices.trigger.simulator import SimulatedPort

Wait = Callable[..., Any]


class Heard:
    """What a line told."""

    def __init__(self) -> None:
        self.contact = Contact(30, 0)
        self.presses: list[Press] = []
        self.levels: list[bool] = []
        self.there: list[bool] = []

    def level(self, closed: bool, at_s: float) -> None:
        self.levels.append(closed)
        press = self.contact.level(closed, at_s)
        if press is not None:
            self.presses.append(press)

    @property
    def taken(self) -> int:
        return self.presses.count(Press.TAKEN)


@contextlib.contextmanager
def watching(how: LineSettings, open_port: Callable[[LineSettings], Any] | None = None) -> Iterator[Heard]:
    heard, stop = Heard(), threading.Event()
    line = SerialLine(how, heard.level, heard.there.append, open_port)
    thread = threading.Thread(target=line.watch, args=(stop,), name="trigger")
    thread.start()
    try:
        yield heard
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


@contextlib.contextmanager
def rfc2217_server(port: SimulatedPort) -> Iterator[str]:
    """A serial port server as RFC 2217 has it, on loopback; yields the address for pyserial."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def serve() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    serve_one(connection)

        def serve_one(connection: socket.socket) -> None:
            connection.settimeout(0.002)
            turn = threading.Lock()

            class Line:
                def write(self, data: bytes) -> None:
                    with turn:
                        connection.sendall(data)

            manager = rfc2217.PortManager(port, Line())
            while not stop.is_set() and port.is_open:
                try:
                    data = connection.recv(1024)
                    if not data:
                        return
                    list(manager.filter(data))
                except TimeoutError:
                    pass
                except OSError:
                    return
                manager.check_modem_lines()

        thread = threading.Thread(target=serve, name="rfc2217")
        thread.start()
        try:
            yield f"rfc2217://127.0.0.1:{listener.getsockname()[1]}?ign_set_control"
        finally:
            stop.set()
            thread.join(10)


@pytest.mark.parametrize("line", ["cts", "dsr", "cd", "ri"])
def test_simulated_line(line: str, wait_until: Wait) -> None:
    port = SimulatedPort()
    with watching(LineSettings("SIM", line), lambda how: port) as heard:  # type: ignore[arg-type]
        wait_until(lambda: heard.there == [True], what="the port is there")
        for number in range(1, 4):
            port.press(line, 0.05, bounces=(0.004, 0.003))
            wait_until(lambda n=number: heard.taken == n, what=f"trigger {number}")
            wait_until(lambda: not heard.levels[-1], what="it is open again")
            threading.Event().wait(0.04)
    assert heard.taken == 3


@pytest.mark.parametrize("line", ["cts", "dsr", "cd", "ri"])
def test_line_over_rfc2217(line: str, wait_until: Wait) -> None:
    port = SimulatedPort()
    with rfc2217_server(port) as address, watching(LineSettings(address, line)) as heard:  # type: ignore[arg-type]
        wait_until(lambda: heard.there == [True], what="the port is there")
        for number in range(1, 4):
            port.press(line, 0.06)
            wait_until(lambda n=number: heard.taken == n, what=f"trigger {number}")
            wait_until(lambda: not heard.levels[-1], what="it is open again")
            threading.Event().wait(0.04)
    assert heard.taken == 3


def test_line_over_loop(wait_until: Wait) -> None:
    """pyserial's loop connects RTS with CTS and DTR with DSR."""
    opened: list[Any] = []

    def open_loop(how: LineSettings) -> Any:
        opened.append(open_line(how))
        opened[-1].rts = False
        return opened[-1]

    with watching(LineSettings("loop://", "cts"), open_loop) as heard:
        wait_until(lambda: heard.there == [True], what="the port is there")
        for number in range(1, 4):
            opened[0].rts = True
            wait_until(lambda n=number: heard.taken == n, what=f"trigger {number}")
            threading.Event().wait(0.04)
            opened[0].rts = False
            wait_until(lambda: not heard.levels[-1], what="it is open again")
            threading.Event().wait(0.04)
    assert heard.taken == 3


def test_what_is_closed_at_the_start_is_no_trigger(wait_until: Wait) -> None:
    port = SimulatedPort()
    port.cts = True
    with watching(LineSettings("SIM"), lambda how: port) as heard:
        wait_until(lambda: heard.there == [True], what="the port is there")
        port.cts = False
        wait_until(lambda: heard.levels == [False], what="it opens")
        assert heard.taken == 0


def test_a_contact_that_opens(wait_until: Wait) -> None:
    port = SimulatedPort()
    port.dsr = True
    with watching(LineSettings("SIM", "dsr", opens=True), lambda how: port) as heard:
        wait_until(lambda: heard.there == [True], what="the port is there")
        port.dsr = False
        wait_until(lambda: heard.taken == 1, what="its opening is the trigger")


def test_a_port_that_is_pulled_out_comes_back_by_itself(wait_until: Wait) -> None:
    ports = [SimulatedPort(), SimulatedPort()]
    left = list(ports)

    def open_port(how: LineSettings) -> Any:
        if not left:
            raise serial.SerialException("no such port")
        return left.pop(0)

    with watching(LineSettings("SIM"), open_port) as heard:
        wait_until(lambda: heard.there == [True], what="the port is there")
        ports[0].pull()
        wait_until(lambda: heard.there == [True, False, True], 5, what="told within two seconds, and back")
        threading.Event().wait(0.04)
        ports[1].press("cts", 0.05)
        wait_until(lambda: heard.taken == 1, what="it triggers again")


def test_an_address_that_is_none_is_told_as_not_there(wait_until: Wait) -> None:
    with watching(LineSettings("nonsense://")) as heard:
        wait_until(lambda: heard.there == [False], what="not there")


def test_settings_that_make_no_sense_are_named() -> None:
    assert troubles(TriggerSettings([LineSettings("")], debounce_ms=-1, guard_ms=9999)) == [
        "lines: port 1", "debounce_ms", "guard_ms",
    ]  # fmt: skip
    assert troubles(TriggerSettings()) == []
