"""A small card beside the pointer that tells in full what had to be cut."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from kiosk.ui import look

WAIT_MS = 450


class Tooltip:
    """Shows ``text(event)`` while the pointer rests on ``widget``; an empty text shows nothing."""

    def __init__(self, widget: tk.Misc, text: Callable[[tk.Event], str]) -> None:
        self._widget = widget
        self._text = text
        self._card: tk.Toplevel | None = None
        self._shown = ""
        self._after: str | None = None
        widget.bind("<Motion>", self._moved, add=True)
        for leaving in ("<Leave>", "<ButtonPress>", "<KeyPress>", "<Destroy>"):
            widget.bind(leaving, lambda event: self.hide(), add=True)

    def hide(self) -> None:
        """Take the card away."""
        if self._after is not None:
            self._widget.after_cancel(self._after)
            self._after = None
        if self._card is not None:
            self._card.destroy()
            self._card, self._shown = None, ""

    def _moved(self, event: tk.Event) -> None:
        text = self._text(event)
        if text == self._shown and self._card is not None:
            return
        self.hide()
        if text:
            x, y = event.x_root, event.y_root
            self._after = self._widget.after(WAIT_MS, lambda: self._show(text, x, y))

    def _show(self, text: str, x: int, y: int) -> None:
        self._after = None
        card = tk.Toplevel(self._widget)
        card.wm_overrideredirect(True)
        tk.Label(card, text=text, font=look.TEXT, fg=look.CARD, bg=look.INK, padx=look.px(10), pady=look.px(6),
                 justify="left", wraplength=look.px(600)).pack()  # fmt: skip
        card.update_idletasks()
        x = min(x + look.px(12), card.winfo_screenwidth() - card.winfo_reqwidth() - 4)
        y = min(y + look.px(18), card.winfo_screenheight() - card.winfo_reqheight() - 4)
        card.wm_geometry(f"+{max(0, x)}+{max(0, y)}")
        self._card, self._shown = card, text
