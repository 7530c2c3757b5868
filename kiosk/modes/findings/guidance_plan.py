"""The first page of a case of guidance: what the check-up found, the level that follows, the ticket and the goals."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from tkinter import ttk
from typing import Any

from kiosk.core.guidance import CaseBody
from kiosk.core.guidance_level import LEVELS, MEASURED, NAMES, Checkup, Level, is_plausible, stratify, told
from kiosk.core.words import N_, say
from kiosk.modes.findings.tray_window import TrayView
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, NoteField, NumberField

YES_NO = {"": N_("not asked"), "yes": N_("yes"), "no": N_("no")}


class PlanPart(ttk.Frame):
    """What the check-up found, the level that follows from it, the ticket and the goals; key images at the right."""

    def __init__(
        self, parent: tk.Misc, picture: Callable[[int, int, int], Any], enlarge: Callable[[int], object]
    ) -> None:  # fmt: skip
        super().__init__(parent)
        gap = look.px(8)
        self._body = CaseBody()
        self._limits: Any = None
        self._images: tuple[int, ...] = ()
        self._showing = False
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        left = ttk.Frame(self)
        left.grid(row=0, column=0, sticky="nsew", padx=(0, look.px(16)))
        for column in range(12):
            left.columnconfigure(column, weight=1, uniform="plan")
        self.measured = {name: NumberField(left, NAMES[name], 8, 7, allowed=".") for name in MEASURED}
        self.asked = {name: ChoiceField(left, NAMES[name], YES_NO, 8) for name in ("smoker", "medicated")}
        for at, field in enumerate([*self.measured.values(), *self.asked.values()]):
            field.grid(row=at // 4, column=at % 4 * 3, columnspan=3, sticky="ew", padx=(0, gap), pady=(0, gap))
            field.on_change(self._follow)
        self._suggested = ttk.Label(left, font=look.TEXT_BOLD, wraplength=look.px(820), justify="left")
        self._suggested.grid(row=3, column=0, columnspan=12, sticky="w", pady=gap)
        levels = {"": LEVELS[Level.UNKNOWN], **{str(each): LEVELS[each] for each in
                                               (Level.INTENSIVE, Level.MOTIVATIONAL)}}  # fmt: skip
        self.level = ChoiceField(left, N_("Level of guidance"), levels, 16)
        self.ticket = NumberField(left, N_("Number of the ticket"), 16, 20, allowed="-")
        self.weight_goal = NumberField(left, N_("Goal: weight (kg)"), 8, 7, allowed=".")
        self.waist_goal = NumberField(left, N_("Goal: waist (cm)"), 8, 7, allowed=".")
        self.behaviour_goal = NoteField(left, N_("Goals of behaviour"), lines=2, width=30, limit=1000)
        for field, column in ((self.level, 0), (self.ticket, 3), (self.weight_goal, 6), (self.waist_goal, 9)):
            field.grid(row=4, column=column, columnspan=3, sticky="ew", padx=(0, gap), pady=(0, gap))
        self.behaviour_goal.grid(row=5, column=0, columnspan=12, sticky="nsew", padx=(0, gap))
        left.rowconfigure(5, weight=1)
        self.tray = TrayView(self, picture, self._toggle, enlarge)
        self.tray.grid(row=0, column=1, sticky="nsew")

    def show(self, opened: Any, body: CaseBody) -> None:
        self._showing, self._body, self._limits = True, body, opened.book.limits
        for name, field in self.measured.items():
            field.set(shown_number(getattr(body.checkup, name)))
        for name, choice in self.asked.items():
            value = getattr(body.checkup, name)
            choice.set("" if value is None else "yes" if value else "no")
        self.level.set(body.level)
        self.ticket.set(body.ticket)
        self.weight_goal.set(shown_number(body.weight_goal))
        self.waist_goal.set(shown_number(body.waist_goal))
        self.behaviour_goal.enable(True)
        self.behaviour_goal.set(body.behaviour_goal)
        there = {image.id for image in opened.tray}  # one that was taken out of the tray cannot be seen here
        self._images = tuple(image for image in body.key_images if image in there)
        self.tray.show(opened.tray, self._images)
        self._showing = False
        self._follow()

    def show_tray(self, images: Sequence[Any]) -> None:
        self.tray.show(images, self._images)

    def put_into(self, body: CaseBody) -> CaseBody:
        """The case with what stands here."""
        return replace(
            body, checkup=self.checkup, level=self.level.get(), ticket=self.ticket.get(),
            weight_goal=read_number(self.weight_goal.get()), waist_goal=read_number(self.waist_goal.get()),
            behaviour_goal=self.behaviour_goal.get(), key_images=self._images,
        )  # fmt: skip

    @property
    def checkup(self) -> Checkup:
        measured: dict[str, Any] = {name: read_number(field.get()) for name, field in self.measured.items()}
        asked = {name: {"yes": True, "no": False}.get(choice.get()) for name, choice in self.asked.items()}
        return replace(self._body.checkup, **measured, **asked)

    def mark_wrong(self) -> bool:
        """Mark numbers that cannot be meant; True where there is one."""
        wrong = unreadable({**self.measured, "weight goal": self.weight_goal, "waist goal": self.waist_goal})
        if wrong:
            wrong[0].focus()
        return bool(wrong)

    def allow(self, on: bool) -> None:
        for field in (*self.measured.values(), *self.asked.values(), self.level, self.ticket, self.weight_goal,
                      self.waist_goal, self.behaviour_goal):  # fmt: skip
            field.enable(on)
        self.tray.enable(on)

    def _follow(self) -> None:
        """The level that follows is said at once; it is chosen where nobody chose another."""
        if self._showing or self._limits is None:
            return
        result = stratify(self._limits, self.checkup)
        self._suggested.configure(text=say(N_("By the figures: {level}"), level=told(result)))
        if not self.level.get() and result.level in (Level.INTENSIVE, Level.MOTIVATIONAL):
            self.level.set(str(result.level))

    def _toggle(self, image: int) -> None:
        kept = tuple(each for each in self._images if each != image)
        self._images = kept if image in self._images else (*self._images, image)
        self.tray.mark(self._images)


def shown_number(value: float | None) -> str:
    """As it is written in a field; empty for none."""
    return f"{value:g}" if value is not None else ""


def unreadable(fields: Mapping[str, Any]) -> list[Any]:
    """Mark fields whose number cannot be read or cannot be meant (a waist of 935 cm); those fields."""
    wrong = []
    for name, field in fields.items():
        if field.get() and not is_plausible(name.split()[0], read_number(field.get())):
            field.wrong(N_("look here"))
            wrong.append(field)
    return wrong


def read_number(text: str) -> float | None:
    """What a field holds; None where it is empty or no number."""
    try:
        return float(text)
    except ValueError:
        return None
