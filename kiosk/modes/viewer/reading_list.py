"""The list of a reading page: search by name or number, counted, chosen by Return."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.kana import full_kana
from kiosk.core.words import N_, say
from kiosk.ui import look
from kiosk.ui.fields import TextField
from kiosk.ui.key_line import Key
from kiosk.ui.table import Column, Row, Table

FINDING_COLUMNS = (
    Column("day", N_("Day"), 124),
    Column("number", N_("Number"), 130),
    Column("name", N_("Name"), 180, stretch=True),
    Column("kana", N_("Kana"), 190, stretch=True),
    Column("person", N_("Sex and age"), 100),
    Column("pictures", N_("Pictures"), 64, right=True),
    Column("state", N_("Finding"), 120),
    Column("category", N_("Category"), 100),
)
STATES = {
    "none": N_("not read"), "draft": N_("draft"), "first": N_("first read"), "differs": N_("disagreement"),
    "signed": N_("signed"), "amended": N_("amended"),
}  # fmt: skip
SEXES = {"M": N_("M"), "F": N_("F"), "O": N_("X")}


def person_text(line: Any) -> str:
    """``M 55``."""
    sex = say(SEXES[line.sex]) if line.sex in SEXES else ""
    return " ".join(part for part in (sex, str(line.age) if line.age is not None else "") if part)


def finding_row(line: Any) -> Row:
    """A line with the state of its finding."""
    looks = {"draft": "look", "first": "look", "differs": "stop", "signed": "done", "amended": "done"}
    state = looks.get(line.finding, "")
    cells = (line.day.isoformat(), line.number, line.name, line.kana, person_text(line), str(line.pictures or ""),
             say(STATES.get(line.finding, "")), line.category)  # fmt: skip
    return Row(str(line.visit), cells, state)


class ReadingList(ttk.Frame):
    """``chosen(visit)`` by Return or double click; ``lines`` are all there are, ``show`` narrows them by the search."""

    def __init__(
        self, parent: tk.Misc, columns: Sequence[Column], empty: str, chosen: Callable[[int], object],
        moved: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.lines: Sequence[Any] = ()
        self._as_row: Callable[[Any], Row] | None = None
        self.columnconfigure(1, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = TextField(self, N_("Search by name or ID, or scan the check-up number"), width=30)
        self.heading = ttk.Label(self, style="Title.TLabel")
        self.table = Table(self, columns, empty=empty, on_choose=lambda key: chosen(int(key)),
                           on_select=lambda key: moved())  # fmt: skip
        self.search.grid(row=0, column=0, sticky="sw", pady=(0, look.px(8)))
        self.heading.grid(row=0, column=1, sticky="sw", padx=look.px(16), pady=(0, look.px(16)))
        self.table.grid(row=1, column=0, columnspan=2, sticky="nsew")
        self.search.on_change(self._fill)
        for sequence in ("<Return>", "<Down>"):
            self.search.entry.bind(sequence, lambda event: self._into_table())

    def keys(self, words: str, begin: Callable[[], object], back: Callable[[], object]) -> list[Key]:
        """The key line of a page whose list is in front."""
        return [Key("F2", N_("Examinee"), self.search.focus), Key("F5", words, begin), Key("Esc", N_("Back"), back)]

    def show(self, lines: Sequence[Any], as_row: Callable[[Any], Row], heading: str) -> None:
        """Show these; the selected one stays selected, else the first is."""
        self.lines, self._as_row = lines, as_row
        self.heading.configure(text=heading)
        self._fill()

    @property
    def selected(self) -> Any:
        """The selected line, None for none."""
        return next((each for each in self.lines if str(each.visit) == self.table.selected), None)

    def following(
        self, visit: int, wanted: Callable[[Any], bool] = lambda line: True, around: bool = False
    ) -> int | None:
        """The visit of the next line after this one that is ``wanted``; ``around``: then from the beginning."""
        visits = [each.visit for each in self.lines]
        at = visits.index(visit) + 1 if visit in visits else 0
        turned = [*self.lines[at:], *(self.lines[:at] if around else ())]
        return next((each.visit for each in turned if each.visit != visit and wanted(each)), None)

    def line_of(self, visit: int) -> Any:
        """The line of a visit, None where it is not in the list."""
        return next((each for each in self.lines if each.visit == visit), None)

    def look_for(self, text: str) -> None:
        """Search for what was scanned."""
        self.search.set(text)
        self.table.focus_set()

    def _fill(self) -> None:
        if self._as_row is None:
            return
        wanted = full_kana(self.search.get().strip()).casefold()
        found = [each for each in self.lines if wanted in _words(each)]
        self.table.show([self._as_row(each) for each in found])
        if not self.table.selected and found:
            self.table.select(str(found[0].visit))

    def _into_table(self) -> str:
        self.table.focus_set()
        return "break"


def _words(line: Any) -> str:
    return f"{line.number} {line.name} {full_kana(line.kana)}".casefold()
