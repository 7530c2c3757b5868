"""Fields of the theatre's form: a time of day, and words that the masters suggest, one or several."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Sequence
from datetime import time
from tkinter import ttk

from kiosk.core.calendar_dates import NoDate, read_time
from kiosk.core.operation_words import JOINT
from kiosk.core.words import N_
from kiosk.ui import ime, look
from kiosk.ui.fields import Field, TextField, Words, full_width_kana

_PARTING = re.compile(r"[、,，;；\n]+")


class TimeField(TextField):
    """``9:30``, ``930``, ``午後1時``; shown as ``09:30`` when left."""

    def __init__(self, parent: tk.Misc, caption: Words) -> None:
        super().__init__(parent, caption, width=8, limit=12)
        ime.off_in(self.entry)
        self.entry.bind("<FocusOut>", lambda event: self.left(), add=True)

    def clock(self) -> time | None:
        """The time, None where there is none or none that can be read."""
        try:
            return read_time(self.get())
        except NoDate:
            return None

    def set_clock(self, clock: time | None) -> None:
        self.set(f"{clock:%H:%M}" if clock is not None else "")

    def left(self) -> None:
        """Say it as times are said, or what is wrong with it."""
        clock = self.clock()
        if clock is not None:
            if self.get() != f"{clock:%H:%M}":
                self.set_clock(clock)
        elif self.get():
            self.wrong(N_("look here"))


class SuggestField(Field):
    """Words of the masters or one's own. ``several``: what is chosen from the list is added, or taken out again."""

    entry: ttk.Combobox

    def __init__(
        self, parent: tk.Misc, caption: Words, width: int = 14, *, several: bool = False, limit: int = 100
    ) -> None:  # fmt: skip
        super().__init__(parent, caption)
        self._several, self._limit = several, limit
        self._offered: Sequence[str] = ()
        self._before = ""
        self._variable = tk.StringVar(self)
        self.entry = ttk.Combobox(self, textvariable=self._variable, width=width, font=look.TEXT,
                                  postcommand=self._offer_what_fits)  # fmt: skip
        self.entry.grid(row=1, column=0, columnspan=2, sticky="ew")
        self.entry.bind("<<ComboboxSelected>>", lambda event: self._chosen())
        for turn in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
            self.entry.bind(turn, lambda event: "break")  # a wheel passing over it must not change who operates
        self._variable.trace_add("write", lambda *_: self._written())

    def offer(self, words: Sequence[str]) -> None:
        """What the list offers; what stands in the field stays."""
        self._offered = list(words)
        self.entry.configure(values=self._offered)

    def get(self) -> str:
        return self._variable.get().strip()

    def set(self, text: str) -> None:
        self._variable.set(text)

    def items(self) -> tuple[str, ...]:
        """Several, each once."""
        return tuple(dict.fromkeys(each.strip() for each in _PARTING.split(self.get()) if each.strip()))

    def set_items(self, items: Sequence[str]) -> None:
        self.set(JOINT.join(items))

    def _offer_what_fits(self) -> None:
        """Of a long list those that hold what is typed; all of them where it fits none, or is one already."""
        self._before = self.get()
        typed = "" if self._several or self._before in self._offered else self._before
        fitting = [each for each in self._offered if typed in each]
        self.entry.configure(values=fitting or list(self._offered))

    def _chosen(self) -> None:
        self.entry.selection_clear()
        if self._several:
            chosen = self.get()
            had = [each.strip() for each in _PARTING.split(self._before) if each.strip()]
            self.set(JOINT.join([each for each in had if each != chosen] if chosen in had else [*had, chosen]))
            self.entry.icursor("end")
        self.wrong()
        self._tell()

    def _written(self) -> None:
        text = self._variable.get()
        limit = self._limit * 5 if self._several else self._limit
        clean = full_width_kana(text.replace("\r", "").replace("\n", " ").replace("\t", " "))[:limit]
        if clean != text:
            behind = len(text) - self.entry.index("insert")
            self._variable.set(clean)
            self.entry.icursor(max(0, len(clean) - behind))
        if self._wrong.winfo_manager():
            self.wrong()
        self._tell()
