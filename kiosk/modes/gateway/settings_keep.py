"""What a gateway is told of keeping: copies, the nights, how long images stay, the inbox for documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class KeepSettings(Settings):
    """Which disks there are, and their roles, stands under [volumes]."""

    copies: Literal["continuous", "night"] = setting(
        "continuous", N_("When images are copied to the other disks: continuous, or night.")
    )
    copy_after_s: float = setting(60.0, N_("Copy a study when nothing of it came for so many seconds."))
    night_from: str = setting("20:00", N_("The night begins (copies, what may leave, reading copies again) ..."))
    night_until: str = setting("23:30", N_("... and ends; backups begin after midnight."))
    gateway_days: int = setting(31, N_("Days that images stay on the gateway's disks; 0 = for ever."))
    server_days: int = setting(1461, N_("Days that images stay on the image server's disks; 0 = for ever."))
    unsent_stays: bool = setting(True, N_("What must still be sent stays, whatever its age."))
    scrub_days: int = setting(30, N_("Every copy is read again at most every so many days; 0 = never."))
    scrub_mb_s: float = setting(20.0, N_("... not faster than so many MB a second."))
    inbox: str = setting("INBOX", N_("Where stations leave documents, relative to the data folder; empty = nowhere."))
