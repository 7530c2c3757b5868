"""A week as a sheet: days across, times down, a cell for each; chosen by click or arrow keys."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from kiosk.core.words import say
from kiosk.ui import look
from kiosk.ui.dates import WEEKDAYS
from kiosk.ui.month_grid import DayCell

HEAD, LEFT, LEAST_ROWS = 44, 56, 8

Place = tuple[date, str]  # day and time (HH:MM)


class WeekGrid(tk.Canvas):
    """``on_place(day, at)`` when another cell is chosen; Page Up and Page Down go to the week before and after."""

    def __init__(self, parent: tk.Misc, on_place: Callable[[date, str], object], first: date) -> None:
        super().__init__(parent, width=look.px(520), height=look.px(380), bg=look.CARD, highlightthickness=2,
                         highlightbackground=look.LINE, highlightcolor=look.PRIMARY, takefocus=True)  # fmt: skip
        self._on_place = on_place
        self._cells: Mapping[Place, DayCell] = {}
        self._notes: Mapping[date, str] = {}
        self._times: list[str] = []
        self.chosen: Place = (first, "")
        self.bind("<Configure>", lambda event: self._draw())
        self.bind("<Button-1>", self._clicked)
        for key, days, rows in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1)):
            self.bind(f"<{key}>", lambda event, days=days, rows=rows: self._step(days, rows))  # type: ignore[misc]
        self.bind("<Prior>", lambda event: self._step(-7, 0))
        self.bind("<Next>", lambda event: self._step(7, 0))

    def show(self, times: Sequence[str], cells: Mapping[Place, DayCell], notes: Mapping[date, str]) -> None:
        """``notes``: why a day is closed."""
        self._times, self._cells, self._notes = list(times), dict(cells), dict(notes)
        self._draw()

    def choose(self, day: date, at: str = "") -> None:
        """Mark a cell (or the head of a day) without telling it."""
        self.chosen = (day, at)
        self._draw()

    def monday(self) -> date:
        """First day of the week shown."""
        return self.chosen[0] - timedelta(days=self.chosen[0].weekday())

    def place_at(self, x: float, y: float) -> Place | None:
        """Day and time under a point; the time is empty in the head of a day."""
        left, head = look.px(LEFT), look.px(HEAD)
        if x < left:
            return None
        day = self.monday() + timedelta(days=min(6, int((x - left) / self._wide())))
        if y < head:
            return day, ""
        row = int((y - head) / self._high())
        return (day, self._times[row]) if row < len(self._times) else None

    def _wide(self) -> float:
        return (self.winfo_width() - look.px(LEFT)) / 7

    def _high(self) -> float:
        return (self.winfo_height() - look.px(HEAD)) / max(LEAST_ROWS, len(self._times))

    def _draw(self) -> None:
        self.delete("all")
        left, head, wide, high = look.px(LEFT), look.px(HEAD), self._wide(), self._high()
        font = look.TEXT if high >= look.px(24) else look.CAPTION
        for at, when in enumerate(self._times):
            self.create_text(left - look.px(6), head + (at + 0.5) * high, anchor="e", text=when, fill=look.SECONDARY,
                             font=font)  # fmt: skip
        for column in range(7):
            day = self.monday() + timedelta(days=column)
            x, mine = left + column * wide, day == self.chosen[0]
            fore = look.STOP if column == 6 or self._notes.get(day) else look.INK
            self.create_rectangle(x, 0, x + wide, head, fill=look.SELECTED if mine else look.GROUND, outline=look.LINE)
            words = f"{day.day}({say(WEEKDAYS[column])})"
            self.create_text(x + wide / 2, head * 0.33, text=words, fill=fore, font=look.TEXT)
            note = self._notes.get(day, "")[:6]
            self.create_text(x + wide / 2, head * 0.78, text=note, fill=fore, font=look.CAPTION)
            for row, when in enumerate(self._times):
                self._draw_cell((day, when), x, head + row * high, wide, high, font)

    def _draw_cell(self, place: Place, x: float, y: float, wide: float, high: float, font: Any) -> None:
        cell = self._cells.get(place)
        chosen = place == self.chosen
        fore, ground = look.STATES[cell.state] if cell and not cell.closed else (look.SECONDARY, look.GROUND)
        self.create_rectangle(x, y, x + wide, y + high, fill=look.SELECTED if chosen else ground,
                              outline=look.PRIMARY if chosen else look.LINE, width=3 if chosen else 1)  # fmt: skip
        if cell:
            self.create_text(x + wide / 2, y + high / 2, text=f"{cell.mark} {cell.note}".strip(), fill=fore, font=font)

    def _clicked(self, event: Any) -> None:
        self.focus_set()
        place = self.place_at(event.x, event.y)
        if place is not None:
            self._go(*place)

    def _step(self, days: int, rows: int) -> str:
        day, at = self.chosen
        if rows and self._times:
            now = self._times.index(at) if at in self._times else -1 if rows > 0 else len(self._times)
            at = self._times[min(len(self._times) - 1, max(0, now + rows))]
        return self._go(day + timedelta(days=days), at)

    def _go(self, day: date, at: str) -> str:
        self.choose(day, at)
        self._on_place(day, at)
        return "break"
