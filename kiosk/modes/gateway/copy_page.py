"""The page of copying disks: the nightly copy, equalising, the re-equalise list, replacing a disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.modes.gateway import rules
from kiosk.modes.gateway.copy_rules import CopyView
from kiosk.modes.gateway.copy_section import CopySection
from kiosk.modes.gateway.equalise_section import EqualiseSection
from kiosk.modes.gateway.list_section import ListSection
from kiosk.modes.gateway.replace_section import ReplaceSection
from kiosk.ui import look
from kiosk.ui.shell import Key

SECTIONS = (
    ("copy", N_("Nightly copy"), CopySection),
    ("equalise", N_("Equalise"), EqualiseSection),
    ("list", N_("Re-equalise list"), ListSection),
    ("replace", N_("Replace a disk"), ReplaceSection),
)


class CopyPage:
    """Four sections, one in sight; F4 turns to the next."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._view = CopyView()
        self._asking = False
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(1, weight=1)
        bar = ttk.Frame(frame)
        bar.grid(row=0, column=0, sticky="w", pady=(0, look.px(8)))
        self.sections: dict[str, Any] = {}
        self.buttons: dict[str, ttk.Button] = {}
        for at, (name, title, made) in enumerate(SECTIONS):
            button = ttk.Button(bar, text=say(title), width=18, command=partial(self.turn_to, name))
            button.grid(row=0, column=at, padx=(0, look.px(8)))
            self.buttons[name] = button
            self.sections[name] = made(frame, window, self.refresh if name == "replace" else self._ask)
        self.section = ""
        self.turn_to("copy")

    def turn_to(self, name: str) -> None:
        """Show one of the sections."""
        if self.section:
            self.sections[self.section].frame.grid_remove()
            self.buttons[self.section].configure(style="TButton")
        self.section = name
        self.buttons[name].configure(style="Primary.TButton")
        self.sections[name].frame.grid(row=1, column=0, sticky="nsew")
        self.sections[name].take(self._view)
        self._window.keys_changed()
        if self.frame.winfo_ismapped():
            self.sections[name].shown()

    # -- what the window calls ----------------------------------------------------------------------------------
    def keys(self) -> list[Key]:
        return [*self.sections[self.section].keys(), Key("F4", N_("Next part"), self._next)]

    def shown(self) -> None:
        self.sections[self.section].shown()

    def refresh(self) -> None:
        if not self._asking:
            self._asking = True
            self._window.desk.copy.view().then(self._take, self._failed)

    def take(self, view: rules.Overview) -> None:
        """Nothing here is among the facts that all pages share."""

    def search(self, text: str) -> None:
        """Nothing here is searched."""

    def back(self) -> bool:
        if self.section == "copy":
            return False
        self.turn_to("copy")
        return True

    # -- inside -------------------------------------------------------------------------------------------------
    def _next(self) -> None:
        names = [name for name, *_ in SECTIONS]
        self.turn_to(names[(names.index(self.section) + 1) % len(names)])

    def _take(self, view: CopyView) -> None:
        self._asking = False
        if self.frame.winfo_exists():
            self._view = view
            self.sections[self.section].take(view)
            if self._window.page == "copy":
                self._window.keys_changed()

    def _failed(self, why: Any) -> None:
        self._asking = False
        if self.frame.winfo_exists():
            self._window.shell.problem.fault(why)

    def _ask(self, answer: Any, told: Callable[[Any], Any]) -> None:
        """Show what an act of a section came to, and the facts anew."""

        def done(value: Any) -> None:
            if self.frame.winfo_exists():
                if text := told(value):
                    self._window.shell.problem.done(text)
                self.refresh()

        answer.then(done, self._window.shell.problem.fault)
