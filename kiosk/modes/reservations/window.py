"""The reservation window: a book, a kind, its month or week, the sheet of a day, who is booked; each act by one key."""

from __future__ import annotations

import tkinter as tk
import uuid
from collections.abc import Callable
from datetime import date
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.reservations import rules
from kiosk.modes.reservations.acts import Acts
from kiosk.modes.reservations.book_page import BookPage
from kiosk.modes.reservations.person_form import PersonForm
from kiosk.modes.reservations.person_page import PersonPage
from kiosk.modes.reservations.printing import ask_what_to_print
from kiosk.modes.reservations.seat_hold import SeatHold
from kiosk.modes.reservations.waiting_page import WaitingPage
from kiosk.ui import look
from kiosk.ui.choice_row import ChoiceRow
from kiosk.ui.dates import day_text
from kiosk.ui.dragging import Dragging
from kiosk.ui.fields import ChoiceField
from kiosk.ui.month_grid import DayCell, MonthGrid
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table
from kiosk.ui.week_grid import WeekGrid

SEATS = [
    Column("at", N_("Time"), 70), Column("seat", N_("Seat"), 60), Column("kana", N_("Kana"), 140),
    Column("name", N_("Name"), 130, stretch=True), Column("id", N_("Patient ID"), 100),
    Column("comment", N_("Comment"), 120, stretch=True),
]  # fmt: skip
WAYS = [Column("at", N_("Time"), 70), Column("way", N_("The course"), 400, stretch=True)]
HISTORY = [
    Column("at", N_("When"), 190), Column("by", N_("Who"), 110), Column("what", N_("What"), 90),
    Column("before", N_("Before"), 160), Column("after", N_("After"), 160),
    Column("reason", N_("Reason"), 160, stretch=True),
]  # fmt: skip
MONTH, WEEK = N_("Month"), N_("Week")


