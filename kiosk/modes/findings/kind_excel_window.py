"""Kinds of findings out to Excel and in again: what a file would change, or what is wrong with it, is seen first."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog
from typing import Any

from kiosk.core.kind_sheets import BY_NAME
from kiosk.core.words import N_, Sentence, say
from kiosk.ui.shell import Shell

EXCEL = [("Excel", "*.xlsx")]
WHAT = {"new": N_("new"), "changed": N_("changed"), "gone": N_("gone")}


class KindExcel:
    """``list_lines`` shows (where, what) lines, ``refused`` is told of a fault."""

    def __init__(
        self, top: tk.Misc, shell: Shell, desk: Any, list_lines: Callable[[list[tuple[str, str]]], object],
        refused: Callable[[Any], object],
    ) -> None:  # fmt: skip
        self._top, self._shell, self._desk = top, shell, desk
        self._list, self._refused = list_lines, refused
        self.taken: Any = None  # what a file says, while it is looked at

    def export(self, code: str, sheets: Any) -> None:
        """F10: a workbook of this kind, as it stands here."""
        name = filedialog.asksaveasfilename(
            parent=self._shell.top, title=say(N_("To Excel")), initialfile=f"findings-{code or 'general'}.xlsx",
            defaultextension=".xlsx", filetypes=EXCEL,
        )  # fmt: skip
        if name:
            self.write(Path(name), sheets)

    def write(self, path: Path, sheets: Any) -> None:
        """The workbook to a file."""

        def written(path: Any) -> None:
            self._shell.problem.done(Sentence(N_("The Excel file is {path}"), {"path": str(path)}))

        self._desk.write_workbook(path, sheets).then(written, self._refused)

    def ask(self) -> None:
        """F11: take in a workbook; what it changes is shown first."""
        name = filedialog.askopenfilename(parent=self._shell.top, title=say(N_("From Excel")), filetypes=EXCEL)
        if name:
            self.look_at(Path(name))

    def look_at(self, path: Path) -> None:
        """Show what a workbook would change, or what is wrong with it."""

        def show(taken: Any) -> None:
            if not self._top.winfo_exists():
                return
            self.taken = taken
            if taken.wrong:
                self._list(list(taken.wrong))
                self._shell.problem.look(N_("Nothing is taken in: correct the file, then try again."))
            elif not taken.changes:
                self.taken = None
                self._shell.problem.plain(N_("The file is the same as what is in force; nothing to take in."))
            else:
                self._list([(f"{say(WHAT[what])}  {say(BY_NAME[sheet].title)}  {entry}", words)
                            for what, sheet, entry, words in taken.changes])  # fmt: skip
                told = N_("{n} changes. F5 takes them in here; they are in force when they are published.")
                self._shell.problem.look(Sentence(told, {"n": len(taken.changes)}))

        self._desk.read_workbook(path).then(show, self._refused)
