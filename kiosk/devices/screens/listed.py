"""Monitors as the parameter file lists them, for systems that are not asked, and for tests."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from kiosk.core.screens import Screen
from kiosk.core.settings import ScreenSettings
from kiosk.devices.screens.contract import Screens


class ListedScreens:
    """The first in the list is the main one. What has no size is left out: it only names a monitor of Windows."""

    def __init__(self, told: Sequence[ScreenSettings]) -> None:
        self._told = tuple(told)

    def look(self) -> tuple[Screen, ...]:
        whole = [each for each in self._told if each.width > 0 and each.height > 0]
        return tuple(
            Screen(each.name or str(at + 1), each.x, each.y, each.width, each.height, each.kind == "colour", at == 0)
            for at, each in enumerate(whole)
        )


def screens_of(told: Sequence[ScreenSettings]) -> Screens:
    """Those of this PC: asked of Windows, else as listed."""
    if sys.platform == "win32":
        from kiosk.devices.screens.windows import WindowsScreens

        return WindowsScreens(told)
    return ListedScreens(told)
