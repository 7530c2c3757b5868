"""Remembers what a field held, so that what a scanner typed into it can be taken out again."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk


class Before:
    """What a field held before the burst, to be put back when the burst turns out to be a scan."""

    def __init__(self, field_: tk.Misc | str, focused: tk.Misc | str) -> None:
        self._field, self._focused = field_, focused
        self._entry: tuple[str, int] | None = None
        self._text: tuple[str, str] | None = None
        if isinstance(field_, tk.Text):
            chosen = field_.tag_ranges("sel")
            start = field_.index("sel.first" if chosen else "insert")
            self._text = (start, field_.get("sel.first", "sel.last") if chosen else "")
        elif isinstance(field_, tk.Entry):  # ttk.Entry and Combobox are Entry by inheritance
            self._entry = (field_.get(), field_.index("insert"))

    def restore(self) -> None:
        """Put it back, cursor and focus too."""
        if not isinstance(self._field, tk.Misc) or not self._field.winfo_exists():
            return
        if self._entry is not None and isinstance(self._field, tk.Entry) and self._field.get() != self._entry[0]:
            self._field.delete(0, "end")
            self._field.insert(0, self._entry[0])
            self._field.icursor(self._entry[1])
        elif self._text is not None and isinstance(self._field, tk.Text):
            start, chosen = self._text
            self._field.delete(start, "insert")
            self._field.insert(start, chosen)
        if self._focused is not self._field and isinstance(self._focused, tk.Misc) and self._focused.winfo_exists():
            self._focused.focus_set()


def editable(widget: tk.Misc | str) -> bool:
    """Can a person type into it now? A path is one of Tk's own widgets, which take no typing."""
    if isinstance(widget, tk.Text | tk.Spinbox):
        return str(widget.cget("state")) == "normal"
    if isinstance(widget, ttk.Combobox | ttk.Spinbox | ttk.Entry):
        return str(widget.cget("state")) not in ("disabled", "readonly")
    return isinstance(widget, tk.Entry) and str(widget.cget("state")) == "normal"


def mark_end(entry: tk.Misc) -> None:
    """The cursor behind the last letter, nothing selected."""
    if isinstance(entry, tk.Entry):
        entry.icursor("end")
        entry.selection_clear()
        entry.xview_moveto(1.0)
