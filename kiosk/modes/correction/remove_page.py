"""What a correction put away goes for good, long after: what it is, and the PIN of a second person."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence
from kiosk.modes.correction import rules
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, TextField
from kiosk.ui.shell import Choice, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [Column("what", N_("Field"), 220), Column("value", N_("Value"), 420, stretch=True)]


class RemovePage(ttk.Frame):
    """``over()`` when it is asked for."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, over: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._over = shell, desk, over
        self.correction: Any = None
        gap = look.px(12)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.table = Table(self, COLUMNS, lines=8)
        self.table.grid(row=0, column=0, sticky="nsew")
        foot = ttk.Frame(self)
        foot.grid(row=1, column=0, sticky="w", pady=(gap, 0))
        self.second = ChoiceField(foot, N_("Second person"), {}, width=16)
        self.pin = TextField(foot, N_("PIN of the second person"), width=16, limit=64, secret=True)
        self.second.grid(row=0, column=0)
        self.pin.grid(row=0, column=1, padx=(gap, 0))
        self.pin.entry.bind("<Return>", lambda event: self.ask())

    def open(self, correction: Any) -> None:
        self.correction = correction
        self.table.show([Row(*each) for each in rules.put_away(correction, self._desk.settings.quarantine_days)])
        self.pin.set("")
        self.second.set("")
        self._desk.people().then(self._people, self._shell.problem.fault)
        self.second.focus()

    def ask(self) -> None:
        """The consequence is told, the safe answer stands first."""
        if not self.second.get() or not self.pin.get():
            self._shell.problem.look(N_("A second person must confirm it."))
            (self.pin if self.second.get() else self.second).focus()
            return
        told = N_("{n} files under the wrong person ({before}) are deleted. This can't be taken back.")
        who = f"{self.correction.before.patient_id} {self.correction.before.shown_name}"
        choices = [
            Choice(N_("No, keep them")),
            Choice(N_("Delete for good"), self._remove, dangerous=True),
        ]
        values = {"n": self.correction.images, "before": who}
        self._shell.ask(N_("Delete what was put away?"), Sentence(told, values), choices)

    def _people(self, names: list[str]) -> None:
        if self.winfo_exists():
            self.second.offer({each: each for each in names})

    def _remove(self) -> None:
        def failed(why: Any) -> None:
            if self.winfo_exists():
                self.pin.set("")
                self.pin.focus()
                self._shell.top.bell()
                self._shell.problem.fault(why)

        asked = self._desk.remove(self.correction.id, self.second.get(), self.pin.get())
        asked.then(lambda _: self.winfo_exists() and self._over(), failed)
