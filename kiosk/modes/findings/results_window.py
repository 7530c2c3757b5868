"""Results for the check-up system: which signed findings are still to go out, and the file that takes them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.judgement import Judgement
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.findings.search_window import iso, kinds_of
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, DateField, NoteField
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

OWED, EVERYTHING = "owed", "everything"


def told(each: Any) -> tuple[str, str]:
    """(words, state of the row): whether a finding went out as it stands."""
    if not each.handed:
        return N_("not yet"), ""
    if each.owed:
        return N_("amended since"), "look"
    return N_("handed out"), "done"


class ResultsView(ttk.Frame):
    """``back()`` leaves. Nothing goes out before F5."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, back: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._back = shell, desk, back
        self._asked = 0
        self._writing = False
        gap = look.px(8)
        self.columnconfigure(4, weight=1)
        self.rowconfigure(1, weight=1)
        self.since = DateField(self, N_("Day from"))
        self.until = DateField(self, N_("Day to"))
        self.kind = ChoiceField(self, N_("Examination"), {"": N_("all")}, width=16)
        choices = {OWED: N_("not handed out yet"), EVERYTHING: N_("everything of the period")}
        self.which = ChoiceField(self, N_("Results"), choices, width=20)
        self.which.set(OWED)
        for column, field in enumerate((self.since, self.until, self.kind, self.which)):
            field.grid(row=0, column=column, sticky="sw", padx=(0, gap), pady=(0, gap))
        self.count = ttk.Label(self, font=look.TEXT_BOLD)
        self.count.grid(row=0, column=4, sticky="se", pady=(0, gap))
        columns = [
            Column("state", N_("Handed out"), 112),
            Column("day", N_("Day"), 104),
            Column("number", N_("Number"), 128),
            Column("name", N_("Name"), 150, stretch=True),
            Column("exam", N_("Examination"), 140, stretch=True),
            Column("category", N_("Cat."), 60),
            Column("reader", N_("Reader"), 120, stretch=True),
            Column("second", N_("Second reader"), 120, stretch=True),
            Column("signed", N_("Signed"), 178),
            Column("version", N_("Version"), 70, right=True),
        ]
        self.table = Table(self, columns, empty=N_("Everything was handed out."))
        self.table.grid(row=1, column=0, columnspan=5, sticky="nsew")
        lost = N_("Characters that the file can't hold; there they stand by their number")
        self.lost = NoteField(self, lost, lines=3)
        self.lost.enable(False)
        self.lost.grid(row=2, column=0, columnspan=5, sticky="ew", pady=(gap, 0))
        self.lost.grid_remove()
        for field in (self.since, self.until):
            field.entry.bind("<Return>", lambda event: self.refresh(), add=True)
            field.entry.bind("<FocusOut>", lambda event: self.refresh(), add=True)
        self.kind.on_change(self.refresh)
        self.which.on_change(self.refresh)

    def show(self, judgement: Judgement) -> None:
        """The page is opened."""
        self.kind.offer({"": N_("all"), **kinds_of(judgement)})
        self.lost.grid_remove()
        self.refresh()
        self.table.focus_set()

    @property
    def question(self) -> tuple[bool, dict[str, str]]:
        """(everything, what is asked of the desk)."""
        asked = {"since": iso(self.since), "until": iso(self.until), "kind": self.kind.get()}
        return self.which.get() == EVERYTHING, asked

    def refresh(self) -> None:
        """Ask what is to go out."""
        self._asked += 1
        asked = self._asked
        everything, question = self.question

        def show(found: Any) -> None:
            if asked == self._asked and self.winfo_exists():
                self._show(found)

        self._desk.lists.results(everything, **question).then(show, self._shell.problem.fault)

    def _show(self, found: Any) -> None:
        rows = []
        for each in found:
            result, (words, state) = each.result, told(each)
            cells = [say(words), result.day, result.number, each.kanji or each.kana, result.exam, result.category,
                     result.reader, result.second_reader, result.signed_at[:16], str(result.version)]  # fmt: skip
            rows.append(Row(str(result.finding), cells, state))
        self.table.show(rows)
        again = sum(1 for each in found if each.handed and each.owed)
        words = Sentence(N_("{n} results, {again} of them amended since"), {"n": len(rows), "again": again})
        self.count.configure(text=str(words))

    def hand_out(self) -> None:
        """F5: write the file."""
        if self._writing:
            return
        everything, question = self.question
        self._writing = True
        self._shell.problem.progress(N_("Writing the results"))

        def over() -> None:
            self._writing = False
            self._shell.problem.progress_over()

        def written(done: Any) -> None:
            over()
            if not self.winfo_exists():
                return
            values = {"n": done.count, "path": str(done.path)}
            if done.lost:
                self.lost.set("\n".join(each.shown for each in done.lost))
                self.lost.grid()
                sentence = N_("{n} results were written to {path}; some characters stand there by their number.")
                self._shell.problem.look(Sentence(sentence, values))
            else:
                self.lost.grid_remove()
                self._shell.problem.done(Sentence(N_("{n} results were written to {path}"), values))
            self.refresh()

        def failed(fault: Any) -> None:
            over()
            self._shell.problem.fault(fault)

        self._desk.lists.hand_out(everything, **question).then(written, failed)

    def keys(self) -> list[Key]:
        """The keys of this page."""
        return [Key("F5", N_("Hand out"), self.hand_out), Key("Esc", N_("Back"), self._back)]
