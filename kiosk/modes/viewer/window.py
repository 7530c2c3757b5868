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
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer import rules
from kiosk.modes.viewer.beside import Beside
from kiosk.modes.viewer.card_window import KeyCard
from kiosk.modes.viewer.header_window import HeaderView
from kiosk.modes.viewer.list_window import ListView
from kiosk.modes.viewer.opening import Opening
from kiosk.modes.viewer.pictures_window import PicturesView
from kiosk.ui.banner import Examinee
from kiosk.ui.dates import read_day
from kiosk.ui.shell import Key, Shell

NEWS_PAUSE_MS = 400  # many images in a row are one refresh


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
        self._card: KeyCard | None = None
        self._whose: tuple[Any, ...] = ()
        self._first_only = False
        self._signature: tuple[Any, ...] = ()
        work = self.shell.work
        work.rowconfigure(0, weight=1)
        work.columnconfigure(0, weight=1)
        self.list = ListView(work, desk.settings.days, self.refresh, self.open_study)
        self.opening = Opening(self.shell.problem, desk.give_up)
        self.pictures = PicturesView(work, self.shell, desk, self._pictures_changed)
        self.beside = Beside(
            self.pictures, desk, self.opening, self.shell.problem, lambda: self.opened, self._pictures_changed
        )
        self.header = HeaderView(work)
        self.shell.on_scan(self._scanned)
        self.shell.search_field(self.list.search.entry)
        self.shell.on_files(lambda paths: self.open_files([str(path) for path in paths]))
        self._quiet = [desk.on_show(self._asked_to_show), desk.on_news(self._news_came)]
        self.shell.frame.bind("<Destroy>", self._closed, add=True)
        parent.bind("<FocusIn>", self._focus_came, add=True)
        self._go("list")
        self.refresh()
        if desk.argument:
            self.open_files([desk.argument])

    # -- from place to place -----------------------------------------------------------------------------------

    def _go(self, place: str) -> None:
        views = {"list": self.list, "pictures": self.pictures, "header": self.header}
        for name, view in views.items():
            if name == place:
                view.grid(row=0, column=0, sticky="nsew")
            else:
                view.grid_remove()
        self.place = place
        self.shell.scanner.typing_goes_to_search = place != "pictures"
        self.shell.search_field(self.header.search.entry if place == "header" else self.list.search.entry)
        if place == "list":
            self.pictures.stop()
        self.focus()
        self.shell.letter_keys(self.pictures.letters if place == "pictures" else {})
        self._keys()

    def focus(self) -> None:
        """Arrow keys do what the place is for."""
        main = {"list": self.list.table, "pictures": self.pictures.pane, "header": self.header.table}[self.place]
        main.focus_set()

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
            keys = [
                Key("F2", N_("Examinee"), self.list.search.focus),
                Key("F3", N_("File"), self.choose_file),
                Key("F4", N_("Folder"), self.choose_folder),
                Key("F5", N_("Open"), self._open_selected),
                Key("Esc", N_("Back"), self._back),
            ]
        elif self.place == "header":
            keys = [Key("F8", N_("Picture"), self._back), Key("Esc", N_("Back"), self._back)]
        else:
            pictures = self.pictures
            keys = [
                Key("F2", N_("Examinee"), self._to_search),
                Key("F3", N_("File"), self.choose_file),
                Key("F4", N_("Only one") if pictures.two else N_("Compare"), self.compare),
                Key("F5", N_("Stop") if pictures.pane.playing else N_("Play"), pictures.play_or_stop),
                Key("F6", N_("Undo"), pictures.reset),
                Key("F7", N_("Key image"), self.take_key_image),
                Key("F8", N_("Header"), self.show_header),
                Key("F9", N_("Fit") if pictures.pane.shown and not pictures.pane.fitted else N_("1:1"), pictures.zoom),
                Key("F10", N_("Keys"), self.show_card),
                Key("F12", N_("Finish"), self.finish),
                Key("Esc", N_("Back"), self._back),
            ]
        signature = tuple((key.cap, str(key.text)) for key in keys)
        if signature != self._signature:
            self._signature = signature
            self.shell.keys(keys)
        if self.place == "pictures":
            self._say_what_cannot_be()

    def _pictures_changed(self) -> None:
        """Another picture, window or loop: the banner and the keys follow it. One folder may hold several people."""
        seen, facts = self.pictures.seen_in(self.pictures.pane), self.pictures.pane.facts
        if seen is not None and facts is not None:
            whose = (id(seen), facts.patient_id, facts.name, facts.study_uid)
            if whose != self._whose:
                self._whose = whose
                self.shell.show_examinee(examinee_of(seen, facts))
                self._warn_of_another_id(seen, facts)
        self._keys()

        self.beside.look()

    def _warn_of_another_id(self, seen: Any, facts: PictureFacts) -> None:
        if rules.another_id(facts, seen.visit):
            words = N_("This picture carries the ID {id}, not that of this examinee. Check whose picture it is.")
            self.shell.problem.standing("another id", "look", Sentence(words, {"id": facts.patient_id}))
        else:
            self.shell.problem.over("another id")

    def _say_what_cannot_be(self) -> None:
        pane = self.pictures.pane
        why_key_image: str | Sentence = ""
        visit = self.opened.visit if self.opened is not None else None
        if visit is None:
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
        if self._card is not None:
            self._card.close()
        elif self.opening.running:
            self.opening.cancel()
        elif self.place == "header":
            self._go("pictures")
        elif self.place == "pictures":
            if self.pictures.cuts.running:
                self.pictures.cuts.stop()
            elif self.pictures.waiting:
                self.desk.give_up()
            else:
                self._go("list")
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
        self._whose = ()
        self.shell.clear_examinee()
        self.shell.problem.over("another id")
        self._go("list")
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

    def _open_selected(self) -> None:
        study = self.list.selected
        if study is None:
            self.shell.problem.look(N_("Choose an examination first."))
        else:
            self.open_study(study)

    def _scanned(self, code: str) -> None:
        self._go("list")
        self.list.look_for(code)

    # -- opening -----------------------------------------------------------------------------------------------

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
            self.opened, self._whose = seen, ()
            self.beside.wanted(None)
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
        self._whose = ()
        self.pictures.show(seen, goes_on)
        self.beside.wanted(seen)
        if not goes_on or self.place == "list":
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

    def take_key_image(self) -> None:
        """Put the picture as it is seen into the tray of its visit."""
        pane = self.pictures.pane
        seen = self.pictures.seen_in(pane)
        facts = pane.facts
        if seen is None or seen.visit is None or facts is None or not pane.ready or pane.stack is None:
            self.shell.problem.look(N_("Key images need an examination that belongs to a visit."))
            return
        frame = pane.stack.slides[pane.at][1]
        picture = pane.png_maker(self.desk.settings.key_image_px)
        caption = rules.caption_of(facts, pane.turned_now, pane.inverted)
        self.desk.take_key_image(seen.visit.id, facts.sop_uid, frame + 1, picture, pane.rendering(), caption).then(
            lambda row: self.shell.problem.done(N_("The key image is in the tray of this visit.")),
            self.shell.problem.fault,
        )

    def show_header(self) -> None:
        """The header of the picture in the pane."""
        facts = self.pictures.pane.facts
        if facts is None:
            return
        name = PureWindowsPath(facts.path).name
        self.pictures.stop()

        def came(lines: Any) -> None:
            if self.place == "header":
                self.header.show(name, lines)

        def failed(fault: Fault) -> None:
            if self.place == "header":
                self._go("pictures")
            self.shell.problem.fault(fault)

        self.header.clear()
        self._go("header")
        self.desk.header(facts.path, facts.stamp).then(came, failed)

    def show_card(self) -> None:
        """All keys on one card."""
        if self._card is None:
            self._card = KeyCard(self.shell.work, self._card_closed)
        else:
            self._card.close()

    def _card_closed(self) -> None:
        self._card = None
        self.pictures.pane.focus_set()

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
        if self._news is None:
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
