"""Today left, last time right: two contact sheets that are leafed together, and one picture of each enlarged."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

from kiosk.core.slide import Slide, contact_grid
from kiosk.core.words import N_, say
from kiosk.modes.viewer.sheet import Sheet
from kiosk.modes.viewer.slide_pane import Together
from kiosk.ui import look


class Comparison(tk.Frame):
    """``show(now, before, ...)``; ``leaf`` goes through both, or through the active one alone where ``apart``."""

    def __init__(
        self, parent: tk.Misc, desk: Any, clicked: Callable[[], object], columns: int = 0, rows: int = 0
    ) -> None:
        super().__init__(parent, bg=look.BLACK)
        self._fixed = (columns, rows)
        self._clicked = clicked
        self.large = False
        self.apart = False
        self.active = 0
        self.together = Together()
        self.heads: list[tk.Label] = []
        self.sheets: list[Sheet] = []
        for at in range(2):
            head = tk.Label(self, bg=look.BLACK, fg=look.ON_BLACK, font=look.TEXT_BOLD, anchor="w", padx=look.px(8))
            head.grid(row=0, column=at, sticky="ew")
            sheet = Sheet(self, desk, 2, 2, selecting=True, told=self._told, clicked=self._pressed, leafed=self.leaf)
            sheet.grid(row=1, column=at, sticky="nsew", padx=(0 if at == 0 else look.px(6), 0))
            self.heads.append(head)
            self.sheets.append(sheet)
        self.columnconfigure((0, 1), weight=1, uniform="sheets")
        self.rowconfigure(1, weight=1)
        self.bind("<Configure>", lambda event: self._fit_grid(), add=True)

    def show(
        self, now: list[Slide], before: list[Slide], heads: tuple[str, str], patient_id: str, why: tuple[str, str],
        keep: bool = False,
    ) -> None:  # fmt: skip
        """Pictures of this visit and of the last one; ``heads`` stand above, ``why`` where there are none. ``keep``:
        more of the same came, nobody is leafed back."""
        self.large = self.large and keep
        for at, slides in enumerate((now, before)):
            sheet = self.sheets[at]
            sheet.large = self.large
            self._head(at, heads[at], len(slides))
            sheet.show(slides, heads[at], patient_id, why[at], keep)
        self._fit_grid()

    def leaf(self, by: int) -> None:
        """The next picture of both, or of the active sheet alone."""
        for sheet in self._moved():
            sheet.leaf(by)

    def row(self, by: int) -> None:
        """The picture below or above; enlarged, the next one."""
        self.leaf(by if self.large else by * self.sheets[0].columns)

    def page(self, by: int) -> None:
        """The next sheet full."""
        for sheet in self._moved():
            sheet.page(by)

    def end(self, last: bool) -> None:
        """The first or last picture."""
        for sheet in self._moved():
            sheet.go_to(len(sheet.slides) - 1 if last else 0)

    def enlarge(self) -> None:
        """The selected picture of both alone, or the sheets again."""
        self.large = not self.large
        for sheet in self.sheets:
            sheet.enlarge(self.large)
        if self.large:
            self.together.join([sheet.panes[0] for sheet in self.sheets])
            for sheet in self.sheets:
                sheet.together = self.together

    def toggle_apart(self) -> bool:
        """Leaf each by itself, or both together; returns whether they are apart now."""
        self.apart = not self.apart
        return self.apart

    def other(self) -> None:
        """The other sheet is active."""
        self.active = 1 - self.active

    @property
    def settled(self) -> bool:
        return all(sheet.settled for sheet in self.sheets)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _moved(self) -> list[Sheet]:
        return [self.sheets[self.active]] if self.apart else self.sheets

    def _head(self, at: int, words: str, count: int) -> None:
        self.heads[at].configure(text=f"{words}　{say(N_('{count} pictures'), count=count)}" if words else "")

    def _fit_grid(self) -> None:
        width, height = self.winfo_width() // 2, self.winfo_height() - self.heads[0].winfo_reqheight()
        if width < 50 or height < 50:
            return
        count = max(1, *(len(sheet.slides) for sheet in self.sheets))
        grid = contact_grid(width, height, count, *self._fixed)
        for sheet in self.sheets:
            sheet.set_grid(*grid)

    def _told(self) -> None:
        if self.large and not self.together.place.whole:
            for pane in self.together.panes:
                pane.follow(self.together.place)

    def _pressed(self, sheet: Sheet) -> None:
        self.active = self.sheets.index(sheet)
        if not self.apart and not self.large:
            other = self.sheets[1 - self.active]
            if other.slides:
                other.go_to(sheet.at)
        self.after_idle(self._clicked)
