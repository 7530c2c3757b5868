"""Taking a row of a table by the mouse and putting it down somewhere else in the window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

from kiosk.ui import look
from kiosk.ui.table import Table

LEAST_PX = 8  # below that it was a click


class Dragging:
    """``words(key)``: what hangs at the pointer, empty where the row can't be taken; ``drop(key, widget, x, y)``: put
    down at a point of that widget. Esc while dragging puts it back.
    """

    def __init__(
        self, table: Table, words: Callable[[str], str], drop: Callable[[str, tk.Misc, int, int], object]
    ) -> None:  # fmt: skip
        self._table, self._words, self._drop = table, words, drop
        self._key, self._from = "", (0, 0)
        self._label: tk.Label | None = None
        tree = table.tree
        tree.bind("<ButtonPress-1>", self._pressed, add=True)
        tree.bind("<B1-Motion>", self._moved, add=True)
        tree.bind("<ButtonRelease-1>", self._released, add=True)
        tree.bind("<Escape>", lambda event: self._stop(), add=True)

    @property
    def under_way(self) -> bool:
        return self._label is not None

    def _pressed(self, event: Any) -> None:
        self._key, self._from = str(self._table.tree.identify_row(event.y)), (event.x_root, event.y_root)

    def _moved(self, event: Any) -> None:
        far = max(abs(event.x_root - self._from[0]), abs(event.y_root - self._from[1]))
        if not self._key or (self._label is None and far < look.px(LEAST_PX)):
            return
        top = self._table.winfo_toplevel()
        if self._label is None:
            words = self._words(self._key)
            if not words:
                self._key = ""
                return
            self._label = tk.Label(top, text=words, bg=look.PRIMARY, fg=look.CARD, font=look.TEXT, padx=look.px(10),
                                   pady=look.px(6))  # fmt: skip
        self._label.place(x=event.x_root - top.winfo_rootx() + look.px(14),
                          y=event.y_root - top.winfo_rooty() + look.px(14))  # fmt: skip
        self._label.lift()

    def _released(self, event: Any) -> None:
        if self._label is None:
            self._key = ""
            return
        key = self._key
        self._stop()
        widget = self._table.winfo_containing(event.x_root, event.y_root)
        if widget is not None:
            self._drop(key, widget, event.x_root - widget.winfo_rootx(), event.y_root - widget.winfo_rooty())

    def _stop(self) -> None:
        self._key = ""
        if self._label is not None:
            self._label.destroy()
            self._label = None
