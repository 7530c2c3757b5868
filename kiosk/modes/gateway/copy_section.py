"""The nightly disk copy on the page of disks: its conditions, its switch, its list, one copy by hand."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace
from tkinter import ttk
from typing import Any

from kiosk.core.copy_plan import FINISHED, CopyConditions, Period
from kiosk.core.image_kinds import IMAGE_KINDS
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import copy_rules
from kiosk.modes.gateway.copy_grid import UnitGrid
from kiosk.modes.gateway.copy_rules import CopyView
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, NumberField, TextField
from kiosk.ui.shell import Key


class CopySection:
    """What is typed counts when the list is made (F6); the switch counts at once."""

    def __init__(self, parent: tk.Misc, window: Any, ask: Any) -> None:
        self._window, self._ask = window, ask
        self._desk = window.desk.copy
        self._view = CopyView()
        self._filled = False
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(2, weight=1)
        self._build_head(frame)
        self.state = ttk.Label(frame, style="TLabel")
        self.state.grid(row=1, column=0, sticky="ew", pady=look.px(6))
        self.grid = UnitGrid(frame, self._chosen, self.copy_one)
        self.grid.grid(row=2, column=0, sticky="nsew")

    def _build_head(self, frame: ttk.Frame) -> None:
        head = ttk.Frame(frame)
        head.grid(row=0, column=0, sticky="ew")
        self.source = ChoiceField(head, N_("Copy from"), {}, width=8)
        self.target = ChoiceField(head, N_("Copy to"), {}, width=8)
        self.start = NumberField(head, N_("From (time)"), width=6, limit=5, allowed=":")
        self.end = NumberField(head, N_("Until"), width=6, limit=5, allowed=":")
        self.kind = ChoiceField(head, N_("Kind"), {kind: kind for kind in IMAGE_KINDS}, width=4)
        self.since = NumberField(head, N_("Dates from"), width=9, limit=8, allowed="")
        self.until = NumberField(head, N_("Dates until"), width=9, limit=8, allowed="")
        self.put = ttk.Button(head, text=say(N_("Set period")), command=self._set_period, width=11)
        self.old = TextField(head, N_("Folder of the old program"), width=16)
        fields = (self.source, self.target, self.start, self.end, self.kind, self.since, self.until)
        for at, field in enumerate(fields):
            field.grid(row=0, column=at, sticky="sw", padx=(0, look.px(8)))
        self.put.grid(row=0, column=7, sticky="s", padx=(0, look.px(8)))
        self.old.grid(row=0, column=8, sticky="sew")
        head.columnconfigure(8, weight=1)
        self.old.entry.bind("<Return>", lambda event: self._take_old())
        self.kind.on_change(self._show_period)
        self.periods: dict[str, Period] = {}

    # -- what the page calls ------------------------------------------------------------------------------------
    def keys(self) -> list[Key]:
        allowed = self._view.conditions.allowed
        return [
            Key("F5", N_("Copy this one"), self.copy_one),
            Key("F6", N_("Make the list"), self.make_list),
            Key("F7", N_("Forbid copying") if allowed else N_("Allow copying"), self.switch),
            Key("F9", N_("Set 1 / F"), self.mark),
        ]

    def take(self, view: CopyView) -> None:
        self._view = view
        disks = {each.id: each.id for each in view.disks}
        self.source.offer(disks)
        self.target.offer({each.id: each.id for each in view.disks if each.writable})
        if not self._filled and view.disks:
            self._fill(copy_rules.offered(view))
            self._filled = True
        running = (view.state.get("day", ""), view.state["kind"]) if view.state.get("state") == "running" else None
        self.grid.show(view.units, running)
        level, text = copy_rules.state_sentence(view)
        total = say(copy_rules.summary(view.units))
        periods = "  ".join(f"{p.kind} {p.since or '…'}–{p.until or '…'}" for p in self.periods.values())
        self.state.configure(text="   ".join(part for part in (say(text), total, periods) if part),
                             foreground=look.STATES[level][0])  # fmt: skip

    def shown(self) -> None:
        self.grid.focus_set()

    # -- acts ---------------------------------------------------------------------------------------------------
    def conditions(self) -> CopyConditions:
        """What is typed."""
        return replace(
            self._view.conditions,
            source=self.source.get(),
            target=self.target.get(),
            start=self.start.get(),
            end=self.end.get(),
            periods=tuple(self.periods[kind] for kind in IMAGE_KINDS if kind in self.periods),
        )

    def make_list(self) -> None:
        """F6."""
        told = N_("The list has {n} entries of date and kind.")
        self._ask(self._desk.make_list(self.conditions()), lambda n: Sentence(told, {"n": n}))

    def switch(self) -> None:
        """F7: "copy allowed"; off stops everything."""
        conditions = self.conditions()
        if not self._view.conditions.allowed and (wrong := conditions.wrong()):
            self._window.shell.problem.look(wrong[0])
            return
        changed = replace(conditions, allowed=not self._view.conditions.allowed)
        text = N_("Copying is allowed.") if changed.allowed else N_("Copying is not allowed any more.")
        self._ask(self._desk.set_conditions(changed), lambda _: text)

    def copy_one(self) -> None:
        """F5: the chosen date and kind now, whatever the time."""
        unit = self.grid.chosen
        if unit is None:
            self._window.shell.problem.look(N_("Choose a date and kind in the list first."))
        elif not self._view.conditions.allowed:
            self._window.shell.problem.look(N_("Allow copying with F7 first."))
        else:
            self._ask(self._desk.copy_one(unit), lambda _: N_("It is copied next."))

    def mark(self) -> None:
        """F9: set the chosen one to do, or finished."""
        unit = self.grid.chosen
        if unit is None:
            self._window.shell.problem.look(N_("Choose a date and kind in the list first."))
            return
        state = "1" if unit.state == FINISHED else FINISHED
        self._ask(self._desk.mark(unit, state), lambda _: "")

    # -- inside -------------------------------------------------------------------------------------------------
    def _fill(self, conditions: CopyConditions) -> None:
        self.source.set(conditions.source)
        self.target.set(conditions.target)
        self.start.set(conditions.start)
        self.end.set(conditions.end)
        self.periods = {each.kind: each for each in conditions.periods}

    def _show_period(self) -> None:
        known = self.periods.get(self.kind.get(), Period(""))
        self.since.set(known.since)
        self.until.set(known.until)

    def _set_period(self) -> None:
        kind = self.kind.get()
        if not kind:
            self._window.shell.problem.look(N_("Choose a kind first; both dates empty = all of it."))
            return
        wanted = Period(kind, self.since.get(), self.until.get())
        known = self.periods.pop(kind, None)
        if known != wanted or known is None:
            self.periods[kind] = wanted
        self.take(self._view)

    def _take_old(self) -> None:
        def taken(found: tuple[CopyConditions, int]) -> Sentence:
            self._fill(found[0])
            return Sentence(N_("Taken from the old program; {n} finished entries. Press F6."), {"n": found[1]})

        self._ask(self._desk.take_old(self.old.get(), self.conditions()), taken)

    def _chosen(self) -> None:
        unit = self.grid.chosen
        if unit is not None:
            self._window.shell.problem.plain(copy_rules.unit_sentence(unit))
