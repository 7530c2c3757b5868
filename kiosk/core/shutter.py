"""When a contact counts as a trigger: bounces and hasty repeats are left out, and counted."""

from __future__ import annotations

from enum import StrEnum


class Press(StrEnum):
    """What became of an edge."""

    TAKEN = "taken"
    BOUNCE = "bounce"
    TOO_SOON = "too_soon"  # within the repeat guard


class Contact:
    """One contact (a line of a serial port, a key): fed with its level, it says which edges count.

    The first edge counts at once, so that the picture is of that moment; what follows within the debounce is bouncing.
    """

    def __init__(self, debounce_ms: float, guard_ms: float) -> None:
        """``guard_ms``: a second trigger so soon is not meant; 0 = every one is."""
        self._debounce_s = debounce_ms / 1000
        self._guard_s = guard_ms / 1000
        self._closed = False
        self._changed_s = -1e9  # the last edge of either kind
        self._taken_s = -1e9
        self.taken = 0
        self.bounces = 0
        self.too_soon = 0

    @property
    def closed(self) -> bool:
        return self._closed

    def level(self, closed: bool, at_s: float) -> Press | None:
        """The contact is open or closed at ``at_s`` (monotonic). What its closing counts as; None for no closing."""
        if closed == self._closed:
            return None
        self._closed = closed
        quiet_s = at_s - self._changed_s
        self._changed_s = at_s
        if not closed:
            return None
        if quiet_s < self._debounce_s:
            self.bounces += 1
            return Press.BOUNCE
        if at_s - self._taken_s < self._guard_s:
            self.too_soon += 1
            return Press.TOO_SOON
        self._taken_s = at_s
        self.taken += 1
        return Press.TAKEN

    def press(self, at_s: float) -> Press:
        """A key or a button that has no level: pressed once at ``at_s``."""
        self._closed = False
        found = self.level(True, at_s)
        self._closed = False
        assert found is not None
        return found
