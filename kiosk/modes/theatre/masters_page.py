"""The masters of the theatre: lists of entries, one of which is added, changed or removed at a time."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.theatre_book import HOURS, SECTIONS, entries
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.theatre import rules
from kiosk.modes.theatre.form_fields import SuggestField, TimeField
from kiosk.ui import look
from kiosk.ui.dates import WEEKDAYS
from kiosk.ui.fields import ChoiceField, NumberField, TextField
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Column, Row, Table

NAMES = {
    "rooms": N_("Rooms"), "method": N_("Methods"), "positions": N_("Positions"),
    "anaesthesia": N_("Kinds of anaesthesia"),
    "equipment": N_("Special equipment"), "blood": N_("Blood prepared"), "departments": N_("Departments"),
    "wards": N_("Wards"), "surgeons": N_("Surgeons"), "anaesthetists": N_("Anaesthetists"), "nurses": N_("Nurses"),
    "hours": N_("Hours and cut-off"),
}  # fmt: skip
OF_SECTION = {
    "method": ("name", "minutes", "position", "anaesthesia", "department", "equipment"), "equipment": ("name", "count"),
    HOURS: ("first", "last", "cut_off_weekday", "cut_off"),
}  # fmt: skip
COLUMNS = [Column("name", N_("Entry"), 300), Column("more", N_("What belongs to it"), 400, stretch=True)]
LISTS_IN = {"position": "positions", "anaesthesia": "anaesthesia", "department": "departments"}


class MastersPage(ttk.Frame):
    """Each entry is saved by itself, after the whole of the masters was found to make sense."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, set_keys: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._set_keys = shell, desk, set_keys
        self._told: dict[str, Any] = {}
        self._entries: dict[str, dict[str, Any]] = {}
        self._editing: dict[str, Any] | None = None  # None: a new entry
        gap = look.px(12)
        self.columnconfigure(1, weight=1)
        self.rowconfigure(0, weight=1)
        side = ttk.Frame(self, width=look.px(230))
        side.grid(row=0, column=0, rowspan=2, sticky="ns", padx=(0, gap))
        side.grid_propagate(False)
        side.rowconfigure(0, weight=1)
        side.columnconfigure(0, weight=1)
        self.sections = Table(side, [Column("name", N_("Masters"), 190, stretch=True)],
                              on_select=lambda key: self._section_chosen())  # fmt: skip
        self.sections.grid(row=0, column=0, sticky="nsew")
        self.table = Table(
            self, COLUMNS, empty=N_("There is no entry yet: type one below, then F5."),
            on_select=lambda key: self._entry_chosen(), on_choose=lambda key: self._first().focus(),
        )  # fmt: skip
        self.table.grid(row=0, column=1, sticky="nsew")
        self.form = ttk.Frame(self)
        self.form.grid(row=1, column=1, sticky="ew", pady=(gap, 0))
        self.title = ttk.Label(self.form, style="Caption.TLabel")
        self.title.grid(row=0, column=0, columnspan=8, sticky="w")
        weekdays = {str(at): word for at, word in enumerate(WEEKDAYS)}
        self.fields: dict[str, Any] = {
            "name": TextField(self.form, N_("Name of the entry"), width=26, limit=100),
            "minutes": NumberField(self.form, N_("Duration (min)"), width=6, limit=4, allowed=""),
            "position": SuggestField(self.form, rules.FACTS["position"], 10),
            "anaesthesia": SuggestField(self.form, rules.FACTS["anaesthesia"], 14, several=True),
            "department": SuggestField(self.form, rules.FACTS["department"], 12),
            "equipment": SuggestField(self.form, rules.FACTS["equipment"], 20, several=True),
            "count": NumberField(self.form, N_("How many there are"), width=6, limit=2, allowed=""),
            "first": TimeField(self.form, N_("Day begins")), "last": TimeField(self.form, N_("Day ends")),
            "cut_off_weekday": ChoiceField(self.form, N_("Wishes for the next week until"), weekdays, width=8),
            "cut_off": TimeField(self.form, N_("Time (empty: any time)")),
        }  # fmt: skip
        for field in self.fields.values():
            field.entry.bind("<Return>", lambda event: self.save())
        self.sections.show([Row(each, (say(NAMES[each]),)) for each in NAMES])
        assert set(NAMES) == set(SECTIONS)

    @property
    def section(self) -> str:
        return self.sections.selected

    def keys(self) -> list[Key]:
        hours = N_("There is one of it, which can be changed.") if self.section == HOURS else ""
        none = hours or ("" if self._editing is not None else N_("Mark an entry first."))
        save = N_("Save the change") if self._editing is not None else N_("Add the entry")
        return [
            Key("F5", save, self.save), Key("F7", N_("New entry"), self.begin, why=hours),
            Key("F8", N_("Remove entry"), self.remove, why=none),
        ]  # fmt: skip

    def opened(self) -> None:
        """It stands in front now."""
        if not self.section:
            self.sections.select("rooms")
        self.refresh()
        self.sections.focus_set()

    def refresh(self) -> None:
        """Read them anew; what is typed stays."""
        self._desk.masters().then(self._take, self._shell.problem.fault)

    def _take(self, told: Any) -> None:
        if self.winfo_exists():
            self._told = dict(told)
            for name, section in LISTS_IN.items():
                self.fields[name].offer([each["name"] for each in entries(told, section)])
            self.fields["equipment"].offer([each["name"] for each in entries(told, "equipment")])
            self._list()

    def _list(self) -> None:
        self._entries = {str(each["name"]): each for each in entries(self._told, self.section)} if self.section else {}
        self.table.show([Row(key, rules.master_cells(self.section, each)) for key, each in self._entries.items()])
        if self.section == HOURS and self._entries:
            self.table.select(HOURS)

    def _section_chosen(self) -> None:
        shown = OF_SECTION.get(self.section, ("name",))
        for field in self.fields.values():
            field.grid_remove()
        for at, name in enumerate(shown):
            self.fields[name].grid(row=1, column=at, sticky="ew", padx=(0, look.px(8)))
            self.form.columnconfigure(at, weight=1 if name in ("name", "equipment") else 0)
        self._list()
        self._fill(None)
        if self.section == HOURS:
            self._entry_chosen()

    def _entry_chosen(self) -> None:
        entry = self._entries.get(self.table.selected)
        if entry is not None or self._editing is not None:
            self._fill(entry)

    def _fill(self, entry: dict[str, Any] | None) -> None:
        self._editing = entry
        values = entry or {}
        for name, field in self.fields.items():
            value = values.get(name, "")
            field.set("、".join(value) if isinstance(value, list | tuple) else str(value))
            field.wrong()
        told = (
            Sentence(N_("Changes {name}:"), {"name": rules.master_cells(self.section, entry)[0]})
            if entry
            else N_("New entry:")
        )
        self.title.configure(text=say(told))
        self._set_keys()

    def _first(self) -> Any:
        return self.fields[OF_SECTION.get(self.section, ("name",))[0]]

    def begin(self) -> None:
        """F7: an entry that is not there yet."""
        self.table.select("")
        self._fill(None)
        self._first().focus()

    def _typed(self) -> dict[str, Any] | None:
        found: dict[str, Any] = {"name": HOURS} if self.section == HOURS else {}
        for name in OF_SECTION.get(self.section, ("name",)):
            field = self.fields[name]
            if isinstance(field, TimeField) and field.get() and field.clock() is None:
                field.wrong(N_("look here"))
                field.focus()
                return None
            if isinstance(field, TimeField):
                field.left()
            many = name in ("anaesthesia", "equipment")
            value = list(field.items()) if many else field.get()
            if name in ("minutes", "count", "cut_off_weekday"):
                value = int(value) if value else 0
            if value or name not in ("position", "anaesthesia", "department", "equipment"):
                found[name] = value
        return found

    def _as_it_stands(self) -> tuple[str, tuple[str, ...]]:
        """Section and what is typed, to see whether somebody went on typing while the store was asked."""
        return self.section, tuple(field.get() for field in self.fields.values())

    def save(self) -> None:
        """F5, Return."""
        typed, before = self._typed(), self._editing
        if typed is None or not self.section:
            return
        sent = self._as_it_stands()

        def saved(told: Any) -> None:
            if not self.winfo_exists():
                return
            self._shell.problem.done(Sentence(N_("Saved: {name}."), {"name": rules.master_cells(sent[0], typed)[0]}))
            untouched = self._as_it_stands() == sent  # else something else is being typed by now
            if untouched:
                self._editing = None
            self._take(told)
            if untouched and before is None:
                self.begin()
            elif untouched:
                self.table.select(typed["name"])
                self._fill(self._entries.get(typed["name"]))

        self._desk.change_masters(self.section, before, typed).then(saved, self._shell.problem.fault)

    def remove(self) -> None:
        """F8: asked first; what was planned with it stays as it is."""
        before, section = self._editing, self.section
        assert before is not None

        sent = self._as_it_stands()

        def removed(told: Any) -> None:
            if self.winfo_exists():
                self._shell.problem.done(Sentence(N_("Removed: {name}."), {"name": before["name"]}))
                untouched = self._as_it_stands() == sent
                self._take(told)
                if untouched:
                    self._fill(None)

        def take_out() -> None:
            self._desk.change_masters(section, before, None).then(removed, self._shell.problem.fault)

        self._shell.ask(
            Sentence(N_("Remove {name} from the masters?"), {"name": before["name"]}),
            N_("It is not offered any more. What was planned with it stays as it is."),
            [Choice(N_("Keep it")), Choice(N_("Remove it"), take_out, dangerous=True)],
        )  # fmt: skip
