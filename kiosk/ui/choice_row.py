"""A row of choices of which one is in force: touched, or by the keys that its window gives them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from kiosk.ui import look


class ChoiceRow(ttk.Frame):
    """``chosen(name)`` for a touch, or for ``next``. ``numbered``: 1 to 9 stand before the names."""

    def __init__(
        self, parent: tk.Misc, names: Sequence[str], chosen: Callable[[str], object], *, numbered: bool = True
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._names, self._chosen = list(names), chosen
        self._labels: dict[str, tk.Label] = {}
        self.shown = ""
        for at, name in enumerate(self._names):
            self.columnconfigure(at, weight=1, uniform="choices")
            label = tk.Label(self, text=f"{at + 1} {name}" if numbered and at < 9 else name, bg=look.CARD, fg=look.INK,
                             font=look.TEXT, pady=look.px(10), cursor="hand2", highlightthickness=1,
                             highlightbackground=look.LINE)  # fmt: skip
            label.grid(row=0, column=at, sticky="ew", padx=(0 if at == 0 else look.px(8), 0))
            label.bind("<Button-1>", lambda event, name=name: chosen(name))  # type: ignore[misc]
            self._labels[name] = label
        self.configure(takefocus=True)
        for key, by in (("Left", -1), ("Right", 1), ("space", 1)):
            self.bind(f"<{key}>", lambda event, by=by: self._step(by))  # type: ignore[misc]
        self.bind("<FocusIn>", lambda event: self.show(self.shown))
        self.bind("<FocusOut>", lambda event: self.show(self.shown, False))

    def show(self, name: str, focused: bool | None = None) -> None:
        """Mark this one, empty for none. ``focused``: with the ring of the cursor, None: where the cursor is here."""
        self.shown = name
        ring = self.focus_get() is self if focused is None else focused
        for each, label in self._labels.items():
            on = each == name
            label.configure(bg=look.PRIMARY if on else look.CARD, fg=look.CARD if on else look.INK,
                            highlightbackground=look.INK if ring and on else look.LINE)  # fmt: skip

    def _step(self, by: int) -> str:
        if self._names:
            at = self._names.index(self.shown) + by if self.shown in self._names else 0
            self._chosen(self._names[at % len(self._names)])
            self.focus_set()
        return "break"

    def next(self) -> None:
        """The one after the one in force."""
        if self._names:
            at = self._names.index(self.shown) + 1 if self.shown in self._names else 0
            self._chosen(self._names[at % len(self._names)])
