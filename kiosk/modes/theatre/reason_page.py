"""Why: one of the usual reasons, or one's own words."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import look
from kiosk.ui.fields import TextField
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

Words = str | Sentence


class ReasonPage(ttk.Frame):
    """Nothing happens before a reason stands there and F5 or Return is pressed; Esc is the safe way out."""

    def __init__(self, parent: tk.Misc, shell: Shell) -> None:
        super().__init__(parent)
        self._shell = shell
        self._act: Words = ""
        self._do: Callable[[str], object] = lambda reason: None
        self.columnconfigure(0, weight=1)
        self.rowconfigure(3, weight=1)
        gap = look.px(12)
        self.question = ttk.Label(self, style="Title.TLabel", wraplength=look.px(1100), justify="left")
        self.question.grid(row=0, column=0, sticky="w")
        self.consequence = ttk.Label(self, wraplength=look.px(1100), justify="left")
        self.consequence.grid(row=1, column=0, sticky="w", pady=(gap, gap))
        self.reason = TextField(self, N_("Reason"), width=60, limit=200)
        self.reason.grid(row=2, column=0, sticky="ew", pady=(0, gap))
        self.reason.entry.bind("<Return>", lambda event: self.act())
        self.reason.entry.bind("<Down>", lambda event: self._to_list())
        self.table = Table(self, [Column("reason", N_("Usual reasons"), 400, stretch=True)],
                           on_select=self._picked, on_choose=lambda key: self.act())  # fmt: skip
        self.table.grid(row=3, column=0, sticky="nsew")

    def opened(
        self, question: Words, consequence: Words, reasons: Sequence[str], act: Words, do: Callable[[str], object]
    ) -> None:  # fmt: skip
        """It stands in front now; ``do(reason)`` is what F5 does then, ``act`` its words."""
        self._act, self._do = act, do
        self.question.configure(text=say(question))
        self.consequence.configure(text=say(consequence))
        self.table.show([])
        self.table.show([Row(each, (each,)) for each in reasons])
        self.reason.set("")
        self.reason.wrong()
        self.reason.focus()

    def keys(self) -> list[Key]:
        return [Key("F5", self._act, self.act)]

    def act(self) -> None:
        """F5, Return."""
        reason = self.reason.get()
        if reason:
            self._do(reason)
        else:
            self.reason.wrong(N_("missing"))
            self._shell.problem.look(N_("A reason is needed: choose one below, or type your own."))
            self.reason.focus()

    def _picked(self, key: str) -> None:
        if key:
            self.reason.set(key)

    def _to_list(self) -> str:
        self.table.focus_set()
        if not self.table.selected and self.table.shown_keys:
            self.table.select(self.table.shown_keys[0])
        return "break"
