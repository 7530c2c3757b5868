"""Monitors as Windows enumerates them (EnumDisplayMonitors); colour or grey and the name come from the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from kiosk.core.screens import Screen
from kiosk.core.settings import ScreenSettings

PRIMARY = 1  # MONITORINFOF_PRIMARY


class Found(NamedTuple):
    """A monitor as the system tells it. ``device`` without its leading ``\\\\.\\``."""

    device: str
    x: int
    y: int
    width: int
    height: int
    main: bool


class WindowsScreens:
    """Asked anew each time: a monitor may be unplugged or turned while the program runs."""

    def __init__(
        self, told: Sequence[ScreenSettings], enumerate_monitors: Callable[[], Sequence[Found]] | None = None
    ) -> None:
        self._told = tuple(told)
        self._enumerate = enumerate_monitors or monitors

    def look(self) -> tuple[Screen, ...]:
        found = sorted(self._enumerate(), key=lambda each: (not each.main, each.x, each.y))
        return tuple(self._screen(each) for each in found)

    def _screen(self, found: Found) -> Screen:
        told = self._facts(found)
        name = (told.name if told else "") or found.device
        colour = told is None or told.kind == "colour"
        return Screen(name, found.x, found.y, found.width, found.height, colour, found.main)

    def _facts(self, found: Found) -> ScreenSettings | None:
        """By the system's name where the file gives one; else by the corner, which stays when cables are swapped."""
        for each in self._told:
            if each.device and each.device.removeprefix("\\\\.\\").casefold() == found.device.casefold():
                return each
        return next((each for each in self._told if not each.device and (each.x, each.y) == (found.x, found.y)), None)


def monitors() -> list[Found]:
    """Windows' own list, in the pixels that this process draws in."""
    import ctypes
    from ctypes import wintypes

    class MonitorInfo(ctypes.Structure):
        _fields_ = [
            ("cbSize", wintypes.DWORD),
            ("rcMonitor", wintypes.RECT),
            ("rcWork", wintypes.RECT),
            ("dwFlags", wintypes.DWORD),
            ("szDevice", wintypes.WCHAR * 32),
        ]

    system: Any = ctypes
    user32 = system.windll.user32
    found: list[Found] = []

    def told(monitor: int, context: int, rectangle: Any, data: int) -> int:
        info = MonitorInfo()
        info.cbSize = ctypes.sizeof(MonitorInfo)
        if user32.GetMonitorInfoW(wintypes.HMONITOR(monitor), ctypes.byref(info)):
            area = info.rcMonitor
            device = str(info.szDevice).removeprefix("\\\\.\\")
            size = (area.right - area.left, area.bottom - area.top)
            found.append(Found(device, area.left, area.top, *size, bool(info.dwFlags & PRIMARY)))
        return 1

    # A callback of the C calling convention of Windows; kept in a name until the enumeration has ended.
    prototype = system.WINFUNCTYPE(
        wintypes.BOOL, wintypes.HMONITOR, wintypes.HDC, ctypes.POINTER(wintypes.RECT), wintypes.LPARAM
    )
    callback = prototype(told)
    user32.EnumDisplayMonitors(None, None, callback, 0)
    return found
