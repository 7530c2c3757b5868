"""A picture on which places are marked that shall be black: pressed at one corner, let go at the other."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from kiosk.ui import look

Area = tuple[float, float, float, float]
LEAST = 4  # px; less is a click


class MaskCanvas(tk.Canvas):
    """``areas`` as parts of width and height (0 to 1); ``changed()`` after each."""

    def __init__(self, parent: tk.Misc, changed: Callable[[], object] = lambda: None) -> None:
        super().__init__(parent, width=200, height=160, bg=look.BLACK, highlightthickness=2, takefocus=True,
                         highlightbackground=look.BLACK, highlightcolor=look.PRIMARY, cursor="crosshair")  # fmt: skip
        self.areas: list[Area] = []
        self._photo: tk.PhotoImage | None = None
        self._from: tuple[int, int] | None = None
        self._changed = changed
        self.bind("<ButtonPress-1>", self._press)
        self.bind("<B1-Motion>", self._drag)
        self.bind("<ButtonRelease-1>", self._release)
        self.bind("<Configure>", lambda event: self._draw(), add=True)
        self.bind("<Destroy>", lambda event: self._drop(), add=True)

    def room(self) -> tuple[int, int]:
        """Width and height inside, px."""
        return max(50, self.winfo_width() - 4), max(50, self.winfo_height() - 4)

    @property
    def painted(self) -> bool:
        return self._photo is not None

    def show(self, png: bytes) -> None:
        """Show a picture, fitted already; what was marked of another one goes."""
        self._photo = tk.PhotoImage(master=self, data=png)
        self.areas = []
        self._draw()

    def clear(self) -> None:
        """No picture."""
        self._drop()
        self.areas = []
        self._draw()

    def undo(self) -> None:
        """The last mark goes."""
        if self.areas:
            self.areas.pop()
            self._draw()
            self._changed()

    def _drop(self) -> None:
        self._photo = None  # on this thread: collected by a worker, it would call Tk from there

    def _place(self) -> tuple[int, int, int, int]:
        """Left, top, width, height of the picture on the canvas, px."""
        if self._photo is None:
            return 0, 0, 0, 0
        wide, high = self._photo.width(), self._photo.height()
        return (self.winfo_width() - wide) // 2, (self.winfo_height() - high) // 2, wide, high

    def _draw(self) -> None:
        self.delete("all")
        if self._photo is None:
            return
        left, top, wide, high = self._place()
        self.create_image(left, top, image=self._photo, anchor="nw")
        for area in self.areas:
            corners = left + area[0] * wide, top + area[1] * high, left + area[2] * wide, top + area[3] * high
            self.create_rectangle(*corners, fill=look.BLACK, outline=look.ON_BLACK, dash=(4, 4))

    def _press(self, event: tk.Event) -> None:
        self.focus_set()
        self._from = (event.x, event.y)

    def _drag(self, event: tk.Event) -> None:
        if self._from is not None:
            self.delete("rubber")
            self.create_rectangle(*self._from, event.x, event.y, outline=look.ON_BLACK, dash=(4, 4), tags="rubber")

    def _release(self, event: tk.Event) -> None:
        self.delete("rubber")
        begun, self._from = self._from, None
        left, top, wide, high = self._place()
        if begun is None or not wide or min(abs(event.x - begun[0]), abs(event.y - begun[1])) < LEAST:
            return
        across = sorted(min(1.0, max(0.0, (x - left) / wide)) for x in (begun[0], event.x))
        down = sorted(min(1.0, max(0.0, (y - top) / high)) for y in (begun[1], event.y))
        self.areas.append((across[0], down[0], across[1], down[1]))
        self._draw()
        self._changed()
