"""A picture on its way into the teaching file: chosen, its burned-in words blacked out, named by title and keywords."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import ttk
from typing import Any

from kiosk.core.patient import Patient
from kiosk.core.teaching import LONGEST_COMMENT, LONGEST_TITLE, Words, keywords_of
from kiosk.core.words import N_, say
from kiosk.ui import look
from kiosk.ui.fields import NoteField, TextField
from kiosk.ui.mask_canvas import MaskCanvas
from kiosk.ui.picture_strip import PictureStrip, Thumb
from kiosk.ui.shell import Choice, Key, Shell

NOW = "now"  # key of the picture that stands in the viewer's pane


class TeachingForm(ttk.Frame):
    """``leave()`` goes back to the pictures."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, leave: Callable[[], object], changed: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._leave, self._changed = shell, desk.teaching, leave, changed
        self._whose = Patient("", "")
        self._modality = ""
        self._pictures: dict[str, tuple[bytes, str]] = {}  # key -> bytes, SOP Instance UID
        self._uids: dict[str, str] = {}
        self._thumbs: dict[str, Thumb] = {}
        self._shown = ""
        self._turn = 0
        gap = look.px(12)
        self.columnconfigure(1, weight=1)
        self.rowconfigure(0, weight=1)
        self.strip = PictureStrip(self, columns=1, on_select=self._choose)
        self.strip.grid(row=0, column=0, sticky="ns", padx=(0, gap))
        self.canvas = MaskCanvas(self, changed)
        self.canvas.grid(row=0, column=1, sticky="nsew", padx=(0, gap))
        side = ttk.Frame(self)
        side.grid(row=0, column=2, sticky="ns")
        side.rowconfigure(3, weight=1)
        self.title = TextField(side, N_("Title"), width=28, limit=LONGEST_TITLE)
        self.keywords = TextField(side, N_("Keywords, with commas between"), width=28, limit=300)
        self.comment = NoteField(side, N_("Comment"), lines=6, width=28, limit=LONGEST_COMMENT)
        told = N_(
            "Drag over names, dates and numbers in the picture: they become black. "
            "Name, ID and birth date of the examinee are not kept."
        )
        ttk.Label(side, text=say(told), wraplength=look.px(290), justify="left").grid(row=0, column=0, sticky="ew",
                                                                                      pady=(0, gap))  # fmt: skip
        self.title.grid(row=1, column=0, sticky="ew", pady=(0, gap))
        self.keywords.grid(row=2, column=0, sticky="ew", pady=(0, gap))
        self.comment.grid(row=3, column=0, sticky="nsew")

    @property
    def entry(self) -> tk.Misc:
        return self.title.entry

    def focus_set(self) -> None:  # type: ignore[override]
        self.title.focus()

    def keys(self) -> list[Key]:
        """The key line of this page."""
        return [
            Key("F5", N_("Keep"), self.ask, why="" if self._shown in self._pictures else N_("No picture is shown.")),
            Key("F6", N_("Undo"), self.canvas.undo, why="" if self.canvas.areas else N_("Nothing is blacked out.")),
            Key("Esc", N_("Back"), self.back),
        ]

    def take(self, whose: Patient, modality: str, sop_uid: str, make: Callable[[], bytes], visit: int | None) -> None:
        """The picture in the viewer's pane, and the key images of the visit to choose from."""
        self._whose, self._modality = whose, modality
        self._turn += 1
        turn = self._turn
        self._pictures, self._thumbs, self._shown = {}, {}, ""
        self._uids = {NOW: sop_uid}
        self.canvas.clear()
        self.strip.show([])
        for field in (self.title, self.keywords, self.comment):
            field.set("")

        def made(found: tuple[bytes, Any]) -> None:
            if self.winfo_exists() and turn == self._turn:
                self._pictures[NOW] = (found[0], sop_uid)
                self._thumbs = {NOW: Thumb(NOW, say(N_("This picture")), found[1]), **self._thumbs}
                self._show_strip(NOW)

        def tray(found: Sequence[tuple[Any, Any]]) -> None:
            if self.winfo_exists() and turn == self._turn:
                for each, pixels in found:
                    self._uids[str(each.id)] = each.sop_uid
                    self._thumbs[str(each.id)] = Thumb(str(each.id), each.comment or say(N_("Key image")), pixels)
                self._show_strip(self._shown)

        self._desk.made(make).then(made, self._shell.problem.fault)
        if visit is not None:
            self._desk.tray(visit).then(tray, self._shell.problem.fault)

    def opened(self, line: Any) -> None:
        """It stands in front now; ``take`` says for what."""

    def back(self) -> None:
        self._leave()

    def scanned(self, code: str) -> None:
        self._shell.problem.look(N_("Keep the picture or go back first."))

    def dropped(self, paths: Sequence[Path]) -> None:
        self._shell.problem.look(N_("Keep the picture or go back first."))

    # -- which picture -----------------------------------------------------------------------------------------------

    def _show_strip(self, key: str) -> None:
        self.strip.show(list(self._thumbs.values()))
        if key:
            self.strip.select(key)
            if key != self._shown:
                self._choose(key)

    def _choose(self, key: str) -> None:
        if not key:
            return
        self._shown = key
        self.canvas.clear()
        self._changed()
        if key in self._pictures:
            self._paint(key)
            return

        def came(data: bytes) -> None:
            if self.winfo_exists() and key in self._uids:
                self._pictures[key] = (data, self._uids[key])
                self._paint(key)

        self._desk.key_image(int(key)).then(came, self._shell.problem.fault)

    def _paint(self, key: str) -> None:
        self.update_idletasks()

        def came(png: bytes) -> None:
            if self.winfo_exists() and self._shown == key:
                self.canvas.show(png)
                self._changed()

        self._desk.fitted(self._pictures[key][0], *self.canvas.room()).then(came, self._shell.problem.fault)

    # -- keeping -----------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """F5: a person decides that nobody can be recognised."""
        if self._shown in self._pictures:
            self._shell.ask(
                N_("Can nobody be recognised in this picture?"),
                N_("Names, dates and numbers burned into it stay in the teaching file for everybody to see."),
                [Choice(N_("Look again")), Choice(N_("Nobody: keep it"), self.keep)],
            )

    def keep(self) -> None:
        """Keep it with its words; it stays open, so that the next of the strip can follow."""
        picture, sop_uid = self._pictures[self._shown]
        words = Words(self.title.get(), keywords_of(self.keywords.get()), self.comment.get(), self._modality)

        def kept(row: int) -> None:
            self._shell.problem.done(N_("The picture is in the teaching file."))
            if self.winfo_exists():
                self._leave()

        self._desk.keep(picture, self.canvas.areas, words, self._whose, sop_uid).then(kept, self._shell.problem.fault)
