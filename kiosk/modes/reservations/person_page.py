"""The bookings of one person: found by ID, name or kana, and shown in the calendar by Return."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.reservations import rules
from kiosk.ui import look
from kiosk.ui.dates import day_text
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("day", N_("Date"), 150), Column("at", N_("Time"), 80), Column("kind", N_("Kind of reservation"), 150),
    Column("state", N_("State"), 100), Column("kana", N_("Kana"), 150), Column("name", N_("Name"), 140),
    Column("id", N_("Patient ID"), 110), Column("born", N_("Birth date"), 120),
    Column("comment", N_("Comment"), 120, stretch=True),
]  # fmt: skip


class PersonPage(ttk.Frame):
    """``go_to(booking)`` shows a booking in the calendar."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, go_to: Callable[[Any], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._go_to = shell, desk, go_to
        self._found: dict[str, Any] = {}
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.told = ttk.Label(self)
        self.told.grid(row=0, column=0, sticky="w", pady=(0, look.px(12)))
        self.table = Table(self, COLUMNS, empty=N_("No booking is known."), on_choose=lambda key: self.show())
        self.table.grid(row=1, column=0, sticky="nsew")

    def keys(self) -> list[Key]:
        return [Key("F5", N_("Show in the calendar"), self.show)]

    def opened(self, text: str, names: dict[str, str]) -> None:
        """It stands in front now, for whoever ``text`` means; ``names`` of the kinds by their codes."""
        self.told.configure(text=say(Sentence(N_("Bookings of {text}, from a year ago on"), {"text": text})))
        self._found = {}
        self.table.show([])
        self.table.focus_set()
        today = self._desk.today()

        def show(found: Any) -> None:
            if not self.winfo_exists():
                return
            self._found = {str(each.id): each for each in found}
            self.table.show([
                Row(key, rules.person_cells(each, day_text(each.day), names.get(each.kind, each.kind)),
                    "done" if each.slot and each.day >= today else "") for key, each in self._found.items()
            ])  # fmt: skip
            coming = [key for key, each in self._found.items() if each.slot and each.day >= today]
            if coming:
                self.table.select(coming[0])

        self._desk.find(text).then(show, self._shell.problem.fault)

    def show(self) -> None:
        """F5, Return: the marked booking in the calendar."""
        booking = self._found.get(self.table.selected)
        if booking is None:
            self._shell.problem.look(N_("Mark a booking first."))
        else:
            self._go_to(booking)
