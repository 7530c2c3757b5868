"""A seat that is kept while somebody types, for as long as he does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from kiosk.core.words import N_
from kiosk.ui.shell import Shell

HOLD_MS = 60_000
IDLE_S = 170.0  # who does not type for that long has gone away


class SeatHold:
    """At most one at a time. ``lost()`` when it ran out."""

    def __init__(
        self, shell: Shell, desk: Any, lost: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._shell, self._desk, self._lost, self._clock = shell, desk, lost, clock
        self.hold: Any = None
        self._asked = 0  # slot that is being asked for; 0 = none
        self._typed_at = clock()
        self._after: str | None = shell.frame.after(HOLD_MS, self.keep)

    def take(self, slot: int, held: Callable[[], object], failed: Callable[[Any], object]) -> None:
        """Ask for a seat of that slot; the one before is let go."""
        if slot in (self._asked, self.hold.slot if self.hold is not None else 0):
            return
        self.let_go()
        self._asked = slot
        self.typed()

        def came(hold: Any) -> None:
            if self._asked != slot or not self._shell.frame.winfo_exists():
                self._desk.let_go(hold.mark).then(lambda _: None, lambda why: None)  # nobody wants it any more
                return
            self._asked, self.hold = 0, hold
            held()

        def refused(why: Any) -> None:
            if self._asked == slot:
                self._asked = 0
                failed(why)

        self._desk.hold(slot).then(came, refused)

    def typed(self) -> None:
        """Somebody is there."""
        self._typed_at = self._clock()

    def mark_of(self, slot: int) -> str:
        """The mark by which the kept seat is booked; empty where none of that slot is kept."""
        return str(self.hold.mark) if self.hold is not None and self.hold.slot == slot else ""

    def used(self, mark: str) -> None:
        """The seat with this mark was booked; one that was kept beside it is let go."""
        if self.hold is not None and self.hold.mark == mark:
            self.hold = None
        self.let_go()

    def let_go(self) -> None:
        """Nobody types any more."""
        hold, self.hold, self._asked = self.hold, None, 0
        if hold is not None:
            self._desk.let_go(hold.mark).then(lambda _: None, lambda why: None)

    def close(self) -> None:
        """The window goes."""
        self.let_go()
        if self._after is not None:
            self._shell.frame.after_cancel(self._after)
            self._after = None

    def keep(self) -> None:
        """Every minute: it goes on while somebody types."""
        if self.hold is not None and self._clock() - self._typed_at >= IDLE_S:
            self.let_go()
            self._run_out()
        elif self.hold is not None:
            mark = self.hold.mark

            def kept(still: bool) -> None:
                if not still and self.hold is not None and self.hold.mark == mark and self._shell.frame.winfo_exists():
                    self.hold = None
                    self._run_out()

            self._desk.keep_holding(mark).then(kept, lambda why: None)
        if self._after is not None:
            self._shell.frame.after_cancel(self._after)
        self._after = self._shell.frame.after(HOLD_MS, self.keep)

    def _run_out(self) -> None:
        self._lost()
        self._shell.problem.look(N_("The seat is no longer kept for you; F5 asks for it again."))
