"""Fundus reading: who is to be read, both eyes beside each other, last time below, and the finding by single keys."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from tkinter import ttk
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.finding import FindingBody
from kiosk.core.fundus_reading import Reading, body_of, read_body
from kiosk.core.slide import FUNDUS
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer.fundus_entry import KEYS, FundusEntry, why_locked
from kiosk.modes.viewer.fundus_eyes import EyesView
from kiosk.modes.viewer.page_keys import Card, bind_keys
from kiosk.modes.viewer.reading_list import FINDING_COLUMNS, ReadingList, finding_row
from kiosk.modes.viewer.slide_pane import left_out
from kiosk.ui import look
from kiosk.ui.banner import Examinee
from kiosk.ui.shell import Key, Shell

PUSH = 0.15  # of what is in sight, at each arrow key
RENEW_MS = 20_000  # a finding that is open here stays ours


class FundusPage(ttk.Frame):
    """``keys_changed()`` when the key line is to be asked anew; ``leave()`` back to the viewer's own list."""

    title = N_("Fundus reading")

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, keys_changed: Callable[[], object],
        leave: Callable[[], object], show_visit: Callable[[int], object],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk = shell, desk
        self._keys_changed, self._leave, self._show_visit = keys_changed, leave, show_visit
        self.visit = 0  # whose eyes are on the screen, 0: the list is
        self.shown: Any = None  # the desk's VisitShown
        self.opened: Any = None  # the desk's Opened finding
        self.signing = False
        self._master: tuple[Any, Any, Any] | None = None
        self._saved = Reading()
        self._before = FindingBody()  # as it was opened: drawing and fields that are not read here stay
        self._images: tuple[int, ...] = ()  # key images that go on the page
        self._signed_now: set[int] = set()
        self._renew: str | None = None
        self.card = Card(self, self.title, KEYS)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.list = ReadingList(self, FINDING_COLUMNS, N_("No fundus pictures to read."), self.open)
        self.reading = ttk.Frame(self)
        self.eyes = EyesView(self.reading, desk, desk.settings.fundus.previous, self._settled, self._to_entry)
        self.entry = FundusEntry(self.reading, self._changed, shell.problem.look)
        self.eyes.grid(row=0, column=0, sticky="nsew", padx=(0, look.px(10)))
        self.entry.grid(row=0, column=1, sticky="ns")
        self.reading.columnconfigure(0, weight=1)
        self.reading.rowconfigure(0, weight=1)
        together = self.eyes.together
        bind_keys(self.entry, {
            "Up": lambda: self.entry.move(-1), "Down": lambda: self.entry.move(1),
            "Left": lambda: self.entry.other_eye("R"), "Right": lambda: self.entry.other_eye("L"),
            "Shift-Up": lambda: together.push(0, -PUSH), "Shift-Down": lambda: together.push(0, PUSH),
            "Shift-Left": lambda: together.push(-PUSH, 0), "Shift-Right": lambda: together.push(PUSH, 0),
            "Prior": lambda: self.eyes.leaf(-1), "Next": lambda: self.eyes.leaf(1), "Delete": self.entry.clear_cell,
            "BackSpace": self.entry.clear_cell,
        })  # fmt: skip
        self.bind("<Destroy>", lambda event: self._let_go() if event.widget is self else None, add=True)

    # -- the page --------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The page comes to the front."""
        self._desk.fundus_master().then(self._master_came, self._shell.problem.fault)
        self._to_list()

    def refresh(self) -> None:
        """Ask for the list anew."""
        self._desk.fundus_lines(self._desk.settings.fundus.days).then(self._lines_came, self._shell.problem.fault)

    def focus_set(self) -> None:
        """Keys do what the page is for."""
        (self.entry if self.visit else self.list.table).focus_set()

    def keys(self) -> list[Key]:
        """The key line."""
        if not self.visit:
            return self.list.keys(N_("Read"), self.begin, self.back)
        return [
            Key("F2", N_("Examinee"), self._to_list),
            Key("F3", N_("Next (space)"), self.next),
            Key("F4", N_("Without last time") if self.eyes.two_years else N_("Last visit"), self.toggle_previous),
            Key("F5", N_("Sign, next"), self.sign),
            Key("F6", N_("Undo"), self.undo),
            Key("F7", N_("All colours") if self.eyes.green else N_("Green channel"), self.toggle_green),
            Key("F8", N_("Viewer"), lambda: self._show_visit(self.visit)),
            Key("F9", N_("Fit"), self.eyes.together.fit),
            Key("F10", N_("Keys"), self.card.toggle),
            Key("F12", N_("Finish"), self._to_list),
            Key("Esc", N_("Back"), self.back),
        ]

    def letters(self) -> dict[str, Callable[[], object]]:
        """Single keys with a meaning."""
        if not self.visit:
            return {}
        together = self.eyes.together
        return {
            **self.entry.letters(), " ": self.next, "g": self.toggle_green, "p": self.toggle_previous,
            "f": self.take_key_image,
            "z": together.fit, "+": lambda: together.zoom(1.25), "-": lambda: together.zoom(0.8),
            ".": lambda: self.eyes.leaf(1), ",": lambda: self.eyes.leaf(-1),
        }  # fmt: skip

    def back(self) -> None:
        """From the pictures to the list, from the list to the viewer."""
        if self.card.close():
            return
        if self.visit:
            self._to_list()
        else:
            self._leave()

    def scanned(self, code: str) -> None:
        """A check-up number was scanned."""
        self._to_list()
        self.list.look_for(code)

    def resume(self) -> None:
        """The page comes back from the viewer as it was left."""
        if self.visit:
            self._banner()

    def news(self, kind: str, visits: set[int]) -> None:
        """Pictures (of these visits) or findings came."""
        if kind == "images":
            self._desk.forget()
            if self.visit in visits:
                self._ask_pictures(self.visit)
        self.refresh()

    # -- from one to the next ----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Read the selected examinee, else the first unread."""
        line = self.list.selected or next((each for each in self.list.lines if each.unread), None)
        if line is None:
            self._shell.problem.look(N_("Choose an examinee first."))
        else:
            self.open(line.visit)

    def next(self) -> None:
        """What is entered stays a draft; the next one that is not read."""
        self._keep()
        following = self._following()
        if following is None:
            self._to_list()
            self._shell.problem.plain(N_("No further examinee is unread."))
        else:
            self.open(following)

    def open(self, visit: int) -> None:
        """Show the eyes of this examinee and what is entered of them."""
        self._close()
        self.visit, self.shown, self.opened = visit, None, None
        self._saved, self._before, self._images = Reading(), FindingBody(), ()
        self.entry.show(Reading(), None, Sentence(N_("One moment, the finding is being opened...")))
        self.list.grid_remove()
        self.reading.grid(row=0, column=0, sticky="nsew")
        self.eyes.together.fit()
        self._banner()
        self._keys_changed()
        self.entry.focus_set()
        self.eyes.empty(say(N_("The pictures are being opened...")))
        self._ask_pictures(visit)
        self._desk.open_finding(visit).then(
            self._if_open(visit, self._finding_came), self._if_open(visit, self._shell.problem.fault)
        )

    def sign(self) -> None:
        """Sign what is entered, and go on to the next."""
        if self.signing or self.opened is None or self._master is None:
            return
        trouble = self.entry.trouble()
        if trouble is not None:
            self._shell.problem.look(trouble)
            return
        visit, newest = self.visit, self.opened.newest
        self.signing = True
        self.entry.locked = Sentence(N_("Signing"))  # what is entered now would be on no page

        def signed(finding: Any) -> None:
            line = self.list.line_of(visit)
            self.signing = False
            self._signed_now.add(visit)
            self._shell.problem.done(Sentence(N_("Signed: {name}"), {"name": line.name if line else ""}))
            if self.visit == visit:
                self._saved = self.entry.reading
                following = self._following()
                if following is None:
                    self._to_list()
                    self._shell.problem.done(N_("Signed. No further examinee is unread."))
                else:
                    self.open(following)

        def failed(fault: Fault) -> None:
            self.signing = False
            if self.visit == visit:
                self.entry.locked = None
            self._shell.problem.fault(fault)

        self._desk.sign(visit, self._body(), newest.number if newest else 0).then(signed, failed)

    def undo(self) -> None:
        """One entry back."""
        if not self.entry.undo():
            self._shell.problem.plain(N_("There is nothing to undo."))

    # -- pictures ----------------------------------------------------------------------------------------------------

    def toggle_previous(self) -> None:
        """Last time's pictures below, or today's alone."""
        self.eyes.toggle_previous()
        self._keys_changed()

    def toggle_green(self) -> None:
        """The green channel alone, or all colours."""
        self.eyes.toggle_green()
        self._keys_changed()

    def take_key_image(self) -> None:
        """The eye under the cursor, as it is seen, into the visit's tray and onto the finding."""
        visit = self.visit
        image = self.eyes.key_image(self.entry.side, self._desk.settings.key_image_px)
        if image is None or self.opened is None or self.entry.locked is not None:
            self._shell.problem.look(self.entry.locked or N_("No picture is shown."))
            return

        def taken(row: int) -> None:
            if self.visit == visit and row not in self._images:
                self._images = (*self._images, row)
                self._changed()
            self._shell.problem.done(N_("The key image is on the page of this finding."))

        self._desk.take_key_image(visit, *image).then(taken, self._shell.problem.fault)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _to_entry(self) -> None:
        if self.visit:
            self.entry.focus_set()

    def _settled(self) -> None:
        """This one is on the screen: the next one is decoded meanwhile."""
        following = self._following() if self.visit else None
        if following is not None:
            self._desk.prefetch(following, [FUNDUS], True)

    def _if_open(self, visit: int, do: Callable[[Any], object]) -> Callable[[Any], None]:
        """``do`` for an answer that still belongs to who is on the screen."""

        def came(value: Any) -> None:
            if self.winfo_exists() and self.visit == visit:
                do(value)

        return came

    def _ask_pictures(self, visit: int) -> None:
        self._desk.open(visit, [FUNDUS], True).then(
            self._if_open(visit, self._pictures_came), self._if_open(visit, self._no_pictures)
        )

    def _pictures_came(self, shown: Any) -> None:
        self.shown = shown
        self.eyes.show(shown)
        self._banner()
        missing = left_out(shown)
        if not shown.now:
            self._shell.problem.look(N_("There are no fundus pictures of this visit."))
        elif missing is not None:
            self._shell.problem.look(missing)

    def _no_pictures(self, fault: Fault) -> None:
        self.eyes.empty(fault.told())
        self._shell.problem.fault(fault)

    # -- the finding -------------------------------------------------------------------------------------------------

    def _master_came(self, told: tuple[Any, Any, Any]) -> None:
        if self.winfo_exists():
            self._master = told
            self.entry.take_master(*told)
            self._keys_changed()

    def _finding_came(self, opened: Any) -> None:
        self.opened = opened
        if self._master is None:
            again = self._if_open(opened.visit.id, lambda told: (self._master_came(told), self._finding_came(opened)))
            self._desk.fundus_master().then(again, self._shell.problem.fault)
            return
        saved = opened.newest.body if opened.newest is not None else FindingBody()
        last = opened.last.version.body if opened.last is not None else None
        self._saved = self._as_reading(saved)
        self._before = opened.draft.body if opened.draft is not None else saved
        entered = self._as_reading(self._before) if opened.draft is not None else self._saved
        self._images = self._before.key_images
        self.entry.show(entered, self._as_reading(last) if last is not None else None, why_locked(opened))
        if opened.holder is not None or opened.signed is not None:
            self._shell.problem.look(self.entry.locked or "")
        self._renewing()

    def _as_reading(self, body: FindingBody) -> Reading:
        assert self._master is not None
        return read_body(*self._master, body)

    def _body(self) -> FindingBody:
        assert self._master is not None
        return body_of(*self._master, self.entry.reading, replace(self._before, key_images=self._images))

    def _changed(self) -> None:
        """Every key is kept on this PC's disk: nothing that was entered is lost."""
        if self.opened is None or self._master is None:
            return
        newest = self.opened.newest
        self._desk.keep_draft(self.visit, self._body(), newest.number if newest else 0).then(
            None, self._shell.problem.fault
        )

    def _keep(self) -> None:
        """What is entered and not signed becomes a draft that every station sees."""
        opened = self.opened
        if opened is None or self.signing or self.entry.locked is not None or self.entry.reading == self._saved:
            return
        newest = opened.newest
        self._saved = self.entry.reading
        self._desk.save(self.visit, self._body(), newest.number if newest else 0).then(None, self._shell.problem.fault)

    def _let_go(self) -> None:
        """Others may open the finding; what was entered is a draft on this PC."""
        self._forget_renewing()
        if self.visit and self.opened is not None and self.opened.holder is None:
            self._desk.close_finding(self.visit).then(None, lambda fault: None)

    def _close(self) -> None:
        if self.visit:
            self._keep()
        self._let_go()
        self.visit, self.opened, self.shown = 0, None, None

    def _renewing(self) -> None:
        self._forget_renewing()
        if self.opened is not None and self.opened.holder is None:
            self._renew = self.after(RENEW_MS, self._renew_now)

    def _renew_now(self) -> None:
        self._renew = None
        if self.visit:
            self._desk.renew_finding(self.visit).then(None, lambda fault: None)
            self._renewing()

    def _forget_renewing(self) -> None:
        if self._renew is not None:
            self.after_cancel(self._renew)
            self._renew = None

    # -- the list ----------------------------------------------------------------------------------------------------

    def _to_list(self) -> None:
        self._close()
        self.reading.grid_remove()
        self.list.grid(row=0, column=0, sticky="nsew")
        self._shell.clear_examinee()
        self._keys_changed()
        self.focus_set()
        self.refresh()

    def _lines_came(self, lines: Any) -> None:
        if not self.winfo_exists():
            return
        unread = sum(each.unread for each in lines)
        self.list.show(lines, finding_row, say(N_("{unread} unread of {count}"), unread=unread, count=len(lines)))

    def _following(self) -> int | None:
        """The next unread one after this in the list, then from its beginning."""
        return self.list.following(self.visit, self._is_unread, around=True)

    def _is_unread(self, line: Any) -> bool:
        return line.unread and line.visit not in self._signed_now

    def _banner(self) -> None:
        line = self.list.line_of(self.visit)
        place = say(N_("{count} unread"), count=sum(self._is_unread(each) for each in self.list.lines))
        if self.shown is not None:
            visit = self.shown.visit
            self._shell.show_examinee(Examinee.of(visit.patient, visit.key.day, place, visit.key.number))
        elif line is not None:
            self._shell.show_examinee(Examinee(line.name, line.kana, line.sex, None, line.age, place, line.number))
