"""The page of the store: its proof, a backup at the press of a key, and the backups that there are."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.maintenance import rules
from kiosk.modes.maintenance.check_list import CheckList, summary
from kiosk.ui import look
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

NOT_ALLOWED = N_("Only the person in charge may do this.")


class StorePage:
    """One long work at a time; both can be stopped, and everybody goes on working meanwhile."""

    def __init__(self, parent: Any, shell: Shell, desk: Any) -> None:
        self.shell, self.desk = shell, desk
        self.running: Any = None
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1, uniform="store")
        frame.columnconfigure(1, weight=1, uniform="store")
        frame.rowconfigure(1, weight=1)
        gap = look.px(12)
        for at, title in enumerate((N_("Proof of the store"), N_("Backups"))):
            ttk.Label(frame, text=say(title), style="Title.TLabel").grid(
                row=0, column=at, sticky="w", padx=(gap if at else 0, 0), pady=(0, look.px(8))
            )
        self.checks = CheckList(frame, N_("Press F5: every image and every row is proven."))
        self.checks.grid(row=1, column=0, sticky="nsew")
        self.backups = Table(
            frame,
            [
                Column("age", N_("How old"), 110),
                Column("kind", N_("Of"), 80),
                Column("size", N_("Size"), 95, right=True),
                Column("name", N_("File"), 295, stretch=True),
            ],
            empty=N_("There is no backup yet. Press F7."),
        )
        self.backups.grid(row=1, column=1, sticky="nsew", padx=(gap, 0))
        self.folder = ttk.Label(frame, style="TLabel", foreground=look.SECONDARY, justify="left")
        self.folder.grid(row=2, column=0, columnspan=2, sticky="ew", pady=(look.px(8), 0))
        self.folder.bind("<Configure>", lambda event: self.folder.configure(wraplength=max(100, event.width - 4)))
        values = {"folder": str(desk.backup_folder), "n": desk.settings.backup_generations}
        text = N_("Backups lie in {folder}; {n} of each store are kept. A backup is put back by the command restore.")
        self.folder.configure(text=say(text, **values))
        self.night = ttk.Label(frame, style="TLabel", foreground=look.SECONDARY, justify="left")
        self.night.grid(row=3, column=0, columnspan=2, sticky="ew")
        self.night.bind("<Configure>", lambda event: self.night.configure(wraplength=max(100, event.width - 4)))

    # -- what the window calls -----------------------------------------------------------------------------------

    def keys(self) -> list[Key]:
        return [Key("F5", N_("Check the store"), self.check), Key("F7", N_("Back up now"), self.back_up)]

    def shown(self) -> None:
        self.refresh()
        self.checks.focus_set()

    def back(self) -> bool:
        return False

    def scanned(self, code: str) -> None:
        self.shell.problem.look(N_("This page does not need a barcode."))

    # -- acts ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the list of backups anew."""
        self.desk.backups().then(self._show, self.shell.problem.fault)
        self.desk.last_night().then(self._show_night, self.shell.problem.fault)

    def check(self) -> None:
        """F5: prove the store."""
        self._run(self.desk.check_store, N_("Checking the store..."), self._checked)

    def back_up(self) -> None:
        """F7: a backup now."""
        if not self.desk.may_change:
            self.shell.problem.look(NOT_ALLOWED)
        else:
            self._run(self.desk.back_up, N_("Backing up..."), self._backed_up)

    # -- inside --------------------------------------------------------------------------------------------------

    def _run(self, begin: Any, text: str, done: Any) -> None:
        if self.running is not None:
            self.shell.problem.look(N_("One moment, the other work is not done yet."))
            return
        self.running = running = begin()
        self.shell.problem.progress(text, 0.0, running.stop)
        running.on_progress(lambda part: self.shell.problem.progress(text, part, running.stop))
        running.then(done, self._failed)

    def _show_night(self, last: Any) -> None:
        """What came of the nightly backup and its drill."""
        if last is None or not self.frame.winfo_exists():
            return
        state = N_("Nightly backup at {at}: good") if last.good else N_("Nightly backup at {at}: NOT good")
        text = " ".join([say(state, at=last.at[:16].replace("T", " ")), *(say(each) for each in last.told)])
        self.night.configure(text=text, foreground=look.SECONDARY if last.good else look.STOP)

    def _over(self) -> bool:
        self.running = None
        if not self.frame.winfo_exists():
            return False
        self.shell.problem.progress_over()
        return True

    def _failed(self, fault: Any) -> None:
        if self._over():
            self.shell.problem.fault(fault)

    def _checked(self, lines: list[rules.CheckLine]) -> None:
        if self._over():
            self.checks.tell(lines)
            state, sentence = summary(lines)
            (self.shell.problem.done if state == "done" else self.shell.problem.stop)(sentence)

    def _backed_up(self, names: list[str]) -> None:
        if self._over():
            self.shell.problem.done(Sentence(N_("Backed up: {names}"), {"names": ", ".join(names)}))
            self.refresh()

    def _show(self, lines: list[rules.BackupLine]) -> None:
        if not self.frame.winfo_exists():
            return
        now = self.desk.now()
        self.backups.show(
            [
                Row(
                    each.name,
                    (say(rules.age(each.made, now)), say(rules.KINDS[each.kind]), rules.size(each.size), each.name),
                )
                for each in lines
            ]
        )
        newest = max((each.made for each in lines if each.kind == "centre"), default=None)
        if rules.is_old(newest, now) and self.running is None:
            self.shell.problem.look(N_("There is no backup of the last seven days. Page 3: F7 makes one."))
