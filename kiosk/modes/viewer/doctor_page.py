"""The doctor's display: the day's examinees coloured by their course, the pictures of one, check-up data beside."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, say
from kiosk.modes.viewer.doctor_facts import FactsView
from kiosk.modes.viewer.doctor_viewers import Viewers
from kiosk.modes.viewer.page_keys import Card, bind_keys
from kiosk.modes.viewer.reading_list import ReadingList, person_text
from kiosk.modes.viewer.slide_pane import left_out
from kiosk.ui import look
from kiosk.ui.banner import Examinee
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row

PREFETCH_MS = 200  # somebody who holds an arrow key passes by many
PUSH = 0.15
COLUMNS = (
    Column("at", N_("Time"), 62),
    Column("number", N_("Number"), 128),
    Column("name", N_("Name"), 170, stretch=True),
    Column("kana", N_("Kana"), 170, stretch=True),
    Column("person", N_("Sex and age"), 92),
    Column("course", N_("Course"), 104),
    Column("missing", N_("State of the examinations"), 300, stretch=True),
    Column("pictures", N_("Pictures"), 64, right=True),
)
KEYS = (
    ("1 ... 9", N_("Viewer to the front")),
    (N_("Space bar"), N_("Next examinee")),
    ("↑ ↓", N_("Picture before, picture after")),
    ("p", N_("Last time's pictures")),
    ("i", N_("Invert")),
    ("+  -  z", N_("Larger, smaller, fit")),
    ("Shift ← ↑ ↓ →", N_("Push the picture")),
    ("Page ↑ ↓", N_("Check-up data up, down")),
)


class DoctorPage(ttk.Frame):
    """The same calls as every reading page, see ``reading_pages``."""

    title = N_("Doctor's display")

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, keys_changed: Callable[[], object],
        leave: Callable[[], object], show_visit: Callable[[int], object],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk = shell, desk
        self._keys_changed, self._leave, self._show_visit = keys_changed, leave, show_visit
        self.visit = 0  # whose pictures are on the screen, 0: the list is
        self.shown: Any = None
        self.interview: Any = None
        self.last_time = False
        self.card = Card(self, self.title, KEYS)
        self._prefetch: str | None = None
        self._rest_of = 0  # the visit whose hidden viewers are decoded ahead
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.list = ReadingList(self, COLUMNS, N_("Nobody is here yet."), self.open, self._moved)
        self.reading = ttk.Frame(self, takefocus=True)
        self.reading.columnconfigure(0, weight=1)
        self.reading.rowconfigure(0, weight=1)
        keys = {
            "Up": lambda: self._leaf(-1), "Down": lambda: self._leaf(1),
            "Prior": lambda: self.facts.scroll(-1), "Next": lambda: self.facts.scroll(1),
            "Shift-Up": lambda: self._push(0, -PUSH), "Shift-Down": lambda: self._push(0, PUSH),
            "Shift-Left": lambda: self._push(-PUSH, 0), "Shift-Right": lambda: self._push(PUSH, 0),
        }  # fmt: skip
        bind_keys(self.reading, keys)
        outside = {**keys, "Escape": self.back}
        self.viewers = Viewers(self.reading, shell, desk, desk.settings.doctor.viewers, self._settled, self.focus_set,
                               self.letters, outside)  # fmt: skip
        self.facts = FactsView(self.reading)
        self.viewers.grid(row=0, column=0, sticky="nsew", padx=(0, look.px(10)))
        self.facts.grid(row=0, column=1, sticky="nsew")
        self.bind("<Destroy>", lambda event: self._forget_prefetch() if event.widget is self else None, add=True)

    # -- the page ----------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The page comes to the front."""
        self._to_list()

    def refresh(self) -> None:
        """Ask for the day anew."""
        self._desk.day_lines().then(self._lines_came, self._shell.problem.fault)

    def focus_set(self) -> None:
        """Keys do what the page is for."""
        (self.reading if self.visit else self.list.table).focus_set()

    def keys(self) -> list[Key]:
        """The key line."""
        if not self.visit:
            return self.list.keys(N_("Open"), self.begin, self.back)
        return [
            Key("F2", N_("Examinee"), self._to_list),
            Key("F3", N_("Next (space)"), self.next),
            Key("F4", N_("This time") if self.last_time else N_("Last visit"), self.toggle_last_time),
            Key("F8", N_("Viewer"), lambda: self._show_visit(self.visit)),
            Key("F9", N_("Fit"), self._fit),
            Key("F10", N_("Keys"), self.card.toggle),
            Key("F12", N_("Finish"), self._to_list),
            Key("Esc", N_("Back"), self.back),
        ]

    def letters(self) -> dict[str, Callable[[], object]]:
        """Single keys with a meaning."""
        if not self.visit:
            return {}
        found: dict[str, Callable[[], object]] = {
            " ": self.next, "p": self.toggle_last_time, "z": self._fit, "i": self._invert,
            "+": lambda: self._zoom(1.25), "-": lambda: self._zoom(0.8),
        }  # fmt: skip
        for number in range(len(self.viewers.sheets)):
            found[str(number + 1)] = lambda number=number: self.bring(number)  # type: ignore[misc]
        return found

    def back(self) -> None:
        """From the pictures to the list, from the list to the viewer."""
        if self.card.close():
            return
        if self.visit:
            self._to_list()
        else:
            self._leave()

    def scanned(self, code: str) -> None:
        """A check-up number was scanned: its examinee, wherever one is."""
        line = next((each for each in self.list.lines if code in (each.number, each.number.rpartition("-")[2])), None)
        if line is not None:
            self.open(line.visit)
        else:
            self._to_list()
            self.list.look_for(code)

    def resume(self) -> None:
        """The page comes back from the viewer as it was left."""
        if self.shown is not None:
            self._banner()

    def news(self, kind: str, visits: set[int]) -> None:
        """Pictures (of these visits) came, or somebody was checked in."""
        if kind == "images":
            self._desk.forget()
            if self.visit in visits:
                self._ask_pictures(self.visit)
        self.refresh()

    # -- from one to the next ----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The selected examinee."""
        line = self.list.selected
        if line is None:
            self._shell.problem.look(N_("Choose an examinee first."))
        else:
            self.open(line.visit)

    def next(self) -> None:
        """The one after this in the list."""
        following = self.list.following(self.visit)
        if following is not None:
            self.open(following)
        else:
            self._shell.problem.plain(N_("This was the last examinee of the list."))

    def open(self, visit: int) -> None:
        """The viewers of this examinee."""
        self.visit, self.shown, self.interview, self.last_time, self._rest_of = visit, None, None, False, 0
        self.list.grid_remove()
        self.reading.grid(row=0, column=0, sticky="nsew")
        line = self._line()
        if line is not None:
            self._shell.show_examinee(
                Examinee(line.name, line.kana, line.sex, None, line.age, line.course_name, line.number)
            )
        self.facts.show(line, None)
        self.viewers.show((), "", "", "", say(N_("The pictures are being opened...")))
        self._keys_changed()
        self.focus_set()
        self._ask_pictures(visit)

        def facts_came(interview: Any) -> None:
            if self.visit == visit and self.winfo_exists():
                self.interview = interview
                self.facts.show(self._line(), interview)

        self._desk.interview(visit).then(facts_came, self._shell.problem.fault)

    def bring(self, number: int) -> None:
        """A viewer to the front."""
        if not self.viewers.bring(number):
            self._shell.problem.plain(N_("There are no pictures of this kind."))
        else:
            self._shell.problem.clear()

    def toggle_last_time(self) -> None:
        """Last time's pictures in the same viewers, or this time's again."""
        if self.shown is None:
            return
        if not self.last_time and self.shown.before_visit is None:
            self._shell.problem.plain(N_("There are no pictures of last time."))
            return
        self.last_time = not self.last_time
        self._show_slides()
        self._keys_changed()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _ask_pictures(self, visit: int) -> None:
        def here(do: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda value: do(value) if self.visit == visit and self.winfo_exists() else None

        self._desk.open(visit, (), True).then(here(self._pictures_came), here(self._no_pictures))

    def _pictures_came(self, shown: Any) -> None:
        keep = self.shown is not None  # more came of who is open: nobody is leafed back
        self.shown = shown
        self._banner()
        self._show_slides(keep)
        missing = left_out(shown)
        if missing is not None:
            self._shell.problem.look(missing)

    def _banner(self) -> None:
        visit = self.shown.visit
        course = visit.course_name or visit.course_code
        self._shell.show_examinee(Examinee.of(visit.patient, visit.key.day, course, visit.key.number))

    def _show_slides(self, keep: bool = False) -> None:
        shown = self.shown
        patient, before = shown.visit.patient, shown.before_visit
        day = before.key.day if self.last_time else shown.visit.key.day
        words = say(N_("last time {day}"), day=day.isoformat()) if self.last_time else day.isoformat()
        whose = f"{patient.shown_name}　{patient.patient_id}　{words}"
        slides = shown.before if self.last_time else shown.now
        self.viewers.show(slides, words, whose, patient.patient_id, keep=keep)

    def _no_pictures(self, fault: Fault) -> None:
        self.viewers.show((), "", "", "", fault.told())
        self._shell.problem.fault(fault)

    def _settled(self) -> None:
        if self.visit and self.shown is not None and self._rest_of != self.visit and self.viewers.settled:
            self._rest_of = self.visit
            self.after_idle(self.viewers.decode_rest)

    def _leaf(self, by: int) -> None:
        if self.viewers.sheet is not None:
            self.viewers.sheet.leaf(by)

    def _zoom(self, factor: float) -> None:
        if self.viewers.sheet is not None:
            self.viewers.sheet.together.zoom(factor)

    def _push(self, across: float, down: float) -> None:
        if self.viewers.sheet is not None:
            self.viewers.sheet.together.push(across, down)

    def _fit(self) -> None:
        if self.viewers.sheet is not None:
            self.viewers.sheet.together.fit()

    def _invert(self) -> None:
        sheet = self.viewers.sheet
        for pane in sheet.panes[: sheet.count] if sheet is not None else ():
            if pane.shown:
                pane.invert()

    # -- the list ----------------------------------------------------------------------------------------------------

    def _to_list(self) -> None:
        self.visit, self.shown, self.interview = 0, None, None
        self.viewers.hide()
        self.reading.grid_remove()
        self.list.grid(row=0, column=0, sticky="nsew")
        self._shell.clear_examinee()
        self._keys_changed()
        self.focus_set()
        self.refresh()

    def _lines_came(self, lines: Any) -> None:
        if not self.winfo_exists():
            return
        done = sum(each.course == "done" for each in lines)
        heading = say(N_("{done} of {count} have everything"), done=done, count=len(lines))
        self.list.show(lines, _row, heading)
        if self.visit:
            self.facts.show(self._line(), self.interview)

    def _line(self) -> Any:
        return self.list.line_of(self.visit)

    def _moved(self) -> None:
        """Who is selected is probably opened: the pictures are there then."""
        self._forget_prefetch()
        self._prefetch = self.after(PREFETCH_MS, self._prefetch_now)

    def _prefetch_now(self) -> None:
        self._prefetch = None
        line = self.list.selected
        if line is not None and not self.visit and line.pictures:
            self._desk.prefetch(line.visit, (), True)

    def _forget_prefetch(self) -> None:
        if self._prefetch is not None:
            self.after_cancel(self._prefetch)
            self._prefetch = None


def _row(line: Any) -> Row:
    missing = say(N_("Missing: {exams}"), exams=line.missing) if line.missing else ""
    missing = missing or (say(N_("complete")) if line.course == "done" else "")
    cells = (line.at, line.number, line.name, line.kana, person_text(line), line.course_name, missing,
             str(line.pictures or ""))  # fmt: skip
    return Row(str(line.visit), cells, line.course)
