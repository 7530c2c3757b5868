"""What a theatre desk is told."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


def usual_reasons() -> list[str]:
    return ["患者都合", "発熱・体調不良", "検査値異常", "絶飲食不履行", "術者都合", "緊急手術のため延期", "入力誤り"]


def usual_overlaps() -> list[str]:
    return ["緊急のため", "途中で交代する", "同じ患者の続き", "短時間の応援"]


def usual_roles() -> list[str]:
    return ["admin", "doctor"]


@dataclass(frozen=True)
class TheatreSettings(Settings):
    """What a theatre desk is told."""

    title: str = setting("手術予約", N_("What the window is called."))
    turnover_min: int = setting(15, N_("Minutes that a room is made ready between two operations."))
    lead_min: int = setting(30, N_("Minutes from entering the room to the start, offered when an operation is booked."))
    overlap_roles: list[str] = setting(
        usual_roles, N_("Roles that may let a person stand in two operations at once, with a reason.")
    )
    keepers: list[str] = setting(list, N_("Roles that may change the masters; empty = whoever works here."))
    cancel_reasons: list[str] = setting(usual_reasons, N_("Reasons that are offered when an operation is cancelled."))
    overlap_reasons: list[str] = setting(usual_overlaps, N_("Reasons that are offered where two operations overlap."))
    large_sheet: bool = setting(False, N_("The weekly list goes on A3; false = A4."))
    print_command: tuple[str, ...] = setting(
        (), N_("Program that prints, word by word, {file} standing for the PDF; empty = the system's own way.")
    )
