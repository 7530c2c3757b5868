"""The page of sending: destinations left; right studies on their way, the dry run of the rules, or the day's log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from tkinter import filedialog, ttk
from typing import Any

from kiosk.core.sending import SENT, SendLine, SendState
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import rules, send_rules
from kiosk.modes.gateway.destination_cards import DestinationCards
from kiosk.ui import look
from kiosk.ui.question import Choice
from kiosk.ui.shell import Key
from kiosk.ui.table import Column, Row, Table

STUDIES = [
    Column("id", N_("ID"), 96),
    Column("name", N_("Name"), 130, stretch=True),
    Column("modality", N_("Kind"), 60),
    Column("images", N_("Images"), 80, right=True),
    Column("state", N_("State"), 140),
    Column("mark", N_("Mark"), 66),
    Column("status", N_("Answer"), 66),
    Column("when", N_("When"), 130),
]
FORETOLD = [
    Column("at", N_("Came"), 70),
    Column("id", N_("ID"), 96),
    Column("modality", N_("Kind"), 60),
    Column("source", N_("From"), 80),
    Column("images", N_("Images"), 70, right=True),
    Column("goes", N_("Goes to (rule)"), 180, stretch=True),
    Column("against", N_("Why not"), 180, stretch=True),
]
LOG = [
    Column("at", N_("Time"), 90),
    Column("to", N_("To"), 110),
    Column("study", N_("Study"), 80),
    Column("images", N_("Images"), 80, right=True),
    Column("status", N_("Answer"), 80),
    Column("mark", N_("Mark"), 70),
    Column("words", N_("Message"), 200, stretch=True),
]
TITLES = {
    "studies": N_("Studies on their way"),
    "dry": N_("What would have happened to yesterday's studies"),
    "log": N_("Today's log of sending"),
}


class SendPage:
    """``section``: studies, dry or log."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._desk = window.desk.send
        self._view = send_rules.SendView()
        self._dry: Sequence[send_rules.ForetoldLine] = ()
        self._asking = False
        self._wanted = ""
        self._running: Any = None
        self.section = "studies"
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=5, uniform="send")
        frame.columnconfigure(1, weight=11, uniform="send")
        frame.rowconfigure(1, weight=1)
        gap = look.px(12)
        self.cards = DestinationCards(frame, self._turned)
        self.cards.grid(row=0, column=0, rowspan=3, sticky="nsew", padx=(0, gap))
        head = ttk.Frame(frame)
        head.grid(row=0, column=1, sticky="ew", pady=(0, look.px(8)))
        head.columnconfigure(0, weight=1)
        self.title = ttk.Label(head, style="Title.TLabel")
        self.title.grid(row=0, column=0, sticky="w")
        self.automatic = ttk.Button(head, command=self._turn_automatic, width=18)
        self.automatic.grid(row=0, column=1, padx=(look.px(8), 0))
        self.answering = ttk.Button(head, command=self._turn_answering, width=22)
        self.answering.grid(row=0, column=2, padx=(look.px(8), 0))
        self.tables = {
            "studies": Table(
                frame, STUDIES, empty=N_("Nothing waits; what was sent today is listed here too."), several=True,
                on_select=self._selected,
            ),
            "dry": Table(frame, FORETOLD, empty=N_("No study came on that day."), on_select=self._told_in_full),
            "log": Table(frame, LOG, empty=N_("Nothing was sent today."), on_select=self._told_in_full),
        }  # fmt: skip
        self.words = ttk.Label(frame, style="TLabel", foreground=look.SECONDARY, justify="left")
        self.words.grid(row=2, column=1, sticky="ew", pady=(look.px(8), 0))
        self._show_section()
        self._show_switches()

    # -- what the window calls -----------------------------------------------------------------------------------

    def keys(self) -> list[Key]:
        to = self.cards.chosen()
        if self.section == "log":
            return [Key("F4", N_("Studies"), self._to_studies), Key("F9", N_("Clear the log"), self.clear_log)]
        if self.section == "dry":
            return [Key("F3", N_("Studies"), self._to_studies)]
        chosen = self.chosen()
        none = "" if chosen else N_("Choose studies in the list first.")
        no_peer = "" if to else N_("No destination is entered in the parameter file.")
        marked = bool(chosen) and all(each.mark == SENT for each in chosen)
        held = bool(chosen) and all(each.state == SendState.HELD for each in chosen)
        return [
            Key("F3", N_("Try the rules"), self.dry_run),
            Key("F4", N_("Log"), self._to_log),
            Key("F5", N_("Send now"), self.send_now, why=none),
            Key("F6", N_("Resume") if to and to.paused else N_("Pause"), self.pause, why=no_peer),
            Key("F7", N_("Send all again"), self.send_again, why=none),
            Key("F9", N_("Set mark 00") if marked else N_("Set mark 01"), self.mark, why=none),
            Key("F10", N_("Release") if held else N_("Hold"), self.hold, why=none),
            Key("F11", N_("Send a folder"), self.send_folder, why=no_peer),
            Key("F12", N_("Clear the list"), self.clear_list),
        ]

    def shown(self) -> None:
        self.cards.canvas.focus_set()
        self._desk.look_now()

    def refresh(self) -> None:
        if not self._asking:
            self._asking = True
            self._desk.view(self.cards.selected).then(self._take, self._failed)

    def take(self, view: rules.Overview) -> None:
        """Sending is told by its own desk."""

    def search(self, text: str) -> None:
        self._wanted = text
        self._fill()

    def back(self) -> bool:
        if self.section == "studies":
            return False
        self._to_studies()
        return True

    # -- acts ----------------------------------------------------------------------------------------------------

    def chosen(self) -> list[SendLine]:
        return send_rules.chosen(self._view.lines, self.tables["studies"].selected_keys)

    def send_now(self) -> None:
        """F5: before all others, and also while automatic sending is off."""
        self._act("now", N_("{n} studies go next."))

    def send_again(self) -> None:
        """F7: all images anew; asked first."""
        chosen = self.chosen()
        if not chosen:
            return
        self._window.shell.ask(
            Sentence(N_("Send all images of {n} studies again?"), {"n": len(chosen)}),
            N_("The destination has them already, or some of them; it keeps what it knows."),
            [
                Choice(N_("No")),
                Choice(N_("Yes, send again"), lambda: self._act("again", N_("{n} studies are sent again."), chosen)),
            ],
        )

    def mark(self) -> None:
        """F9: 01 = it is there already; 00 = it goes in its turn."""
        if all(each.mark == SENT for each in self.chosen()):
            self._act("set_back", N_("{n} studies are set back and go in their turn."))
        else:
            self._act("mark_sent", N_("{n} studies are marked as sent."))

    def hold(self) -> None:
        """F10."""
        if all(each.state == SendState.HELD for each in self.chosen()):
            self._act("release", N_("{n} studies are released."))
        else:
            self._act("hold", N_("{n} studies are held back."))

    def pause(self) -> None:
        """F6: the chosen destination."""
        to = self.cards.chosen()
        if to is not None:
            told = N_("{name} is sent to again.") if to.paused else N_("{name} is paused; what is owed to it waits.")
            values = {"name": to.title or to.name}
            self._ask(self._desk.switch(pause=to.name), lambda _: Sentence(told, values))

    def dry_run(self) -> None:
        """F3: what the rules would have done yesterday."""

        def done(lines: Sequence[send_rules.ForetoldLine]) -> None:
            if self.frame.winfo_exists():
                self._dry = lines
                self.section = "dry"
                self._show_section()

        self._desk.dry_run().then(done, self._window.shell.problem.fault)

    def send_folder(self) -> None:
        """F11: all images of a folder to the chosen destination."""
        to = self.cards.chosen()
        if to is None or self._running is not None:
            return
        title = Sentence(N_("Folder to be sent to {name}"), {"name": to.title or to.name})
        folder = filedialog.askdirectory(parent=self._window.shell.top, title=say(title), mustexist=True)
        if folder:
            self.send_this_folder(folder)

    def send_this_folder(self, folder: str) -> None:
        """Send it to the chosen destination, with progress and a way to stop."""
        to, problem = self.cards.chosen(), self._window.shell.problem
        if to is None:
            return
        text = Sentence(N_("Sending the folder to {name}..."), {"name": to.title or to.name})
        self._running = running = self._desk.send_folder(folder, to.name)
        running.on_progress(lambda part: problem.progress(text, part, running.stop))
        problem.progress(text, 0.0, running.stop)

        def over() -> bool:
            self._running = None
            shown = bool(self.frame.winfo_exists())
            if shown:
                problem.progress_over()
            return shown

        def done(told: Any) -> None:
            if over():
                values = {"n": told.sent, "before": told.before, "refused": told.refused, "patients": told.patients}
                said = Sentence(N_("{n} images of {patients} folders sent, {before} were sent before."), values)
                if told.refused:
                    said = Sentence(N_("{n} images sent, {refused} not accepted: {why}"),
                                    {**values, "why": told.why.sentence})  # fmt: skip
                (problem.look if told.refused else problem.done)(said)

        def failed(why: Any) -> None:
            if over():
                problem.fault(why)

        running.then(done, failed)

    def clear_list(self) -> None:
        """F12: what is over is not listed any more."""
        self._ask(
            self._desk.clear_list(), lambda _: N_("What is over is not listed any more; it is kept in the store.")
        )

    def clear_log(self) -> None:
        """F9 in the log; asked first."""
        self._window.shell.ask(
            N_("Delete today's log of sending?"),
            N_("The program's own log and the audit table keep what happened."),
            [
                Choice(N_("No")),
                Choice(
                    N_("Yes, delete it"),
                    lambda: self._ask(self._desk.clear_log(), lambda _: N_("The log is empty.")),
                    dangerous=True,
                ),
            ],
        )

    # -- inside --------------------------------------------------------------------------------------------------

    def _act(self, act: str, told: str, lines: Sequence[SendLine] = ()) -> None:
        chosen = lines or self.chosen()
        if chosen:
            self._ask(self._desk.act(act, chosen), lambda n: Sentence(told, {"n": n}))

    def _ask(self, answer: Any, told: Any) -> None:
        def done(value: Any) -> None:
            if self.frame.winfo_exists():
                self._window.shell.problem.done(told(value))
                self.refresh()

        answer.then(done, self._window.shell.problem.fault)

    def _turn_automatic(self) -> None:
        on = not self._view.switches.automatic
        told = N_("Automatic sending is on.") if on else N_("Automatic sending is off; what is owed waits.")
        self._ask(self._desk.switch(automatic=on), lambda _: told)

    def _turn_answering(self) -> None:
        on = not self._view.switches.answering
        told = N_("Only destinations that answer are sent to.") if on else N_("Destinations are tried in any case.")
        self._ask(self._desk.switch(answering=on), lambda _: told)

    def _to_studies(self) -> None:
        self.section = "studies"
        self._show_section()

    def _to_log(self) -> None:
        self.section = "log"
        self._show_section()

    def _turned(self, name: str) -> None:
        to = self.cards.chosen()
        if to is not None and (why := send_rules.why_words(to)):
            told = Sentence(N_("{why} Call {contact}."), {"why": why, "contact": to.contact}) if to.contact else why
            self._window.shell.problem.look(told)
        self.refresh()
        self._window.keys_changed()

    def _told_in_full(self, key: str) -> None:
        """What a column has no room for."""
        row = self.tables[self.section].row(key)
        if row is not None:
            self._window.shell.problem.plain("  ".join(each for each in row.cells if each))

    def _selected(self, key: str) -> None:
        line = next((each for each in self._view.lines if str(each.id) == key), None)
        if line is not None:
            level, told = send_rules.told_of(line)
            problem = self._window.shell.problem
            {"stop": problem.stop, "look": problem.look}.get(level, problem.plain)(told)
        self._window.keys_changed()

    def _take(self, view: send_rules.SendView) -> None:
        self._asking = False
        if not self.frame.winfo_exists():
            return
        self._view = view
        self.cards.show(view.destinations, view.counts, self._window.desk.today().isoformat())
        self._show_switches()
        self._fill()
        problem = self._window.shell.problem
        if view.destinations and not view.alive(datetime.now().astimezone()):
            problem.standing(
                "sending", "stop", N_("Nothing is sent: the sending process does not run. It is started again.")
            )
        else:
            problem.over("sending")
        if self._window.page == "send":
            self._window.keys_changed()

    def _failed(self, why: Any) -> None:
        self._asking = False
        if self.frame.winfo_exists():
            self._window.shell.problem.fault(why)

    def _show_switches(self) -> None:
        for button, on, yes, no in (
            (self.automatic, self._view.switches.automatic, N_("Automatic: on"), N_("Automatic: OFF")),
            (
                self.answering,
                self._view.switches.answering,
                N_("Only if it answers: on"),
                N_("Only if it answers: off"),
            ),
        ):
            button.configure(text=say(yes if on else no), style="Primary.TButton" if on else "TButton")

    def _show_section(self) -> None:
        for name, table in self.tables.items():
            if name == self.section:
                table.grid(row=1, column=1, sticky="nsew")
            else:
                table.grid_remove()
        self.title.configure(text=say(TITLES[self.section]))
        self._fill()
        if self._window.page:
            self._window.keys_changed()

    def _fill(self) -> None:
        today = self._window.desk.today().isoformat()
        titles = self._desk.destinations
        lines = [each for each in self._view.lines if send_rules.matches(each, self._wanted)]
        self.tables["studies"].show(
            [Row(str(each.id), send_rules.cells(each, today), send_rules.tone(each)) for each in lines]
        )
        self.tables["dry"].show(
            [Row(str(each.study), send_rules.foretold_cells(each, titles, today)) for each in self._dry]
        )
        self.tables["log"].show(
            [
                Row(f"{at}", send_rules.log_cells(each, titles), "stop" if each[5] != SENT else "")
                for at, each in reversed(list(enumerate(self._view.log)))
            ]
        )
        self.words.configure(text=say(send_rules.foretold_total(self._dry, titles)) if self.section == "dry" else "")
