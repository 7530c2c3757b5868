"""The window of a station that takes pictures of one examinee at a time: choosing, assigning, registering, finding
again what is not registered. What is taken, and how, is the mode's own page.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from datetime import date
from tkinter import ttk
from typing import Any

from kiosk.core import taken_words
from kiosk.core.words import N_, Sentence, say
from kiosk.ui.choose_page import ChoosePage
from kiosk.ui.kept_page import KeptPage
from kiosk.ui.shell import Choice, Examinee, Key, Shell

LINK_MS = 5000


class ExaminationWindow:
    """A mode gives ``make_page`` (a frame with ``take(taken, pictures)``, ``pictures``, ``strip``, ``reviewing`` and
    ``review``), ``caption``, ``page_keys`` and ``over_keys`` for pages of its own.
    """

    def __init__(
        self, parent: tk.Tk | tk.Toplevel, desk: Any, *, unidentified: bool = True
    ) -> None:  # fmt: skip
        self.desk = desk
        self.shell = Shell(parent, desk.settings.title, where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.taken: Any = None  # the examination that is open
        self.waiting = 0
        self._over: Any = None  # the page that lies over the mode's own
        self._assigning = ""  # id of the examination that the chooser is open for
        self._afters: dict[str, str] = {}
        self._pages: list[Any] = []
        self.lamps()
        self._server = self.shell.lamp(N_("Gateway"))
        work = self.shell.work
        work.columnconfigure(0, weight=1)
        work.rowconfigure(0, weight=1)
        self.page: Any = self.make_page(work)
        nobody = self.begin_unidentified if unidentified else None
        self.choose = ChoosePage(work, self.shell, desk, self._chosen, nobody)
        self.kept = KeptPage(work, self.shell, desk, self._kept_marked, self.caption, self.count_kept)
        self._pages += [self.page, self.choose, self.kept]
        self.shell.on_scan(self.scanned)
        self.shell.frame.bind("<Destroy>", self._closed, add=True)

    def begin(self) -> None:
        """All is built: show it and look after it."""
        self.show_page(None)
        self.count_kept()
        self._watch_link()

    # -- what a mode adds ----------------------------------------------------------------------------------------

    def lamps(self) -> None:
        """Lamps that stand before the gateway's."""

    def make_page(self, work: ttk.Frame) -> Any:
        raise NotImplementedError

    def caption(self, picture: Any) -> str:
        raise NotImplementedError

    def page_keys(self, nobody: str, nothing: str) -> list[Key]:
        """Keys of the mode's own page beside F2, F3, F12 and Esc; why they can't be used without an examinee, without
        a picture.
        """
        raise NotImplementedError

    def over_keys(self, page: Any) -> list[Key]:
        """Keys of a page of the mode's own that lies over its main one."""
        raise NotImplementedError

    def looked_after(self) -> None:
        """Called every few seconds."""

    # -- pages and keys ------------------------------------------------------------------------------------------

    @property
    def pictures(self) -> list[Any]:
        """Of the open examination."""
        found: list[Any] = self.page.pictures
        return found

    def show_page(self, page: Any) -> None:
        """Lay a page over the mode's own; None takes it away."""
        for each in self._pages:
            each.grid_remove()
        self._over = page
        (page or self.page).grid(row=0, column=0, sticky="nsew")
        self.shell.search_field(self.choose.number.entry)
        self._show_banner(self.taken)
        if page is not None:
            page.opened()
        else:
            self._assigning = ""
            self.shell.give_focus(self.page.strip)
        self.set_keys()

    def set_keys(self) -> None:
        """The keys of what stands in front."""
        if self._over is self.choose:
            keys = [Key("F5", N_("Choose"), self.choose.take), Key("Esc", N_("Back"), self.back)]
        elif self._over is self.kept:
            none = "" if self.kept.chosen is not None else N_("Mark an examination first.")
            keys = [
                Key("F2", N_("Examinee"), self._assign_kept, why=none),
                Key("F5", N_("Go on with it"), self._go_on_kept, why=none),
                Key("F6", N_("Throw away"), self.kept.discard_marked, why=none),
                Key("F12", N_("Register"), self.kept.register_marked, why=none),
                Key("Esc", N_("Back"), self.back),
            ]
        elif self._over is not None:
            keys = self.over_keys(self._over)
        else:
            nobody = "" if self.taken is not None else N_("Scan the barcode first.")
            keys = [
                Key("F2", N_("Examinee"), self.choose_examinee),
                Key("F3", N_("Not registered"), lambda: self.show_page(self.kept)),
                *self.page_keys(nobody, nobody or ("" if self.pictures else N_("No picture was taken yet."))),
                Key("F12", N_("Register and finish"), self.finish, why=nobody),
                Key("Esc", N_("Interrupt"), self.interrupt, why=nobody),
            ]
        self.shell.keys(keys)

    def back(self) -> None:
        """Esc on a page that lies over the mode's own."""
        self.show_page(None)

    # -- the examination -----------------------------------------------------------------------------------------

    def choose_examinee(self) -> None:
        """F2: another examinee, or whose the open examination is."""
        if self.taken is not None and self.taken.row is None:
            self._assigning = self.taken.id
        self.show_page(self.choose)

    def scanned(self, code: str) -> None:
        """A barcode was read, on whatever page."""
        if self._over is not None and self._over not in (self.choose, self.kept):
            self.shell.problem.look(N_("Leave this page first (Esc), then scan."))
            return
        if self._over is None and self.taken is not None and self.taken.row is None:
            self._assigning = self.taken.id
        self.choose.look_up(code, scanned=True)

    def begin_unidentified(self) -> None:
        """Begin before anybody knows who it is; the name is asked for at the end."""
        self._leave_then(lambda: self._open(None))

    def _chosen(self, listed: Any) -> None:
        if not self.shell.frame.winfo_exists():
            return
        if self._assigning:
            self._ask_assign(self._assigning, listed)
        elif self.taken is not None and self.taken.row is not None and self._same(listed):
            self.show_page(None)
            self.shell.problem.look(N_("This examinee's examination is open already."))
        else:
            self._leave_then(lambda: self._open(listed))

    def _same(self, listed: Any) -> bool:
        return bool(listed.row.study_uid == self.taken.row.study_uid)

    def _leave_then(self, go_on: Callable[[], object]) -> None:
        """The open examination ends first: registered where it has pictures."""
        if self.taken is None or not self.pictures:
            self._drop(go_on)
            return
        values = {"name": taken_words.who(self.taken), "n": len(self.pictures)}
        if self.taken.row is None:
            self.shell.problem.look(N_("Say first whose the open examination is (F2), or interrupt it (Esc)."))
            self.show_page(None)
            return
        self.shell.ask(
            Sentence(N_("The examination of {name} is open. Register it and go on?"), values),
            Sentence(N_("{n} pictures are registered for {name}; then the other examinee is shown."), values),
            [
                Choice(Sentence(N_("Stay with {name}"), values), self.back),
                Choice(N_("Register and go on"), lambda: self._register(go_on)),
            ],
        )

    def _drop(self, then: Callable[[], object]) -> None:
        if self.taken is None:
            then()
            return
        self.desk.leave().then(lambda _: then(), self.shell.problem.fault)

    def _open(self, listed: Any) -> None:
        def opened(taken: Any) -> None:
            self.desk.pictures(taken.id).then(lambda found: begun(taken, found), self.shell.problem.fault)

        def begun(taken: Any, found: Sequence[Any]) -> None:
            self._take(taken, found)
            if listed is None:
                told = N_("Nobody is named: scan the barcode when you know who it is.")
                self.shell.problem.look(told)
            elif listed.seen_at:
                self.shell.problem.look(N_("The list can't be asked for: compare name and birth date."))
            else:
                self.shell.problem.plain(N_("Compare name and birth date with the examinee."))

        self.desk.open(listed).then(opened, self.shell.problem.fault)

    def _take(self, taken: Any, pictures: Sequence[Any]) -> None:
        """This examination is open now."""
        if not self.shell.frame.winfo_exists():
            return
        self.taken = taken
        self.page.take(taken, pictures)
        self.shell.busy(taken is not None)
        self._show_banner(self.taken)
        self.show_page(None)
        self.count_kept()

    def _show_banner(self, of: Any) -> None:
        if of is None:
            self.shell.clear_examinee()
        elif of.row is None:
            self.shell.show_examinee(Examinee(say(N_("unidentified")), number=of.number or "-"))
        else:
            row, day = of.row, date.fromisoformat(of.opened_at[:10])
            about = f"{row.description}  ID {row.patient.patient_id}"
            self.shell.show_examinee(Examinee.of(row.patient, day, about, of.number))

    def _ask_assign(self, set_id: str, listed: Any) -> None:
        patient = listed.row.patient
        mine = self.taken is not None and self.taken.id == set_id
        values = {"name": patient.shown_name, "number": listed.number or patient.patient_id}

        def assigned(taken: Any) -> None:
            self._assigning = ""
            if not self.shell.frame.winfo_exists():
                return
            if mine:
                self.taken = self.page.taken = taken
                self._show_banner(self.taken)
                self.show_page(None)
            else:
                self.show_page(self.kept)
            self.shell.problem.done(Sentence(N_("The pictures are {name}'s now."), values))

        self.shell.ask(
            Sentence(N_("Are these pictures {name}'s ({number})?"), values),
            Sentence(N_("They are registered under this name. Compare name and birth date first."), values),
            [
                Choice(N_("No, go back"), lambda: self.show_page(None if mine else self.kept)),
                Choice(
                    Sentence(N_("Yes, {name}"), values),
                    lambda: self.desk.assign(set_id, listed).then(assigned, self.shell.problem.fault),
                ),
            ],
        )

    def finish(self) -> None:
        """F12."""
        if self.taken.row is None:
            self._assigning = self.taken.id if self.pictures else ""
            if self.pictures:
                self.show_page(self.choose)
                self.shell.problem.look(N_("Whose pictures are these? Choose the examinee; then register."))
                return
        self._register(lambda: None)

    def _register(self, then: Callable[[], object]) -> None:
        values = {"name": taken_words.who(self.taken), "n": len(self.pictures)}

        def done(_: Any) -> None:
            self._take(None, [])
            if values["n"]:
                told = N_("{n} pictures of {name} are being registered; they are safe on this PC until then.")
                self.shell.problem.done(Sentence(told, values))
            then()

        self.desk.finish().then(done, self.shell.problem.fault)

    def interrupt(self) -> None:
        """Esc: away from a picture shown large; else the examination is left as it is."""
        if self.page.reviewing:
            self.page.review("")
            return
        if not self.pictures:
            self._drop(lambda: self._take(None, []))
            return
        values = {"n": len(self.pictures), "name": taken_words.who(self.taken)}
        self.shell.ask(
            Sentence(N_("Interrupt the examination of {name}?"), values),
            Sentence(N_("{n} pictures stay on this PC, not registered; you find them again with F3."), values),
            [Choice(N_("Go on working")), Choice(N_("Interrupt"), lambda: self._drop(lambda: self._take(None, [])))],
        )

    # -- what is not registered ----------------------------------------------------------------------------------

    def _go_on_kept(self) -> None:
        chosen = self.kept.chosen
        if self.taken is not None:
            self.shell.problem.look(N_("Another examination is open; finish it first."))
            return
        if self.kept.under_way():
            return

        def opened(taken: Any) -> None:
            self.desk.pictures(taken.id).then(lambda found: self._take(taken, found), self.shell.problem.fault)

        self.desk.go_on(chosen.id).then(opened, self.shell.problem.fault)

    def _kept_marked(self, marked: Any) -> None:
        """The banner says whose pictures are looked at."""
        if self._over is self.kept:
            self._show_banner(marked)
            self.set_keys()

    def _assign_kept(self) -> None:
        if self.kept.under_way():
            return
        self._assigning = self.kept.chosen.id
        self.show_page(self.choose)

    def count_kept(self) -> None:
        def show(found: Any) -> None:
            if not self.shell.frame.winfo_exists():
                return
            kept, self.waiting = found
            words = taken_words.owed_words([each for each, _, _ in kept if each.state.value == "open"], self.waiting)
            if words is None:
                self.shell.problem.over("kept")
            else:
                self.shell.problem.standing("kept", *words)

        self.desk.kept().then(show, self.shell.problem.fault)

    def _watch_link(self) -> None:
        """The lamp of the gateway, what waits for it, and room on the disk."""

        def told(found: tuple[bool, int]) -> None:
            if not self.shell.frame.winfo_exists():
                return
            room = taken_words.room_words(found[1])
            if room is None:
                self.shell.problem.over("room")
            else:
                self.shell.problem.standing("room", *room)
            if found[0]:
                self._server.good()
            else:
                self._server.look(N_("waits"))
            self.looked_after()
            self.count_kept()
            if self._over is self.kept:
                self.kept.refresh()
            self._afters["link"] = self.shell.frame.after(LINK_MS, self._watch_link)

        self.desk.link().then(told, lambda why: told((False, taken_words.ENOUGH)))

    def _closed(self, event: Any) -> None:
        if event.widget is self.shell.frame:
            for each in self._afters.values():
                self.shell.frame.after_cancel(each)
            self._afters.clear()
