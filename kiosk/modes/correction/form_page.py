"""One correction before it is begun: pictures, both identities side by side, reason, second person."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.correction import rules
from kiosk.ui import look
from kiosk.ui.choice_row import ChoiceRow
from kiosk.ui.fields import ChoiceField, DateField, TextField
from kiosk.ui.image_pane import ImagePane
from kiosk.ui.shell import Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("field", N_("Field"), 150),
    Column("before", N_("In the images"), 220, stretch=True),
    Column("after", N_("Right examinee"), 220, stretch=True),
    Column("differs", N_("Compared"), 120),
]


class FormPage(ttk.Frame):
    """``changed()`` when other keys can be used than before."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._changed = shell, desk, changed
        self.wrong: Any = None
        self.right: Any = None
        self.reason = ""
        gap = look.px(12)
        self.columnconfigure(1, weight=1)
        self.rowconfigure(0, weight=1)
        shown = ttk.Frame(self)
        shown.grid(row=0, column=0, rowspan=3, sticky="ns", padx=(0, gap))
        self.panes: list[ImagePane] = []
        for at in range(max(1, desk.settings.pictures)):
            shown.rowconfigure(at, weight=1, uniform="pictures")
            pane = ImagePane(shown, width=look.px(210), height=look.px(120))
            pane.grid(row=at, column=0, sticky="nsew", pady=(0 if at == 0 else look.px(8), 0))
            self.panes.append(pane)
        self.table = Table(self, COLUMNS, lines=7)
        self.table.grid(row=0, column=1, sticky="nsew")
        self._reasons = rules.reasons()
        why = ttk.Frame(self)
        why.grid(row=1, column=1, sticky="ew", pady=(gap, 0))
        why.columnconfigure(0, weight=1)
        ttk.Label(why, text=say(N_("Why")), style="Caption.TLabel").grid(row=0, column=0, sticky="w")
        self.reasons = ChoiceRow(why, list(self._reasons), self.choose_reason)
        self.reasons.grid(row=1, column=0, sticky="ew")
        foot = ttk.Frame(self)
        foot.grid(row=2, column=1, sticky="ew", pady=(gap, 0))
        foot.columnconfigure(2, weight=1)
        self.day = DateField(foot, N_("List of the day"))
        self.which = ChoiceField(foot, N_("Images"), {}, width=16)
        self.which.on_change(self._show)
        self.text = TextField(foot, N_("Explanation"), width=20, limit=200)
        self.second = ChoiceField(foot, N_("Second person"), {}, width=14)
        self.pin = TextField(foot, N_("PIN of the second person"), width=12, limit=64, secret=True)
        for at, field in enumerate((self.day, self.which, self.text, self.second, self.pin)):
            field.grid(row=0, column=at, sticky="ew", padx=(0 if at == 0 else gap, 0))
        self.pin.entry.bind("<Return>", lambda event: self._shell.key("F5").press())

    def open(self, wrong: Any) -> None:
        """The images are chosen; whose they are is not known yet."""
        self.wrong, self.right = wrong, None
        self.choose_reason("")
        for field in (self.text, self.second, self.pin):
            field.set("")
        self.which.offer(rules.series_choices(wrong.images))
        self.which.set("")
        self.day.set_day(rules.list_day(wrong.study, self._desk.today()))
        self._show()
        self._desk.people().then(
            lambda names: self.winfo_exists() and self.second.offer({each: each for each in names}),
            self._shell.problem.fault,
        )
        images = self._desk.pictures_of(wrong.images)
        for at, pane in enumerate(self.panes):
            pane.clear(N_("The picture is being read.") if at < len(images) else N_("No picture"))
            if at < len(images):
                self._desk.picture(images[at]).then(
                    partial(self._painted, pane, wrong), partial(self._unseen, pane, wrong)
                )

    def scanned(self, code: str) -> None:
        """The right examinee, by a barcode alone."""
        if self.wrong is None:
            return
        wrong, day = self.wrong, self.day.day() or self._desk.today()

        def found(right: Any) -> None:
            if self.winfo_exists() and self.wrong is wrong:
                self.right = right
                self._show()
                told = N_("Compare both, choose the reason, then the second person enters the PIN.")
                self._shell.problem.look(told)

        def failed(why: Any) -> None:
            if self.winfo_exists():
                self._shell.top.bell()
                self._shell.problem.fault(why)

        self._desk.right(code, day, wrong.study).then(found, failed)

    def choose_reason(self, words: str) -> None:
        self.reason = self._reasons.get(words, "")
        self.reasons.show(words)
        self._changed()

    def letter_keys(self) -> dict[str, Callable[[], object]]:
        """1 to 4 choose the reason while no field has the cursor."""
        return {str(at): partial(self.choose_reason, words) for at, words in enumerate(self._reasons, 1)}

    def why_not(self) -> str:
        """What is still missing; empty where it may be begun."""
        if self.wrong is None or self.right is None:
            return N_("Scan the barcode of the right examinee.")
        if self.wrong.open is not None:
            return N_("Another correction of these images is under way.")
        return "" if self.reason else N_("Choose the reason first.")

    @property
    def series(self) -> tuple[str, ...]:
        """Only these series; none: all."""
        return (self.which.get(),) if self.which.get() else ()

    @property
    def count(self) -> int:
        """How many images will be corrected."""
        return sum(not self.series or each.series_uid in self.series for each in self.wrong.images)

    def _show(self) -> None:
        after = self.right.identity if self.right is not None else None
        rows = rules.comparison(self.wrong.identity, after, self.count)
        self.table.show([Row(*each) for each in rows])
        self._changed()

    def _painted(self, pane: ImagePane, wrong: Any, shown: Any) -> None:
        if self.winfo_exists() and self.wrong is wrong:
            if shown is None:
                pane.clear(N_("This PC does not reach the disk of the images."))
            else:
                pane.show(shown.drawn_over(), shown.paint)

    def _unseen(self, pane: ImagePane, wrong: Any, why: Any) -> None:
        if self.winfo_exists() and self.wrong is wrong:
            pane.clear(why.sentence)

    def summary(self) -> Sentence:
        """The consequence, for the question before it is begun."""
        told = N_("{n} images of {before} become images of {after}. The old ones are put away and can be brought back.")
        before, after = self.wrong.identity, self.right.identity
        return Sentence(told, {
            "n": self.count, "before": f"{before.patient_id} {before.shown_name}",
            "after": f"{after.patient_id} {after.shown_name}",
        })  # fmt: skip
