"""The maintenance window: four pages behind tabs that a number key, a click or the arrow keys turn to."""

from __future__ import annotations

import tkinter as tk
from functools import partial
from tkinter import ttk
from typing import Any, Protocol

from kiosk.core.words import N_, say
from kiosk.modes.maintenance.audit_page import AuditPage
from kiosk.modes.maintenance.people_page import PeoplePage
from kiosk.modes.maintenance.station_page import StationPage
from kiosk.modes.maintenance.store_page import StorePage
from kiosk.ui import look
from kiosk.ui.shell import Key, Shell

PAGES = (
    ("people", N_("People")),
    ("audit", N_("Who did what")),
    ("store", N_("Store")),
    ("station", N_("Station")),
)


class Page(Protocol):
    """What each page offers the window."""

    frame: ttk.Frame

    def keys(self) -> list[Key]: ...

    def shown(self) -> None: ...

    def back(self) -> bool: ...

    def scanned(self, code: str) -> None: ...


class MaintenanceWindow:
    """Everybody may look; what changes something is for a person in charge."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, N_("Maintenance"), where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.page = ""
        work = self.shell.work
        work.columnconfigure(0, weight=1)
        work.rowconfigure(1, weight=1)
        self.tabs: dict[str, ttk.Button] = {}
        self._build_tabs(parent)
        self.people = PeoplePage(work, self.shell, desk, self.update_keys)
        self.audit = AuditPage(work, self.shell, desk)
        self.store = StorePage(work, self.shell, desk)
        self.station = StationPage(work, self.shell, desk)
        self.pages: dict[str, Page] = {
            "people": self.people, "audit": self.audit, "store": self.store, "station": self.station,
        }  # fmt: skip
        self.shell.on_scan(lambda code: self.pages[self.page].scanned(code))
        self.shell.letter_keys({str(at): partial(self.turn_to, name) for at, (name, _) in enumerate(PAGES, 1)})
        self.turn_to("people")

    def _build_tabs(self, parent: tk.Tk | tk.Toplevel) -> None:
        bar = ttk.Frame(self.shell.work)
        bar.grid(row=0, column=0, sticky="ew", pady=(0, look.px(12)))
        for at, (name, title) in enumerate(PAGES):
            bar.columnconfigure(at, weight=1, uniform="tabs")
            tab = ttk.Button(bar, text=f"{at + 1}  {say(title)}", command=partial(self.turn_to, name))
            tab.grid(row=0, column=at, sticky="ew", padx=(0 if at == 0 else look.px(look.GAP), 0))
            for arrow, step in (("Left", -1), ("Right", 1)):
                tab.bind(f"<{arrow}>", lambda event, to=at + step: self._step_to(to))  # type: ignore[misc]
            # With Control the number works while a field has the keyboard, too.
            parent.bind(f"<Control-Key-{at + 1}>", lambda event, to=name: self._turn_by_key(to), add=True)  # type: ignore[misc]
            self.tabs[name] = tab

    def turn_to(self, name: str) -> None:
        """Show one of the pages."""
        if self.page:
            self.pages[self.page].frame.grid_remove()
            self.tabs[self.page].configure(style="TButton")
            if not self.desk.may_change:
                self.shell.problem.plain(N_("You may look at everything here; a person in charge may change it."))
        self.page = name
        self.tabs[name].configure(style="Primary.TButton")
        self.pages[name].frame.grid(row=1, column=0, sticky="nsew")
        self.update_keys()
        self.pages[name].shown()

    def update_keys(self) -> None:
        """The keys of the page in front."""
        self.shell.keys([*self.pages[self.page].keys(), Key("Esc", N_("Back"), self._back)])

    def _back(self) -> None:
        if not self.pages[self.page].back():
            self.tabs[self.page].focus_set()

    def _step_to(self, at: int) -> str:
        if 0 <= at < len(PAGES):
            name = PAGES[at][0]
            self.turn_to(name)
            self.tabs[name].focus_set()
        return "break"

    def _turn_by_key(self, name: str) -> str | None:
        if self.shell.question is not None:
            return None
        self.turn_to(name)
        return "break"
