"""The re-equalise list on the page of disks: folder lines in, one text replaced by another, saved, registered."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any

from kiosk.core.reequalize import Entry, make_list
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway.copy_rules import CopyView
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, NoteField, TextField
from kiosk.ui.shell import Key


class ListSection:
    """Left the folders as they were pasted, right the list that follows from them."""

    def __init__(self, parent: tk.Misc, window: Any, ask: Any) -> None:
        self._window, self._ask = window, ask
        self._desk = window.desk.copy
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=2, uniform="list")
        frame.columnconfigure(1, weight=3, uniform="list")
        frame.rowconfigure(1, weight=1)
        head = ttk.Frame(frame)
        head.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, look.px(8)))
        self.find = TextField(head, N_("Replace this text"), width=24)
        self.put = TextField(head, N_("by this"), width=24)
        self.disk = ChoiceField(head, N_("Disk, where a line names none"), {}, width=10)
        for at, field in enumerate((self.find, self.put, self.disk)):
            field.grid(row=0, column=at, sticky="sw", padx=(0, look.px(8)))
        self.folders = NoteField(frame, N_("Folders, one a line"), lines=8, limit=2_000_000)
        self.folders.grid(row=1, column=0, sticky="nsew", padx=(0, look.px(12)))
        self.made = NoteField(frame, N_("The list (Reequalize.txt)"), lines=8, limit=2_000_000)
        self.made.enable(False)
        self.made.grid(row=1, column=1, sticky="nsew")
        self.told = ttk.Label(frame, style="TLabel", foreground=look.SECONDARY)
        self.told.grid(row=2, column=0, columnspan=2, sticky="w", pady=(look.px(6), 0))
        for field in (self.find, self.put, self.disk, self.folders):
            field.on_change(self._make)
        self.entries: list[Entry] = []

    def keys(self) -> list[Key]:
        return [Key("F5", N_("Register all"), self.register), Key("F6", N_("Save the list"), self.save)]

    def take(self, view: CopyView) -> None:
        self.disk.offer({each.id: each.id for each in view.disks})

    def shown(self) -> None:
        self.folders.focus()

    def save(self) -> None:
        """F6."""
        if self._some():
            told = N_("Saved: {path}")
            self._ask(self._desk.save_list(self.entries), lambda path: Sentence(told, {"path": str(path)}))

    def register(self) -> None:
        """F5: save, then ask for the walks."""
        if not self._some():
            return

        def done(found: Any) -> Sentence:
            values = {"n": found.folders, "missing": len(found.missing)}
            return Sentence(N_("{n} folders are registered anew; {missing} were not found on their disk."), values)

        self._ask(self._desk.save_list(self.entries), lambda _: "")
        self._ask(self._desk.register_list(self.entries), done)

    def _some(self) -> bool:
        if not self.entries:
            self._window.shell.problem.look(N_("Paste the folders first."))
        return bool(self.entries)

    def _make(self) -> None:
        self.entries, wrong = make_list(self.folders.get(), self.find.get(), self.put.get(), self.disk.get())
        self.made.set("\n".join(entry.line() for entry in self.entries))
        values = {"n": len(self.entries), "wrong": len(wrong)}
        text = N_("{n} folders; {wrong} lines name no folder or no disk.") if wrong else N_("{n} folders.")
        self.told.configure(text=say(text, **values) if self.entries or wrong else "")
