"""A burned-in name: where it stands, how the picture would look, then a further picture of each with the new name."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence
from kiosk.ui import buttons, look
from kiosk.ui.fields import NumberField
from kiosk.ui.image_pane import ImagePane
from kiosk.ui.shell import Choice, Shell

PLACE = {"x": N_("Left"), "y": N_("Top"), "width": N_("Width"), "height": N_("Height")}


class RedrawPage(ttk.Frame):
    """Of one correction that is done; ``left()`` when it was asked for."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object], left: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._changed, self._left = shell, desk, changed, left
        self.correction: Any = None
        self.images: list[Any] = []
        self.at = 0
        self.seen = False  # the preview of this place stands in the pane
        self._shown: Any = None
        gap = look.px(12)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.pane = ImagePane(self)
        self.pane.grid(row=0, column=0, sticky="nsew")
        foot = ttk.Frame(self)
        foot.grid(row=1, column=0, sticky="ew", pady=(gap, 0))
        self.place = {name: NumberField(foot, words, width=8, limit=5) for name, words in PLACE.items()}
        for at, field in enumerate(self.place.values()):
            field.grid(row=0, column=at, padx=(0, gap))
            field.on_change(self._moved)
            field.entry.bind("<Return>", lambda event: self.preview())
        buttons.secondary(foot, N_("Preview"), self.preview).grid(row=0, column=4, sticky="s")

    def open(self, correction: Any) -> None:
        self.correction, self.images, self.at, self._shown = correction, [], 0, None
        self.pane.clear(N_("The picture is being read."))
        self._moved()

        def came(images: list[Any]) -> None:
            if self.winfo_exists() and self.correction is correction:
                self.images = images
                if images:
                    usual = self._desk.place_of_name(images[0].modality)
                    for field, value in zip(self.place.values(), usual, strict=True):
                        field.set(str(value))
                self._read()

        self._desk.corrected_images(correction).then(came, self._shell.problem.fault)

    def area(self) -> tuple[int, ...]:
        return tuple(int(field.get()) if field.get().isdigit() else 0 for field in self.place.values())

    def next(self) -> None:
        """F9: the next picture, with the name at the same place."""
        if self.images:
            self.at = (self.at + 1) % len(self.images)
            self._read()

    def preview(self) -> None:
        """How it would look; no file is touched."""
        if self._shown is None:
            return
        area = self.area()

        def show(made: Any) -> None:
            if self.winfo_exists() and self.area() == area:
                self.pane.show(made.drawn_over(), made.paint, keep=True)
                self.seen = True
                self._changed()

        self._desk.preview(self._shown, area, self.correction).then(show, self._shell.problem.fault)

    def ask(self) -> None:
        """F5."""
        told = N_("A further picture is made of each of the {n} pictures. Those with the old name stay as they are.")
        choices = [Choice(N_("No, not yet")), Choice(N_("Redraw"), self._redraw)]
        question = Sentence(N_("Write {name} over the old name?"), {"name": self.correction.after.shown_name})
        self._shell.ask(question, Sentence(told, {"n": len(self.images)}), choices)

    def _redraw(self) -> None:
        def done(count: int) -> None:
            if self.winfo_exists():
                self._left()
                self._shell.problem.done(Sentence(N_("{n} pictures get the new name."), {"n": count}))

        self._desk.redraw(self.correction, self.images, self.area()).then(done, self._shell.problem.fault)

    def _read(self) -> None:
        self._shown = None
        self._moved()
        if not self.images:
            self.pane.clear(N_("No picture"))
            return
        image = self.images[self.at]

        def came(shown: Any) -> None:
            if self.winfo_exists() and self.images and self.images[self.at] is image:
                self._shown = shown
                if shown is None:
                    self.pane.clear(N_("This PC does not reach the disk of the images."))
                else:
                    self.pane.show(shown.drawn_over(), shown.paint)
                    self.preview()

        self._desk.picture(image).then(came, lambda why: self.winfo_exists() and self.pane.clear(why.sentence))

    def _moved(self) -> None:
        """What is seen is not what would be written."""
        self.seen = False
        self._changed()
