"""What happened to an operation: a line for each change, the marked one in full below."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.operation import Operation
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.theatre import rules
from kiosk.ui import look
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("at", N_("When"), 170), Column("by", N_("Who"), 120), Column("what", N_("What"), 110),
    Column("facts", N_("From what to what"), 480, stretch=True), Column("reason", N_("Reason"), 170),
]  # fmt: skip


class HistoryPage(ttk.Frame):
    """The newest change is marked first."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.told = ttk.Label(self, style="Title.TLabel")
        self.told.grid(row=0, column=0, sticky="w", pady=(0, look.px(8)))
        self.table = Table(self, COLUMNS, empty=N_("Nothing happened to it."), on_select=self._marked)
        self.table.grid(row=1, column=0, sticky="nsew")
        self._rows: dict[str, tuple[str, ...]] = {}
        self.full = ttk.Label(self, style="Card.TLabel", padding=look.px(12), justify="left", anchor="nw")
        self.full.grid(row=2, column=0, sticky="ew", pady=(look.px(8), 0))
        self.full.bind("<Configure>", lambda event: self.full.configure(wraplength=max(200, event.width - look.px(28))))

    def show(self, operation: Operation, changes: Sequence[Any]) -> None:
        """It stands in front now, with these changes, oldest first."""
        told = Sentence(N_("Operation of {name}, {day} {at}"), rules.values_of(operation))
        self.told.configure(text=say(told))
        self._rows = {str(at): rules.change_cells(each) for at, each in enumerate(changes)}
        self.table.show([])
        self.table.show([Row(key, cells) for key, cells in self._rows.items()])
        self.full.configure(text="")
        if self._rows:
            self.table.select(list(self._rows)[-1])
        self.table.focus_set()

    def _marked(self, key: str) -> None:
        self.full.configure(text="  ".join(part for part in self._rows.get(key, ())[2:] if part))
