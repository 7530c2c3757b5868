"""All facts of an operation on one page, without scrolling; what is typed stays until it is saved or left."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import datetime, timedelta
from tkinter import ttk
from typing import Any

from kiosk.core.faults import Overtaken
from kiosk.core.operation import Operation, following
from kiosk.core.operation_words import JOINT
from kiosk.core.theatre_book import TheatreBook
from kiosk.core.theatre_overlap import EQUIPMENT, ROOM, TheatreTaken, same_name
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.theatre import rules
from kiosk.modes.theatre.form_facts import STAFF, FormFacts
from kiosk.ui.shell import Choice, Key, Shell


class FormPage(ttk.Frame):
    """``saved(operation, new)`` when it was made or changed, ``left()`` when it was not."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, saved: Callable[[Operation, bool], object],
        left: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk, self._saved, self._left = shell, desk, saved, left
        self._book = TheatreBook()
        self._before: Operation | None = None  # None: a new one
        self._shown: dict[str, str] = {}
        self._filled: dict[str, str] = {}  # what a method brought along, and what it brought
        self._showing = False  # fields are being filled by the program, which brings nothing along
        self.columnconfigure(0, weight=1)
        self.told = ttk.Label(self, style="Title.TLabel")
        self.told.grid(row=0, column=0, sticky="w")
        self.facts = FormFacts(self)
        self.facts.grid(row=1, column=0, sticky="ew")
        self.fields = self.facts.fields
        for name in ("patient_id", "kana"):
            entry = self.fields[name].entry
            entry.bind("<Return>", lambda event, name=name: self.find(self.fields[name].get()))
        self.fields["method"].on_change(self._method_chosen)
        for name in ("enter", "start", "minutes", "end"):
            self.fields[name].entry.bind("<FocusOut>", lambda event, name=name: self._follow(name), add=True)

    def keys(self) -> list[Key]:
        return [
            Key("F2", N_("Find the patient"), self.fields["patient_id"].focus),
            Key("F5", N_("Save the operation"), self.save), Key("Esc", N_("Back"), self.leave),
        ]  # fmt: skip

    def opened(self, operation: Operation, book: TheatreBook, *, new: bool) -> None:
        """It stands in front now, with this operation; a ``new`` one is not in the store yet."""
        self._before, self._book = None if new else operation, book
        self.facts.offer(book, rules.every_room(book, [operation]), self._desk.settings.overlap_reasons)
        self._show(operation, {})
        self._filled = {"start": self.fields["start"].get()} if new else {}
        told = Sentence(N_("Operation of {name}, {day} {at}"), rules.values_of(operation))
        self.told.configure(text=say(N_("New operation")) if new else say(told))
        self._shell.give_focus(self.fields["patient_id" if not operation.patient.name else "method"].entry)

    def _show(self, operation: Operation, mine: dict[str, str]) -> None:
        """The operation, and over it what somebody typed here."""
        self._showing = True
        self.facts.show(operation)
        self._shown = self.facts.typed()
        self.facts.put(mine)
        self._showing = False

    @property
    def changed(self) -> bool:
        """Is something typed that is not saved?"""
        return self.facts.typed() != self._shown

    # -- filling in ----------------------------------------------------------------------------------------------

    def find(self, text: str) -> None:
        """Who has this ID, or whose name or kana begin like this; a barcode too."""
        if not text.strip():
            return

        def found(people: Any) -> None:
            if not self.winfo_exists():
                return
            if len(people) == 1:
                self.facts.show_patient(people[0])
                self._shell.problem.plain(N_("Compare name and birth date."))
                self.fields["method"].focus()
            elif people:
                self._shell.problem.look(Sentence(N_("{n} people fit: type the whole ID."), {"n": len(people)}))
            else:
                if text.isascii():
                    self.fields["patient_id"].set(text)
                self._shell.problem.look(N_("Nobody is known by that: type name and kana."))
                self.fields["kanji"].focus()

        self._desk.people(text).then(found, self._shell.problem.fault)

    def _method_chosen(self) -> None:
        """What is usual for a method is filled in where nothing else was typed."""
        method = self._book.methods.get(self.fields["method"].get())
        if method is None or self._showing:
            return
        usual = {
            "position": method.position, "department": method.department, "minutes": str(method.minutes),
            "anaesthesia": JOINT.join(method.anaesthesia), "equipment": JOINT.join(method.equipment),
        }  # fmt: skip
        for name, text in usual.items():
            now = self.fields[name].get()
            if not now or now == self._filled.get(name) or (name == "minutes" and self._before is None):
                self.fields[name].set(text)
                self._filled[name] = text
        self._follow("minutes")

    def _follow(self, changed: str) -> None:
        """Start follows from entering, the end from start and minutes, the minutes from an end that was typed."""
        fields, day = self.fields, self._desk.today()
        enter, start, end = (fields[name].clock() for name in ("enter", "start", "end"))
        if (
            changed == "enter"
            and enter is not None
            and (start is None or fields["start"].get() == self._filled.get("start"))
        ):
            start = (datetime.combine(day, enter) + timedelta(minutes=self._desk.settings.lead_min)).time()
            fields["start"].set_clock(start)
        if changed == "enter" and start is not None:
            self._filled["start"] = fields["start"].get()
        if start is None:
            return
        begins, minutes = datetime.combine(day, start), fields["minutes"].get()
        if changed != "end" and minutes:
            fields["end"].set_clock((begins + timedelta(minutes=int(minutes))).time())
        elif end is not None:
            lasts = following(begins, end, later=True) - begins
            fields["minutes"].set(str(round(lasts.total_seconds() / 60)))

    # -- saving and leaving --------------------------------------------------------------------------------------

    def save(self) -> None:
        """F5; asked first where the list of that week is closed."""
        for name in ("enter", "start", "minutes", "end"):  # the cursor may still stand in it
            if self.focus_get() == self.fields[name].entry:
                self._follow(name)
        wrong = self.facts.wrong()
        if wrong:
            self.fields[wrong[0]].focus()
            self._shell.problem.look(N_("Please correct what is marked with ×; nothing was saved."))
            return
        wanted = self.facts.read(self._before)
        late = self._before is None or self._before.day != wanted.day
        if late and not wanted.urgent and self._book.is_late(wanted.day, self._desk.now()):
            until = self._book.cut_off_of(wanted.day)
            assert until is not None
            self._shell.ask(
                Sentence(N_("The list of that week was closed on {day} at {at}. Book all the same?"),
                         {"day": f"{until:%m-%d}", "at": f"{until:%H:%M}"}),
                N_("The rooms and wards may have planned by it already: tell them."),
                [Choice(N_("No, go back")), Choice(N_("Book all the same"), lambda: self._store(wanted))],
            )  # fmt: skip
            return
        self._store(wanted)

    def _store(self, wanted: Operation) -> None:
        before, reason = self._before, self.fields["overlap_reason"].get()

        def saved(operation: Operation) -> None:
            if self.winfo_exists():
                self._shown = self.facts.typed()
                self._saved(operation, before is None)

        answer = self._desk.make(wanted, reason) if before is None else self._desk.change(before, wanted, reason)
        answer.then(saved, self._refused)

    def _refused(self, why: Any) -> None:
        """What stands in the way is marked and told; what was typed stays."""
        if not self.winfo_exists():
            return
        self._shell.top.bell()
        self._shell.problem.fault(why)
        if isinstance(why, Overtaken) and self._before is not None:
            self._desk.operation(self._before.id).then(self._join, self._shell.problem.fault)
        if isinstance(why, TheatreTaken):
            for each in why.overlaps:
                for name in self._concerned(each.what, each.name):
                    self.fields[name].wrong(N_("taken"))
            if why.reason_helps:
                self.fields["overlap_reason"].focus()

    def _join(self, now: Operation) -> None:
        """Somebody else changed it: theirs where nothing was typed here, ours where it was; told before it is saved."""
        if not self.winfo_exists() or self._before is None or self._before.id != now.id:
            return
        if not now.state.holds_the_room:
            self._shell.problem.stop(N_("Somebody cancelled this operation meanwhile; what you typed can't be saved."))
            return
        mine = {name: text for name, text in self.facts.typed().items() if text != self._shown[name]}
        before, self._before = self._shown, now
        self._show(now, mine)
        theirs = [name for name, text in self._shown.items() if text != before[name]]
        for name in (each for each in theirs if each in self.fields):
            self.fields[name].wrong(N_("look here"))
        told = N_("Somebody else changed this operation meanwhile: × marks what. What you typed is kept; F5 saves.")
        self._shell.problem.look(told)

    def _concerned(self, what: str, name: str) -> list[str]:
        if what == ROOM:
            return ["room"]
        if what == EQUIPMENT:
            return ["equipment"]
        names = {each: (self.fields[each].get(),) for each in STAFF}
        names["assistants"] = self.fields["assistants"].items()
        return [each for each, those in names.items() if same_name(name) in {same_name(one) for one in those}]

    def leave(self) -> None:
        """Esc; asked first where something is typed."""
        if not self.changed:
            self._left()
            return
        self._shell.ask(
            N_("Leave the form?"), N_("What you typed and did not save is lost."),
            [Choice(N_("Go on typing")), Choice(N_("Leave it"), self._left, dangerous=True)],
        )  # fmt: skip
