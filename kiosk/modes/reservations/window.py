"""The reservation window: a kind, its month, the sheet of a day, and who is booked; every act by one key."""

from __future__ import annotations

import tkinter as tk
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence
from kiosk.modes.reservations import rules
from kiosk.modes.reservations.person_form import PersonForm
from kiosk.modes.reservations.person_page import PersonPage
from kiosk.modes.reservations.seat_hold import SeatHold
from kiosk.modes.reservations.slots_page import SlotsPage
from kiosk.modes.reservations.taking_away import cancel_booking, close_or_open
from kiosk.modes.reservations.waiting_page import WaitingPage
from kiosk.ui import look
from kiosk.ui.dates import day_text
from kiosk.ui.fields import ChoiceField
from kiosk.ui.month_grid import DayCell, MonthGrid
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Column, Row, Table

SEATS = [
    Column("at", N_("Time"), 70), Column("seat", N_("Seat"), 60), Column("kana", N_("Kana"), 140),
    Column("name", N_("Name"), 130), Column("id", N_("Patient ID"), 100),
    Column("comment", N_("Comment"), 120, stretch=True),
]  # fmt: skip
HISTORY = [
    Column("at", N_("When"), 150), Column("by", N_("Who"), 110), Column("what", N_("What"), 90),
    Column("before", N_("Before"), 160), Column("after", N_("After"), 160),
    Column("reason", N_("Reason"), 160, stretch=True),
]  # fmt: skip


