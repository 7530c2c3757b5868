"""What is different on one day alone: a time more, another number of seats, a closed time; each can be taken back."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import time, timedelta
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import look
from kiosk.ui.dates import day_text
from kiosk.ui.fields import ChoiceField, DateField, NumberField, TextField
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("day", N_("Date"), 150), Column("at", N_("Time"), 80), Column("kind", N_("Kind of reservation"), 170),
    Column("seats", N_("Seats"), 70, right=True), Column("booked", N_("Booked"), 70, right=True),
    Column("what", N_("What"), 210), Column("reason", N_("Reason"), 160, stretch=True),
]  # fmt: skip
AHEAD = timedelta(days=400)


class ExceptionsPage(ttk.Frame):
    """``changed()`` when a slot was changed."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object], fault: Callable[[Any], object]
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk, self._changed, self._fault = shell, desk, changed, fault
        self._names: dict[str, str] = {}
        self._slots: dict[str, Any] = {}
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.table = Table(self, COLUMNS, empty=N_("No day is different from the weekly times."))
        self.table.grid(row=0, column=0, sticky="nsew")
        form = ttk.Frame(self)
        form.grid(row=1, column=0, sticky="ew", pady=(look.px(12), 0))
        self.kind = ChoiceField(form, N_("Kind of reservation"), {}, width=18)
        self.day = DateField(form, N_("Date"))
        self.at = TextField(form, N_("Time"), width=8, limit=8)
        self.seats = NumberField(form, N_("Seats"), width=6, allowed="")
        self.reason = TextField(form, N_("Reason"), width=24)
        for at, each in enumerate((self.kind, self.day, self.at, self.seats, self.reason)):
            each.grid(row=0, column=at, sticky="ew", padx=(0, look.px(8)))
        form.columnconfigure(4, weight=1)
        self.reason.entry.bind("<Return>", lambda event: self.add())

    def keys(self) -> list[Key]:
        return [Key("F5", N_("For this day"), self.add), Key("F8", N_("As usual again"), self.as_usual)]

    def named(self, names: dict[str, str]) -> None:
        """The kinds by their codes."""
        self._names = names
        self.kind.offer(names)

    def opened(self) -> None:
        """It stands in front now."""
        self.refresh()
        self.table.focus_set()

    def refresh(self) -> None:
        """Read the exceptions of the year to come."""
        today = self._desk.today()

        def show(found: Any) -> None:
            if not self.winfo_exists():
                return
            self._slots = {str(each.id): each for each in found}
            rows = []
            for key, each in self._slots.items():
                what = say(N_("closed to bookings") if each.closed else N_("open, changed by hand"))
                cells = (day_text(each.day), f"{each.at:%H:%M}", self._names.get(each.kind, each.kind),
                         str(each.capacity), str(each.taken), what, each.reason)  # fmt: skip
                rows.append(Row(key, cells, "stop" if each.closed else "look"))
            self.table.show(rows)

        self._desk.exceptions(today, today + AHEAD).then(show, self._fault)

    def add(self) -> None:
        """F5: this time, for that day alone."""
        day, seats = self.day.day(), self.seats.get()
        try:
            at = time.fromisoformat(self.at.get().replace("：", ":").zfill(5))
        except ValueError:
            at = None
        if not self.kind.get() or day is None or at is None or not seats:
            self._shell.problem.look(N_("Kind, date, time (like 08:40) and seats are needed."))
            return
        told = Sentence(N_("{day} {at} has {n} seats, for this day alone."),
                        {"day": f"{day:%m-%d}", "at": f"{at:%H:%M}", "n": seats})  # fmt: skip
        self._do(self._desk.add_slot(self.kind.get(), day, at, int(seats), self.reason.get()), told)

    def as_usual(self) -> None:
        """F8: the marked one is as the weekly times want it; its bookings stay."""
        slot = self._slots.get(self.table.selected)
        if slot is None:
            self._shell.problem.look(N_("Mark an entry first."))
            return
        values = {"day": f"{slot.day:%m-%d}", "at": f"{slot.at:%H:%M}"}
        self._do(self._desk.as_usual(slot.id), Sentence(N_("{day} {at} is as usual again."), values))

    def _do(self, answer: Any, told: Any) -> None:
        def done(_: Any) -> None:
            if self.winfo_exists():
                self._shell.problem.done(told)
                self.refresh()
                self._changed()

        answer.then(done, self._fault)
