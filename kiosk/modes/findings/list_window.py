"""The list of what is to be read: search, days, kind, how many are open, and the lines, unsigned ones first."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.findings import rules
from kiosk.ui import look
from kiosk.ui.counters import Count, Counters
from kiosk.ui.dates import day_text
from kiosk.ui.fields import ChoiceField, TextField
from kiosk.ui.table import Column, Row, Table

TYPING_PAUSE_MS = 250  # a search begins when nobody has typed for so long
SEXES = {"M": N_("male"), "F": N_("female")}
DAYS = {1: N_("today"), 7: N_("7 days"), 31: N_("31 days"), 0: N_("all days")}


class ListView(ttk.Frame):
    """``wanted()`` is called when the question to the desk changed; ``chosen(line)`` when somebody opens a line."""

    def __init__(
        self,
        parent: tk.Misc,
        days: int,
        wanted: Callable[[], object],
        chosen: Callable[[Any], object],
        two_readers: bool = False,
    ) -> None:
        super().__init__(parent)
        self._wanted = wanted
        self._chosen = chosen
        self._two_readers = two_readers  # the counts of both readings are always shown
        self._lines: dict[str, Any] = {}
        self._only = ""  # open, first, differs or signed: which counter narrows the list
        self.filled = False  # an answer of the desk has been shown
        self._after: str | None = None
        self.columnconfigure(3, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = TextField(self, N_("Name, kana, number, code or words"), width=24)
        choices = {str(each): DAYS.get(each, Sentence(N_("{n} days"), {"n": each})) for each in sorted({*DAYS, days})}
        self._days = ChoiceField(self, N_("Days"), choices, width=11)
        self._days.set(str(days))
        self._kind = ChoiceField(self, N_("Examination"), {"": N_("all")}, width=14)
        self._kind.set("")
        self.counters = Counters(self)
        columns = [
            Column("day", N_("Day"), 138),
            Column("at", N_("Time"), 62),
            Column("number", N_("Number"), 128),
            Column("name", N_("Name"), 150, stretch=True),
            Column("kana", N_("Kana"), 150, stretch=True),
            Column("who", N_("Sex and age"), 96),
            Column("exam", N_("Examination"), 140, stretch=True),
            Column("images", N_("Images"), 62, right=True),
            Column("state", N_("Finding"), 104),
            Column("category", N_("Category"), 62),
        ]
        self.table = Table(self, columns, empty=N_("No examination with images in these days."), on_choose=self._choose)
        gap = look.px(8)
        self.search.grid(row=0, column=0, sticky="sw", padx=(0, gap), pady=(0, gap))
        self._days.grid(row=0, column=1, sticky="sw", padx=(0, gap), pady=(0, gap))
        self._kind.grid(row=0, column=2, sticky="sw", padx=(0, gap), pady=(0, gap))
        self.counters.grid(row=0, column=3, sticky="se", pady=(0, gap))
        self.table.grid(row=1, column=0, columnspan=4, sticky="nsew")
        self.search.on_change(self._typed)
        self.search.entry.bind("<Return>", lambda event: self._ask_now(), add=True)
        self.search.entry.bind("<Down>", lambda event: self._into_list(), add=True)
        self._days.on_change(self._wanted)
        self._kind.on_change(self._wanted)
        self.bind("<Destroy>", lambda event: self._forget() if event.widget is self else None)

    # -- the question ------------------------------------------------------------------------------------------

    @property
    def question(self) -> tuple[int, str, str]:
        """(days, text, kind) as the desk is asked."""
        return int(self._days.get() or 0), self.search.get(), self._kind.get()

    def find(self, text: str) -> None:
        """Put a scanned number into the search, over all days."""
        self._days.set("0")
        self._kind.set("")
        self.search.set(text)
        self._ask_now()

    # -- the answer --------------------------------------------------------------------------------------------

    def show(self, lines: Sequence[Any]) -> None:
        """Show what the desk found; the selection stays on its line."""
        self.filled = True
        self._lines = {f"{line.visit}:{line.kind}": line for line in lines}
        self._offer_kinds(lines)
        self._show_counts(lines)
        rows = [self._row(key, line) for key, line in self._lines.items() if self._passes(line)]
        self.table.show(rows)
        if rows and not self.table.selected:
            self.table.select(rows[0].key)

    @property
    def shown(self) -> list[Any]:
        """The lines in sight, in their order."""
        return [line for line in self._lines.values() if self._passes(line)]

    def next_open(self, after: tuple[int, str] | None = None) -> Any | None:
        """The next line that this person has to sign, other than ``after`` (visit, kind); None when all are done."""
        lines = [line for line in self._lines.values() if line.open and line.mine and (line.visit, line.kind) != after]
        if after is None or not lines:
            return lines[0] if lines else None
        keys = list(self._lines)
        here = f"{after[0]}:{after[1]}"
        at = keys.index(here) if here in keys else -1
        return next((line for line in lines if keys.index(f"{line.visit}:{line.kind}") > at), lines[0])

    @property
    def selected(self) -> Any | None:
        """The selected line."""
        return self._lines.get(self.table.selected)

    # -- inside ------------------------------------------------------------------------------------------------

    def _row(self, key: str, line: Any) -> Row:
        age = say(N_("{n} years"), n=line.age) if line.age is not None else ""
        who = " ".join(part for part in (say(SEXES.get(line.sex, "")), age) if part)
        state = say(rules.STATES[line.state]) + (" *" if line.typed_here else "")
        cells = [day_text(line.day), line.at, line.number, line.name, line.kana, who, line.exam, str(line.images),
                 state, line.category]  # fmt: skip
        return Row(key, cells, rules.row_state(line.state))

    def _passes(self, line: Any) -> bool:
        if self._only in ("first", "differs"):
            return line.state == self._only
        if self._only == "open":
            return line.state in ("none", "draft")
        return not self._only or not line.open

    def _offer_kinds(self, lines: Sequence[Any]) -> None:
        if self._kind.get():
            return  # narrowed already: the others are not in the answer
        self._kind.offer({"": N_("all"), **{line.kind: line.exam for line in lines}})
        self._kind.set("")

    def _show_counts(self, lines: Sequence[Any]) -> None:
        numbers = rules.counted([line.state for line in lines])
        two = [
            Count(numbers.first, N_("first read"), "look" if numbers.first else "", lambda: self._narrow("first")),
            Count(numbers.differs, N_("disagreement"), "stop" if numbers.differs else "",
                  lambda: self._narrow("differs")),
        ]  # fmt: skip
        if not (self._two_readers or numbers.first or numbers.differs):
            two = [Count(numbers.drafts, N_("drafts"))]
        self.counters.show(
            [
                Count(numbers.open, N_("to read"), "look" if numbers.open else "", lambda: self._narrow("open")),
                *two,
                Count(numbers.signed, N_("signed"), "done", lambda: self._narrow("signed")),
                Count(len(lines), N_("all"), "", lambda: self._narrow("")),
            ]
        )

    def _narrow(self, only: str) -> None:
        self._only = only
        self.show(list(self._lines.values()))

    def _choose(self, key: str) -> None:
        if key in self._lines:
            self._chosen(self._lines[key])

    def _typed(self) -> None:
        self._forget()
        self._after = self.after(TYPING_PAUSE_MS, self._ask_now)

    def _ask_now(self) -> str:
        self._forget()
        self._wanted()
        return "break"

    def _into_list(self) -> str:
        self.table.tree.focus_set()
        return "break"

    def _forget(self) -> None:
        if self._after is not None:
            self.after_cancel(self._after)
            self._after = None
