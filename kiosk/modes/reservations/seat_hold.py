"""A seat that is kept while somebody types, for as long as he does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.words import N_
from kiosk.ui.shell import Shell

HOLD_MS = 60_000


class SeatHold:
    """At most one at a time."""

    def __init__(self, shell: Shell, desk: Any) -> None:
        self._shell, self._desk = shell, desk
        self.hold: Any = None
        self._after: str | None = shell.frame.after(HOLD_MS, self._keep)

    def take(self, slot: int, held: Callable[[], object], failed: Callable[[Any], object]) -> None:
        """Ask for a seat of that slot; the one before is let go."""
        self.let_go()

        def came(hold: Any) -> None:
            if not self._shell.frame.winfo_exists():
                self._desk.let_go(hold.mark)
                return
            self.hold = hold
            held()

        self._desk.hold(slot).then(came, failed)

    def mark_of(self, slot: int) -> str:
        """The mark by which the kept seat is booked; empty where none of that slot is kept."""
        return str(self.hold.mark) if self.hold is not None and self.hold.slot == slot else ""

    def used(self) -> None:
        """It was booked."""
        self.hold = None

    def let_go(self) -> None:
        """Nobody types any more."""
        hold, self.hold = self.hold, None
        if hold is not None:
            self._desk.let_go(hold.mark).then(lambda _: None, lambda why: None)

    def close(self) -> None:
        """The window goes."""
        self.let_go()
        if self._after is not None:
            self._shell.frame.after_cancel(self._after)
            self._after = None

    def _keep(self) -> None:
        if self.hold is not None:
            mark = self.hold.mark

            def kept(still: bool) -> None:
                if not still and self.hold is not None and self.hold.mark == mark and self._shell.frame.winfo_exists():
                    self.hold = None
                    self._shell.problem.look(N_("The seat is no longer kept for you; F5 asks for it again."))

            self._desk.keep_holding(mark).then(kept, lambda why: None)
        self._after = self._shell.frame.after(HOLD_MS, self._keep)
