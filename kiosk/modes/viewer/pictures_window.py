"""The pictures: one to four panes, the stacks at the side, and what the keyboard does."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core import hanging
from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.modes.viewer import rules
from kiosk.modes.viewer.cuts_window import CutKeys
from kiosk.modes.viewer.hung_window import HungPanes
from kiosk.modes.viewer.leafing import Together
from kiosk.modes.viewer.side_window import SideView
from kiosk.modes.viewer.viewport import Viewport
from kiosk.ui import look
from kiosk.ui.shell import Shell

PUSH_PX = 40
_ON_ITS_OWN = N_("Each pane is leafed on its own.")
SHIFT, CONTROL = 0x0001, 0x0004
WAIT_SHOWN_MS = 600  # a wait that lasts longer gets a bar and "cancel"


class PicturesView(ttk.Frame):
    """``pane`` is the active one; keys and buttons act on it."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._changed = shell, desk, changed
        self.together = Together()
        self.lines = True
        self._wait: str | None = None
        self._faulty = False
        self.columnconfigure((1, 2), weight=1, uniform="panes")
        self.rowconfigure((0, 1), weight=1, uniform="panes")
        self.side = SideView(
            self,
            self._stack_chosen,
            self.choose_preset,
            (
                (N_("Invert"), lambda: self._act(lambda pane: pane.invert())),
                (N_("Turn"), lambda: self._act(lambda pane: pane.turn())),
                (N_("Mirror"), lambda: self._act(lambda pane: pane.flip())),
                (N_("Push"), self._other_tool),
                (N_("Measure"), self._next_measure),
                (N_("Panes"), lambda: self.choose_layout("")),
                (N_("Sync"), self._both),
                (N_("MPR"), lambda: self.cuts.toggle()),
                (N_("Slab"), lambda: self.cuts.next_kind()),
            ),
        )
        self.side.grid(row=0, column=0, rowspan=2, sticky="nsew", padx=(0, look.px(12)))
        self.panes = [
            Viewport(self, desk, self._told, self._fault, shell.problem.look, self._leafed)
            for _ in range(hanging.MOST_PANES)
        ]
        self.pane = self.panes[0]
        self.hung = HungPanes(self.panes, desk, self._others_hang, self._fault)
        self.cuts = CutKeys(self.hung, desk, shell.problem, lambda: self.pane)
        for pane in self.panes:
            self._bind_keys(pane)
        self.letters = self._letters()
        self.bind("<Destroy>", lambda event: self._closed() if event.widget is self else None)

    # -- what is shown -----------------------------------------------------------------------------------------

    def show(self, seen: Any, goes_on: bool = False) -> None:
        """Show what was opened; None empties all. ``goes_on``: the whole of what is on the screen already."""
        self.cuts.stop()
        self._activate(self.panes[0])
        self.hung.show(seen, goes_on)

    def show_beside(self, seen: Any) -> None:
        """``seen`` on the right, each picture beside its like; None: this study alone again."""
        self.hung.show_beside(seen)

    @property
    def two(self) -> bool:
        """An earlier study stands on the right."""
        return self.hung.two

    def choose_layout(self, layout: str) -> None:
        """Divide the screen otherwise; "" goes on to the next layout."""
        if layout:
            self.hung.choose(layout, self.pane)
        else:
            self.hung.choose_next(self.pane)
        self._changed()

    def seen_in(self, pane: Viewport) -> Any:
        """What was opened into this pane."""
        return self.hung.seen_in(pane)

    @property
    def waiting(self) -> bool:
        return any(pane.waiting for pane in self.panes)

    def stop(self) -> None:
        """End running loops."""
        for pane in self.panes:
            pane.stop()

    # -- what the keys do --------------------------------------------------------------------------------------

    def play_or_stop(self) -> None:
        """Run the loop of the active pane, or end it."""
        if self.pane.playing:
            self.pane.stop()
        else:
            self.pane.play()

    def reset(self) -> None:
        """The active pane as it was when it came."""
        self.pane.reset()

    def zoom(self) -> None:
        """Fit, or one pixel to one."""
        if self.pane.fitted:
            self.pane.one_to_one()
        else:
            self.pane.fit()
        self._changed()

    def choose_preset(self, number: int) -> None:
        """The window with that number, from 0."""
        presets = self.pane.presets()
        if number < len(presets):
            self.pane.set_window(presets[number].how)
            self.pane.focus_set()

    def leaf_stack(self, by: int) -> None:
        """The next stack of the study in the active pane."""
        stacks = self.hung.stacks_of(self.pane)
        if self.pane.stack in stacks:
            self._stack_chosen(rules.stepped(self.hung.place_of(self.pane)[0], by, len(stacks)))
            self.list_stacks()

    def _leafed(self, pane: Viewport, steps: int) -> None:
        self._activate(pane)
        self._step(steps)

    def _step(self, by: int) -> None:
        self.pane.step(by)
        self._lead()

    def _lead(self) -> None:
        """The other panes follow where they are put together, and show where this picture cuts theirs."""

        def go(pane: Viewport, slide: int) -> None:
            pane.stop()
            pane.go_to(slide)

        self.together.lead(self.pane, self.hung.visible, go)
        self._draw_lines()

    def _draw_lines(self) -> None:
        for pane in self.hung.visible:
            pane.show_line(rules.line_between(self.pane, pane) if self.lines and pane is not self.pane else ())

    def _lines_or_none(self) -> None:
        self.lines = not self.lines
        self._draw_lines()

    def _to_end(self, last: bool) -> None:
        if self.pane.stack is not None:
            self.pane.stop()
            self.pane.go_to(len(self.pane.stack) - 1 if last else 0)
            self._lead()

    def _other_tool(self) -> None:
        tool = "pan" if self.pane.tool == "window" else "window"
        for pane in self.panes:
            pane.tool = tool
        words = N_("Dragging pushes the picture.") if tool == "pan" else N_("Dragging changes window and level.")
        self._shell.problem.plain(words)

    def _tool(self, tool: str) -> None:
        for pane in self.panes:
            pane.tool = tool
        if tool in rules.MEASURING:
            self._shell.problem.plain(rules.MEASURING[tool])

    def _next_measure(self) -> None:
        """For those who touch: one kind of measurement after the other."""
        kinds = list(rules.MEASURING)
        at = kinds.index(self.pane.tool) + 1 if self.pane.tool in kinds else 0
        self._tool(kinds[at % len(kinds)])

    def take_measure_back(self) -> None:
        """The last measurement of the active pane's picture."""
        if not self.pane.measures.take_back():
            self._shell.problem.plain(N_("Nothing was measured in this picture."))

    def _act(self, act: Callable[[Viewport], object]) -> None:
        if self.pane.shown:
            act(self.pane)
            self.pane.focus_set()
            self._changed()

    def _other_pane(self) -> str | None:
        panes = self.hung.visible
        if len(panes) < 2:
            return None  # Tab goes on to the stacks and buttons
        self._activate(panes[(panes.index(self.pane) + 1) % len(panes)])
        self.pane.focus_set()
        return "break"

    def _both(self) -> None:
        self.together.on = not self.together.on
        self.together.start(self.hung.visible)
        self._lead()
        words = N_("The panes are leafed together; what by stands in each.") if self.together.on else _ON_ITS_OWN
        self._shell.problem.plain(words)

    def _fix_place(self) -> None:
        """What is shown now belongs together, from here on for all series of these studies."""
        if self.together.fix(self.pane, self.hung.visible):
            self.together.on = True
            self._lead()
            self._shell.problem.plain(N_("These pictures are taken as the same place; the panes are leafed together."))
        else:
            self._shell.problem.look(N_("Two panes with pictures are needed for that."))

    def _letters(self) -> dict[str, Callable[[], object]]:
        letters: dict[str, Callable[[], object]] = {
            "i": lambda: self._act(lambda pane: pane.invert()),
            "r": lambda: self._act(lambda pane: pane.turn(1)),
            "e": lambda: self._act(lambda pane: pane.turn(-1)),
            "h": lambda: self._act(lambda pane: pane.flip()),
            "v": lambda: self._act(lambda pane: pane.flip(upright=True)),
            "z": self.zoom,
            "o": lambda: self._act(lambda pane: pane.show_drawings(not pane.drawings)),
            "s": self._both,
            "f": self._fix_place,
            "x": lambda: self.choose_layout(""),
            "n": self._lines_or_none,
            "t": self.cuts.toggle,
            "g": self.cuts.next_kind,
            "[": lambda: self.cuts.thicker(-1),
            "]": lambda: self.cuts.thicker(1),
            "w": lambda: self._tool("window"),
            "p": lambda: self._tool("pan"),
            "l": lambda: self._tool("length"),
            "a": lambda: self._tool("angle"),
            "m": lambda: self._tool("region"),
            "c": lambda: self._tool("ratio"),
            "+": lambda: self._act(lambda pane: pane.zoom_by(1.25)),
            "-": lambda: self._act(lambda pane: pane.zoom_by(0.8)),
            ".": lambda: self.pane.faster(1.25),
            ",": lambda: self.pane.faster(0.8),
        }
        for number in range(9):
            letters[str(number + 1)] = lambda number=number: self.choose_preset(number)  # type: ignore[misc]
        return letters

    def _bind_keys(self, pane: Viewport) -> None:
        arrows = {"Up": (0, -1), "Down": (0, 1), "Left": (-1, 0), "Right": (1, 0)}
        for name, (across, down) in arrows.items():
            pane.bind(f"<{name}>", lambda event, a=across, d=down: self._arrow(event, a, d))  # type: ignore[misc]
        for name, by in (("Prior", -rules.PAGE), ("Next", rules.PAGE)):
            pane.bind(f"<{name}>", lambda event, by=by: self._step(by))  # type: ignore[misc]
        for number, layout in enumerate(hanging.LAYOUTS, start=1):
            pane.bind(f"<Control-Key-{number}>", lambda event, name=layout: self.choose_layout(name))  # type: ignore[misc]
        pane.bind("<Home>", lambda event: self._to_end(False))
        pane.bind("<End>", lambda event: self._to_end(True))
        for key in ("Delete", "BackSpace"):
            pane.bind(f"<{key}>", lambda event: self.take_measure_back())
        pane.bind("<space>", lambda event: self.play_or_stop())
        pane.bind("<Tab>", lambda event: self._other_pane())
        pane.bind("<FocusIn>", lambda event: self._activate(pane), add=True)

    def _arrow(self, event: tk.Event, across: int, down: int) -> str:
        state = int(event.state)
        if state & CONTROL:
            self.pane.nudge_window(-down, across, coarse=bool(state & SHIFT))
        elif state & SHIFT:
            self.pane.pan(-across * PUSH_PX, -down * PUSH_PX)
        elif down:
            self._step(down)
        else:
            self.leaf_stack(across)
        return "break"

    # -- inside ------------------------------------------------------------------------------------------------

    def _stack_chosen(self, index: int) -> None:
        stacks = self.hung.stacks_of(self.pane)
        if index < len(stacks) and stacks[index] is not self.pane.stack:
            self.pane.show_stack(stacks[index])
            self._follow_others()

    def _follow_others(self) -> None:
        """A newly chosen stack goes to the place that the others show; the others stay."""
        chosen = self.pane
        leader = next((pane for pane in self.hung.visible if pane is not chosen and pane.stack is not None), None)
        if self.together.on and leader is not None:
            followed = self.together.link(leader, chosen).follow(leader.at)
            if followed is not None and followed.off_mm is not None:
                chosen.go_to(followed.slide)
            self.together.start(self.hung.visible)
        self._lead()

    def _closed(self) -> None:
        self.cuts.stop()
        self._desk.drop_cuts()  # they are large

    def _activate(self, pane: Viewport) -> None:
        if pane is not self.pane:
            self.pane = pane
            self.list_stacks()
            self._told(pane)
            self._draw_lines()

    def _others_hang(self) -> None:
        if self.pane not in self.hung.visible:
            if str(self.tk.call("focus")) == str(self.pane):  # else a click there later would not choose it
                self.panes[0].focus_set()
            self._activate(self.panes[0])
        self.together.start(self.hung.visible)
        self._lead()
        self.list_stacks()

    def list_stacks(self) -> None:
        """The stacks of what is in the active pane, with the one that is shown."""
        stacks = self.hung.stacks_of(self.pane)
        self.side.show_stacks(stacks, self.hung.place_of(self.pane)[0] if self.pane.stack is not None else -1)

    def _fault(self, fault: Fault) -> None:
        self._faulty = True
        self._shell.problem.fault(fault)

    def _told(self, pane: Viewport) -> None:
        if pane is self.pane:
            presets = pane.presets()
            self.side.show_presets(presets, rules.preset_in_force(presets, pane.painted_by))
        if self._faulty and pane.ready:
            self._faulty = False  # what was said of another picture is no longer true of this one
            self._shell.problem.clear()
        self._show_wait()
        self._changed()

    def _show_wait(self) -> None:
        if self.waiting and not any(pane.playing for pane in self.panes):
            if self._wait is None:
                self._wait = self.after(WAIT_SHOWN_MS, self._say_wait)
        elif self._wait is not None:
            self.after_cancel(self._wait)
            self._wait = None
            self._shell.problem.progress_over()

    def _say_wait(self) -> None:
        if self.waiting:
            self._shell.problem.progress(N_("The picture is being opened..."), None, self._desk.give_up)
