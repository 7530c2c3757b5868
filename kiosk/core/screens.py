"""The monitors of a station and where a window belongs on them: by name, by colour or grey, or where it was left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.core.words import N_, Sentence

COLOUR, GREY = "colour", "grey"
GRIP_PX = 60  # height of what a window is taken hold of by; its middle must lie on a monitor


@dataclass(frozen=True)
class Screen:
    """A monitor: its rectangle in pixels of the desktop (may be negative), and whether it shows colour."""

    name: str
    x: int
    y: int
    width: int
    height: int
    colour: bool = True
    main: bool = False

    @property
    def geometry(self) -> str:
        """As Tk writes it."""
        return f"{self.width}x{self.height}+{self.x}+{self.y}"

    def holds(self, x: int, y: int) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True)
class WindowPlace:
    """Where a window stood when it was last moved; ``screen`` is the monitor's name, ``zoomed``: maximised."""

    x: int
    y: int
    width: int
    height: int
    zoomed: bool = False
    screen: str = ""

    @property
    def geometry(self) -> str:
        """As Tk writes it."""
        return f"{self.width}x{self.height}+{self.x}+{self.y}"


@dataclass(frozen=True)
class Placed:
    """Where a window is to stand: ``place`` None: wherever it is. ``why`` says that it is not where it should be."""

    place: WindowPlace | None = None
    why: Sentence | None = None


def main_screen(screens: Sequence[Screen]) -> Screen | None:
    """The main monitor, else the first."""
    return next((each for each in screens if each.main), screens[0] if screens else None)


def screen_at(screens: Sequence[Screen], x: int, y: int) -> Screen | None:
    return next((each for each in screens if each.holds(x, y)), None)


def suited(screens: Sequence[Screen], wanted: str) -> Screen | None:
    """The monitor called ``wanted``; for ``colour`` or ``grey`` one of that kind, rather not the main one, on which
    the lists are. None where there is none."""
    named = next((each for each in screens if each.name.casefold() == wanted.casefold()), None)
    if named is not None or wanted not in (COLOUR, GREY):
        return named
    alike = [each for each in screens if each.colour == (wanted == COLOUR)]
    return next((each for each in alike if not each.main), alike[0] if alike else None)


def placed(screens: Sequence[Screen], wanted: str = "", kept: WindowPlace | None = None) -> Placed:
    """Where a window comes up: where it was left, else on the wanted monitor, else on the main one, saying why."""
    main = main_screen(screens)
    if main is None:
        return Placed(kept)
    if kept is not None:
        # Below the edge itself: Windows tells the edges of a maximised window some pixels outside of its monitor.
        if screen_at(screens, kept.x + kept.width // 2, kept.y + GRIP_PX // 2) is not None:
            return Placed(kept)
        return Placed(_whole(main), _gone(kept.screen or wanted))
    if not wanted:
        return Placed()
    screen = suited(screens, wanted)
    if screen is None:
        return Placed(_whole(main), _gone(wanted))
    return Placed(_whole(screen))


def _whole(screen: Screen) -> WindowPlace:
    return WindowPlace(screen.x, screen.y, screen.width, screen.height, True, screen.name)


def _gone(name: str) -> Sentence:
    if name == GREY:
        return Sentence(N_("No grey monitor is there; the pictures are shown on the main one."))
    if name == COLOUR:
        return Sentence(N_("No colour monitor is there; the pictures are shown on the main one."))
    return Sentence(N_("The monitor {name} is not there; the window is shown on the main one."), {"name": name or "-"})


def place_data(place: WindowPlace) -> dict[str, Any]:
    """As a station keeps it."""
    return {"x": place.x, "y": place.y, "width": place.width, "height": place.height, "zoomed": place.zoomed,
            "screen": place.screen}  # fmt: skip


def place_of(data: Mapping[str, Any] | None) -> WindowPlace | None:
    """What was kept; None for nothing, or for what can't be a window."""
    try:
        x, y, width, height = (int((data or {})[key]) for key in ("x", "y", "width", "height"))
    except (KeyError, TypeError, ValueError):
        return None
    if width < 1 or height < 1:
        return None
    return WindowPlace(x, y, width, height, bool((data or {}).get("zoomed")), str((data or {}).get("screen", "")))
