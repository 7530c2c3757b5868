"""Who waits for a kind: put on the list, proposed when a seat is free, booked into it, or dropped."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.reservations import rules
from kiosk.ui import look
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("since", N_("First day"), 120), Column("until", N_("Last day"), 120), Column("kana", N_("Kana"), 150),
    Column("name", N_("Name"), 140), Column("id", N_("Patient ID"), 110), Column("phone", N_("Telephone"), 140),
    Column("comment", N_("Comment"), 160, stretch=True), Column("at", N_("Waits since"), 190),
]  # fmt: skip


class WaitingPage(ttk.Frame):
    """``into()``: the slots (of a course: several) that the marked one would be booked into, none where nothing free is
    marked; ``refused(why)`` for what could not be booked; ``ask_first(kind, waiter, day, book)`` looks for what speaks
    against it.
    """

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, into: Callable[[], Sequence[Any]],
        booked: Callable[[], object], refused: Callable[[Any], object], ask_first: Callable[..., object],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk, self._into, self._booked = shell, desk, into, booked
        self._refused, self._ask_first = refused, ask_first
        self._kind = ""
        self._waiters: dict[str, Any] = {}
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.told = ttk.Label(self)
        self.told.grid(row=0, column=0, sticky="w", pady=(0, look.px(12)))
        self.table = Table(self, COLUMNS, empty=N_("Nobody waits for this kind."))
        self.table.grid(row=1, column=0, sticky="nsew")

    def keys(self) -> list[Key]:
        return [Key("F5", N_("Book"), self.book), Key("F8", N_("Take off"), self.drop)]

    def opened(self, kind: str) -> None:
        """It stands in front now, for that kind."""
        self._kind = kind
        slot = next(iter(self._into()), None)
        told = Sentence(N_("To book somebody, mark a free time in the calendar first."))
        if slot is not None:
            values = {"day": f"{slot.day:%m-%d}", "at": f"{slot.at:%H:%M}"}
            told = Sentence(N_("F5 books the marked one for {day} {at}."), values)
        self.told.configure(text=say(told))
        self.refresh()
        self.table.focus_set()

    def refresh(self) -> None:
        """Read the list anew; those whom the day of the marked slot would do come first."""

        def show(found: Any) -> None:
            if not self.winfo_exists():
                return
            slot = next(iter(self._into()), None)
            fits = [each for each in found if slot is not None and each.since <= slot.day <= each.until]
            ordered = [*fits, *(each for each in found if each not in fits)]
            self._waiters = {str(each.id): each for each in ordered}
            self.table.show([Row(key, rules.waiter_cells(each), "done" if each in fits else "")
                             for key, each in self._waiters.items()])  # fmt: skip

        self._desk.waiting(self._kind).then(show, self._shell.problem.fault)

    def book(self) -> None:
        """F5: the marked one gets the marked slot."""
        waiter, slots = self._waiters.get(self.table.selected), self._into()
        if waiter is None or not slots:
            self._shell.problem.look(N_("Mark somebody here, and a free time in the calendar."))
            return

        def booked(booking: Any) -> None:
            if self.winfo_exists():
                self._shell.problem.done(Sentence(N_("{name} is booked for {day} {at}."), rules.values_of(booking)))
                self._booked()

        def book() -> None:
            self._desk.book_waiter(waiter, [each.id for each in slots]).then(booked, self._refused)

        self._ask_first(self._kind, waiter.who, slots[0].day, book)

    def drop(self) -> None:
        """F8: the marked one waits no longer; F6 in the calendar takes that back."""
        waiter = self._waiters.get(self.table.selected)
        if waiter is None:
            self._shell.problem.look(N_("Mark somebody first."))
            return

        def dropped(_: Any) -> None:
            if self.winfo_exists():
                self._shell.problem.done(N_("Taken off the waiting list."))
                self.refresh()

        self._desk.drop_waiter(waiter).then(dropped, self._shell.problem.fault)
