"""Cuts a text to the room it has, with ``…`` at the end, so that nothing is drawn over its neighbour."""

from __future__ import annotations

import tkinter as tk
import unicodedata
from tkinter import font as tkfont

MARK = "…"


class Cutter:
    """Cuts texts of one font. Measuring asks Tk, which is slow, so that plainly short texts are judged by counting."""

    def __init__(self, root: tk.Misc, font: str) -> None:
        self._font = tkfont.Font(root=root, name=font, exists=True)
        self._em = self._font.measure("国")
        self._known: dict[tuple[str, int], str] = {}

    def width(self, text: str) -> int:
        """Width in pixels."""
        return self._font.measure(text)

    def cut(self, text: str, room: int) -> str:
        """``text``, or as much of it as fits into ``room`` pixels and an ellipsis. Line breaks become blanks."""
        if "\n" in text:
            text = " ".join(text.split("\n"))
        # No letter of our fonts is wider than an em, and few narrow ones are wider than 0.7 em.
        if len(text) * self._em <= room:
            return text
        if sum(self._em if unicodedata.east_asian_width(c) in "WFA" else 0.7 * self._em for c in text) <= room:
            return text
        known = self._known.get((text, room))
        if known is None:
            if len(self._known) > 20_000:
                self._known.clear()
            known = self._known[(text, room)] = self._measured(text, room)
        return known

    def _measured(self, text: str, room: int) -> str:
        if self.width(text) <= room:
            return text
        keep, drop = 0, len(text)
        while drop - keep > 1:
            middle = (keep + drop) // 2
            if self.width(text[:middle] + MARK) <= room:
                keep = middle
            else:
                drop = middle
        return text[:keep].rstrip() + MARK
