"""The viewer's window: the list of studies, the pictures on black, and the header of a file."""

from __future__ import annotations

import tkinter as tk
from pathlib import PureWindowsPath
from tkinter import filedialog
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.patient import Patient
from kiosk.core.picture import PictureFacts
from kiosk.core.study import Study
from kiosk.core.study_search import FoundStudy
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer import rules
from kiosk.modes.viewer.beside import Beside
from kiosk.modes.viewer.header_window import HeaderView
from kiosk.modes.viewer.key_side import KeySide
from kiosk.modes.viewer.list_side import ListSide
from kiosk.modes.viewer.list_window import ListView
from kiosk.modes.viewer.opening import Opening
from kiosk.modes.viewer.pictures_window import PicturesView
from kiosk.modes.viewer.reading_pages import ReadingPages
from kiosk.modes.viewer.saving import Saving
from kiosk.ui.banner import Examinee
from kiosk.ui.dates import read_day
from kiosk.ui.shell import Key, Shell

NEWS_PAUSE_MS = 400  # many images in a row are one refresh
PICTURED = ("pictures", "header", "keys", "teaching form")  # places that have the picture's examinee in the banner


class ViewerWindow:
    """``place`` is list, pictures or header. Whatever may take time is asked of the desk."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, N_("Viewer"), where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.place = ""
        self.opened: Any = None  # what is open: desk's Seen
        self._asked = 0
        self._news: str | None = None
        self._whose: tuple[Any, ...] = ()
        self._first_only = False
        self._signature: tuple[Any, ...] = ()
        work = self.shell.work
        work.rowconfigure(0, weight=1)
        work.columnconfigure(0, weight=1)
        told = desk.settings
        self.list = ListView(work, told.days, self.refresh, self.open_line, told.columns, desk.stores.names)
        self.opening = Opening(self.shell.problem, desk.give_up)
        self.pictures = PicturesView(work, self.shell, desk, self._pictures_changed)
        self.beside = Beside(
            self.pictures, desk, self.opening, self.shell.problem, lambda: self.opened, self._pictures_changed
        )
        self.saving = Saving(self)
        self.header = HeaderView(work, self.shell, desk, self._other_facts, self._header_changed)
        self.side = ListSide(self, self._open_selected, self._back, self._go, self._keys)
        self.pages = ReadingPages(self)
        self.key_side = KeySide(self, self._go, self._back, self._keys)
        self.shell.on_scan(self._scanned)
        self.shell.search_field(self.list.search.entry)
        self.shell.on_files(self.side.dropped)
        self._quiet = [desk.on_show(self._asked_to_show), desk.on_news(self._news_came)]
        self.shell.frame.bind("<Destroy>", self._closed, add=True)
        parent.bind("<FocusIn>", self._focus_came, add=True)
        self._go("list")
        self.refresh()
        if desk.argument:
            self.open_files([desk.argument])
        else:
            self.pages.begin()

    # -- from place to place -----------------------------------------------------------------------------------

    def _go(self, place: str) -> None:
        self.saving.close_card()
        self.key_side.close_card()
        views = {"list": self.list, "pictures": self.pictures, "header": self.header, "keys": self.key_side.view,
                 **self.side.pages, **self.pages.views}  # fmt: skip
        for name, view in views.items():
            if name == place:
                view.grid(row=0, column=0, sticky="nsew")
            else:
                view.grid_remove()
        self.place = place
        self.shell.scanner.typing_goes_to_search = place not in ("pictures", "keys")
        search = {"header": self.header.search, **self.side.pages}.get(place, self.list.search)
        self.shell.search_field(search.entry)
        if place == "list":
            self.pictures.stop()
        self.focus()
        self.key_side.apply()
        self._whose = ()  # banner and warnings belong to the picture in front: a page between has its own
        if place == "pictures":
            self._pictures_changed()
            return
        for name in () if place in PICTURED else ("another id", "corrected"):
            self.shell.problem.over(name)
        self._keys()

    def focus(self) -> None:
        """Arrow keys do what the place is for."""
        main = {"list": self.list.table, "pictures": self.pictures.pane, "header": self.header.table,
                "keys": self.key_side.view.table}  # fmt: skip
        (main | self.side.pages | self.pages.views)[self.place].focus_set()

    def _focus_came(self, event: tk.Event) -> None:
        # A window that comes to the front has the focus itself, where no key means anything.
        if event.widget is self.shell.top:
            self.shell.top.after_idle(self._focus_in_place)

    def _focus_in_place(self) -> None:
        if self.shell.frame.winfo_exists() and self.shell.top.focus_get() is self.shell.top:
            self.focus()

    def _keys(self) -> None:
        """The key line of the place; what can't be done now stays in its place and says why."""
        if self.place == "list":
            keys = [*self.side.list_keys(), *self.pages.openers()]
        elif self.place in self.side.pages:
            keys = self.side.pages[self.place].keys()
        elif self.place in self.pages.views:
            keys = self.pages.keys(self.place)
        elif self.place == "header":
            keys = [*self.header.key_line(), Key("F8", N_("Picture"), self._back), Key("Esc", N_("Back"), self._back)]
        else:
            keys = self.key_side.key_line() or self.picture_keys()
        signature = tuple((key.cap, str(key.text), str(key.why)) for key in keys)
        if signature != self._signature:
            self._signature = signature
            self.shell.keys(keys)
        if self.place == "pictures" and not self.key_side.card_open:
            self._say_what_cannot_be()

    def picture_keys(self) -> list[Key]:
        """The key line beside pictures."""
        pictures = self.pictures
        return [
            Key("F2", N_("Examinee"), self._to_search),
            Key("F3", N_("File"), self.choose_file),
            Key("F4", N_("Only one") if pictures.two else N_("Compare"), self.compare),
            Key("F5", N_("Stop") if pictures.pane.playing else N_("Play"), pictures.play_or_stop),
            Key("F6", N_("Undo"), self.saving.undo),
            Key("F7", N_("Key image"), self.saving.take_key_image),
            Key("F8", N_("Header"), self.show_header),
            Key("F9", N_("Fit") if pictures.pane.shown and not pictures.pane.fitted else N_("1:1"), pictures.zoom),
            Key("F10", N_("Keys"), self.key_side.show_card),
            Key("F11", N_("Save"), self.saving.open_card),
            Key("F12", N_("Finish"), self.finish),
            Key("Esc", N_("Back"), self._back),
        ]

    def _pictures_changed(self) -> None:
        """Another picture, window or loop: the banner and the keys follow it. One folder may hold several people."""
        seen, facts = self.pictures.seen_in(self.pictures.pane), self.pictures.pane.facts
        if seen is not None and facts is not None and self.place in PICTURED:
            whose = (id(seen), facts.patient_id, facts.name, facts.study_uid)
            if whose != self._whose:
                self._whose = whose
                self.shell.show_examinee(examinee_of(seen, facts))
                self._warn_of_another_id(seen, facts)
        self.saving.follow()
        self._keys()
        self.beside.look()

    def _warn_of_another_id(self, seen: Any, facts: PictureFacts) -> None:
        if rules.another_id(facts, seen.visit):
            words = N_("This picture carries the ID {id}, not that of this examinee. Check whose picture it is.")
            self.shell.problem.standing("another id", "look", Sentence(words, {"id": facts.patient_id}))
        else:
            self.shell.problem.over("another id")
        if seen.corrected is not None:
            self.shell.problem.standing("corrected", "look", seen.corrected)
        else:
            self.shell.problem.over("corrected")

    def _say_what_cannot_be(self) -> None:
        pane = self.pictures.pane
        why_key_image: str | Sentence = ""
        seen = self.pictures.seen_in(pane)
        if seen is None or seen.visit is None:
            why_key_image = N_("Key images need an examination that belongs to a visit.")
        elif not pane.ready:
            why_key_image = N_("No picture is shown.")
        loop = pane.stack is not None and len(pane.stack) > 1
        for cap, why in (
            ("F5", "" if loop else N_("There is only one picture.")),
            ("F7", why_key_image),
            ("F8", "" if pane.stack is not None else N_("No picture is shown.")),
        ):
            key = self.shell.key(cap)
            if why:
                key.disable(why)
            else:
                key.enable()

    def _back(self) -> None:
        if self.saving.close_card() or self.key_side.back() or (not self.opening.running and self.pages.back()):
            return
        if self.opening.running:
            self.opening.cancel()
        elif self.place in self.side.pages:
            self.side.pages[self.place].back()
        elif self.place in ("header", "keys"):
            self._go("pictures")
        elif self.place == "pictures":
            if self.pictures.cuts.running:
                self.pictures.cuts.stop()
            elif self.pictures.waiting:
                self.desk.give_up()
            else:
                self.pages.home()
        elif self.opened is not None:
            self._go("pictures")
        else:
            self.list.search.set("")
            self.list.search.focus()

    def _to_search(self) -> None:
        self._go("list")
        self.list.search.focus()

    def finish(self) -> None:
        """Close what is open and go back to the list."""
        self.opened = None
        self.beside.wanted(None)
        self.pictures.show(None)
        self.shell.clear_examinee()
        self.pages.home()
        self.refresh()

    # -- the list ----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for the list anew; an answer overtaken by a newer question is dropped."""
        self._asked += 1
        asked = self._asked

        def show(studies: Any) -> None:
            if asked == self._asked and self.list.winfo_exists():
                self.list.show(studies)

        self.desk.studies(*self.list.question).then(show, self.shell.problem.fault)
        self.side.ask_stores()
        self.side.ask_moved()

    def _open_selected(self) -> None:
        line = self.list.selected
        if line is None:
            self.shell.problem.look(N_("Choose an examination first."))
        else:
            self.open_line(line)

    def _scanned(self, code: str) -> None:
        if self.place in self.side.pages:
            self.side.pages[self.place].scanned(code)
        elif not self.pages.scanned(code):
            self._go("list")
            self.list.look_for(code)

    # -- opening -----------------------------------------------------------------------------------------------

    def open_line(self, line: FoundStudy) -> None:
        """Show a study of the list, from the nearest store that has it."""
        self._open(lambda progress: self.desk.open_line(line, progress, self._show_first))

    def open_study(self, study: Study) -> None:
        """Show a study of the shared store."""
        self._open(lambda progress: self.desk.open_study(study.id, progress, self._show_first))

    def open_files(self, places: list[str]) -> None:
        """Show files, folders or the table of contents of a disc."""
        self._open(lambda progress: self.desk.open_files(places, progress))

    def choose_file(self) -> None:
        """Ask for files to show."""
        chosen = filedialog.askopenfilenames(parent=self.shell.top, title=say(N_("Pictures to show")))
        if chosen:
            self.open_files(list(chosen))

    def choose_folder(self) -> None:
        """Ask for a folder or disc to show."""
        chosen = filedialog.askdirectory(parent=self.shell.top, title=say(N_("Folder of pictures")), mustexist=True)
        if chosen:
            self.open_files([chosen])

    def _open(self, ask: Any) -> None:
        self._first_only = False
        self.opening.start(N_("Opening..."), ask, self._show, self._undo_first)

    def _show_first(self, seen: Any) -> None:
        """The first picture is there while the headers of the others are still being read."""
        if self.opening.running and self.list.winfo_exists():
            self._first_only = True
            self.opened = seen
            self.beside.wanted(None)
            self.pages.leaving()
            self.pictures.show(seen)
            self._go("pictures")
            self.shell.top.update_idletasks()  # all has its size before the picture comes: painted once, not twice

    def _undo_first(self) -> None:
        """A part of a study must not stand there as if it were all."""
        if self._first_only:
            self._first_only = False
            self.finish()

    def _show(self, seen: Any) -> None:
        if not self.list.winfo_exists():
            return
        goes_on, self._first_only = self._first_only, False
        self.opened = seen
        self.pictures.show(seen, goes_on)
        self.beside.wanted(seen)
        if not goes_on:  # else whoever has gone on from its first picture meanwhile stays where he is
            self.pages.leaving()
            self._go("pictures")
        self._pictures_changed()
        if seen.refused:
            path, fault = seen.refused[0]
            words = N_("{count} files were left out. The first, {name}: {why}")
            values = {"count": len(seen.refused), "name": PureWindowsPath(path).name, "why": fault.sentence}
            self.shell.problem.look(Sentence(words, values))
        else:
            self.shell.problem.clear()

    # -- with the pictures -------------------------------------------------------------------------------------

    def compare(self) -> None:
        """Show the examination before this one of the same person and kind beside it, or this one alone again."""
        if not self._first_only:  # else the whole study is on its way, and the one before comes after it
            self.beside.toggle()

    def show_header(self) -> None:
        """The header of the picture in the pane."""
        facts = self.pictures.pane.facts
        if facts is None:
            return
        self.pictures.stop()

        def failed(fault: Fault) -> None:
            self._go("pictures")
            self.shell.problem.fault(fault)

        self._go("header")
        self.header.open(facts, failed)

    def _other_facts(self) -> PictureFacts | None:
        pictures = self.pictures
        other = pictures.panes[1] if pictures.pane is pictures.panes[0] else pictures.panes[0]
        return other.facts if pictures.two else None

    def _header_changed(self) -> None:
        if self.place == "header":
            self._keys()

    # -- news --------------------------------------------------------------------------------------------------

    def _asked_to_show(self, study: int | None, visit: int | None, file: str) -> None:
        """Reception, findings or the desktop wants something shown."""
        self.shell.top.deiconify()
        self.shell.top.lift()
        if file:
            self.open_files([file])
        else:
            self._open(lambda progress: self.desk.open_wanted(study, visit, progress, self._show_first))

    def _news_came(self) -> None:
        if self._news is None and self._quiet:  # else closed, and this was on its way
            self._news = self.shell.top.after(NEWS_PAUSE_MS, self._refresh_by_news)

    def _refresh_by_news(self) -> None:
        self._news = None
        self.refresh()

    def _closed(self, event: tk.Event) -> None:
        if event.widget is not self.shell.frame:
            return
        for quiet in self._quiet:
            quiet()
        self._quiet = []
        if self._news is not None:
            self.shell.top.after_cancel(self._news)
            self._news = None
        self.desk.give_up()


def examinee_of(seen: Any, facts: PictureFacts) -> Examinee:
    """The banner: from the visit where there is one, else what the picture's header says."""
    what = facts.study_description or facts.series_description
    if seen.visit is not None:
        visit = seen.visit
        return Examinee.of(visit.patient, visit.key.day, what or visit.course_name, visit.key.number)
    birth, day = read_day(facts.birth_date), read_day(facts.study_date)
    age = Patient("", "", birth_date=birth).age_on(day) if birth is not None and day is not None else None
    return Examinee(facts.name or say(N_("No name")), "", facts.sex, birth, age, what, facts.patient_id, N_("ID"))
