"""Lists of the correction window: studies to choose from, corrections with their state, who is still to be asked."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_
from kiosk.modes.correction import rules
from kiosk.ui import look
from kiosk.ui.fields import DateField, TextField
from kiosk.ui.shell import Shell
from kiosk.ui.table import Column, Row, Table

STUDIES = [
    Column("day", N_("Date"), 130),
    Column("id", N_("Patient ID"), 150),
    Column("name", N_("Name"), 220, stretch=True),
    Column("modality", N_("Modality"), 110),
    Column("description", N_("Examination"), 220, stretch=True),
    Column("images", N_("Images"), 90, right=True),
]
CORRECTIONS = [
    Column("at", N_("Time"), 160),
    Column("before", N_("Taken as"), 180, stretch=True),
    Column("after", N_("Corrected to"), 180, stretch=True),
    Column("images", N_("Images"), 60, right=True),
    Column("state", N_("State"), 190),
    Column("reason", N_("Why"), 140),
    Column("by", N_("By"), 220),
]
TO_DO = [
    Column("at", N_("Since"), 160),
    Column("whom", N_("Whom"), 180),
    Column("what", N_("What is to be asked"), 280, stretch=True),
    Column("who", N_("Of whom"), 200, stretch=True),
    Column("images", N_("Images"), 90, right=True),
    Column("way", N_("How"), 140),
]


class StudiesPage(ttk.Frame):
    """Of a day, or by what is typed."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object], opened: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._shell, self._desk = shell, desk
        self._studies: dict[str, Any] = {}
        self._asked = 0
        gap = look.px(12)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        head = ttk.Frame(self)
        head.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        self.search = TextField(head, N_("ID, name or accession number"), width=28)
        self.search.grid(row=0, column=0, padx=(0, gap))
        self.search.entry.bind("<Return>", lambda event: self.refresh())
        self.day = DateField(head, N_("Day of the images"), desk.today())
        self.day.grid(row=0, column=1)
        self.day.entry.bind("<Return>", lambda event: self.refresh())
        self.table = Table(
            self, STUDIES, empty=N_("No images of this day."), on_select=lambda key: changed(),
            on_choose=lambda key: opened(),
        )  # fmt: skip
        self.table.grid(row=1, column=0, sticky="nsew")

    @property
    def marked(self) -> Any:
        return self._studies.get(self.table.selected)

    def refresh(self) -> None:
        self._asked += 1
        mine = self._asked

        def show(found: list[Any]) -> None:
            if self.winfo_exists() and mine == self._asked:
                self._studies = {str(each.id): each for each in found}
                self.table.show([Row(key, rules.study_cells(each)) for key, each in self._studies.items()])

        day = self.day.day() or self._desk.today()
        self._desk.studies(day, self.search.get()).then(show, self._shell.problem.fault)


class CorrectionsPage(ttk.Frame):
    """What was asked for, newest first."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._changed = shell, desk, changed
        self.found: dict[str, Any] = {}
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.table = Table(self, CORRECTIONS, empty=N_("Nothing was corrected yet."), on_select=self._selected)
        self.table.grid(row=0, column=0, sticky="nsew")

    @property
    def marked(self) -> Any:
        return self.found.get(self.table.selected)

    def show(self, found: list[Any]) -> None:
        self.found = {str(each.id): each for each in found}
        self.table.show(
            [Row(key, rules.correction_cells(each), rules.correction_state(each)) for key, each in self.found.items()]
        )
        self._changed()

    def _selected(self, key: str) -> None:
        if self.marked is not None:
            level = "stop" if self.marked.error else "look" if self.marked.places else "plain"
            getattr(self._shell.problem, level)(rules.correction_words(self.marked))
        self._changed()


class ToDoPage(ttk.Frame):
    """Destinations that had the images and heed no note of ours; reports that may show them."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._changed = shell, desk, changed
        self.found: dict[str, Any] = {}
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.table = Table(self, TO_DO, empty=N_("Nobody is to be asked."), on_select=lambda key: changed())
        self.table.grid(row=0, column=0, sticky="nsew")

    @property
    def marked(self) -> Any:
        return self.found.get(self.table.selected)

    def show(self, found: list[Any]) -> None:
        self.found = {str(tell.id): tell for tell, _ in found}
        self.table.show([Row(str(tell.id), rules.to_do_cells(tell, of), "look") for tell, of in found])
        self._changed()
