"""What a reservation desk is told."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


def usual_reasons() -> list[str]:
    return ["本人都合", "体調不良", "日程変更", "施設都合", "入力誤り"]


def usual_closings() -> list[str]:
    return ["医師不在", "装置点検", "会議", "休診"]


@dataclass(frozen=True)
class ReservationsSettings(Settings):
    """What a reservation desk is told."""

    title: str = setting("予約", N_("What the window is called."))
    kinds: list[str] = setting(list, N_("Codes of the kinds that this desk books; empty = all."))
    place: str = setting("", N_("Where to come, as the slip tells it (a line to the map)."))
    phone: str = setting("", N_("Telephone for changes, as the slip tells it."))
    print_command: tuple[str, ...] = setting(
        (), N_("Program that prints, word by word, {file} standing for the PDF; empty = the system's own way.")
    )
    keepers: list[str] = setting(list, N_("Roles that may make, close and open slots; empty = whoever works here."))
    close_reasons: list[str] = setting(usual_closings, N_("Reasons that are offered when a time is closed."))
    cancel_reasons: list[str] = setting(usual_reasons, N_("Reasons that are offered when a booking is cancelled."))
