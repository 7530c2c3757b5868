"""Centre IDs to hospital IDs: what the table says, who is believed, and the copies written to the watched folder."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence
from kiosk.modes.correction import rules
from kiosk.ui.shell import Choice, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("line", N_("Line"), 60, right=True),
    Column("id", N_("Centre ID"), 150),
    Column("other", N_("Hospital ID"), 150),
    Column("name", N_("Name"), 220, stretch=True),
    Column("studies", N_("Studies"), 80, right=True),
    Column("images", N_("Images"), 80, right=True),
    Column("verdict", N_("Compared by four fields"), 320, stretch=True),
]


class ConvertPage(ttk.Frame):
    """``lines`` of the last dry run; ``running`` while copies are written."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._changed = shell, desk, changed
        self.lines: list[Any] = []
        self.running: Any = None
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.table = Table(self, COLUMNS, empty=N_("The table names nobody."))
        self.table.grid(row=0, column=0, sticky="nsew")

    def refresh(self) -> None:
        """F9: read the table anew; nothing is written."""

        def show(lines: list[Any]) -> None:
            if not self.winfo_exists():
                return
            self._take(lines)
            todo = rules.to_convert(lines)
            values = {"n": len(todo), "m": sum(each.images for each in todo),
                      "k": sum(not each.verdict.fits for each in lines)}  # fmt: skip
            told = N_("Dry run: {n} examinees with {m} images are to be converted; {k} lines are not believed.")
            (self._shell.problem.look if values["k"] else self._shell.problem.plain)(Sentence(told, values))

        self._desk.dry_run().then(show, self._failed)

    def ask(self) -> None:
        """F5."""
        todo = rules.to_convert(self.lines)
        if not todo or self.running is not None:
            return
        told = N_("{m} images of {n} examinees are copied under the hospital's ID and sent. Those of the centre stay.")
        values = {"n": len(todo), "m": sum(each.images for each in todo)}
        choices = [Choice(N_("No, not yet")), Choice(N_("Convert"), lambda: self._begin(todo))]
        self._shell.ask(N_("Write these images with the hospital's ID?"), Sentence(told, values), choices)

    def _begin(self, todo: list[Any]) -> None:
        words = N_("Images are written with the hospital's ID.")
        self.running = running = self._desk.convert(todo)
        self._changed()
        self._shell.problem.progress(words, 0.0, running.stop)
        running.on_progress(lambda part: self._shell.problem.progress(words, part, running.stop))
        running.then(self._done, self._failed)

    def _done(self, count: int) -> None:
        if not self.winfo_exists():
            return
        self._over()
        self._desk.dry_run().then(self._take, self._failed)
        self._shell.problem.done(Sentence(N_("{n} images are in the watched folder."), {"n": count}))

    def _failed(self, why: Any) -> None:
        if self.winfo_exists():
            self._over()
            self._shell.problem.fault(why)

    def _over(self) -> None:
        if self.running is not None:
            self.running = None
            self._shell.problem.progress_over()
        self._changed()

    def _take(self, lines: list[Any]) -> None:
        if self.winfo_exists():
            self.lines = lines
            self.table.show(
                [Row(str(at), rules.convert_cells(each), rules.convert_state(each)) for at, each in enumerate(lines)]
            )
            self._changed()
