"""Windows come up where they were left on this PC: their places lie in the station's own store."""

from __future__ import annotations

from kiosk.core.screens import Placed, WindowPlace, place_data, place_of, placed, screen_at
from kiosk.devices.screens.contract import Screens
from kiosk.store import local
from kiosk.store.engine import Store


def place_for(own: Store, screens: Screens, name: str, wanted: str = "") -> Placed:
    """Where the window ``name`` is to stand. ``wanted``: a monitor's name, ``colour`` or ``grey``, empty for any."""
    with own.reading() as conn:
        kept = local.seen_last(conn, _subject(name))
    return placed(screens.look(), wanted, place_of(kept.body) if kept else None)


def keep_place(own: Store, screens: Screens, name: str, place: WindowPlace) -> None:
    """The window was moved there by a person."""
    screen = screen_at(screens.look(), place.x + place.width // 2, place.y + place.height // 2)
    told = WindowPlace(place.x, place.y, place.width, place.height, place.zoomed, screen.name if screen else "")
    with own.writing() as conn:
        local.keep_last_seen(conn, _subject(name), place_data(told))


def _subject(name: str) -> str:
    return f"window {name}"
