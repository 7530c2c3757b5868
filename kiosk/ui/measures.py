"""Measurements drawn over a picture: points are set by the mouse, and stay where they were set however it is turned."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kiosk.core import measure
from kiosk.core.measure import Measure, Point, RegionValues
from kiosk.ui import look
from kiosk.ui.black_canvas import OUTLINE, RING

if TYPE_CHECKING:
    from kiosk.ui.measured_pane import MeasuredPane

TAG = "measure"
HANDLE, NEAR_PX = 4, 12


class Measures:
    """Over one pane. ``picture(key)`` says which picture is shown; its measurements come back with it. ``done()`` when
    one was finished.
    """

    def __init__(self, pane: MeasuredPane, done: Callable[[], object] = lambda: None) -> None:
        self._pane, self._done = pane, done
        self._kept: dict[str, list[Measure]] = {}
        self._key = ""
        self._points: list[Point] = []  # of the one that is being set
        self._kind = ""
        self._moving: tuple[int, int] | None = None  # measurement and point that are being dragged

    def picture(self, key: str) -> None:
        """Another picture is shown: what was begun on the one before is dropped."""
        if key != self._key:
            self._key, self._points, self._moving = key, [], None
            self._pane.graphics.picture()

    @property
    def here(self) -> list[Measure]:
        """Those of the picture shown, in the order in which they were made."""
        return self._kept.setdefault(self._key, [])

    def take_back(self) -> bool:
        """What was begun, else the last one of this picture; False where there is none."""
        if self._points:
            self._points = []
        elif self.here:
            self.here.pop()
        else:
            return False
        self.draw()
        return True

    # -- the mouse (called by the pane) ----------------------------------------------------------------------------

    def pressed(self, kind: str, x: float, y: float) -> None:
        """The left button went down at a point of the pane."""
        point = self._pane.picture_point(x, y)
        if point is None:
            return
        if kind != self._kind:
            self._kind, self._points = kind, []
        self._moving = self._grip(x, y) if not self._points else None
        if self._moving is None:
            self._points.append(point)
            if measure.POINTS[kind] == 2 and len(self._points) == 1:
                self._points.append(point)  # the second one is dragged
        self.draw()

    def dragged(self, x: float, y: float) -> None:
        """It moves with the button down."""
        point = self._pane.picture_point(x, y)
        if point is None:
            return
        if self._moving is not None:
            which, at = self._moving
            old = self.here[which]
            points = (*old.points[:at], point, *old.points[at + 1 :])
            self.here[which] = Measure(old.kind, points)
        elif self._points:
            self._points[-1] = point
        self.draw()

    def released(self) -> None:
        """The button is up: with all its points set it is a measurement."""
        if self._moving is not None:
            self._moving = None
            self._done()
        elif self._points and len(self._points) == measure.POINTS[self._kind]:
            made = Measure(self._kind, tuple(self._points))
            self._points = []
            if len(set(made.points)) > 1:
                self.here.append(made)
                self._done()
        self.draw()

    def _grip(self, x: float, y: float) -> tuple[int, int] | None:
        """The point of a finished one that lies under the pointer."""
        for which in reversed(range(len(self.here))):
            for at, point in enumerate(self.here[which].points):
                there = self._pane.pane_point(point)
                if there is not None and max(abs(there[0] - x), abs(there[1] - y)) <= NEAR_PX:
                    return which, at
        return None

    # -- drawing ---------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """All of this picture where they lie now."""
        pane = self._pane
        pane.delete(TAG)
        if not pane.shown or pane.paint is None:
            return
        for each in self.here:
            self._draw_one(each.kind, each.points, self.words(each))
        if self._points:
            self._draw_one(self._kind, tuple(self._points), "")

    def words(self, made: Measure) -> str:
        """What stands beside it."""
        paint = self._pane.paint
        assert paint is not None
        return measure.words_of(made, paint, self._inside(made) if made.kind == "region" else None)

    def _inside(self, made: Measure) -> RegionValues | None:
        import numpy as np

        found = self._pane.stored_values()
        paint = self._pane.paint
        if found is None or paint is None:
            return None
        (top, left), (bottom, right) = made.points
        top, bottom, left, right = min(top, bottom), max(top, bottom), min(left, right), max(left, right)
        high, wide = (bottom - top) / 2 or 0.5, (right - left) / 2 or 0.5
        rows = np.arange(max(0, int(top)), min(found.shape[0], int(bottom) + 1))
        columns = np.arange(max(0, int(left)), min(found.shape[1], int(right) + 1))
        down = (rows[:, None] + 0.5 - (top + bottom) / 2) / high
        across = (columns[None, :] + 0.5 - (left + right) / 2) / wide
        inside = found[np.ix_(rows, columns)][down**2 + across**2 <= 1.0]
        values = inside.astype(float) * paint.slope + paint.intercept
        return measure.region_values(values.tolist(), paint.unit)

    def _draw_one(self, kind: str, points: tuple[Point, ...], words: str) -> None:
        places = [place for point in points if (place := self._pane.pane_point(point)) is not None]
        if len(places) != len(points):
            return
        pane, spots = self._pane, [(x + RING, y + RING) for x, y in places]
        if kind == "region" and len(spots) == 2:
            (x, y), (right, bottom) = spots
            pane.create_oval(x, y, right, bottom, outline=look.BLACK, width=3, tags=TAG)
            pane.create_oval(x, y, right, bottom, outline=look.LAMP_LOOK, width=1, tags=TAG)
        else:
            pairs = [(spots[at], spots[at + 1]) for at in ((0, 2) if kind == "ratio" else range(len(spots) - 1))
                     if at + 1 < len(spots)]  # fmt: skip
            for one, other in pairs:
                pane.create_line(*one, *other, fill=look.BLACK, width=3, tags=TAG)
                pane.create_line(*one, *other, fill=look.LAMP_LOOK, width=1, tags=TAG)
        for x, y in spots:
            pane.create_rectangle(x - HANDLE, y - HANDLE, x + HANDLE, y + HANDLE, outline=look.LAMP_LOOK, tags=TAG)
        if words:
            x, y = max(spots)
            self._write(x + look.px(10), y, words)

    def _write(self, x: float, y: float, words: str) -> None:
        """With a dark outline, and inside the pane."""
        options: dict[str, Any] = {"text": words, "anchor": "w", "font": look.TEXT, "tags": TAG}
        item = self._pane.create_text(x, y, fill=look.LAMP_LOOK, **options)
        left, top, right, bottom = self._pane.bbox(item)
        wide, high = self._pane.room()
        x -= max(0, right - wide)
        y += max(0, -top) - max(0, bottom - high)
        self._pane.delete(item)
        for across, down in OUTLINE:
            fill = look.LAMP_LOOK if (across, down) == (0, 0) else look.BLACK
            self._pane.create_text(x + across, y + down, fill=fill, **options)
