"""What a gateway is told of its nightly backup."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class BackupSettings(Settings):
    """When and whereto the database is copied."""

    hour: int = setting(2, N_("Hour of the nightly backup (0 to 23); -1 switches it off."))
    folders: list[str] = setting(
        lambda: ["BACKUP"], N_("Folders for it, relative to the data folder; one of them on another disk.")
    )
    generations: int = setting(14, N_("So many backups of each store are kept in each folder; older ones go."))
