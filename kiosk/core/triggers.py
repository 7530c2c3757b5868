"""What releases the shutter: lines of a serial port, keys (a foot switch types one), a button on screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class LineSettings(Settings):
    """A contact between a line that is held and one that is looked at."""

    port: str = setting("", N_("Port of the contact: COM3, or rfc2217://address:port; empty = none."))
    line: Literal["cts", "dsr", "cd", "ri"] = setting("cts", N_("The line that closes: cts, dsr, cd or ri."))
    held: Literal["rts", "dtr", "both", "none"] = setting("rts", N_("The line held high that feeds the contact."))
    opens: bool = setting(False, N_("The contact opens at the trigger instead of closing."))
    every_ms: int = setting(5, N_("How often it is looked at, in milliseconds."))


@dataclass(frozen=True)
class TriggerSettings(Settings):
    """Several may be there at once."""

    lines: list[LineSettings] = setting(list, N_("Contacts at serial ports (the endoscope's shutter)."))
    keys: list[str] = setting(lambda: ["F5"], N_("Keys that release the shutter; a foot switch types one (F5, F9, b)."))
    debounce_ms: int = setting(30, N_("Edges within so many milliseconds after another are bounces."))
    guard_ms: int = setting(300, N_("A second trigger within so many milliseconds is not meant; 0 = every one is."))


def troubles(settings: TriggerSettings) -> list[str]:
    """What of the settings makes no sense."""
    found = [f"lines: port {at + 1}" for at, each in enumerate(settings.lines) if not each.port]
    if not 0 <= settings.debounce_ms <= 1000:
        found.append("debounce_ms")
    if not 0 <= settings.guard_ms <= 5000:
        found.append("guard_ms")
    return found
