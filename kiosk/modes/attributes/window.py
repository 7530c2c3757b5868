"""The attribute sender's window: scan, look at name and birth date, send; what went out today stands below."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence
from datetime import date
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.attributes import rules
from kiosk.modes.attributes.rules import Chosen
from kiosk.ui import look
from kiosk.ui.fields import DateField, TextField
from kiosk.ui.shell import Examinee, Key, Shell
from kiosk.ui.table import Column, Row, Table

WATCH_MS = 1500
SENT = [
    Column("at", N_("Time"), 80),
    Column("number", N_("Check-up number"), 130),
    Column("id", N_("Patient ID"), 120),
    Column("name", N_("Name"), 170),
    Column("state", N_("State"), 100),
    Column("took", N_("Took"), 90, right=True),
    Column("why", N_("Message"), 250, stretch=True),
]
FIELDS = [Column("field", N_("Field"), 190), Column("text", N_("What the console gets"), 300, stretch=True)]


class AttributesWindow:
    """One examinee at a time: another scan takes the place of the one before."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, N_("Attribute sender"), where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.chosen: Chosen | None = None
        self.sending = False
        self._asked = 0  # the newest question; an older answer is not shown
        self._console = self.shell.lamp(desk.settings.console)
        self._after: str | None = None
        self._build()
        self._keys()
        self._ready()
        self._list()
        self.shell.frame.bind("<Destroy>", self._closed, add=True)
        self._watch()

    def _build(self) -> None:
        work, gap = self.shell.work, look.px(12)
        work.columnconfigure(0, weight=1)
        work.rowconfigure(1, weight=3, uniform="attributes")
        work.rowconfigure(2, weight=2, uniform="attributes")
        head = ttk.Frame(work)
        head.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        self.number = TextField(head, N_("Check-up number or patient ID"), width=24)
        self.number.grid(row=0, column=0, sticky="sw", padx=(0, gap))
        self.number.entry.bind("<Return>", lambda event: self._typed())
        self.day = DateField(head, N_("Day of the visit"))
        self.day.grid(row=0, column=1, sticky="sw")
        self.day.set(self.desk.today())
        self.shell.search_field(self.number.entry)
        self.shell.on_scan(lambda code: self.look_up(code, scanned=True))
        self.fields = Table(work, FIELDS, empty=N_("Scan the barcode of the examinee."))
        self.fields.grid(row=1, column=0, sticky="nsew")
        self.sent = Table(work, SENT, empty=N_("Nothing was sent today."), on_select=self._told_in_full)
        self.sent.grid(row=2, column=0, sticky="nsew", pady=(gap, 0))

    def _keys(self) -> None:
        why = N_("It is being sent.") if self.sending else ("" if self.chosen else N_("Scan the barcode first."))
        self.shell.keys(
            [
                Key("F2", N_("Number"), self.number.focus),
                Key("F5", N_("Send"), self.send, why=why),
                Key("Esc", N_("Cancel"), self.cancel),
            ]
        )

    # -- finding -------------------------------------------------------------------------------------------------

    def look_up(self, code: str, *, scanned: bool = False) -> None:
        """A code was scanned, or a number typed."""
        if self.sending:
            self.shell.problem.look(N_("It is being sent."))
            return
        day = self.day.day() or self.desk.today()
        self._clear()
        self._asked += 1
        mine = self._asked

        def found(chosen: Chosen) -> None:
            if mine == self._asked and self.shell.frame.winfo_exists():
                self._show(chosen)

        def failed(why: Any) -> None:
            if mine == self._asked and self.shell.frame.winfo_exists():
                self.shell.top.bell()
                self.shell.problem.fault(why)

        self.desk.find(code, day, scanned=scanned).then(found, failed)

    def _typed(self) -> None:
        if self.number.get().strip():
            self.look_up(self.number.get())

    def _show(self, chosen: Chosen) -> None:
        person = chosen.person
        day = date.fromisoformat(person.day)
        self.day.set(day)
        self.chosen = chosen
        self.shell.busy(True)
        self.number.set("")
        self.shell.show_examinee(Examinee.of(person.patient, day, person.course, person.number))
        self.fields.show([Row(str(at), cells) for at, cells in enumerate(rules.field_rows(chosen.shown))])
        self._keys()
        if person.seen_at:
            told = N_("The shared store is away: this is what this PC saw at {at}. Compare with the paper, then F5.")
            self.shell.problem.look(Sentence(told, {"at": person.seen_at[11:16]}))
        elif self.desk.settings.at_once:
            self.send()
        else:
            self.shell.problem.look(N_("Compare name and birth date with the examinee, then F5."))

    # -- sending -------------------------------------------------------------------------------------------------

    def send(self) -> None:
        """F5."""
        if self.chosen is None or self.sending:
            return
        person = self.chosen.person
        self.sending = True
        self._keys()
        self.shell.problem.plain(Sentence(N_("{number} goes to {console} ..."), self._values(person)))

        def done(sent: Any) -> None:
            if not self.shell.frame.winfo_exists():
                return
            self._over()
            self._console.good()
            self._clear()
            told = N_("{console} has {name} ({number}).")
            self.shell.problem.done(Sentence(told, self._values(person)))
            self._list()

        def failed(why: Any) -> None:
            if not self.shell.frame.winfo_exists():
                return
            self._over()
            self._console.stop(say(why.sentence))
            self.shell.top.bell()
            self.shell.problem.fault(why)
            self._list()

        self.desk.send(person).then(done, failed)

    def _over(self) -> None:
        self.sending = False
        self._keys()

    def cancel(self) -> None:
        """Esc: this examinee is not sent."""
        if self.sending:
            self.shell.problem.look(N_("It is being sent."))
            return
        self._asked += 1
        self._clear()
        self.number.set("")
        self._ready()

    # -- the link ------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Look after the console's lamp."""

        def told(there: bool) -> None:
            if self.shell.frame.winfo_exists():
                if there:
                    self._console.good()
                else:
                    self._console.stop(N_("The console can't be reached."))
                self._after = self.shell.frame.after(WATCH_MS, self._watch)

        self.desk.link().then(told, lambda why: told(False))

    def _closed(self, event: Any) -> None:
        if event.widget is self.shell.frame and self._after is not None:
            self.shell.frame.after_cancel(self._after)
            self._after = None

    # -- inside --------------------------------------------------------------------------------------------------

    def _values(self, person: Any) -> dict[str, str]:
        name = person.patient.shown_name
        return {"number": person.number, "console": self.desk.settings.console, "name": name}

    def _clear(self) -> None:
        self.chosen = None
        self.shell.busy(False)
        self.shell.clear_examinee()
        self.fields.show([])
        self._keys()

    def _ready(self) -> None:
        self.shell.problem.plain(N_("Scan the barcode of the examinee."))

    def _list(self) -> None:
        self.desk.sent_today().then(self._take, self.shell.problem.fault)

    def _take(self, sent: Sequence[Any]) -> None:
        if self.shell.frame.winfo_exists():
            self.sent.show(
                [
                    Row(f"{each.at} {at}", rules.sent_cells(each), "stop" if each.why else "done")
                    for at, each in enumerate(sent)
                ]
            )

    def _told_in_full(self, key: str) -> None:
        row = self.sent.row(key)
        if row is not None and row.cells[-1]:
            self.shell.problem.look(row.cells[-1])
