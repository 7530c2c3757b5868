"""The findings window: list, entry and page in one frame, and the way between them without losing a word."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.modes.findings.entry_window import EntryView
from kiosk.modes.findings.guidance_pages import GuidancePages
from kiosk.modes.findings.kinds_window import KindsPage
from kiosk.modes.findings.letter_pages import LetterPages
from kiosk.modes.findings.list_window import ListView
from kiosk.modes.findings.page_window import PageView
from kiosk.modes.findings.pages_window import Pages
from kiosk.modes.findings.tray_window import BigPicture
from kiosk.modes.findings.writing_window import Writing
from kiosk.ui.shell import Key, Shell

NEWS_PAUSE_MS = 300  # many notices in a row are one refresh


class FindingsWindow:
    """``place`` is list, entry or page. Everything that may block is asked of the desk."""

    def __init__(self, parent: tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, N_("Findings"), where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.place = ""
        self._asked = 0
        self._then: Callable[[], object] | None = None
        self._news_timer: str | None = None
        self._big: BigPicture | None = None
        work = self.shell.work
        work.rowconfigure(0, weight=1)
        work.columnconfigure(0, weight=1)
        two = bool(desk.settings.two_readers)
        self.list = ListView(work, desk.settings.days, self.refresh, lambda line: self.open(line), two)
        self.entry = EntryView(work, desk.picture, self.enlarge, lambda: self.writing.touched(),
                               lambda: self.pages.draw())  # fmt: skip
        self.writing = Writing(self.shell, desk, self.entry, self._finding_shown, self._left)
        self.page = PageView(work, self._ask_page, desk.page_png, self.shell.problem.fault, self._print)
        self.pages = Pages(self.shell, desk, self.entry, self.writing, self._go, self.refresh)
        self.pages.settle.show_page = lambda: self._show_page(self.writing.opened.finding)
        self.kinds = KindsPage(work, self.shell, desk.kinds, desk.page_png, lambda: self._left(None), self._keys)
        self.views = {
            "list": self.list, "entry": self.entry, "page": self.page, "kinds": self.kinds, **self.pages.views,
        }  # fmt: skip
        self.more: dict[str, Any] = {}  # pages of what is no finding, made when they are first asked for
        self.shell.on_scan(self._scanned)
        self.shell.search_field(self.list.search.entry)
        self.shell.before_closing(self._may_close)
        self._quiet = [desk.on_news(self._news), desk.on_paper(self._printed)]
        parent.bind("<Destroy>", lambda event: self._end() if event.widget is parent else None, add=True)
        self._go("list")
        self.refresh()

    # -- from place to place -----------------------------------------------------------------------------------

    def open_more(self, place: str, pages: type) -> None:
        """F9, F10: the pages of letters and of health guidance."""
        if place not in self.more:
            self.more[place] = pages(self.shell.work, self.shell, self.desk, self._keys, lambda: self._left(None))
        self._go(place)

    def _go(self, place: str) -> None:
        for name, view in {**self.views, **self.more}.items():
            if name == place:
                view.grid(row=0, column=0, sticky="nsew")
            else:
                view.grid_remove()
        self.place = place
        self.pages.went(place)
        self.shell.search_field((self.more[place] if place in self.more else self).list.search.entry)
        if place in self.more:
            self.more[place].opened(self.list.selected.visit if self.list.selected is not None else 0)
        if place == "list" or (place not in self.more and self.writing.opened is None):
            self.shell.clear_examinee()
        if place == "list":
            self.list.table.focus_set()
        self._keys()

    def _finding_shown(self) -> None:
        self._go(self.pages.finding_shown())

    def _keys(self) -> None:
        listed = self.more[self.place].place if self.place in self.more else self.place
        self.shell.scanner.typing_goes_to_search = listed == "list"
        if self.place == "list":
            self.shell.keys(
                [
                    Key("F2", N_("Examinee"), self.list.search.focus),
                    *self.pages.list_keys(),
                    Key("F5", N_("Read"), self._open_selected),
                    Key("F8", N_("Masters"), self._open_masters),
                    Key("F9", N_("Letters"), lambda: self.open_more("letters", LetterPages)),
                    Key("F10", N_("Guidance"), lambda: self.open_more("guidance", GuidancePages)),
                    Key("F11", N_("Viewer"), self._view_selected),
                    Key("F12", N_("Next to read"), lambda: self._open_next(None)),
                    Key("Esc", N_("Back"), self._clear_search),
                ]
            )
        elif self.place in self.pages.views:
            self.shell.keys(self.pages.keys(self.place))
        elif self.place in self.more:
            self.shell.keys(self.more[self.place].keys())
        elif self.place == "kinds":
            self.shell.keys(self.kinds.keys())
        elif self.place == "page":
            self.shell.keys([Key("F5", N_("Print"), self.page.print), Key("Esc", N_("Back"), self.writing.reopen)])
        else:
            self._entry_keys()

    def _entry_keys(self) -> None:
        writing, entry = self.writing, self.entry
        if writing.reason is not None or self._big is not None:  # what lies under a card is not worked on
            sign = [Key("F5", N_("Sign again"), writing.reason.sign)] if writing.reason is not None else []
            self.shell.keys([*sign, Key("Esc", N_("Back"), self._esc)])
            return
        self.shell.keys(
            [
                Key("F1", N_("Schema"), self.pages.draw),
                Key("F2", N_("Examinee"), lambda: writing.leave(self.list.search.focus)),
                Key("F3", N_("Codes, fields") if entry.fields.there else N_("Code"), entry.codes_or_fields),
                Key("F4", N_("Next blank"), entry.go_to_blank),
                Key("F5", N_("Amend") if writing.only_amending_helps else N_("Sign"), writing.main_act),
                Key("F6", N_("Undo"), writing.undo),
                Key("F7", N_("No abnormality"), lambda: entry.act(lambda editor: editor.no_abnormality())),
                Key("F8", N_("Page"), self.show_page),
                Key("F9", N_("As last time"), self.pages.as_last_time),
                Key("F10", N_("Enlarge"), lambda: self.enlarge(entry.tray.focused)),
                Key("F11", N_("Viewer"), lambda: self.desk.show_in_viewer(writing.place[0])),
                Key("F12", N_("Next to read"), self._leave_for_next),
                Key("Esc", N_("Back"), self._esc),
            ]
        )
        if not entry.editable:
            for cap in ("F3", "F4", "F6", "F7", "F9"):
                self.shell.key(cap).disable(N_("This finding can only be read now."))
        elif writing.opened.last is None:
            self.shell.key("F9").disable(N_("There is no finding of last time."))
        if not entry.tray.thumbs:
            self.shell.key("F10").disable(N_("There is no key image yet."))
        if writing.opened.hidden:
            self.shell.key("F8").disable(N_("The first reading is shown when your own is signed."))
        if writing.opened.holder is not None:
            self.shell.key("F5").disable(N_("Somebody else has this finding open."))

    def _left(self, then: Callable[[], object] | None) -> None:
        self._go(self.pages.after_finding() if then is None else "list")
        self.refresh(then)

    def _esc(self) -> None:
        if self._big is not None:
            self._big.close()
        elif self.writing.reason is not None:
            self.writing.reason.close()
        else:
            self.writing.leave()

    def _may_close(self, close: Callable[[], None]) -> bool:
        return all(each.may_close(close) for each in (self.kinds, self.writing, *self.more.values()))

    def _end(self) -> None:
        for quiet in self._quiet:
            quiet()
        self.writing.stop()
        if self._news_timer is not None:
            self.shell.top.after_cancel(self._news_timer)

    # -- the list ----------------------------------------------------------------------------------------------

    def refresh(self, then: Callable[[], object] | None = None) -> None:
        """Ask for the list anew; an answer that was overtaken by a newer question is dropped. ``then()`` waits for the
        newest answer: a scan must not come to nothing because news came just after it.
        """
        self._asked += 1
        asked = self._asked
        self._then = then or self._then

        def show(lines: Any) -> None:
            if asked == self._asked and self.list.winfo_exists():
                self.list.show(lines)
                go_on, self._then = self._then, None
                if go_on is not None:
                    go_on()

        def failed(why: Fault) -> None:
            if asked == self._asked:
                self._then = None
            self.shell.problem.fault(why)

        self.desk.lines(*self.list.question).then(show, failed)

    def open(self, line: Any) -> None:
        """Open the finding of a line of the list."""
        self.writing.open(line.visit, line.kind)

    def _open_selected(self) -> None:
        if self.list.selected is None:
            self.shell.problem.look(N_("Choose an examination first."))
        else:
            self.open(self.list.selected)

    def _open_masters(self) -> None:
        self._go("kinds")
        self.kinds.opened()

    def _view_selected(self) -> None:
        if self.list.selected is not None:
            self.desk.show_in_viewer(self.list.selected.visit)

    def _leave_for_next(self) -> None:
        here = self.writing.place
        self.writing.leave(lambda: self._open_next(here))

    def _open_next(self, after: tuple[int, str] | None) -> None:
        line = self.list.next_open(after)
        if line is None:
            self.shell.problem.done(N_("Everything in the list is signed."))
        else:
            self.open(line)

    def _clear_search(self) -> None:
        self.list.search.set("")
        self.refresh()

    def _scanned(self, code: str) -> None:
        def find() -> None:
            self._go("list")
            self.list.find(code)
            self.refresh(lambda: self._open_only_one(code))

        if self.place in self.more:
            self.more[self.place].scanned(code)
            return
        if self._big is not None:
            self._big.close()
        if self.place == "kinds":
            self.shell.problem.look(N_("Leave the masters first (Esc), then scan again."))
        elif self.writing.opened is None:
            find()
        else:
            self.writing.leave(find)

    def _open_only_one(self, code: str) -> None:
        """A scanned person with one examination to read is opened at once; with several, somebody chooses."""
        shown = self.list.shown
        waiting = [line for line in shown if line.open] or shown
        if len(waiting) == 1:
            self.open(waiting[0])
        elif not shown:
            self.shell.problem.look(Sentence(N_("Nothing to read was found for {code}."), {"code": code}))

    # -- key images and page -----------------------------------------------------------------------------------

    def enlarge(self, key: int) -> None:
        """Show a key image over the whole work."""
        if key and self._big is None:
            shown = {key: thumb.image.comment for key, thumb in self.entry.tray.thumbs.items()}
            self._big = BigPicture(self.shell.work, shown, key, self.desk.picture, self._big_closed)
            self._keys()

    def _big_closed(self) -> None:
        self._big = None
        self._keys()

    def show_page(self) -> None:
        """F8: save the draft, then show the page as it will be printed."""
        self.entry.flush()
        writing = self.writing
        if self.entry.editable and writing.editor.changed and not writing.kept_here:
            writing.save(self._show_page)
        elif writing.opened.finding is None:
            self.shell.problem.look(N_("Nothing is written yet, so there is no page."))
        else:
            self._show_page(writing.opened.finding)

    def _show_page(self, finding: Any) -> None:
        if self.writing.kept_here and not self.writing.waits_for_settling:
            self.shell.problem.look(N_("This is the signed page; the amendment is shown when it is signed."))
        self._go("page")
        self.page.show(finding.versions)

    def _ask_page(self, number: int) -> Any:
        return self.desk.page(*self.writing.place, number)

    def _print(self, number: int) -> None:
        self.shell.problem.progress(N_("Printing"))

        def failed(fault: Fault) -> None:
            self.shell.problem.progress_over()
            self.shell.problem.fault(fault)

        self.desk.print(*self.writing.place, number).then(None, failed)

    # -- news --------------------------------------------------------------------------------------------------

    def _printed(self, notice: Any) -> None:
        self.shell.problem.progress_over()
        path = notice.ids.get("path", "")
        if notice.ids.get("failed"):
            told = N_("The printer did not take the page. It is tried again by itself; the file is {path}")
            self.shell.problem.stop(Sentence(told, {"path": path}))
        elif notice.ids.get("printed"):
            self.shell.problem.done(N_("The page is at the printer."))
        else:
            told = N_("This PC has no printer. The page is the file {path}")
            self.shell.problem.look(Sentence(told, {"path": path}))

    def _news(self, notice: Any) -> None:
        """Another station, the viewer or the gateway did something."""
        opened = self.writing.opened
        if opened is None:
            if self._news_timer is None:
                self._news_timer = self.shell.top.after(NEWS_PAUSE_MS, self._after_news)
        elif notice.kind == "tray" and notice.ids.get("visit") == opened.visit.id:
            self.desk.tray(opened.visit.id, opened.kind).then(lambda answer: self._new_tray(opened, answer))
        elif notice.kind == "images" and notice.ids.get("visit") == opened.visit.id:
            self.writing.pictures_came()

    def _after_news(self) -> None:
        self._news_timer = None
        if self.place == "list":
            self.refresh()

    def _new_tray(self, opened: Any, answer: Any) -> None:
        """A key image that arrives while its finding is being written goes on the page at once, and on no other; one
        of another examination waits in the tray."""
        if self.writing.opened is not opened:
            return
        images, own = answer
        new = [image.id for image in images if image.id not in self.entry.tray.thumbs]
        self.entry.tray.show(images, self.writing.editor.body.key_images)
        for key in new:
            if self.entry.editable and key in own:
                self.entry.act(lambda editor, key=key: editor.put_in(key))  # type: ignore[misc]
        if new:
            self.shell.problem.done(N_("A key image came over from the viewer."))
        if self.place == "entry":
            self._keys()
