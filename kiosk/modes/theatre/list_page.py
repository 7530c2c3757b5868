"""Operations as a list: those of a week, or those of one person; Return shows one in the picture of its day."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from tkinter import ttk
from typing import Any

from kiosk.core.operation import Operation
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.theatre import rules
from kiosk.ui import buttons, look
from kiosk.ui.dates import day_text
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("day", N_("Date"), 104), Column("room", N_("Room"), 84), Column("order", N_("Order"), 96),
    Column("time", N_("Time"), 116), Column("urgency", N_("Urgency"), 60), Column("state", N_("State"), 72),
    Column("name", N_("Name"), 116), Column("who", N_("Age, sex"), 92), Column("ward", N_("Ward"), 80),
    Column("method", N_("Method"), 150, stretch=True), Column("anaesthesia", N_("Anaesthesia"), 80, stretch=True),
    Column("team", N_("Surgeon, assistants"), 130, stretch=True),
]  # fmt: skip
WEEK = timedelta(days=7)


class ListPage(ttk.Frame):
    """``go_to(operation)`` shows it on its day; ``marked()`` when another row is marked."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, go_to: Callable[[Operation], object],
        marked: Callable[[], object], aged: Callable[[str], object],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk, self._go_to, self._aged = shell, desk, go_to, aged
        self._rows: dict[str, Operation] = {}
        self._monday: date | None = None  # None: one person's
        self._text = ""
        gap = look.px(8)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        head = ttk.Frame(self)
        head.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        head.columnconfigure(0, weight=1)
        self.told = ttk.Label(head, style="Title.TLabel")
        self.told.grid(row=0, column=0, sticky="w")
        self.turns = ttk.Frame(head)
        self.turns.grid(row=0, column=1, sticky="e")
        for column, (text, weeks) in enumerate(((N_("◀ week before"), -1), (N_("week after ▶"), 1))):
            button = buttons.secondary(self.turns, text, lambda weeks=weeks: self.turn(weeks))  # type: ignore[misc]
            button.grid(row=0, column=column, padx=(gap, 0))
        self.table = Table(self, COLUMNS, empty=N_("No operation is planned."), on_select=lambda key: marked(),
                           on_choose=lambda key: self.show_marked())  # fmt: skip
        self.table.grid(row=1, column=0, sticky="nsew")
        for key, weeks in (("Prior", -1), ("Next", 1)):
            self.table.tree.bind(f"<{key}>", lambda event, weeks=weeks: self._turned(weeks))  # type: ignore[misc]

    @property
    def chosen(self) -> Operation | None:
        """The operation of the marked row."""
        return self._rows.get(self.table.selected)

    @property
    def week(self) -> date | None:
        """The Monday of the week that is listed, None where one person's are."""
        return self._monday

    def keys(self) -> list[Key]:
        none = "" if self.chosen is not None else N_("Mark an operation first.")
        return [Key("F5", N_("Show the day"), self.show_marked, why=none)]

    def week_of(self, day: date) -> None:
        """List the week in which the day lies."""
        self._monday, self._text = day - timedelta(days=day.weekday()), ""
        self.turns.grid()
        self.refresh()
        self._shell.give_focus(self.table.tree)

    def person(self, text: str, found: Sequence[Operation]) -> None:
        """List one person's operations; the next one is marked."""
        self._monday, self._text = None, text
        self.turns.grid_remove()
        self.told.configure(text=say(Sentence(N_("Operations of {text}, from a year ago on"), {"text": text})))
        self._show(found)
        coming = [each for each in found if each.day >= self._desk.today() and each.state.holds_the_room]
        if coming:
            self.table.select(str(coming[0].id))
        self._shell.give_focus(self.table.tree)

    def refresh(self) -> None:
        """Read it anew; what is marked stays marked."""
        monday, text = self._monday, self._text

        def week(view: Any) -> None:
            if self.winfo_exists() and self._monday == monday:
                self.told.configure(
                    text=f"{day_text(view.first)} - {day_text(view.first + timedelta(days=6))}   "
                    f"{say(rules.head_words(view.operations))}"
                )  # fmt: skip
                self._show(view.operations)
                self._aged(view.seen_at)

        if monday is not None:
            self._desk.week(monday).then(week, self._shell.problem.fault)
        elif text:
            self._desk.find(text).then(
                lambda found: self._show(found) if self.winfo_exists() and self._text == text else None,
                self._shell.problem.fault,
            )  # fmt: skip

    def turn(self, weeks: int) -> None:
        """So many weeks on."""
        if self._monday is not None:
            self.week_of(self._monday + weeks * WEEK)

    def show_marked(self) -> None:
        """F5, Return."""
        if self.chosen is not None:
            self._go_to(self.chosen)

    def _turned(self, weeks: int) -> str | None:
        if self._monday is None:
            return None
        self.turn(weeks)
        return "break"

    def _show(self, found: Sequence[Operation]) -> None:
        self._rows = {str(each.id): each for each in found}
        self.table.show([
            Row(key, rules.list_cells(each, self._day_of(each)), rules.list_state(each))
            for key, each in self._rows.items()
        ])  # fmt: skip

    def _day_of(self, operation: Operation) -> str:
        """The title says which year a week is of; one person's may be of several."""
        return day_text(operation.day)[5:] if self._monday is not None else operation.day.isoformat()
