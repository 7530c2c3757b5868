"""What is said with a chosen peer, as it is said; kept as a file that its maker may have."""

from __future__ import annotations

import re
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway.desk_traffic import TrafficView
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField
from kiosk.ui.shell import Key
from kiosk.ui.table import Column, Row, Table

EVERYBODY = "*"
SEE_MS = 150
BAD = (": refused", "A-ASSOCIATE-RJ", "A-ABORT", "no secure", "no answer")
WAYS = {"<-": "←", "->": "→", "--": ""}
COLUMNS = [
    Column("at", N_("Time"), 120),
    Column("number", N_("Connection"), 90),
    Column("way", "", 40),
    Column("text", N_("What was said"), 500, stretch=True),
]


class TrafficSection:
    """A choice of peers above, the lines below; the newest line stays in sight unless one is chosen."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._desk = window.desk.traffic
        self._view = TrafficView()
        self._asking = False
        self._wanted = ""
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(1, weight=1)
        frame.rowconfigure(1, weight=1)
        peers = {EVERYBODY: N_("Everybody")}
        peers |= {ae: f"{ae} {title}".strip() for ae, title in self._desk.peers().items()}  # type: ignore[assignment]
        self.peer = ChoiceField(frame, N_("Whom to watch"), peers, width=24)
        self.peer.set(EVERYBODY)
        self.peer.grid(row=0, column=0, sticky="sw")
        self.note = ttk.Label(frame, style="TLabel")
        self.note.grid(row=0, column=1, sticky="sew", padx=look.px(12), pady=look.px(12))
        self.lines = Table(frame, COLUMNS, empty=N_("Choose whom to watch, then F6."), on_select=self._told_in_full)
        self.lines.grid(row=1, column=0, columnspan=2, sticky="nsew", pady=(look.px(8), 0))

    def keys(self) -> list[Key]:
        return [Key("F6", N_("Stop watching") if self._view.on else N_("Watch"), self.turn)]

    def focus_set(self) -> None:
        self.peer.focus()

    def refresh(self) -> None:
        if not self._asking:
            self._asking = True
            self._desk.view().then(self._take, self._failed)

    def search(self, text: str) -> None:
        self._wanted = text.casefold()
        self._fill()

    def turn(self) -> None:
        """F6."""
        peer = "" if self._view.on else self.peer.get()
        self._desk.watch(peer).then(lambda _: self.refresh(), self._window.shell.problem.fault)

    def _take(self, view: TrafficView) -> None:
        self._asking = False
        if not self.frame.winfo_exists():
            return
        changed = (view.on, view.stem) != (self._view.on, self._view.stem)
        if changed and view.on:
            self.peer.set(view.peer)
        self._view = view
        self._fill()
        if changed and self._window.page == "troubles":
            self._window.keys_changed()

    def _failed(self, why: Any) -> None:
        self._asking = False
        if self.frame.winfo_exists():
            self._window.shell.problem.fault(why)

    def _fill(self) -> None:
        view = self._view
        told, level = "", ""
        if view.on:
            told, level = N_("{peer} is being watched. File: {path}"), "done"
        elif view.stem:
            told = N_("Nobody is being watched. The last file: {path}")
        path = f"LOG/TRAFFIC/{view.stem}-*.txt"
        peer = say(N_("Everybody")) if view.peer == EVERYBODY else view.peer
        words = say(Sentence(told, {"peer": peer, "path": path})) if told else ""
        self.note.configure(
            text=f"{look.MARKS[level]} {words}".strip(), foreground=look.STATES[level][0] if level else look.SECONDARY
        )
        found = [
            Row(str(at), (line[0], line[1], WAYS.get(line[2], line[2]), line[3]), tone(line[3]))
            for at, line in enumerate(view.lines)
            if self._wanted in " ".join(line).casefold()
        ]
        self.lines.show(found)
        if found and not self.lines.selected:
            self.frame.after(SEE_MS, self._see, found[-1].key)  # the list fills in slices

    def _see(self, key: str) -> None:
        if self.frame.winfo_exists() and self.lines.tree.exists(key):
            self.lines.tree.see(key)

    def _told_in_full(self, key: str) -> None:
        row = self.lines.row(key)
        if row is not None:
            self._window.shell.problem.plain(row.cells[-1].strip())


def tone(text: str) -> str:
    """Refusals, aborts and bad statuses stand out."""
    status = re.search(r"status ([0-9A-F]{4})", text)
    if status is not None:
        return "" if status[1] in ("0000", "FF00", "FF01") else "stop"
    return "look" if any(word in text for word in BAD) else ""
