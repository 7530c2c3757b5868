"""The page of what was refused: which device, what happened, what to do, how often; F4: what is said with a device."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from kiosk.core.words import N_
from kiosk.modes.gateway import rows, rules
from kiosk.modes.gateway.traffic_section import TrafficSection
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
        self.traffic = TrafficSection(self.frame, window)
        self.watching = False
        self._show()

    def keys(self) -> list[Key]:
        turn = Key("F4", N_("What was refused") if self.watching else N_("Watch traffic"), self.turn_round)
        return [turn, *(self.traffic.keys() if self.watching else [])]

    def shown(self) -> None:
        (self.traffic if self.watching else self.troubles).focus_set()

    def refresh(self) -> None:
        """What was refused stands in the window's overview."""
        if self.watching:
            self.traffic.refresh()

    def take(self, view: rules.Overview) -> None:
        self._view = view
        found = rows.trouble_rows(view, self._window.desk.today().isoformat())
        self.troubles.show(rows.that_fit(found, self._wanted))

    def search(self, text: str) -> None:
        self._wanted = text
        self.take(self._view)
        self.traffic.search(text)

    def back(self) -> bool:
        if not self.watching:
            return False
        self.turn_round()
        return True

    def turn_round(self) -> None:
        """F4."""
        self.watching = not self.watching
        self._show()
        self.refresh()
        self._window.keys_changed()
        self.shown()

    def _show(self) -> None:
        hidden, shown = (self.troubles, self.traffic.frame) if self.watching else (self.traffic.frame, self.troubles)
        hidden.grid_remove()
        shown.grid(row=0, column=0, sticky="nsew")

    def _tell(self, key: str) -> None:
        row = self.troubles.row(key)
        if row is not None:
            self._window.shell.problem.look(f"{row.cells[2]} {row.cells[3]}")
