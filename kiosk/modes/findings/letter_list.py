"""The list of referral letters: those to be written, drafts, those to be sent, and those that wait for a reply."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.ui import look
from kiosk.ui.counters import Count, Counters
from kiosk.ui.dates import day_text
from kiosk.ui.fields import DateField, TextField
from kiosk.ui.table import Column, Row, Table

TYPING_PAUSE_MS = 250
BACK = timedelta(days=92)
STATES = {
    "wanted": N_("to write"), "none": N_("no letter"), "draft": N_("draft"), "unsent": N_("to send"),
    "sent": N_("sent"), "replied": N_("reply came"),
}  # fmt: skip
LOOKS = {"wanted": "look", "draft": "look", "unsent": "look", "replied": "done", "sent": ""}
COUNTED = (
    ("wanted", N_("to write")), ("draft", N_("drafts")), ("unsent", N_("to send")),
    ("sent", N_("waiting for a reply")),
)  # fmt: skip
COLUMNS = [
    Column("day", N_("Day of the visit"), 140), Column("number", N_("Number"), 130), Column("name", N_("Name"), 150),
    Column("kana", N_("Kana"), 150, stretch=True), Column("to", N_("Addressee"), 230, stretch=True),
    Column("state", N_("Letter"), 110), Column("sent", N_("Sent on"), 110), Column("by", N_("Written by"), 120),
]  # fmt: skip


class LetterList(ttk.Frame):
    """``wanted()`` when the question changed; ``chosen()`` when somebody opens a line; ``moved()`` when another line is
    marked."""

    def __init__(
        self, parent: tk.Misc, wanted: Callable[[], object], chosen: Callable[[], object], moved: Callable[[], object]
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._wanted = wanted
        self._lines: dict[str, Any] = {}
        self._only = ""
        self._after: str | None = None
        gap = look.px(8)
        self.columnconfigure(3, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = TextField(self, N_("Name, kana, ID, addressee or words"), width=20)
        self.since = DateField(self, N_("Visits from"), date.today() - BACK)
        self.until = DateField(self, N_("until"))
        self.counters = Counters(self)
        self.search.grid(row=0, column=0, sticky="sw", padx=(0, gap), pady=(0, gap))
        self.since.grid(row=0, column=1, sticky="sw", padx=(0, gap), pady=(0, gap))
        self.until.grid(row=0, column=2, sticky="sw", padx=(0, gap), pady=(0, gap))
        self.counters.grid(row=0, column=3, sticky="se", pady=(0, gap))
        self.table = Table(self, COLUMNS, empty=N_("No letter here. Type a name to find the examinee."),
                           on_select=lambda key: moved(), on_choose=lambda key: chosen())  # fmt: skip
        self.table.grid(row=1, column=0, columnspan=4, sticky="nsew")
        self.search.on_change(self._typed)
        for field in (self.search, self.since, self.until):
            field.entry.bind("<Return>", lambda event: self._ask_now(), add=True)
        self.search.entry.bind("<Down>", lambda event: self.table.focus_set(), add=True)
        self.bind("<Destroy>", lambda event: self._forget() if event.widget is self else None)

    @property
    def question(self) -> tuple[str, str, str]:
        """(text, since, until) as the desk is asked."""
        since, until = self.since.day(), self.until.day()
        return self.search.get(), since.isoformat() if since else "", until.isoformat() if until else ""

    @property
    def marked(self) -> Any:
        """The line that is marked, or None."""
        return self._lines.get(self.table.selected)

    def mark(self, visit: int) -> None:
        """Mark the line of a visit, where there is one."""
        key = next((key for key, line in self._lines.items() if line.visit == visit), "")
        if key:
            self.table.select(key)

    @property
    def shown(self) -> list[Any]:
        """The lines in sight."""
        return [each for each in self._lines.values() if not self._only or each.state == self._only]

    def show(self, lines: Sequence[Any]) -> None:
        """Show these; the marked one stays marked."""
        self._lines = {_key(line): line for line in lines}
        self.table.show([self._row(line) for line in self.shown])
        if not self.table.selected and self.shown:
            self.table.select(_key(self.shown[0]))
        counts = [Count(sum(line.state == state for line in lines), words, LOOKS.get(state, ""),
                        lambda state=state: self._narrow(state)) for state, words in COUNTED]  # type: ignore[misc]  # fmt: skip
        self.counters.show([*counts, Count(len(lines), N_("all"), "", lambda: self._narrow(""))])

    def _row(self, line: Any) -> Row:
        state = say(STATES[line.state]) + (" *" if line.typed_here else "")
        cells = [day_text(line.day), line.number, line.name, line.kana, line.addressee, state, line.sent_day, line.by]
        return Row(_key(line), cells, LOOKS.get(line.state, ""))

    def _narrow(self, state: str) -> None:
        self._only = state
        self.show(list(self._lines.values()))

    def _typed(self) -> None:
        self._forget()
        self._after = self.after(TYPING_PAUSE_MS, self._ask_now)

    def _ask_now(self) -> None:
        self._forget()
        self._wanted()

    def _forget(self) -> None:
        if self._after is not None:
            self.after_cancel(self._after)
            self._after = None


def _key(line: Any) -> str:
    return str(line.letter) if line.letter else f"visit {line.visit}"
