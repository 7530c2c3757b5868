"""Making the slots of a period from the masters: first what it would do, then doing it; twice is once."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import timedelta
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.modes.reservations import rules
from kiosk.ui import look
from kiosk.ui.fields import DateField
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("what", N_("What"), 160), Column("kind", N_("Kind of reservation"), 160), Column("day", N_("Date"), 130),
    Column("at", N_("Time"), 90), Column("seats", N_("Seats"), 80, right=True),
    Column("booked", N_("Booked"), 80, right=True, stretch=True),
]  # fmt: skip
MOST_SHOWN = 2000


class SlotsPage(ttk.Frame):
    """``made()`` when slots were made."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, made: Callable[[], object], fault: Callable[[Any], object]
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk, self._made, self._fault = shell, desk, made, fault
        self._names: dict[str, str] = {}
        gap = look.px(12)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        head = ttk.Frame(self)
        head.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        self.since = DateField(head, N_("First day"))
        self.until = DateField(head, N_("Last day"))
        self.since.grid(row=0, column=0, padx=(0, gap))
        self.until.grid(row=0, column=1, padx=(0, gap))
        words = N_("Slots come from the weekly patterns and the calendar of the masters.")
        self.told = ttk.Label(head, text=say(words))
        self.told.grid(row=0, column=2, sticky="sw")
        self.table = Table(self, COLUMNS, empty=N_("Press F9 to see what would be done."))
        self.table.grid(row=1, column=0, sticky="nsew")

    def keys(self) -> list[Key]:
        return [Key("F5", N_("Make them"), self.make), Key("F9", N_("Preview"), self.preview)]

    def named(self, names: dict[str, str]) -> None:
        """The kinds by their codes."""
        self._names = names

    def opened(self) -> None:
        """It stands in front now."""
        if self.since.day() is None:
            today = self._desk.today()
            self.since.set_day(today)
            self.until.set_day(today + timedelta(days=365))
        self.since.focus()

    def preview(self) -> None:
        """F9."""
        period = self._period()
        if period is not None:
            self._desk.plan_slots(*period).then(self._show, self._fault)

    def make(self) -> None:
        """F5: asked first, with what it does."""
        period = self._period()
        if period is None:
            return

        def done(plan: Any) -> None:
            if self.winfo_exists():
                self._show(plan)
                self._shell.problem.done(rules.plan_words(plan))
                self._made()

        def ask(plan: Any) -> None:
            if not self.winfo_exists():
                return
            self._show(plan)
            if plan.nothing:
                self._shell.problem.done(N_("Everything is as the masters want it."))
                return
            self._shell.ask(
                N_("Make the slots?"), rules.plan_words(plan),
                [Choice(N_("No, go back")),
                 Choice(N_("Make them"), lambda: self._desk.make_slots(*period).then(done, self._fault))],
            )  # fmt: skip

        self._desk.plan_slots(*period).then(ask, self._fault)

    def _period(self) -> Any:
        since, until = self.since.day(), self.until.day()
        if since is None or until is None:
            self._shell.problem.look(N_("Please write both dates."))
            return None
        return since, until

    def _show(self, plan: Any) -> None:
        if not self.winfo_exists():
            return
        parts = (
            ("look", N_("closed, has bookings"), [each.slot for each in plan.conflicts if not each.closed]),
            ("stop", N_("fewer seats than booked"), [each.slot for each in plan.too_few]),
            ("stop", N_("removed"), plan.remove), ("look", N_("other number of seats"), plan.resize),
            ("done", N_("opened again"), plan.reopen), ("done", N_("new"), plan.add),
        )  # fmt: skip
        taken = {each.slot.key: each.taken for each in (*plan.conflicts, *plan.too_few)}
        rows = [
            Row(
                f"{what} {each.key}",
                (say(what), self._names.get(each.kind, each.kind), each.day.isoformat(), f"{each.at:%H:%M}",
                 str(each.capacity), str(taken.get(each.key, ""))), state,
            ) for state, what, slots in parts for each in slots
        ]  # fmt: skip
        self.table.show(rows[:MOST_SHOWN])
        self.told.configure(text=say(rules.plan_words(plan)))
