"""The figures by which guidance computes levels and points: shown as a list, changed one by one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import look
from kiosk.ui.fields import NumberField
from kiosk.ui.shell import Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [Column("name", N_("Figure"), 600, stretch=True), Column("value", N_("Value"), 160, right=True)]


class FiguresPage(ttk.Frame):
    """``desk`` is that of guidance. Return in the list goes to the field, Return in the field keeps the figure."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any) -> None:
        super().__init__(parent)
        self._shell, self._desk = shell, desk
        self._figures: dict[str, Any] = {}
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.table = Table(self, COLUMNS, on_select=self._mark, on_choose=lambda key: self.value.focus())
        self.table.grid(row=0, column=0, sticky="nsew")
        self.value = NumberField(self, N_("Value"), width=12, limit=7, allowed=".")
        self.value.grid(row=1, column=0, sticky="w", pady=(look.px(8), 0))
        self.value.entry.bind("<Return>", lambda event: self.save())

    def opened(self) -> None:
        """It stands in front now."""
        self._desk.figures().then(self._show, self._shell.problem.fault)
        self.table.focus_set()

    def save(self) -> None:
        """F5: the figure is kept, for every station."""
        key = self.table.selected
        if not key:
            self._shell.problem.look(N_("Mark a figure first."))
            return

        def saved(found: Sequence[Any]) -> None:
            if self.winfo_exists():
                self._show(found)
                self._shell.problem.done(Sentence(N_("Kept: {name}"), {"name": self._figures[key].name}))
                self.table.focus_set()

        self._desk.set_figure(key, self.value.get()).then(saved, self._shell.problem.fault)

    def _show(self, found: Sequence[Any]) -> None:
        if self.winfo_exists():
            self._figures = {each.key: each for each in found}
            self.table.show([Row(key, [say(each.name), each.value]) for key, each in self._figures.items()])
            if not self.table.selected and found:
                self.table.select(found[0].key)

    def _mark(self, key: str) -> None:
        self.value.set(self._figures[key].value if key in self._figures else "")
