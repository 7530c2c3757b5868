"""A barcode reader at a serial port: over a real pseudo terminal, pulled out and back (B1, R2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from kiosk.core.settings import ScannerSettings
from kiosk.devices.scanner.serial_reader import SerialReader, open_reader
from tests.devices.serial_lines import PtyLine
from tests.needs import only_on_posix

Wait = Callable[..., Any]


@only_on_posix
def test_codes_over_a_line_that_is_pulled_out_and_comes_back(wait_until: Wait) -> None:
    lines = [PtyLine()]
    codes: list[str] = []
    there: list[bool] = []
    stop = threading.Event()

    def open_port(how: ScannerSettings) -> Any:
        if lines[-1].gone:
            raise OSError("no such port")
        return open_reader(ScannerSettings(lines[-1].port, silence_ms=60))

    reader = SerialReader(ScannerSettings("COM5", silence_ms=60), codes.append, there.append, open_port)
    thread = threading.Thread(target=reader.watch, args=(stop,), name="reader")
    thread.start()
    try:
        wait_until(lambda: there == [True], what="open")
        lines[0].write(b"20261125-001\r\n")
        wait_until(lambda: codes == ["20261125-001"], what="a code with its end")
        lines[0].write(b"A378")
        lines[0].write(b"59+B")
        wait_until(lambda: codes[-1] == "A37859+B", what="one without, after silence")
        lines[0].pull_out()
        wait_until(lambda: there == [True, False], 3, "told within two seconds")
        lines.append(PtyLine())
        wait_until(lambda: there == [True, False, True], 5, "opened again by itself")
        lines[1].write(b"1002\r")
        wait_until(lambda: codes[-1] == "1002", what="it reads again")
    finally:
        stop.set()
        thread.join(10)
        for each in lines:
            each.pull_out()
