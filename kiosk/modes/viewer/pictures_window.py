"""The pictures: one pane or two beside each other, the stacks at the side, and what the keyboard does."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.modes.viewer import rules
from kiosk.modes.viewer.side_window import SideView
from kiosk.modes.viewer.viewport import Viewport
from kiosk.ui import look
from kiosk.ui.shell import Shell

PUSH_PX = 40
SHIFT, CONTROL = 0x0001, 0x0004
WAIT_SHOWN_MS = 600  # a wait that lasts longer gets a bar and "cancel"


class PicturesView(ttk.Frame):
    """``pane`` is the active one; keys and buttons act on it."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._changed = shell, desk, changed
        self.two = False
        self.together = False
        self._seen: list[Any] = [None, None]
        self._wait: str | None = None
        self._faulty = False
        self.columnconfigure((1, 2), weight=1, uniform="panes")
        self.rowconfigure(0, weight=1)
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
            ),
        )
        self.side.grid(row=0, column=0, sticky="nsew", padx=(0, look.px(12)))
        self.panes = [Viewport(self, desk, self._told, self._fault, shell.problem.look, self._leafed) for _ in range(2)]
        self.pane = self.panes[0]
        self._lay_out()
        for pane in self.panes:
            self._bind(pane)
        self.letters = self._letters()

    # -- what is shown -----------------------------------------------------------------------------------------

    def show(self, seen: Any) -> None:
        """Show what was opened, its first stack in the left pane; None empties all."""
        self._seen = [seen, None]
        self.two = False
        self._activate(self.panes[0])
        self._lay_out()
        self.panes[1].show_stack(None)
        stacks = seen.stacks if seen is not None else ()
        self.panes[0].show_stack(stacks[rules.first_stack(stacks)] if stacks else None)
        self._list_stacks()

    def show_beside(self, seen: Any) -> None:
        """Two panes: ``seen`` on the right (its like of the left stack); None: one pane again."""
        self._seen[1] = seen
        self.two = seen is not None
        self._lay_out()
        if seen is None:
            self.panes[1].show_stack(None)
            self._activate(self.panes[0])
            return
        left = self.panes[0].stack
        index = self._seen[0].stacks.index(left) if left in self._seen[0].stacks else 0
        if seen is self._seen[0]:
            index = (index + 1) % len(seen.stacks)  # another one of the same study
        self.panes[1].show_stack(seen.stacks[min(index, len(seen.stacks) - 1)], self.panes[0].at)

    def seen_in(self, pane: Viewport) -> Any:
        """What was opened into this pane."""
        return self._seen[self.panes.index(pane)]

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
        stacks = self._stacks()
        if self.pane.stack in stacks:
            at = rules.stepped(stacks.index(self.pane.stack), by, len(stacks))
            if stacks[at] is not self.pane.stack:
                self.pane.show_stack(stacks[at])
                self._list_stacks()

    def _leafed(self, pane: Viewport, steps: int) -> None:
        self._activate(pane)
        self._step(steps)

    def _step(self, by: int) -> None:
        self.pane.step(by)
        if self.two and self.together:
            for pane in self.panes:
                if pane is not self.pane:
                    pane.step(by)

    def _to_end(self, last: bool) -> None:
        if self.pane.stack is not None:
            self.pane.stop()
            self.pane.go_to(len(self.pane.stack) - 1 if last else 0)

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
        if not self.two:
            return None  # Tab goes on to the stacks and buttons
        self._activate(self.panes[1] if self.pane is self.panes[0] else self.panes[0])
        self.pane.focus_set()
        return "break"

    def _both(self) -> None:
        self.together = not self.together
        words = N_("Both panes are leafed together.") if self.together else N_("Each pane is leafed on its own.")
        self._shell.problem.plain(words)

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

    def _bind(self, pane: Viewport) -> None:
        arrows = {"Up": (0, -1), "Down": (0, 1), "Left": (-1, 0), "Right": (1, 0)}
        for name, (across, down) in arrows.items():
            pane.bind(f"<{name}>", lambda event, a=across, d=down: self._arrow(event, a, d))  # type: ignore[misc]
        for name, by in (("Prior", -rules.PAGE), ("Next", rules.PAGE)):
            pane.bind(f"<{name}>", lambda event, by=by: self._step(by))  # type: ignore[misc]
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

    def _stacks(self) -> tuple[Any, ...]:
        seen = self.seen_in(self.pane)
        return tuple(seen.stacks) if seen is not None else ()

    def _stack_chosen(self, index: int) -> None:
        stacks = self._stacks()
        if index < len(stacks) and stacks[index] is not self.pane.stack:
            self.pane.show_stack(stacks[index])

    def _activate(self, pane: Viewport) -> None:
        if pane is not self.pane:
            self.pane = pane
            self._list_stacks()
            self._told(pane)

    def _list_stacks(self) -> None:
        stacks = self._stacks()
        self.side.show_stacks(stacks, stacks.index(self.pane.stack) if self.pane.stack in stacks else -1)

    def _lay_out(self) -> None:
        self.panes[0].grid(row=0, column=1, columnspan=1 if self.two else 2, sticky="nsew")
        if self.two:
            self.panes[1].grid(row=0, column=2, sticky="nsew", padx=(look.px(8), 0))
        else:
            self.panes[1].grid_remove()

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
