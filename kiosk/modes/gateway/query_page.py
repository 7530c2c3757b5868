"""The page of Query/Retrieve: ask a server, go down to series and images, have what is chosen sent; how far each is."""

from __future__ import annotations

from collections.abc import Mapping
from tkinter import ttk
from typing import Any

from kiosk.core.fetching import IMAGE, STUDY
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import query_rules, rules
from kiosk.modes.gateway.query_rules import Place, QueryView
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, DateField, TextField
from kiosk.ui.shell import Key
from kiosk.ui.table import Column, Row, Table

FOUND = [
    Column("day", N_("Date"), 110),
    Column("id", N_("ID"), 110),
    Column("name", N_("Name"), 150, stretch=True),
    Column("modality", N_("Kind"), 80),
    Column("words", N_("Description"), 180, stretch=True),
    Column("images", N_("Images"), 80, right=True),
]
RETRIEVALS = [
    Column("at", N_("Time"), 70),
    Column("id", N_("ID"), 110),
    Column("modality", N_("Kind"), 70),
    Column("server", N_("From"), 150),
    Column("to", N_("To"), 120),
    Column("images", N_("Images"), 100, right=True),
    Column("status", N_("Answer"), 80),
    Column("state", N_("State"), 150, stretch=True),
]


class QueryPage:
    """Above the question and its answers, below the retrievals of the day."""

    def __init__(self, parent: Any, window: Any) -> None:
        self._window = window
        self._desk = window.desk.query
        self._view = QueryView()
        self._asking = False
        self._answer: Any = None
        self._place = Place()
        self._rows: dict[str, dict[str, str]] = {}
        self._before: list[tuple[Place, dict[str, dict[str, str]]]] = []
        self._study: Mapping[str, str] = {}
        self.frame = frame = ttk.Frame(parent)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(1, weight=3, uniform="query")
        frame.rowconfigure(3, weight=2, uniform="query")
        self._build_question(frame)
        self.found = Table(
            frame, FOUND, empty=N_("Enter whom or which days you look for, then F3."), several=True,
            on_select=lambda key: window.keys_changed(), on_choose=self._down,
        )  # fmt: skip
        self.found.grid(row=1, column=0, sticky="nsew", pady=(look.px(8), 0))
        self.note = ttk.Label(frame, style="TLabel", foreground=look.SECONDARY)
        self.note.grid(row=2, column=0, sticky="ew", pady=look.px(6))
        self.retrievals = Table(
            frame, RETRIEVALS, empty=N_("Nothing was fetched today."), several=True, on_select=self._told_of, lines=2
        )
        self.retrievals.grid(row=3, column=0, sticky="nsew")

    def _build_question(self, frame: ttk.Frame) -> None:
        head = ttk.Frame(frame)
        head.grid(row=0, column=0, sticky="ew")
        self.server = ChoiceField(head, N_("Server"), {}, width=14)
        self.id = TextField(head, N_("ID"), width=11)
        self.name = TextField(head, N_("Name (begins with)"), width=13)
        self.since = DateField(head, N_("From day"))
        self.until = DateField(head, N_("To day"))
        self.modality = TextField(head, N_("Kind"), width=5)
        self.accession = TextField(head, N_("Accession number"), width=11)
        self.destination = ChoiceField(head, N_("Send to"), {}, width=12)
        fields = (
            self.server, self.id, self.name, self.since, self.until, self.modality, self.accession, self.destination,
        )  # fmt: skip
        for at, field in enumerate(fields):
            field.grid(row=0, column=at, sticky="sw", padx=(0, look.px(8)))
        for text in (self.id, self.name, self.modality, self.accession):
            text.entry.bind("<Return>", lambda event: self.ask())
        self.server.on_change(self._server_changed)

    # -- what the window calls -----------------------------------------------------------------------------------

    def keys(self) -> list[Key]:
        chosen = bool(self.found.selected_keys)
        none = "" if chosen else N_("Choose rows among the answers first.")
        running = "" if self.retrievals.selected_keys else N_("Choose retrievals in the lower list first.")
        no_server = "" if self._view.servers else N_("No server is entered in the parameter file.")
        deeper = none or (N_("An image is the lowest level.") if self._place.level == IMAGE else "")
        return [
            Key("F3", N_("Stop asking") if self._answer else N_("Ask"), self.ask, why=no_server),
            Key("F4", N_("Open"), self._down, why=deeper),
            Key("F6", N_("Fetch"), self.fetch, why=none),
            Key("F7", N_("Cancel a retrieval"), self.cancel, why=running),
        ]

    def shown(self) -> None:
        self.id.focus()

    def refresh(self) -> None:
        if not self._asking:
            self._asking = True
            self._desk.view().then(self._take, self._failed)

    def take(self, view: rules.Overview) -> None:
        """Queries are told by their own desk."""

    def search(self, text: str) -> None:
        """The question's own fields narrow the list."""

    def back(self) -> bool:
        """Esc: one level up."""
        if not self._before:
            return False
        self._place, self._rows = self._before.pop()
        self._show_found()
        return True

    # -- acts ----------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """F3: ask the server, or stop asking."""
        if self._answer is not None:
            self._answer.cancel()
            self._over()
            self._window.shell.problem.plain(N_("The question was given up."))
            return
        keys = query_rules.question(
            self.id.get(), self.name.get(), self.since.day(), self.until.day(), self.modality.get(),
            self.accession.get(),
        )  # fmt: skip
        if not query_rules.is_narrow(keys):
            self._window.shell.problem.look(N_("Enter an ID, a name, a day or an accession number."))
            return
        self._before.clear()
        self._find(Place(), keys)

    def fetch(self) -> None:
        """F6: have the chosen rows sent to the chosen destination."""
        to = self.destination.get()
        wanted = [
            query_rules.wanted(self.server.get(), self._place, self._rows[key], to, self._study or self._rows[key])
            for key in self.found.selected_keys
            if key in self._rows
        ]

        def done(count: int) -> None:
            if self.frame.winfo_exists():
                told = N_("{n} are fetched; how far they are is told below.")
                self._window.shell.problem.done(Sentence(told, {"n": count}))
                self.refresh()

        if wanted:
            self._desk.fetch(wanted).then(done, self._window.shell.problem.fault)

    def cancel(self) -> None:
        """F7: what has come stays."""
        chosen = [int(key) for key in self.retrievals.selected_keys]

        def done(count: int) -> None:
            if self.frame.winfo_exists():
                self._window.shell.problem.done(Sentence(N_("{n} were cancelled."), {"n": count}))
                self.refresh()

        self._desk.cancel(chosen).then(done, self._window.shell.problem.fault)

    # -- inside --------------------------------------------------------------------------------------------------

    def _down(self, key: str = "") -> None:
        key = key or next(iter(self.found.selected_keys), "")
        row = self._rows.get(key)
        place = self._place.into(row) if row is not None else None
        if row is not None and place is not None and self._answer is None:
            if self._place.level == STUDY:
                self._study = row
            self._find(place, place.above)

    def _find(self, place: Place, keys: Mapping[str, str]) -> None:
        server = next((each for each in self._view.servers if each.name == self.server.get()), None)
        if server is None:
            return
        self._note(Sentence(N_("{server}: connected, asking..."), {"server": server.title}))

        def done(told: tuple[list[dict[str, str]], bool]) -> None:
            if not self.frame.winfo_exists():
                return
            rows, complete = told
            if place.level != STUDY:
                self._before.append((self._place, self._rows))
            else:
                self._study = {}
            self._place = place
            self._rows = {query_rules.row_key(place.level, row): row for row in rows}
            self._over()
            self._show_found()
            text = N_("{n} found; connection closed.") if complete else N_("{n} found, there are more; narrow it down.")
            self._note(Sentence(text, {"n": len(rows)}))

        def failed(why: Any) -> None:
            if self.frame.winfo_exists():
                self._over()
                self._window.shell.problem.fault(why)

        self._answer = self._desk.find(server.name, place.level, keys)
        self._answer.then(done, failed)
        self._window.keys_changed()

    def _over(self) -> None:
        self._answer = None
        self._note("")
        self._window.keys_changed()

    def _note(self, text: Any) -> None:
        self.note.configure(text=say(text) if text else "")

    def _show_found(self) -> None:
        place = self._place
        self.found.say_when_empty(N_("The server found nothing."))
        self.found.show([Row(key, query_rules.cells(place.level, row)) for key, row in self._rows.items()])
        keys = self.found.shown_keys
        if keys:
            self.found.select(keys[0])
            self.found.focus_set()
        self._window.keys_changed()

    def _told_of(self, key: str) -> None:
        line = next((each for each in self._view.lines if str(each.id) == key), None)
        if line is not None:
            problem = self._window.shell.problem
            (problem.stop if query_rules.tone(line) == "stop" else problem.plain)(query_rules.why_words(line))
        self._window.keys_changed()

    def _server_changed(self) -> None:
        server = next((each for each in self._view.servers if each.name == self.server.get()), None)
        if server is not None:
            here = Sentence(N_("this gateway ({ae})"), {"ae": self._view.here})
            self.destination.offer({each: each or here for each in server.destinations})
            self.destination.set(server.destinations[0])

    def _take(self, view: QueryView) -> None:
        self._asking = False
        if not self.frame.winfo_exists():
            return
        if view.servers != self._view.servers:
            self._view = view
            self.server.offer({each.name: each.title for each in view.servers})
            if view.servers:
                self.server.set(view.servers[0].name)
                self._server_changed()
        self._view = view
        titles = {each.name: each.title for each in view.servers}
        self.retrievals.show(
            [
                Row(str(each.id), query_rules.line_cells(each, titles, view.here), query_rules.tone(each))
                for each in view.lines
            ]
        )
        if self._window.page == "query":
            self._window.keys_changed()

    def _failed(self, why: Any) -> None:
        self._asking = False
        if self.frame.winfo_exists():
            self._window.shell.problem.fault(why)
