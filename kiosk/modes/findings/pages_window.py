"""The pages beside list, entry and page: readings that differ, the schema drawing; each with its keys."""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.drawing import Background, Drawing, backgrounds_for
from kiosk.core.words import N_, Sentence
from kiosk.modes.findings.drawing_window import DrawingView
from kiosk.modes.findings.entry_window import EntryView
from kiosk.modes.findings.readings_window import SettleView
from kiosk.modes.findings.writing_window import Writing
from kiosk.ui.shell import Key, Shell


class Pages:
    """``views`` by place; ``go(place)`` shows one; ``keys(place)`` are those of a page of this kind."""

    def __init__(
        self, shell: Shell, desk: Any, entry: EntryView, writing: Writing, go: Callable[[str], object]
    ) -> None:
        self._shell, self._desk, self._entry, self._writing, self._go = shell, desk, entry, writing, go
        self.settle = SettleView(shell.work, writing.adopt, writing.main_act, lambda: writing.leave())
        self.drawing = DrawingView(shell.work, self._drawn, shell.problem.plain, lambda: go("entry"))
        self.views: dict[str, ttk.Frame] = {"settle": self.settle, "drawing": self.drawing}
        entry.flush_also = self.drawing.canvas.stop_typing
        desk.backgrounds().then(self._have_backgrounds, shell.problem.fault)

    def finding_shown(self) -> str:
        """The place where the finding that was just opened is worked on."""
        if not self._writing.waits_for_settling:
            return "entry"
        self.settle.show(self._writing.judgement, self._writing.opened.finding)
        return "settle"

    def went(self, place: str) -> None:
        """Another place is shown now."""
        self._shell.letter_keys(self.drawing.letters() if place == "drawing" else {})
        if place == "entry" and self._entry.editor is not None:
            self.drawing.canvas.stop_typing()
            self._entry.paint()

    def keys(self, place: str) -> list[Key]:
        """The keys of the page."""
        if place == "drawing":
            return self.drawing.keys()
        opened = self._writing.opened
        return self.settle.keys(opened.may_settle and opened.holder is None)

    # -- the schema drawing ------------------------------------------------------------------------------------

    def _have_backgrounds(self, found: tuple[Background, ...]) -> None:
        if self._entry.winfo_exists():
            self._entry.drawing.backgrounds = found
            if self._entry.editor is not None:
                self._entry.paint()

    def draw(self) -> None:
        """F1: the drawing of the open finding."""
        self._entry.flush()
        writing, last = self._writing, self._writing.opened.last
        self.drawing.show(
            writing.editor.body.drawing,
            backgrounds_for(self._entry.drawing.backgrounds, writing.place[1]),
            last.version.body.drawing if last is not None else None,
            self._entry.editable,
        )
        self._go("drawing")

    def _drawn(self, drawing: Drawing | None) -> None:
        self._writing.editor.drawn(drawing)
        self._writing.touched()

    # -- as last time ------------------------------------------------------------------------------------------

    def as_last_time(self) -> None:
        """F9: take last time's words over; where the rules in force give another category, say so."""
        self._writing.as_last_time()
        editor = self._writing.editor
        suggestion, category = editor.suggestion, editor.body.category
        if suggestion and suggestion != category:
            told = N_("Last time's category is {last}; by the rules in force the codes give {now}. Please look at it.")
            self._shell.problem.look(Sentence(told, {"last": category or "-", "now": suggestion}))
        else:
            self._shell.problem.plain(N_("Taken over from last time; what is still as it was is marked."))
