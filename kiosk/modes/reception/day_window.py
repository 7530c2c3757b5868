"""The day's examinees: number and name to find one, how many are here and done, and a line for each."""

from __future__ import annotations

import string
import tkinter as tk
from collections.abc import Callable
from datetime import date
from tkinter import ttk

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.reception import rules
from kiosk.modes.reception.rules import DayList, Line
from kiosk.ui import look
from kiosk.ui.counters import Count, Counters
from kiosk.ui.dates import day_text
from kiosk.ui.fields import NumberField, TextField
from kiosk.ui.table import Column, Row, Table

NOBODY = N_("No examinees on this day.")
NOBODY_NARROWED = N_("None of this day's examinees fits what was typed or chosen. Esc shows all.")


class DayView(ttk.Frame):
    """``found(number)`` is called when a number was typed and Return pressed, ``chosen()`` for Return on a line."""

    def __init__(
        self, parent: tk.Misc, found: Callable[[str], object], chosen: Callable[[], object], moved: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._moved = moved
        self._found = found
        self.list = DayList(date.min)
        self.only = ""  # the counter that narrows the list
        self.filled = False
        self.columnconfigure(2, weight=1)
        self.rowconfigure(1, weight=1)
        self.number = NumberField(self, N_("Check-up number"), width=15, allowed="-_." + string.ascii_letters)
        self.name = TextField(self, N_("Name or kana"), width=14)
        self.heading = ttk.Label(self, style="Title.TLabel", anchor="w")
        self.counters = Counters(self)
        columns = [
            Column("at", N_("Time"), 64),
            Column("number", N_("Number"), 62),
            Column("name", N_("Name"), 126, stretch=True),
            Column("kana", N_("Kana"), 160, stretch=True),
            Column("person", N_("Sex and age"), 100),
            Column("course", N_("Course"), 104),
            Column("examinations", N_("Examinations"), 400, stretch=True),
            Column("remark", N_("Remark"), 136, stretch=True),
        ]
        self.table = Table(
            self,
            columns,
            empty=NOBODY,
            on_select=lambda key: moved(),
            on_choose=lambda key: chosen(),
        )
        gap = look.px(8)
        self.number.grid(row=0, column=0, sticky="sw", padx=(0, gap), pady=(0, gap))
        self.name.grid(row=0, column=1, sticky="sw", padx=(0, gap), pady=(0, gap))
        self.heading.grid(row=0, column=2, sticky="sw", padx=(gap, 0), pady=(0, look.px(18)))
        self.counters.grid(row=0, column=3, sticky="se", pady=(0, gap))
        self.table.grid(row=1, column=0, columnspan=4, sticky="nsew")
        self.number.entry.bind("<Return>", lambda event: self._entered(), add=True)
        self.name.entry.bind("<Return>", lambda event: self._into_list(), add=True)
        for field in (self.number, self.name):
            field.entry.bind("<Down>", lambda event: self._into_list(), add=True)
        self.name.on_change(self._fill)

    # -- what it shows -----------------------------------------------------------------------------------------

    def show(self, found: DayList, today: date) -> None:
        """Show a day's list; the selected line stays selected."""
        self.filled = True
        self.list = found
        self.heading.configure(text=_heading(found, today), foreground=look.INK if found.day == today else look.LOOK)
        counts = rules.counted(found.lines)
        self.counters.show(
            [
                Count(counts.look, N_("to check"), "look" if counts.look else "", lambda: self.narrow("look")),
                Count(counts.done, N_("complete"), "done", lambda: self.narrow("done")),
                Count(counts.arrived, N_("here"), "", lambda: self.narrow("arrived")),
                Count(counts.all, N_("on the list"), "", lambda: self.narrow("")),
            ]
        )
        self._fill()

    def narrow(self, only: str) -> None:
        """Show only the lines behind a counter; the same one again shows all."""
        self.only = "" if only == self.only else only
        self._fill()

    def show_all(self) -> None:
        """Nothing narrowed, nothing typed."""
        self.only = ""
        self.number.set("")
        self.name.set("")
        self._fill()

    @property
    def is_narrowed(self) -> bool:
        return bool(self.only or self.name.get() or self.number.get())

    @property
    def shown(self) -> list[Line]:
        """The lines in sight of those that narrow the list."""
        return rules.find_name(rules.narrowed(self.list.lines, self.only), self.name.get())

    @property
    def selected(self) -> Line | None:
        """The chosen examinee."""
        key = self.table.selected
        return next((line for line in self.list.lines if str(line.visit) == key), None)

    def choose(self, visit: int) -> None:
        """Choose one, bring the line into sight, and give the list the keys."""
        if visit not in (line.visit for line in self.shown):
            self.show_all()
        self.number.set("")
        self.table.select(str(visit))
        self.table.focus_set()

    # -- inside ------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        self.table.say_when_empty(NOBODY_NARROWED if self.list.lines else NOBODY)
        self.table.show([Row(str(line.visit), line.cells, line.state) for line in self.shown])
        self._moved()

    def _entered(self) -> str:
        self._found(self.number.get())
        if self.number.get():
            self.number.focus()  # nobody was found: what is typed next takes the place of this number
        return "break"

    def _into_list(self) -> str:
        keys = self.table.shown_keys
        if keys and self.table.selected not in keys:
            self.table.select(keys[0])
        self.table.focus_set()
        return "break"


def _heading(found: DayList, today: date) -> str:
    if found.seen_at:
        seen = {"day": day_text(found.day), "time": found.seen_at[11:16]}
        return say(Sentence(N_("{day}, as seen at {time}"), seen))
    if found.day == today:
        return say(N_("today"))
    return say(N_("{day}, not today"), day=day_text(found.day))
