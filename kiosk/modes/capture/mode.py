"""Capture: the picture of the moment in which the shutter fires, safe on this PC at once, registered at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core import barcodes, camera, triggers
from kiosk.core.words import N_, Sentence
from kiosk.modes.capture import rules
from kiosk.modes.capture.settings import CaptureSettings
from kiosk.modes.contract import Kit, Mode

if TYPE_CHECKING:
    from kiosk.core.taken import PictureSet, TakenPicture
    from kiosk.modes.capture.desk_capture import CaptureDesk


def build_desk(kit: Kit) -> CaptureDesk:
    from kiosk.modes.capture.desk_capture import CaptureDesk

    return CaptureDesk(kit)


def start_workers(kit: Kit, desk: CaptureDesk) -> None:
    """Take up what an interruption left; camera, lines, registering."""
    from kiosk.devices.trigger.serial_line import SerialLine
    from kiosk.flow.camera_link import CameraLink
    from kiosk.flow.register_pictures import RegisterPictures, Writing, start_keeping

    settings: CaptureSettings = kit.settings
    capture = desk.capture

    start_keeping(kit.crew, desk.spool, desk.taken_up, settings.register.keep_days)
    capture.camera = CameraLink(settings.camera, kit.crew, capture.took, capture.clip)
    for at, each in enumerate(settings.trigger.lines):
        name = f"{each.port} {each.line.upper()}"

        def level(closed: bool, at_s: float, name: str = name) -> None:
            capture.level(name, closed, at_s)

        def there(there: bool, name: str = name) -> None:
            capture.there(name, there)

        kit.crew.start(f"trigger-{at + 1}", SerialLine(each, level, there).watch)

    def hints(taken: PictureSet, picture: TakenPicture) -> dict[str, str]:
        return rules.hints_of(settings.parts, settings.body_part, picture.part)

    kind = "OT" if settings.kind == "SC" else settings.kind
    RegisterPictures(
        desk.spool, kit.centre, kit.session.actor, settings.register, Writing(kind, settings.modality, hints),
        kit.station.name, kit.data,
    ).start(kit.local, kit.crew, desk.taken_up)  # fmt: skip


def check(settings: CaptureSettings) -> Iterator[tuple[bool, Sentence, Sentence]]:
    """Do the settings make sense?"""
    wrong: Sequence[str] = [
        *camera.troubles(settings.camera), *triggers.troubles(settings.trigger), *barcodes.troubles(settings.barcode),
    ]  # fmt: skip
    yield (
        not wrong,
        Sentence(N_("Camera {source}, {n} lines as triggers"), {
            "source": settings.camera.source, "n": len(settings.trigger.lines),
        }),
        Sentence(N_("Correct [modes.capture]: {what}"), {"what": "; ".join(wrong)}) if wrong else Sentence(""),
    )  # fmt: skip
    named = settings.register.dicom or bool(settings.register.inbox)
    yield (
        named,
        Sentence(N_("A server for the pictures is named")),
        Sentence("" if named else N_("Set dicom or inbox in the parameter file; the pictures wait on this PC.")),
    )
    if Path(settings.register.inbox).is_absolute():
        there = Path(settings.register.inbox).is_dir()
        yield (
            there,
            Sentence(N_("Inbox of the gateway: {folder}"), {"folder": settings.register.inbox}),
            Sentence("" if there else N_("Connect the share, or correct [modes.capture.register].")),
        )


def open_window(parent: Any, desk: CaptureDesk) -> Any:
    from kiosk.modes.capture.window import CaptureWindow

    return CaptureWindow(parent, desk).shell


MODE = Mode(
    title=N_("Capture"),
    settings=CaptureSettings,
    desk=build_desk,
    workers=start_workers,
    window=open_window,
    check=check,
    order=30,
)
