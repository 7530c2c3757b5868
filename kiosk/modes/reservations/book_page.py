"""F12: the book of reservations is kept here, section by section, behind its PIN."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.modes.reservations.entries import SECTIONS
from kiosk.modes.reservations.entries_page import EntriesPage
from kiosk.modes.reservations.exceptions_page import ExceptionsPage
from kiosk.modes.reservations.slots_page import SlotsPage
from kiosk.ui import look
from kiosk.ui.choice_row import ChoiceRow
from kiosk.ui.pin_page import PinPage
from kiosk.ui.shell import Key, Shell

SLOTS, EXCEPTIONS = N_("Make slots"), N_("This day only")


class BookPage(ttk.Frame):
    """``changed()`` when masters or slots were changed, ``set_keys()`` when other keys are wanted."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object], set_keys: Callable[[], object]
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk, self._set_keys = shell, desk, set_keys
        self._names: dict[str, str] = {}
        self._book = ""
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.slots = SlotsPage(self, shell, desk, changed, self._refused)
        self.exceptions = ExceptionsPage(self, shell, desk, changed, self._refused)
        self.pin = PinPage(self, shell, desk, self._entered)
        self.entries = {each.name: EntriesPage(self, shell, desk, each, changed, self._refused) for each in SECTIONS}
        self._under: Any = None  # the page that waits under the PIN with what was typed
        self._pages: dict[str, Any] = {say(SLOTS): self.slots, say(EXCEPTIONS): self.exceptions}
        self._pages |= {say(each.title): self.entries[each.name] for each in SECTIONS}
        self.row = ChoiceRow(self, list(self._pages), self.show, numbered=False)
        self.row.grid(row=0, column=0, sticky="ew", pady=(0, look.px(12)))
        self._shown: Any = self.pin
        self._put(None)

    def keys(self) -> list[Key]:
        if self._shown is self.pin:
            return self.pin.keys()
        own = self._shown.keys()
        return [Key("F3", N_("Next section"), self.row.next), *own, Key("F7", N_("New PIN"), self.new_pin)]

    def opened(self, book: str, names: dict[str, str]) -> None:
        """It stands in front now. ``names`` of the kinds by their codes."""
        self._book, self._names, self._under = book, names, None
        self._put(None)

        def gate(found: Any) -> None:
            if not self.winfo_exists():
                return
            if found.open:
                self._entered()
            else:
                self._put(self.pin)
                self.pin.opened(self._book, found.fresh)
                self._set_keys()

        self._desk.gate().then(gate, self._shell.problem.fault)

    def named(self, names: dict[str, str]) -> None:
        """The kinds are others now."""
        self._names = names
        self.slots.named(names)
        self.exceptions.named(names)

    def show(self, name: str) -> None:
        """One section."""
        self._put(self._pages[name])
        self.row.show(name)
        self.named(self._names)
        self._pages[name].opened()
        self._set_keys()

    def new_pin(self) -> None:
        """F7: another PIN for this book."""
        self._put(self.pin)
        self.pin.opened(self._book, True)
        self._set_keys()

    def _refused(self, why: Any) -> None:
        """The PIN's time ran out while something was typed: it is asked for again, and what was typed waits."""
        if getattr(why, "reference", "") == "B423":
            self._under = self._shown
            self._put(self.pin)
            self.pin.opened(self._book, False)
            self._set_keys()
        self._shell.problem.fault(why)

    def _entered(self) -> None:
        if self._under is not None:
            page, self._under = self._under, None
            self._put(page)
            self._set_keys()
            self._shell.problem.plain(N_("What you typed is still there: do it again."))
            return
        self._shell.problem.plain(N_("Choose what is to be changed; F3 goes to the next section."))
        self.show(self.row.shown or say(SLOTS))

    def _put(self, page: Any) -> None:
        for each in (self.pin, *self._pages.values()):
            each.grid_remove()
        self._shown = page if page is not None else self.pin
        if page is not None:
            page.grid(row=1, column=0, sticky="nsew")
        if page is None or page is self.pin:
            self.row.grid_remove()
        else:
            self.row.grid()
