"""Ten digits to touch, for a PIN at a station without a keyboard at hand."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from kiosk.ui import look

KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "C", "0", "←")


class Keypad(ttk.Frame):
    """Types into ``entry``; the finger leaves the focus where it is, and Tab passes by."""

    def __init__(self, parent: tk.Misc, entry: ttk.Entry, typed: Callable[[], object] = lambda: None) -> None:
        super().__init__(parent, style="Plain.TFrame")
        self._entry = entry
        self._typed = typed
        self.buttons: dict[str, ttk.Button] = {}
        for at, key in enumerate(KEYS):
            button = ttk.Button(self, text=key, takefocus=False, width=4, command=lambda key=key: self._press(key))  # type: ignore[misc]
            button.grid(row=at // 3, column=at % 3, padx=look.px(4), pady=look.px(4), sticky="nsew")
            self.buttons[key] = button

    def _press(self, key: str) -> None:
        if key == "C":
            self._entry.delete(0, "end")
        elif key == "←":
            self._entry.delete(max(0, self._entry.index("end") - 1), "end")
        else:
            self._entry.insert("end", key)
        self._entry.icursor("end")
        self._typed()
