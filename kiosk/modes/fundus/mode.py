"""Fundus intake: pictures arrive by FTP or a shared folder, are given an examinee and an eye, and go to the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core import barcodes, comments, ftp, picture_names
from kiosk.core.words import N_, Sentence
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.fundus.settings import FundusSettings

if TYPE_CHECKING:
    from threading import Event

    from kiosk.core.taken import PictureSet, TakenPicture
    from kiosk.modes.fundus.desk_fundus import FundusDesk


def build_desk(kit: Kit) -> FundusDesk:
    from kiosk.modes.fundus.desk_fundus import FundusDesk

    return FundusDesk(kit)


def start_workers(kit: Kit, desk: FundusDesk) -> None:
    """Take up what an interruption left; FTP, share, what arrived, registering."""
    from kiosk.flow.register_pictures import RegisterPictures, Writing, start_keeping

    settings: FundusSettings = kit.settings
    desk.arrivals.prepare()
    start_keeping(kit.crew, desk.spool, desk.taken_up, settings.register.keep_days)

    def take(stop: Event) -> None:
        desk.taken_up.wait(60.0)
        desk.fundus.work(stop)

    kit.crew.start("fundus-arrivals", take, wake=desk.fundus.stir)
    start_doors(kit, desk)

    def hints(taken: PictureSet, picture: TakenPicture) -> dict[str, str]:
        return {"ImageLaterality": picture.eye}

    def drawn(taken: PictureSet, picture: TakenPicture, data: bytes) -> bytes:
        from kiosk.paper.picture_comment import with_comment

        return with_comment(data, comments.comment_lines(settings.comment, taken, picture), settings.comment)

    on = settings.comment.on
    writing = Writing(
        "OP", settings.modality, hints, drawn=drawn if on != "nowhere" else None, drawn_in_dicom=on == "everywhere"
    )
    RegisterPictures(
        desk.spool, kit.centre, kit.session.actor, settings.register, writing, kit.station.name, kit.data
    ).start(kit.local, kit.crew, desk.taken_up)  # fmt: skip


def start_doors(kit: Kit, desk: FundusDesk) -> None:
    """The ways in that the parameter file names."""
    settings: FundusSettings = kit.settings
    if settings.ftp.accounts:
        from kiosk.core.faults import Fault
        from kiosk.devices.ftp.server import FtpDoor

        try:
            door = FtpDoor(settings.ftp, desk.arrivals, desk.fundus.stir)
        except Fault as why:
            desk.ftp_trouble = why.told()
        else:
            desk.ftp_port = door.port
            kit.crew.start("ftp", door.serve)
    if desk.share is not None:
        from kiosk.devices.inbox.shared_pictures import SharedPictures
        from kiosk.flow.watch_share import watch_share

        share = SharedPictures(Path(desk.share), desk.arrivals, settle_s=settings.share.settle_s)
        kit.crew.start("share", lambda stop: watch_share(share, desk.fundus.stir, stop, settings.share.every_s))


def check(settings: FundusSettings) -> Iterator[tuple[bool, Sentence, Sentence]]:
    """Do the settings make sense, and is there a way in?"""
    wrong = [
        *ftp.troubles(settings.ftp), *picture_names.troubles(settings.names), *comments.troubles(settings.comment),
        *barcodes.troubles(settings.barcode),
    ]  # fmt: skip
    ways = len(settings.ftp.accounts) + bool(settings.share.folder)
    yield (
        not wrong,
        Sentence(N_("Fundus intake: {n} ways in"), {"n": ways}),
        Sentence(N_("Correct [modes.fundus]: {what}"), {"what": "; ".join(wrong)}) if wrong else Sentence(""),
    )
    yield (
        bool(ways),
        Sentence(N_("Pictures can come in")),
        Sentence("" if ways else N_("Name an FTP account or a shared folder in [modes.fundus].")),
    )


def open_window(parent: Any, desk: FundusDesk) -> Any:
    from kiosk.modes.fundus.window import FundusWindow

    return FundusWindow(parent, desk).shell


MODE = Mode(
    title=N_("Fundus intake"),
    settings=FundusSettings,
    desk=build_desk,
    workers=start_workers,
    window=open_window,
    check=check,
    order=32,
)
