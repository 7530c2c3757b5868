"""The page of what was refused: which device, what happened, what to do, how often."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from kiosk.core.words import N_
from kiosk.modes.gateway import rows, rules
from kiosk.ui.shell import Key
from kiosk.ui.table import Table


class TroublesPage:
    """A chosen row is told in full in the problem line."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._view = rules.Overview()
        self._wanted = ""
        self.frame = ttk.Frame(parent)
        self.frame.columnconfigure(0, weight=1)
        self.frame.rowconfigure(0, weight=1)
        self.troubles = Table(self.frame, rows.TROUBLES, empty=N_("Nothing was refused."), on_select=self._tell)
        self.troubles.grid(row=0, column=0, sticky="nsew")

    def keys(self) -> list[Key]:
        return []

    def shown(self) -> None:
        self.troubles.focus_set()

    def refresh(self) -> None:
        """The window's overview is all it shows."""

    def take(self, view: rules.Overview) -> None:
        self._view = view
        found = rows.trouble_rows(view, self._window.desk.today().isoformat())
        self.troubles.show(rows.that_fit(found, self._wanted))

    def search(self, text: str) -> None:
        self._wanted = text
        self.take(self._view)

    def back(self) -> bool:
        return False

    def _tell(self, key: str) -> None:
        row = self.troubles.row(key)
        if row is not None:
            self._window.shell.problem.look(f"{row.cells[2]} {row.cells[3]}")
