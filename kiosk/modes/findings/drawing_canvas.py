"""The sheet of a schema drawing: its background and marks at any size, and the pen, mouse and keys that work on it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import font as tkfont
from typing import Any

from kiosk.core import drawing as core
from kiosk.core.drawing import Drawing, Letters, Mark, Piece, Point
from kiosk.modes.findings.sketch_rules import Sketch
from kiosk.ui import look

SELECT = "select"
TWO_ENDS = (core.LINE, core.ARROW, core.ELLIPSE, core.HATCH)
CURSOR_STEP = 20.0  # units that an arrow key moves; with Shift a fifth
_DEAD = 6.0  # a press and a release nearer than this draw nothing with two ends


def paint(canvas: tk.Canvas, pieces: Sequence[Piece], scale: float, x: float, y: float, tag: str) -> None:
    """Paint pieces with the picture's upper left corner at ``x, y``, ``scale`` pixels to a unit."""
    family = tkfont.nametofont(look.TEXT).actual("family")
    for piece in pieces:
        if isinstance(piece, Letters):
            at = x + piece.at[0] * scale, y + piece.at[1] * scale
            canvas.create_text(*at, text=piece.text, fill=piece.colour, anchor="w" if piece.left else "center",
                               font=(family, -max(6, round(piece.size * scale))), tags=tag)  # fmt: skip
            continue
        flat = [part for px, py in piece.points for part in (x + px * scale, y + py * scale)]
        if piece.fill:
            canvas.create_polygon(*flat, fill=piece.fill, outline="", tags=tag)
        if piece.width:
            canvas.create_line(*flat, fill=piece.colour, width=max(1.0, piece.width * scale), capstyle="round",
                               joinstyle="round", tags=tag)  # fmt: skip


