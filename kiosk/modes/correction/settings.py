"""What a PC for corrections is told."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.barcodes import BarcodeSettings
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class CorrectionSettings(Settings):
    """What a PC for corrections is told."""

    gateway: str = setting("", N_("Name of the gateway, which alone writes to the disks; empty = this PC."))
    barcode: BarcodeSettings = setting(BarcodeSettings, N_("The barcodes of this house."))
    pictures: int = setting(3, N_("How many pictures of the images are shown."))
