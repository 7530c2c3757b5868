"""What a clerk does at the reservation window, step by step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.journeys.hands import press
from tests.modes.reservations.conftest import PIN

Wait = Callable[..., Any]


def with_slots(window: Any, wait_until: Wait, day: date) -> Any:
    """The window at that day, with the slots of two weeks made."""
    wait_until(lambda: window.kinds, what="the kinds")
    window.pc.make_slots(day - timedelta(days=3), day + timedelta(days=14))
    window.go_to(day)
    wait_until(lambda: window.rows, what="the day sheet")
    return window


def give_pin(window: Any, wait_until: Wait, *, fresh: bool = False, pin: str = PIN) -> Any:
    """F12 and the PIN; the page behind it."""
    press(window.shell, "F12")
    keeping = window.keeping
    wait_until(lambda: keeping._shown is keeping.pin and keeping.pin.winfo_ismapped(), what="asked for the PIN")
    keeping.pin.pin.set(pin)
    if fresh:
        keeping.pin.again.set(pin)
    press(window.shell, "F5")
    wait_until(lambda: keeping._shown is not keeping.pin, what="let in")
    return keeping


def mark(window: Any, key: str) -> None:
    window.table.select(key)
    window.shell.top.update()


def first_free(window: Any, at: int = 0) -> str:
    return [key for key, row in window.rows.items() if row.booking is None][at]


def booked(window: Any) -> list[tuple[str, str]]:
    return [(row.cells[0], row.cells[3]) for row in window.rows.values() if row.booking is not None]
