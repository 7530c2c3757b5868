"""The training window: choose a device, ask the worklist as it does, take and send pictures, watch the PACS."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.core.worklist_query import WorklistRow
from kiosk.modes.training import rules
from kiosk.ui import buttons, look
from kiosk.ui.fields import ChoiceField, TextField
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

STEPS = [
    Column("time", N_("Time"), 80),
    Column("name", N_("Name"), 170, stretch=True),
    Column("kana", N_("Kana"), 190, stretch=True),
    Column("id", N_("Patient ID"), 120),
    Column("exam", N_("Examination"), 170, stretch=True),
    Column("order", N_("Order number"), 170),
    Column("sent", N_("Sent"), 130),
]
PACS_EVERY_MS = 1000


class TrainingWindow:
    """F3 asks the worklist, F5 takes the pictures of the chosen step and sends them."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, N_("Training"), where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.steps: list[WorklistRow] = []
        self._sent: dict[str, str] = {}
        self._sending = False
        self._pacs_lamp = self.shell.lamp(N_("PACS"))
        self._build()
        self._keys()
        self.shell.problem.plain(N_("Choose a device and ask the worklist with F3."))
        self._watch_pacs()

    def _build(self) -> None:
        work, gap = self.shell.work, look.px(12)
        work.columnconfigure(0, weight=1)
        work.rowconfigure(1, weight=1)
        head = ttk.Frame(work)
        head.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        head.columnconfigure(3, weight=1)
        self.device = ChoiceField(
            head, N_("Device to play"), {each.ae_title: each.shown for each in self.desk.devices}, width=24
        )
        self.device.set(self.desk.devices[0].ae_title if self.desk.devices else "")
        self.device.on_change(self._device_changed)
        self.mistake = ChoiceField(head, N_("Mistake on purpose"), rules.MISTAKES, width=26)
        self.mistake.set("")
        self.search = TextField(head, N_("Search: name, ID"), width=20)
        self.search.on_change(self._fill)
        for column, field in enumerate((self.device, self.mistake, self.search)):
            field.grid(row=0, column=column, sticky="w", padx=(0, gap))
        self.shell.search_field(self.search.entry)
        self.shell.on_scan(self.search.set)
        self.table = Table(
            work, STEPS, empty=N_("Nothing asked yet."), on_select=lambda key: self._keys(),
            on_choose=lambda key: self.examine(),
        )  # fmt: skip
        self.table.grid(row=1, column=0, sticky="nsew")
        card = ttk.Frame(work, style="Card.TFrame", padding=look.px(14))
        card.grid(row=2, column=0, sticky="ew", pady=(gap, 0))
        card.columnconfigure(1, weight=1)
        ttk.Label(card, text=say(N_("PACS to practise with")), style="Card.Title.TLabel").grid(row=0, column=0)
        self.pacs_text = ttk.Label(card, style="Card.TLabel")
        self.pacs_text.grid(row=0, column=1, sticky="w", padx=gap)
        self.full = tk.BooleanVar(card)
        self.full_box = ttk.Checkbutton(
            card, text=say(N_("Disk full")), style="Card.TCheckbutton", variable=self.full,
            command=lambda: self.desk.fill_pacs(self.full.get()),
        )  # fmt: skip
        self.full_box.grid(row=0, column=2, padx=gap)
        self.pacs_button = buttons.secondary(card, N_("Start"), self._turn_pacs)
        self.pacs_button.configure(width=14)
        self.pacs_button.grid(row=0, column=3)

    def _keys(self) -> None:
        keys = [
            Key("F2", N_("Search"), self.search.focus),
            Key("F3", N_("Ask worklist"), self.ask),
            Key("F5", N_("Take and send"), self.examine),
            Key("F8", N_("Test link"), self.test_link),
            Key("Esc", N_("Back"), self._back),
        ]
        self.shell.keys(keys)
        if self._sending:
            self.shell.key("F5").disable(N_("Pictures are being sent."))
        elif self.row is None:
            self.shell.key("F5").disable(N_("Choose a row first."))

    # -- the worklist ----------------------------------------------------------------------------------------------

    @property
    def chosen_device(self) -> rules.Device | None:
        return next((each for each in self.desk.devices if each.ae_title == self.device.get()), None)

    @property
    def row(self) -> WorklistRow | None:
        """The chosen step."""
        return next((each for each in self.steps if each.step_id == self.table.selected), None)

    def ask(self) -> None:
        """Ask the worklist as the chosen device does."""
        device = self.chosen_device
        if device is None:
            self.shell.problem.look(N_("Choose a device first."))
            return
        self.shell.problem.plain(N_("Asking the worklist …"))
        self.desk.worklist(device).then(self._take, self.shell.problem.fault)

    def _take(self, steps: list[WorklistRow]) -> None:
        self.steps = steps
        self._fill()
        self.shell.problem.plain(Sentence(N_("{n} steps for this device today."), {"n": len(steps)}))

    def _fill(self) -> None:
        wanted = self.search.get()
        shown = []
        for step in self.steps:
            if rules.fits(step, wanted):
                patient, sent = step.patient, self._sent.get(step.step_id, "")
                cells = (
                    rules.moment_of(step), patient.shown_name, patient.kana, patient.patient_id, step.description,
                    step.accession, sent,
                )  # fmt: skip
                shown.append(Row(step.step_id, cells, "done" if sent else ""))
        self.table.show(shown)
        self._keys()

    def _device_changed(self) -> None:
        self.steps = []
        self._fill()

    # -- pictures --------------------------------------------------------------------------------------------------

    def examine(self) -> None:
        """Take the pictures of the chosen step and send them."""
        device, row = self.chosen_device, self.row
        if device is None or row is None or self._sending:
            self.shell.problem.look(N_("Choose a row first."))
            return
        self._sending = True
        self._keys()
        self._progress(0, 0)
        answer = self.desk.examine(device, row, self.mistake.get(), self._progress)
        answer.then(lambda done: self._sent_all(row, done), self._failed)

    def _progress(self, done: int, of: int) -> None:
        if self._sending:
            text = Sentence(N_("Sending {done} of {of}"), {"done": done, "of": of}) if of else N_("Taking pictures …")
            self.shell.problem.progress(text, done / of if of else None, self.desk.cancel)

    def _sent_all(self, row: WorklistRow, done: rules.Examined) -> None:
        self._sending = False
        self.shell.problem.progress_over()
        self._sent[row.step_id] = say(N_("{n} pictures"), n=done.taken)
        self._fill()
        values = {"n": done.taken, "name": row.patient.shown_name}
        self.shell.problem.done(Sentence(N_("{n} pictures of {name} were stored by the gateway."), values))

    def _failed(self, why: Any) -> None:
        self._sending = False
        self.shell.problem.progress_over()
        self._keys()
        self.shell.problem.fault(why)

    def test_link(self) -> None:
        """C-ECHO from the chosen device."""
        device = self.chosen_device
        if device is None:
            self.shell.problem.look(N_("Choose a device first."))
            return

        def good(ms: float) -> None:
            self.shell.problem.done(Sentence(N_("The gateway answers within {ms} ms."), {"ms": round(ms)}))

        self.desk.check_link(device).then(good, self.shell.problem.fault)

    # -- the PACS --------------------------------------------------------------------------------------------------

    def _turn_pacs(self) -> None:
        act = self.desk.stop_pacs if self.desk.pacs().running else self.desk.start_pacs
        act().then(lambda _: self._show_pacs(), self.shell.problem.fault)

    def _watch_pacs(self) -> None:
        self._show_pacs()
        self.shell.frame.after(PACS_EVERY_MS, self._watch_pacs)

    def _show_pacs(self) -> None:
        if not self.shell.frame.winfo_exists():
            return
        state = self.desk.pacs()
        if state.running:
            values = {"ae": state.ae_title, "port": state.port, "images": state.images, "studies": state.studies}
            text = say(N_("{ae}, port {port}: {images} images of {studies} studies"), **values)
            self._pacs_lamp.look(N_("disk full")) if state.full else self._pacs_lamp.good()
        else:
            text = say(N_("not started"))
            self._pacs_lamp.off()
        self.pacs_text.configure(text=text)
        self.pacs_button.configure(text=say(N_("Stop") if state.running else N_("Start")))
        self.full_box.state(["!disabled" if state.running else "disabled"])

    def _back(self) -> None:
        if self.search.get():
            self.search.set("")
        else:
            self.device.focus()
