"""The page of who asked the worklist: what for, how many answers, and why none."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from kiosk.core.words import N_
from kiosk.modes.gateway import rows, rules
from kiosk.ui.shell import Key
from kiosk.ui.table import Table


class WorklistPage:
    """A chosen row's note is told in full in the problem line."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._view = rules.Overview()
        self._wanted = ""
        self.frame = ttk.Frame(parent)
        self.frame.columnconfigure(0, weight=1)
        self.frame.rowconfigure(0, weight=1)
        self.queries = Table(self.frame, rows.QUERIES, empty=N_("No device has asked yet."), on_select=self._tell)
        self.queries.grid(row=0, column=0, sticky="nsew")

    def keys(self) -> list[Key]:
        return []

    def shown(self) -> None:
        self.queries.focus_set()

    def refresh(self) -> None:
        """The window's overview is all it shows."""

    def take(self, view: rules.Overview) -> None:
        self._view = view
        found = rows.query_rows(view, self._window.desk.today().isoformat())
        self.queries.show(rows.that_fit(found, self._wanted))

    def search(self, text: str) -> None:
        self._wanted = text
        self.take(self._view)

    def back(self) -> bool:
        return False

    def _tell(self, key: str) -> None:
        row = self.queries.row(key)
        if row is not None and row.cells[4]:
            self._window.shell.problem.plain(row.cells[4])
