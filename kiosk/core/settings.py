"""Settings declared as data: frozen dataclasses whose fields carry their own documentation.

``setting(default, doc)`` is a dataclass field; the reader of parameter files (``flow.settings_file``), the commented
examples in ``settings/`` and the message about a misspelt key all come from the same declaration.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Literal

from kiosk.core.words import N_


def setting(default: Any, doc: str) -> Any:
    """A documented setting. ``default`` may be a factory (class or function) for lists, tables and nested settings."""
    if callable(default):
        return field(default_factory=default, metadata={"doc": doc})
    return field(default=default, metadata={"doc": doc})


class Settings:
    """Base of every settings class: unknown keys are refused (pydantic reads this when it validates)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True)
class ScannerSettings(Settings):
    """A reader at a serial port of this PC, beside those that type like a keyboard."""

    port: str = setting("", N_("Port of the barcode reader (COM5); empty = none."))
    baud: int = setting(9600, N_("Its speed."))
    bits: Literal[7, 8] = setting(8, N_("Data bits: 8 or 7."))
    parity: Literal["N", "E", "O"] = setting("N", N_("Parity: N, E or O."))
    stop: Literal[1, 2] = setting(1, N_("Stop bits: 1 or 2."))
    silence_ms: int = setting(100, N_("A code without CR ends after so many milliseconds of silence."))


@dataclass(frozen=True)
class ScreenSettings(Settings):
    """A monitor of this PC. Windows tells the rectangles itself; then only what it can't know is said here."""

    name: str = setting("", N_("What the monitor is called, here and where a window is sent to it."))
    device: str = setting("", N_("What Windows calls it (DISPLAY2); empty = the one whose corner is at x, y."))
    x: int = setting(0, N_("Left edge on the desktop, in pixels; the main monitor begins at 0."))
    y: int = setting(0, N_("Upper edge on the desktop, in pixels."))
    width: int = setting(0, N_("Its width in pixels; 0 = as Windows says."))
    height: int = setting(0, N_("Its height in pixels; 0 = as Windows says."))
    kind: Literal["colour", "grey"] = setting("colour", N_("What it shows: colour or grey."))


@dataclass(frozen=True)
class StationSettings(Settings):
    """What every station knows of itself, whatever its modes."""

    name: str = setting("station-1", N_("Name of this PC; jobs and the audit table carry it."))
    place: str = setting("", N_("Where it stands, shown in the top bar."))
    language: Literal["ja", "en"] = setting("ja", N_("Language of the screen and of paper: ja or en."))
    institution: str = setting("0001", N_("Institution number that visits belong to."))
    institution_name: str = setting("健診センター", N_("Name of the institution as printed on paper."))
    issuer: str = setting("", N_("Who issues patient IDs here (DICOM IssuerOfPatientID); may stay empty."))
    data: str = setting("data", N_("Folder on this PC's own disk for store, spool and logs; relative to this file."))
    centre: str = setting(
        "", N_("The shared store: empty = a SQLite file in the data folder, or postgresql+psycopg://user@host/name.")
    )
    idle_lock_min: int = setting(10, N_("Minutes without a key before the screen locks; 0 = never."))
    login: bool = setting(True, N_("Ask who is working here (badge or PIN) before patient data is shown."))
    scanner: ScannerSettings = setting(ScannerSettings, N_("A barcode reader at a serial port."))
    screens: tuple[ScreenSettings, ...] = setting((), N_("The monitors, the main one first; empty: ask the system."))


@dataclass(frozen=True)
class Documented:
    """One setting as a person reads it."""

    key: str
    default: Any
    doc: str


def documented(cls: type) -> list[Documented]:
    """Every setting of a settings class with its default and documentation, in the order of declaration."""
    found = []
    for each in fields(cls):
        default = each.default if each.default is not MISSING else None
        if each.default_factory is not MISSING:
            default = each.default_factory()
        found.append(Documented(each.name, default, each.metadata.get("doc", "")))
    return found
