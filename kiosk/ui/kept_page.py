"""Examinations on this PC that are not registered: go on with one, say whose it is, or register it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk
from typing import Any

from kiosk.core import taken_words
from kiosk.core.taken import SetState
from kiosk.core.words import N_, Sentence
from kiosk.ui.picture_strip import PictureStrip, Thumb
from kiosk.ui.shell import Choice, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("at", N_("Begun"), 130),
    Column("number", N_("Number"), 140),
    Column("name", N_("Name"), 170),
    Column("exam", N_("Examination"), 170),
    Column("pictures", N_("Pictures"), 80, right=True),
    Column("state", N_("State"), 150),
    Column("why", N_("Message"), 160, stretch=True),
]


class KeptPage(ttk.Frame):
    """``marked(set or None)`` is called when another row is marked."""

    def __init__(
        self,
        parent: tk.Misc,
        shell: Shell,
        desk: Any,
        marked: Callable[[Any], object],
        caption: Callable[[Any], str],
        changed: Callable[[], object],
    ) -> None:
        """``caption(picture)``: what stands below a thumbnail; ``changed()``: what is not registered is other now."""
        super().__init__(parent)
        self._caption, self._changed = caption, changed
        self._shell, self._desk, self._marked = shell, desk, marked
        self._sets: dict[str, Any] = {}
        self._photos: dict[str, tuple[int, int, bytes]] = {}
        self._shown_of = ""
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.table = Table(self, COLUMNS, empty=N_("Everything is registered."), on_select=self._select)
        self.table.grid(row=0, column=0, sticky="nsew")
        self.strip = PictureStrip(self, empty=N_("Mark an examination to see its pictures."))
        self.strip.grid(row=0, column=1, sticky="ns", padx=(12, 0))

    def opened(self) -> None:
        """It stands in front now."""
        self.refresh()
        self.table.focus_set()

    def refresh(self) -> None:
        """Read it anew."""

        def show(found: Any) -> None:
            if not self.winfo_exists():
                return
            kept, _ = found
            self._sets = {each.id: each for each, _, _ in kept}
            words = taken_words
            self.table.show(
                [
                    Row(each.id, words.kept_cells(each, count, words.why_words(why)), words.kept_state(each))
                    for each, count, why in kept
                ]
            )
            self._select(self.table.selected)

        self._desk.kept().then(show, self._shell.problem.fault)

    @property
    def chosen(self) -> Any:
        """The examination that is marked, or None."""
        return self._sets.get(self.table.selected)

    # -- what can be done with the marked one ------------------------------------------------------------------------

    def under_way(self) -> bool:
        """Is it being registered? Then nothing of it can be changed any more, which is told."""
        if self.chosen.state is SetState.OPEN:
            return False
        self._shell.problem.look(N_("It is being registered already; F12 tries again at once."))
        return True

    def register_marked(self) -> None:
        """F12: from now on it goes out by itself; at once where it waited."""
        self._desk.register(self.chosen.id).then(
            lambda _: self._done(N_("It is being registered.")), self._shell.problem.fault
        )

    def discard_marked(self) -> None:
        """F6: asked first, since nothing brings it back."""
        chosen = self.chosen
        if self.under_way():
            return

        def throw_away() -> None:
            self._desk.discard(chosen.id).then(
                lambda _: self._done(N_("The pictures were thrown away.")), self._shell.problem.fault
            )

        values = {"name": taken_words.who(chosen), "at": chosen.opened_at[11:16]}
        self._shell.ask(
            Sentence(N_("Throw away the pictures of {name} ({at})?"), values),
            N_("They are removed from this PC at once. They were never registered and can't be brought back."),
            [Choice(N_("Keep them")), Choice(N_("Throw away"), throw_away, dangerous=True)],
        )

    def _done(self, told: str) -> None:
        if self.winfo_exists():
            self._shell.problem.done(told)
            self.refresh()
            self._changed()

    # -- inside --------------------------------------------------------------------------------------------------

    def _select(self, key: str) -> None:
        self._marked(self._sets.get(key))
        if key == self._shown_of:
            return
        self._shown_of = key
        if key not in self._sets:
            self.strip.show([])
            return

        def show(pictures: Any) -> None:
            if self.winfo_exists() and self._shown_of == key:
                self._thumbs(key, list(pictures)[-40:])

        self._desk.pictures(key).then(show, self._shell.problem.fault)

    def _thumbs(self, key: str, pictures: list[Any]) -> None:
        def draw() -> None:
            self.strip.show(
                [Thumb(str(each.number), self._caption(each), self._photos.get(f"{key} {each.number}"))
                 for each in reversed(pictures)]
            )  # fmt: skip

        def came(number: int, pixels: tuple[int, int, bytes]) -> None:
            self._photos[f"{key} {number}"] = pixels
            if self.winfo_exists() and self._shown_of == key:
                draw()

        draw()
        for each in pictures:
            self._desk.picture(each, 256, 192).then(partial(came, each.number), lambda why: None)