class ReservationsWindow:
    """What is typed stays until it is booked or cleared, whatever happens to the seat."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, desk.settings.title, where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.kinds: dict[str, Any] = {}
        self.courses: dict[str, Any] = {}
        self.rows: dict[str, rules.SeatRow] = {}
        self.week_slots: dict[Any, Any] = {}
        self.over: Any = None
        self._wanted_kind = ""  # to be shown when its book has come
        self._closed_days: dict[date, str] = {}
        self._sheet_of: tuple[str, date] = ("", date.min)
        self._asked = uuid.uuid4().hex
        self.seat = SeatHold(self.shell, desk, lambda: self.shell.busy(False))
        self.acts = Acts(self)
        self._build()
        self._stop_listening: Callable[[], None] = desk.listen(self.refresh)
        self._stop_masters: Callable[[], None] = desk.listen_to_masters(self.read_book)
        self.shell.on_scan(self._scanned)
        self.shell.frame.bind("<Destroy>", self._closed, add=True)
        self.show_page(None)
        desk.books().then(self._take_books, self.shell.problem.fault)
        self.read_book()

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
        head.columnconfigure(3, weight=1)
        self.book = ChoiceField(head, N_("Reservation book"), {}, width=10)
        self.book.on_change(self._turn)
        self.kind = ChoiceField(head, N_("Kind of reservation"), {}, width=20)
        self.kind.grid(row=0, column=1, sticky="w", padx=(0, gap))
        self.kind.on_change(self.refresh)
        self.view = ChoiceRow(head, [say(MONTH), say(WEEK)], self._look_by, numbered=False)
        self.view.show(say(MONTH))
        self.view.grid(row=0, column=2, sticky="s", padx=(0, gap), ipadx=gap)
        self.title = ttk.Label(head, style="Title.TLabel")
        self.title.grid(row=0, column=3, sticky="sw", padx=(gap, 0))
        self.month = MonthGrid(page, lambda day: self.refresh(), self.desk.today())
        self.week = WeekGrid(page, self._place, self.desk.today())
        self.month.grid(row=1, column=0, sticky="nsew", padx=(0, gap))
        self.sheet = Table(
            page, SEATS, empty=N_("There are no slots on this day."), on_select=lambda key: self.set_keys(),
            on_choose=lambda key: self.acts.correct(),
        )  # fmt: skip
        self.sheet.grid(row=1, column=1, sticky="nsew")
        self.ways = Table(
            page, WAYS, empty=N_("The course can't be booked on this day."), on_select=lambda key: self.set_keys(),
            on_choose=lambda key: self.acts.book(),
        )  # fmt: skip
        self.dragging = Dragging(self.sheet, self.acts.hanging, self.acts.dropped)
        self.form = PersonForm(page, self._find, self.acts.book)
        self.form.grid(row=2, column=0, columnspan=2, sticky="ew", pady=(gap, 0))
        self.history = Table(work, HISTORY, empty=N_("Nothing happened to it."))
        self.waiting = WaitingPage(
            work, self.shell, self.desk, self._free_slots, lambda: self.show_page(None), self.acts.not_booked,
            self.acts.ask_first,
        )  # fmt: skip
        self.form.on_typing(self.seat.typed)
        self.person = PersonPage(work, self.shell, self.desk, self._show_booking)
        self.keeping = BookPage(work, self.shell, self.desk, self.read_book, self.set_keys)
        self.shell.search_field(self.form.patient_id.entry)

    # -- pages and keys ------------------------------------------------------------------------------------------

    def show_page(self, page: Any) -> None:
        """Lay a page over the calendar; None takes it away."""
        if self.over is self.keeping and page is not self.keeping:
            self.desk.leave()  # whoever comes next is asked for the PIN
        for each in (self.page, self.history, self.waiting, self.person, self.keeping):
            each.grid_remove()
        self.over = page
        (page or self.page).grid(row=0, column=0, sticky="nsew")
        if page is self.keeping:
            self.keeping.opened(self.book.entry.get(), self.names())
        elif page is None:
            self.shell.give_focus(self.week if self._by_week else self.month)
            self.refresh()
        self.set_keys()

    def set_keys(self) -> None:
        """The keys of what stands in front."""
        if self.over is not None:
            own = [] if self.over is self.history else self.over.keys()
            keys = [*own, Key("Esc", N_("Back"), lambda: self.show_page(None))]
        else:
            row, acts = self.row, self.acts
            none = "" if row is not None else N_("Mark a time first.")
            booked = none or ("" if row is not None and row.booking is not None else N_("Nobody is booked there."))
            moving, changing = acts.moving is not None, acts.changing is not None
            plain = row is not None and row.slot is not None and not row.placing
            there = none or ("" if plain else N_("Mark a free time, then F5."))
            keys = [
                Key("F2", N_("Examinee"), self.form.patient_id.focus),
                Key("F3", N_("Today"), lambda: self.go_to(self.desk.today())),
                Key("F4", N_("Waiting list"), acts.wait),
                Key("F5", N_("Save") if changing else N_("Book"), acts.book, why="" if changing else none),
                Key("F6", N_("Take back"), acts.undo),
                Key("F7", N_("Move here") if moving else N_("Move"), acts.move, why=there if moving else booked),
                Key("F8", rules.taking_away(row), acts.cancel, why=there),
                Key("F9", N_("History"), self.show_history, why=booked),
                Key("F10", N_("Print"), lambda: ask_what_to_print(self)),
                Key("F11", N_("Their bookings"), self.show_person),
                Key("F12", N_("Maintenance"), lambda: self.show_page(self.keeping)),
                Key("Esc", N_("Clear the form"), acts.clear),
            ]
        self.shell.keys(keys)

    @property
    def table(self) -> Table:
        """The day sheet, or the ways through a course."""
        return self.ways if self.kind.get() in self.courses else self.sheet

    @property
    def row(self) -> rules.SeatRow | None:
        """The marked row of it."""
        return self.rows.get(self.table.selected)

    def names(self) -> dict[str, str]:
        """The kinds by their codes."""
        return {code: each.name for code, each in self.kinds.items()}

    def _free_slots(self) -> list[Any]:
        """The marked slot, where a seat of it is free; those of the marked way through a course."""
        row = self.row
        if row is None or row.booking is not None or row.slot is None:
            return []
        return list(row.placing) or [row.slot]

    # -- the book ------------------------------------------------------------------------------------------------

    def read_book(self) -> None:
        """Read the masters of the book anew."""
        self.desk.book().then(self._take_book, self.shell.problem.fault)

    def _take_books(self, names: Any) -> None:
        if not self.shell.frame.winfo_exists():
            return
        self.book.offer(names)
        self.book.set(self.desk.turned_to)
        if len(names) > 1:
            self.book.grid(row=0, column=0, sticky="w", padx=(0, look.px(12)))

    def _turn(self) -> None:
        """Another book: whatever was begun in the one before is put away."""
        if self.book.get() not in ("", self.desk.turned_to):
            self.acts.clear()
            self.desk.leave()
            self.desk.turn_to(self.book.get())
            self.read_book()

    def _take_book(self, book: Any) -> None:
        if not self.shell.frame.winfo_exists():
            return
        wanted = [code for code in self.desk.settings.kinds if code in book.kinds] or list(book.kinds)
        self.kinds = {code: book.kinds[code] for code in wanted}
        self.courses = {
            code: each for code, each in book.courses.items() if {part.kind for part in each.parts} <= set(wanted)
        }
        courses = {code: Sentence(N_("Course: {name}"), {"name": each.name}) for code, each in self.courses.items()}
        self.kind.offer({**self.names(), **courses})
        self.keeping.named(self.names())
        if self._wanted_kind in self.kinds:
            self.kind.set(self._wanted_kind)
        self._wanted_kind = ""
        if self.kinds and not self.kind.get():
            self.kind.set(next(iter(self.kinds)))
        if not self.kinds:
            self.title.configure(text="")
            self.shell.problem.look(N_("This book has no kinds yet: F12, then the section of kinds."))
        self.refresh()

    # -- looking -------------------------------------------------------------------------------------------------

    @property
    def _by_week(self) -> bool:
        return self.view.shown == say(WEEK)

    def _look_by(self, name: str) -> None:
        """Month or week in the left half."""
        self.view.show(name)
        old, new = (self.month, self.week) if self._by_week else (self.week, self.month)
        old.grid_remove()
        new.grid(row=1, column=0, sticky="nsew", padx=(0, look.px(12)))
        if self.shell.top.focus_get() is not self.view:
            new.focus_set()
        self.refresh()

    def _place(self, day: date, at: str) -> None:
        """A cell of the week was chosen."""
        self.month.choose(day)
        self.refresh()

    def go_to(self, day: date) -> None:
        """Show that day."""
        self.month.choose(day)
        self.week.choose(day, self.week.chosen[1])
        self.refresh()

    def refresh(self) -> None:
        """Read month or week and the day anew; what is typed and marked stays."""
        if not self.shell.frame.winfo_exists() or not self.kind.get():
            return
        kind, day = self.kind.get(), self.month.chosen
        asked = self._asked = uuid.uuid4().hex
        if (kind, day) != self._sheet_of:
            self._show_sheet(kind, day, [])  # until the answer comes, nothing of another day can be booked

        def mine() -> bool:
            return asked == self._asked and bool(self.shell.frame.winfo_exists())

        def month(days: Any) -> None:
            if mine():
                self.month.show({each.day: DayCell(*rules.month_mark(each)) for each in days})
                self._closed_days = {each.day: each.reason or say(N_("closed day")) for each in days if not each.open}

        def week(views: Any) -> None:
            if mine():
                times, cells = rules.week_cells(views)
                self.week_slots = {(view.day, f"{slot.at:%H:%M}"): slot for view in views for slot in view.slots}
                self.week.choose(day, self.week.chosen[1])
                self.week.show(times, {place: DayCell(*each) for place, each in cells.items()}, self._closed_days)

        def sheet(view: Any) -> None:
            if mine():
                self._show_sheet(kind, day, rules.day_rows(view))
                self._tell_age(view.seen_at)

        def course(placings: Any) -> None:
            if mine():
                self._show_sheet(kind, day, rules.course_rows(placings, self.names()))

        self.desk.month(kind, day).then(month, self.shell.problem.fault)
        if kind in self.courses:
            self.desk.course_day(kind, day).then(course, self.shell.problem.fault)
            return
        self.desk.day(kind, day).then(sheet, self.shell.problem.fault)
        if self._by_week:
            self.desk.week(kind, day).then(week, self.shell.problem.fault)

    def _show_sheet(self, kind: str, day: date, rows: list[rules.SeatRow]) -> None:
        self._sheet_of = (kind, day)
        self.rows = {each.key: each for each in rows}
        (self.sheet if self.table is self.ways else self.ways).grid_remove()
        self.table.grid(row=1, column=1, sticky="nsew")
        self.table.show([Row(each.key, each.cells, each.state) for each in rows])
        name = self.kinds[kind].name if kind in self.kinds else self.courses[kind].name
        self.title.configure(text=f"{day_text(day)}  {name}")
        at = self.week.chosen[1] if self._by_week else ""
        if at and (self.row is None or self.row.cells[0] != at):
            fits = [each.key for each in rows if each.cells[0] == at]
            self.table.select(fits[-1] if fits else "")
        self.set_keys()

    def _tell_age(self, seen_at: str) -> None:
        """The store is away: what is shown is what this PC saw last."""
        if seen_at:
            told = N_("The database is away: this is how it was at {at}. Booking goes on when it is back.")
            today = seen_at.startswith(self.desk.today().isoformat())
            at = seen_at[11:16] if today else seen_at[:16].replace("T", " ")
            self.shell.problem.standing("kept", "look", Sentence(told, {"at": at}))
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

    # -- who -----------------------------------------------------------------------------------------------------

    def show_person(self) -> None:
        """F11: when is this person booked? Whoever is typed below, or whose booking is marked."""
        text = rules.whom_to_find(self.form.person(), self.row)
        if not text:
            self.shell.problem.look(N_("Type an ID, a name or kana below, or mark a booking."))
            return
        self.show_page(self.person)
        self.person.opened(text, self.desk.kind_names)

    def _show_booking(self, booking: Any) -> None:
        self.month.choose(booking.day)
        book = self.desk.book_of.get(booking.kind, self.desk.turned_to)
        if book != self.desk.turned_to:
            self._wanted_kind = booking.kind
            self.book.set(book)
            self._turn()
        elif booking.kind in self.kinds:
            self.kind.set(booking.kind)
        self.show_page(None)

    def _scanned(self, code: str) -> None:
        if self.over is None:
            self._find(code)
        else:
            self.shell.problem.look(N_("This window does not need a barcode."))

    def _find(self, text: str) -> None:
        """A barcode or what was typed: the patient ID, the check-up number or the name of somebody known."""
        if self.acts.changing is not None and self.acts.changing.who.patient_id:
            self.shell.problem.look(N_("First finish the correction (F5), or leave it (Esc)."))
            return

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

    def _closed(self, event: Any) -> None:
        if event.widget is self.shell.frame:
            self.seat.close()
            self._stop_listening()
            self._stop_masters()
