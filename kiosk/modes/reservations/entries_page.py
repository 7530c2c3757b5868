"""One section of a book of reservations: its entries in a list, the chosen one in a form; saved one by one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import timedelta
from tkinter import ttk
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.reservations import entries, rules
from kiosk.modes.reservations.entry_form import EntryForm
from kiosk.ui import look
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Column, Row, Table

LONGEST = timedelta(days=400)  # of a closing whose slots are closed at once


class EntriesPage(ttk.Frame):
    """``changed()`` when the book was changed, ``fault(why)`` for what was refused."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, section: entries.Section, changed: Callable[[], object],
        fault: Callable[[Fault], object],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk, self._section, self._changed = shell, desk, section, changed
        self._fault = fault
        self.book: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._at: int | None = None  # the entry in the form; None: a new one
        self.columnconfigure(0, weight=5, uniform="halves")
        self.columnconfigure(1, weight=5, uniform="halves")
        self.rowconfigure(0, weight=1)
        captions = {each.name: each.caption for each in section.fields}
        columns = [Column(name, say(captions[name]).split("（")[0].split(" (")[0], wide,
                          stretch=at == len(section.columns) - 1)
                   for at, (name, wide) in enumerate(section.columns)]  # fmt: skip
        self.table = Table(self, columns, empty=N_("Nothing yet: F4 adds an entry."), on_select=self._selected,
                           on_choose=lambda key: self.form.begin())  # fmt: skip
        self.table.grid(row=0, column=0, sticky="nsew", padx=(0, look.px(12)))
        self.form = EntryForm(self)
        self.form.grid(row=0, column=1, sticky="nsew")

    def keys(self) -> list[Key]:
        only_one = self._section.name == "rule"
        more = [] if only_one else [Key("F4", N_("New entry"), self.add), Key("F8", N_("Remove"), self.remove)]
        return [*more, Key("F5", N_("Save"), self.save), Key("F6", N_("Take back"), self.undo)]

    def opened(self) -> None:
        """It stands in front now."""
        self.read()

    def read(self, then: Callable[[], object] = lambda: None) -> None:
        """Read the book anew; the entry in the form is the chosen one again."""

        def show(book: Any) -> None:
            if self.winfo_exists():
                self._take(book)
                then()

        self._desk.masters().then(show, self._fault)

    def add(self) -> None:
        """F4: an empty form."""
        self.table.select("")
        self._at = None
        self.form.show(self._section, {})
        self.form.begin()
        self._shell.problem.plain(N_("Fill in the form, then F5."))

    def save(self) -> None:
        """F5: the entry in the form; first with whoever is booked where it closes something."""
        there = entries.entries_of(self.book, self._section)
        try:
            before = there[self._at] if self._at is not None else {}
            entry = entries.entry_from(self._section, self.form.texts(), before)
            after = entries.with_entries(self.book, self._section, entries.put(there, self._at, entry))
        except Fault as why:
            self._fault(why)
            return
        period = entries.period_of(self._section, entry)
        if period is None:
            self._write(after, N_("Saved. New weekly times come into force by “Make slots”."))
            return

        def ask(booked: Any) -> None:
            if not self.winfo_exists():
                return
            met = [each for each in booked if entries.meets(self._section, entry, each, self._kind(each.kind))]
            if not met:
                self._write(after, N_("Saved; nobody was booked there."))
                return
            closed = N_("Closed; those booked stay until they are moved.")
            self._shell.ask(
                Sentence(N_("{n} people are booked there. Close it all the same?"), {"n": len(met)}),
                rules.conflict_words(met, self._names),
                [Choice(N_("No, go back")),
                 Choice(N_("Close it"), lambda: self._write(after, closed), dangerous=True)],
            )  # fmt: skip

        self._desk.booked_on(*period).then(ask, self._fault)

    def remove(self) -> None:
        """F8: the chosen entry; F6 brings it back."""
        if self._at is None:
            self._shell.problem.look(N_("Mark an entry first."))
            return
        there = entries.entries_of(self.book, self._section)
        del there[self._at]
        self._at = None
        self._write(entries.with_entries(self.book, self._section, there), N_("Removed; F6 brings it back."))

    def undo(self) -> None:
        """F6: the last change of this desk."""

        was = self.book

        def undone(book: Any) -> None:
            if self.winfo_exists():
                self._take(book)
                self._shell.problem.done(N_("Taken back."))
                self._changed()
                self._fit(was, book)

        self._desk.undo_masters().then(undone, self._fault)

    # -- inside --------------------------------------------------------------------------------------------------

    def _kind(self, code: str) -> dict[str, Any]:
        return next((dict(each) for each in self.book.get("kind", ()) if each["code"] == code), {})

    def _write(self, after: dict[str, Any], told: str) -> None:
        was = self.book

        def written(_: Any) -> None:
            if not self.winfo_exists():
                return
            self._changed()
            self.read(lambda: self._shell.problem.done(told))
            self._fit(was, after)

        self._desk.write_masters(was, after).then(written, self._fault)

    def _fit(self, was: dict[str, Any], now: dict[str, Any]) -> None:
        """The slots of days that the change closes or opens are brought into line at once."""
        for since, until in entries.periods_changed(was, now):
            if until - since <= LONGEST:
                self._desk.fit_slots(since, until).then(self._made, self._fault)

    def _made(self, plan: Any) -> None:
        if self.winfo_exists() and not plan.nothing:
            self._shell.problem.done(rules.plan_words(plan))
            self._changed()

    def _take(self, book: dict[str, Any]) -> None:
        self.book = book
        self._names = {str(each["code"]): str(each["name"]) for each in book.get("kind", ())}
        there = entries.entries_of(book, self._section)
        self.form.lay_out(self._section, self._names)
        self.table.show([Row(str(at), entries.cells_of(self._section, each, self._names))
                         for at, each in enumerate(there)])  # fmt: skip
        if self._at is None or self._at >= len(there):
            self._at = 0 if there else None
        self.table.select(str(self._at) if self._at is not None else "")
        self.form.show(self._section, there[self._at] if self._at is not None else {})

    def _selected(self, key: str) -> None:
        there = entries.entries_of(self.book, self._section)
        if key and int(key) < len(there) and int(key) != self._at:
            self._at = int(key)
            self.form.show(self._section, there[self._at])
