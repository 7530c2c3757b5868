"""The teaching file: searched by word and kind, shown large, exported, a picture taken out."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import filedialog, ttk
from typing import Any

from kiosk.core.study_search import FoundStudy
from kiosk.core.teaching import TeachingPicture
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer.list_window import MODALITIES, TYPING_PAUSE_MS
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, TextField
from kiosk.ui.sheet_pane import SheetPane
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = (
    Column("title", N_("Title"), 200, stretch=True),
    Column("keywords", N_("Keywords"), 200, stretch=True),
    Column("kind", N_("Kind"), 60),
    Column("at", N_("Kept on"), 120),
)


class TeachingPage(ttk.Frame):
    """``leave()`` goes back to the list, ``changed()`` when other keys can be used."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, leave: Callable[[], object], changed: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._leave, self._changed = shell, desk.teaching, leave, changed
        self._found: dict[str, TeachingPicture] = {}
        self._asked = 0
        self._pause: str | None = None
        self._large = False
        self._running: Any = None
        self._shown = ""
        gap = look.px(12)
        self.columnconfigure(0, weight=5, uniform="halves")
        self.columnconfigure(1, weight=6, uniform="halves")
        self.rowconfigure(1, weight=1)
        self._side = side = ttk.Frame(self)
        side.grid(row=0, column=0, rowspan=2, sticky="nsew", padx=(0, gap))
        side.columnconfigure(0, weight=1)
        side.rowconfigure(1, weight=1)
        head = ttk.Frame(side)
        head.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        head.columnconfigure(0, weight=1)
        self.search = TextField(head, N_("Search by keyword or text"), width=20)
        self.search.grid(row=0, column=0, sticky="ew", padx=(0, gap))
        self.kind = ChoiceField(head, N_("Kind"), MODALITIES, width=9)
        self.kind.grid(row=0, column=1)
        self.kind.set("")
        self.search.on_change(self._typed)
        self.kind.on_change(self.refresh)
        self.table = Table(side, COLUMNS, empty=N_("No picture in the teaching file fits."), several=True,
                           on_choose=lambda key: self.enlarge())  # fmt: skip
        self.table.grid(row=1, column=0, sticky="nsew")
        self.table.tree.bind("<<TreeviewSelect>>", lambda event: self._marked(), add=True)
        self.comment = ttk.Label(side, anchor="nw", justify="left", wraplength=look.px(480))
        self.comment.grid(row=2, column=0, sticky="ew", pady=(gap, 0))
        self.pane = SheetPane(self, self._step, lambda: self._shown and self._show(self._shown))
        self.pane.grid(row=0, column=1, rowspan=2, sticky="nsew")
        self.search.entry.bind("<Down>", lambda event: self.table.focus_set())
        self.search.entry.bind("<Return>", lambda event: self.table.focus_set())
        side.bind("<Configure>", lambda event: self.comment.configure(wraplength=max(100, event.width - 8)))
        quiet = self._desk.on_news(self._news)
        self.bind("<Destroy>", lambda event: self._end(quiet) if event.widget is self else None, add=True)

    @property
    def entry(self) -> tk.Misc:
        return self.search.entry

    def focus_set(self) -> None:  # type: ignore[override]
        (self.pane if self._large else self.table).focus_set()

    def keys(self) -> list[Key]:
        """The key line of this page."""
        none = "" if self._found and self.table.selected else N_("Choose a picture first.")
        some = "" if self._found else N_("There is nothing to export.")
        return [
            Key("F2", N_("Search"), self.search.focus),
            Key("F5", N_("Smaller") if self._large else N_("Show large"), self.enlarge, why=none),
            Key("F6", N_("Take out"), self.remove, why=none),
            Key("F8", N_("Export"), self.export, why=some),
            Key("Esc", N_("Back"), self.back),
        ]

    def opened(self, line: FoundStudy | None) -> None:
        """It stands in front now."""
        self._shell.clear_examinee()
        self.refresh()

    def back(self) -> None:
        """From large to small, what runs is stopped, then to the list."""
        if self._large:
            self.enlarge()
        elif self._running is not None and not self._running.stopping:
            self._running.stop()
        else:
            self._leave()

    def scanned(self, code: str) -> None:
        self._shell.problem.look(N_("The teaching file knows no examinee; search by keyword."))

    def dropped(self, paths: Sequence[Path]) -> None:
        self._shell.problem.look(N_("Pictures come into the teaching file from the viewer, by the key d."))

    def refresh(self) -> None:
        """Search anew; an answer overtaken by a newer question is dropped."""
        self._asked += 1
        asked = self._asked

        def came(found: Sequence[TeachingPicture]) -> None:
            if not self.winfo_exists() or asked != self._asked:
                return
            self._found = {str(each.id): each for each in found}
            cells = {key: (each.title, "、".join(each.keywords), each.modality, each.at[:10])
                     for key, each in self._found.items()}  # fmt: skip
            self.table.show([Row(key, each) for key, each in cells.items()])
            if found and not self.table.selected:
                self.table.select(str(found[0].id))
            self._marked()

        self._desk.find(self.search.get(), self.kind.get()).then(came, self._shell.problem.fault)

    # -- showing -----------------------------------------------------------------------------------------------------

    def enlarge(self) -> None:
        """F5: over the whole page, or beside the list again."""
        if not self.table.selected:
            return
        self._large = not self._large
        if self._large:
            self._side.grid_remove()
            self.columnconfigure(0, weight=0, uniform="")
            self.columnconfigure(1, uniform="")
        else:
            self.columnconfigure(0, weight=5, uniform="halves")
            self.columnconfigure(1, uniform="halves")
            self._side.grid()
        self.focus_set()
        self._changed()
        self._show(self.table.selected)

    def _step(self, by: int) -> None:
        keys = self.table.shown_keys
        if self.table.selected in keys:
            self.table.select(keys[min(max(keys.index(self.table.selected) + by, 0), len(keys) - 1)])

    def _marked(self) -> None:
        picture = self._found.get(self.table.selected)
        self.comment.configure(text=picture.comment if picture is not None else "")
        if picture is None:
            self._shown = ""
            self.pane.say("")
        elif self._shown != self.table.selected:
            self._show(self.table.selected)
        self._changed()

    def _show(self, key: str) -> None:
        self._shown = key
        self.update_idletasks()

        def came(png: bytes) -> None:
            if self.winfo_exists() and self._shown == key:
                self.pane.show(png)

        def failed(why: Any) -> None:
            if self.winfo_exists() and self._shown == key:
                self.pane.say(why.sentence)

        self._desk.png(int(key), *self.pane.room()).then(came, failed)

    # -- taking out, exporting ---------------------------------------------------------------------------------------

    def remove(self) -> None:
        """F6: for good, asked first."""
        picture = self._found.get(self.table.selected)
        if picture is None:
            return

        def take_out() -> None:
            self._desk.remove(picture.id).then(
                lambda _: self._shell.problem.done(N_("The picture was taken out.")), self._shell.problem.fault
            )

        self._shell.ask(
            Sentence(N_("Take “{title}” out of the teaching file?"), {"title": picture.title}),
            N_("It is deleted for good. The examination that it came from stays."),
            [Choice(N_("Keep it")), Choice(N_("Take out"), take_out, dangerous=True)],
        )

    def export(self) -> None:
        """F8: the marked ones, or all that are listed where only one is, to a folder that is asked for."""
        chosen = filedialog.askdirectory(parent=self._shell.top, title=say(N_("Folder to export to")))
        if chosen:
            self.export_to(chosen)

    def export_to(self, folder: str) -> None:
        """As JPEG with a list."""
        keys = self.table.selected_keys
        rows = [int(key) for key in (keys if len(keys) > 1 else self.table.shown_keys)]
        words = N_("Exporting...")
        self._running = running = self._desk.export(folder, rows)
        self._shell.problem.progress(words, 0.0, running.stop)
        running.on_progress(lambda part: self._shell.problem.progress(words, part, running.stop))

        def done(target: Path) -> None:
            self._over()
            values = {"count": len(rows), "folder": target.name}
            self._shell.problem.done(Sentence(N_("{count} pictures are in {folder}, with list.csv."), values))

        def failed(why: Any) -> None:
            self._over()
            self._shell.problem.fault(why)

        running.then(done, failed)

    def _over(self) -> None:
        self._running = None
        self._shell.problem.progress_over()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        if self._pause is not None:
            self.after_cancel(self._pause)
        self._pause = self.after(TYPING_PAUSE_MS, self._asks)

    def _asks(self) -> None:
        self._pause = None
        self.refresh()

    def _news(self) -> None:
        if self.winfo_exists():
            self.refresh()

    def _end(self, quiet: Callable[[], None]) -> None:
        quiet()
        if self._pause is not None:
            self.after_cancel(self._pause)
            self._pause = None
