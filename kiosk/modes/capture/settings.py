"""What a capture station is told: its camera, its triggers, its server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.core.barcodes import BarcodeSettings
from kiosk.core.camera import CameraSettings
from kiosk.core.registering import RegisterSettings
from kiosk.core.settings import Settings, setting
from kiosk.core.triggers import TriggerSettings
from kiosk.core.words import N_


@dataclass(frozen=True)
class PartSettings(Settings):
    """A part of the body that is chosen by one key (1 to 9, in this order)."""

    name: str = setting("", N_("What people call it."))
    body_part: str = setting("", N_("BodyPartExamined as DICOM has it (STOMACH, ABDOMEN ...)."))
    side: Literal["", "R", "L"] = setting("", N_("Side of a paired part: R or L."))


def usual_parts() -> list[PartSettings]:
    """Of an upper endoscopy."""
    return [
        PartSettings("食道", "ESOPHAGUS"), PartSettings("噴門部", "STOMACH"), PartSettings("胃体部", "STOMACH"),
        PartSettings("胃角部", "STOMACH"), PartSettings("前庭部", "STOMACH"), PartSettings("十二指腸", "DUODENUM"),
    ]  # fmt: skip


@dataclass(frozen=True)
class CaptureSettings(Settings):
    """What a capture station is told."""

    title: str = setting("内視鏡 撮影", N_("What the window is called."))
    kind: Literal["ES", "US", "SC"] = setting("ES", N_("DICOM objects: ES (VL Endoscopic), US (Ultrasound) or SC."))
    modality: str = setting("ES", N_("Modality, by which examinees are listed and which the objects carry."))
    examinees: Literal["store", "worklist"] = setting("store", N_("Where examinees are listed: store, or worklist."))
    body_part: str = setting("STOMACH", N_("BodyPartExamined where no part was chosen."))
    parts: list[PartSettings] = setting(usual_parts, N_("Parts of the body for the keys 1 to 9."))
    unidentified: bool = setting(True, N_("An examination may begin before the examinee is known."))
    clip_s: int = setting(30, N_("Longest clip, in seconds."))
    barcode: BarcodeSettings = setting(BarcodeSettings, N_("The barcodes of this house."))
    camera: CameraSettings = setting(CameraSettings, N_("The camera."))
    trigger: TriggerSettings = setting(TriggerSettings, N_("What releases the shutter."))
    register: RegisterSettings = setting(RegisterSettings, N_("The server that has the pictures at the end."))
