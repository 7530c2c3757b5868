"""What a gateway is told of equalising and copying disks."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class CopySettings(Settings):
    """Equalising and disk copy; their conditions are set on the screen."""

    rest_s: float = setting(20.0, N_("Seconds of rest between two copies of the nightly disk copy."))
    equalise_rest: float = setting(
        0.15, N_("Rest while equalising, as a share of the time worked: 0 = none, 1 = half of the time.")
    )
    lists: str = setting("LISTS", N_("Folder of difference lists and Reequalize.txt, relative to the data folder."))
