"""What a fundus intake is told: how pictures come, whose they are, what is drawn on the copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.core.barcodes import BarcodeSettings
from kiosk.core.comments import CommentSettings
from kiosk.core.ftp import FtpSettings
from kiosk.core.registering import RegisterSettings
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_

Way = Literal["name", "open", "time"]


@dataclass(frozen=True)
class ShareSettings(Settings):
    """A folder that the camera writes into."""

    folder: str = setting("", N_("The folder: a UNC path, or relative to the data folder; empty = none."))
    every_s: float = setting(2.0, N_("Seconds between two looks into it."))
    settle_s: float = setting(3.0, N_("Seconds that a file must rest unchanged."))


def usual_ways() -> list[Way]:
    return ["name", "open", "time"]


def fundus_server() -> RegisterSettings:
    return RegisterSettings(model="Fundus", burnt_in=False)


@dataclass(frozen=True)
class FundusSettings(Settings):
    """What a fundus intake is told."""

    title: str = setting("眼底 取込", N_("What the window is called."))
    modality: str = setting("OP", N_("Modality, by which examinees are listed and which the objects carry."))
    examinees: Literal["store", "worklist"] = setting("store", N_("Where examinees are listed: store, or worklist."))
    ways: list[Way] = setting(
        usual_ways, N_("How a picture finds its examinee, in this order: name (of its file), open, time (EXIF).")
    )
    names: list[str] = setting(
        list, N_("Patterns of file names, parts by name: pid, number, date, time, eye (R L OD OS 1 2), seq.")
    )
    ftp: FtpSettings = setting(FtpSettings, N_("The FTP server."))
    share: ShareSettings = setting(ShareSettings, N_("A shared folder, where the camera knows no FTP."))
    comment: CommentSettings = setting(CommentSettings, N_("The comment that is drawn on a copy."))
    barcode: BarcodeSettings = setting(BarcodeSettings, N_("The barcodes of this house."))
    register: RegisterSettings = setting(fundus_server, N_("The server that has the pictures at the end."))
