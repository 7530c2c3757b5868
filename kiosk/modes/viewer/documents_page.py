"""Documents beside the images of an examinee: listed, shown, opened by the system's program, taken in."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import filedialog, ttk
from typing import Any

from kiosk.core.patient import Patient
from kiosk.core.study_search import FoundStudy
from kiosk.core.visit import Visit
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer import page_rules
from kiosk.modes.viewer.examinee_picker import ExamineePicker
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, TextField
from kiosk.ui.sheet_pane import SheetPane
from kiosk.ui.shell import Examinee, Key, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = (
    Column("day", N_("Day"), 120),
    Column("kind", N_("Kind"), 60),
    Column("title", N_("Title"), 190, stretch=True),
    Column("file", N_("File type"), 80),
)


class DocumentsPage(ttk.Frame):
    """``leave()`` goes back to the list, ``changed()`` when other keys can be used."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, leave: Callable[[], object], changed: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._leave, self._changed = shell, desk.documents, leave, changed
        self._whose: Patient | None = None
        self._day = ""
        self._stored: dict[str, Any] = {}
        self._shown: Any = None
        self._page = self._pages = 0
        self._running: Any = None
        gap = look.px(12)
        self.columnconfigure(0, weight=5, uniform="halves")
        self.columnconfigure(1, weight=6, uniform="halves")
        self.rowconfigure(1, weight=1)
        self.picker = ExamineePicker(self, shell, self._desk.examinees, self._visit_chosen)
        self.picker.grid(row=0, column=0, sticky="ew", padx=(0, gap), pady=(0, gap))
        self.table = Table(self, COLUMNS, empty=N_("No document of this examinee."), on_select=self._marked,
                           on_choose=lambda key: self.open())  # fmt: skip
        self.table.grid(row=1, column=0, sticky="nsew", padx=(0, gap))
        foot = ttk.Frame(self)
        foot.grid(row=2, column=0, sticky="ew", padx=(0, gap), pady=(gap, 0))
        foot.columnconfigure(1, weight=1)
        self.kind = ChoiceField(foot, N_("Kind of what is taken in"), page_rules.DOCUMENT_KINDS, width=16)
        self.kind.grid(row=0, column=0, sticky="sw", padx=(0, gap))
        self.kind.set("DC")
        self.title = TextField(foot, N_("Title (empty = name of the file)"), width=16, limit=200)
        self.title.grid(row=0, column=1, sticky="sew")
        self.pane = SheetPane(self, self._turn, self._again)
        self.pane.grid(row=0, column=1, rowspan=3, sticky="nsew")

    @property
    def entry(self) -> tk.Misc:
        return self.picker.search.entry

    def focus_set(self) -> None:  # type: ignore[override]
        self.table.focus_set()

    def keys(self) -> list[Key]:
        """The key line of this page."""
        nobody = "" if self._whose is not None else N_("Choose an examinee first.")
        none = "" if self.table.selected else N_("Choose a document first.")
        return [
            Key("F2", N_("Examinee"), self.picker.search.focus),
            Key("F3", N_("Take in"), self.choose_files, why=nobody),
            Key("F5", N_("Show"), self.open, why=none),
            Key("F8", N_("Open"), self.open_by_system, why=none),
            Key("Esc", N_("Back"), self.back),
        ]

    def opened(self, line: FoundStudy | None) -> None:
        """It stands in front now, for the examinee of the list's line."""
        self.picker.clear()
        if line is None:
            self._set(None, "")
            self._shell.give_focus(self.entry)
        else:
            self._set(page_rules.patient_of(line.study), line.study.study_date)

    def back(self) -> None:
        """What runs is stopped first, then back to the list."""
        if self._running is not None and not self._running.stopping:
            self._running.stop()
        else:
            self._shell.clear_examinee()
            self._leave()

    def scanned(self, code: str) -> None:
        self.picker.look_for(code, exact=True)

    def dropped(self, paths: Sequence[Path]) -> None:
        """Files are to be taken in for the examinee in the banner."""
        if self._whose is None:
            self._shell.problem.look(N_("Choose an examinee first."))
            return
        if self._running is not None:
            self._shell.problem.look(N_("Documents are being taken in; wait for them."))
            return
        words = N_("Taking in documents...")
        self._shell.problem.progress(words, 0.0, self._stop)
        running = self._desk.take_in(list(paths), self.kind.get() or "DC", self.title.get(), self._whose, self._day)
        self._running = running
        running.on_progress(lambda part: self._shell.problem.progress(words, part, self._stop))
        running.then(self._taken, self._failed)

    def choose_files(self) -> None:
        """Ask for files to take in."""
        chosen = filedialog.askopenfilenames(parent=self._shell.top, title=say(N_("Documents to take in")))
        if chosen:
            self.dropped([Path(each) for each in chosen])

    # -- showing ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Show the marked one here, or by the system's program where this one can't."""
        document = self._stored.get(self.table.selected)
        if document is None:
            return
        if page_rules.is_shown_here(document.name):
            self._show(document, 0)
            self.pane.focus_set()
        else:
            self.open_by_system()

    def open_by_system(self) -> None:
        """Have the system's program open a copy of the marked one."""
        document = self._stored.get(self.table.selected)
        if document is not None:
            self._desk.open_by_system(document).then(
                lambda path: self._shell.problem.plain(N_("A copy was opened; what is changed in it is not stored.")),
                self._shell.problem.fault,
            )

    def _show(self, document: Any, page: int) -> None:
        self._shown, self._page = document, page

        def came(found: tuple[bytes, int]) -> None:
            if self.winfo_exists() and self._shown is document and self._page == page:
                png, self._pages = found
                self.pane.show(png)
                if self._pages > 1:
                    values = {"page": page + 1, "pages": self._pages}
                    self._shell.problem.plain(Sentence(N_("Page {page} of {pages} (Page keys)"), values))

        def failed(why: Any) -> None:
            if self.winfo_exists() and self._shown is document:
                self.pane.say(why.sentence)

        self._desk.png(document, page, *self.pane.room()).then(came, failed)

    def _again(self) -> None:
        if self._shown is not None and self.pane.painted:
            self._show(self._shown, self._page)

    def _turn(self, by: int) -> None:
        if self._shown is not None and 0 <= self._page + by < self._pages:
            self._show(self._shown, self._page + by)

    def _marked(self, key: str) -> None:
        document = self._stored.get(key)
        self._shown, self._pages = None, 0
        if document is None:
            self.pane.say("")
        elif page_rules.is_shown_here(document.name):
            self.pane.say(N_("F5 shows the document."))
        else:
            self.pane.say(N_("F5 opens it by the system's program."))
        self._changed()

    # -- whose -------------------------------------------------------------------------------------------------------

    def _visit_chosen(self, visit: Visit) -> None:
        self._set(visit.patient, f"{visit.key.day:%Y%m%d}", visit.key.number)
        self.focus_set()

    def _set(self, whose: Patient | None, day: str, number: str = "") -> None:
        self._whose, self._day = whose, day
        self.table.show([])
        self._stored = {}
        self._marked("")
        if whose is None:
            self._shell.clear_examinee()
            return
        caption = N_("Check-up number") if number else N_("ID")
        self._shell.show_examinee(
            Examinee(whose.shown_name, whose.kana, whose.sex, whose.birth_date, None, "", number or whose.patient_id,
                     caption)  # fmt: skip
        )
        self.refresh()

    def refresh(self) -> None:
        """Read the list anew."""
        whose = self._whose

        def came(found: Sequence[Any]) -> None:
            if self.winfo_exists() and self._whose is whose:
                self._stored = {str(each.id): each for each in found}
                self.table.show([Row(key, page_rules.document_cells(each)) for key, each in self._stored.items()])
                if found and not self.table.selected:
                    self.table.select(str(found[0].id))

        if whose is not None:
            self._desk.of(whose.patient_id).then(came, self._shell.problem.fault)

    # -- taking in ---------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        if self._running is not None and not self._running.stopping:
            self._running.stop()

    def _taken(self, done: Any) -> None:
        self._over()
        if not self.winfo_exists():
            return
        if done.refused:
            name, why = done.refused[0]
            values = {"stored": done.stored, "count": len(done.refused), "name": name, "why": why.sentence}
            text = N_("{stored} documents are stored, {count} were not taken. The first, {name}: {why}")
            self._shell.problem.look(Sentence(text, values))
        elif done.waiting:
            text = N_("{count} documents lie in the gateway's inbox and are stored as soon as it answers.")
            self._shell.problem.look(Sentence(text, {"count": done.waiting}))
        else:
            self._shell.problem.done(Sentence(N_("{count} documents are stored."), {"count": done.stored}))
            self.title.set("")
        self.refresh()

    def _failed(self, why: Any) -> None:
        self._over()
        self._shell.problem.fault(why)

    def _over(self) -> None:
        self._running = None
        self._shell.problem.progress_over()
