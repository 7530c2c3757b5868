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


def open_window(parent: Any, desk: ReservationsDesk) -> Any:
    from kiosk.modes.reservations.window import ReservationsWindow

    return ReservationsWindow(parent, desk).shell


MODE = Mode(
    title=N_("Reservations"),
    settings=ReservationsSettings,
    desk=build_desk,
    window=open_window,
    order=25,
)
