"""The page of attributes from the billing system: how reading goes, what is handed to the console, a dry run."""

from __future__ import annotations

from collections.abc import Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.modes.gateway import billing_rules, rules
from kiosk.modes.gateway.billing_rules import BillingView
from kiosk.ui import look
from kiosk.ui.shell import Key
from kiosk.ui.table import Column, Row, Table

LINES = [
    Column("id", N_("ID"), 130),
    Column("state", N_("State"), 130),
    Column("attempts", N_("Tries"), 80, right=True),
    Column("when", N_("When"), 90),
    Column("error", N_("Message"), 300, stretch=True),
]
FIRST = [Column("name", N_("File"), 200), Column("text", N_("What the console would get"), 400, stretch=True)]


class BillingPage:
    """One list: hand-overs, newest first, or (F3) what a console would get."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._desk = window.desk.billing
        self._view = BillingView()
        self._dry = False
        self._asking = False
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(1, weight=1)
        self.state = ttk.Label(frame, style="TLabel")
        self.state.grid(row=0, column=0, sticky="ew", pady=(0, look.px(8)))
        self.lines = Table(frame, LINES, empty=N_("Nothing was handed over yet."), on_select=self._told_in_full)
        self.first = Table(frame, FIRST, empty=N_("The query gives no rows."))
        self._show()

    def keys(self) -> list[Key]:
        none = "" if self._desk.is_set_up else N_("No billing system is entered in the parameter file.")
        return [
            Key("F3", N_("Hand-overs") if self._dry else N_("Try the first five"), self.turn_round, why=none),
            Key("F6", N_("Resume") if self._view.paused else N_("Pause"), self.pause, why=none),
            Key("F7", N_("Read now"), self.read_now, why=none),
        ]

    def shown(self) -> None:
        (self.first if self._dry else self.lines).focus_set()

    def refresh(self) -> None:
        if not self._asking:
            self._asking = True
            self._desk.view().then(self._take, self._failed)

    def take(self, view: rules.Overview) -> None:
        """It is told by its own desk."""

    def search(self, text: str) -> None:
        """Nothing here is searched."""

    def back(self) -> bool:
        if not self._dry:
            return False
        self._dry = False
        self._show()
        return True

    def turn_round(self) -> None:
        """F3."""
        if not self.back():
            self._desk.dry_run().then(self._take_first, self._window.shell.problem.fault)
        self._window.keys_changed()

    def read_now(self) -> None:
        """F7."""
        told = N_("The billing system is read now.")
        self._desk.read_now().then(lambda _: self._window.shell.problem.done(told), self._window.shell.problem.fault)

    def pause(self) -> None:
        """F6."""
        self._desk.pause().then(lambda _: self.refresh(), self._window.shell.problem.fault)

    def _take_first(self, rows: Sequence[tuple[str, str]]) -> None:
        if self.frame.winfo_exists():
            self.first.show([Row(str(at), row) for at, row in enumerate(rows)])
            self._dry = True
            self._show()
            self._window.keys_changed()

    def _take(self, view: BillingView) -> None:
        self._asking = False
        if not self.frame.winfo_exists():
            return
        self._view = view
        self.lines.show(
            [Row(each.patient_id, billing_rules.cells(each), billing_rules.tone(each)) for each in view.lines]
        )
        self._show()
        if self._window.page == "billing":
            self._window.keys_changed()

    def _failed(self, why: Any) -> None:
        self._asking = False
        if self.frame.winfo_exists():
            self._window.shell.problem.fault(why)

    def _told_in_full(self, key: str) -> None:
        row = self.lines.row(key)
        if row is not None and row.cells[-1]:
            self._window.shell.problem.look(row.cells[-1])

    def _show(self) -> None:
        shown, hidden = (self.first, self.lines) if self._dry else (self.lines, self.first)
        hidden.grid_remove()
        shown.grid(row=1, column=0, sticky="nsew")
        level, words = billing_rules.state_words(self._view, self._desk.is_set_up)
        self.state.configure(text=f"{look.MARKS[level]} {say(words)}".strip(), foreground=look.STATES[level][0])
