"""Keys of a reading page: arrows and the like on the widget that has the keyboard, and the card that tells them all."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk

from kiosk.core.words import say
from kiosk.ui import look

Keys = Sequence[tuple[str, str]]  # cap, what it does


def bind_keys(widget: tk.Misc, keys: Mapping[str, Callable[[], object]]) -> None:
    """``{"Shift-Up": act}``; the key goes no further."""
    for name, act in keys.items():
        widget.bind(f"<{name}>", lambda event, act=act: _done(act))  # type: ignore[misc]


def _done(act: Callable[[], object]) -> str:
    act()
    return "break"


class KeyHelp(ttk.Frame):
    """The keys one below the other."""

    def __init__(self, parent: tk.Misc, keys: Keys) -> None:
        super().__init__(parent, style="Plain.TFrame")
        self.columnconfigure(1, weight=1)
        for row, (cap, words) in enumerate(keys):
            ttk.Label(self, text=say(cap), style="Card.TLabel", font=look.TEXT_BOLD).grid(
                row=row, column=0, sticky="w", padx=(0, look.px(12)), pady=look.px(2)
            )
            ttk.Label(self, text=say(words), style="Card.TLabel").grid(row=row, column=1, sticky="w")


class PageCard(ttk.Frame):
    """The keys over the page, until ``close`` or a click."""

    def __init__(self, work: tk.Misc, title: str, keys: Keys) -> None:
        super().__init__(work, style="Card.TFrame", padding=look.px(20))
        ttk.Label(self, text=say(title), style="Card.Title.TLabel").grid(row=0, column=0, columnspan=2, sticky="w")
        half = -(-len(keys) // 2)
        for column, part in enumerate((keys[:half], keys[half:])):
            KeyHelp(self, part).grid(row=1, column=column, sticky="nw", padx=(look.px(28) if column else 0, 0),
                                     pady=(look.px(10), 0))  # fmt: skip
        for widget in (self, *self.winfo_children()):
            widget.bind("<Button-1>", lambda event: self.destroy())
        self.place(relx=0.5, rely=0.5, anchor="center")
        self.lift()


class Card:
    """The card of a page: there or not."""

    def __init__(self, page: tk.Misc, title: str, keys: Keys) -> None:
        self._page, self._title, self._keys = page, title, keys
        self._card: PageCard | None = None

    def toggle(self) -> None:
        """All keys on one card, or away with it."""
        if not self.close():
            self._card = PageCard(self._page, self._title, self._keys)

    def close(self) -> bool:
        """Away with it; False where it was not there."""
        there = self._card is not None and bool(self._card.winfo_exists())
        if self._card is not None and there:
            self._card.destroy()
        self._card = None
        return there
