"""The pages beside list, entry and page: readings that differ, drawing, codes, search, results; and their keys."""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.drawing import Background, Drawing, backgrounds_for
from kiosk.core.judgement import FindingCode, Judgement
from kiosk.core.words import N_, Sentence
from kiosk.modes.findings.codes_window import CodesView
from kiosk.modes.findings.drawing_window import DrawingView
from kiosk.modes.findings.entry_window import EntryView
from kiosk.modes.findings.readings_window import SettleView
from kiosk.modes.findings.results_window import ResultsView
from kiosk.modes.findings.search_window import SearchView
from kiosk.modes.findings.writing_window import Writing
from kiosk.ui.shell import Key, Shell


class Pages:
    """``views`` by place; ``go(place)`` shows one; ``keys(place)`` are those of a page of this kind."""

    def __init__(
        self,
        shell: Shell,
        desk: Any,
        entry: EntryView,
        writing: Writing,
        go: Callable[[str], object],
        refresh: Callable[[], object],
    ) -> None:
        self._shell, self._desk, self._entry, self._writing, self._go = shell, desk, entry, writing, go
        self._refresh = refresh  # the list, which hears no news while another page is shown
        self.settle = SettleView(shell.work, writing.adopt, writing.main_act, lambda: writing.leave())
        self.drawing = DrawingView(shell.work, self._drawn, shell.problem.plain, lambda: go("entry"))
        self.codes = CodesView(shell.work, shell, desk, self._insert, self._back)
        self.search = SearchView(shell.work, shell, desk, self._open_found, self._back)
        self.results = ResultsView(shell.work, shell, desk, self._back)
        self.views: dict[str, ttk.Frame] = {
            "settle": self.settle, "drawing": self.drawing, "codes": self.codes, "search": self.search,
            "results": self.results,
        }  # fmt: skip
        self._found_here = False  # the open finding was found by the search, and leaving it goes back there
        entry.book.configure(command=self.open_codes)
        shell.top.bind("<Control-f>", lambda event: self.open_codes(), add=True)
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
        view = self.views[place]
        if not isinstance(view, SettleView):
            return view.keys()  # type: ignore[attr-defined]
        opened = self._writing.opened
        return self.settle.keys(opened.may_settle and opened.holder is None)

    # -- codes, search, results --------------------------------------------------------------------------------

    def list_keys(self) -> list[Key]:
        """What the list offers besides reading."""
        return [
            Key("F3", N_("Codes"), lambda: self._with_master(lambda master: self.codes.show(master), "codes")),
            Key("F4", N_("Search findings"), lambda: self._with_master(self.search.show, "search")),
            Key("F7", N_("Results out"), lambda: self._with_master(self.results.show, "results")),
        ]

    def _with_master(self, show: Callable[[Judgement], object], place: str) -> None:
        def known(judgement: Judgement) -> None:
            if self._writing.opened is None and self._entry.winfo_exists():
                self._go(place)
                show(judgement)

        self._desk.judgement().then(known, self._shell.problem.fault)

    def _open_found(self, visit: int, kind: str) -> None:
        self._found_here = True
        self._writing.open(visit, kind)

    def after_finding(self) -> str:
        """The place to go to when a finding is left: where it was found."""
        found_here, self._found_here = self._found_here, False
        if found_here:
            self.search.find()
        return "search" if found_here else "list"

    def open_codes(self) -> str:
        """The book of codes for the open finding."""
        if self._writing.opened is not None and self._entry.winfo_ismapped():
            self._entry.flush()
            self.codes.show(self._writing.judgement, self._writing.place[1] if self._entry.editable else "")
            self._go("codes")
        return "break"

    def _insert(self, code: FindingCode) -> None:
        self._go("entry")
        start = len(self._entry.text.get())
        self._entry.act(lambda editor: editor.add_code(code))
        self._entry.go_to_blank(from_=start)

    def _back(self) -> None:
        if self._writing.opened is not None:
            self._go("entry")
        else:
            self._go("list")
            self._refresh()

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
