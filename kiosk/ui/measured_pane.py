"""A picture that can be measured in: a left drag with a measuring tool sets points instead of changing the picture."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, Any

from kiosk.core.measure import POINTS, Point
from kiosk.core.picture import Paint
from kiosk.core.presentation import Look, area_in_sight, box_of, drawn, in_values, whole_area
from kiosk.core.turn import Turn
from kiosk.ui.graphics import MARK, Graphics
from kiosk.ui.image_pane import ImagePane
from kiosk.ui.measures import Measures

if TYPE_CHECKING:
    from kiosk.ui.painting import Pixels


class MeasuredPane(ImagePane):
    """``tool`` may be a kind of measurement or ``mark`` too; ``measures`` has those of the picture shown, ``graphics``
    what a presentation state draws over it and the region that is marked.
    """

    def __init__(self, parent: tk.Misc, **more: Any) -> None:
        self.drawings = True  # what a presentation state draws is seen
        self.measures = Measures(self)
        self.graphics = Graphics(self)
        super().__init__(parent, **more)

    @property
    def paint(self) -> Paint | None:
        """How the picture shown is painted."""
        return self._paint

    @property
    def picture_size(self) -> tuple[int, int]:
        """Rows and columns of the picture as stored; 0, 0 without one."""
        return self._stored.pixels.shape[:2] if self._stored is not None else (0, 0)

    def look_now(self) -> Look | None:
        """How the picture stands now and what is drawn over it; None without a picture."""
        paint, view = self._paint, self._view
        if paint is None or view is None or self._stored is None:
            return None
        part, turn = view.part(), self._turn
        area = whole_area(turn, *self.picture_size)
        if part is not None and not view.fitted:
            area = area_in_sight(part.box, turn, *self.picture_size)
        graphics, labels = list(self.graphics.look.graphics), list(self.graphics.look.labels)
        for each in self.measures.here:
            more_graphics, more_labels = drawn(each, self.measures.words(each))
            graphics += more_graphics
            labels += more_labels
        how = None if paint.colour else self._how
        return Look(how, (paint.slope, paint.intercept), self._inverted != paint.inverted, turn, area, tuple(graphics),
                    tuple(labels), paint.colour)  # fmt: skip

    def stand_by(self, look: Look) -> None:
        """Show the picture as it was shown once, with what was drawn over it then."""
        paint = self._paint
        if paint is None or self._view is None:
            return
        if not paint.colour:
            self._inverted, self._table = look.inverted != paint.inverted, None
            self.set_window(in_values(look, paint))
        self._turn = Turn(look.turn.quarters % 4, look.turn.mirrored)
        self._stand(keep_place=False)
        if look.area is not None and self._view is not None:
            box = box_of(look.area, self._turn, *self.picture_size)
            view = self._view.showing(box)
            self._look_at(view if look.area.fit else view.at_scale(look.area.magnified))
        self.graphics.draw_by(look)
        self._later()
        if self.on_view is not None and self._view is not None:
            self.on_view(self._view.scale)

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
        self.graphics.draw()
        self.measures.draw()

    def clear(self, *words: Any, **how: Any) -> None:
        super().clear(*words, **how)
        self.graphics.draw()
        self.measures.draw()

    def _press(self, event: tk.Event, tool: str) -> None:
        super()._press(event, tool)
        if not tool and self.tool in POINTS:
            self.measures.pressed(self.tool, event.x - 2, event.y - 2)
        elif not tool and self.tool == MARK:
            self.graphics.mark(event.x - 2, event.y - 2, begin=True)

    def _double(self, event: tk.Event) -> None:
        if self.tool in POINTS or self.tool == MARK:
            self._press(event, "")  # two points set quickly are no wish to see all of the picture
        else:
            super()._double(event)

    def _dragged(self, event: tk.Event) -> None:
        if self._drag is not None and self._drag[0] in POINTS:
            self.measures.dragged(event.x - 2, event.y - 2)
        elif self._drag is not None and self._drag[0] == MARK:
            self.graphics.mark(event.x - 2, event.y - 2)
        else:
            super()._dragged(event)

    def _release(self) -> None:
        measuring = self._drag is not None and self._drag[0] in POINTS
        super()._release()
        if measuring:
            self.measures.released()
