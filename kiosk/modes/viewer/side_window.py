"""Beside the pictures: the stacks of the study, and buttons for what the keyboard does."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from kiosk.core.stack import Stack
from kiosk.core.words import N_
from kiosk.modes.viewer import rules
from kiosk.ui import buttons, look
from kiosk.ui.fields import ChoiceField
from kiosk.ui.table import Column, Row, Table

WIDTH = 276
ACROSS = 3  # buttons in a row: the list of stacks above keeps room at 1280 x 800
COLUMNS = (
    Column("title", N_("Row of pictures"), 150, stretch=True),
    Column("count", N_("Pictures"), 56, right=True),
)


class SideView(ttk.Frame):
    """``chosen(index)`` of a stack, ``preset(index)`` of a window; ``acts`` name the buttons and what they do."""

    def __init__(
        self,
        parent: tk.Misc,
        chosen: Callable[[int], object],
        preset: Callable[[int], object],
        acts: Sequence[tuple[str, Callable[[], object]]],
    ) -> None:
        super().__init__(parent, width=look.px(WIDTH))
        self.grid_propagate(False)
        self._chosen, self._preset = chosen, preset
        self._presets: list[rules.Preset] = []
        self._state: Callable[[int], object] = lambda index: None
        self._showing = False
        self.columnconfigure(tuple(range(ACROSS)), weight=1, uniform="side")
        self.rowconfigure(0, weight=1)
        self.stacks = Table(self, COLUMNS, empty=N_("Nothing is open."), on_select=self._selected)
        self.stacks.grid(row=0, column=0, columnspan=ACROSS, sticky="nsew")
        self.window = ChoiceField(self, N_("Window"), {}, width=12)
        self.window.grid(row=1, column=0, columnspan=ACROSS, sticky="ew", pady=look.px(8))
        self.window.columnconfigure(0, weight=1)
        self.window.on_change(self._window_chosen)
        self.states = ChoiceField(self, N_("Display settings"), {}, width=12)  # only where a study has some
        self.states.grid(row=2, column=0, columnspan=ACROSS, sticky="ew", pady=(0, look.px(8)))
        self.states.grid_remove()
        self.states.columnconfigure(0, weight=1)
        self.states.on_change(self._state_chosen)
        for number, (text, act) in enumerate(acts):
            button = buttons.narrow(self, text, act)
            row, column = divmod(number, ACROSS)
            before, after = (look.px(9 * part // ACROSS) for part in (column, ACROSS - 1 - column))  # all equally wide
            button.grid(row=3 + row, column=column, sticky="ew", pady=(0, look.px(8)), padx=(before, after))

    def show_stacks(self, stacks: Sequence[Stack], at: int) -> None:
        """Show the stacks; ``at`` is the one in the pane, -1 none."""
        self._showing = True
        self.stacks.show([Row(str(number), rules.stack_cells(each)) for number, each in enumerate(stacks)])
        self.stacks.select(str(at))
        self.after_idle(self._shown)

    def show_presets(self, presets: Sequence[rules.Preset], at: int) -> None:
        """Offer these windows; the digits 1 to 9 choose them too. ``at`` is in force, -1 none of them."""
        if [each.name for each in presets] != [each.name for each in self._presets]:
            self.window.offer({str(n): f"{n + 1}  {each.name}" for n, each in enumerate(presets)})
        self._presets = list(presets)
        self.window.set(str(at))

    def on_state(self, chosen: Callable[[int], object]) -> None:
        """``chosen(index)`` of a presentation state, -1 for what the header says."""
        self._state = chosen

    def offer_states(self, names: Sequence[str]) -> None:
        """Offer the presentation states of the study; without any the field goes."""
        self.states.offer({"-1": N_("As the header says"), **{str(n): name for n, name in enumerate(names)}})
        if names:
            self.states.grid()
        else:
            self.states.grid_remove()

    def show_state(self, at: int) -> None:
        """The state in force, -1 for none."""
        self.states.set(str(at))

    def _state_chosen(self) -> None:
        if self.states.get():
            self._state(int(self.states.get()))

    def _shown(self) -> None:
        self._showing = False

    def _selected(self, key: str) -> None:
        if key and not self._showing:
            self._chosen(int(key))

    def _window_chosen(self) -> None:
        if self.window.get():
            self._preset(int(self.window.get()))
