"""Endoscopy, ultrasound and fundus pictures of a visit beside those of the one before, on the monitor for them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import date
from tkinter import ttk
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.slide import ECHO, FUNDUS, SCOPE
from kiosk.core.words import N_, say
from kiosk.modes.viewer.comparison import Comparison
from kiosk.modes.viewer.doctor_viewers import TITLES
from kiosk.modes.viewer.page_keys import Card, bind_keys
from kiosk.modes.viewer.picture_window import PictureWindow
from kiosk.modes.viewer.reading_list import ReadingList, person_text
from kiosk.modes.viewer.slide_pane import left_out
from kiosk.ui import look
from kiosk.ui.banner import Examinee
from kiosk.ui.choice_row import ChoiceRow
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row

KINDS = (SCOPE, ECHO, FUNDUS)
PUSH = 0.15
PREFETCH_MS = 200
COLUMNS = (
    Column("day", N_("Day"), 124),
    Column("number", N_("Number"), 130),
    Column("name", N_("Name"), 180, stretch=True),
    Column("kana", N_("Kana"), 190, stretch=True),
    Column("person", N_("Sex and age"), 100),
    Column("kinds", N_("Pictures of"), 260, stretch=True),
    Column("pictures", N_("Pictures"), 64, right=True),
)
KEYS = (
    ("1 2 3", N_("Endoscopy, ultrasound, fundus")),
    ("← ↑ ↓ →", N_("Picture before, picture after")),
    ("Return", N_("Enlarge, sheet")),
    ("Page ↑ ↓", N_("Sheet before, sheet after")),
    ("Home End", N_("First, last picture")),
    ("s", N_("Leaf each by itself, both together")),
    ("Tab", N_("Other sheet")),
    ("g", N_("Green channel")),
    ("+  -  z", N_("Larger, smaller, fit")),
    ("Shift ← ↑ ↓ →", N_("Push the picture")),
    (N_("Space bar"), N_("Next examinee")),
)


class PicturesPage(ttk.Frame):
    """The same calls as every reading page, see ``reading_pages``."""

    title = N_("Pictures beside last time's")

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, keys_changed: Callable[[], object],
        leave: Callable[[], object], show_visit: Callable[[int], object],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk = shell, desk
        self._keys_changed, self._leave, self._show_visit = keys_changed, leave, show_visit
        self.visit = 0
        self.kind = SCOPE
        self.shown: Any = None
        self.card = Card(self, self.title, KEYS)
        self._prefetch: str | None = None
        settings = desk.settings.compare
        self._screens = {SCOPE: settings.screen_es, ECHO: settings.screen_us, FUNDUS: settings.screen_op}
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.list = ReadingList(self, COLUMNS, N_("Nobody with such pictures."), self.open, self._moved)
        self.reading = ttk.Frame(self, takefocus=True)
        self.reading.columnconfigure(0, weight=1)
        self.reading.rowconfigure(1, weight=1)
        self.kinds = ChoiceRow(self.reading, [say(TITLES[kind]) for kind in KINDS], self._kind_touched)
        self.kinds.grid(row=0, column=0, sticky="ew", pady=(0, look.px(6)))
        self._outside = ttk.Label(self.reading, anchor="center")
        keys = {
            "Left": lambda: self.front.leaf(-1), "Right": lambda: self.front.leaf(1),
            "Up": lambda: self.front.row(-1), "Down": lambda: self.front.row(1),
            "Prior": lambda: self.front.page(-1), "Next": lambda: self.front.page(1),
            "Home": lambda: self.front.end(False), "End": lambda: self.front.end(True),
            "Return": self.enlarge, "Tab": self._other,
            "Shift-Up": lambda: self._push(0, -PUSH), "Shift-Down": lambda: self._push(0, PUSH),
            "Shift-Left": lambda: self._push(-PUSH, 0), "Shift-Right": lambda: self._push(PUSH, 0),
        }  # fmt: skip
        bind_keys(self.reading, keys)
        self.windows: dict[str, PictureWindow] = {}
        self.comparisons: dict[str, Comparison] = {}
        for kind in KINDS:
            body: tk.Misc = self.reading
            if self._screens[kind]:
                window = PictureWindow(
                    shell, desk, f"compare {kind}", self._screens[kind], self.letters, {**keys, "Escape": self.back}
                )
                self.windows[kind], body = window, window.body
            compared = Comparison(body, desk, self.focus_set, settings.columns, settings.rows)
            if kind in self.windows:
                compared.grid(row=0, column=0, sticky="nsew")
            self.comparisons[kind] = compared
        self.bind("<Destroy>", lambda event: self._forget_prefetch() if event.widget is self else None, add=True)

    @property
    def front(self) -> Comparison:
        """The kind in front."""
        return self.comparisons[self.kind]

    # -- the page ----------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The page comes to the front."""
        self._to_list()

    def refresh(self) -> None:
        """Ask for the list anew."""
        days = self._desk.settings.compare.days
        self._desk.pictured_lines(days, KINDS).then(self._lines_came, self._shell.problem.fault)

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
            Key("F5", N_("Contact sheet") if self.front.large else N_("Enlarge"), self.enlarge),
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
            " ": self.next, "z": self._fit, "+": lambda: self._zoom(1.25), "-": lambda: self._zoom(0.8),
            "s": self._apart, "g": self.toggle_green,
        }  # fmt: skip
        for number, kind in enumerate(KINDS, 1):
            found[str(number)] = lambda kind=kind: self.show_kind(kind)  # type: ignore[misc]
        return found

    def back(self) -> None:
        """From the card, the enlarged picture or the sheets one step back."""
        if self.card.close():
            return
        if self.visit and self.front.large:
            self.enlarge()
        elif self.visit:
            self._to_list()
        else:
            self._leave()

    def scanned(self, code: str) -> None:
        """A check-up number was scanned."""
        self._to_list()
        self.list.look_for(code)

    def resume(self) -> None:
        """The page comes back from the viewer as it was left."""
        if self.shown is not None:
            self._banner()

    def news(self, kind: str, visits: set[int]) -> None:
        """Pictures (of these visits) came."""
        if kind == "images":
            self._desk.forget()
            if self.visit in visits:
                self._ask_pictures(self.visit, self.kind)
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
        if following is None:
            self._shell.problem.plain(N_("This was the last examinee of the list."))
        else:
            self.open(following)

    def open(self, visit: int) -> None:
        """The pictures of this visit and of the last one."""
        self.visit, self.shown = visit, None
        line = self.list.line_of(visit)
        if line is not None:
            if self.kind not in line.kinds and line.kinds:
                self.kind = line.kinds[0]
            self._shell.show_examinee(Examinee(line.name, line.kana, line.sex, None, line.age, "", line.number))
        self.list.grid_remove()
        self.reading.grid(row=0, column=0, sticky="nsew")
        self._keys_changed()
        self.focus_set()
        self.show_kind(self.kind)

    def show_kind(self, kind: str) -> None:
        """Endoscopy, ultrasound or fundus."""
        self.kind, visit, self.shown = kind, self.visit, None
        self.kinds.show(say(TITLES[kind]))
        for each, compared in self.comparisons.items():
            if each in self.windows:
                continue
            if each == kind:
                compared.grid(row=1, column=0, sticky="nsew")
            else:
                compared.grid_remove()
        if kind in self.windows:
            self._outside.configure(text=say(N_("These pictures are on the other monitor.")))
            self._outside.grid(row=1, column=0, sticky="nsew")
        else:
            self._outside.grid_remove()
        wait = say(N_("The pictures are being opened..."))
        self.front.show([], [], ("", ""), "", (wait, wait))
        self._keys_changed()
        self._ask_pictures(visit, kind)

    def _ask_pictures(self, visit: int, kind: str) -> None:
        def here(do: Callable[[Any], None]) -> Callable[[Any], None]:
            now = (visit, kind)
            return lambda value: do(value) if (self.visit, self.kind) == now and self.winfo_exists() else None

        self._desk.open(visit, [kind], True).then(here(self._pictures_came), here(self._no_pictures))

    def enlarge(self) -> None:
        """The selected picture of both visits alone, or the sheets again."""
        self.front.enlarge()
        self._keys_changed()

    def toggle_green(self) -> None:
        """The green channel of what is in sight, or all colours."""
        panes = [pane for sheet in self.front.sheets for pane in sheet.panes]
        on = not any(pane.green for pane in panes)
        for pane in panes:
            pane.show_green(on)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _kind_touched(self, name: str) -> None:
        self.show_kind(next(kind for kind in KINDS if say(TITLES[kind]) == name))
        self.focus_set()

    def _banner(self) -> None:
        visit = self.shown.visit
        self._shell.show_examinee(Examinee.of(visit.patient, visit.key.day, say(TITLES[self.kind]), visit.key.number))

    def _pictures_came(self, shown: Any) -> None:
        keep = self.shown is not None
        self.shown = shown
        visit, before = shown.visit, shown.before_visit
        self._banner()
        today = visit.key.day == date.today()
        heads = (say(N_("today")) if today else visit.key.day.isoformat(),
                 say(N_("last time {day}"), day=before.key.day.isoformat()) if before is not None else "")  # fmt: skip
        why = (say(N_("There are no pictures of this kind.")), say(N_("No pictures of last time")))
        self.front.show(list(shown.now), list(shown.before), heads, visit.patient.patient_id, why, keep)
        if self.kind in self.windows:
            self.windows[self.kind].show(f"{visit.patient.shown_name}　{visit.patient.patient_id}　{heads[0]}")
        missing = left_out(shown)
        if missing is not None:
            self._shell.problem.look(missing)
        else:
            self._shell.problem.clear()

    def _no_pictures(self, fault: Fault) -> None:
        self.front.show([], [], ("", ""), "", (fault.told(), " "))
        self._shell.problem.fault(fault)

    def _other(self) -> None:
        self.front.other()

    def _apart(self) -> None:
        if self.front.toggle_apart():
            self._shell.problem.plain(N_("Each sheet is leafed on its own; Tab goes to the other."))
        else:
            self._shell.problem.plain(N_("Both are leafed together."))

    def _zoom(self, factor: float) -> None:
        if self.front.large:
            self.front.together.zoom(factor)
        else:
            self.enlarge()

    def _push(self, across: float, down: float) -> None:
        if self.front.large:
            self.front.together.push(across, down)

    def _fit(self) -> None:
        self.front.together.fit()

    def _to_list(self) -> None:
        self.visit, self.shown = 0, None
        for window in self.windows.values():
            window.hide()
        self.reading.grid_remove()
        self.list.grid(row=0, column=0, sticky="nsew")
        self._shell.clear_examinee()
        self._keys_changed()
        self.focus_set()
        self.refresh()

    def _lines_came(self, lines: Any) -> None:
        if self.winfo_exists():
            self.list.show(lines, _row, say(N_("{count} examinees"), count=len(lines)))

    def _moved(self) -> None:
        self._forget_prefetch()
        self._prefetch = self.after(PREFETCH_MS, self._prefetch_now)

    def _prefetch_now(self) -> None:
        self._prefetch = None
        line = self.list.selected
        if line is not None and not self.visit:
            kind = self.kind if self.kind in line.kinds else line.kinds[0]
            self._desk.prefetch(line.visit, [kind], True)

    def _forget_prefetch(self) -> None:
        if self._prefetch is not None:
            self.after_cancel(self._prefetch)
            self._prefetch = None


def _row(line: Any) -> Row:
    kinds = "・".join(say(TITLES[kind]) for kind in line.kinds)
    cells = (line.day.isoformat(), line.number, line.name, line.kana, person_text(line), kinds, str(line.pictures))
    return Row(str(line.visit), cells)
