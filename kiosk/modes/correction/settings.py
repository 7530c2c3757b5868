"""What a PC for corrections is told."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.barcodes import BarcodeSettings
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class ConvertSettings(Settings):
    """Centre IDs to hospital IDs."""

    folder: str = setting("", N_("Folder that the gateway watches and sends to the hospital; empty = no conversion."))
    map: str = setting("IDMAP/idmap.csv", N_("Table of both IDs with kana, birth date and sex, relative to the data."))
    list: str = setting("", N_("List of folders (Reequalize.txt): only these; empty = all images of the examinees."))
    issuer: str = setting("HOSPITAL", N_("Issuer of the hospital's IDs, written into the images."))
    centre_issuer: str = setting("", N_("Issuer of the centre's IDs as in the examinee list."))


@dataclass(frozen=True)
class BurnedInSettings(Settings):
    """Where a kind of device burns the name into its pictures, in pixels."""

    modality: str = setting("DX", N_("Modality of the pictures; empty = any."))
    x: int = setting(0, N_("Left edge."))
    y: int = setting(0, N_("Upper edge."))
    width: int = setting(400, N_("Width."))
    height: int = setting(40, N_("Height."))


@dataclass(frozen=True)
class CorrectionSettings(Settings):
    """What a PC for corrections is told."""

    gateway: str = setting("", N_("Name of the gateway, which alone writes to the disks; empty = this PC."))
    barcode: BarcodeSettings = setting(BarcodeSettings, N_("The barcodes of this house."))
    convert: ConvertSettings = setting(ConvertSettings, N_("Centre IDs to hospital IDs."))
    burned_in: list[BurnedInSettings] = setting(list, N_("Where devices burn the name into their pictures."))
    pictures: int = setting(3, N_("How many pictures of the images are shown."))
    quarantine_days: int = setting(
        365, N_("For how many days what was put away is kept before two people may delete it for good.")
    )
