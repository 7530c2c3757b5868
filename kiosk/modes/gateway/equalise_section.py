"""Equalising on the page of disks: conditions first, then it runs; its differences as a list."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any

from kiosk.core.equalising import Conditions
from kiosk.core.image_kinds import IMAGE_KINDS
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import copy_rules
from kiosk.modes.gateway.copy_rules import CopyView, WalkLine
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, NumberField, TextField
from kiosk.ui.shell import Key
from kiosk.ui.table import Column, Row, Table

HOW = {
    "mend": N_("mend: what is new or changed"),
    "anew": N_("read everything anew"),
    "centre": N_("all into the common index too"),
    "report": N_("only tell the differences"),
}


class EqualiseSection:
    """Above the conditions, in the middle the walks, below what the chosen one found."""

    def __init__(self, parent: tk.Misc, window: Any, ask: Any) -> None:
        self._window, self._ask = window, ask
        self._desk = window.desk.copy
        self._lines: dict[str, WalkLine] = {}
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(1, weight=1)
        frame.rowconfigure(2, weight=2)
        head = ttk.Frame(frame)
        head.grid(row=0, column=0, sticky="ew", pady=(0, look.px(8)))
        self.disk = ChoiceField(head, N_("Disk"), {}, width=8)
        self.folder = TextField(head, N_("Folder on it (empty: all)"), width=22)
        self.kind = ChoiceField(head, N_("Kind"), {"": N_("all"), **{kind: kind for kind in IMAGE_KINDS}}, width=6)
        self.since = NumberField(head, N_("Dates from"), width=9, limit=8, allowed="")
        self.until = NumberField(head, N_("Dates until"), width=9, limit=8, allowed="")
        self.how = ChoiceField(head, N_("How"), HOW, width=24)
        self.how.set("mend")
        for at, field in enumerate((self.disk, self.folder, self.kind, self.since, self.until, self.how)):
            field.grid(row=0, column=at, sticky="sew", padx=(0, look.px(8)))
        head.columnconfigure(1, weight=1)
        self.walks = Table(
            frame,
            [
                Column("at", N_("Asked"), 120),
                Column("of", N_("Disk"), 200),
                Column("state", N_("State"), 200, stretch=True),
                Column("files", N_("Files"), 100, right=True),
                Column("found", N_("Differences"), 330),
            ],
            empty=N_("No disk was equalised yet. Set the conditions and press F5."),
            on_select=lambda key: self._show_differences(),
            lines=3,
        )
        self.walks.grid(row=1, column=0, sticky="nsew", pady=(0, look.px(8)))
        self.differences = Table(
            frame,
            [
                Column("kind", N_("Difference"), 120),
                Column("path", N_("File"), 560, stretch=True),
                Column("why", N_("Why"), 400),
            ],
            empty=N_("No differences to show."),
            lines=3,
        )
        self.differences.grid(row=2, column=0, sticky="nsew")

    def keys(self) -> list[Key]:
        return [
            Key("F5", N_("Begin equalising"), self.begin),
            Key("F6", N_("Stop it"), self.stop),
            Key("F7", N_("Where the list is"), self.tell_report),
        ]

    def take(self, view: CopyView) -> None:
        self.disk.offer({each.id: each.id for each in view.disks if each.writable})
        if not self.disk.get() and view.disks:
            self.disk.set(view.disks[0].id)
        self._lines = {str(each.id): each for each in view.walks}
        levels = {"failed": "stop", "waiting": "look", "done": "done"}
        self.walks.show([Row(key, copy_rules.walk_cells(each), levels.get(each.state, ""))
                         for key, each in self._lines.items()])  # fmt: skip
        if not self.walks.selected and self._lines:
            self.walks.select(next(iter(self._lines)))
        self._show_differences()

    def shown(self) -> None:
        self.disk.focus()

    def conditions(self) -> Conditions:
        """What is typed."""
        folder = self.folder.get().replace("\\", "/").strip("/")
        how = self.how.get()
        return Conditions(
            self.disk.get(),
            (folder,) if folder else (),
            self.since.get(),
            self.until.get(),
            (self.kind.get(),) if self.kind.get() else (),
            anew=how == "anew",
            report_only=how == "report",
            whole_centre=how == "centre",
        )

    def begin(self) -> None:
        """F5."""
        conditions = self.conditions()
        if not conditions.volume:
            self._window.shell.problem.look(N_("Choose a disk first."))
        elif any(part in ("", ".", "..") for folder in conditions.folders for part in folder.split("/")):
            self._window.shell.problem.look(N_("The folder has to lie on the disk."))
        else:
            text = Sentence(N_("{disk} is equalised; everybody goes on working."), {"disk": conditions.volume})
            self._ask(self._desk.equalise(conditions), lambda _: text)

    def stop(self) -> None:
        """F6."""
        line = self._lines.get(self.walks.selected)
        if line is not None:
            self._ask(self._desk.stop_walk(line.id), lambda _: N_("It was stopped; what it has done stays."))

    def tell_report(self) -> None:
        """F7."""
        line = self._lines.get(self.walks.selected)
        if line is not None:
            path = str(self._desk.report(line.id))
            self._window.shell.problem.plain(Sentence(N_("All differences stand in {path}."), {"path": path}))

    def _show_differences(self) -> None:
        line = self._lines.get(self.walks.selected)
        shown = line.shown if line is not None else []
        levels = {"unreadable": "stop", "gone": "look", "changed": "look", "twice": "look", "other_content": "look"}
        self.differences.show(
            [Row(str(at), copy_rules.difference_cells(each), levels.get(each["kind"], ""))
             for at, each in enumerate(shown)]
        )  # fmt: skip
        if line is not None and line.state in ("asked", "headers", "contents"):
            self.differences.say_when_empty(say(copy_rules.WALK_STATES[line.state]))