class DrawingCanvas(tk.Canvas):
    """``changed()`` is called after each act on ``sketch``; ``tool``, ``colour``, ``stamp`` and ``size`` are set from
    outside. Places of the picture are units of ``core.drawing``."""

    def __init__(self, parent: tk.Misc, changed: Callable[[], object]) -> None:
        super().__init__(parent, bg=look.CARD, highlightthickness=2, highlightbackground=look.EDGE,
                         highlightcolor=look.PRIMARY, takefocus=True, width=640, height=480)  # fmt: skip
        self._changed = changed
        self.sketch = Sketch(Drawing())
        self.ground: Sequence[Piece] = ()
        self.tool, self.colour, self.stamp, self.size = core.PEN, "black", "polyp", core.SIZES[1]
        self.editable = True
        self.cursor: Point = (core.WIDTH / 2, core.HEIGHT / 2)
        self._way: list[Point] = []  # of the pen, or the first end of what has two
        self._grabbed: Point | None = None
        self._moved = False
        self._field: tk.Entry | None = None
        self._text_at: Point = (0, 0)
        self.bind("<Configure>", lambda event: self.show())
        self.bind("<Button-1>", self._press)
        self.bind("<B1-Motion>", self._drag)
        self.bind("<ButtonRelease-1>", self._release)
        for key, dx, dy in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1)):
            self.bind(f"<{key}>", lambda event, dx=dx, dy=dy: self._step(dx, dy, 1.0))  # type: ignore[misc]
            self.bind(f"<Shift-{key}>", lambda event, dx=dx, dy=dy: self._step(dx, dy, 0.2))  # type: ignore[misc]
        self.bind("<Return>", lambda event: self._put_here())
        self.bind("<space>", lambda event: self._put_here())
        for key in ("<Delete>", "<BackSpace>"):
            self.bind(key, lambda event: self.act(lambda sketch: sketch.delete()))
        self.bind("<FocusIn>", lambda event: self.show())
        self.bind("<FocusOut>", lambda event: self.show())

    # -- showing -----------------------------------------------------------------------------------------------

    @property
    def scale_px(self) -> float:
        """Pixels to a unit."""
        wide, high = max(self.winfo_width() - 4, 1), max(self.winfo_height() - 4, 1)
        return max(0.05, min(wide / core.WIDTH, high / core.HEIGHT))

    @property
    def corner(self) -> tuple[float, float]:
        """Where the picture's upper left corner is painted."""
        scale = self.scale_px
        return (self.winfo_width() - core.WIDTH * scale) / 2, (self.winfo_height() - core.HEIGHT * scale) / 2

    def show(self) -> None:
        """Paint everything anew."""
        self.delete("all")
        scale, (x, y) = self.scale_px, self.corner
        paint(self, self.ground, scale, x, y, "ground")
        for mark in self.sketch.drawing.marks:
            paint(self, core.pieces_of(mark), scale, x, y, "mark")
        if 0 <= self.sketch.selected < len(self.sketch.drawing.marks):
            self._frame(self.sketch.drawing.marks[self.sketch.selected])
        self._show_going()
        if self.focus_get() is self and self.editable and self._field is None:
            cx, cy = self._on_screen(self.cursor)
            for line in ((cx - 10, cy, cx + 10, cy), (cx, cy - 10, cx, cy + 10)):
                self.create_line(*line, fill=look.PRIMARY, width=2, tags="cursor")

    def _frame(self, mark: Mark) -> None:
        left, top, right, low = core.bounds(mark)
        (x1, y1), (x2, y2) = self._on_screen((left, top)), self._on_screen((right, low))
        self.create_rectangle(x1 - 6, y1 - 6, x2 + 6, y2 + 6, outline=look.PRIMARY, dash=(4, 3), width=2)

    def _show_going(self) -> None:
        """What is being drawn now."""
        self.delete("going")
        if self._way:
            ends = self._way if len(self._way) > 1 else [self._way[0], self.cursor]
            paint(self, core.pieces_of(self._mark(tuple(ends))), self.scale_px, *self.corner, tag="going")

    def _on_screen(self, place: Point) -> Point:
        (x, y), scale = self.corner, self.scale_px
        return x + place[0] * scale, y + place[1] * scale

    def _in_picture(self, event: Any) -> Point:
        (x, y), scale = self.corner, self.scale_px
        px, py = core.inside(((event.x - x) / scale, (event.y - y) / scale))
        return round(px, 1), round(py, 1)

    # -- acts --------------------------------------------------------------------------------------------------

    def act(self, do: Callable[[Sketch], object]) -> str:
        """Do something to the drawing and show it, unless it can only be seen."""
        if self.editable:
            self.stop_typing()
            do(self.sketch)
            self.show()
            self._changed()
        return "break"

    def choose(self, tool: str) -> None:
        """Another tool; what was begun with the one before is given up."""
        self.stop_typing()
        self.tool, self._way = tool, []
        if tool != SELECT:
            self.sketch.selected = -1
        self.show()

    def _mark(self, points: tuple[Point, ...]) -> Mark:
        text = self.stamp if self.tool == core.STAMP else ""
        return Mark(self.tool, points, self.colour, text, self.size)

    def _add(self, points: tuple[Point, ...]) -> None:
        mark = self._mark(points)
        self.act(lambda sketch: sketch.add(mark))

    def _press(self, event: Any) -> None:
        self.focus_set()
        if not self.editable:
            return
        self.stop_typing()
        self.cursor = place = self._in_picture(event)
        self._way = []
        if self.tool == SELECT:
            self.sketch.selected = core.mark_at(self.sketch.drawing.marks, place)
            self._grabbed, self._moved = place, False
            self.show()
        elif self.tool in (core.STAMP, core.TEXT):
            self._put_here()
        else:
            self._way = [place]

    def _drag(self, event: Any) -> None:
        place = self._in_picture(event)
        if self.tool == SELECT and self._grabbed is not None and self.sketch.selected >= 0:
            self.sketch.move(place[0] - self._grabbed[0], place[1] - self._grabbed[1], step=not self._moved)
            self._grabbed, self._moved = place, True
            self.show()
        elif self._way:
            self._way = [*self._way, place] if self.tool == core.PEN else [self._way[0], place]
            self._show_going()

    def _release(self, event: Any) -> None:
        way, self._way = self._way, []
        if self._moved:
            self._grabbed, self._moved = None, False
            self._changed()
        elif way and self.tool == core.PEN:
            self._add(core.thinned(way))
        elif len(way) == 2 and max(abs(way[1][0] - way[0][0]), abs(way[1][1] - way[0][1])) > _DEAD:
            self._add(tuple(way))
        else:
            self._show_going()

    def _step(self, dx: int, dy: int, part: float) -> str:
        """An arrow key: moves the selected mark, else the cursor."""
        step = CURSOR_STEP * part
        if self.sketch.selected >= 0:
            return self.act(lambda sketch: sketch.move(dx * step, dy * step))
        self.cursor = core.inside((self.cursor[0] + dx * step, self.cursor[1] + dy * step))
        self.show()
        return "break"

    def _put_here(self) -> str:
        """Return: the stamp or words here; the first, then the second end of a line; what lies here is selected."""
        if not self.editable:
            return "break"
        if self.tool == SELECT:
            self.sketch.selected = core.mark_at(self.sketch.drawing.marks, self.cursor)
            self.show()
        elif self.tool == core.STAMP:
            self._add((self.cursor,))
        elif self.tool == core.TEXT:
            self._type_here()
        elif self._way:
            way, self._way = [*self._way, self.cursor], []
            self._add(tuple(way))
        else:
            self._way = [self.cursor]
        return "break"

    # -- words -------------------------------------------------------------------------------------------------

    def _type_here(self) -> None:
        self._text_at = self.cursor
        self._field = field = tk.Entry(self, font=look.TEXT, fg=core.COLOURS[self.colour], bg=look.CARD, width=18,
                                       highlightthickness=2, highlightcolor=look.PRIMARY, relief="flat")  # fmt: skip
        x, y = self._on_screen(self._text_at)
        field.place(x=min(x, self.winfo_width() - field.winfo_reqwidth() - 4), y=y, anchor="w")
        field.bind("<Return>", lambda event: self._written())
        field.bind("<Escape>", lambda event: self._not_written())
        field.focus_set()

    def stop_typing(self) -> None:
        """Words that are being typed are taken over as they stand."""
        if self._field is not None:
            self._written()

    def _written(self) -> str:
        field, self._field = self._field, None
        if field is not None:
            words = field.get().strip()[:60]
            field.destroy()
            self.focus_set()
            if words and self.editable:
                self.sketch.add(Mark(core.TEXT, (self._text_at,), self.colour, words, self.size))
                self._changed()
            self.show()
        return "break"

    def _not_written(self) -> str:
        field, self._field = self._field, None
        if field is not None:
            field.destroy()
            self.focus_set()
        return "break"

