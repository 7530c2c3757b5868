"""The page of what was received today: the devices with their last image, the studies with their visit."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from kiosk.core.study import Study
from kiosk.core.words import N_
from kiosk.modes.gateway import rows, rules
from kiosk.ui import look
from kiosk.ui.shell import Key
from kiosk.ui.table import Table


class TodayPage:
    """Devices left, studies right; F7 shows the images of the chosen study."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._view = rules.Overview()
        self._wanted = ""
        self.frame = ttk.Frame(parent)
        self.frame.columnconfigure(0, weight=2, uniform="today")
        self.frame.columnconfigure(1, weight=5, uniform="today")
        self.frame.rowconfigure(0, weight=1)
        self.devices = Table(
            self.frame, rows.DEVICES, empty=N_("No device has sent anything yet."), on_select=self._tell_device
        )
        self.devices.grid(row=0, column=0, sticky="nsew", padx=(0, look.px(12)))
        self.studies = Table(
            self.frame,
            rows.STUDIES,
            empty=N_("Nothing was received today."),
            on_select=lambda key: window.keys_changed(),
            on_choose=lambda key: window.show_images(self.study),
        )
        self.studies.grid(row=0, column=1, sticky="nsew")

    @property
    def study(self) -> Study | None:
        """The chosen one."""
        return next((each for each in self._view.today if str(each.id) == self.studies.selected), None)

    def keys(self) -> list[Key]:
        why = "" if self.study else N_("Choose a row with images first.")
        return [Key("F7", N_("Show images"), lambda: self._window.show_images(self.study), why=why)]

    def shown(self) -> None:
        self.studies.focus_set()

    def refresh(self) -> None:
        """The window's overview is all it shows."""

    def take(self, view: rules.Overview) -> None:
        self._view = view
        today = self._window.desk.today().isoformat()
        self.devices.show(rows.device_rows(view, today))
        self.studies.show(rows.that_fit(rows.study_rows(view, today), self._wanted))

    def search(self, text: str) -> None:
        self._wanted = text
        self.take(self._view)

    def back(self) -> bool:
        return False

    def _tell_device(self, key: str) -> None:
        line = next((each for each in self._view.devices if each.source == key), None)
        if line is not None:
            today = self._window.desk.today().isoformat()
            self._window.shell.problem.plain(rules.told_of(line, self._view, today))
