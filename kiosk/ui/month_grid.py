"""A month as a sheet, a cell for each day; chosen by click or arrow keys, months by Page Up and Page Down."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kiosk.core.words import say
from kiosk.ui import look
from kiosk.ui.dates import WEEKDAYS

HEAD, ROWS = 30, 6


@dataclass(frozen=True)
class DayCell:
    """``mark`` large in the middle, ``note`` small below; ``state`` done look stop; ``closed``: grey."""

    mark: str = ""
    note: str = ""
    state: str = ""
    closed: bool = False


class MonthGrid(tk.Canvas):
    """``on_day(day)`` when another day is chosen; days of other months bring their month."""

    def __init__(self, parent: tk.Misc, on_day: Callable[[date], object], first: date) -> None:
        super().__init__(parent, width=look.px(520), height=look.px(380), bg=look.CARD, highlightthickness=2,
                         highlightbackground=look.LINE, highlightcolor=look.PRIMARY, takefocus=True)  # fmt: skip
        self._on_day = on_day
        self._cells: Mapping[date, DayCell] = {}
        self.chosen = first
        self.bind("<Configure>", lambda event: self._draw())
        self.bind("<Button-1>", self._clicked)
        for key, days in (("Left", -1), ("Right", 1), ("Up", -7), ("Down", 7)):
            self.bind(f"<{key}>", lambda event, days=days: self._go(self.chosen + timedelta(days=days)))  # type: ignore[misc]
        self.bind("<Prior>", lambda event: self._go(_month_on(self.chosen, -1)))
        self.bind("<Next>", lambda event: self._go(_month_on(self.chosen, 1)))

    def show(self, cells: Mapping[date, DayCell]) -> None:
        """What stands in the days of the month of ``chosen``."""
        self._cells = dict(cells)
        self._draw()

    def choose(self, day: date) -> None:
        """Mark a day without telling it."""
        self.chosen = day
        self._draw()

    def first_shown(self) -> date:
        """The Monday in the upper left corner."""
        first = self.chosen.replace(day=1)
        return first - timedelta(days=first.weekday())

    def day_at(self, x: float, y: float) -> date | None:
        """The day under a point of the sheet."""
        column = int(x / (self.winfo_width() / 7))
        row = int((y - look.px(HEAD)) / ((self.winfo_height() - look.px(HEAD)) / ROWS))
        if 0 <= column < 7 and 0 <= row < ROWS and y >= look.px(HEAD):
            return self.first_shown() + timedelta(days=row * 7 + column)
        return None

    def _draw(self) -> None:
        self.delete("all")
        width, height = self.winfo_width() / 7, (self.winfo_height() - look.px(HEAD)) / ROWS
        for at, word in enumerate(WEEKDAYS):
            fill = look.STOP if at == 6 else look.SECONDARY
            self.create_text((at + 0.5) * width, look.px(HEAD) / 2, text=say(word), fill=fill, font=look.TEXT)
        for at in range(7 * ROWS):
            self._draw_day(self.first_shown() + timedelta(days=at), at % 7 * width,
                           look.px(HEAD) + at // 7 * height, width, height)  # fmt: skip

    def _draw_day(self, day: date, x: float, y: float, width: float, height: float) -> None:
        cell = self._cells.get(day, DayCell())
        mine = day.month == self.chosen.month
        fore, ground = look.STATES[cell.state if mine else ""]
        if cell.closed or not mine:
            fore, ground = look.SECONDARY, look.GROUND
        chosen = day == self.chosen
        self.create_rectangle(x, y, x + width, y + height, fill=look.SELECTED if chosen else ground,
                              outline=look.PRIMARY if chosen else look.LINE, width=3 if chosen else 1)  # fmt: skip
        self.create_text(x + look.px(6), y + look.px(4), anchor="nw", text=str(day.day), fill=fore, font=look.TEXT)
        if mine:
            self.create_text(x + width / 2, y + height / 2, text=cell.mark, fill=fore, font=look.TITLE)
            self.create_text(x + width - look.px(5), y + height - look.px(3), anchor="se", text=cell.note[:8],
                             fill=fore, font=look.CAPTION)  # fmt: skip

    def _clicked(self, event: Any) -> None:
        self.focus_set()
        day = self.day_at(event.x, event.y)
        if day is not None:
            self._go(day)

    def _go(self, day: date) -> str:
        self.choose(day)
        self._on_day(day)
        return "break"


def _month_on(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))
