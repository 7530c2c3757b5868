"""The list of studies: searched by name or ID, by day and modality, newest first."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from kiosk.core.study import Study
from kiosk.core.words import N_
from kiosk.modes.viewer import rules
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, TextField
from kiosk.ui.table import Column, Row, Table

TYPING_PAUSE_MS = 250
DAYS = {"1": N_("Today"), "7": N_("7 days"), "31": N_("31 days"), "": N_("All days")}
MODALITIES = {"": N_("All kinds")} | {kind: kind for kind in ("CR", "DX", "CT", "MR", "US", "ES", "MG", "OP", "RF")}
COLUMNS = (
    Column("day", N_("Examination day"), 130),
    Column("name", N_("Name"), 220, stretch=True),
    Column("id", N_("ID"), 150),
    Column("kind", N_("Kind"), 90),
    Column("what", N_("Examination"), 240, stretch=True),
    Column("count", N_("Pictures"), 80, right=True),
)


class ListView(ttk.Frame):
    """``changed()`` when another list is wanted, ``chosen(study)`` when one is to be opened."""

    def __init__(
        self, parent: tk.Misc, days: int, changed: Callable[[], object], chosen: Callable[[Study], object]
    ) -> None:
        super().__init__(parent)
        self._changed = changed
        self._studies: dict[str, Study] = {}
        self._pause: str | None = None
        self.columnconfigure(2, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = TextField(self, N_("Search by name or ID, or scan the check-up number"), width=34)
        self.days = ChoiceField(self, N_("Period"), DAYS, width=10)
        self.kind = ChoiceField(self, N_("Kind"), MODALITIES, width=10)
        self.days.set(str(days) if str(days) in DAYS else "")
        self.kind.set("")
        for column, each in enumerate((self.search, self.days, self.kind)):
            each.grid(row=0, column=column, sticky="sw", padx=(0, look.px(12)), pady=(0, look.px(12)))
        self.search.on_change(self._typed)
        self.days.on_change(changed)
        self.kind.on_change(changed)
        self.table = Table(self, COLUMNS, empty=N_("No examination found."),
                           on_choose=lambda key: chosen(self._studies[key]))  # fmt: skip
        self.table.grid(row=1, column=0, columnspan=3, sticky="nsew")
        self.search.entry.bind("<Down>", lambda event: self._to_table())
        self.search.entry.bind("<Return>", lambda event: self._to_table())
        self.bind("<Destroy>", lambda event: self._forget() if event.widget is self else None, add=True)

    @property
    def question(self) -> tuple[str, int, str]:
        """Text, days back (0 = all), modality."""
        return self.search.get(), int(self.days.get() or 0), self.kind.get()

    def show(self, studies: Sequence[Study]) -> None:
        """Show these; the selected one stays selected, else the first is."""
        self._studies = {str(study.id): study for study in studies}
        self.table.show([Row(str(each.id), rules.study_cells(each), rules.study_state(each)) for each in studies])
        if not self.table.selected and studies:
            self.table.select(str(studies[0].id))

    def look_for(self, text: str) -> None:
        """Search for what was scanned, whatever the day."""
        self.days.set("")
        self.kind.set("")
        self.search.set(text)

    @property
    def selected(self) -> Study | None:
        return self._studies.get(self.table.selected)

    def _typed(self) -> None:
        self._forget()
        self._pause = self.after(TYPING_PAUSE_MS, self._asks)

    def _asks(self) -> None:
        self._pause = None
        self._changed()

    def _forget(self) -> None:
        if self._pause is not None:
            self.after_cancel(self._pause)
            self._pause = None

    def _to_table(self) -> str:
        self.table.focus_set()
        return "break"
