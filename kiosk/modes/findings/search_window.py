"""Findings found by what was said: words, code, category, examination, reader, period; opened or printed as a list."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.judgement import Judgement
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.findings import rules
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, DateField, TextField
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

MOST = 2000  # what the desk gives at most


def iso(field: DateField) -> str:
    """The day in the field as ISO text, empty for none."""
    day = field.day()
    return day.isoformat() if day is not None else ""


def kinds_of(judgement: Judgement) -> dict[str, str]:
    """Code and name of the kinds that have a list of their own."""
    return {kind.code: kind.name or kind.code for kind in judgement.kinds.values() if kind.code}


class SearchView(ttk.Frame):
    """``chosen(visit, kind)`` when a finding is opened; ``back()`` leaves."""

    def __init__(
        self,
        parent: tk.Misc,
        shell: Shell,
        desk: Any,
        chosen: Callable[[int, str], object],
        back: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._chosen, self._back = shell, desk, chosen, back
        self._found: dict[str, Any] = {}
        self._asked = 0
        gap = look.px(8)
        self.columnconfigure(7, weight=1)
        self.rowconfigure(1, weight=1)
        self.text = TextField(self, N_("Words of the finding"), width=20)
        self.code = TextField(self, N_("Code"), width=9)
        self.category = ChoiceField(self, N_("Category"), {"": N_("all")}, width=8)
        self.kind = ChoiceField(self, N_("Examination"), {"": N_("all")}, width=13)
        self.reader = TextField(self, N_("Reader"), width=12)
        self.since = DateField(self, N_("Day from"))
        self.until = DateField(self, N_("Day to"))
        fields = (self.text, self.code, self.category, self.kind, self.reader, self.since, self.until)
        for column, field in enumerate(fields):
            field.grid(row=0, column=column, sticky="sw", padx=(0, gap), pady=(0, gap))
        for entry in (self.text, self.code, self.reader, self.since, self.until):
            entry.entry.bind("<Return>", lambda event: self.find(), add=True)
        self.count = ttk.Label(self, foreground=look.SECONDARY)
        self.count.grid(row=0, column=7, sticky="se", pady=(0, gap))
        columns = [
            Column("day", N_("Day"), 104),
            Column("number", N_("Number"), 128),
            Column("name", N_("Name"), 140),
            Column("exam", N_("Examination"), 120),
            Column("state", N_("State"), 90),
            Column("category", N_("Cat."), 56),
            Column("codes", N_("Codes"), 130),
            Column("text", N_("Finding"), 260, stretch=True),
            Column("reader", N_("Reader"), 120),
        ]
        self.table = Table(self, columns, empty=N_("Nothing was found."), on_choose=lambda key: self.open())
        self.table.grid(row=1, column=0, columnspan=8, sticky="nsew")

    def show(self, judgement: Judgement) -> None:
        """The page is opened; what was asked last stays."""
        self.category.offer({"": N_("all"), **{each.code: each.code for each in judgement.categories}})
        self.kind.offer({"": N_("all"), **kinds_of(judgement)})
        self._shell.give_focus(self.text.entry)

    @property
    def question(self) -> dict[str, str]:
        """What is asked of the desk."""
        return {
            "text": self.text.get(), "code": self.code.get(), "category": self.category.get(), "kind": self.kind.get(),
            "reader": self.reader.get(), "since": iso(self.since), "until": iso(self.until),
        }  # fmt: skip

    def find(self) -> str:
        """F5 or Return: ask, and show what was found."""
        self._asked += 1
        asked = self._asked
        self._shell.problem.progress(N_("Searching"))

        def show(found: Any) -> None:
            if asked == self._asked and self.winfo_exists():
                self._shell.problem.progress_over()
                self._show(found)

        def failed(fault: Any) -> None:
            self._shell.problem.progress_over()
            self._shell.problem.fault(fault)

        self._desk.lists.search(**self.question).then(show, failed)
        return "break"

    def _show(self, found: Any) -> None:
        self._found = {f"{each.result.visit}:{each.result.kind}": each for each in found}
        rows = []
        for key, each in self._found.items():
            result = each.result
            readers = "・".join(name for name in (result.reader, result.second_reader) if name)
            cells = [result.day, result.number, each.kanji or each.kana, result.exam, say(rules.STATES[each.state]),
                     result.category, " ".join(result.codes), result.text.replace("\n", " "), readers]  # fmt: skip
            rows.append(Row(key, cells, rules.row_state(each.state)))
        self.table.show(rows)
        self.count.configure(text=str(Sentence(N_("{n} findings"), {"n": len(rows)})))
        if rows:
            self.table.select(rows[0].key)
            self.table.focus_set()
        if len(rows) >= MOST:
            self._shell.problem.look(Sentence(N_("Only the newest {n} are shown; narrow the search."), {"n": MOST}))

    def open(self) -> None:
        """Open the marked finding."""
        each = self._found.get(self.table.selected)
        if each is not None:
            self._chosen(each.result.visit, each.result.kind)

    def print(self) -> None:
        """The list as it is shown."""
        if not self._found:
            self._shell.problem.look(N_("Nothing was found."))
            return
        asked = self.question
        period = f"{asked['since']}～{asked['until']}" if asked["since"] or asked["until"] else ""
        parts = (asked["text"], asked["code"], asked["category"], asked["reader"], period)
        what = " ".join(part for part in parts if part)
        self._shell.problem.progress(N_("Printing"))

        def failed(fault: Any) -> None:
            self._shell.problem.progress_over()
            self._shell.problem.fault(fault)

        self._desk.lists.print_found(list(self._found.values()), what).then(lambda path: None, failed)

    def keys(self) -> list[Key]:
        """The keys of this page."""
        return [
            Key("F2", N_("Words of the finding"), self.text.focus),
            Key("F5", N_("Search"), self.find),
            Key("F7", N_("Open"), self.open),
            Key("F8", N_("Print the list"), self.print),
            Key("Esc", N_("Back"), self._back),
        ]
