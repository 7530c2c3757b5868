"""The reception window: the day's list, the interview note and the lists that were read, in one frame."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.modes.reception import rules
from kiosk.modes.reception.day_window import DayView
from kiosk.modes.reception.lists_window import ListsView
from kiosk.modes.reception.note_window import NoteView
from kiosk.modes.reception.reading_window import Reading
from kiosk.modes.reception.rules import DayList, Line
from kiosk.ui.dates import day_text
from kiosk.ui.shell import Choice, Examinee, Key, Shell

NEWS_PAUSE_MS = 200  # many notices in a row are one refresh
MIDNIGHT_MS = 30_000  # how often it is looked whether a new day has begun


class ReceptionWindow:
    """``place`` is day, note or lists. Everything that may block is asked of the desk."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any, today: Callable[[], date] = date.today) -> None:
        self.desk = desk
        self._today = today
        self.shell = Shell(parent, N_("Examinees"), where=desk.place or N_("Reception"), mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.place = ""
        self.day_shown = today()
        self._follows_today = True
        self._asked = self._answered = 0
        self._again = False  # news came while the list was on its way
        self._news_timer: str | None = None
        self._wanted: Callable[[], object] | None = None  # what waits for the list that is on its way
        work = self.shell.work
        work.rowconfigure(0, weight=1)
        work.columnconfigure(0, weight=1)
        self.day = DayView(work, self.find, self.open_note, self._moved)
        self.note = NoteView(work, desk.settings.draft_every_ms, self._keep_draft)
        self.lists = ListsView(work)
        self.reading = Reading(desk, self.lists, self.shell.problem)
        self.shell.on_scan(self._scanned)
        self.shell.search_field(self.day.number.entry)
        self.shell.before_closing(self._may_close)
        self._quiet = [desk.on_news(self._news), desk.on_own_news(self._own_news)]
        self.shell.frame.bind("<Destroy>", self._end, add=True)
        self._midnight = self.shell.top.after(MIDNIGHT_MS, self._look_at_clock)
        self._go("day")
        self.refresh()
        self.reading.ask_inbox()

    # -- from place to place -----------------------------------------------------------------------------------

    def _go(self, place: str) -> None:
        for name, view in (("day", self.day), ("note", self.note), ("lists", self.lists)):
            if name == place:
                view.grid(row=0, column=0, sticky="nsew")
            else:
                view.grid_remove()
        self.place = place
        self.shell.scanner.typing_goes_to_search = place == "day"
        self.shell.busy(place == "note" and bool(self.note.text))
        if place != "note":
            self.shell.clear_examinee()
        self._keys()

    def _keys(self) -> None:
        if self.place == "note":
            keys = [Key("F5", N_("Save"), self.save_note), Key("Esc", N_("Back"), self.back)]
        elif self.place == "lists":
            keys = [
                Key("F5", N_("Read now"), self.reading.now),
                Key("F6", N_("Seen to"), self.lists.settle),
                Key("Esc", N_("Back"), self.back),
            ]
        else:
            keys = [
                Key("F2", N_("Number"), self.day.number.focus),
                Key("F3", N_("Name"), self.day.name.focus),
                Key("F4", N_("Interview"), self.open_note),
                Key("F5", N_("Check in"), self.check_in),
                Key("F6", N_("Undo"), self.undo_check_in),
                Key("F7", N_("Lists"), self.open_lists),
                Key("F8", N_("Print list"), self.print_list),
                Key("F9", N_("Day before"), lambda: self.turn_to(self.day_shown - timedelta(days=1))),
                Key("F10", N_("Day after"), lambda: self.turn_to(self.day_shown + timedelta(days=1))),
                Key("Esc", N_("Back"), self.back),
            ]
        self.shell.keys(keys)
        self._moved()

    def _moved(self) -> None:
        """The selection moved: keys that make no sense say so."""
        if self.place != "day":
            return
        line = self.day.selected
        for cap in ("F4", "F5", "F6"):
            if line is None:
                self.shell.key(cap).disable(N_("Choose an examinee first."))
            else:
                self.shell.key(cap).enable()
        if line is not None and line.arrived:
            self.shell.key("F5").disable(Sentence(N_("Checked in at {time}."), {"time": line.arrived_at[11:16]}))
        elif line is not None:
            self.shell.key("F6").disable(N_("This examinee is not checked in."))

    def back(self) -> None:
        """Esc: from note or lists to the day; there, first nothing typed, then nothing narrowed, then today."""
        if self.place == "note":
            self.note.flush()
            if self.note.text:
                self.shell.problem.look(N_("The note is kept on this PC and not saved; it is there when you open it."))
        if self.place != "day":
            self._go("day")
            self.day.table.focus_set()
            self.refresh()
        elif self.day.is_narrowed:
            self.day.show_all()
            self.day.table.focus_set()
        else:
            self.turn_to(self._today())

    def _may_close(self, close: Callable[[], None]) -> bool:
        if self.place == "note":
            self.note.flush()  # what is typed is kept on this PC, so nothing needs to be asked
        return True

    def _end(self, event: Any) -> None:
        if event.widget is not self.shell.frame:
            return
        for quiet in self._quiet:
            quiet()
        self.shell.top.after_cancel(self._midnight)
        if self._news_timer is not None:
            self.shell.top.after_cancel(self._news_timer)

    # -- the day -----------------------------------------------------------------------------------------------

    def turn_to(self, day: date) -> None:
        """Show another day."""
        self.day_shown = day
        self._follows_today = day == self._today()
        self.refresh()

    def refresh(self, then: Callable[[], object] | None = None) -> None:
        """Ask for the list anew; an answer that was overtaken by a newer question is dropped."""
        self._asked += 1
        asked = self._asked
        self._wanted = then or self._wanted

        def show(found: DayList) -> None:
            if asked != self._asked or not self.day.winfo_exists():
                return
            self._answered = asked
            self.day.show(found, self._today())
            self._moved()
            if found.seen_at:
                told = N_("The database does not answer. This is the list as it was seen last; check-in must wait.")
                self.shell.problem.standing("store", "look", told)
            else:
                self.shell.problem.over("store")
            wanted, self._wanted = self._wanted, None
            if wanted is not None:
                wanted()

            if self._again:
                self._news_soon()

        def failed(fault: Fault) -> None:
            if asked == self._asked:
                self._answered = asked
                self.shell.problem.fault(fault)

        self.desk.day(self.day_shown).then(show, failed)

    def _look_at_clock(self) -> None:
        self._midnight = self.shell.top.after(MIDNIGHT_MS, self._look_at_clock)
        self.reading.ask_inbox()  # a reader that can't live tells nothing by itself
        if self._follows_today and self.day_shown != self._today():
            self.turn_to(self._today())

    # -- finding somebody --------------------------------------------------------------------------------------

    def _scanned(self, code: str) -> None:
        if self.place != "day":
            self.back()
            self.refresh(lambda: self.find(code))
        else:
            self.find(code)

    def find(self, code: str) -> None:
        """Choose the one whose number this is; whoever is unknown is told loudly, and nobody is chosen."""
        match = rules.find_number(self.day.list.lines, code)
        if match.line is not None:
            self.day.choose(match.line.visit)
            self._tell_found(match.line)
            return
        self.day.table.select("")
        self.shell.top.bell()
        assert match.why is not None
        self.shell.problem.stop(match.why)
        if match.elsewhere:
            number = rules.plain_number(code)
            why = match.why
            self.desk.days_of_number(number).then(lambda days: self._tell_elsewhere(number, why, days))

    def _tell_found(self, line: Line) -> None:
        who = {"name": line.name, "number": line.number, "kana": line.kana}
        if line.vanished:
            told = N_("{number} {name} ({kana}) is no longer in the check-up system's list; ask before checking in.")
            self.shell.problem.look(Sentence(told, who))
        elif line.arrived:
            told = N_("{number} {name} ({kana}) was checked in at {time}.")
            self.shell.problem.plain(Sentence(told, {**who, "time": line.arrived_at[11:16]}))
        else:
            self.shell.problem.plain(Sentence(N_("{number} {name} ({kana}): F5 checks in."), who))

    def _tell_elsewhere(self, number: str, why: Sentence, days: list[date]) -> None:
        others = [day for day in days if day != self.day_shown]
        if others:
            told = N_("{number} is not of this day but of {days}. Nobody was chosen.")
            days_told = "、".join(day_text(day) for day in others[:3])
            self.shell.problem.stop(Sentence(told, {"number": number, "days": days_told}))

    # -- checking in -------------------------------------------------------------------------------------------

    def check_in(self) -> None:
        """F5: the chosen examinee is here; what is unusual is asked first."""
        line = self.day.selected
        if line is None:
            return
        if line.vanished:
            why: str | Sentence = N_(
                "The check-up system's list no longer has this visit; it may have been moved or cancelled."
            )
        elif self.day_shown != self._today():
            told = N_("The visit is booked for {day}, not for today.")
            why = Sentence(told, {"day": day_text(self.day_shown)})
        else:
            self._check_in(line)
            return
        question = Sentence(N_("Check in {name} ({number})?"), {"name": line.name, "number": line.number})
        choices = [Choice(N_("Do not check in")), Choice(N_("Check in"), lambda: self._check_in(line))]
        self.shell.ask(question, why, choices)

    def _check_in(self, line: Line) -> None:
        def done(checked: Any) -> None:
            who = {"name": checked.name, "number": checked.number, "time": checked.before[11:16]}
            if checked.before:
                self.shell.problem.look(Sentence(N_("{name} ({number}) was checked in at {time} already."), who))
            else:
                self.shell.problem.done(Sentence(N_("{name} ({number}) is checked in."), who))
            self.refresh()

        self.desk.check_in(line.visit).then(done, self.shell.problem.fault)

    def undo_check_in(self) -> None:
        """F6: take the check-in of the chosen examinee back."""
        line = self.day.selected
        if line is None:
            return

        def done(checked: Any) -> None:
            who = {"name": checked.name, "number": checked.number}
            self.shell.problem.done(Sentence(N_("The check-in of {name} ({number}) was taken back."), who))
            self.refresh()

        self.desk.undo_check_in(line.visit).then(done, self.shell.problem.fault)

    # -- the interview -----------------------------------------------------------------------------------------

    def open_note(self) -> None:
        """F4: the interview note of the chosen examinee."""
        line = self.day.selected
        if line is None:
            self.shell.problem.look(N_("Choose an examinee first."))
            return
        self.desk.interview(line.visit).then(self._show_note, self.shell.problem.fault)

    def _show_note(self, interview: Any) -> None:
        visit = interview.visit
        self._go("note")
        self.shell.show_examinee(
            Examinee.of(visit.patient, visit.key.day, visit.course_name or visit.course_code, visit.key.number)
        )
        self.note.show(interview)
        self.shell.busy(True)
        if interview.draft:
            self.shell.problem.look(N_("This was typed here before and not saved yet."))

    def save_note(self) -> None:
        """F5 in the note: keep it in the store."""
        interview = self.note.interview
        self.note.flush()

        def done(_: Any) -> None:
            self.shell.problem.done(N_("The interview note is saved."))
            if self.place == "note" and self.note.interview is interview:
                self.note.saved()
                self._go("day")
                self.day.table.focus_set()
            self.refresh()

        self.desk.save_note(interview.visit.id, self.note.text).then(done, self.shell.problem.fault)

    def _keep_draft(self, text: str) -> None:
        self.desk.keep_draft(self.note.interview.visit.id, text).then(None, self.shell.problem.fault)

    # -- the lists that were read ------------------------------------------------------------------------------

    def open_lists(self) -> None:
        """F7: lists, their problems, and what is waited for."""
        self._go("lists")
        self.reading.opened()

    # -- paper -------------------------------------------------------------------------------------------------

    def print_list(self) -> None:
        """F8: the day's list goes to paper; where only some of it is in sight, it is asked which is meant."""
        some, whole = self.day.shown, list(self.day.list.lines)
        if len(some) == len(whole):
            self._print(whole)
            return
        counts = {"n": len(some), "of": len(whole)}
        choices = [
            Choice(N_("Do not print")),
            Choice(Sentence(N_("All of the day ({of})"), counts), lambda: self._print(whole)),
        ]
        if some:
            only = Sentence(N_("Only those in sight ({n})"), counts)
            choices.append(Choice(only, lambda: self._print(some, len(whole))))
        question = Sentence(N_("Only {n} of {of} examinees are in sight. Which ones go to paper?"), counts)
        self.shell.ask(question, N_("A list of some examinees says at its head that it is an extract."), choices)

    def _print(self, lines: list[Line], of: int = 0) -> None:
        self.shell.problem.progress(N_("Printing"))

        def failed(fault: Fault) -> None:
            self.shell.problem.progress_over()
            self.shell.problem.fault(fault)

        self.desk.print_list(self.day.list.day, lines, of).then(None, failed)

    def _printed(self, notice: Any) -> None:
        self.shell.problem.progress_over()
        path = {"path": notice.ids.get("path", "")}
        if notice.ids.get("failed"):
            told = N_("The printer did not take the page. It is tried again by itself; the file is {path}")
            self.shell.problem.stop(Sentence(told, path))
        elif notice.ids.get("printed"):
            self.shell.problem.done(N_("The page is at the printer."))
        else:
            self.shell.problem.look(Sentence(N_("This PC has no printer. The page is the file {path}"), path))

    # -- news --------------------------------------------------------------------------------------------------

    def _news(self, notice: Any) -> None:
        """Another PC, the gateway or the reader of lists did something."""
        if notice.kind == "list" and "rows" in notice.ids:
            self.reading.goes_on(notice.ids["rows"])
            return
        if notice.kind == "visits" and "file" in notice.ids:
            self.reading.was_read(notice.ids["file"])
        self._news_soon()

    def _news_soon(self) -> None:
        # One question at a time: a burst of pictures on a large day must not pile up questions.
        self._again = self._answered != self._asked
        if self._news_timer is None and not self._again:
            self._news_timer = self.shell.top.after(NEWS_PAUSE_MS, self._after_news)

    def _after_news(self) -> None:
        self._news_timer = None
        if self.place == "lists":
            self.reading.ask()
        self.refresh()

    def _own_news(self, notice: Any) -> None:
        if notice.kind == "paper":
            self._printed(notice)
            return
        self.reading.ask_inbox()
        if self.place == "lists":
            self.reading.ask()
