"""The card of all keys, over the pictures until any key is pressed."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from kiosk.core.words import N_, say
from kiosk.ui import look


class KeyCard(ttk.Frame):
    """``card``: caps and words. Closed by Esc, Return, F10 or a click."""

    def __init__(self, work: tk.Misc, card: Sequence[tuple[str, str]], closed: Callable[[], object]) -> None:
        super().__init__(work, style="Card.TFrame", padding=look.px(20), takefocus=True)
        self._closed = closed
        ttk.Label(self, text=say(N_("Keys of the viewer")), style="Card.Title.TLabel").grid(
            row=0, column=0, columnspan=4, sticky="w", pady=(0, look.px(12))
        )
        half = -(-len(card) // 2)
        between = look.px(5 if half <= 12 else 1)  # all of them at 800 lines
        for number, (caps, words) in enumerate(card):
            row, column = 1 + number % half, number // half * 2
            ttk.Label(self, text=caps, style="Card.TLabel", font=look.TEXT_BOLD).grid(
                row=row, column=column, sticky="w", padx=(look.px(28) if column else 0, look.px(16)), pady=between
            )
            ttk.Label(self, text=words, style="Card.TLabel").grid(row=row, column=column + 1, sticky="w")
        ttk.Label(self, text=say(N_("F5: change keys   F9: print this card")), style="Card.TLabel",
                  foreground=look.SECONDARY).grid(row=2 + half, column=0, columnspan=4, sticky="w",
                                                  pady=(look.px(8), 0))  # fmt: skip
        self.place(relx=0.5, rely=0.5, anchor="center")
        self.lift()
        self.focus_set()
        for sequence in ("<Return>", "<Button-1>"):
            self.bind(sequence, lambda event: self.close())

    def close(self) -> None:
        """Back to the pictures."""
        self.destroy()
        self._closed()
