"""What a clerk does with the marked time: book, book a course, correct, move by keys or mouse, cancel, take back."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from kiosk.core.booking import booker_of
from kiosk.core.faults import Overtaken
from kiosk.core.words import N_, Sentence
from kiosk.modes.reservations import rules
from kiosk.modes.reservations.taking_away import cancel_booking, close_or_open, propose_who_waits
from kiosk.ui.shell import Choice


class Acts:
    """The window's acts; what is typed stays until it is booked or cleared, whatever happens to the seat."""

    def __init__(self, window: Any) -> None:
        self.window = window
        self.shell, self.desk = window.shell, window.desk
        self.moving: Any = None  # the booking that waits for its new slot
        self.changing: Any = None  # the booking whose facts stand in the form

    @property
    def _form(self) -> Any:
        return self.window.form

    def clear(self) -> None:
        """Esc: nobody is being booked, corrected or moved any more."""
        self.moving = self.changing = None
        self.window.seat.let_go()
        self._form.clear()
        self.shell.busy(False)
        self.shell.problem.plain(N_("Choose a day and a time, then F5."))
        self.window.set_keys()

    # -- booking -------------------------------------------------------------------------------------------------

    def book(self) -> None:
        """F5: first the seat is kept, then whoever is typed gets it."""
        row, who = self.window.row, self._form.person()
        if not self._form.readable():
            return
        if self.changing is not None:
            self._save(who)
            return
        if row is None or self.window.over is not None:
            return
        if row.unseated is not None:
            self._form.show(booker_of(row.unseated.patient))
            self.shell.problem.look(N_("Mark a free time, then F5."))
            return
        if not (who.kanji or who.kana):
            if row.booking is not None:
                self.correct()
            elif not row.placing:
                self._hold(row)
            else:
                self.shell.problem.look(N_("Type or scan who the course is for, then F5."))
            return

        if row.slot.day != self.window.month.chosen:
            self.shell.problem.look(N_("The day sheet is of another day: mark the time again."))
            self.window.refresh()
            return
        self.ask_first(self.window.kind.get(), who, row.slot.day, lambda: self._make(row, who))

    def ask_first(self, kind: str, who: Any, day: date, book: Callable[[], object], without: int = 0) -> None:
        """``book()`` at once where nothing speaks against it; else whoever is asked says so."""

        def looked(warnings: Any) -> None:
            if not warnings:
                book()
                return
            told = rules.warning_words(warnings, self.desk.kind_names)
            self.shell.ask(
                Sentence(N_("Book {name} all the same?"), {"name": who.kanji or who.kana}), told,
                [Choice(N_("No, go back")), Choice(N_("Book all the same"), book)],
            )  # fmt: skip

        self.desk.warnings(kind, who.patient_id, day, without).then(looked, self.shell.problem.fault)

    def correct(self) -> None:
        """Return on a booking: its facts stand in the form, F5 saves them."""
        row = self.window.row
        if row is None or row.booking is None:
            self.book()
            return
        self.moving, self.changing = None, row.booking
        self._form.show(row.booking.who, row.booking.comment)
        self._form.comment.focus()
        self.shell.busy(True)
        told = N_("Correct the booking of {name}, then F5. Esc leaves it as it is.")
        self.shell.problem.look(Sentence(told, rules.values_of(row.booking)))
        self.window.set_keys()

    def wait(self) -> None:
        """F4: who is typed waits for the chosen day or the four weeks after it; with nobody typed, who waits."""
        window, who = self.window, self._form.person()
        if self.changing is not None:
            self.shell.problem.look(N_("First finish the correction (F5), or leave it (Esc)."))
            return
        if not (who.kanji or who.kana):
            window.show_page(window.waiting)
            window.waiting.opened(window.kind.get())
            return
        day = window.month.chosen

        def waits(_: Any) -> None:
            if self.shell.frame.winfo_exists():
                self.clear()
                values = {"name": who.kanji or who.kana, "day": f"{day:%m-%d}"}
                self.shell.problem.done(Sentence(N_("{name} waits for a seat from {day} on, four weeks."), values))

        self.desk.wait_for(
            window.kind.get(), day, day + timedelta(days=28), who, self._form.comment.get()
        ).then(waits, self.shell.problem.fault)  # fmt: skip

    def _hold(self, row: rules.SeatRow) -> None:
        def held() -> None:
            self.shell.busy(True)
            self._form.patient_id.focus()
            self.shell.problem.look(N_("The seat is kept for you: type or scan who it is for, then F5."))

        assert row.slot is not None
        self.window.seat.take(row.slot.id, held, self.not_booked)

    def _make(self, row: rules.SeatRow, who: Any, over_reason: str = "") -> None:
        assert row.slot is not None
        comment = self._form.comment.get()
        if row.placing:
            slots = [each.id for each in row.placing]
            self.desk.make_all(slots, who, comment).then(lambda made: self._made(made, who), self.not_booked)
            return
        mark = self.window.seat.mark_of(row.slot.id)

        def refused(why: Any) -> None:
            self.not_booked(why, lambda reason: self._make(row, who, reason))

        self.desk.make(row.slot.id, who, mark, comment, over_reason).then(
            lambda booking: self._made(booking, who, mark), refused
        )  # fmt: skip

    def _made(self, made: Any, who: Any, mark: str = "") -> None:
        """A Booking, or all bookings of a course. The next person may already be typed."""
        if not self.shell.frame.winfo_exists():
            return
        self.window.seat.used(mark)
        if self._form.person() == who:
            self._form.clear()
            self.shell.busy(False)
        first = made[0] if isinstance(made, list) else made
        told = N_("{name} is booked for {day} {at}.")
        if isinstance(made, list) and len(made) > 1:
            told = N_("{name} is booked for {day} {at}, with everything that belongs to the course.")
        elif first.linked:
            told = N_("{name} is booked for {day} {at}, and for the return visit.")
        self.shell.problem.done(Sentence(told, rules.values_of(first)))
        self.window.refresh()

    def _save(self, who: Any) -> None:
        booking = self.changing

        def saved(after: Any) -> None:
            if self.shell.frame.winfo_exists():
                self.clear()
                told = N_("The booking of {name} was corrected; F6 takes it back.")
                self.shell.problem.done(Sentence(told, rules.values_of(after)))
                self.window.refresh()

        def refused(why: Any) -> None:
            if self.shell.frame.winfo_exists():
                self.shell.problem.fault(why)
                if isinstance(why, Overtaken):
                    self.changing = None  # what was typed stays; it is begun anew on the booking as it is now
                    self.window.set_keys()
                self.window.refresh()

        self.desk.change(booking, who, self._form.comment.get()).then(saved, refused)

    def not_booked(self, why: Any, over: Callable[[str], object] | None = None) -> None:
        """Somebody was first: what is typed stays, and what is near is offered. ``over(reason)``: whoever may gives one
        seat more.
        """
        if not self.shell.frame.winfo_exists():
            return
        self.shell.top.bell()
        near = getattr(why, "nearest", None)
        if near is None:
            self.shell.problem.fault(why)
        else:
            values = {"why": why.sentence, "near": rules.near_words(near) or "-"}
            self.shell.problem.stop(Sentence(N_("{why} Free: {near}"), values))
            if over is not None and why.reason != "held" and self.desk.may_go_over:
                self._offer_one_more(values, over)
        self.window.refresh()

    def _offer_one_more(self, values: dict[str, Any], over: Callable[[str], object]) -> None:
        def because(reason: str) -> Callable[[], object]:
            return lambda: over(reason)

        self.shell.ask(
            Sentence(N_("{why} Give one seat more?"), values),
            Sentence(N_("Free: {near}. One more than there are seats, rooms or people: everybody sees the reason."),
                     values),
            [Choice(N_("No, go back")), *(Choice(each, because(each)) for each in self.desk.settings.over_reasons)],
        )  # fmt: skip

    # -- moving --------------------------------------------------------------------------------------------------

    def move(self) -> None:
        """F7 takes a booking up, F7 on another time puts it there."""
        row = self.window.row
        if self.moving is None:
            assert row is not None
            self.take_up(row.booking)
            return
        if row is not None and row.slot is not None and not row.placing:
            self.put(self.moving, row.slot)

    def take_up(self, booking: Any) -> None:
        """It waits for its new time."""
        self.moving, self.changing = booking, None
        told = N_("{name} is being moved: mark the new time, then F7. Esc ends it.")
        self.shell.problem.look(Sentence(told, rules.values_of(booking)))
        self.window.set_keys()

    def put(self, booking: Any, slot: Any, over_reason: str = "") -> None:
        """Move it there; into another examination only when that is meant."""
        if slot.kind != booking.kind and not over_reason:
            names = {"old": self.desk.kind_names.get(booking.kind, booking.kind),
                     "new": self.desk.kind_names.get(slot.kind, slot.kind)}  # fmt: skip
            self.shell.ask(
                Sentence(N_("Change {old} into {new}?"), names), Sentence(N_("It is another examination then."), names),
                [Choice(N_("No, go back")), Choice(N_("Change it"), lambda: self._warn_and_put(booking, slot, ""))],
            )  # fmt: skip
        else:
            self._warn_and_put(booking, slot, over_reason)

    def _warn_and_put(self, booking: Any, slot: Any, over_reason: str) -> None:
        def go() -> None:
            self._put(booking, slot, over_reason)

        if over_reason or slot.day == booking.day:
            go()
        else:
            self.ask_first(slot.kind, booking.who, slot.day, go, without=booking.id)

    def _put(self, booking: Any, slot: Any, over_reason: str) -> None:
        def moved(after: Any) -> None:
            if self.shell.frame.winfo_exists():
                self.moving = None  # until now it could be put elsewhere
                self.window.set_keys()
                self.shell.problem.done(Sentence(N_("{name} was moved to {day} {at}."), rules.values_of(after)))
                self.window.refresh()
                propose_who_waits(self.shell, self.desk, booking)

        def refused(why: Any) -> None:
            self.not_booked(why, lambda reason: self.put(booking, slot, reason))

        self.desk.move(booking, slot.id, over_reason).then(moved, refused)

    def hanging(self, key: str) -> str:
        """What hangs at the pointer while the row is dragged."""
        row = self.window.rows.get(key)
        if row is None or row.booking is None:
            return ""
        values = rules.values_of(row.booking)
        return f"{values['at']} {values['name']}"

    def dropped(self, key: str, widget: tk.Misc, x: int, y: int) -> None:
        """A dragged booking was put down: on a time, on a day of the month, or on a cell of the week."""
        window, row = self.window, self.window.rows.get(key)
        if row is None or row.booking is None:
            return
        if widget is window.sheet.tree:
            onto = window.rows.get(str(window.sheet.tree.identify_row(y)))
            if onto is not None and onto.slot is not None and onto.slot.id != row.booking.slot:
                self.put(row.booking, onto.slot)
        elif widget is window.month:
            day = window.month.day_at(x, y)
            if day is not None and day != row.booking.day:
                self.take_up(row.booking)
                window.go_to(day)
        elif widget is window.week:
            place = window.week.place_at(x, y)
            slot = window.week_slots.get(place)
            if slot is not None and slot.id != row.booking.slot:
                self.put(row.booking, slot)

    # -- taking away ---------------------------------------------------------------------------------------------

    def cancel(self) -> None:
        """F8: the marked booking, or the marked free time, which nobody can book then; with a reason."""
        row, window = self.window.row, self.window
        if row is None or row.slot is None or row.placing:
            return
        if row.booking is not None:
            cancel_booking(self.shell, self.desk, row.booking, window.names(), window.refresh)
        else:
            there = [each.booking for each in window.rows.values()
                     if each.booking and each.slot is not None and each.slot.id == row.slot.id]  # fmt: skip
            close_or_open(self.shell, self.desk, row.slot, there, window.refresh)

    def undo(self) -> None:
        """F6: the last action of this desk."""

        def undone(done: Any) -> None:
            if self.shell.frame.winfo_exists():
                told = Sentence(N_("Taken back."))
                if done.booking is not None:
                    told = Sentence(N_("Taken back: {name}."), rules.values_of(done.booking))
                self.shell.problem.done(told)
                self.window.refresh()

        self.desk.undo().then(undone, self.not_booked)
