"""Correction: images under a wrong person, both identities side by side, a second person, undone byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kiosk.core.words import N_, Sentence
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.correction.settings import CorrectionSettings

if TYPE_CHECKING:
    from kiosk.modes.correction.desk_correction import CorrectionDesk


def build_desk(kit: Kit) -> CorrectionDesk:
    from kiosk.modes.correction.desk_correction import CorrectionDesk

    return CorrectionDesk(kit)


def start_workers(kit: Kit, desk: CorrectionDesk) -> None:
    from kiosk.modes.correction import desk_correction

    desk_correction.start_workers(kit, desk)


def check(settings: CorrectionSettings) -> Iterator[tuple[bool, Sentence, Sentence]]:
    """Do the barcodes make sense?"""
    from kiosk.core import barcodes

    wrong = barcodes.troubles(settings.barcode)
    yield (
        not wrong,
        Sentence(N_("Barcodes of the examinees")),
        Sentence(N_("Correct [modes.correction]: {what}"), {"what": "; ".join(wrong)}) if wrong else Sentence(""),
    )


def open_window(parent: Any, desk: CorrectionDesk) -> Any:
    from kiosk.modes.correction.window import CorrectionWindow

    return CorrectionWindow(parent, desk).shell


MODE = Mode(
    title=N_("Correction"),
    settings=CorrectionSettings,
    desk=build_desk,
    workers=start_workers,
    window=open_window,
    check=check,
    order=60,
)
