"""Discs of other hospitals: what is on one, whose it is here, and taking it in."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path, PureWindowsPath
from tkinter import filedialog, ttk
from typing import Any

from kiosk.core.correction import Identity
from kiosk.core.disc import Disc, DiscStudy
from kiosk.core.faults import Refused
from kiosk.core.study_search import FoundStudy
from kiosk.core.visit import Visit
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer import page_rules
from kiosk.modes.viewer.examinee_picker import ExamineePicker
from kiosk.modes.viewer.opening import Opening
from kiosk.ui import look
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Column, Row, Table

STUDIES = (
    Column("name", N_("Name"), 170, stretch=True),
    Column("id", N_("ID"), 110),
    Column("day", N_("Examination day"), 120),
    Column("kind", N_("Kind"), 70),
    Column("count", N_("Pictures"), 70, right=True),
    Column("here", N_("Here"), 120),
)
COMPARED = (
    Column("field", N_("Field"), 110),
    Column("disc", N_("On the disc"), 160, stretch=True),
    Column("ours", N_("Our examinee"), 160, stretch=True),
    Column("differs", N_("Compared"), 90),
)
UNREADABLE = (Column("file", N_("File"), 220, stretch=True), Column("why", N_("Why"), 300, stretch=True))


class DiscPage(ttk.Frame):
    """``leave()`` goes back to the list, ``changed()`` when other keys can be used."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, leave: Callable[[], object], changed: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._leave, self._changed = shell, desk.disc, leave, changed
        self._disc: Disc | None = None
        self._ours: Identity | None = None
        self._bad: list[tuple[str, Any]] = []
        self._running: Any = None
        self._opening = Opening(shell.problem, desk.give_up)
        gap = look.px(12)
        self.columnconfigure(0, weight=6, uniform="halves")
        self.columnconfigure(1, weight=5, uniform="halves")
        self.rowconfigure(1, weight=3)
        self.rowconfigure(3, weight=1)
        self.place = ttk.Label(self, text=say(N_("Put the disc in, then press F3.")), anchor="w")
        self.place.grid(row=0, column=0, sticky="sew", padx=(0, gap), pady=(0, gap))
        self.table = Table(self, STUDIES, empty=N_("No study on the disc was read yet."), several=True)
        self.table.tree.bind("<<TreeviewSelect>>", lambda event: self._compare(), add=True)
        self.table.grid(row=1, column=0, rowspan=3, sticky="nsew", padx=(0, gap))
        self.picker = ExamineePicker(self, shell, self._desk.examinees, self._chosen)
        self.picker.grid(row=0, column=1, rowspan=1, sticky="nsew", pady=(0, gap))
        self.compared = Table(self, COMPARED, lines=6, empty=N_("Choose our examinee, by scan or by name."))
        self.compared.grid(row=1, column=1, sticky="nsew")
        ttk.Label(self, text=say(N_("Files that could not be read")), style="Caption.TLabel").grid(
            row=2, column=1, sticky="w", pady=(gap, look.px(4))
        )
        self.unreadable = Table(self, UNREADABLE, lines=2, empty=N_("None."))
        self.unreadable.grid(row=3, column=1, sticky="nsew")

    @property
    def entry(self) -> tk.Misc:
        return self.picker.search.entry

    def focus_set(self) -> None:  # type: ignore[override]
        self.table.focus_set()

    def keys(self) -> list[Key]:
        """The key line of this page."""
        keys = [
            Key("F2", N_("Examinee"), self.picker.search.focus),
            Key("F3", N_("Read disc"), self.read_drive),
            Key("F4", N_("Folder"), self.choose_folder),
            Key("F5", N_("Take in"), self.ask, why=self._why_not()),
            Key("Esc", N_("Back"), self.back),
        ]
        return keys

    def opened(self, line: FoundStudy | None) -> None:
        """It stands in front now; the examinee of last time is not taken for this one."""
        self._ours = None
        self.picker.clear()
        self._compare()

    def back(self) -> None:
        """What runs is stopped first, then back to the list."""
        if self._opening.running:
            self._opening.cancel()
        elif self._running is not None and not self._running.stopping:
            self._running.stop()
        else:
            self._leave()

    def scanned(self, code: str) -> None:
        self.picker.look_for(code, exact=True)

    def dropped(self, paths: Sequence[Path]) -> None:
        """A folder or DICOMDIR was dropped: it is read."""
        self.read(str(paths[0]))

    # -- the disc ----------------------------------------------------------------------------------------------------

    def read_drive(self) -> None:
        """F3: the drive of the settings, else it is asked for."""
        if self._desk.drive:
            self.read(self._desk.drive)
        else:
            self.choose_folder()

    def choose_folder(self) -> None:
        """Ask where the disc is."""
        chosen = filedialog.askdirectory(parent=self._shell.top, title=say(N_("Disc or folder to take in")),
                                         mustexist=True)  # fmt: skip
        if chosen:
            self.read(chosen)

    def read(self, place: str) -> None:
        """See what is there."""
        if self._running is not None:
            self._shell.problem.look(N_("A disc is being taken in; wait for it."))
            return
        self._disc, self._ours = None, None
        self._show()
        words = Sentence(N_("Reading {place}..."), {"place": place})
        self._opening.start(words, lambda progress: self._desk.read(place, progress), self._came)

    def _came(self, disc: Disc) -> None:
        if not self.winfo_exists():
            return
        self._disc = disc
        self._bad = list(disc.unreadable)
        self._show()
        shown = page_rules.short_place(disc.place)
        values = {"place": shown, "studies": len(disc.studies), "bad": len(disc.unreadable)}
        self.place.configure(text=say(N_("{place}: {studies} studies"), **values))
        if not disc.studies:
            self._shell.problem.look(N_("There are no images on this disc that can be taken in."))
            return
        first = disc.studies[0]
        of_first = [each for each in disc.studies if each.person == first.person]
        keys = [each.study_uid for each in of_first if each.here < len(each.files)]
        self.table.tree.selection_set(keys or [first.study_uid])
        self.table.focus_set()
        if disc.unreadable:
            self._shell.problem.look(Sentence(N_("{bad} files of the disc can't be read; they are listed."), values))
        elif not keys:
            self._shell.problem.look(N_("Everything of this person is here already."))
        else:
            self._shell.problem.plain(N_("Scan our examinee's barcode, compare, then F5."))

    def _show(self) -> None:
        disc = self._disc
        nothing = say(N_("Put the disc in, then press F3."))
        self.place.configure(text=nothing if disc is None else page_rules.short_place(disc.place))
        rows = [] if disc is None else [
            Row(each.study_uid, page_rules.disc_cells(each), "done" if each.here >= len(each.files) else "")
            for each in disc.studies
        ]  # fmt: skip
        self.table.show(rows)
        self.unreadable.show(
            [Row(path, (PureWindowsPath(path).name, say(why.sentence)), "look") for path, why in self._bad]
        )
        self._compare()

    # -- whose -------------------------------------------------------------------------------------------------------

    def _chosen(self, visit: Visit) -> None:
        self._ours = Identity.of_patient(visit.patient)
        if self._disc is not None and (keys := page_rules.fitting(self._disc.studies, self._ours)):
            self.table.tree.selection_set(keys)
        self._compare()
        self.focus_set()

    def _selected(self) -> list[DiscStudy]:
        keys = set(self.table.selected_keys)
        return [each for each in self._disc.studies if each.study_uid in keys] if self._disc is not None else []

    def _compare(self) -> None:
        chosen = self._selected()
        before = chosen[0].identity if chosen else Identity()
        after = self._ours or Identity()
        rows = []
        if chosen or self._ours is not None:
            for field, words, *values, differs in page_rules.compared(before, after):
                told = (page_rules.identity_cell(field, value) for value in values)
                how, state = page_rules.DIFFERS[differs] if self._ours is not None else ("", "")
                rows.append(Row(field, (words, *told, say(how)), state))
        self.compared.show(rows)
        self._changed()

    def _why_not(self) -> str:
        if self._running is not None:
            return N_("A disc is being taken in; wait for it.")
        if not self._selected():
            return N_("Read a disc and choose the studies first.")
        return "" if self._ours is not None else N_("Scan our examinee, or choose by name (F2).")

    # -- taking in ---------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """F5: a person confirms that both are the same."""
        from kiosk.core.disc import one_person

        studies, ours = self._selected(), self._ours
        try:
            before = one_person(studies)
        except Refused as why:
            self._shell.problem.fault(why)
            return
        if ours is None:
            return
        rows = page_rules.compared(before, ours)
        unlike = [words for field, words, _, _, differs in rows if differs and field != "patient_id"]
        values = {
            "n": sum(len(each.files) for each in studies), "disc": f"{before.shown_name} ({before.patient_id})",
            "ours": f"{ours.shown_name} ({ours.patient_id})", "unlike": say(N_(", ")).join(unlike),
            "other": page_rules.here_as_another(studies, ours),
        }  # fmt: skip
        text = N_("{n} images of {disc} are stored as images of {ours}. Their old ID is kept in them.")
        told = say(Sentence(text, values))
        if unlike:
            told += "\n" + say(Sentence(N_("These differ: {unlike}. Is it the same person all the same?"), values))
        if values["other"]:
            text = N_("Some of it is stored already as images of {other}: check who is right first.")
            told += "\n" + say(Sentence(text, values))
        doubtful = bool(unlike or values["other"])
        take = Choice(N_("The same person: take in"), lambda: self.take(studies, ours), dangerous=doubtful)
        self._shell.ask(N_("Are both the same person?"), told, [Choice(N_("Not yet")), take])

    def take(self, studies: Sequence[DiscStudy], ours: Identity) -> None:
        """Begin; it can be stopped, and what was taken by then stays."""
        words = N_("Taking in the disc...")
        self._running = running = self._desk.take(studies, ours)
        self._changed()
        self._shell.problem.progress(words, 0.0, running.stop)
        running.on_progress(lambda part: self._shell.problem.progress(words, part, running.stop))
        running.then(self._taken, self._failed)

    def _taken(self, done: Any) -> None:
        self._over()
        if not self.winfo_exists():
            return
        values = {"stored": done.stored, "known": done.known, "bad": len(done.refused)}
        if done.refused:
            self._bad += done.refused
            text = N_("{stored} images were taken in, {known} were here before, {bad} could not be taken (listed).")
            self._shell.problem.look(Sentence(text, values))
        elif not done.stored:
            self._shell.problem.done(N_("All of it was here before; nothing was stored twice."))
        else:
            text = N_("{stored} images were taken in, {known} were here before.")
            self._shell.problem.done(Sentence(text, values))
        self._show()

    def _failed(self, why: Any) -> None:
        self._over()
        self._shell.problem.fault(why)

    def _over(self) -> None:
        self._running = None
        self._shell.problem.progress_over()
        if self.winfo_exists():
            self._changed()
