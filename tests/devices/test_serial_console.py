"""Records over a serial line: whole or not at all, three repeats at most, never taken for another's (R1, R2)."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.core.faults import Refused
from kiosk.core.serial_profiles import ACK, ENQ, EOT, MOST_REPEATS, NAK, SerialSettings, astm_frame, frames, troubles
from kiosk.core.words import say
from kiosk.devices.console.serial_console import NoAnswer, NoPort, SerialConsole
from kiosk.devices.console.simulator import SerialConsoleSimulator
from kiosk.devices.handover.contract import RecordRefused
from tests.devices.serial_lines import PtyLine, pty_line
from tests.needs import only_on_posix

Wait = Callable[..., Any]
RECORD = "00012345,見本 太郎,ﾐﾎﾝ ﾀﾛｳ,M,S460402".encode("cp932")
OTHER = "00012346,吉田 花子,ﾖｼﾀﾞ ﾊﾅｺ,F,S551231".encode("cp932")
PROFILES = {
    "stx": SerialSettings(answer_s=0.3),
    "stx with enquiry, from STX, CR LF": SerialSettings(
        enquire=True, bcc_from="stx", bcc_to="data", line_end="crlf", answer_s=0.3
    ),
    "stx without a check byte": SerialSettings(bcc="none", answer_s=0.3),
    "astm": SerialSettings(profile="astm", answer_s=0.3, contention_s=0.5),
    "line": SerialSettings(profile="line", line_end="crlf", answer_s=0.3),
}
pytestmark = only_on_posix


@contextlib.contextmanager
def connected(how: SerialSettings, **manner: Any) -> Iterator[tuple[SerialConsole, SerialConsoleSimulator, PtyLine]]:
    with pty_line() as line:
        console = SerialConsoleSimulator(how, line, **manner)
        stop = threading.Event()
        worker = threading.Thread(target=console.work, args=(stop,), name="console")
        worker.start()
        sender = SerialConsole(replace(how, port=line.port))
        try:
            yield sender, console, line
        finally:
            stop.set()
            worker.join(5)
            sender.close()


@pytest.mark.parametrize("how", PROFILES.values(), ids=PROFILES)
def test_a_record_arrives_whole(how: SerialSettings) -> None:
    with connected(how) as (sender, console, _):
        sender.deliver("1", RECORD + b"\r\n")
        sender.deliver("2", OTHER)
        assert console.records == [RECORD, OTHER]
        assert sender.is_there()


def test_a_long_record_goes_in_numbered_frames() -> None:
    long = b"H|" + b"0123456789" * 200
    how = PROFILES["astm"]
    with connected(how) as (sender, console, _):
        sender.deliver("1", long)
        assert console.records == [long] and console.heard == 9
    assert [each[1:2] for each in frames(how, long)] == [b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"0", b"1"]
    assert astm_frame(1, b"A", last=True) == b"\x021A\x0375\r\n"


@pytest.mark.parametrize("how", PROFILES.values(), ids=PROFILES)
def test_noise_and_a_few_refusals_are_lived_through(how: SerialSettings) -> None:
    with connected(how, manner="noisy", refuse=2) as (sender, console, _):
        sender.deliver("1", RECORD)
        assert console.records == [RECORD] and console.heard == 3


@pytest.mark.parametrize("how", PROFILES.values(), ids=PROFILES)
def test_refused_each_time_it_is_given_up_after_three_repeats(how: SerialSettings) -> None:
    with connected(replace(how, repeats=50), manner="refusing") as (sender, console, _):
        with pytest.raises(RecordRefused):
            sender.deliver("1", RECORD)
        assert console.heard == 1 + MOST_REPEATS and not console.records


@pytest.mark.parametrize("how", PROFILES.values(), ids=PROFILES)
def test_a_silent_console_is_named_in_bounded_time(how: SerialSettings) -> None:
    with connected(replace(how, answer_s=0.1, repeats=1), manner="silent") as (sender, _, line):
        began = time.monotonic()
        with pytest.raises(NoAnswer) as why:
            sender.deliver("1", RECORD)
        assert time.monotonic() - began < 2 and line.port in say(why.value.sentence)


def test_an_answer_that_comes_too_late_does_not_count_for_the_next_record() -> None:
    how = replace(PROFILES["stx"], answer_s=0.2, repeats=0)
    with connected(how, late_s=0.3) as (sender, console, _):
        with pytest.raises(NoAnswer):
            sender.deliver("1", RECORD)
        console.manner, console.late_s = "silent", 0.0  # from now on it takes nothing
        console.records.clear()
        with pytest.raises(NoAnswer):
            sender.deliver("2", OTHER)


def test_a_line_that_is_never_answered_is_only_written_to() -> None:
    how = replace(PROFILES["line"], acknowledged=False)
    with connected(how, manner="silent") as (sender, console, _):
        sender.deliver("1", RECORD)
        deadline = time.monotonic() + 5
        while not console.records and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        assert console.records == [RECORD]


def test_the_cable_pulled_out_is_noticed_and_the_port_comes_back_by_itself(wait_until: Wait) -> None:
    how = PROFILES["stx"]
    lines: list[PtyLine] = []

    def plug_in(told: SerialSettings) -> Any:
        from kiosk.devices.console.serial_console import open_serial

        if not lines or lines[-1].gone:
            raise OSError("no such port")
        return open_serial(replace(told, port=lines[-1].port))

    sender = SerialConsole(replace(how, port="COM3"), plug_in)
    with pytest.raises(NoPort) as why:
        sender.deliver("1", RECORD)
    assert "COM3" in say(why.value.sentence) and not sender.is_there()
    for _ in range(2):
        with pty_line() as line:
            lines.append(line)
            console, stop = SerialConsoleSimulator(how, line), threading.Event()
            worker = threading.Thread(target=console.work, args=(stop,), name="console")
            worker.start()
            assert sender.is_there()
            sender.deliver("1", RECORD)
            assert console.records == [RECORD]
            stop.set()
            worker.join(5)
        began = time.monotonic()
        wait_until(lambda: not sender.is_there(), 2, "red within two seconds")
        assert time.monotonic() - began < 2
        with pytest.raises(NoPort):
            sender.deliver("2", OTHER)
    sender.close()


@pytest.mark.parametrize("bad", [b"", b"\r\n", b"AB\x02C", b"AB\x03", b"A\x04B", b"A\nB"])
def test_what_the_console_would_take_for_something_else_never_leaves(bad: bytes) -> None:
    for how in (PROFILES["stx"], PROFILES["line"]):
        with pytest.raises(Refused):
            SerialConsole(how, lambda told: pytest.fail("the port was opened")).deliver("1", bad)


class Script:
    """A port that answers each write with the next of these bytes."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers, self.written, self._waiting = answers, b"", bytearray()

    def write(self, data: bytes) -> None:
        self.written += data
        if self.answers and data != bytes([EOT]):
            self._waiting += self.answers.pop(0)

    def read(self, size: int) -> bytes:
        piece, self._waiting = bytes(self._waiting[:size]), self._waiting[size:]
        return piece

    def reset_input_buffer(self) -> None:
        self._waiting.clear()

    def flush(self) -> None: ...
    def close(self) -> None: ...


