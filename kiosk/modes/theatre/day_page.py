"""The day of the theatre: its picture, what is marked in words, and the times of this moment by one key each."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from tkinter import ttk
from typing import Any

from kiosk.core.operation import Operation
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.theatre import rules
from kiosk.modes.theatre.day_chart import LEGEND, LOOKS, DayChart, Ghost
from kiosk.ui import buttons, look
from kiosk.ui.dates import day_text
from kiosk.ui.ellipsis import Cutter
from kiosk.ui.fields import TextField
from kiosk.ui.shell import Shell

TIMES = {"enter": ("I", N_("enters now")), "start": ("S", N_("starts now")), "end": ("E", N_("ends now"))}
TICK_MS = 20_000
DAY = timedelta(days=1)


class DayPage(ttk.Frame):
    """``marked()`` when another spot is marked, ``opened()`` for Return on it, ``dropped(ghost)``;
    ``search(text)`` for Return in the field, ``timed(what)`` for the three keys, ``turned()`` on another day.
    """

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, calls: Mapping[str, Callable[..., object]]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._calls = shell, desk, calls
        self.day: date = desk.today()
        self.view: Any = None
        gap = look.px(8)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self._build_head(gap)
        self.chart = DayChart(self, self._marked, calls["opened"], calls["dropped"], self._say_marked)
        self.chart.grid(row=1, column=0, sticky="nsew")
        for key, days in (("Prior", -1), ("Next", 1)):
            self.chart.bind(f"<{key}>", lambda event, days=days: self._turn(days))  # type: ignore[misc]
        self._build_foot(gap)
        self._after: str | None = self.after(TICK_MS, self._tick)
        self.bind("<Destroy>", lambda event: self._stop() if event.widget is self else None)

    def _build_head(self, gap: int) -> None:
        head = ttk.Frame(self)
        head.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        head.columnconfigure(1, weight=1)
        self.search = TextField(head, N_("Patient ID, name or kana"), width=18)
        self.search.grid(row=0, column=0, sticky="sw")
        self.search.entry.bind("<Return>", lambda event: self._calls["search"](self.search.get()))
        self.title = ttk.Label(head, style="Title.TLabel")
        self.title.grid(row=0, column=1, sticky="sw", padx=(gap * 2, 0), pady=(0, gap))
        for at, (text, days) in enumerate(((N_("◀ day before"), -1), (N_("day after ▶"), 1))):
            button = buttons.secondary(head, text, lambda days=days: self._turn(days))  # type: ignore[misc]
            button.grid(row=0, column=2 + at, sticky="se", padx=(gap, 0))
        self.time_buttons: dict[str, ttk.Button] = {}
        for at, (what, (cap, text)) in enumerate(TIMES.items()):
            words = f"{cap} {say(text)}"
            button = buttons.secondary(head, words, lambda what=what: self._calls["timed"](what))  # type: ignore[misc]
            button.grid(row=0, column=4 + at, sticky="se", padx=(gap * (3 if at == 0 else 1), 0))
            self.time_buttons[what] = button

    def _build_foot(self, gap: int) -> None:
        legend = ttk.Frame(self)
        legend.grid(row=2, column=0, sticky="w", pady=(look.px(4), 0))
        for at, (state, text) in enumerate(LEGEND.items()):
            ground, _, edge = LOOKS[state]
            box = tk.Frame(legend, width=look.px(22), height=look.px(14), bg=ground, highlightthickness=1,
                           highlightbackground=edge)  # fmt: skip
            box.grid(row=0, column=2 * at, padx=(0 if at == 0 else gap * 2, look.px(6)))
            ttk.Label(legend, text=say(text), style="Caption.TLabel").grid(row=0, column=2 * at + 1)
        card = ttk.Frame(self, style="Card.TFrame", padding=(look.px(12), look.px(6)))
        card.grid(row=3, column=0, sticky="ew", pady=(look.px(6), 0))
        card.columnconfigure(0, weight=1)
        self._details = [
            ttk.Label(card, style="Card.TLabel", font=look.TITLE if at == 0 else look.TEXT) for at in range(4)
        ]  # fmt: skip
        for at, label in enumerate(self._details):
            label.grid(row=at, column=0, sticky="ew")
        self._cutters = [Cutter(self, look.TITLE if at == 0 else look.TEXT) for at in range(4)]
        card.bind("<Configure>", lambda event: self._say_marked())

    # -- what it shows -------------------------------------------------------------------------------------------

    def show(self, view: Any) -> None:
        """A day as it is; what is marked stays marked."""
        self.view = view
        since, until = rules.shown_hours(view.first, view.book, [
            each for each in view.operations if each.state.holds_the_room
        ])  # fmt: skip
        rooms = rules.every_room(view.book, view.operations)
        self.chart.show(rooms, view.operations, since, until, self._now())
        self.title.configure(text=f"{day_text(view.first)}  {say(rules.head_words(view.operations))}")

    def go_to(self, day: date) -> None:
        """Another day; what is carried goes along."""
        ghost = self.chart.ghost
        if ghost is not None:
            self.carry(Ghost(ghost.operation, ghost.room, ghost.enter + (day - self.day)))
        self.day = day
        self._calls["turned"]()

    @property
    def chosen(self) -> Operation | None:
        """The marked operation."""
        return self.chart.marked.operation if self.chart.marked is not None else None

    def letter_keys(self) -> dict[str, Callable[[], object]]:
        """The three times by a letter, small or large."""
        found: dict[str, Callable[[], object]] = {}
        for what, (cap, _) in TIMES.items():
            for letter in (cap, cap.lower()):
                found[letter] = lambda what=what: self._calls["timed"](what)  # type: ignore[misc]
        return found

    def carry(self, ghost: Ghost | None) -> None:
        """An operation on its way to another place; None where it is not any more."""
        self.chart.carry(ghost)
        self._say_marked()

    # -- inside --------------------------------------------------------------------------------------------------

    def _marked(self) -> None:
        self._say_marked()
        chosen = self.chosen
        for what, button in self.time_buttons.items():
            open_now = chosen is not None and getattr(chosen, f"actual_{what}") is None
            button.state(["!disabled" if open_now else "disabled"])
        self._calls["marked"]()

    def _say_marked(self) -> None:
        spot, ghost = self.chart.marked, self.chart.ghost
        if ghost is not None:
            told = Sentence(N_("{name}: to {room}, {day} {at}"), {
                "name": ghost.operation.patient.name, "room": ghost.room, "day": f"{ghost.enter:%m-%d}",
                "at": f"{ghost.enter:%H:%M}",
            })  # fmt: skip
            texts = (say(told), *rules.detail_lines(ghost.operation)[1:])
        elif spot is None:
            texts = ("", "", "", "")
        elif spot.operation is None:
            texts = (say(rules.free_words(spot)), "", "", "")
        else:
            texts = rules.detail_lines(spot.operation)
        width = self._details[0].master.winfo_width() - look.px(30)
        for label, cutter, text in zip(self._details, self._cutters, texts, strict=True):
            label.configure(text=cutter.cut(text, width) if width > 100 else text)

    def _turn(self, days: int) -> str:
        self.go_to(self.day + days * DAY)
        return "break"

    def _now(self) -> datetime | None:
        now: datetime = self._desk.now()
        return now if self.view is not None and self.view.first in (now.date(), now.date() - DAY) else None

    def _tick(self) -> None:
        if self.view is not None:
            self.chart.at_time(self._now())
        self._after = self.after(TICK_MS, self._tick)

    def _stop(self) -> None:
        if self._after is not None:
            self.after_cancel(self._after)
            self._after = None
