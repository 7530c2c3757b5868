"""Tells a key that is held down from one that is pressed again, so that a heavy finger on F5 does its act once."""

from __future__ import annotations

SAME_PRESS_MS = 20  # X11 sends a release and a press at one moment for each repeat
STALE_MS = 1100  # longer than any system waits before a held key repeats; a release may have gone to another program


class HeldKeys:
    """Fed with presses and releases and their time stamps in ms."""

    def __init__(self) -> None:
        self._pressed_ms: dict[str, float] = {}
        self._released_ms: dict[str, float] = {}

    def pressed(self, key: str, at_ms: float) -> bool:
        """A press came: True if the key was never let go since the last one."""
        before = self._pressed_ms.get(key)
        released = self._released_ms.pop(key, None)
        self._pressed_ms[key] = at_ms
        if before is None or not 0 <= at_ms - before <= STALE_MS:
            return False
        return released is None or at_ms - released <= SAME_PRESS_MS

    def released(self, key: str, at_ms: float) -> None:
        """A release came."""
        self._released_ms[key] = at_ms
