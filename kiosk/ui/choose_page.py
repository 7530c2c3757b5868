"""Who is examined: the day's list of this room; by scan, typed number, or a row."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core import taken_words
from kiosk.core.words import N_, Sentence
from kiosk.ui import buttons, look
from kiosk.ui.fields import DateField, TextField
from kiosk.ui.shell import Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("at", N_("Time"), 80),
    Column("number", N_("Number"), 150),
    Column("kana", N_("Kana"), 200),
    Column("name", N_("Name"), 190),
    Column("age", N_("Sex, age"), 110),
    Column("exam", N_("Examination"), 220, stretch=True),
]


class ChoosePage(ttk.Frame):
    """``chosen(listed)`` is called with a row; ``nobody()`` where nobody is known yet (None: that is not offered)."""

    def __init__(
        self,
        parent: tk.Misc,
        shell: Shell,
        desk: Any,
        chosen: Callable[[Any], object],
        nobody: Callable[[], object] | None,
    ) -> None:
        super().__init__(parent)
        self._shell, self._desk = shell, desk
        self._chosen = chosen
        self._listed: dict[str, Any] = {}
        gap = look.px(12)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        head = ttk.Frame(self)
        head.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        head.columnconfigure(2, weight=1)
        self.number = TextField(head, N_("Check-up number or patient ID"), width=24)
        self.number.grid(row=0, column=0, sticky="sw", padx=(0, gap))
        self.number.entry.bind("<Return>", lambda event: self._typed())
        self.day = DateField(head, N_("Day"))
        self.day.grid(row=0, column=1, sticky="sw")
        self.day.entry.bind("<Return>", lambda event: self.refresh())
        if nobody is not None:
            buttons.secondary(head, N_("Begin without a name"), nobody).grid(row=0, column=3, sticky="se")
        self.table = Table(self, COLUMNS, empty=N_("Nobody is to be examined here on this day."),
                           on_choose=self._row_chosen)  # fmt: skip
        self.table.grid(row=1, column=0, sticky="nsew")

    def opened(self) -> None:
        """It stands in front now."""
        self.day.set_day(self._desk.today())
        self.number.set("")
        self.refresh()
        self._shell.give_focus(self.number.entry)

    def refresh(self) -> None:
        """Read the list anew."""
        day = self.day.day() or self._desk.today()

        def show(found: Sequence[Any]) -> None:
            if not self.winfo_exists():
                return
            self._listed = {str(at): each for at, each in enumerate(found)}
            self.table.show([Row(key, taken_words.listed_cells(each, day)) for key, each in self._listed.items()])
            if found and found[0].seen_at:
                told = N_("The list can't be asked for: this is what this PC saw at {at}.")
                self._shell.problem.look(Sentence(told, {"at": found[0].seen_at[11:16]}))

        self._desk.day(day).then(show, self._shell.problem.fault)

    def take(self) -> None:
        """The row that is marked, or the number that was typed."""
        if self.number.get().strip():
            self._typed()
        elif self.table.selected in self._listed:
            self._row_chosen(self.table.selected)
        else:
            self._shell.problem.look(N_("Scan the barcode, type the number or mark a row."))

    def look_up(self, code: str, *, scanned: bool) -> None:
        """A code was scanned, or a number typed."""
        day = self.day.day() or self._desk.today()

        def failed(why: Any) -> None:
            if self.winfo_exists():
                self._shell.top.bell()
                self._shell.problem.fault(why)

        self._desk.find(code, day, scanned=scanned).then(self._chosen, failed)

    def _typed(self) -> None:
        if self.number.get().strip():
            self.look_up(self.number.get(), scanned=False)

    def _row_chosen(self, key: str) -> None:
        if key in self._listed:
            self._chosen(self._listed[key])
