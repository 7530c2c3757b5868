"""Trying the triggers, and how the camera stands: each contact with what it counted, the preset in use."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.capture import rules
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField
from kiosk.ui.shell import Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = [
    Column("trigger", N_("Trigger"), 260, stretch=True),
    Column("there", N_("Port"), 110),
    Column("closed", N_("Contact"), 110),
    Column("taken", N_("Counted"), 110, right=True),
    Column("bounces", N_("Bounces"), 110, right=True),
    Column("soon", N_("Too soon"), 110, right=True),
]


class DevicePage(ttk.Frame):
    """While it stands in front, triggers are counted and take no picture. ``preset(at)`` when another is chosen."""

    def __init__(self, parent: tk.Misc, shell: Shell, desk: Any, preset: Callable[[int], object]) -> None:
        super().__init__(parent)
        self._desk = desk
        gap = look.px(12)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        told = N_("Press the shutter, the foot switch or a key: no picture is taken while this page is open.")
        ttk.Label(self, text=say(told), wraplength=look.px(1180)).grid(row=0, column=0, sticky="w", pady=(0, gap))
        self.table = Table(self, COLUMNS, empty=N_("No trigger was heard of yet."))
        self.table.grid(row=1, column=0, sticky="nsew")
        foot = ttk.Frame(self)
        foot.grid(row=2, column=0, sticky="ew", pady=(gap, 0))
        foot.columnconfigure(1, weight=1)
        presets = desk.settings.camera.presets
        named: dict[str, str] = {str(at): each.name or str(at + 1) for at, each in enumerate(presets)}
        self.preset = ChoiceField(foot, N_("Cut and mask for"), named or {"0": N_("nothing")})
        self.preset.set("0")
        self.preset.grid(row=0, column=0, sticky="w")
        self.preset.on_change(lambda: preset(int(self.preset.get() or 0)))
        self._camera = ttk.Label(foot)
        self._camera.grid(row=0, column=1, sticky="sw", padx=(look.px(24), 0))

    def opened(self) -> None:
        """It stands in front now."""
        self.table.focus_set()

    def refresh(self, facts: Any) -> None:
        """Show the counts and the camera as they are now."""
        counts = self._desk.capture.counts()
        self.table.show([Row(name, rules.trigger_cells(name, each)) for name, each in counts.items()])
        if facts is not None:
            told = N_("Camera: {width} × {height}, {fps} pictures per second, {read} read")
            values = {"width": facts.width, "height": facts.height, "fps": f"{facts.fps:.0f}", "read": facts.read}
            self._camera.configure(text=say(Sentence(told, values)))
