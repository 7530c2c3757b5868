"""Replacing a disk on the page of disks: five steps, one key."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway.copy_rules import STEP_TEXTS, CopyView
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField
from kiosk.ui.shell import Choice, Key

STEPS = ("choose", "check", "copy", "prove", "switch")
DOING = {
    "choose": N_("Looking at what the disk holds..."),
    "check": N_("Checking the new disk..."),
    "copy": N_("Copying to the new disk..."),
    "prove": N_("Proving the new disk..."),
    "switch": N_("Switching over..."),
    "give_up": N_("Beginning anew..."),
}


class ReplaceSection:
    """The steps are lines; the next one is bold. Each can be stopped and taken up again, also tomorrow."""

    def __init__(self, parent: tk.Misc, window: Any, refresh: Any) -> None:
        self._window, self._refresh = window, refresh
        self._desk = window.desk.copy
        self._running: Any = None
        self._plan: dict[str, Any] = {}
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1)
        head = ttk.Frame(frame)
        head.grid(row=0, column=0, sticky="w", pady=(0, look.px(12)))
        self.old = ChoiceField(head, N_("The disk that fails"), {}, width=12)
        self.new = ChoiceField(head, N_("The new disk"), {}, width=12)
        self.old.grid(row=0, column=0, padx=(0, look.px(12)))
        self.new.grid(row=0, column=1)
        self.lines: dict[str, ttk.Label] = {}
        for at, step in enumerate((*STEPS, "done")):
            line = self.lines[step] = ttk.Label(frame, text=say(STEP_TEXTS[step]))
            line.grid(row=at + 1, column=0, sticky="w", pady=look.px(6))
        self.facts = ttk.Label(frame, foreground=look.SECONDARY, justify="left")
        self.facts.grid(row=8, column=0, sticky="w", pady=(look.px(16), 0))

    @property
    def step(self) -> str:
        return str(self._plan.get("step", "choose"))

    def keys(self) -> list[Key]:
        return [Key("F5", N_("Next step"), self.go_on), Key("F7", N_("Begin anew"), self.give_up)]

    def take(self, view: CopyView) -> None:
        self._plan = view.replacing
        self.old.offer({each.id: each.id for each in view.disks})
        self.new.offer({each.id: each.id for each in view.disks if each.writable})
        for field, name in ((self.old, "old"), (self.new, "new")):
            if self._plan.get(name):
                field.set(self._plan[name])
        at = [*STEPS, "done"].index(self.step)
        for number, (step, line) in enumerate(self.lines.items()):
            mark = "✓ " if number < at else "▶ " if number == at else "　 "
            now = number == at
            line.configure(text=mark + say(STEP_TEXTS[step]), font=look.TEXT_BOLD if now else look.TEXT,
                           foreground=look.INK if now else look.DONE if number < at else look.SECONDARY)  # fmt: skip
        if self.step == "choose":
            self.facts.configure(text="")
            return
        values = {
            "n": f"{self._plan.get('images', 0):,}", "gb": f"{self._plan.get('size', 0) / 1e9:,.1f}",
            "alone": f"{self._plan.get('only_here', 0):,}", "lost": f"{self._plan.get('lost', 0):,}",
        }  # fmt: skip
        text = N_("{n} images, {gb} GB; {alone} of them are on no other disk; {lost} could not be read anywhere.")
        self.facts.configure(text=say(text, **values))

    def shown(self) -> None:
        self.old.focus()

    def go_on(self) -> None:
        """F5: the next step."""
        step = self.step
        if step == "done":
            self._window.shell.problem.look(N_("It is done. F7 begins with another disk."))
        elif step in ("choose", "check"):
            disk = (self.old if step == "choose" else self.new).get()
            if disk:
                self._do(step, disk)
            else:
                self._window.shell.problem.look(N_("Choose a disk first."))
        elif step == "switch":
            self._ask_to_switch()
        else:
            self._do(step)

    def give_up(self) -> None:
        """F7."""
        self._do("give_up")

    def _ask_to_switch(self) -> None:
        lost = self._plan.get("lost", 0)
        values = {"old": self._plan["old"], "new": self._plan["new"], "lost": lost}
        consequence = (
            N_("{lost} images could not be read from any disk; they stay in the index as lost.")
            if lost
            else N_("Every image was read from {new} and is what it should be.")
        )
        self._window.shell.ask(
            Sentence(N_("Does {new} take the place of {old} now?"), values),
            Sentence(consequence, values),
            [
                Choice(N_("Not yet")),
                Choice(N_("Yes, switch over"), lambda: self._do("switch", although_lost=bool(lost)),
                       dangerous=bool(lost)),
            ],
        )  # fmt: skip

    def _do(self, step: str, disk: str = "", although_lost: bool = False) -> None:
        problem = self._window.shell.problem
        if self._running is not None:
            problem.look(N_("One moment, the other work is not done yet."))
            return
        self._running = running = self._desk.replace(step, disk, although_lost)
        problem.progress(DOING[step], 0.0, running.stop)
        running.on_progress(lambda part: problem.progress(DOING[step], part, running.stop))
        running.then(lambda _: self._over(None), self._over)

    def _over(self, fault: Any) -> None:
        self._running = None
        if self.frame.winfo_exists():
            self._window.shell.problem.progress_over()
            if fault is not None:
                self._window.shell.problem.fault(fault)
            self._refresh()
