"""The page of the day's two sheets: who is ready in the morning, what does not agree in the evening."""

from __future__ import annotations

from datetime import date
from functools import partial
from tkinter import ttk
from typing import Any

from kiosk.core.day_sheets import READINESS, TITLES, Sheet
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import morning_rules, rules
from kiosk.modes.gateway.morning_rules import MorningView
from kiosk.modes.gateway.sheet_cards import SheetCards
from kiosk.ui import look
from kiosk.ui.shell import Key
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("number", N_("Number"), 120),
    Column("id", N_("ID"), 110),
    Column("name", N_("Name"), 130),
    Column("what", N_("What is missing"), 240, stretch=True),
]


class MorningPage:
    """Cards left; right the differences of the chosen sheet; below who fetches by itself."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._desk = window.desk.morning
        self._view = MorningView()
        self._asking = False
        self._wanted = ""
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=5, uniform="morning")
        frame.columnconfigure(1, weight=8, uniform="morning")
        frame.rowconfigure(1, weight=1)
        self.cards = SheetCards(frame, self._turned)
        self.cards.grid(row=0, column=0, rowspan=2, sticky="nsew", padx=(0, look.px(12)))
        self.title = ttk.Label(frame, style="Title.TLabel")
        self.title.grid(row=0, column=1, sticky="w", pady=(0, look.px(8)))
        self.table = Table(frame, COLUMNS, empty=N_("Nothing is missing."), on_select=self._told_in_full)
        self.table.grid(row=1, column=1, sticky="nsew")
        self.workers = [ttk.Label(frame, style="TLabel") for _ in morning_rules.NAMES]
        for at, label in enumerate(self.workers):
            label.grid(row=2 + at, column=0, columnspan=2, sticky="ew", pady=(look.px(6), 0))

        end = self._desk.on_paper(self._printed)
        frame.bind("<Destroy>", lambda event: end() if event.widget is frame else None, add=True)

    # -- what the window calls -----------------------------------------------------------------------------------

    def keys(self) -> list[Key]:
        paused = {each.name: each.paused for each in self._view.workers}
        server = {each.name: each.server for each in self._view.workers}
        sheet = self._sheet()
        keys = [
            Key("F3", N_("Make the sheet now"), self.make),
            Key("F4", N_("The other sheet"), self._other),
            Key("F9", N_("Print"), self.print, why="" if sheet else N_("The sheet was not made yet.")),
        ]
        none = "" if any(server.values()) else N_("No server is entered in the parameter file.")
        keys.append(Key("F7", N_("Fetch now"), self.run_now, why=none))
        for cap, name, off, on in (
            ("F10", "neighbour", N_("Pause the watch"), N_("Resume the watch")),
            ("F11", "prefetch", N_("Pause prefetch"), N_("Resume prefetch")),
        ):
            why = "" if server.get(name) else N_("No server is entered in the parameter file.")
            keys.append(Key(cap, on if paused.get(name) else off, partial(self.pause, name), why=why))
        return keys

    def shown(self) -> None:
        self.cards.canvas.focus_set()

    def refresh(self) -> None:
        if not self._asking:
            self._asking = True
            self._desk.view().then(self._take, self._failed)

    def take(self, view: rules.Overview) -> None:
        """The sheets are told by their own desk."""

    def search(self, text: str) -> None:
        self._wanted = text.casefold()
        self._fill()

    def back(self) -> bool:
        return False

    # -- acts ----------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """F3: the chosen sheet as things stand now."""

        def done(sheet: Sheet) -> None:
            if self.frame.winfo_exists():
                self._window.shell.problem.done(N_("The sheet was made and is kept as a PDF."))
                self.refresh()

        self._desk.make(self.cards.selected).then(done, self._window.shell.problem.fault)

    def print(self) -> None:
        """F9."""
        sheet = self._sheet()
        if sheet is not None:
            told = N_("The sheet goes to the printer.")
            answer = self._desk.print(sheet.kind, date.fromisoformat(sheet.day))
            answer.then(lambda _: self._window.shell.problem.done(told), self._window.shell.problem.fault)

    def run_now(self) -> None:
        """F7: whatever the hour."""
        told = N_("The servers are asked now.")
        self._desk.run_now().then(lambda _: self._window.shell.problem.done(told), self._window.shell.problem.fault)

    def pause(self, name: str) -> None:
        """F10, F11."""

        def done(paused: set[str]) -> None:
            if self.frame.winfo_exists():
                text = N_("{name} is paused.") if name in paused else N_("{name} goes on.")
                told = Sentence(text, {"name": Sentence(morning_rules.NAMES[name])})
                self._window.shell.problem.done(told)
                self.refresh()

        self._desk.pause(name).then(done, self._window.shell.problem.fault)

    def _printed(self, notice: Any) -> None:
        """The printer took a sheet, or did not."""
        problem, path = self._window.shell.problem, {"path": notice.ids.get("path", "")}
        if notice.ids.get("failed"):
            told = N_("The printer did not take the page. It is tried again by itself; the file is {path}")
            problem.stop(Sentence(told, path))
        elif notice.ids.get("printed"):
            problem.done(N_("The page is at the printer."))
        else:
            problem.look(Sentence(N_("This PC has no printer. The page is the file {path}"), path))

    # -- inside --------------------------------------------------------------------------------------------------

    def _sheet(self) -> Sheet | None:
        return self._view.readiness if self.cards.selected == READINESS else self._view.reconciliation

    def _other(self) -> None:
        self.cards.select("reconciliation" if self.cards.selected == READINESS else READINESS)

    def _turned(self, kind: str) -> None:
        self._fill()
        self._window.keys_changed()

    def _told_in_full(self, key: str) -> None:
        row = self.table.row(key)
        if row is not None:
            self._window.shell.problem.plain("  ".join(each for each in row.cells if each))

    def _take(self, view: MorningView) -> None:
        self._asking = False
        if not self.frame.winfo_exists():
            return
        self._view = view
        self.cards.show(view.readiness, view.reconciliation)
        for label, worker in zip(self.workers, view.workers, strict=True):
            level, words = morning_rules.worker_words(worker)
            label.configure(text=f"{look.MARKS[level]} {words}".strip(), foreground=look.STATES[level][0])
        self._fill()
        if self._window.page == "morning":
            self._window.keys_changed()

    def _failed(self, why: Any) -> None:
        self._asking = False
        if self.frame.winfo_exists():
            self._window.shell.problem.fault(why)

    def _fill(self) -> None:
        sheet = self._sheet()
        self.title.configure(text=say(TITLES[self.cards.selected]))
        rows = [Row(str(at), morning_rules.cells(each), "look") for at, each in enumerate(sheet.lines if sheet else ())]
        found = [row for row in rows if not self._wanted or any(self._wanted in cell.casefold() for cell in row.cells)]
        self.table.say_when_empty(N_("Nothing is missing.") if sheet else N_("The sheet was not made yet."))
        self.table.show(found)
