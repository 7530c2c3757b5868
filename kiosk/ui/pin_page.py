"""The PIN before masters that not everybody may change is asked for, or given for the first time."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import look
from kiosk.ui.fields import TextField
from kiosk.ui.keypad import Keypad
from kiosk.ui.shell import Key, Shell


class PinPage(ttk.Frame):
    """``opened(fresh)``; ``entered()`` when the book is open."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, entered: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._entered = shell, desk, entered
        self._fresh, self._book = False, ""
        card = ttk.Frame(self, style="Card.TFrame", padding=look.px(28))
        card.grid(row=1, column=1)  # by grid: a page that asks for no room of its own may get none
        self.columnconfigure((0, 2), weight=1)
        self.rowconfigure(0, weight=2)
        self.rowconfigure(2, weight=3)
        self.title = ttk.Label(card, style="Card.Title.TLabel")
        self.told = ttk.Label(card, style="Card.TLabel", wraplength=look.px(420))
        self.pin = TextField(card, N_("PIN"), width=16, limit=32, card=True, secret=True)
        self.again = TextField(card, N_("PIN once more"), width=16, limit=32, card=True, secret=True)
        pad = Keypad(card, self.pin.entry)
        for at, each in enumerate((self.title, self.told, self.pin, self.again)):
            each.grid(row=at, column=0, sticky="ew", pady=(0, look.px(12)))
        pad.grid(row=0, column=1, rowspan=5, padx=(look.px(28), 0))
        self.pin.entry.bind("<Return>", lambda event: self.again.focus() if self._fresh else self.enter())
        self.again.entry.bind("<Return>", lambda event: self.enter())

    def keys(self) -> list[Key]:
        forgotten = [] if self._fresh else [Key("F7", N_("PIN forgotten"), self.forgotten)]
        return [Key("F5", N_("Set the PIN") if self._fresh else N_("Open"), self.enter), *forgotten]

    def forgotten(self) -> None:
        """F7: a new one, from whoever is in charge of this program."""
        self.opened(self._book, True)
        self._shell.problem.look(N_("A person in charge (role “person in charge”), logged in here, sets a new PIN."))

    def opened(self, book: str, fresh: bool) -> None:
        """It stands in front now, for that book; ``fresh``: it is given a PIN."""
        self._fresh, self._book = fresh, book
        self.title.configure(text=say(Sentence(N_("Maintenance of {book}"), {"book": book})))
        choose = N_("Choose a PIN for whoever keeps this book; four characters at least.")
        self.told.configure(text=say(choose if fresh else N_("Type the PIN.")))
        for each in (self.pin, self.again):
            each.set("")
        if fresh:
            self.again.grid()
        else:
            self.again.grid_remove()
        self.pin.focus()

    def enter(self) -> None:
        """F5, Return."""
        pin = self.pin.get()
        if self._fresh and pin != self.again.get():
            self.again.wrong(N_("Not the same."))
            return

        def done(_: Any) -> None:
            if self.winfo_exists():
                self._entered()

        def refused(why: Any) -> None:
            if self.winfo_exists():
                self.pin.set("")
                self.again.set("")
                self.pin.focus()
                self._shell.problem.fault(why)

        ask = self._desk.set_pin if self._fresh else self._desk.enter
        ask(pin).then(done, refused)
