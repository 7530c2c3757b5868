"""The live picture and what was taken of the open examination: thumbnails, stars, parts, undo, clips."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from tkinter import ttk
from typing import Any

from kiosk.core import taken_words
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.capture import rules
from kiosk.ui import look
from kiosk.ui.choice_row import ChoiceRow
from kiosk.ui.live_pane import LivePane
from kiosk.ui.picture_strip import PictureStrip, Thumb
from kiosk.ui.shell import Shell

THUMB = 256, 192


class TakingPage(ttk.Frame):
    """``changed()`` is called when other keys can be used than before."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._changed = shell, desk, changed
        self.taken: Any = None
        self.pictures: list[Any] = []
        self.reviewing = 0  # number of the picture that is shown large instead of the live one
        self.painted = 0  # live pictures so far
        self._photos: dict[int, tuple[int, int, bytes]] = {}
        self._newest = -1
        self._clip_after: str | None = None
        gap = look.px(12)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.pane = LivePane(self, desk.want)
        self.pane.grid(row=0, column=0, sticky="nsew", padx=(0, gap))
        self.parts = ChoiceRow(self, [each.name for each in desk.settings.parts], self.set_part)
        self.parts.grid(row=1, column=0, sticky="ew", padx=(0, gap), pady=(gap, 0))
        self.strip = PictureStrip(self, empty=N_("No picture was taken yet."), on_select=self._selected,
                                  on_open=self.review)  # fmt: skip
        self.strip.grid(row=0, column=1, rowspan=2, sticky="ns")
        self.bind("<Destroy>", lambda event: self._forget_clip() if event.widget is self else None)

    def take(self, taken: Any, pictures: Sequence[Any]) -> None:
        """This examination is open now (None: none)."""
        self.taken, self.pictures, self._photos, self.reviewing = taken, list(pictures), {}, 0
        self._newest = -1
        self.pane.corner("se", "")
        self.parts.show(self._desk.capture.part)
        for each in self.pictures:
            self._get_photo(each)
        self._draw()

    def show_newest(self) -> None:
        """Paint the newest live picture, unless another one is looked at."""
        preview = None if self.reviewing else self._desk.preview(self._newest)
        if preview is not None:
            self._newest = preview.number
            self.painted += 1
            self.pane.show(preview)

    def alarm(self, why: str | Sentence) -> None:
        """There is no live picture; empty: there is one again."""
        self.reviewing = 0
        self._newest = -1
        self.pane.corner("se", "")
        self.pane.alarm(why)
        self._desk.want(*self.pane.room())


    def came(self, picture: Any) -> bool:
        """A picture is safe: now the counter moves. False where it is of another examination."""
        if self.taken is None or picture.set != self.taken.id:
            return False
        self.pictures.append(picture)
        self.pane.flash()
        self._get_photo(picture)
        self._draw()
        return True

    def _get_photo(self, picture: Any) -> None:
        of = self.taken.id

        def came(pixels: tuple[int, int, bytes]) -> None:
            if self.taken is not None and self.taken.id == of and self.winfo_exists():
                self._photos[picture.number] = pixels
                self._draw()

        self._desk.picture(picture, *THUMB).then(came, lambda why: None)

    def _draw(self) -> None:
        self.pane.count(taken_words.count_text(self.pictures) if self.taken is not None else "")
        self.strip.show(
            [Thumb(str(each.number), rules.caption(each), self._photos.get(each.number))
             for each in reversed(self.pictures)]
        )  # fmt: skip

    def _at(self) -> int:
        """Which picture a key is about: the one that is marked, else the newest."""
        numbers = [str(each.number) for each in self.pictures]
        return numbers.index(self.strip.selected) if self.strip.selected in numbers else len(numbers) - 1

    def _selected(self, key: str) -> None:
        if self.reviewing:
            self.review(key)

    def review(self, key: str) -> None:
        """Show a picture large; empty goes back to the live one."""
        found = [each for each in self.pictures if str(each.number) == key]
        self.reviewing = found[0].number if found else 0
        self._newest = -1
        if not found:
            self.pane.corner("se", "")
            return

        def show(pixels: tuple[int, int, bytes]) -> None:
            if self.reviewing == found[0].number and self.winfo_exists():
                self.pane.review(*pixels)
                self.pane.corner("se", say(N_("Not live: Esc shows the live picture.")))

        self._desk.picture(found[0], *self.pane.room()).then(show, self._shell.problem.fault)

    def undo(self) -> None:
        """F6: the marked or the newest picture is left out; its file stays until this PC is tidied."""
        at = self._at()
        gone = [each for each in self.pictures if self.pictures[at].number in (each.number, each.taken_of)]
        for each in gone:
            self._desk.mark(each, deleted=True).then(lambda _: None, self._shell.problem.fault)
        self.pictures = [each for each in self.pictures if each not in gone]
        self.strip.select("")
        if self.reviewing:
            self.review("")
        self._draw()
        self._changed()
        self._shell.problem.look(Sentence(N_("Picture {n} is left out."), {"n": gone[0].number}))

    def star(self) -> None:
        """F7."""
        picture = self.pictures[self._at()]
        self._change(picture, star=not picture.star)

    def set_part(self, part: str) -> None:
        """Of the pictures to come; of the marked one where one is marked."""
        if self.taken is None:
            return
        marked = [each for each in self.pictures if str(each.number) == self.strip.selected]
        if marked:
            self._change(marked[0], part=part)
            return
        self._desk.capture.part = part
        self.parts.show(part)

    def _change(self, picture: Any, **marks: Any) -> None:
        at = self.pictures.index(picture)
        self.pictures[at] = replace(picture, **marks)
        self._desk.mark(picture, **marks).then(lambda _: None, self._shell.problem.fault)
        self._draw()

    def clip(self) -> None:
        """F9: begins a clip, and ends it."""
        if self._desk.capture.clipping:
            self._desk.end_clip().then(lambda _: self._clip_over(), self._shell.problem.fault)
            return

        def begun(good: bool) -> None:
            if not good:
                self._shell.problem.look(N_("No clip: there is no live picture."))
                return
            self._changed()
            self._shell.problem.progress(N_("A clip is being taken ..."), None, self.clip)
            longest = self._desk.settings.clip_s * 1000
            self._clip_after = self.after(longest, self._clip_long_enough)

        self._desk.begin_clip().then(begun, self._shell.problem.fault)

    def _clip_long_enough(self) -> None:
        if self._desk.capture.clipping:
            self.clip()

    def _clip_over(self) -> None:
        if self.winfo_exists():
            self._forget_clip()
            self._shell.problem.progress_over()
            self._changed()

    def _forget_clip(self) -> None:
        if self._clip_after is not None:
            self.after_cancel(self._clip_after)
            self._clip_after = None
