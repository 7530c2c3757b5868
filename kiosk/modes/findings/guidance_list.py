"""The list of health guidance: what is overdue and due this week first; finished and interrupted cases."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from datetime import date
from tkinter import ttk
from typing import Any

from kiosk.core.guidance_level import LEVELS, Level
from kiosk.core.patient import age_at
from kiosk.core.words import N_, say
from kiosk.ui import look
from kiosk.ui.counters import Count, Counters
from kiosk.ui.dates import day_text
from kiosk.ui.fields import TextField
from kiosk.ui.table import Column, Row, Table

TYPING_PAUSE_MS = 250
DUE = {"overdue": N_("overdue"), "week": N_("this week"), "later": N_("later"), "": N_("no date")}
STATES = {"none": N_("no guidance yet"), "finished": N_("finished"), "interrupted": N_("interrupted")}
SEXES = {"M": N_("male"), "F": N_("female")}
COUNTED = (
    ("overdue", N_("overdue"), "stop"), ("week", N_("this week"), "look"), ("open", N_("under way"), ""),
    ("finished", N_("finished"), "done"), ("interrupted", N_("interrupted"), ""),
)  # fmt: skip
COLUMNS = [
    Column("due", N_("Next date"), 140), Column("state", N_("State"), 90),
    Column("name", N_("Name"), 130, stretch=True), Column("kana", N_("Kana"), 150, stretch=True),
    Column("who", N_("Sex and age"), 96), Column("number", N_("Number"), 125),
    Column("level", N_("Level of guidance"), 116), Column("points", N_("Points"), 70, right=True),
    Column("sessions", N_("Times"), 50, right=True),
    Column("last", N_("Last session"), 106), Column("by", N_("Given by"), 96),
]  # fmt: skip


def in_group(line: Any, group: str) -> bool:
    """Does a line belong to one of the counted groups?"""
    if group in ("overdue", "week"):
        return bool(line.due == group)
    return bool(line.found.state == group)


class GuidanceList(ttk.Frame):
    """``wanted()`` when the question changed; ``chosen()`` when somebody opens a line; ``moved()`` when another line is
    marked."""

    def __init__(
        self, parent: tk.Misc, wanted: Callable[[], object], chosen: Callable[[], object], moved: Callable[[], object]
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._wanted = wanted
        self._lines: dict[str, Any] = {}
        self._only = ""
        self._after: str | None = None
        gap = look.px(8)
        self.columnconfigure(1, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = TextField(self, N_("Name, kana, ID, number or ticket"), width=28)
        self.counters = Counters(self)
        self.search.grid(row=0, column=0, sticky="sw", padx=(0, gap), pady=(0, gap))
        self.counters.grid(row=0, column=1, sticky="se", pady=(0, gap))
        self.table = Table(self, COLUMNS, empty=N_("Nobody is guided yet. Type a name to find the examinee."),
                           on_select=lambda key: moved(), on_choose=lambda key: chosen())  # fmt: skip
        self.table.grid(row=1, column=0, columnspan=2, sticky="nsew")
        self.search.on_change(self._typed)
        self.search.entry.bind("<Return>", lambda event: self._ask_now(), add=True)
        self.search.entry.bind("<Down>", lambda event: self.table.focus_set(), add=True)
        self.bind("<Destroy>", lambda event: self._forget() if event.widget is self else None)

    @property
    def marked(self) -> Any:
        """The line that is marked, or None."""
        return self._lines.get(self.table.selected)

    def mark(self, visit: int) -> None:
        """Mark the line of a visit, where there is one."""
        key = next((key for key, line in self._lines.items() if line.found.visit == visit), "")
        if key:
            self.table.select(key)

    @property
    def shown(self) -> list[Any]:
        """The lines in sight."""
        return [each for each in self._lines.values() if not self._only or in_group(each, self._only)]

    def show(self, lines: Sequence[Any]) -> None:
        """Show these; the marked one stays marked."""
        self._lines = {_key(line): line for line in lines}
        self.table.show([self._row(line) for line in self.shown])
        if not self.table.selected and self.shown:
            self.table.select(_key(self.shown[0]))
        counts = []
        for group, words, state in COUNTED:
            number = sum(in_group(line, group) for line in lines)
            act = lambda group=group: self._narrow(group)  # type: ignore[misc] # noqa: E731
            counts.append(Count(number, words, state if number else "", act))
        self.counters.show([*counts, Count(len(lines), N_("all"), "", lambda: self._narrow(""))])

    def _row(self, line: Any) -> Row:
        found = line.found
        is_open = found.state == "open"
        state = say(DUE[line.due] if is_open else STATES[found.state]) + (" *" if line.typed_here else "")
        age = age_at(found.birth_date, date.fromisoformat(found.day))
        years = say(N_("{n} years"), n=age) if age is not None else ""
        who = " ".join(part for part in (say(SEXES.get(found.sex, "")), years) if part)
        level = say(LEVELS[Level(found.level)]) if found.level else ""
        cells = [
            day_text(date.fromisoformat(found.due)) if found.due else "", state, found.kanji or found.kana, found.kana,
            who, found.number, level, str(found.points or ""), str(found.sessions or ""), found.last_day, found.by,
        ]  # fmt: skip
        looks = "done" if found.state == "finished" else {"overdue": "stop", "week": "look"}.get(line.due, "")
        return Row(_key(line), cells, looks)

    def _narrow(self, group: str) -> None:
        self._only = group
        self.show(list(self._lines.values()))

    def _typed(self) -> None:
        self._forget()
        self._after = self.after(TYPING_PAUSE_MS, self._ask_now)

    def _ask_now(self) -> None:
        self._forget()
        self._wanted()

    def _forget(self) -> None:
        if self._after is not None:
            self.after_cancel(self._after)
            self._after = None


def _key(line: Any) -> str:
    return str(line.found.case) if line.found.case else f"visit {line.found.visit}"
