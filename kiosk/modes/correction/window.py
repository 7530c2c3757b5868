"""The window of corrections: choose the images, scan whose they are, compare, confirm by two; undo; whom to ask."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

from kiosk.core.correction import State
from kiosk.core.words import N_, Sentence
from kiosk.modes.correction import rules
from kiosk.modes.correction.convert_page import ConvertPage
from kiosk.modes.correction.form_page import FormPage
from kiosk.modes.correction.list_pages import CorrectionsPage, StudiesPage, ToDoPage
from kiosk.modes.correction.redraw_page import RedrawPage
from kiosk.modes.correction.remove_page import RemovePage
from kiosk.ui.shell import Choice, Key, Shell


class CorrectionWindow:
    """One page at a time; a scan goes to the form, and nowhere else is it told what to do."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        self.desk = desk
        self.shell = Shell(parent, N_("Correction"), where=desk.place, mailbox=desk.mailbox)
        self.shell.window = self  # type: ignore[attr-defined]
        self.following = 0  # the correction that was begun here
        self._ready = False
        self._asked = 0
        work = self.shell.work
        work.columnconfigure(0, weight=1)
        work.rowconfigure(0, weight=1)
        self.studies = StudiesPage(work, self.shell, desk, self.set_keys, self.open_form)
        self.form = FormPage(work, self.shell, desk, self.set_keys)
        self.corrections = CorrectionsPage(work, self.shell, desk, self.set_keys)
        self.to_do = ToDoPage(work, self.shell, desk, self.set_keys)
        self.convert = ConvertPage(work, self.shell, desk, self.set_keys)
        self.redraw = RedrawPage(work, self.shell, desk, self.set_keys, lambda: self.show_page(self.corrections))
        self.remove = RemovePage(work, self.shell, desk, lambda: self.show_page(self.corrections))
        self.page: Any = self.studies
        self._ready = True
        self._end: Callable[[], None] = desk.listen(self.news)
        self.shell.on_scan(self.scanned)
        self.shell.frame.bind("<Destroy>", self._closed, add=True)
        self.show_page(self.studies)
        self.news()

    # -- pages and keys ----------------------------------------------------------------------------------------------

    def show_page(self, page: Any) -> None:
        for each in (
            self.studies, self.form, self.corrections, self.to_do, self.convert, self.redraw, self.remove
        ):  # fmt: skip
            each.grid_remove()
        self.page = page
        page.grid(row=0, column=0, sticky="nsew")
        self.shell.letter_keys(self.form.letter_keys() if page is self.form else {})
        self.shell.search_field(self.form.text.entry if page is self.form else self.studies.search.entry)
        self.shell.busy(page is self.form)
        self.set_keys()
        self.shell.problem.clear()  # what was said of the page before
        if page is self.studies:
            self.studies.refresh()
            self.shell.problem.plain(N_("Choose the images that were taken under the wrong person."))

    def set_keys(self) -> None:
        if self._ready:
            keys = {
                self.studies: self._study_keys, self.form: self._form_keys, self.corrections: self._list_keys,
                self.to_do: self._to_do_keys, self.convert: self._convert_keys, self.redraw: self._redraw_keys,
                self.remove: self._remove_keys,
            }  # fmt: skip
            self.shell.keys(keys[self.page]())

    def _study_keys(self) -> list[Key]:
        nothing = "" if self.studies.marked is not None else N_("Mark the images first.")
        return [
            Key("F2", N_("Search"), self.studies.search.focus),
            Key("F3", N_("Corrections"), lambda: self.show_page(self.corrections)),
            Key("F4", N_("Whom to ask"), lambda: self.show_page(self.to_do)),
            Key("F5", N_("Wrong person"), self.open_form, why=nothing),
            Key("F9", N_("Read again"), self.studies.refresh),
            *([Key("F10", N_("ID conversion"), self.open_convert)] if self.desk.settings.convert.folder else []),
        ]

    def _form_keys(self) -> list[Key]:
        return [
            Key("F2", N_("Second person"), self.form.second.focus),
            Key("F5", N_("Correct"), self.ask_start, why=self.form.why_not()),
            Key("Esc", N_("Back"), self.leave_form),
        ]

    def _list_keys(self) -> list[Key]:
        marked = self.corrections.marked
        no_undo = "" if rules.may_undo(marked) else N_("Mark one that is corrected.")
        done = marked is not None and marked.state is State.TOLD
        no_redraw = "" if done else N_("Mark one that is corrected.")
        no_remove = rules.not_removable(marked, self.desk.settings.quarantine_days, self.desk.today())
        no_end = "" if rules.may_give_up(marked) else N_("Mark one whose copies are being made.")
        return [
            Key("F4", N_("Whom to ask"), lambda: self.show_page(self.to_do)),
            Key("F6", N_("Take back"), self.ask_undo, why=no_undo),
            Key("F7", N_("Give up"), lambda: self._do(self.desk.cancel(marked.id)), why=no_end),
            Key("F8", N_("Burned-in name"), lambda: self._open_redraw(marked), why=no_redraw),
            Key("F9", N_("Delete for good"), lambda: self._open_remove(marked), why=no_remove),
            Key("Esc", N_("Back"), lambda: self.show_page(self.studies)),
        ]

    def _to_do_keys(self) -> list[Key]:
        marked = self.to_do.marked
        by_hand = marked is not None and marked.way == "hand"
        why = "" if by_hand else N_("Mark one that is to be asked for.")
        return [
            Key("F3", N_("Corrections"), lambda: self.show_page(self.corrections)),
            Key("F5", N_("Was asked"), lambda: self._do(self.desk.settle(marked.id)), why=why),
            Key("Esc", N_("Back"), lambda: self.show_page(self.studies)),
        ]

    def _convert_keys(self) -> list[Key]:
        nothing = "" if rules.to_convert(self.convert.lines) else N_("Nothing is to be converted.")
        why = N_("It is being converted.") if self.convert.running is not None else nothing
        return [
            Key("F5", N_("Convert"), self.convert.ask, why=why),
            Key("F9", N_("Read again"), self.convert.refresh),
            Key("Esc", N_("Back"), lambda: self.show_page(self.studies)),
        ]

    def _redraw_keys(self) -> list[Key]:
        why = "" if self.redraw.seen else N_("Look at the preview first.")
        return [
            Key("F5", N_("Redraw"), self.redraw.ask, why=why),
            Key("F8", N_("Preview"), self.redraw.preview),
            Key("F9", N_("Next picture"), self.redraw.next),
            Key("Esc", N_("Back"), lambda: self.show_page(self.corrections)),
        ]

    def _remove_keys(self) -> list[Key]:
        return [
            Key("F2", N_("Second person"), self.remove.second.focus),
            Key("F5", N_("Delete for good"), self.remove.ask),
            Key("Esc", N_("Back"), lambda: self.show_page(self.corrections)),
        ]

    def _open_remove(self, marked: Any) -> None:
        self.show_page(self.remove)
        self.remove.open(marked)

    def _open_redraw(self, marked: Any) -> None:
        """F8: the name that the device burned into the pictures."""
        self.redraw.open(marked)
        self.show_page(self.redraw)
        self.shell.problem.look(N_("Move the place until the old name is covered, then F5."))

    def open_convert(self) -> None:
        """F10: first what would be done."""
        self.show_page(self.convert)
        self.convert.refresh()

    # -- one correction ----------------------------------------------------------------------------------------------

    def open_form(self) -> None:
        """F5 at the list: these images are of somebody else."""
        study = self.studies.marked
        if study is None:
            return

        def opened(wrong: Any) -> None:
            if self.shell.frame.winfo_exists() and self.page is self.studies:
                self.form.open(wrong)
                self.show_page(self.form)
                self.shell.problem.look(N_("Scan the barcode of the right examinee."))

        self.desk.wrong(study).then(opened, self.shell.problem.fault)

    def scanned(self, code: str) -> None:
        if self.page is self.form:
            self.form.scanned(code)
        elif self.page is self.studies:
            self.studies.search.set(code)
            self.studies.refresh()
        else:
            self.shell.problem.look(N_("Choose the images first, then scan the right examinee."))

    def ask_start(self) -> None:
        """F5 on the form: the consequence is told, the safe answer stands first."""
        if self.form.why_not():
            return
        if not self.form.second.get() or not self.form.pin.get():
            self.shell.problem.look(N_("A second person must confirm it."))
            (self.form.pin if self.form.second.get() else self.form.second).focus()
            return
        question = Sentence(N_("Give these images to {name}?"), {"name": self.form.right.identity.shown_name})
        choices = [Choice(N_("No, not yet")), Choice(N_("Correct"), self._start)]
        self.shell.ask(question, self.form.summary(), choices)

    def _start(self) -> None:
        form = self.form

        def begun(number: int) -> None:
            if self.shell.frame.winfo_exists():
                self.following = number
                form.wrong = form.right = None
                self.show_page(self.corrections)
                self.news()

        def failed(why: Any) -> None:
            if self.shell.frame.winfo_exists():
                form.pin.set("")
                form.pin.focus()
                self.shell.top.bell()
                self.shell.problem.fault(why)

        self.desk.start(
            form.wrong, form.right, form.reason, form.text.get(), form.second.get(), form.pin.get(), form.series
        ).then(begun, failed)  # fmt: skip

    def leave_form(self) -> None:
        self.form.wrong = self.form.right = None
        self.form.pin.set("")
        self.show_page(self.studies)

    def ask_undo(self) -> None:
        """F6."""
        marked = self.corrections.marked
        if not rules.may_undo(marked):
            return
        told = N_("The {n} images become images of {before} again, as they were. The corrected ones are put away.")
        who = f"{marked.before.patient_id} {marked.before.shown_name}"
        choices = [
            Choice(N_("No, it stays corrected")),
            Choice(N_("Take back"), lambda: self._undo(marked.id), dangerous=True),
        ]
        self.shell.ask(N_("Take this correction back?"), Sentence(told, {"n": marked.images, "before": who}), choices)

    def _undo(self, number: int) -> None:
        def asked(_: Any) -> None:
            self.following = number
            self.news()

        self.desk.undo(number).then(asked, self.shell.problem.fault)

    def _do(self, answer: Any) -> None:
        answer.then(lambda _: self.news(), self.shell.problem.fault)

    # -- news --------------------------------------------------------------------------------------------------------

    def news(self) -> None:
        """A correction went on, here or elsewhere."""
        if not self.shell.frame.winfo_exists():
            return
        self._asked += 1
        mine = self._asked

        def came(found: list[Any]) -> None:
            if mine == self._asked:  # an older answer may come later
                self._came(found)

        self.desk.newest().then(came, self.shell.problem.fault)
        self.desk.to_do().then(self._to_do_came, self.shell.problem.fault)

    def _came(self, found: list[Any]) -> None:
        if not self.shell.frame.winfo_exists():
            return
        self.corrections.show(found)
        mine = next((each for each in found if each.id == self.following), None)
        if mine is None:
            return
        if mine.error:
            self.shell.problem.progress_over()
            self.shell.problem.stop(rules.correction_words(mine))
        elif mine.state in (State.PLANNED, State.STAGED):
            told = Sentence(N_("Copies are made and proven: {n} of {m}"), {"n": mine.done, "m": mine.images})
            part = mine.done / max(1, mine.images)
            self.shell.problem.progress(told, part, lambda: self._do(self.desk.cancel(mine.id)))
        else:
            self.shell.problem.progress_over()
            if mine.state not in (State.SWAPPED, State.UNDOING):
                self._over(mine)

    def _over(self, mine: Any) -> None:
        self.following = 0
        if mine.state is State.TOLD:
            told = N_("{n} images are now of {after}.")
            if mine.places:
                self.shell.problem.look(rules.correction_words(mine))
                return
        elif mine.state is State.UNDONE:
            told = N_("{n} images are of {before} again.")
        else:
            told = N_("It was given up; nothing was changed.")
        values = {"n": mine.images, "after": mine.after.shown_name, "before": mine.before.shown_name}
        self.shell.problem.done(Sentence(told, values))

    def _to_do_came(self, found: list[Any]) -> None:
        if not self.shell.frame.winfo_exists():
            return
        self.to_do.show(found)
        by_hand = sum(tell.way == "hand" for tell, _ in found)
        if by_hand:
            told = Sentence(N_("{n} are still to be asked to hide images (F4)."), {"n": by_hand})
            self.shell.problem.standing("to-do", "look", told)
        else:
            self.shell.problem.over("to-do")

    def _closed(self, event: Any) -> None:
        if event.widget is self.shell.frame:
            self._end()
