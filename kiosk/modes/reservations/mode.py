"""Reservations: month of remaining seats, day sheet, booking, moving, cancelling, making the slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kiosk.core.words import N_
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.reservations.settings import ReservationsSettings

if TYPE_CHECKING:
    from kiosk.modes.reservations.desk_reservations import ReservationsDesk


def build_desk(kit: Kit) -> ReservationsDesk:
    from kiosk.modes.reservations.desk_reservations import ReservationsDesk

    return ReservationsDesk(kit)


def start_workers(kit: Kit, desk: ReservationsDesk) -> None:
    """Prints what is owed, keeps the next two weeks on this PC, and gives the list's examinees their seats."""
    from kiosk.flow.print_booking import BOOKING
    from kiosk.flow.print_pages import start_printing

    kit.crew.start("kept-days", desk.kept.work)
    for seat in desk.seat_visits:
        kit.crew.start(f"seats-{seat.master}", lambda stop, seat=seat: seat.work(kit.notices, stop))
    start_printing(kit.local, kit.station.name, kit.crew, BOOKING, kit.settings.print_command)


def open_window(parent: Any, desk: ReservationsDesk) -> Any:
    from kiosk.modes.reservations.window import ReservationsWindow

    return ReservationsWindow(parent, desk).shell


MODE = Mode(
    title=N_("Reservations"),
    settings=ReservationsSettings,
    desk=build_desk,
    workers=start_workers,
    window=open_window,
    order=25,
)
