"""Where a station hands its pictures to, and as what."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class RegisterSettings(Settings):
    """The server that the pictures are registered with."""

    dicom: bool = setting(True, N_("By DICOM (C-STORE)."))
    address: str = setting("127.0.0.1", N_("Address of the gateway."))
    port: int = setting(11112, N_("Its port."))
    ae_title: str = setting("KIOSK", N_("Its AE title."))
    own_ae_title: str = setting("", N_("The AE title of this station; the gateway must know it."))
    inbox: str = setting("", N_("As JPEG files too: the gateway's inbox folder (UNC path); empty = not."))
    keep_days: int = setting(14, N_("Days that registered pictures stay on this PC."))
    burnt_in: bool = setting(True, N_("Names may be burnt into the pictures (BurnedInAnnotation)."))
    manufacturer: str = setting("Kiosk", N_("Maker of the device, as DICOM objects tell it."))
    model: str = setting("Capture", N_("Its model."))
    serial_number: str = setting("1", N_("Its serial number."))
