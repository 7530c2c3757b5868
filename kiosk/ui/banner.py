"""The examinee's banner: whose pictures and numbers stand below, so large that nobody works on the wrong person."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from datetime import date
from tkinter import ttk

from kiosk.core.patient import Patient
from kiosk.core.words import N_, Sentence, say
from kiosk.ui import look
from kiosk.ui.dates import era_text
from kiosk.ui.ellipsis import Cutter
from kiosk.ui.tooltip import Tooltip

SEXES = {"M": N_("male"), "F": N_("female"), "O": N_("other sex"), "": N_("sex unknown")}


@dataclass(frozen=True)
class Examinee:
    """What the banner shows. ``examination`` is free text ("胃カメラ(経口)"), ``number`` the check-up number."""

    name: str
    kana: str = ""
    sex: str = ""
    birth_date: date | None = None
    age: int | None = None
    examination: str = ""
    number: str = ""
    number_caption: str | Sentence = N_("Check-up number")

    @classmethod
    def of(cls, patient: Patient, day: date, examination: str = "", number: str = "") -> Examinee:
        """A patient on the day of the visit (the age is that of the day)."""
        return cls(patient.shown_name, patient.kana, patient.sex, patient.birth_date, patient.age_on(day), examination,
                   number or patient.patient_id)  # fmt: skip


class Banner(ttk.Frame):
    """Name large with the kana above, then sex, birth date, age, examination; the number at the right end."""

    def __init__(self, parent: tk.Misc, era: bool = False) -> None:
        super().__init__(parent, style="Card.TFrame", padding=(look.px(22), look.px(6)))
        self._era = era
        self.examinee: Examinee | None = None
        self._kana = ttk.Label(self, style="Card.Caption.TLabel", font=look.TEXT)
        self._big_name = ttk.Label(self, style="Card.TLabel", font=look.NAME)
        self._facts = ttk.Label(self, style="Card.TLabel", font=look.DETAIL)
        self._caption = ttk.Label(self, style="Card.Caption.TLabel", anchor="e")
        self._number = ttk.Label(self, style="Card.TLabel", font=look.NUMBER, anchor="e")
        self.columnconfigure(1, weight=1)
        self.rowconfigure(1, minsize=look.px(44))  # as high for a name in smaller letters
        self._kana.grid(row=0, column=0, columnspan=2, sticky="w")
        self._big_name.grid(row=1, column=0, sticky="w")
        self._facts.grid(row=1, column=1, sticky="sw", padx=look.px(24), pady=(0, look.px(6)))
        self._caption.grid(row=0, column=2, sticky="e")
        self._number.grid(row=1, column=2, sticky="e")
        self._name_full, self._facts_full = "", ""
        Tooltip(self._big_name, lambda event: self._name_full if self._cut_off(self._big_name, self._name_full) else "")
        Tooltip(self._facts, lambda event: self._facts_full if self._cut_off(self._facts, self._facts_full) else "")
        self.bind("<Configure>", lambda event: self._fit())

    def show(self, examinee: Examinee) -> None:
        """Show this examinee."""
        self.examinee = examinee
        self._name_full = examinee.name
        self._facts_full = "　".join(part for part in self._parts(examinee) if part)
        self._kana.configure(text=examinee.kana)
        self._caption.configure(text=say(examinee.number_caption) if examinee.number else "")
        self._number.configure(text=examinee.number)
        self._fit()

    def _parts(self, examinee: Examinee) -> list[str]:
        born = examinee.birth_date
        shown = f"{born:%Y-%m-%d}" if born is not None else say(N_("birth date unknown"))
        if born is not None and self._era:
            shown += f"({era_text(born)})"
        age = say(N_("{age} years"), age=examinee.age) if examinee.age is not None else ""
        return [say(SEXES.get(examinee.sex, SEXES[""])), shown, age, examinee.examination]

    def _fit(self) -> None:
        """Give the name what it needs up to two thirds, smaller letters before an ellipsis, the facts what is left."""
        width = self.winfo_width()
        number = max(Cutter(self, look.NUMBER).width(str(self._number.cget("text"))), look.px(90))
        room = width - look.px(44) - number - look.px(48) - look.px(16)
        if room < look.px(100):  # not laid out yet
            self._big_name.configure(text=self._name_full)
            self._facts.configure(text=self._facts_full)
            return
        facts = Cutter(self, look.DETAIL).width(self._facts_full)
        for_name = max(room - facts, room * 2 // 3) if facts < room else room * 2 // 3
        font = look.NAME if Cutter(self, look.NAME).width(self._name_full) <= for_name else look.NUMBER
        self._big_name.configure(font=font, text=Cutter(self, font).cut(self._name_full, for_name))
        left = room - Cutter(self, font).width(str(self._big_name.cget("text")))
        self._facts.configure(text=Cutter(self, look.DETAIL).cut(self._facts_full, max(0, left)))

    @staticmethod
    def _cut_off(label: ttk.Label, full: str) -> bool:
        return str(label.cget("text")) != full
