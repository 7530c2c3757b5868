"""The reservation lists that were read, what was wrong in them line by line, and what the inbox waits for."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import look
from kiosk.ui.table import Column, Row, Table

WAITING = {
    "no_lok": N_("{name} has come; its .lok has not yet."),
    "no_csv": N_("{name} has come; its list has not yet."),
    "growing": N_("{name} is still being written, or has just come."),
    "open": N_("{name} is held open by another program."),
}


class ListsView(ttk.Frame):
    """``wanted(file)`` asks for the problems of a list; ``settled(problem)`` says that somebody has seen to one."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent)
        self.wanted: Callable[[int], object] = lambda file: None
        self.settled: Callable[[int], object] = lambda problem: None
        self._files: dict[str, Any] = {}
        self._problems: dict[str, Any] = {}
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=2)
        self.rowconfigure(3, weight=3)
        self.inbox = ttk.Label(self, style="TLabel", anchor="w", justify="left")
        self.files = Table(
            self,
            [
                Column("at", N_("Read at"), 176),
                Column("name", N_("List"), 300, stretch=True),
                Column("rows", N_("Rows"), 80, right=True),
                Column("added", N_("New"), 80, right=True),
                Column("changed", N_("Changed"), 90, right=True),
                Column("vanished", N_("Missing"), 120, right=True),
                Column("problems", N_("To check"), 100, right=True),
            ],
            empty=N_("No list has been read yet."),
            on_select=self._file_chosen,
            lines=3,
        )
        self.caption = ttk.Label(self, style="Caption.TLabel")
        self.problems = Table(
            self,
            [
                Column("line", N_("Line"), 70, right=True),
                Column("sentence", N_("What is wrong"), 640, stretch=True),
                Column("taken", N_("Row"), 120),
                Column("settled", N_("Seen by"), 140),
            ],
            empty=N_("Nothing is wrong in this list."),
            on_choose=lambda key: self.settle(),
            lines=3,
        )
        gap = look.px(8)
        self.inbox.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        self.files.grid(row=1, column=0, sticky="nsew")
        self.caption.grid(row=2, column=0, sticky="w", pady=(gap, look.px(4)))
        self.problems.grid(row=3, column=0, sticky="nsew")

    def show_files(self, files: list[Any], inbox: Any) -> None:
        """Show the lists, newest first, and what is waited for."""
        self._files = {str(file.id): file for file in files}
        waiting = [say(Sentence(WAITING[why], {"name": name})) for name, why, _ in inbox.waiting if why in WAITING]
        told = [inbox.trouble] if inbox.trouble else waiting
        self.inbox.configure(
            text="\n".join(told[:3]) or say(N_("No list is waiting in the folder.")),
            foreground=look.LOOK if inbox.trouble else look.INK,
        )
        self.files.show([_file_row(file) for file in files])
        if files and not self.files.selected:
            self.files.select(str(files[0].id))
        elif self.files.selected:
            self._file_chosen(self.files.selected)

    def show_problems(self, file: int, problems: list[tuple[Any, Sentence]]) -> None:
        """Show what was wrong; an answer for a list that is no longer chosen is dropped."""
        if str(file) != self.files.selected:
            return
        self._problems = {str(problem.id): problem for problem, _ in problems}
        self.problems.show([_problem_row(problem, sentence) for problem, sentence in problems])
        chosen = self._files[str(file)]
        self.caption.configure(text=say(N_("What to check in {name}"), name=chosen.name))

    @property
    def open_problems(self) -> int:
        """How many of those shown nobody has seen to."""
        return sum(not problem.settled_by for problem in self._problems.values())

    def settle(self) -> None:
        """The chosen problem was seen to."""
        problem = self._problems.get(self.problems.selected)
        if problem is not None and not problem.settled_by:
            self.settled(problem.id)

    def focus_lists(self) -> None:
        self.problems.focus_set() if self._problems else self.files.focus_set()

    def _file_chosen(self, key: str) -> None:
        if key:
            self.wanted(int(key))


def _file_row(file: Any) -> Row:
    at = f"{file.at[:10]} {file.at[11:16]}"
    numbers = [str(number) for number in (file.rows, file.added, file.changed, file.vanished, file.problems)]
    state = "stop" if file.problems and not file.rows else "look" if file.problems or file.vanished else "done"
    return Row(str(file.id), [at, file.name, *numbers], state)


def _problem_row(problem: Any, sentence: Sentence) -> Row:
    taken = say(N_("went in")) if problem.row_taken else say(N_("left out"))
    line = str(problem.line) if problem.line else ""
    state = "done" if problem.settled_by else "look" if problem.row_taken else "stop"
    return Row(str(problem.id), [line, say(sentence), taken if problem.line else "", problem.settled_by], state)
