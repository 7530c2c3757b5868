"""The pictures of the open examination: one large, its eye and comment below, all as thumbnails beside it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from tkinter import ttk
from typing import Any

from kiosk.core import taken_words
from kiosk.core.words import N_, Sentence
from kiosk.modes.fundus import rules
from kiosk.ui import buttons, look
from kiosk.ui.choice_row import ChoiceRow
from kiosk.ui.fields import TextField
from kiosk.ui.live_pane import LivePane
from kiosk.ui.picture_strip import PictureStrip, Thumb
from kiosk.ui.shell import Shell

THUMB = 256, 192


class PicturePage(ttk.Frame):
    """``changed()`` is called when other keys can be used than before."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._changed = shell, desk, changed
        self.taken: Any = None
        self.pictures: list[Any] = []
        self.reviewing = 0  # there is no live picture to go back to
        self._photos: dict[int, tuple[int, int, bytes]] = {}
        self._large = (0, (0, 0))  # number and room of what is shown large
        gap = look.px(12)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.pane = LivePane(self, lambda width, height: self._show_large())
        self.pane.grid(row=0, column=0, sticky="nsew", padx=(0, gap))
        self._eyes = rules.eye_names()
        self.eyes = ChoiceRow(self, list(self._eyes), lambda name: self.set_eye(self._eyes[name]), numbered=False)
        self.eyes.grid(row=1, column=0, sticky="ew", padx=(0, gap), pady=(gap, 0))
        foot = ttk.Frame(self)
        foot.grid(row=2, column=0, sticky="ew", padx=(0, gap), pady=(gap, 0))
        foot.columnconfigure(0, weight=1)
        self.comment = TextField(foot, N_("Comment on this picture"), width=40, limit=200)
        self.comment.grid(row=0, column=0, sticky="ew", padx=(0, gap))
        self.comment.entry.bind("<Return>", lambda event: self.keep_comment())
        self.comment.entry.bind("<FocusOut>", lambda event: self.keep_comment(), add=True)
        buttons.secondary(foot, N_("Keep"), self.keep_comment).grid(row=0, column=1, sticky="s")
        self.strip = PictureStrip(self, empty=N_("No picture came yet."), on_select=lambda key: self._chosen())
        self.strip.grid(row=0, column=1, rowspan=3, sticky="ns")

    def take(self, taken: Any, pictures: Sequence[Any]) -> None:
        """This examination is open now (None: none)."""
        self.taken, self.pictures, self._photos = taken, list(pictures), {}
        for each in self.pictures:
            self._get_photo(each)
        self._chosen()

    def came(self, picture: Any) -> bool:
        """A picture came. False where it is of another examination."""
        if self.taken is None or picture.set != self.taken.id:
            return False
        self.pictures.append(picture)
        self.strip.selected = ""  # the newest is shown
        self.pane.flash()
        self._get_photo(picture)
        self._chosen()
        return True

    def review(self, key: str) -> None:
        """Nothing to go back to."""

    @property
    def current(self) -> Any:
        """The marked picture, else the newest; None where there is none."""
        marked = [each for each in self.pictures if str(each.number) == self.strip.selected]
        return marked[0] if marked else self.pictures[-1] if self.pictures else None

    # -- what a person says of it ----------------------------------------------------------------------------------

    def set_eye(self, eye: str) -> None:
        """R, L or B: of the picture that is shown."""
        if self.current is None:
            self._shell.problem.look(N_("No picture came yet."))
            return
        self._change(self.current, eye=eye)

    def accept_suggestions(self) -> None:
        """F5: what the optic disc suggests is right."""
        found = rules.without_eye(self.pictures)
        for each in found:
            self._change(each, eye=each.facts["suggested"])
        left = [each.number for each in self.pictures if not each.eye]
        if left:
            told = N_("Which eye? Pictures {numbers} don't say it.")
            self._shell.problem.look(Sentence(told, {"numbers": ", ".join(str(each) for each in left)}))
        elif found:
            self._shell.problem.done(Sentence(N_("{n} eyes were taken as suggested."), {"n": len(found)}))

    def keep_comment(self) -> None:
        """What was typed belongs to the picture that is shown."""
        picture = self.current
        if picture is not None and self.comment.get() != picture.comment:
            self._change(picture, comment=self.comment.get())

    def star(self) -> None:
        """F7."""
        self._change(self.current, star=not self.current.star)

    def leave_out(self) -> None:
        """F6: the picture is left out; its file stays until this PC is tidied."""
        picture = self.current
        self._desk.mark(picture, deleted=True).then(lambda _: None, self._shell.problem.fault)
        self.pictures = [each for each in self.pictures if each is not picture]
        self.strip.select("")
        self._chosen()
        self._changed()
        self._shell.problem.look(Sentence(N_("Picture {n} is left out."), {"n": picture.number}))

    # -- inside --------------------------------------------------------------------------------------------------

    def _change(self, picture: Any, **marks: Any) -> None:
        at = self.pictures.index(picture)
        self.pictures[at] = replace(picture, **marks)
        self._desk.mark(picture, **marks).then(lambda _: None, self._shell.problem.fault)
        self._chosen()

    def _chosen(self) -> None:
        """Another picture, or something of it, is to be shown."""
        picture = self.current
        words = {eye: name for name, eye in self._eyes.items()}
        self.eyes.show(words.get(picture.eye, "") if picture is not None else "")
        if self.focus_get() is not self.comment.entry or picture is None:
            self.comment.set(picture.comment if picture is not None else "")
        self.pane.count(taken_words.count_text(self.pictures) if self.taken is not None else "")
        self.pane.corner("se", rules.eye_words(picture) if picture is not None else "")
        self.strip.show(
            [Thumb(str(each.number), rules.caption(each), self._photos.get(each.number), rules.state(each))
             for each in reversed(self.pictures)]
        )  # fmt: skip
        self._show_large()

    def _show_large(self) -> None:
        picture, room = self.current, self.pane.room()
        if picture is None:
            self._large = (0, (0, 0))
            self.pane.hide_picture()
            return
        if self._large == (picture.number, room):
            return
        self._large = (picture.number, room)

        def show(pixels: tuple[int, int, bytes]) -> None:
            if self.winfo_exists() and self._large == (picture.number, room):
                self.pane.review(*pixels)

        self._desk.picture(picture, *room).then(show, self._shell.problem.fault)

    def _get_photo(self, picture: Any) -> None:
        of = self.taken.id

        def came(number: int, pixels: tuple[int, int, bytes]) -> None:
            if self.winfo_exists() and self.taken is not None and self.taken.id == of:
                self._photos[number] = pixels
                self._chosen()

        self._desk.picture(picture, *THUMB).then(partial(came, picture.number), lambda why: None)
