"""Cuts through the slices of the active pane by key: made with progress and cancel, thin or as a slab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.volume_geometry import HIGHEST, MEAN, THIN
from kiosk.core.words import N_
from kiosk.modes.viewer.hung_window import HungPanes
from kiosk.modes.viewer.viewport import Viewport
from kiosk.ui.problem_line import ProblemLine

THICK_MM = (3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 50.0)
NEXT = {THIN: HIGHEST, HIGHEST: MEAN, MEAN: THIN}


class CutKeys:
    """``active()`` is the pane whose stack is cut."""

    def __init__(self, hung: HungPanes, desk: Any, problem: ProblemLine, active: Callable[[], Viewport]) -> None:
        self._hung, self._desk, self._problem, self._active = hung, desk, problem, active
        self._running: Any = None
        self._how, self._thick = THIN, 2

    @property
    def running(self) -> bool:
        """They are being made."""
        return self._running is not None

    def toggle(self) -> None:
        """Make the cuts, stop making them, or go back to what hung there before."""
        if self._running is not None:
            self.stop()
        elif self._hung.cuts:
            self._hung.close_cuts()
        else:
            self._make()

    def next_kind(self) -> None:
        """Thin cut, highest value of a slab (MIP), mean of a slab."""
        self._how = NEXT[self._how]
        self._change()

    def thicker(self, by: int) -> None:
        """The slab in steps of mm."""
        self._thick = max(0, min(len(THICK_MM) - 1, self._thick + by))
        if self._how == THIN:
            self._how = HIGHEST
        self._change()

    def stop(self) -> None:
        """What is being made is not wanted any more."""
        if self._running is not None:
            self._running.cancel()
            self._running.stop()
            self._over()

    def _make(self) -> None:
        pane = self._active()
        stack = pane.stack
        if stack is None:
            self._problem.look(N_("No picture is shown."))
            return
        self._how = THIN
        self._running = running = self._desk.make_cuts(stack)
        self._tell(0.0)

        def came(cuts: Any) -> None:
            self._over()
            if pane.stack is stack and pane.winfo_exists():
                self._hung.hang_cuts(pane, cuts)

        def failed(fault: Fault) -> None:
            self._over()
            self._problem.fault(fault)

        running.on_progress(self._tell)
        running.then(came, failed)

    def _tell(self, part: float) -> None:
        if self._running is not None:
            self._problem.progress(N_("The slices are put together..."), part, self.stop)

    def _over(self) -> None:
        self._running = None
        self._problem.progress_over()

    def _change(self) -> None:
        if not self._hung.cuts:
            self._how = THIN
            self._problem.look(N_("Slabs belong to cuts: make them first (MPR)."))
            return
        path = self._hung.cuts[0].pictures[0].path
        self._hung.change_cuts(self._desk.cuts(path, self._how, THICK_MM[self._thick]))
