"""Pictures in panes beside and below each other: a viewer of so many panes, or a contact sheet with one enlarged."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any

from kiosk.core.slide import Slide
from kiosk.core.words import N_, say
from kiosk.modes.viewer.slide_pane import SlidePane, Together
from kiosk.ui import look

RING = 2


class Sheet(tk.Frame):
    """``show(slides)``: None among them keeps a pane empty. ``selecting``: one is marked and can be enlarged.

    ``told()`` when a picture came, ``clicked(sheet)`` when one was pressed, ``leafed(steps)`` at the wheel.
    """

    def __init__(
        self,
        parent: tk.Misc,
        desk: Any,
        columns: int,
        rows: int,
        *,
        selecting: bool = False,
        told: Callable[[], object] = lambda: None,
        clicked: Callable[[Sheet], object] = lambda sheet: None,
        leafed: Callable[[int], object] | None = None,
        together: Together | None = None,
    ) -> None:
        super().__init__(parent, bg=look.BLACK)
        self._desk, self._told, self._clicked = desk, told, clicked
        self._leafed = leafed or self.leaf
        self.columns, self.rows_down, self.selecting = max(1, columns), max(1, rows), selecting
        self.slides: list[Slide | None] = []
        self.first = 0  # of those in sight
        self.at = 0  # the selected one
        self.large = False
        self.base = 0  # a viewer that begins with a later picture
        self.words, self.whose, self.why = "", "", ""
        self.together = together or Together()
        self.panes: list[SlidePane] = []
        self._shape = (0, 0)

    # -- what is shown -----------------------------------------------------------------------------------------------

    def show(
        self, slides: Sequence[Slide | None], words: str = "", whose: str = "", why: str = "", keep: bool = False
    ) -> None:  # fmt: skip
        """From the first (of this viewer) on, with ``keep`` where one was; ``why`` is said where there is none."""
        self.slides, self.words, self.whose = list(slides), words, whose
        self.why = why or say(N_("No picture"))
        if keep and self.slides:
            self.go_to(self.at if self.selecting else self.first)
        else:
            self.first = self.at = self.base
            self.arrange()

    def set_grid(self, columns: int, rows: int) -> None:
        """So many beside and below each other."""
        if (columns, rows) != (self.columns, self.rows_down):
            self.columns, self.rows_down = max(1, columns), max(1, rows)
            self.arrange()

    @property
    def count(self) -> int:
        """Panes in sight."""
        return 1 if self.large else self.columns * self.rows_down

    @property
    def in_sight(self) -> list[Slide]:
        """The pictures in sight and, after them, those of the next page."""
        first = self.at if self.large else self.first
        return [each for each in self.slides[first : first + 2 * self.count] if each is not None]

    @property
    def pane(self) -> SlidePane | None:
        """The pane of the selected picture, of a viewer without selection its first."""
        where = 0 if self.large or not self.selecting else self.at - self.first
        return self.panes[where] if 0 <= where < len(self.panes) else None

    @property
    def settled(self) -> bool:
        return all(pane.settled for pane in self.panes[: self.count])

    # -- leafing -----------------------------------------------------------------------------------------------------

    def leaf(self, by: int) -> None:
        """The next picture; without selection the next page of panes."""
        step = by if self.selecting or self.count == 1 else by * self.count
        self.go_to((self.at if self.selecting else self.first) + step)

    def page(self, by: int) -> None:
        """The next panes full."""
        self.go_to(self.at + by * self.columns * self.rows_down)

    def go_to(self, at: int) -> None:
        """Select (or begin with) that picture; the ends hold."""
        self.at = max(0, min(len(self.slides) - 1, at))
        if self.selecting:
            whole = self.columns * self.rows_down
            self.first = self.at // whole * whole
        else:
            self.first = self.at
        self.arrange()

    def enlarge(self, large: bool) -> None:
        """The selected picture alone, or the sheet again."""
        if large != self.large:
            self.large = large
            self.together.fit()
            self.arrange()

    # -- inside ------------------------------------------------------------------------------------------------------

    def arrange(self) -> None:
        """Panes as the grid wants them, and their pictures."""
        columns, rows = (1, 1) if self.large else (self.columns, self.rows_down)
        while len(self.panes) < columns * rows:
            self.panes.append(self._new_pane())
        if (columns, rows) != self._shape:
            self._lay_out(columns, rows)
        first = self.at if self.large else self.first
        small = self.selecting and not self.large
        for number, pane in enumerate(self.panes[: columns * rows]):
            at = first + number
            slide = self.slides[at] if 0 <= at < len(self.slides) else None
            pane.whose, pane.quiet = self.whose, small
            marked = small and at == self.at and slide is not None
            ring = look.LAMP_LOOK if marked else look.BLACK
            pane.configure(highlightbackground=ring, highlightcolor=ring)
            place = f"{at + 1} / {len(self.slides)}"
            words = place if self.large else f"{self.words}\n{place}" if self.count == 1 else self.words
            pane.show_slide(slide, words if slide is not None else "", "" if number else self._why_empty())
            if slide is None and number:
                pane.clear(" ")
        self.together.join(self.panes[: columns * rows])
        self._desk.decode_ahead(self.in_sight)

    def _why_empty(self) -> str:
        return self.why if not any(self.slides) else say(N_("No such view"))

    def _lay_out(self, columns: int, rows: int) -> None:
        for at in range(max(columns, self._shape[0])):
            on = at < columns
            self.columnconfigure(at, weight=1 if on else 0, uniform="panes" if on else "")
        for at in range(max(rows, self._shape[1])):
            on = at < rows
            self.rowconfigure(at, weight=1 if on else 0, uniform="panes" if on else "")
        self._shape = (columns, rows)
        for number, pane in enumerate(self.panes):
            if number < columns * rows:
                pane.grid(row=number // columns, column=number % columns, sticky="nsew", padx=1, pady=1)
            else:
                pane.grid_remove()

    def _new_pane(self) -> SlidePane:
        pane = SlidePane(
            self, self._desk, told=self._pane_told, looked=self._looked, clicked=self._pressed, leafed=self._leafed
        )
        pane.configure(highlightthickness=RING)
        return pane

    def _pane_told(self, pane: SlidePane) -> None:
        if pane.ready and pane in self.together.panes:
            self.together.came(pane)
        self._told()

    def _looked(self, pane: SlidePane) -> None:
        if self.large or not self.selecting:
            self.together.looked(pane)

    def _pressed(self, pane: SlidePane) -> None:
        if self.selecting and not self.large and pane in self.panes:
            at = self.first + self.panes.index(pane)
            if at < len(self.slides):
                self.go_to(at)
        self._clicked(self)
