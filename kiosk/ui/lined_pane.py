"""A measured picture with the line on it where the plane of another picture cuts it."""

from __future__ import annotations

from typing import Any

from kiosk.core.measure import Point
from kiosk.ui import look
from kiosk.ui.black_canvas import RING
from kiosk.ui.measured_pane import MeasuredPane

TAG = "cut"


class LinedPane(MeasuredPane):
    """``show_line`` takes two points (row, column) of the picture as stored, or () for none."""

    _line: tuple[Point, ...] = ()

    def show_line(self, line: tuple[Point, ...]) -> None:
        """Draw it now and after every painting."""
        if line != self._line:
            self._line = line
            self._draw_line()

    def paint_now(self) -> None:
        super().paint_now()
        self._draw_line()

    def clear(self, *words: Any, **how: Any) -> None:
        super().clear(*words, **how)
        self.delete(TAG)

    def _draw_line(self) -> None:
        self.delete(TAG)
        ends = [self.pane_point(point) for point in self._line]
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            (x0, y0), (x1, y1) = ends
            at = (x0 + RING, y0 + RING, x1 + RING, y1 + RING)
            self.create_line(*at, fill=look.BLACK, width=3, tags=TAG)
            self.create_line(*at, fill=look.LAMP_LOOK, width=1, dash=(8, 4), tags=TAG)
