"""Asks for a reason over the work: why something signed is changed; without a reason nothing is done."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from kiosk.core.words import N_, say
from kiosk.ui import buttons, look
from kiosk.ui.fields import TextField


class ReasonCard(tk.Frame):
    """``sign(reason)`` is called with what was written; Esc closes it and nothing happens."""

    def __init__(
        self, work: tk.Misc, sign: Callable[[str], object], closed: Callable[[], object], *,
        question: str = N_("Why is the signed finding changed?"),
        note: str = N_("The earlier version stays readable; the page names the reason."), act: str = N_("Sign again"),
    ) -> None:  # fmt: skip
        super().__init__(work, bg=look.GROUND)
        self._sign, self._closed = sign, closed
        self._before = work.focus_get() if work.focus_displayof() is not None else None
        card = ttk.Frame(self, style="Card.TFrame", padding=look.px(28))
        ttk.Label(card, text=say(question), style="Card.Title.TLabel").pack(anchor="w")
        ttk.Label(card, text=say(note), style="Card.TLabel").pack(anchor="w", pady=(look.px(12), look.px(8)))
        self.field = TextField(card, "", width=52, card=True)
        self.field.pack(fill="x", pady=(0, look.px(24)))
        row = ttk.Frame(card, style="Plain.TFrame")
        row.pack(anchor="w")
        self.sign_button = buttons.primary(row, act, self.sign)
        self.back_button = buttons.secondary(row, N_("Back"), self.close)
        self.sign_button.pack(side="left", padx=(0, look.px(16)))
        self.back_button.pack(side="left")
        card.place(relx=0.5, rely=0.42, anchor="center")
        self.place(relx=0, rely=0, relwidth=1, relheight=1)
        self.lift()
        self.field.entry.bind("<Return>", lambda event: self.sign())
        # Tab goes round inside: what lies under it can't be reached.
        ring = [self.field.entry, self.sign_button, self.back_button]
        for widget, after in zip(ring, [*ring[1:], ring[0]], strict=True):
            widget.bind("<Tab>", lambda event, to=after: self._to(to))  # type: ignore[misc]
            after.bind("<Shift-Tab>", lambda event, to=widget: self._to(to))  # type: ignore[misc]
        self.field.focus()

    def sign(self) -> str:
        """Sign with the reason that was written."""
        reason = self.field.get()
        if not reason:
            self.field.wrong(N_("Please write the reason."))
            return "break"
        self.close()
        self._sign(reason)
        return "break"

    def close(self) -> None:
        """Back to the finding."""
        before = self._before
        self.destroy()
        if before is not None and before.winfo_exists():
            before.focus_set()
        self._closed()

    @staticmethod
    def _to(widget: tk.Misc) -> str:
        widget.focus_set()
        return "break"
