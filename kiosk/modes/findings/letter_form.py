"""A referral letter on one page without scrolling: addressee, the items of the form, own facts and key images."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from tkinter import ttk
from typing import Any

from kiosk.core.letter import OPTIONAL, TEXTS, Addressee, LetterBody
from kiosk.core.words import N_
from kiosk.modes.findings.tray_window import TrayView
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, DateField, Field, NoteField, NumberField, TextField, full_width_kana

NOTES = ("history", "course", "treatment", "prescription", "remarks")
EMPTY_SAYS_NOTHING = ("history", "treatment", "prescription")
FOR_OTHERS = ("address", "phone")  # needed where the addressee is no medical institution


class PurposeField(Field):
    """One of the usual purposes, or one's own words."""

    entry: ttk.Combobox

    def __init__(self, parent: tk.Misc, caption: str, width: int = 26) -> None:
        super().__init__(parent, caption)
        self._variable = tk.StringVar(self)
        self.entry = ttk.Combobox(self, textvariable=self._variable, width=width, font=look.TEXT)
        self.entry.grid(row=1, column=0, columnspan=2, sticky="ew")
        self.entry.bind("<<ComboboxSelected>>", lambda event: self.entry.selection_clear())
        for turn in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
            self.entry.bind(turn, lambda event: "break")  # a wheel passing over it must not change the purpose
        self._variable.trace_add("write", lambda *_: self._tell())

    def offer(self, purposes: Sequence[str]) -> None:
        self.entry.configure(values=list(purposes))

    def get(self) -> str:
        return full_width_kana(self._variable.get()).strip()

    def set(self, text: str) -> None:
        self._variable.set(text)


