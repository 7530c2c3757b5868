"""The page of disks: each as a bar with its state, what the nights found, and what may leave next."""

from __future__ import annotations

from tkinter import ttk
from typing import Any

from kiosk.core.disks import DiskState, RetentionLine
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import disk_rules, rules
from kiosk.modes.gateway.disk_bars import DiskBars
from kiosk.ui import look
from kiosk.ui.question import Choice
from kiosk.ui.shell import Key
from kiosk.ui.table import Column, Row, Table

LEAVING = [
    Column("disk", N_("Disk"), 80),
    Column("day", N_("Received"), 110),
    Column("images", N_("Leave"), 90, right=True),
    Column("size", N_("GB"), 70, right=True),
    Column("kept", N_("Stay"), 80, right=True),
    Column("why", N_("Why"), 200, stretch=True),
]
FOUND = [
    Column("at", N_("Found"), 120),
    Column("disk", N_("Disk"), 80),
    Column("outcome", N_("What came of it"), 190),
    Column("path", N_("File"), 220, stretch=True),
]


class DisksPage:
    """Disks left; right what the readings found, or (F3) what may leave."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._view = disk_rules.DisksView()
        self._asking = False
        self._running: Any = None
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=5, uniform="disks")
        frame.columnconfigure(1, weight=6, uniform="disks")
        frame.rowconfigure(1, weight=1)
        gap = look.px(12)
        self.bars = DiskBars(frame, self._selected)
        self.bars.grid(row=0, column=0, rowspan=3, sticky="nsew", padx=(0, gap))
        self.title = ttk.Label(frame, style="Title.TLabel")
        self.title.grid(row=0, column=1, sticky="w", pady=(0, look.px(8)))
        self.found = Table(frame, FOUND, empty=N_("No damaged copy was found."))
        self.leaving = Table(frame, LEAVING, empty=N_("Nothing is old enough to leave."))
        self.words = ttk.Label(frame, style="TLabel", foreground=look.SECONDARY, justify="left")
        self.words.grid(row=2, column=1, sticky="ew", pady=(look.px(8), 0))
        self.words.bind("<Configure>", lambda event: self.words.configure(wraplength=max(100, event.width - 4)))
        self._dry_run: list[RetentionLine] | None = None
        self._show_right()

    # -- what the window calls -----------------------------------------------------------------------------------

    def keys(self) -> list[Key]:
        disk = self.bars.disk()
        other = disk is not None and disk.state == DiskState.OTHER
        no_copy = "" if "copy" in self._window.pages else N_("This gateway has no page for copying disks.")
        dry = N_("What may leave") if self._dry_run is None else N_("What was found")
        return [
            Key("F3", dry, self.turn_round),
            Key("F4", N_("Replace a disk"), self.replace, why=no_copy),
            Key(
                "F7",
                N_("Accept this disk"),
                self.accept,
                why="" if other else N_("Only where another disk stands than before."),
            ),
        ]

    def shown(self) -> None:
        self.bars.canvas.focus_set()

    def refresh(self) -> None:
        if not self._asking:
            self._asking = True
            self._window.desk.disks.view().then(self._take, self._failed)

    def take(self, view: rules.Overview) -> None:
        """The disks are told by their own desk."""

    def search(self, text: str) -> None:
        """Nothing here is searched."""

    def back(self) -> bool:
        if self._dry_run is None:
            return False
        self._dry_run = None
        self._show_right()
        return True

    # -- acts ----------------------------------------------------------------------------------------------------

    def turn_round(self) -> None:
        """F3: what may leave, or back to what was found."""
        problem = self._window.shell.problem
        if self.back():
            self._window.keys_changed()
        elif self._running is None:
            text = N_("Looking what may leave...")
            self._running = running = self._window.desk.disks.leaving()
            problem.progress(text, 0.0, running.stop)
            running.then(self._take_leaving, self._not_told)

    def replace(self) -> None:
        """F4: the guided replacement stands on the page of copying disks."""
        self._window.turn_to("copy")
        self._window.pages["copy"].turn_to("replace")

    def accept(self) -> None:
        """F7: the other disk is the right one from now on; asked first."""
        disk = self.bars.disk()
        if disk is None or disk.state != DiskState.OTHER:
            return
        self._window.shell.ask(
            Sentence(N_("Is the disk that is connected now the right {disk}?"), {"disk": disk_rules.named(disk)}),
            N_("Images are written to it from then on. What lay on the disk of before is on its copies only."),
            [Choice(N_("No")), Choice(N_("Yes, accept it"), lambda: self._accept(disk.id), dangerous=True)],
        )

    def _accept(self, disk: str) -> None:
        problem = self._window.shell.problem

        def done(_: object) -> None:
            problem.done(Sentence(N_("{disk} is accepted; it is used in a moment."), {"disk": disk}))
            self.refresh()

        self._window.desk.disks.accept(disk).then(done, problem.fault)

    # -- inside --------------------------------------------------------------------------------------------------

    def _take(self, view: disk_rules.DisksView) -> None:
        self._asking = False
        if not self.frame.winfo_exists():
            return
        self._view = view
        self.bars.show(view.disks)
        self._show_right()
        self._window.keys_changed()

    def _failed(self, why: Any) -> None:
        self._asking = False
        if self.frame.winfo_exists():
            self._window.shell.problem.fault(why)

    def _not_told(self, why: Any) -> None:
        self._running = None
        if self.frame.winfo_exists():
            self._window.shell.problem.progress_over()
            self._window.shell.problem.fault(why)

    def _take_leaving(self, lines: list[RetentionLine]) -> None:
        self._running = None
        if not self.frame.winfo_exists():
            return
        self._window.shell.problem.progress_over()
        self._dry_run = lines
        self.leaving.show([Row(*each) for each in disk_rules.leaving_cells(lines)])
        self._show_right()
        self._window.keys_changed()

    def _show_right(self) -> None:
        dry = self._dry_run is not None
        shown, hidden = (self.leaving, self.found) if dry else (self.found, self.leaving)
        hidden.grid_remove()
        shown.grid(row=1, column=1, sticky="nsew")
        self.title.configure(text=say(N_("What may leave next night") if dry else N_("Damaged copies")))
        words = disk_rules.leaving_total(self._dry_run or []) if dry else disk_rules.scrub_words(self._view.scrub)
        self.words.configure(text=say(words))
        if not dry:
            today = self._window.desk.today().isoformat()
            self.found.show(
                [
                    Row(
                        f"{each['volume']}:{each['path']}:{each['at']}",
                        (
                            rules.day_and_clock(each["at"], today),
                            each["volume"],
                            say(disk_rules.OUTCOMES[each["outcome"]]),
                            each["path"],
                        ),
                        "done" if each["outcome"] == "repaired" else "stop",
                    )
                    for each in self._view.scrub.get("found", ())
                ]
            )

    def _selected(self, name: str) -> None:
        disk = self.bars.disk()
        if disk is not None:
            level, told = disk_rules.told_of(disk)
            problem = self._window.shell.problem
            {"stop": problem.stop, "look": problem.look}.get(level, problem.plain)(told)
        self._window.keys_changed()
