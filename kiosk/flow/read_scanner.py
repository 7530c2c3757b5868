"""Codes of a barcode reader on a serial line go where those of a typing one go: to the window in front."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.core.settings import ScannerSettings
from kiosk.flow.crew import Crew


def start_scanner(
    how: ScannerSettings, crew: Crew, code: Callable[[str], object], there: Callable[[bool], object]
) -> None:
    """A worker, where a port is named."""
    if how.port:
        from kiosk.devices.scanner.serial_reader import SerialReader

        crew.start("barcode-reader", SerialReader(how, code, there).watch)
