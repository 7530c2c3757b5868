"""What a presentation state draws over a picture, the region marked to be saved, and the mark of a key image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kiosk.core.presentation import POINT, Look, as_seen, outline
from kiosk.core.words import N_, say
from kiosk.ui import look as dress
from kiosk.ui.black_canvas import OUTLINE, RING

if TYPE_CHECKING:
    from kiosk.ui.measured_pane import MeasuredPane

TAG = "graphics"
MARK = "mark"  # the tool that marks a region
SMALLEST_PX = 4  # a region of fewer picture pixels was a click
Box = tuple[float, float, float, float]


class Graphics:
    """Over one pane; ``picture()`` when another picture is shown, ``draw`` after each painting."""

    def __init__(self, pane: MeasuredPane) -> None:
        self._pane = pane
        self.look = Look()  # what is drawn, and the area that fractions of the display are meant in
        self.starred = False  # a key image
        self._marked: tuple[tuple[float, float], tuple[float, float]] | None = None

    def picture(self) -> None:
        """Another picture: nothing is drawn over it until somebody says so."""
        self.look, self.starred, self._marked = Look(), False, None

    def draw_by(self, look: Look) -> None:
        """Draw what this holds."""
        self.look = look
        self.draw()

    def star(self, on: bool) -> None:
        """Mark the picture as a key image."""
        if on != self.starred:
            self.starred = on
            self.draw()

    # -- the region -------------------------------------------------------------------------------------------------

    def mark(self, x: float, y: float, begin: bool = False) -> None:
        """The pointer is at a point of the pane: the region begins there or reaches to there."""
        point = self._pane.picture_point(x, y)
        if point is not None:
            self._marked = (point, point) if begin or self._marked is None else (self._marked[0], point)
            self.draw()

    def unmark(self) -> None:
        """No region any more."""
        if self._marked is not None:
            self._marked = None
            self.draw()

    @property
    def region(self) -> Box | None:
        """Left, top, right, bottom in picture pixels as seen; None where nothing is marked."""
        if self._marked is None or not self._pane.shown:
            return None
        turn, size = self._pane.turn_now, self._pane.picture_size
        (row, column), (other_row, other_column) = (turn.seen_point(*each, *size) for each in self._marked)
        left, right = sorted((round(column), round(other_column)))
        top, bottom = sorted((round(row), round(other_row)))
        return (left, top, right, bottom) if min(right - left, bottom - top) >= SMALLEST_PX else None

    # -- drawing ----------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """All of it where it lies now."""
        pane = self._pane
        pane.delete(TAG)
        if not pane.shown:
            return
        drawn = self.look if pane.drawings else Look()
        for graphic in drawn.graphics:
            spots = [self._spot(point, graphic.on_display) for point in outline(graphic)]
            if graphic.kind == POINT:
                (x, y), arm = spots[0], dress.px(5)
                self._line([(x - arm, y), (x + arm, y)])
                self._line([(x, y - arm), (x, y + arm)])
            else:
                self._line(spots, filled=graphic.filled)
        for label in drawn.labels:
            self._write(*self._spot(label.at, label.on_display), label.text, "w")
        if self._marked is not None:
            (x, y), (right, bottom) = (self._spot(each, False) for each in self._marked)
            for fill, dash in ((dress.BLACK, ()), (dress.ON_BLACK, (6, 4))):
                pane.create_rectangle(x, y, right, bottom, outline=fill, dash=dash, tags=TAG)
        if self.starred:
            self._write(pane.room()[0] / 2, dress.px(16), "★ " + say(N_("Key image")), "n", dress.LAMP_LOOK)

    def _spot(self, point: tuple[float, float], on_display: bool) -> tuple[float, float]:
        """Of a point of the picture as stored, in pixels of the canvas."""
        if not on_display:
            place = self._pane.pane_point(point)
        else:
            turn = self._pane.turn_now
            seen = as_seen(point, True, self.look, *self._pane.picture_size)
            place = self._pane.pane_point(turn.source_point(*seen, *self._pane.picture_size))
        x, y = place or (0.0, 0.0)
        return x + RING, y + RING

    def _line(self, spots: list[tuple[float, float]], filled: bool = False) -> None:
        flat = [value for spot in spots for value in spot]
        if filled:
            self._pane.create_polygon(*flat, fill=dress.ON_BLACK, stipple="gray25", tags=TAG)
        for fill, width in ((dress.BLACK, 3), (dress.ON_BLACK, 1)):
            self._pane.create_line(*flat, fill=fill, width=width, tags=TAG)

    def _write(self, x: float, y: float, words: str, anchor: Any, colour: str = dress.ON_BLACK) -> None:
        """With a dark outline: it must be read on bone as on air."""
        for across, down in OUTLINE:
            fill = colour if (across, down) == (0, 0) else dress.BLACK
            self._pane.create_text(
                x + across, y + down, text=words, anchor=anchor, fill=fill, font=dress.TEXT, tags=TAG
            )
