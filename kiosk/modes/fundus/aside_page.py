"""Files that came and were not taken, with the reason of each."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.modes.fundus import rules
from kiosk.ui import look
from kiosk.ui.shell import Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("at", N_("Time"), 130),
    Column("name", N_("File"), 300),
    Column("source", N_("From"), 160),
    Column("why", N_("Reason"), 400, stretch=True),
]


class AsidePage(ttk.Frame):
    """Looking only: the files lie in a folder of this PC."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any) -> None:
        super().__init__(parent)
        self._shell, self._desk = shell, desk
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        told = N_("These files are no whole pictures. Have the camera send them again; they lie aside on this PC.")
        label = ttk.Label(self, text=say(told), wraplength=look.px(1180))
        label.grid(row=0, column=0, sticky="w", pady=(0, look.px(12)))
        self.table = Table(self, COLUMNS, empty=N_("Every file that came was a picture."), on_select=self._in_full)
        self.table.grid(row=1, column=0, sticky="nsew")

    def opened(self) -> None:
        """It stands in front now."""
        self.table.focus_set()

        def show(found: Sequence[Any]) -> None:
            if self.winfo_exists():
                self.table.show([Row(each["file"], rules.aside_cells(each), "look") for each in found])

        self._desk.asides().then(show, self._shell.problem.fault)

    def _in_full(self, key: str) -> None:
        row = self.table.row(key)
        if row is not None:
            self._shell.problem.look(row.cells[-1])
