"""The list of studies of every store: searched by name, ID or birth date, by period and modality, newest first."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from kiosk.core.study import Study
from kiosk.core.study_search import FoundStudy, merged
from kiosk.core.words import N_
from kiosk.modes.viewer import list_rules
from kiosk.modes.viewer.list_rules import OWN, Asked
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, TextField
from kiosk.ui.table import Column, Row, Table

TYPING_PAUSE_MS = 250
DAYS = {"1": N_("Today"), "7": N_("7 days"), "31": N_("31 days"), "": N_("All days")}
MODALITIES = {"": N_("All kinds")} | {kind: kind for kind in ("CR", "DX", "CT", "MR", "US", "ES", "MG", "OP", "RF")}


class ListView(ttk.Frame):
    """``changed()`` when another list is wanted, ``chosen(found)`` when one is to be opened."""

    def __init__(
        self,
        parent: tk.Misc,
        days: int,
        changed: Callable[[], object],
        chosen: Callable[[FoundStudy], object],
        columns: Sequence[str] = tuple(list_rules.COLUMNS),
        stores: Sequence[str] = (),
    ) -> None:
        """``columns`` by name, ``stores``: the names of the others, nearest first."""
        super().__init__(parent)
        self._changed = changed
        self._chosen = chosen
        self.again: Callable[[], object] = lambda: None  # the other stores are to be asked once more
        self._columns = list_rules.shown_columns(columns, bool(stores))
        self._found: dict[str, FoundStudy] = {}
        self._by_store: dict[str, Sequence[Study]] = dict.fromkeys((OWN, *stores), ())
        self._asked: dict[str, Asked] = {}
        self._pause: str | None = None
        self.columnconfigure(2, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = TextField(self, N_("Name, ID or birth date, or scan the check-up number"), width=34)
        self.days = ChoiceField(self, N_("Period"), DAYS, width=10)
        self.kind = ChoiceField(self, N_("Kind"), MODALITIES, width=10)
        self.days.set(str(days) if str(days) in DAYS else "")
        self.kind.set("")
        for column, each in enumerate((self.search, self.days, self.kind)):
            each.grid(row=0, column=column, sticky="sw", padx=(0, look.px(12)), pady=(0, look.px(12)))
        self.search.on_change(self._typed)
        self.days.on_change(changed)
        self.kind.on_change(changed)
        shown = [(name, list_rules.COLUMNS[name]) for name in self._columns]
        self.table = Table(
            self,
            [Column(name, each.title, each.width, each.stretch, each.right) for name, each in shown],
            empty=N_("No examination found."),
            on_choose=lambda key: self._chosen(self._found[key]),
        )
        self.table.grid(row=1, column=0, columnspan=3, sticky="nsew")
        self.stores = ttk.Label(self, style="Caption.TLabel", anchor="w")
        if stores:
            self.stores.grid(row=2, column=0, columnspan=3, sticky="ew", pady=(look.px(8), 0))
        self.search.entry.bind("<Down>", lambda event: self._to_table())
        self.search.entry.bind("<Return>", lambda event: (self.again(), self._to_table())[1])
        self.bind("<Destroy>", lambda event: self._forget() if event.widget is self else None, add=True)

    @property
    def question(self) -> tuple[str, int, str]:
        """Text, days back (0 = all), modality."""
        return self.search.get(), int(self.days.get() or 0), self.kind.get()

    def show(self, studies: Sequence[Study]) -> None:
        """Show these of our own store; the selected one stays selected, else the first is."""
        self._by_store[OWN] = studies
        self._show()

    def ask_stores(self) -> None:
        """The others are asked anew: their lines of before go, since they answer another question."""
        for name in self._by_store:
            if name != OWN:
                self._by_store[name] = ()
                self._asked[name] = Asked()
        self._say_stores()
        self._show()

    def store_answered(self, name: str, asked: Asked, studies: Sequence[Study] = ()) -> None:
        """A store has answered, or can't."""
        self._by_store[name] = studies
        self._asked[name] = asked
        self._say_stores()
        self._show()

    def look_for(self, text: str) -> None:
        """Search for what was scanned, whatever the day."""
        self.days.set("")
        self.kind.set("")
        self.search.set(text)

    @property
    def selected(self) -> FoundStudy | None:
        return self._found.get(self.table.selected)

    def _show(self) -> None:
        lines = merged(list(self._by_store.items()))
        self._found = {line.key: line for line in lines}
        cells = [list_rules.COLUMNS[name].cell for name in self._columns]
        self.table.show([Row(each.key, [cell(each) for cell in cells], list_rules.line_state(each)) for each in lines])
        if not self.table.selected and lines:
            self.table.select(lines[0].key)

    def _say_stores(self) -> None:
        fore = look.STATES["look"][0] if list_rules.any_away(self._asked) else look.SECONDARY
        self.stores.configure(text=list_rules.stores_words(self._asked), foreground=fore)

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
