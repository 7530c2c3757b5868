"""A picture that can be measured in: a left drag with a measuring tool sets points instead of changing the picture."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, Any

from kiosk.core.measure import POINTS, Point
from kiosk.core.picture import Paint
from kiosk.ui.image_pane import ImagePane
from kiosk.ui.measures import Measures

if TYPE_CHECKING:
    from kiosk.ui.painting import Pixels


class MeasuredPane(ImagePane):
    """``tool`` may be a kind of measurement too; ``measures`` has those of the picture shown."""

    def __init__(self, parent: tk.Misc, **more: Any) -> None:
        self.measures = Measures(self)
        super().__init__(parent, **more)

    @property
    def paint(self) -> Paint | None:
        """How the picture shown is painted."""
        return self._paint

    def stored_values(self) -> Pixels | None:
        """Grey values as stored, (rows, columns); None for colour and without a picture."""
        plate = self._stored
        if plate is None or plate.colour:
            return None
        return plate.first + plate.pixels * plate.step if plate.first or plate.step != 1 else plate.pixels

    def picture_point(self, x: float, y: float) -> Point | None:
        """The point of the picture as stored under a point of the pane; beside the picture its nearest edge."""
        if self._view is None or self._stored is None:
            return None
        rows, columns = self._stored.pixels.shape[:2]
        row, column = self._turn.source_point(*self._view.point(x, y), rows, columns)
        return min(max(row, 0.0), float(rows)), min(max(column, 0.0), float(columns))

    def pane_point(self, point: Point) -> tuple[float, float] | None:
        """Where a point of the picture lies in the pane: x, y."""
        view = self._view
        if view is None or self._stored is None:
            return None
        y, x = self._turn.seen_point(*point, *self._stored.pixels.shape[:2])
        return view.left + x * view.scale, view.top + y * view.scale * view.aspect

    def paint_now(self) -> None:
        super().paint_now()
        self.measures.draw()

    def clear(self, *words: Any, **how: Any) -> None:
        super().clear(*words, **how)
        self.measures.draw()

    def _press(self, event: tk.Event, tool: str) -> None:
        super()._press(event, tool)
        if not tool and self.tool in POINTS:
            self.measures.pressed(self.tool, event.x - 2, event.y - 2)

    def _double(self, event: tk.Event) -> None:
        if self.tool in POINTS:
            self._press(event, "")  # two points set quickly are no wish to see all of the picture
        else:
            super()._double(event)

    def _dragged(self, event: tk.Event) -> None:
        if self._drag is not None and self._drag[0] in POINTS:
            self.measures.dragged(event.x - 2, event.y - 2)
        else:
            super()._dragged(event)

    def _release(self) -> None:
        measuring = self._drag is not None and self._drag[0] in POINTS
        super()._release()
        if measuring:
            self.measures.released()
