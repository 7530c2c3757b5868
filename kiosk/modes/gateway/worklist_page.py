"""The page of who asked the worklist: what for, how many answers, and why each examination was told or not."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import rows, rules
from kiosk.modes.gateway.worklist_words import JUDGED, Judged, judged_rows
from kiosk.ui import look
from kiosk.ui.shell import Key
from kiosk.ui.table import Table


class WorklistPage:
    """Above the queries, newest first; below the examinations of the chosen one's days, as the list stands now."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._view = rules.Overview()
        self._wanted = ""
        self._judged: list[Judged] = []
        self._asked_for = ""
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(0, weight=3, uniform="worklist")
        frame.rowconfigure(2, weight=2, uniform="worklist")
        self.queries = Table(frame, rows.QUERIES, empty=N_("No device has asked yet."), on_select=self._chosen)
        self.queries.grid(row=0, column=0, sticky="nsew")
        self.note = ttk.Label(frame, style="TLabel", justify="left")
        self.note.grid(row=1, column=0, sticky="ew", pady=look.px(8))
        self.note.bind("<Configure>", lambda event: self.note.configure(wraplength=max(100, event.width - 4)))
        self.judged = Table(frame, JUDGED, empty=N_("Choose a query above: each examination is told here, and why."))
        self.judged.grid(row=2, column=0, sticky="nsew")

    def keys(self) -> list[Key]:
        return []

    def shown(self) -> None:
        self.queries.focus_set()

    def refresh(self) -> None:
        """The window's overview is all that the upper list shows; the lower one is asked when a query is chosen."""

    def take(self, view: rules.Overview) -> None:
        self._view = view
        self._fill()

    def search(self, text: str) -> None:
        self._wanted = text
        self._fill()

    def back(self) -> bool:
        return False

    def _fill(self) -> None:
        """The search narrows the examinations while a query is chosen, else the queries."""
        found = rows.query_rows(self._view, self._window.desk.today().isoformat())
        chosen = bool(self._judged)
        self.queries.show(found if chosen else rows.that_fit(found, self._wanted))
        told = judged_rows(self._judged)
        self.judged.show(rows.that_fit(told, self._wanted) if chosen else told)

    def _chosen(self, key: str) -> None:
        line = next((each for each in self._view.queries if rows.query_key(each) == key), None)
        if line is None:
            return
        note = rows.query_note(line)
        if note:
            self._window.shell.problem.plain(note)
        if line.at == self._asked_for:
            return
        self._asked_for = line.at
        told = Sentence(
            N_("{device} was told {n} examinations in {ms} ms. The list as it stands now:"),
            {"device": rows.named(line.calling_ae, self._view.titles), "n": line.answers, "ms": line.took_ms},
        )
        self.note.configure(text=f"{say(told)} {note}".strip())
        self._window.desk.worklist.judge(line).then(self._take_judged, self._window.shell.problem.fault)

    def _take_judged(self, judged: list[Judged]) -> None:
        if self.frame.winfo_exists():
            self._judged = judged
            self._fill()
