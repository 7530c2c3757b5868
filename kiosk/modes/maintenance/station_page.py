"""The page of this station: every setting in force with what it means, and whether all that it needs is there."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.maintenance import rules
from kiosk.modes.maintenance.check_list import CheckList, summary
from kiosk.ui import look
from kiosk.ui.fields import TextField
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table


class StationPage:
    """Settings are changed in the parameter file, with an editor, by the person who looks after this PC."""

    def __init__(self, parent: Any, shell: Shell, desk: Any) -> None:
        self.shell, self.desk = shell, desk
        self.running: Any = None
        self.lines: dict[str, rules.SettingLine] = {}
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(1, weight=3, uniform="station")
        frame.rowconfigure(3, weight=2, uniform="station")
        self._build_head()
        self.settings = Table(
            frame,
            [
                Column("key", N_("Setting"), 300),
                Column("value", N_("In force"), 220),
                Column("default", N_("Default"), 160),
                Column("doc", N_("Meaning"), 400, stretch=True),
            ],
            on_select=self._selected,
        )
        self.settings.grid(row=1, column=0, sticky="nsew")
        self.doc = ttk.Label(frame, style="TLabel", justify="left", anchor="nw")
        self.doc.grid(row=2, column=0, sticky="ew", pady=look.px(8))
        self.doc.bind("<Configure>", lambda event: self.doc.configure(wraplength=max(100, event.width - 4)))
        self.checks = CheckList(frame, N_("Press F5: is everything that this station needs there and answering?"))
        self.checks.grid(row=3, column=0, sticky="nsew")

    def _build_head(self) -> None:
        head = ttk.Frame(self.frame)
        head.grid(row=0, column=0, sticky="ew", pady=(0, look.px(12)))
        head.columnconfigure(1, weight=1)
        self.search = TextField(head, N_("Search in the settings"), width=24)
        self.search.grid(row=0, column=0, sticky="w")
        self.search.on_change(self._fill)
        path = self.desk.parameter_file
        where = Sentence(N_("Parameter file: {path}"), {"path": path}) if path else N_("No parameter file: defaults.")
        label = ttk.Label(
            head, text=say(where), style="TLabel", foreground=look.SECONDARY, anchor="se", justify="right"
        )
        label.grid(row=0, column=1, sticky="sew", padx=(look.px(16), 0))
        label.bind("<Configure>", lambda event: label.configure(wraplength=max(100, event.width - 4)))

    # -- what the window calls -----------------------------------------------------------------------------------

    def keys(self) -> list[Key]:
        return [Key("F2", N_("Search"), self.search.focus), Key("F5", N_("Check this station"), self.check)]

    def shown(self) -> None:
        self._fill()
        self.settings.focus_set()

    def back(self) -> bool:
        if not self.search.get():
            return False
        self.search.set("")
        self.settings.focus_set()
        return True

    def scanned(self, code: str) -> None:
        self.shell.problem.look(N_("This page does not need a barcode."))

    # -- acts ----------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """F5: what the command "check" says."""
        if self.running is not None:
            return
        text = N_("Checking this station...")
        self.running = running = self.desk.check_station()
        self.shell.problem.progress(text, None, running.stop)
        running.then(self._checked, self._failed)

    # -- inside --------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        wanted = self.search.get().casefold()
        self.lines = {line.key: line for line in self.desk.settings_in_force()}
        rows = [Row(line.key, (line.key, line.value, line.default, say(line.doc))) for line in self.lines.values()]
        self.settings.show([row for row in rows if wanted in " ".join(row.cells).casefold()])

    def _selected(self, key: str) -> None:
        line = self.lines.get(key)
        self.doc.configure(text=f"{line.key} = {line.value}   {say(line.doc)}" if line is not None else "")

    def _checked(self, lines: list[rules.CheckLine]) -> None:
        if self._over():
            self.checks.tell(lines)
            state, sentence = summary(lines)
            (self.shell.problem.done if state == "done" else self.shell.problem.stop)(sentence)

    def _failed(self, fault: Any) -> None:
        if self._over():
            self.shell.problem.fault(fault)

    def _over(self) -> bool:
        self.running = None
        if not self.frame.winfo_exists():
            return False
        self.shell.problem.progress_over()
        return True