class LetterForm(ttk.Frame):
    """``enlarge(key image)`` when somebody wants to see one large."""

    def __init__(
        self, parent: tk.Misc, picture: Callable[[int, int, int], Any], enlarge: Callable[[int], object]
    ) -> None:  # fmt: skip
        super().__init__(parent)
        gap = look.px(8)
        self._images: tuple[int, ...] = ()
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        left, right = ttk.Frame(self), ttk.Frame(self)
        left.grid(row=0, column=0, sticky="nsew", padx=(0, look.px(16)))
        right.grid(row=0, column=1, sticky="nsew")
        right.columnconfigure(0, weight=1)
        right.rowconfigure(4, weight=1)
        for column in range(12):
            left.columnconfigure(column, weight=1, uniform="letter")
        medical = {"1": N_("Medical institution"), "0": N_("Other (company, school)")}
        self.fields: dict[str, Any] = {
            "to_name": TextField(left, N_("Addressee"), 14), "to_department": TextField(left, N_("Department"), 8),
            "to_doctor": TextField(left, N_("Doctor's name"), 8), "to_phone": TextField(left, N_("Telephone"), 8, 40),
            "medical": ChoiceField(left, N_("Kind of addressee"), medical, width=8),
            "diagnosis": TextField(left, TEXTS["diagnosis"], 20, 400),
            "purpose": PurposeField(left, TEXTS["purpose"], 14),
            "day": DateField(right, N_("Date of the letter")), "address": TextField(right, N_("Patient's address"), 28),
            "phone": NumberField(right, N_("Patient's telephone"), width=13, allowed="-+() "),
            "occupation": TextField(right, N_("Occupation"), 13, 60),
        }  # fmt: skip
        for name in NOTES:
            lines = 4 if name == "course" else 2
            self.fields[name] = NoteField(left, TEXTS[name], lines=lines, width=20, limit=8000)
        places = {
            "to_name": (0, 0, 4), "to_department": (0, 4, 2), "to_doctor": (0, 6, 2), "to_phone": (0, 8, 2),
            "medical": (0, 10, 2), "diagnosis": (1, 0, 7), "purpose": (1, 7, 5), "course": (2, 0, 12),
            "history": (3, 0, 6), "treatment": (3, 6, 6), "prescription": (4, 0, 6), "remarks": (4, 6, 6),
        }  # fmt: skip
        for name, (row, column, span) in places.items():
            last = column + span == 12
            self.fields[name].grid(row=row, column=column, columnspan=span, sticky="nsew",
                                   padx=(0, 0 if last else gap), pady=(0, gap if row < 4 else 0))  # fmt: skip
        left.rowconfigure(2, weight=3)
        left.rowconfigure(3, weight=1)
        left.rowconfigure(4, weight=1)
        self.fields["day"].grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, gap))
        self.fields["address"].grid(row=1, column=0, columnspan=2, sticky="ew", pady=(0, gap))
        self.fields["phone"].grid(row=2, column=0, sticky="ew", padx=(0, gap), pady=(0, gap))
        self.fields["occupation"].grid(row=2, column=1, sticky="ew", pady=(0, gap))
        self.tray = TrayView(right, picture, self._toggle, enlarge)
        self.tray.grid(row=4, column=0, columnspan=2, sticky="nsew")

    def show(self, opened: Any, body: LetterBody, editable: bool) -> None:
        """Show the letter ``opened`` with these words."""
        self.fields["purpose"].offer(opened.words.get("purposes", ()))
        self._nothing = str(opened.words.get("nothing", ""))
        for name, field in self.fields.items():
            if name not in ("day", "medical"):
                field.enable(True)
                field.set(getattr(body, name))
            field.wrong()
        self.fields["day"].set_day(_day(body.day))
        self.fields["medical"].set("1" if body.medical else "0")
        there = {image.id for image in opened.tray}  # one that was taken out of the tray cannot be seen here
        self._images = tuple(image for image in body.key_images if image in there)
        self.tray.show(opened.tray, self._images)
        self.allow(editable)

    def show_tray(self, images: Sequence[Any]) -> None:
        """Key images came over from the viewer."""
        self.tray.show(images, self._images)

    def body(self) -> LetterBody:
        """What stands there."""
        day = self.fields["day"].day()
        words = {name: field.get() for name, field in self.fields.items() if name not in ("day", "medical")}
        return LetterBody(
            **words, medical=self.fields["medical"].get() != "0", day=day.isoformat() if day else "",
            key_images=self._images,
        )  # fmt: skip

    def allow(self, on: bool) -> None:
        """Whether anything can be changed."""
        for field in self.fields.values():
            field.enable(on)
        self.tray.enable(on)

    def take(self, addressee: Addressee) -> None:
        """The letter goes to this institution."""
        for name, value in (("to_name", addressee.name), ("to_department", addressee.department),
                            ("to_doctor", addressee.doctor), ("to_phone", addressee.phone)):  # fmt: skip
            self.fields[name].set(value)
        self.fields["medical"].set("1" if addressee.medical else "0")

    def nothing_in_particular(self) -> None:
        """Write that there is nothing into what is empty of history, treatment and prescription."""
        for name in EMPTY_SAYS_NOTHING:
            if not self.fields[name].get():
                self.fields[name].set(self._nothing)
                self.fields[name].wrong()

    def mark_missing(self) -> None:
        """Mark what is empty and must not be; the cursor goes to the first of it."""
        body = self.body()
        needed = ["to_name", "day", *(name for name in TEXTS if name not in OPTIONAL)]
        needed += [] if body.medical else FOR_OTHERS
        empty = [name for name in needed if not getattr(body, name)]
        for name in empty:
            self.fields[name].wrong(N_("not filled in"))
        if empty:
            self.fields[empty[0]].focus()

    def _toggle(self, image: int) -> None:
        kept = tuple(each for each in self._images if each != image)
        self._images = kept if image in self._images else (*self._images, image)
        self.tray.mark(self._images)

    def named(self, body: LetterBody) -> Addressee:
        """The addressee as it stands there, to be kept among the institutions."""
        return replace(
            Addressee(body.to_name), department=body.to_department, doctor=body.to_doctor, phone=body.to_phone,
            medical=body.medical,
        )  # fmt: skip


def _day(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text) if text else None
