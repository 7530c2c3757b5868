"""Operating theatre: the day room by room, booking, moving, times as they were, cancelling, weekly list, masters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kiosk.core.words import N_
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.theatre.settings import TheatreSettings

if TYPE_CHECKING:
    from kiosk.modes.theatre.desk_theatre import TheatreDesk


def build_desk(kit: Kit) -> TheatreDesk:
    from kiosk.modes.theatre.desk_theatre import TheatreDesk

    return TheatreDesk(kit)


def start_workers(kit: Kit, desk: TheatreDesk) -> None:
    """Prints what is owed, and keeps the next two weeks on this PC."""
    from kiosk.flow.print_pages import start_printing
    from kiosk.flow.print_theatre import THEATRE

    kit.crew.start("kept-theatre", desk.kept.work)
    start_printing(kit.local, kit.station.name, kit.crew, THEATRE, kit.settings.print_command)


def open_window(parent: Any, desk: TheatreDesk) -> Any:
    from kiosk.modes.theatre.window import TheatreWindow

    return TheatreWindow(parent, desk).shell


MODE = Mode(
    title=N_("Operating theatre"),
    settings=TheatreSettings,
    desk=build_desk,
    workers=start_workers,
    window=open_window,
    order=45,
)
