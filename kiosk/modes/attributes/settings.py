"""What an attribute sender is told: the parameter file makes it CR or DR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.core.barcodes import BarcodeSettings
from kiosk.core.record_formats import RecordFormat
from kiosk.core.serial_profiles import SerialSettings
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class FolderSettings(Settings):
    """Hand-over by files in a folder that the console reads (CR)."""

    path: str = setting("CONSOLE", N_("The folder: a UNC path, or relative to the data folder."))
    flag: str = setting("", N_("Ending of the flag file that says it is whole (.end); empty = none."))
    taken: Literal["none", "gone", "answer"] = setting(
        "none", N_("How the console says that it took it: none, gone (removes it), answer (.ok or .ng).")
    )
    wait_s: float = setting(10.0, N_("How long it may take for that, in seconds."))


@dataclass(frozen=True)
class AttributesSettings(Settings):
    """What an attribute sender is told."""

    console: str = setting("CR", N_("What people call the console."))
    ae_title: str = setting("", N_("AE title by which it asks the worklist: it is offered the scanned one first."))
    at_once: bool = setting(False, N_("Sent as soon as the barcode is read; false = after a look at the name."))
    barcode: BarcodeSettings = setting(BarcodeSettings, N_("The barcodes of this house."))
    serial: SerialSettings = setting(SerialSettings, N_("The serial line of the console (DR)."))
    folder: FolderSettings = setting(FolderSettings, N_("The folder that the console reads (CR)."))
    file_name: str = setting("{patient_id}.csv", N_("Name of the file; fields of ours in braces."))
    format: RecordFormat = setting(RecordFormat, N_("The format of the record."))