def test_where_both_want_to_send_the_console_goes_first() -> None:
    port = Script([bytes([ENQ, EOT]), bytes([ACK]), bytes([ACK])])
    SerialConsole(PROFILES["astm"], lambda told: port).deliver("1", RECORD)
    assert port.written == bytes([ENQ, ENQ]) + astm_frame(1, RECORD, last=True) + bytes([EOT])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(st.binary(max_size=6), max_size=6))
def test_only_an_acknowledgement_counts_whatever_the_line_says(answers: list[bytes]) -> None:
    how = SerialSettings(answer_s=0.02, repeats=3)
    port = Script(list(answers))
    try:
        SerialConsole(how, lambda told: port).deliver("1", RECORD)
        done = True
    except (NoAnswer, RecordRefused):
        done = False
    said = [next((byte for byte in each if byte in (ACK, NAK, ENQ)), None) for each in answers[:4]]
    assert done == (ACK in said)
    frame = next(frames(how, RECORD))
    assert port.written == frame * (len(port.written) // len(frame)) and len(port.written) <= 4 * len(frame)


def test_settings_that_make_no_sense_are_named() -> None:
    assert [troubles(each) for each in PROFILES.values()] == [[]] * len(PROFILES)
    assert len(troubles(SerialSettings(profile="line", repeats=9, answer_s=0))) == 3
