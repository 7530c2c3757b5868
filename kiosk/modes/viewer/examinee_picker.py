"""Whose something is: by scan, or typed in part and chosen from those that fit."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.visit import Visit
from kiosk.core.words import N_, Sentence
from kiosk.ui import look
from kiosk.ui.dates import day_text
from kiosk.ui.fields import TextField
from kiosk.ui.shell import Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = (
    Column("name", N_("Name"), 150, stretch=True),
    Column("kana", N_("Kana"), 150, stretch=True),
    Column("born", N_("Birth date"), 150),
    Column("id", N_("ID"), 110),
)


class ExamineePicker(ttk.Frame):
    """``ask(text, exact=...)`` gives the Answer, ``chosen(visit)`` is told of the one that is meant."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, ask: Callable[..., Any], chosen: Callable[[Visit], object], lines: int = 3
    ) -> None:
        super().__init__(parent)
        self._shell, self._ask, self._chosen = shell, ask, chosen
        self._found: dict[str, Visit] = {}
        self._asked = 0
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = TextField(self, N_("Examinee: scan, or type name or ID"), width=24)
        self.search.grid(row=0, column=0, sticky="ew")
        self.search.entry.bind("<Return>", lambda event: self.look_for(self.search.get()))
        self.search.entry.bind("<Down>", lambda event: self.table.focus_set())
        self.table = Table(self, COLUMNS, empty=N_("No examinee found."), lines=lines,
                           on_choose=lambda key: self._take(self._found[key]))  # fmt: skip

    def look_for(self, text: str, *, exact: bool = False) -> str:
        """Who fits? One is taken at once, of several one is chosen."""
        self._asked += 1
        asked = self._asked

        def came(found: Sequence[Visit]) -> None:
            if not self.winfo_exists() or asked != self._asked:
                return
            if len(found) == 1:
                self._take(found[0])
            elif exact and not found:
                self._shell.top.bell()
                self._shell.problem.look(Sentence(N_("Nobody has the number {number}."), {"number": text}))
            else:
                self._offer(found)

        if text.strip():
            self._ask(text.strip(), exact=exact).then(came, self._shell.problem.fault)
        return "break"

    def clear(self) -> None:
        """Nobody is looked for."""
        self.search.set("")
        self.table.grid_remove()

    def _offer(self, found: Sequence[Visit]) -> None:
        self._found = {str(visit.id): visit for visit in found}
        cells = {
            key: (each.patient.kanji or each.patient.romaji, each.patient.kana,
                  day_text(each.patient.birth_date) if each.patient.birth_date else "", each.patient.patient_id)
            for key, each in self._found.items()
        }  # fmt: skip
        self.table.show([Row(key, each) for key, each in cells.items()])
        self.table.grid(row=1, column=0, sticky="nsew", pady=(look.px(8), 0))
        if found:
            self.table.select(str(found[0].id))
            self._shell.give_focus(self.table.tree)

    def _take(self, visit: Visit) -> None:
        self.clear()
        self._chosen(visit)