class ReservationsWindow:
    """What is typed stays until it is booked or cleared, whatever happens to the seat."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, desk.settings.title, where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.kinds: dict[str, Any] = {}
        self.rows: dict[str, rules.SeatRow] = {}
        self.moving: Any = None  # the booking that waits for its new slot
        self._over: Any = None
        self._asked = uuid.uuid4().hex
        self.seat = SeatHold(self.shell, desk)
        self._build()
        self._stop_listening: Callable[[], None] = desk.listen(self.refresh)
        self.shell.on_scan(self.scanned)
        self.shell.frame.bind("<Destroy>", self._closed, add=True)
        self.show_page(None)
        desk.book().then(self._take_book, self.shell.problem.fault)

    def _build(self) -> None:
        work, gap = self.shell.work, look.px(12)
        work.columnconfigure(0, weight=1)
        work.rowconfigure(0, weight=1)
        self.page = page = ttk.Frame(work)
        page.columnconfigure(0, weight=2, uniform="halves")
        page.columnconfigure(1, weight=3, uniform="halves")
        page.rowconfigure(1, weight=1)
        head = ttk.Frame(page)
        head.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, gap))
        head.columnconfigure(1, weight=1)
        self.kind = ChoiceField(head, N_("Kind of reservation"), {}, width=24)
        self.kind.grid(row=0, column=0, sticky="w")
        self.kind.on_change(self.refresh)
        self.title = ttk.Label(head, style="Title.TLabel")
        self.title.grid(row=0, column=1, sticky="sw", padx=(gap * 2, 0))
        self.month = MonthGrid(page, lambda day: self.refresh(), self.desk.today())
        self.month.grid(row=1, column=0, sticky="nsew", padx=(0, gap))
        self.sheet = Table(
            page, SEATS, empty=N_("There are no slots on this day."), on_select=lambda key: self.set_keys(),
            on_choose=lambda key: self.book(),
        )  # fmt: skip
        self.sheet.grid(row=1, column=1, sticky="nsew")
        self.form = PersonForm(page, self._find, self.book)
        self.form.grid(row=2, column=0, columnspan=2, sticky="ew", pady=(gap, 0))
        self.history = Table(work, HISTORY, empty=N_("Nothing happened to it."))
        self.waiting = WaitingPage(work, self.shell, self.desk, self._free_slot, lambda: self.show_page(None))
        self.person = PersonPage(work, self.shell, self.desk, self._show_booking)
        self.slots = SlotsPage(work, self.shell, self.desk, self.refresh)
        self.shell.search_field(self.form.patient_id.entry)

    # -- pages and keys ------------------------------------------------------------------------------------------

    def show_page(self, page: Any) -> None:
        """Lay a page over the calendar; None takes it away."""
        for each in (self.page, self.history, self.waiting, self.person, self.slots):
            each.grid_remove()
        self._over = page
        (page or self.page).grid(row=0, column=0, sticky="nsew")
        if page is self.slots:
            self.slots.opened(self._names())
        elif page is None:
            self.shell.give_focus(self.month)
            self.refresh()
        self.set_keys()

    def set_keys(self) -> None:
        """The keys of what stands in front."""
        if self._over is not None:
            own = [] if self._over is self.history else self._over.keys()
            keys = [*own, Key("Esc", N_("Back"), lambda: self.show_page(None))]
        else:
            row = self.row
            none = "" if row is not None else N_("Mark a time first.")
            booked = none or ("" if row is not None and row.booking is not None else N_("Nobody is booked there."))
            move = N_("Move here") if self.moving is not None else N_("Move")
            keys = [
                Key("F2", N_("Examinee"), self.form.patient_id.focus),
                Key("F3", N_("Today"), lambda: self.go_to(self.desk.today())),
                Key("F4", N_("Waiting list"), self.wait),
                Key("F5", N_("Book"), self.book, why=none),
                Key("F6", N_("Take back"), self.undo),
                Key("F7", move, self.move, why=none if self.moving is not None else booked),
                Key("F8", rules.taking_away(row), self.cancel, why=none),
                Key("F9", N_("History"), self.show_history, why=booked),
                Key("F10", N_("Print"), self.print_page),
                Key("F11", N_("Their bookings"), self.show_person),
                Key("F12", N_("Slots"), lambda: self.show_page(self.slots)),
                Key("Esc", N_("Clear the form"), self.clear),
            ]
        self.shell.keys(keys)

    @property
    def row(self) -> rules.SeatRow | None:
        """The marked row of the day sheet."""
        return self.rows.get(self.sheet.selected)

    def _free_slot(self) -> Any:
        """The marked slot, where a seat of it is free."""
        return self.row.slot if self.row is not None and self.row.booking is None else None

    # -- looking -------------------------------------------------------------------------------------------------

    def _take_book(self, book: Any) -> None:
        if not self.shell.frame.winfo_exists():
            return
        wanted = self.desk.settings.kinds or list(book.kinds)
        self.kinds = {code: book.kinds[code] for code in wanted if code in book.kinds}
        self.kind.offer(self._names())
        if self.kinds and not self.kind.get():
            self.kind.set(next(iter(self.kinds)))
        self.refresh()

    def _names(self) -> dict[str, str]:
        return {code: each.name for code, each in self.kinds.items()}

    def go_to(self, day: date) -> None:
        """Show that day."""
        self.month.choose(day)
        self.refresh()

    def refresh(self) -> None:
        """Read month and day anew; what is typed and marked stays."""
        if not self.shell.frame.winfo_exists() or not self.kind.get():
            return
        kind, day = self.kind.get(), self.month.chosen
        asked = self._asked = uuid.uuid4().hex

        def month(days: Any) -> None:
            if asked == self._asked and self.shell.frame.winfo_exists():
                self.month.show({each.day: DayCell(*rules.month_mark(each)) for each in days})

        def sheet(view: Any) -> None:
            if asked == self._asked and self.shell.frame.winfo_exists():
                self.rows = {each.key: each for each in rules.day_rows(view.slots, view.bookings)}
                self.sheet.show([Row(each.key, each.cells, each.state) for each in self.rows.values()])
                self.title.configure(text=f"{day_text(day)}  {self.kinds[kind].name}")
                self.set_keys()
                self._tell_age(view.seen_at)

        self.desk.month(kind, day).then(month, self.shell.problem.fault)
        self.desk.day(kind, day).then(sheet, self.shell.problem.fault)

    def _tell_age(self, seen_at: str) -> None:
        """The store is away: what is shown is what this PC saw last."""
        if seen_at:
            told = N_("The database is away: this is how it was at {at}. Booking goes on when it is back.")
            self.shell.problem.standing("kept", "look", Sentence(told, {"at": seen_at[11:16]}))
        else:
            self.shell.problem.over("kept")

    def show_history(self) -> None:
        """F9: what happened to this booking."""
        assert self.row is not None and self.row.booking is not None

        def show(changes: Any) -> None:
            if self.shell.frame.winfo_exists():
                self.history.show([Row(str(at), rules.change_cells(each)) for at, each in enumerate(changes)])
                self.show_page(self.history)

        self.desk.history(self.row.booking.id).then(show, self.shell.problem.fault)

    def show_person(self) -> None:
        """F11: when is this person booked? Whoever is typed below, or whose booking is marked."""
        text = rules.whom_to_find(self.form.person(), self.row)
        if not text:
            self.shell.problem.look(N_("Type an ID, a name or kana below, or mark a booking."))
            return
        self.show_page(self.person)
        self.person.opened(text, self._names())

    def _show_booking(self, booking: Any) -> None:
        if booking.kind in self.kinds:
            self.kind.set(booking.kind)
        self.month.choose(booking.day)
        self.show_page(None)

    def print_page(self) -> None:
        """F10: the slip of the marked booking; with none marked, the day's list."""

        def printed(path: Any) -> None:
            if self.shell.frame.winfo_exists():
                told = N_("It goes to the printer; it is kept as {file}.")
                self.shell.problem.done(Sentence(told, {"file": path.name}))

        booking = self.row.booking if self.row is not None else None
        if booking is not None:
            self.desk.print_slip(booking).then(printed, self.shell.problem.fault)
        elif self.kind.get():
            self.desk.print_day(self.kind.get(), self.month.chosen).then(printed, self.shell.problem.fault)

    # -- who -----------------------------------------------------------------------------------------------------

    def scanned(self, code: str) -> None:
        """A barcode: the patient ID, or the check-up number of somebody known."""
        self._find(code)

    def _find(self, text: str) -> None:
        def found(people: Any) -> None:
            if not self.shell.frame.winfo_exists():
                return
            if len(people) == 1:
                self.form.show(people[0], self.form.comment.get())
                self.shell.problem.plain(N_("Compare name and birth date."))
                self.form.comment.focus()
            elif people:
                self.shell.problem.look(Sentence(N_("{n} people fit: type the whole ID."), {"n": len(people)}))
            else:
                self.shell.problem.look(N_("Nobody is known by that: type name and kana."))

        self.desk.people(text).then(found, self.shell.problem.fault)

    def clear(self) -> None:
        """Esc: nobody is being booked or moved any more."""
        self.moving = None
        self.seat.let_go()
        self.form.clear()
        self.shell.busy(False)
        self.shell.problem.plain(N_("Choose a day and a time, then F5."))
        self.set_keys()

    # -- booking -------------------------------------------------------------------------------------------------

    def book(self) -> None:
        """F5: first the seat is kept, then whoever is typed gets it."""
        row = self.row
        if row is None or self._over is not None:
            return
        who = self.form.person()
        if not (who.kanji or who.kana):
            self._hold(row)
            return
        kind = self.kind.get()

        def looked(warnings: Any) -> None:
            if not warnings:
                self._make(row, who)
                return
            told = rules.warning_words(warnings, {code: each.name for code, each in self.kinds.items()})
            self.shell.ask(
                Sentence(N_("Book {name} all the same?"), {"name": who.kanji or who.kana}), told,
                [Choice(N_("No, go back")), Choice(N_("Book all the same"), lambda: self._make(row, who))],
            )  # fmt: skip

        self.desk.warnings(kind, who.patient_id, row.slot.day).then(looked, self.shell.problem.fault)

    def wait(self) -> None:
        """F4: who is typed waits for the chosen day or the four weeks after it; with nobody typed, who waits."""
        who = self.form.person()
        if not (who.kanji or who.kana):
            self.show_page(self.waiting)
            self.waiting.opened(self.kind.get())
            return
        day = self.month.chosen

        def waits(_: Any) -> None:
            if self.shell.frame.winfo_exists():
                self.clear()
                values = {"name": who.kanji or who.kana, "day": f"{day:%m-%d}"}
                self.shell.problem.done(Sentence(N_("{name} waits for a seat from {day} on, four weeks."), values))

        self.desk.wait_for(
            self.kind.get(), day, day + timedelta(days=28), who, self.form.comment.get()
        ).then(waits, self.shell.problem.fault)  # fmt: skip

    def _hold(self, row: rules.SeatRow) -> None:
        def held() -> None:
            self.shell.busy(True)
            self.form.patient_id.focus()
            self.shell.problem.look(N_("The seat is kept for you: type or scan who it is for, then F5."))

        self.seat.take(row.slot.id, held, self._not_booked)

    def _make(self, row: rules.SeatRow, who: Any) -> None:
        mark = self.seat.mark_of(row.slot.id)

        def made(booking: Any) -> None:
            if not self.shell.frame.winfo_exists():
                return
            self.seat.used()
            self.form.clear()
            self.shell.busy(False)
            self.shell.problem.done(Sentence(N_("{name} is booked for {day} {at}."), rules.values_of(booking)))
            self.refresh()

        self.desk.make(row.slot.id, who, mark, self.form.comment.get()).then(made, self._not_booked)

    def _not_booked(self, why: Any) -> None:
        """Somebody was first: what is typed stays, and what is near is offered."""
        if not self.shell.frame.winfo_exists():
            return
        self.shell.top.bell()
        near = getattr(why, "nearest", None)
        if near:
            values = {"why": why.sentence, "near": rules.near_words(near)}
            self.shell.problem.stop(Sentence(N_("{why} Free: {near}"), values))
        else:
            self.shell.problem.fault(why)
        self.refresh()

    # -- moving, cancelling, undoing -----------------------------------------------------------------------------

    def move(self) -> None:
        """F7 takes a booking up, F7 on another time puts it there."""
        row = self.row
        assert row is not None
        if self.moving is None:
            self.moving = row.booking
            told = N_("{name} is being moved: mark the new time, then F7. Esc ends it.")
            self.shell.problem.look(Sentence(told, rules.values_of(self.moving)))
            self.set_keys()
            return
        booking, self.moving = self.moving, None

        def moved(after: Any) -> None:
            if self.shell.frame.winfo_exists():
                self.shell.problem.done(Sentence(N_("{name} was moved to {day} {at}."), rules.values_of(after)))
                self.refresh()

        self.desk.move(booking, row.slot.id).then(moved, self._not_booked)
        self.set_keys()

    def cancel(self) -> None:
        """F8: the marked booking, or the marked free time, which nobody can book then; with a reason."""
        assert self.row is not None
        booking, slot = self.row.booking, self.row.slot
        if booking is not None:
            cancel_booking(self.shell, self.desk, booking, self.refresh)
        else:
            there = [each.booking for each in self.rows.values() if each.booking and each.slot.id == slot.id]
            close_or_open(self.shell, self.desk, slot, there, self.refresh)

    def undo(self) -> None:
        """F6: the last action of this desk."""

        def undone(done: Any) -> None:
            if self.shell.frame.winfo_exists():
                self.shell.problem.done(Sentence(N_("Taken back: {name}."), rules.values_of(done.booking)))
                self.refresh()

        self.desk.undo().then(undone, self._not_booked)

    def _closed(self, event: Any) -> None:
        if event.widget is self.shell.frame:
            self.seat.close()
            self._stop_listening()

