"""The form of one entry of a kind's sheet: a field for each column."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping, Sequence
from tkinter import ttk

from kiosk.core.kind_sheets import BY_NAME, YES, Column, Row, Sheet
from kiosk.core.words import N_, say
from kiosk.modes.findings.kind_rules import ORDER, units_of
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, Field, NoteField, TextField

ROW = 12  # units
TYPE_WORDS = {
    "": N_("(none)"), "choice": N_("choice"), "several": N_("several choices"), "number": N_("number"),
    "text": N_("text"),
}  # fmt: skip


class KindForm(ttk.Frame):
    """``lay_out(sheet)`` builds the fields; ``show`` and ``row`` speak of the entry."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent, style="Card.TFrame", padding=look.px(12))
        self.fields: dict[str, Field] = {}
        self.sheet: Sheet | None = None
        self._inner = ttk.Frame(self, style="Plain.TFrame")
        self._inner.pack(fill="both", expand=True)

    def lay_out(self, sheet: str, parts: Sequence[str], letters: Sequence[str]) -> None:
        """Build the fields of a sheet. ``parts`` and ``letters`` (of categories) to choose from."""
        for each in self._inner.winfo_children():
            each.destroy()
        self.fields, self.sheet = {}, BY_NAME[sheet]
        columns = {each.name: each for each in self.sheet.columns}
        for row in range(self._inner.grid_size()[1]):
            self._inner.rowconfigure(row, weight=0)
        row, unit, gap = 0, 0, look.px(8)
        for name in ORDER.get(sheet, list(columns)):
            units = units_of(sheet, name)
            field = self._field(columns[name], parts, letters)
            if unit + units > ROW:
                row, unit = row + 1, 0
            field.grid(row=row, column=unit, columnspan=units, sticky="nsew", padx=(gap if unit else 0, 0),
                       pady=(0, look.px(4)))  # fmt: skip
            if isinstance(field, NoteField):
                self._inner.rowconfigure(row, weight=1)
            unit += units
            self.fields[name] = field
        self._inner.columnconfigure(tuple(range(ROW)), weight=1, uniform="units")

    def _field(self, column: Column, parts: Sequence[str], letters: Sequence[str]) -> Field:
        choices: Mapping[str, str] | None = {
            "part": {each: each for each in parts},
            "category": {"": N_("(none)"), **{each: each for each in letters}},
            "yes": {"": N_("No"), YES: N_("Yes")},
            "type": TYPE_WORDS,
        }.get(column.kind)
        if choices is not None:
            return ChoiceField(self._inner, column.title, choices, width=4, card=True)
        if column.kind == "lines":
            return NoteField(self._inner, column.title, lines=2, width=8, limit=4000, card=True)
        return TextField(self._inner, column.title, width=4, limit=400, card=True)

    def show(self, row: Row) -> None:
        """Fill the fields; a value that no choice has is offered as it is."""
        for name, field in self.fields.items():
            value = row.get(name, "")
            if isinstance(field, ChoiceField) and value and value not in field._keys:
                field.offer({**dict(zip(field._keys, field.entry.cget("values"), strict=True)), value: value})
            if isinstance(field, (TextField, ChoiceField, NoteField)):
                field.set(value)

    def row(self) -> Row:
        """What stands in the fields."""
        found: Row = {}
        if self.sheet is not None:
            for column in self.sheet.columns:
                field = self.fields[column.name]
                assert isinstance(field, (TextField, ChoiceField, NoteField))
                found[column.name] = field.get()
        return found

    def begin(self, column: str = "") -> None:
        """The cursor in a field, the first one where none is named."""
        field = self.fields.get(column) or next(iter(self.fields.values()))
        field.focus()

    def told(self) -> str:
        """The sheet in words."""
        return say(self.sheet.title) if self.sheet is not None else ""
