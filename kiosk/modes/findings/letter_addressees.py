"""Beside the letters: the institutions that they go to, and the card on which a reply is noted."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from tkinter import ttk
from typing import Any

from kiosk.core.letter import Addressee
from kiosk.core.words import N_, say
from kiosk.ui import buttons, look
from kiosk.ui.fields import ChoiceField, DateField, NoteField, NumberField, TextField
from kiosk.ui.table import Column, Row, Table


class AddresseePage(ttk.Frame):
    """The institutions: found by kana, taken into the letter, added, changed and removed here."""

    def __init__(self, parent: tk.Misc, shell: Any, desk: Any, taken: Callable[[Addressee], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk = shell, desk
        self._known: dict[str, Addressee] = {}
        self._asked = 0
        self._row = 0  # the one that the fields change; 0: a new one
        gap = look.px(8)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = TextField(self, N_("Name or kana of the institution"), width=30)
        self.search.grid(row=0, column=0, sticky="w", pady=(0, gap))
        columns = [Column("name", N_("Institution"), 280, stretch=True), Column("kana", N_("Kana"), 220, stretch=True),
                   Column("department", N_("Department"), 150), Column("doctor", N_("Doctor's name"), 150),
                   Column("phone", N_("Telephone"), 150), Column("kind", N_("Kind of addressee"), 170)]  # fmt: skip
        self.table = Table(
            self, columns, empty=N_("No institution is known by that: type it below, then F9."),
            on_select=lambda key: self._mark(), on_choose=lambda key: taken(self._known[key]),
        )  # fmt: skip
        self.table.grid(row=1, column=0, sticky="nsew")
        form = ttk.Frame(self)
        form.grid(row=2, column=0, sticky="ew", pady=(gap, 0))
        self._kinds = {"1": N_("Medical institution"), "0": N_("Other (company, school)")}
        self.fields: dict[str, Any] = {
            "name": TextField(form, N_("Institution"), 22), "kana": TextField(form, N_("Kana"), 18),
            "department": TextField(form, N_("Department"), 10, 100),
            "doctor": TextField(form, N_("Doctor's name"), 10, 100),
            "phone": NumberField(form, N_("Telephone"), 12, 40, allowed="-+() "),
            "medical": ChoiceField(form, N_("Kind of addressee"), self._kinds, width=14),
        }  # fmt: skip
        for at, field in enumerate(self.fields.values()):
            field.grid(row=0, column=at, sticky="ew", padx=(0, gap))
            form.columnconfigure(at, weight=2 if at < 2 else 1)
        self.search.on_change(self.refresh)
        for key in ("<Return>", "<Down>"):
            self.search.entry.bind(key, lambda event: self._into_table())

    def opened(self, typed: Addressee | None) -> None:
        """It stands in front. ``typed``: what stands in the letter; kept as a new one when it is saved."""
        self.table.select("")
        self.fill(typed if typed is not None and typed.name else None)
        self.search.set("")
        self.refresh()
        self.search.focus()

    def refresh(self) -> None:
        """Read them anew."""
        self._asked += 1
        mine = self._asked

        def show(found: Sequence[Addressee]) -> None:
            if self.winfo_exists() and mine == self._asked:
                self._known = {str(each.id): each for each in found}
                self.table.show([
                    Row(key, [each.name, each.kana, each.department, each.doctor, each.phone,
                              say(self._kinds["1" if each.medical else "0"])]) for key, each in self._known.items()
                ])  # fmt: skip

        self._desk.addressees(self.search.get()).then(show, self._shell.problem.fault)

    @property
    def marked(self) -> Addressee | None:
        return self._known.get(self.table.selected)

    def fill(self, addressee: Addressee | None) -> None:
        """The fields hold this one; None: empty, for a new one."""
        self._row = addressee.id if addressee is not None else 0
        for name, field in self.fields.items():
            value = getattr(addressee, name) if addressee is not None else name == "medical"
            field.set(("1" if value else "0") if name == "medical" else value or "")
            field.wrong()

    def save(self) -> None:
        """F9: what stands in the fields is kept."""
        values = {name: field.get() for name, field in self.fields.items()}
        if not values["name"]:
            self.fields["name"].wrong(N_("not filled in"))
            self.fields["name"].focus()
            return
        addressee = Addressee(**{**values, "medical": values["medical"] != "0"}, id=self._row)
        same = [each for each in self._known.values() if replace(each, kana="", phone="", id=0) ==
                replace(addressee, kana="", phone="", id=0)]  # fmt: skip
        if not self._row and same:
            self._shell.problem.look(N_("This institution is in the list already."))
            self.table.select(str(same[0].id))
            return

        def saved(row: int) -> None:
            if self.winfo_exists():
                self._row = row
                self._shell.problem.done(N_("The institution is saved."))
                self.refresh()

        self._desk.write_addressee(addressee).then(saved, self._shell.problem.fault)

    def remove(self) -> None:
        """F8: it is not offered any more."""

        def removed(_: Any) -> None:
            if self.winfo_exists():
                self.fill(None)
                self._shell.problem.done(N_("The institution is not offered any more; letters keep what they say."))
                self.refresh()

        if self.marked is not None:
            self._desk.remove_addressee(self.marked.id).then(removed, self._shell.problem.fault)

    def _mark(self) -> None:
        if self.marked is not None:
            self.fill(self.marked)

    def _into_table(self) -> str:
        if self._known:
            self.table.focus_set()
            self.table.select(next(iter(self._known)))
        return "break"


class ReplyCard(tk.Frame):
    """What came back, over the work: its day and words. ``note(day, text)``; Esc closes it and nothing happens."""

    def __init__(
        self, work: tk.Misc, earlier: Sequence[Any], note: Callable[[str, str], object], closed: Callable[[], object]
    ) -> None:  # fmt: skip
        super().__init__(work, bg=look.GROUND)
        self._note, self._closed = note, closed
        card = ttk.Frame(self, style="Card.TFrame", padding=look.px(28))
        ttk.Label(card, text=say(N_("Reply to the letter")), style="Card.Title.TLabel").pack(anchor="w")
        for each in earlier:
            ttk.Label(card, text=f"{each.day}  {each.text}  ({each.by})", style="Card.TLabel",
                      wraplength=look.px(640)).pack(anchor="w", pady=(look.px(8), 0))  # fmt: skip
        self.day = DateField(card, N_("Day of the reply"), date.today(), card=True)
        self.day.pack(anchor="w", pady=(look.px(16), look.px(8)))
        self.text = NoteField(card, N_("What the reply says"), lines=4, width=60, limit=4000, card=True)
        self.text.pack(fill="x", pady=(0, look.px(20)))
        row = ttk.Frame(card, style="Plain.TFrame")
        row.pack(anchor="w")
        self.note_button = buttons.primary(row, N_("Note it (F5)"), self.note)
        self.back_button = buttons.secondary(row, N_("Back"), self.close)
        self.note_button.pack(side="left", padx=(0, look.px(16)))
        self.back_button.pack(side="left")
        card.place(relx=0.5, rely=0.45, anchor="center")
        self.place(relx=0, rely=0, relwidth=1, relheight=1)
        self.lift()
        # Tab goes round inside: what lies under it can't be reached.
        self.back_button.bind("<Tab>", lambda event: self._to(self.day.entry))
        self.day.entry.bind("<Shift-Tab>", lambda event: self._to(self.back_button))
        self.text.focus()

    def note(self) -> None:
        """F5: keep it."""
        day = self.day.day()
        if day is None or not self.text.get():
            (self.text if day is not None else self.day).wrong(N_("not filled in"))
            return
        text = self.text.get()
        self.close()
        self._note(day.isoformat(), text)

    def close(self) -> None:
        """Back to the list."""
        self.destroy()
        self._closed()

    @staticmethod
    def _to(widget: tk.Misc) -> str:
        widget.focus_set()
        return "break"
