"""The gateway's window: what came from which device, what found no visit, who asked the worklist, what was refused."""

from __future__ import annotations

import tkinter as tk
from datetime import datetime
from functools import partial
from tkinter import ttk
from typing import Any

from kiosk.core.study import Study
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import rows, rules
from kiosk.modes.gateway.matching import MatchingPane
from kiosk.ui import look
from kiosk.ui.counters import Count, Counters
from kiosk.ui.fields import TextField
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Row, Table

PAGES = ("today", "unmatched", "worklist", "troubles")
TITLES = {
    "today": N_("Received today"),
    "unmatched": N_("Images without a visit"),
    "worklist": N_("Who asked the worklist"),
    "troubles": N_("What was refused"),
}
EVERY_MS = 5000
SOON_MS = 250


class GatewayWindow:
    """Four lists on one page each; the newest facts come by notices and every five seconds."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, N_("Gateway"), where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.view = rules.Overview()
        self.page = ""
        self._asking = False
        self._again = False
        self._after: str | None = None
        self._receiver = self.shell.lamp(N_("Receiver"))
        self._disk = self.shell.lamp(N_("Disk"))
        self._build()
        self._end = desk.on_news(self._soon)
        self.shell.frame.bind("<Destroy>", self._closed, add=True)
        self.turn_to("today")
        self.refresh()

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        work, gap = self.shell.work, look.px(12)
        work.columnconfigure(0, weight=1)
        work.rowconfigure(2, weight=1)
        head = ttk.Frame(work)
        head.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        head.columnconfigure(1, weight=1)
        self.search = TextField(head, N_("Search in the list: name, ID, device"), width=30)
        self.search.grid(row=0, column=0, sticky="w")
        self.search.on_change(self._fill)
        self.shell.search_field(self.search.entry)
        self.shell.on_scan(self._scanned)
        self.counters = Counters(head)
        self.counters.grid(row=0, column=1, sticky="se")
        self._title = ttk.Label(work, style="Title.TLabel")
        self._title.grid(row=1, column=0, sticky="w", pady=(0, look.px(8)))
        self._pages: dict[str, ttk.Frame] = {name: ttk.Frame(work) for name in PAGES}
        today = self._pages["today"]
        today.columnconfigure(0, weight=2, uniform="today")
        today.columnconfigure(1, weight=5, uniform="today")
        today.rowconfigure(0, weight=1)
        self.devices = Table(today, rows.DEVICES, empty=N_("No device has sent anything yet."))
        self.devices.grid(row=0, column=0, sticky="nsew", padx=(0, gap))
        self.studies = Table(
            today,
            rows.STUDIES,
            empty=N_("Nothing was received today."),
            on_select=lambda key: self._keys(),
            on_choose=lambda key: self.show_images(),
        )
        self.studies.grid(row=0, column=1, sticky="nsew")
        self.matching = MatchingPane(self._pages["unmatched"], self.shell, self.desk, self.refresh, self._keys)
        self.queries = Table(
            self._pages["worklist"], rows.QUERIES, empty=N_("No device has asked yet."), on_select=self._tell_query
        )
        self.troubles = Table(
            self._pages["troubles"], rows.TROUBLES, empty=N_("Nothing was refused."), on_select=self._tell_trouble
        )
        for name, filling in (
            ("unmatched", self.matching.frame), ("worklist", self.queries), ("troubles", self.troubles),
        ):  # fmt: skip
            self._pages[name].columnconfigure(0, weight=1)
            self._pages[name].rowconfigure(0, weight=1)
            filling.grid(row=0, column=0, sticky="nsew")

    def _keys(self) -> None:
        """What can be done now; the window and its panes call it whenever that changed."""
        self.shell.keys(
            [
                Key("F2", N_("Search"), self.search.focus),
                Key("F5", N_("Match"), self._match),
                Key("F7", N_("Show images"), self.show_images),
                Key("F8", N_("Next list"), self._next_page),
                Key("Esc", N_("Back"), self._back),
            ]
        )
        if self.page == "unmatched" and not self.matching.ready:
            self.shell.key("F5").disable(N_("Choose the images above and their examination below."))
        if self._chosen_study() is None:
            self.shell.key("F7").disable(N_("Choose a row with images first."))

    # -- turning -------------------------------------------------------------------------------------------------

    def turn_to(self, page: str) -> None:
        """Show one of the lists."""
        if self.page:
            self._pages[self.page].grid_remove()
        self.page = page
        self._pages[page].grid(row=2, column=0, sticky="nsew")
        self._title.configure(text=say(TITLES[page]))
        self._fill()
        self._keys()
        self._list().focus_set()

    def _list(self) -> Any:
        return {
            "today": self.studies, "unmatched": self.matching.studies, "worklist": self.queries,
            "troubles": self.troubles,
        }[self.page]  # fmt: skip

    def _match(self) -> None:
        """F5 leads to the list of images without a visit; there it matches what is chosen."""
        if self.page == "unmatched":
            self.matching.match()
        else:
            self.turn_to("unmatched")

    def _next_page(self) -> None:
        self.turn_to(PAGES[(PAGES.index(self.page) + 1) % len(PAGES)])

    def _back(self) -> None:
        if self.search.get():
            self.search.set("")
        else:
            self.turn_to("today")

    def _scanned(self, code: str) -> None:
        self.search.set(code)

    # -- facts ---------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask the desk for the newest facts; one question at a time."""
        if self._asking:
            self._again = True
            return
        self._asking, self._again = True, False
        self.desk.overview().then(self._take, self._failed)

    def _take(self, view: rules.Overview) -> None:
        self._asking = False
        if not self.shell.frame.winfo_exists():
            return
        self.view = view
        self._fill()
        self._lamps()
        self._count()
        self._plan(SOON_MS if self._again else EVERY_MS)

    def _failed(self, why: Any) -> None:
        self._asking = False
        if self.shell.frame.winfo_exists():
            self.shell.problem.fault(why)
            self._plan(EVERY_MS)

    def _soon(self) -> None:
        if self.shell.frame.winfo_exists():
            self._again = True
            if not self._asking:
                self._plan(SOON_MS)

    def _plan(self, after_ms: int) -> None:
        if self._after is not None:
            self.shell.frame.after_cancel(self._after)
        self._after = self.shell.frame.after(after_ms, self._wake)

    def _wake(self) -> None:
        self._after = None
        self.refresh()

    def _fill(self) -> None:
        today, wanted = self.desk.today().isoformat(), self.search.get()

        def kept(found: list[Row]) -> list[Row]:
            return [row for row in found if rows.fits(row, wanted)] if wanted else found

        if self.page == "today":
            self.devices.show(rows.device_rows(self.view, today))
            self.studies.show(kept(rows.study_rows(self.view, today)))
        elif self.page == "unmatched":
            self.matching.show(self.view, kept(rows.unmatched_rows(self.view, today)))
        elif self.page == "worklist":
            self.queries.show(kept(rows.query_rows(self.view, today)))
        else:
            self.troubles.show(kept(rows.trouble_rows(self.view, today)))

    def _count(self) -> None:
        unmatched, troubles = len(self.view.unmatched), len(self.view.troubles)
        self.counters.show(
            [
                Count(len(self.view.today), N_("studies today"), "done", partial(self.turn_to, "today")),
                Count(
                    unmatched, N_("without a visit"), "look" if unmatched else "", partial(self.turn_to, "unmatched")
                ),
                Count(len(self.view.queries), N_("worklist queries"), "", partial(self.turn_to, "worklist")),
                Count(troubles, N_("refused"), "look" if troubles else "", partial(self.turn_to, "troubles")),
            ]
        )
        if unmatched:
            text = Sentence(N_("{n} studies found no visit; give them to one with F5."), {"n": unmatched})
            self.shell.problem.standing("unmatched", "look", text)
        else:
            self.shell.problem.over("unmatched")

    def _lamps(self) -> None:
        state = self.view.state
        if state.alive(datetime.now().astimezone()):
            self._receiver.good(Sentence(N_("{ae} on port {port}"), {"ae": state.ae_title, "port": state.port}))
            self.shell.problem.over("receiver")
        else:
            self._receiver.stop()
            self.shell.problem.standing(
                "receiver", "stop", N_("The receiver does not run. It is started again; devices keep their images.")
            )
        if not state.total_bytes:
            self._disk.off()
            return
        room = Sentence(N_("{free} GB free"), {"free": f"{state.free_bytes / 1e9:,.0f}"})
        if state.little_room:
            self._disk.look(room)
            self.shell.problem.standing("disk", "look", N_("The disk for images is nearly full. Make room or add one."))
        else:
            self._disk.good(room)
            self.shell.problem.over("disk")

    # -- acts ----------------------------------------------------------------------------------------------------

    def _chosen_study(self) -> Study | None:
        if self.page == "unmatched":
            return self.matching.study
        key = self.studies.selected if self.page == "today" else ""
        return next((study for study in self.view.today if str(study.id) == key), None)

    def show_images(self) -> None:
        """Have the viewer of this PC show the chosen images."""
        study = self._chosen_study()
        if study is None:
            self.shell.problem.look(N_("Choose a row with images first."))
            return
        told = N_("The viewer of this PC shows the images.")
        self.desk.show(study).then(lambda _: self.shell.problem.plain(told), self.shell.problem.fault)

    def _tell_query(self, key: str) -> None:
        line = next((row for row in rows.query_rows(self.view, self.desk.today().isoformat()) if row.key == key), None)
        if line is not None and line.cells[4]:
            self.shell.problem.plain(line.cells[4])

    def _tell_trouble(self, key: str) -> None:
        row = self.troubles.row(key)
        if row is not None:
            self.shell.problem.look(f"{row.cells[2]} {row.cells[3]}")

    def _closed(self, event: Any) -> None:
        if event.widget is self.shell.frame:
            self._end()
