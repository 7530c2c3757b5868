"""The page of the audit table: who did what to whom, found by patient, action and day, proven, taken out for Excel."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.maintenance import rules
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, DateField, TextField
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

ANY = ""
NOT_ALLOWED = N_("Only the person in charge may do this.")


class AuditPage:
    """Nothing is read before somebody asks: each look is itself written down."""

    def __init__(self, parent: Any, shell: Shell, desk: Any) -> None:
        self.shell, self.desk = shell, desk
        self.lines: dict[int, rules.AuditLine] = {}
        self.running: Any = None
        self.frame = ttk.Frame(parent)
        self.frame.columnconfigure(0, weight=1)
        self.frame.rowconfigure(1, weight=1)
        self._build_filter()
        self.table = Table(
            self.frame,
            [
                Column("seq", N_("No."), 90, right=True),
                Column("at", N_("Date and time"), 190),
                Column("who", N_("Person"), 150),
                Column("station", N_("Station"), 130),
                Column("action", N_("Action"), 200),
                Column("patient", N_("Patient"), 140),
                Column("detail", N_("Details"), 220, stretch=True),
            ],
            empty=N_("Fill in what you look for and press F5; empty fields mean everything."),
            on_select=self._selected,
        )
        self.table.grid(row=1, column=0, sticky="nsew")
        self.detail = ttk.Label(self.frame, style="TLabel", anchor="nw", justify="left")
        self.detail.grid(row=2, column=0, sticky="ew", pady=(look.px(8), 0))
        self.detail.bind("<Configure>", lambda event: self.detail.configure(wraplength=max(100, event.width - 4)))
        self.count = ttk.Label(self.frame, style="TLabel", foreground=look.SECONDARY)
        self.count.grid(row=3, column=0, sticky="w")

    def _build_filter(self) -> None:
        row = ttk.Frame(self.frame)
        row.grid(row=0, column=0, sticky="ew", pady=(0, look.px(12)))
        self.patient = TextField(row, N_("Patient ID"), width=16, limit=64)
        self.action = ChoiceField(row, N_("Action"), {ANY: N_("all actions")}, width=22)
        self.since = DateField(row, N_("From day"))
        self.until = DateField(row, N_("To day"))
        for at, field in enumerate((self.patient, self.action, self.since, self.until)):
            field.grid(row=0, column=at, sticky="w", padx=(0, look.px(16)))
        for field in (self.patient, self.since, self.until):
            field.entry.bind("<Return>", lambda event: self.search())

    # -- what the window calls -----------------------------------------------------------------------------------

    def keys(self) -> list[Key]:
        return [
            Key("F2", N_("Patient ID"), self.patient.focus),
            Key("F5", N_("Search"), self.search),
            Key("F6", N_("Clear"), self.clear),
            Key("F7", N_("Prove the chain"), self.prove),
            Key("F8", N_("Export for Excel"), self.export),
        ]

    def shown(self) -> None:
        self.desk.actions().then(self._offer, self.shell.problem.fault)
        self.patient.focus()

    def back(self) -> bool:
        if self.shell.top.focus_get() is self.table.tree:
            return False
        self.table.focus_set()
        return True

    def scanned(self, code: str) -> None:
        self.patient.set(code)
        self.search()

    # -- acts ----------------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """F6: ask for everything again."""
        self.patient.set("")
        self.action.set(ANY)
        self.since.set_day(None)
        self.until.set_day(None)
        self.patient.focus()

    def search(self) -> None:
        """F5: the newest rows that fit."""
        asked = self._asked()
        if asked is not None:
            self.shell.problem.progress(N_("Searching..."))
            self.desk.audit(**asked).then(self._show, self._failed)

    def prove(self) -> None:
        """F7: walk the whole chain."""
        if self.running is None:
            self._run(self.desk.prove_audit(), N_("Proving the chain..."), self._proven)

    def export(self) -> None:
        """F8: everything that fits, as a file for Excel."""
        asked = self._asked()
        if not self.desk.may_change:
            self.shell.problem.look(NOT_ALLOWED)
        elif asked is not None and self.running is None:
            self._run(self.desk.export_audit(**asked), N_("Writing the file..."), self._exported)

    # -- inside --------------------------------------------------------------------------------------------------

    def _asked(self) -> dict[str, str] | None:
        asked = {"patient_id": self.patient.get(), "action": self.action.get()}
        for name, field in (("since", self.since), ("until", self.until)):
            day = field.day()
            if day is None and field.get():
                field.wrong(N_("Please write the date like 2026-11-24."))
                field.focus()
                return None
            asked[name] = day.isoformat() if day is not None else ""
        return asked

    def _offer(self, actions: list[str]) -> None:
        if self.frame.winfo_exists():
            shown = {action: rules.ACTIONS.get(action, action) for action in actions}
            self.action.offer({ANY: N_("all actions"), **shown})

    def _run(self, running: Any, text: str, done: Any) -> None:
        self.running = running
        self.shell.problem.progress(text, 0.0, running.stop)
        running.on_progress(lambda part: self.shell.problem.progress(text, part, running.stop))
        running.then(done, self._failed)

    def _over(self) -> bool:
        self.running = None
        if not self.frame.winfo_exists():
            return False
        self.shell.problem.progress_over()
        return True

    def _failed(self, fault: Any) -> None:
        if self._over():
            self.shell.problem.fault(fault)

    def _show(self, found: tuple[list[rules.AuditLine], int]) -> None:
        if not self.frame.winfo_exists():
            return
        if self.running is None:
            self.shell.problem.progress_over()
        lines, total = found
        self.lines = {line.seq: line for line in lines}
        self.table.show([self._row(line) for line in lines])
        self.count.configure(text=say(N_("{shown} of {total} rows"), shown=f"{len(lines):,}", total=f"{total:,}"))
        self.detail.configure(text="")
        if lines:
            self.table.select(str(lines[0].seq))
            self.table.focus_set()
        else:
            self.shell.problem.look(N_("No row fits. Ask for less, or for other days."))

    def _row(self, line: rules.AuditLine) -> Row:
        action = say(rules.ACTIONS.get(line.action, line.action))
        cells = (f"{line.seq:,}", line.when, line.who, line.station, action, line.patient_id, rules.details(line))
        return Row(str(line.seq), cells, "look" if line.action == "login refused" else "")

    def _selected(self, key: str) -> None:
        line = self.lines.get(int(key)) if key else None
        if line is None:
            self.detail.configure(text="")
            return
        role = say(rules.ROLES.get(line.role, line.role))
        self.detail.configure(text=f"{line.when}  {line.who} ({role})  {line.patient}  {rules.details(line)}")

    def _proven(self, proof: tuple[int, tuple[str, ...]]) -> None:
        if not self._over():
            return
        rows, wrong = proof
        if not wrong:
            self.shell.problem.done(Sentence(N_("The chain is whole: {rows} rows."), {"rows": f"{rows:,}"}))
        else:
            text = N_("The audit table was changed by force ({first}). Touch nothing and call the person in charge.")
            self.shell.problem.stop(Sentence(text, {"first": wrong[0]}))

    def _exported(self, path: Any) -> None:
        if self._over():
            self.shell.problem.done(Sentence(N_("Written: {path}"), {"path": str(path)}))
