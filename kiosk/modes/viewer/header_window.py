"""The header of a file as lines that can be searched."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from kiosk.core.words import N_, Sentence
from kiosk.modes.viewer import rules
from kiosk.ui import look
from kiosk.ui.fields import TextField
from kiosk.ui.table import Column, Row, Table

COLUMNS = (
    Column("tag", N_("Tag"), 190),
    Column("keyword", N_("Element"), 330),
    Column("vr", N_("VR"), 60),
    Column("value", N_("Value"), 520, stretch=True),
)


class HeaderView(ttk.Frame):
    """``show(lines)`` once per file; what is typed in the search field leaves the lines that hold every word of it."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent)
        self._lines: Sequence[tuple[str, str, str, str, int]] = ()
        self.columnconfigure(1, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = TextField(self, N_("Search in the header"), width=34)
        self.search.grid(row=0, column=0, sticky="w", pady=(0, look.px(12)))
        self.search.on_change(self._fill)
        self.file = ttk.Label(self)
        self.file.grid(row=0, column=1, sticky="sw", padx=look.px(12), pady=(0, look.px(24)))
        self.table = Table(self, COLUMNS, empty=N_("No line holds these words."))
        self.table.grid(row=1, column=0, columnspan=2, sticky="nsew")
        for sequence in ("<Down>", "<Return>"):
            self.search.entry.bind(sequence, lambda event: self._to_table())

    def show(self, name: str, lines: Sequence[tuple[str, str, str, str, int]]) -> None:
        """Show the lines of a file: tag, keyword, VR, value, depth."""
        self._lines = lines
        self.file.configure(text=str(Sentence(N_("{name}: {count} lines"), {"name": name, "count": len(lines)})))
        self._fill()
        self.search.focus()

    def clear(self) -> None:
        self._lines = ()
        self.file.configure(text="")
        self.table.show([])

    def _fill(self) -> None:
        self.table.show([Row(key, cells) for key, cells in rules.header_lines(self._lines, self.search.get())])

    def _to_table(self) -> str:
        self.table.focus_set()
        return "break"
