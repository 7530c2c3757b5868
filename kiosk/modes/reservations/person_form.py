"""Who is booked: typed, scanned or found, and the comment; what is typed stays whatever the seat does."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.booking import Booker
from kiosk.core.kana import full_kana
from kiosk.core.words import N_
from kiosk.ui import look
from kiosk.ui.banner import SEXES
from kiosk.ui.fields import ChoiceField, DateField, TextField

SEX_CHOICES = {"": SEXES[""], "M": SEXES["M"], "F": SEXES["F"]}


class PersonForm(ttk.Frame):
    """``find(text)`` when an ID or a name was typed and Return pressed; ``ready()`` for Return in the last field."""

    def __init__(self, parent: tk.Misc, find: Callable[[str], object], ready: Callable[[], object]) -> None:
        super().__init__(parent)
        gap = look.px(8)
        self.patient_id = TextField(self, N_("Patient ID"), width=12, limit=64)
        self.kanji = TextField(self, N_("Name"), width=14)
        self.kana = TextField(self, N_("Kana"), width=14)
        self.sex = ChoiceField(self, N_("Sex"), SEX_CHOICES, width=8)
        self.born = DateField(self, N_("Birth date"))
        self.phone = TextField(self, N_("Telephone"), width=13, limit=32)
        self.comment = TextField(self, N_("Comment"), width=18, limit=200)
        fields = (self.patient_id, self.kanji, self.kana, self.sex, self.born, self.phone, self.comment)
        for at, each in enumerate(fields):
            each.grid(row=0, column=at, sticky="ew", padx=(0 if at == 0 else gap, 0))
        self.columnconfigure(len(fields) - 1, weight=1)
        for field in (self.patient_id, self.kana):
            field.entry.bind("<Return>", lambda event, field=field: self._find(field, find))  # type: ignore[misc]
        self.comment.entry.bind("<Return>", lambda event: ready())

    def person(self) -> Booker:
        """What stands in the fields."""
        born = self.born.day()
        return Booker(
            self.patient_id.get().strip(), self.kanji.get().strip(), full_kana(self.kana.get()), self.sex.get(),
            born.isoformat() if born else "", self.phone.get().strip(),
        )  # fmt: skip

    def readable(self) -> bool:
        """False where the birth date can't be read; it says so beside it."""
        if self.born.get() and self.born.day() is None:
            self.born.wrong(N_("Please write the date like 2026-11-24."))
            self.born.focus()
            return False
        return True

    def on_typing(self, typed: Callable[[], object]) -> None:
        """``typed()`` with every change."""
        for field in (self.patient_id, self.kanji, self.kana, self.sex, self.born, self.phone, self.comment):
            field.on_change(typed)

    def show(self, who: Booker, comment: str = "") -> None:
        """Fill the fields."""
        from datetime import date

        for field, text in ((self.patient_id, who.patient_id), (self.kanji, who.kanji), (self.kana, who.kana),
                            (self.phone, who.phone), (self.comment, comment)):  # fmt: skip
            field.set(text)
        self.sex.set(who.sex)
        self.born.set_day(date.fromisoformat(who.birth_date) if who.birth_date else None)

    def clear(self) -> None:
        self.show(Booker())

    @property
    def empty(self) -> bool:
        return self.person() == Booker() and not self.comment.get()

    def _find(self, field: Any, find: Callable[[str], object]) -> None:
        if field.get().strip():
            find(field.get().strip())
