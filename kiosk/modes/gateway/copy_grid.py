"""The list of date and kind as a drawn grid: 1 to do, F finished; a cell is chosen by mouse or arrow keys."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from kiosk.core.copy_plan import FINISHED, Unit
from kiosk.core.words import N_, say
from kiosk.modes.gateway.copy_rules import kinds_of
from kiosk.ui import look

DAY_WIDTH, CELL_WIDTH, ROW, HEAD = 150, 62, 40, 34


class UnitGrid(ttk.Frame):
    """Only the rows in sight are drawn, so years of dates cost nothing. ``changed()``: another cell was chosen."""

    def __init__(self, parent: tk.Misc, changed: Callable[[], object], act: Callable[[], object]) -> None:
        super().__init__(parent)
        self._changed = changed
        self._cells: dict[tuple[str, str], Unit] = {}
        self._days: list[str] = []
        self._kinds: list[str] = []
        self._running: tuple[str, str] | None = None
        self._top = 0
        self._at: tuple[str, str] | None = None
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.canvas = canvas = tk.Canvas(self, bg=look.CARD, highlightthickness=2, highlightbackground=look.LINE,
                                         highlightcolor=look.PRIMARY, takefocus=True, height=look.px(160))  # fmt: skip
        canvas.grid(row=0, column=0, sticky="nsew")
        self._bar = ttk.Scrollbar(self, command=self._scroll)
        self._bar.grid(row=0, column=1, sticky="ns")
        canvas.bind("<Configure>", lambda event: self._draw())
        canvas.bind("<Button-1>", self._clicked)
        canvas.bind("<Double-1>", lambda event: act())
        canvas.bind("<Return>", lambda event: act())
        canvas.bind("<MouseWheel>", lambda event: self._roll(-1 if event.delta > 0 else 1))
        canvas.bind("<Button-4>", lambda event: self._roll(-1))
        canvas.bind("<Button-5>", lambda event: self._roll(1))
        for key, across, down in (
            ("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1), ("Prior", 0, -10), ("Next", 0, 10),
        ):  # fmt: skip
            canvas.bind(f"<{key}>", lambda event, x=across, y=down: self._step(x, y))  # type: ignore[misc]

    def show(self, units: Sequence[Unit], running: tuple[str, str] | None = None) -> None:
        """Show this list; the chosen cell and the place stay."""
        self._cells = {(each.day, each.kind): each for each in units}
        self._days = list(dict.fromkeys(each.day for each in units))
        self._kinds = kinds_of(tuple(units))
        self._running = running
        if self._at not in self._cells:
            self._at = None
        self._draw()

    @property
    def chosen(self) -> Unit | None:
        return self._cells.get(self._at) if self._at else None

    def choose(self, day: str, kind: str) -> None:
        """Choose a cell and bring it into sight."""
        self._at = (day, kind)
        row = self._days.index(day)
        self._top = max(min(self._top, row), row - self._in_sight() + 1)
        self._draw()
        self._changed()

    def focus_set(self) -> None:
        self.canvas.focus_set()

    # -- drawing ------------------------------------------------------------------------------------------------
    def _in_sight(self) -> int:
        return max(1, (self.canvas.winfo_height() - look.px(HEAD)) // look.px(ROW))

    def _draw(self) -> None:
        canvas = self.canvas
        canvas.delete("all")
        self._top = max(0, min(self._top, len(self._days) - self._in_sight()))
        total = max(1, len(self._days))
        self._bar.set(self._top / total, min(1.0, (self._top + self._in_sight()) / total))
        if not self._days:
            where = (canvas.winfo_width() // 2, canvas.winfo_height() // 2)
            text = say(N_("No list yet: choose the disks and press F6."))
            canvas.create_text(*where, text=text, font=look.TEXT, fill=look.SECONDARY)
            return
        for column, kind in enumerate(self._kinds):
            self._text(self._left(column) + look.px(CELL_WIDTH) // 2, look.px(HEAD) // 2, kind, look.SECONDARY)
        for row, day in enumerate(self._days[self._top : self._top + self._in_sight() + 1]):
            top = look.px(HEAD) + row * look.px(ROW)
            shown = f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else say(N_("no date"))
            self._text(look.px(DAY_WIDTH) // 2, top + look.px(ROW) // 2, shown, look.INK)
            for column, kind in enumerate(self._kinds):
                if unit := self._cells.get((day, kind)):
                    self._cell(unit, self._left(column), top)

    def _cell(self, unit: Unit, left: int, top: int) -> None:
        key = (unit.day, unit.kind)
        mark, ink, ground = unit.state, look.INK, look.CARD
        if unit.state == FINISHED:
            ink, ground = look.DONE, look.DONE_GROUND
        elif key == self._running:
            mark, ink, ground = "▶", look.PRIMARY, look.SELECTED
        elif unit.error:
            mark, ink, ground = "1 ×", look.STOP, look.STOP_GROUND
        gap = look.px(2)
        box = (left + gap, top + gap, left + look.px(CELL_WIDTH) - gap, top + look.px(ROW) - gap)
        chosen = key == self._at
        self.canvas.create_rectangle(*box, fill=ground, outline=look.PRIMARY if chosen else look.LINE,
                                     width=3 if chosen else 1)  # fmt: skip
        self._text(left + look.px(CELL_WIDTH) // 2, top + look.px(ROW) // 2, mark, ink, look.TEXT_BOLD)

    def _text(self, x: int, y: int, text: str, ink: str, font: str = look.TEXT) -> None:
        self.canvas.create_text(x, y, text=text, fill=ink, font=font)

    @staticmethod
    def _left(column: int) -> int:
        return look.px(DAY_WIDTH) + column * look.px(CELL_WIDTH)

    # -- what a person does -------------------------------------------------------------------------------------
    def _clicked(self, event: tk.Event) -> None:
        self.canvas.focus_set()
        column = (event.x - look.px(DAY_WIDTH)) // look.px(CELL_WIDTH)
        row = (event.y - look.px(HEAD)) // look.px(ROW) + self._top
        if event.y < look.px(HEAD) or not (0 <= column < len(self._kinds) and 0 <= row < len(self._days)):
            return
        if (self._days[row], self._kinds[column]) in self._cells:
            self.choose(self._days[row], self._kinds[column])

    def _step(self, across: int, down: int) -> str:
        """To the next cell that there is in that direction."""
        if not self._cells:
            return "break"
        if self._at is None:
            self.choose(*next(iter(self._cells)))
            return "break"
        row, column = self._days.index(self._at[0]), self._kinds.index(self._at[1])
        if across:
            columns = range(column + across, len(self._kinds) if across > 0 else -1, across)
            found = next((c for c in columns if (self._days[row], self._kinds[c]) in self._cells), column)
            self.choose(self._days[row], self._kinds[found])
            return "break"
        row = max(0, min(len(self._days) - 1, row + down))
        present = [c for c in range(len(self._kinds)) if (self._days[row], self._kinds[c]) in self._cells]
        nearest = min(present, key=lambda c: abs(c - column))
        self.choose(self._days[row], self._kinds[nearest])
        return "break"

    def _scroll(self, how: str, by: str, unit: str = "") -> None:
        if how == "moveto":
            self._top = int(float(by) * len(self._days))
            self._draw()
        else:
            self._roll(int(by) * (self._in_sight() if unit == "pages" else 1))

    def _roll(self, rows: int) -> None:
        self._top += rows
        self._draw()
