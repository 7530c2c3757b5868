"""The form of one entry of a book: a field for each of its facts, laid out by what they are."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping
from datetime import date
from tkinter import ttk

from kiosk.core.words import N_, say
from kiosk.modes.reservations import entries
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, DateField, Field, NoteField, NumberField, TextField

UNITS = 6  # of a row
WIDTH = 8  # letters at least; each field takes the room it is given


class EntryForm(ttk.Frame):
    """``lay_out(section)`` builds the fields; ``show`` and ``texts`` speak of the entry as text."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent, style="Card.TFrame", padding=look.px(16))
        self.fields: dict[str, Field] = {}
        self._inner = ttk.Frame(self, style="Plain.TFrame")
        self._inner.pack(fill="both", expand=True)

    def lay_out(self, section: entries.Section, kinds: Mapping[str, str]) -> None:
        """Build the fields of a section. ``kinds``: names by their codes, to choose from."""
        for each in self._inner.winfo_children():
            each.destroy()
        self.fields = {}
        row, unit, gap = 0, 0, look.px(8)
        for spec in section.fields:
            field = self._field(spec, kinds)
            if unit + spec.units > UNITS:
                row, unit = row + 1, 0
            field.grid(row=row, column=unit, columnspan=spec.units, sticky="ew", padx=(gap if unit else 0, 0),
                       pady=(0, gap))  # fmt: skip
            unit += spec.units
            self.fields[spec.name] = field
        self._inner.columnconfigure(tuple(range(UNITS)), weight=1, uniform="units")
        if section.hint:
            told = ttk.Label(self._inner, text=say(section.hint), style="Card.TLabel", wraplength=look.px(460))
            told.grid(row=row + 1, column=0, columnspan=UNITS, sticky="w")

    def show(self, section: entries.Section, entry: entries.Entry) -> None:
        """Fill the fields."""
        for spec in section.fields:
            text, field = entries.text_of(spec, entry.get(spec.name)), self.fields[spec.name]
            if isinstance(field, DateField):
                field.set_day(date.fromisoformat(text) if text else None)
            elif isinstance(field, (TextField, ChoiceField, NoteField)):
                field.set(text)

    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        found = {}
        for name, field in self.fields.items():
            if isinstance(field, DateField):
                day = field.day()
                found[name] = day.isoformat() if day else field.get()
            elif isinstance(field, (TextField, ChoiceField, NoteField)):
                found[name] = field.get()
        return found

    def begin(self) -> None:
        """The cursor in the first field."""
        next(iter(self.fields.values())).focus()

    def _field(self, spec: entries.FieldSpec, kinds: Mapping[str, str]) -> Field:
        parent = self._inner
        if spec.kind == "number":
            return NumberField(parent, spec.caption, width=WIDTH, allowed="", card=True)
        if spec.kind == "day":
            return DateField(parent, spec.caption, card=True)
        if spec.kind == "lines":
            return NoteField(parent, spec.caption, lines=2, width=WIDTH, limit=400, card=True)
        if spec.kind in ("kind", "state", "yes"):
            empty = {"": N_("(none)")}
            offered = {"kind": {**empty, **kinds}, "state": entries.DAY_STATES, "yes": entries.YES_NO}[spec.kind]
            return ChoiceField(parent, spec.caption, offered, width=WIDTH, card=True)
        return TextField(parent, spec.caption, width=WIDTH, limit=400, card=True)
