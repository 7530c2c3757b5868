"""The gateway's window: pages behind tabs; what the receiver, the disk and the lists say stands above all of them."""

from __future__ import annotations

import tkinter as tk
from datetime import datetime
from functools import partial
from tkinter import ttk
from typing import Any

from kiosk.core.study import Study
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import disk_rules, rules
from kiosk.modes.gateway.pages import PAGES, Page, page_class
from kiosk.ui import look
from kiosk.ui.counters import Count, Counters
from kiosk.ui.fields import TextField
from kiosk.ui.shell import Key, Shell

EVERY_MS = 5000
SOON_MS = 250


class GatewayWindow:
    """The newest facts come by notices and every five seconds; F8 or Control and a number turns to another page."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, N_("Gateway"), where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.view = rules.Overview()
        self.page = ""
        self.pages: dict[str, Page] = {}
        self.tabs: dict[str, ttk.Button] = {}
        self._asking = False
        self._again = False
        self._after: str | None = None
        self._receiver = self.shell.lamp(N_("Receiver"))
        self._disk = self.shell.lamp(N_("Disk"))
        self._build(parent)
        self._end = desk.on_news(self._soon)
        self.shell.frame.bind("<Destroy>", self._closed, add=True)
        self.turn_to(PAGES[0][0])
        self.refresh()

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self, parent: tk.Tk | tk.Toplevel) -> None:
        work, gap = self.shell.work, look.px(12)
        work.columnconfigure(0, weight=1)
        work.rowconfigure(2, weight=1)
        head = ttk.Frame(work)
        head.grid(row=0, column=0, sticky="ew", pady=(0, gap))
        head.columnconfigure(1, weight=1)
        self.search = TextField(head, N_("Search in the list: name, ID, device"), width=30)
        self.search.grid(row=0, column=0, sticky="w")
        self.search.on_change(lambda: self.pages[self.page].search(self.search.get()))
        self.shell.search_field(self.search.entry)
        self.shell.on_scan(self._scanned)
        self.counters = Counters(head)
        self.counters.grid(row=0, column=1, sticky="se")
        bar = ttk.Frame(work)
        bar.grid(row=1, column=0, sticky="ew", pady=(0, gap))
        for at, (name, title, module, made) in enumerate(PAGES):
            self.pages[name] = page_class(module, made)(work, self)
            bar.columnconfigure(at, weight=1)
            tab = ttk.Button(bar, text=f"{(at + 1) % 10} {say(title)}", width=4, command=partial(self.turn_to, name))
            tab.grid(row=0, column=at, sticky="ew", padx=(0 if at == 0 else look.px(4), 0))
            for arrow, step in (("Left", -1), ("Right", 1)):
                tab.bind(f"<{arrow}>", lambda event, to=at + step: self._step_to(to))  # type: ignore[misc]
            parent.bind(f"<Control-Key-{(at + 1) % 10}>", lambda event, to=name: self._turn_by_key(to), add=True)  # type: ignore[misc]
            self.tabs[name] = tab

    def keys_changed(self) -> None:
        """What can be done now; a page calls it whenever that changed."""
        if not self.page:
            return
        keys = self.pages[self.page].keys()
        if all(key.cap != "F5" for key in keys):
            keys.append(Key("F5", N_("Match"), partial(self.turn_to, "unmatched")))
        self.shell.keys(
            [
                Key("F2", N_("Search"), self.search.focus),
                *keys,
                Key("F8", N_("Next page"), self._next_page),
                Key("Esc", N_("Back"), self._back),
            ]
        )

    # -- turning -------------------------------------------------------------------------------------------------

    def turn_to(self, name: str) -> None:
        """Show one of the pages."""
        if self.page:
            self.pages[self.page].frame.grid_remove()
            self.tabs[self.page].configure(style="TButton")
        self.page = name
        page = self.pages[name]
        self.tabs[name].configure(style="Primary.TButton")
        page.frame.grid(row=2, column=0, sticky="nsew")
        page.take(self.view)
        page.search(self.search.get())
        page.refresh()
        self.keys_changed()
        page.shown()

    def _step_to(self, at: int) -> str:
        if 0 <= at < len(PAGES):
            name = PAGES[at][0]
            self.turn_to(name)
            self.tabs[name].focus_set()
        return "break"

    def _turn_by_key(self, name: str) -> str | None:
        if self.shell.question is not None:
            return None
        self.turn_to(name)
        return "break"

    def _next_page(self) -> None:
        names = [name for name, *_ in PAGES]
        self.turn_to(names[(names.index(self.page) + 1) % len(names)])

    def _back(self) -> None:
        if self.search.get():
            self.search.set("")
        elif not self.pages[self.page].back():
            self.turn_to(PAGES[0][0])

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
        self.pages[self.page].take(view)
        self.pages[self.page].refresh()
        self.keys_changed()
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
            told = Sentence(N_("{ae} on port {port}"), {"ae": state.ae_title, "port": state.port})
            (self._receiver.stop if state.anyone else self._receiver.good)(told)
            self.shell.problem.over("receiver")
        else:
            self._receiver.stop()
            self.shell.problem.standing(
                "receiver", "stop", N_("The receiver does not run. It is started again; devices keep their images.")
            )
        if state.anyone:
            self.shell.problem.standing(
                "anyone", "stop", N_("Anyone may send and ask here: accept_anyone is on. Turn it off for daily work.")
            )
        else:
            self.shell.problem.over("anyone")
        room = Sentence(N_("{free} GB free"), {"free": f"{state.free_bytes / 1e9:,.0f}"})
        trouble = disk_rules.alarm(self.view.disks)
        if trouble is not None:
            level, told = trouble
            (self._disk.look if level == "look" else self._disk.stop)(room)
            self.shell.problem.standing("disk", level, told)
        elif not state.total_bytes:
            self._disk.off()
        elif state.little_room:
            self._disk.look(room)
            self.shell.problem.standing("disk", "look", N_("The disk for images is nearly full. Make room or add one."))
        else:
            self._disk.good(room)
            self.shell.problem.over("disk")

    # -- acts ----------------------------------------------------------------------------------------------------

    def show_images(self, study: Study | None) -> None:
        """Have the viewer of this PC show the images of a study."""
        if study is None:
            self.shell.problem.look(N_("Choose a row with images first."))
            return
        told = N_("The viewer of this PC shows the images.")
        self.desk.show(study).then(lambda _: self.shell.problem.plain(told), self.shell.problem.fault)

    def _closed(self, event: Any) -> None:
        if event.widget is self.shell.frame:
            self._end()
