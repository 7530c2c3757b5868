"""What a station asks of its monitors."""

from __future__ import annotations

from typing import Protocol

from kiosk.core.screens import Screen


class Screens(Protocol):
    """``look()`` tells the monitors that are there now, the main one first; () where nobody can say."""

    def look(self) -> tuple[Screen, ...]: ...
