"""The theatre's window: the day room by room, lists, the form, the masters; every act by one key or by hand."""

from __future__ import annotations

import tkinter as tk
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from kiosk.core.operation import Operation, OperationPatient
from kiosk.core.theatre_book import TheatreBook
from kiosk.core.words import N_, Sentence
from kiosk.modes.theatre import rules
from kiosk.modes.theatre.acts import Acts
from kiosk.modes.theatre.day_page import DayPage
from kiosk.modes.theatre.form_page import FormPage
from kiosk.modes.theatre.history_page import HistoryPage
from kiosk.modes.theatre.list_page import ListPage
from kiosk.modes.theatre.masters_page import MastersPage
from kiosk.modes.theatre.reason_page import ReasonPage
from kiosk.ui.shell import Choice, Key, Shell

USUAL = timedelta(minutes=60)


class TheatreWindow:
    """What is typed or carried stays until it is saved, put down or left, whatever the store says to it."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, desk.settings.title, where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.book = TheatreBook()
        self.over: Any = None  # what lies over the day
        self._under: Any = None  # what lies below that: the list, below a form or a history
        self._asked = ""
        self.wanted = 0  # an operation that is to be marked when its day is there
        self.acts = Acts(self)
        self._build()
        self._stop_listening: Callable[[], None] = desk.listen(self.news)
        self.shell.on_scan(self.scanned)
        self.shell.frame.bind("<Destroy>", self._closed, add=True)
        self.show_page(None)

    def _build(self) -> None:
        work = self.shell.work
        work.columnconfigure(0, weight=1)
        work.rowconfigure(0, weight=1)
        self.page = DayPage(work, self.shell, self.desk, {
            "marked": self.set_keys, "opened": self.open_marked, "dropped": self.acts.dropped,
            "search": self.find, "timed": self.acts.write_time, "turned": self.refresh,
        })  # fmt: skip
        self.chart = self.page.chart
        self.chart.touched = self._touched
        self.list = ListPage(work, self.shell, self.desk, self.go_to, self.set_keys, self._tell_age)
        self.form = FormPage(work, self.shell, self.desk, self._saved, self.back)
        self.masters = MastersPage(work, self.shell, self.desk, self.set_keys)
        self.why = ReasonPage(work, self.shell)
        self.history = HistoryPage(work)
        self.shell.before_closing(self._may_close)

    # -- pages and keys ------------------------------------------------------------------------------------------

    def show_page(self, page: Any) -> None:
        """Lay a page over the day; None takes it away."""
        for each in (self.page, self.list, self.form, self.masters, self.why, self.history):
            each.grid_remove()
        if page is not self.over:
            self.shell.problem.clear()  # what was said of the page before
        self.over = page
        (page or self.page).grid(row=0, column=0, sticky="nsew")
        self.shell.letter_keys(self.page.letter_keys() if page is None else {})
        self.shell.search_field((self.form.fields["patient_id"] if page is self.form else self.page.search).entry)
        if page is None:
            self.shell.give_focus(self.chart)
            self.refresh()
        self.set_keys()

    def lay_over(self, page: Any) -> None:
        """The same, and what lies there now comes back by Esc."""
        self._under = self.over if self.over is self.list else None
        self.show_page(page)

    def back(self) -> None:
        """Esc: to what lies below."""
        under, self._under = self._under, None
        self.show_page(under)
        if under is self.list:
            self.list.refresh()
            self.list.table.focus_set()

    def set_keys(self) -> None:
        """The keys of what stands in front."""
        if self.over is None:
            self.shell.keys(self._day_keys())
        elif self.over is self.form:
            self.shell.keys(self.form.keys())
        elif self.over is self.list:
            self.shell.keys([*self.list.keys(), *self._keys_of(self.list.chosen), *self._list_keys()])
        else:
            own = [] if self.over is self.history else self.over.keys()
            self.shell.keys([*own, Key("Esc", N_("Back"), self.back)])

    def _day_keys(self) -> list[Key]:
        carried, chosen = self.chart.ghost, self.page.chosen
        none = "" if chosen is not None else N_("Mark an operation first.")
        back = N_("Leave it where it was") if carried is not None else N_("To the picture")
        return [
            Key("F2", N_("Find the patient"), self.page.search.focus),
            Key("F3", N_("Today"), lambda: self.page.go_to(self.desk.today())),
            Key("F4", N_("Week's list"), self.show_week),
            Key("F5", N_("Book an operation"), self.book_here),
            Key("F6", N_("Take back"), self.acts.undo),
            Key("F7", N_("Put it here") if carried is not None else N_("Move"), self.acts.move,
                why="" if carried is not None else none),
            *self._keys_of(chosen),
            Key("F10", N_("Print the day"), self.acts.print_day),
            Key("F12", N_("Masters"), self.show_masters),
            Key("Esc", back, self.acts.put_back),
        ]  # fmt: skip

    def _keys_of(self, chosen: Operation | None) -> list[Key]:
        none = "" if chosen is not None else N_("Mark an operation first.")
        gone = chosen is not None and not chosen.state.holds_the_room
        text = N_("Bring it back") if gone else N_("Cancel operation")
        return [
            Key("F8", text, lambda: self.acts.cancel_or_restore(chosen), why=none),
            Key("F9", N_("History"), lambda: self.show_history(chosen), why=none),
        ]  # fmt: skip

    def _list_keys(self) -> list[Key]:
        keys = [Key("F6", N_("Take back"), self.acts.undo), Key("Esc", N_("Back"), lambda: self.show_page(None))]
        if self.list.week is not None:
            keys += [Key("F3", N_("This week"), lambda: self.list.week_of(self.desk.today())),
                     Key("F10", N_("Print the week"), self.acts.print_week)]  # fmt: skip
        return keys

    def _touched(self) -> None:
        """What a person marks himself is not marked away by an answer that comes late."""
        self.wanted = 0

    # -- looking -------------------------------------------------------------------------------------------------

    def news(self) -> None:
        """Somebody changed something, perhaps on another PC."""
        if not self.shell.frame.winfo_exists():
            return
        self.refresh()
        if self.over is self.list:
            self.list.refresh()
        elif self.over is self.masters:
            self.masters.refresh()

    def refresh(self) -> None:
        """Read the day anew; what is marked, typed and carried stays."""
        if not self.shell.frame.winfo_exists():
            return
        asked = self._asked = uuid.uuid4().hex

        def show(view: Any) -> None:
            if asked == self._asked and self.shell.frame.winfo_exists():
                self.book = view.book
                self.page.show(view)
                if self.wanted and self.chart.mark_operation(self.wanted):
                    self.wanted = 0
                self._tell_age(view.seen_at)
                self.set_keys()

        self.desk.day(self.page.day).then(show, self.shell.problem.fault)

    def _tell_age(self, seen_at: str) -> None:
        """The store is away: what is shown is what this PC saw last."""
        if seen_at:
            told = N_("The database is away: this is how it was on {day} at {at}. It can be changed when it is back.")
            values = {"day": seen_at[5:10], "at": seen_at[11:16]}
            self.shell.problem.standing("kept", "look", Sentence(told, values))
        else:
            self.shell.problem.over("kept")

    def go_to(self, operation: Operation) -> None:
        """Show it in the picture of its day."""
        self.wanted = operation.id
        self._under = None
        self.page.day = operation.day
        self.show_page(None)
        if not operation.state.holds_the_room:
            told = N_("The operation of {name} was cancelled; it stands in the week's list.")
            self.shell.problem.look(Sentence(told, rules.values_of(operation)))

    def show_week(self) -> None:
        """F4."""
        self.show_page(self.list)
        self.list.week_of(self.page.day)
        self.set_keys()

    def show_masters(self) -> None:
        """F12."""
        self.show_page(self.masters)
        self.masters.opened()

    def show_history(self, operation: Operation | None) -> None:
        """F9: what happened to this operation."""
        if operation is None:
            return

        def show(changes: Any) -> None:
            if self.shell.frame.winfo_exists():
                self.lay_over(self.history)
                self.history.show(operation, changes)

        self.desk.history(operation.id).then(show, self.shell.problem.fault)

    # -- who -----------------------------------------------------------------------------------------------------

    def scanned(self, code: str) -> None:
        """A barcode: fills the form where it is open, else finds whose it is."""
        if self.over is self.form:
            self.form.find(code)
        elif self.over in (None, self.list):
            self.find(code)
        else:
            self.shell.problem.look(N_("This page does not need a barcode."))

    def find(self, text: str) -> None:
        """Operations of whoever is meant; with none, the form for this person at the marked time."""
        if not text.strip():
            return

        def found(operations: Any) -> None:
            if not self.shell.frame.winfo_exists():
                return
            if operations:
                self.page.search.set("")
                self.show_page(self.list)
                self.list.person(text.strip(), operations)
                self.set_keys()
            else:
                self.desk.people(text).then(nobody_planned, self.shell.problem.fault)

        def nobody_planned(people: Any) -> None:
            if not self.shell.frame.winfo_exists():
                return
            if len(people) == 1:
                self.page.search.set("")
                self.open_form(people[0])
                self.shell.problem.plain(N_("Compare name and birth date."))
            elif people:
                self.shell.problem.look(Sentence(N_("{n} people fit: type the whole ID."), {"n": len(people)}))
            else:
                self.shell.problem.look(N_("Nobody is known by that: F5 books, name and kana are typed there."))

        self.desk.find(text).then(found, self.shell.problem.fault)

    # -- booking and changing ------------------------------------------------------------------------------------

    def book_here(self) -> None:
        """F5: the form for the marked time; after a marked operation, when the room is ready again."""
        self.open_form(OperationPatient())

    def open_form(self, patient: OperationPatient) -> None:
        """The form of a new operation; whatever was carried stands where it stood."""
        self.page.carry(None)
        spot = self.chart.marked
        first = datetime.combine(self.page.day, self.book.first)
        room, enter = (spot.room, self.chart.wish or spot.since) if spot is not None else ("", first)
        ready = timedelta(minutes=self.desk.settings.turnover_min)
        if spot is not None and spot.operation is not None:
            enter = spot.operation.until + ready
        elif spot is not None and self.chart.wish is None and spot.since.time() != self.book.first:
            enter = spot.since + ready
        start = rules.snapped(enter) + timedelta(minutes=self.desk.settings.lead_min)
        new = Operation(0, room, rules.snapped(enter), start, start + USUAL, patient)
        self.lay_over(self.form)
        self.form.opened(new, self.book, new=True)

    def open_marked(self) -> None:
        """Return, double click: put it down, change the marked operation, or book the free time."""
        if self.chart.ghost is not None:
            self.acts.move()
        elif self.page.chosen is not None:
            chosen = self.page.chosen
            self.lay_over(self.form)
            self.form.opened(chosen, self.book, new=False)
        else:
            self.book_here()

    def _saved(self, operation: Operation, new: bool) -> None:
        self.wanted, self.page.day = operation.id, operation.day
        self._under = None
        self.show_page(None)
        booked, saved = (
            N_("The operation of {name} is booked: {room}, {day} {at}."),
            N_("Saved: {name}, {room}, {day} {at}."),
        )
        self.shell.problem.done(Sentence(booked if new else saved, rules.values_of(operation)))

    # -- closing -------------------------------------------------------------------------------------------------

    def _may_close(self, close: Callable[[], None]) -> bool:
        if self.over is not self.form or not self.form.changed:
            return True
        self.shell.ask(
            N_("Close the window?"), N_("What you typed and did not save is lost."),
            [Choice(N_("Go on typing")), Choice(N_("Close"), close, dangerous=True)],
        )  # fmt: skip
        return False

    def _closed(self, event: Any) -> None:
        if event.widget is self.shell.frame:
            self._stop_listening()
