"""What a reservation desk is told."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.label_grid import LabelGrid
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


def usual_reasons() -> list[str]:
    return ["本人都合", "体調不良", "日程変更", "施設都合", "入力誤り"]


def usual_closings() -> list[str]:
    return ["医師不在", "装置点検", "会議", "休診"]


def usual_books() -> list[str]:
    return ["reservations", "reservations_endoscopy", "reservations_physiology"]


def usual_over_roles() -> list[str]:
    return ["admin", "doctor"]


def usual_over_reasons() -> list[str]:
    return ["緊急", "医師の指示", "遠方より来院"]


@dataclass(frozen=True)
class ReservationsSettings(Settings):
    """What a reservation desk is told."""

    title: str = setting("予約", N_("What the window is called."))
    books: list[str] = setting(
        usual_books, N_("Books of reservations that this desk keeps (masters), the first one is shown first.")
    )
    kinds: list[str] = setting(list, N_("Codes of the kinds that this desk books; empty = all."))
    place: str = setting("", N_("Where to come, as the slip tells it (a line to the map)."))
    phone: str = setting("", N_("Telephone for changes, as the slip tells it."))
    print_command: tuple[str, ...] = setting(
        (), N_("Program that prints, word by word, {file} standing for the PDF; empty = the system's own way.")
    )
    keepers: list[str] = setting(list, N_("Roles that may make, close and open slots; empty = whoever works here."))
    close_reasons: list[str] = setting(usual_closings, N_("Reasons that are offered when a time is closed."))
    cancel_reasons: list[str] = setting(usual_reasons, N_("Reasons that are offered when a booking is cancelled."))
    over_roles: list[str] = setting(usual_over_roles, N_("Roles that may give one seat more than there are."))
    over_reasons: list[str] = setting(usual_over_reasons, N_("Reasons that are offered for it."))
    labels: LabelGrid = setting(LabelGrid, N_("How the labels lie on a sheet of A4."))
    export_folder: str = setting("", N_("Folder for workbooks; empty = “exports” in the data folder."))
