"""The pages of health guidance in the findings window: list, case, and the examinee's sheet."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.guidance import CaseBody, CaseState, why_not_finished
from kiosk.core.words import N_, Sentence
from kiosk.modes.findings.guidance_figures import FiguresPage
from kiosk.modes.findings.guidance_form import GuidanceForm
from kiosk.modes.findings.guidance_list import GuidanceList
from kiosk.modes.findings.kept_form import KeptForm
from kiosk.modes.findings.page_window import PageView
from kiosk.modes.findings.reason_window import ReasonCard
from kiosk.modes.findings.tray_window import BigPicture
from kiosk.ui.shell import Key, Shell

NEWS_PAUSE_MS = 300
STATE = "guidance state"  # its name in the problem line


@dataclass(frozen=True)
class _Saved:
    """A version of a case, as the page shows it: whatever is saved counts."""

    number: int
    by: str
    at: str
    signed: bool = True
    reason: str = ""


class GuidancePages(ttk.Frame):
    """``desk`` is that of the mode, its guidance is ``desk.guidance``; ``changed()`` when other keys can be used;
    ``left()`` back to the findings."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object], left: Callable[[], object]
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.shell, self._mode_desk, self._desk = shell, desk, desk.guidance
        self._changed, self._left = changed, left
        self.place = "list"
        self._asked = 0
        self._visit = 0  # that somebody came from
        self._news_timer: str | None = None
        self._big: BigPicture | None = None
        self.card: ReasonCard | None = None
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.list = GuidanceList(self, self.refresh, self.open_marked, self._keys_changed)
        self.form = GuidanceForm(self, desk.picture, self.enlarge)
        self.page = PageView(self, self._ask_page, desk.page_png, shell.problem.fault, self._print)
        self.figures = FiguresPage(self, shell, self._desk)
        self.writing = KeptForm(
            shell, self._desk, self.form, desk.settings.draft_every_ms, self._shown, self._was_left
        )  # fmt: skip
        self._views = {"list": self.list, "form": self.form, "page": self.page, "figures": self.figures}
        self._quiet = self._desk.on_news(self._news)
        self.bind("<Destroy>", lambda event: self._end() if event.widget is self else None)
        self._go("list")

    # -- places and keys -----------------------------------------------------------------------------------------

    def opened(self, visit: int = 0) -> None:
        """Guidance stands in front now. ``visit``: that of the examinee who was marked among the findings."""
        self._visit = visit
        self._go("list")
        self.refresh(lambda: self.list.mark(visit))

    def _go(self, place: str) -> None:
        for name, view in self._views.items():
            if name == place:
                view.grid(row=0, column=0, sticky="nsew")
            else:
                view.grid_remove()
        self.place = place
        if place == "list":
            self.shell.clear_examinee()
            self.list.table.focus_set()
        self._keys_changed()

    def _shown(self) -> None:
        """A case is on the screen: one that has begun opens at its sessions."""
        opened = self.writing.opened
        if self.place != "form" or not self.form.part:
            self._part("course" if opened.newest.body.sessions else "plan")
        else:
            self._part(self.form.part)
        body = opened.newest.body
        told = {CaseState.FINISHED: N_("This guidance is finished."),
                CaseState.INTERRUPTED: N_("Interrupted: {reason}")}.get(CaseState(body.state))  # fmt: skip
        if told is not None:
            self.shell.problem.standing(STATE, "look", Sentence(told, {"reason": body.state_reason}))
        else:
            self.shell.problem.over(STATE)

    def _part(self, name: str) -> None:
        self.form.show_part(name)
        self._go("form")
        first: Any = self.form.plan.measured["waist"]
        if name == "course":
            first = self.form.course.fields["form"]
        if self.writing.editable:
            first.focus()

    def _keys_changed(self) -> None:
        if self.grid_info():  # these pages stand in front
            self._changed()

    def keys(self) -> list[Key]:
        """The keys of the page in front."""
        if self.card is not None:
            return [Key("F5", N_("Interrupt"), self.card.sign), Key("Esc", N_("Back"), self.card.close)]
        if self._big is not None:
            return [Key("Esc", N_("Back"), self._big.close)]
        return {"list": self._list_keys, "form": self._form_keys, "page": self._page_keys,
                "figures": self._figure_keys}[self.place]()  # fmt: skip

    def _list_keys(self) -> list[Key]:
        marked = self.list.marked
        none = "" if marked is not None else N_("Mark an examinee first.")
        new = marked is not None and not marked.found.case
        return [
            Key("F2", N_("Examinee"), self.list.search.focus),
            Key("F5", N_("Begin guidance") if new else N_("Open"), self.open_marked, why=none),
            Key("F7", N_("Figures"), self._open_figures),
            Key("F8", N_("Sheet"), self._sheet_of_marked, why=none or (N_("There is no guidance yet.") if new else "")),
            Key("Esc", N_("Back"), self._left),
        ]

    def _form_keys(self) -> list[Key]:
        writing, opened = self.writing, self.writing.opened
        held = "" if writing.editable else N_("Somebody else has it open.")
        course = self.form.part == "course"
        state = opened.newest.body.state if opened is not None else CaseState.OPEN
        is_open = state == CaseState.OPEN
        other = ("plan", N_("Check-up, goals")) if course else ("course", N_("Sessions"))
        only_course = held or ("" if course else N_("It is on the page of the sessions (F3)."))
        none = "" if self.form.plan.tray.thumbs else N_("There is no key image yet.")
        stop = [Key("F10", N_("Interrupt"), self._ask_interrupt, why=held)] if is_open else []
        return [
            Key("F3", other[1], lambda: self._part(other[0])),
            Key("F4", N_("Enlarge"), lambda: self.enlarge(self.form.plan.tray.focused), why=none),
            Key("F5", N_("Save"), self.save, why=held),
            Key("F6", N_("As saved"), writing.back_to_saved, why=held),
            Key("F7", N_("New session"), self.form.course.new_session, why=only_course),
            Key("F8", N_("Sheet"), self.show_page),
            Key("F9", N_("Finish") if is_open else N_("Go on with it"), self._finish if is_open else self._go_on,
                why=held),
            *stop,
            Key("F11", N_("Remove session"), self._remove, why=only_course),
            Key("Esc", N_("Back"), self.leave),
        ]  # fmt: skip

    def _figure_keys(self) -> list[Key]:
        return [Key("F5", N_("Keep the figure"), self.figures.save), Key("Esc", N_("Back"), self._back)]

    def _open_figures(self) -> None:
        self._go("figures")
        self.figures.opened()

    def _page_keys(self) -> list[Key]:
        return [Key("F5", N_("Print"), self.page.print), Key("Esc", N_("Back"), self._back)]

    def _back(self) -> None:
        if self.writing.opened is None:
            self.opened(self._visit)
        else:
            self._go("form")

    # -- the list ------------------------------------------------------------------------------------------------

    def refresh(self, then: Callable[[], object] | None = None) -> None:
        """Read the list anew; only the newest answer is shown."""
        self._asked += 1
        mine = self._asked

        def show(lines: Any) -> None:
            if self.winfo_exists() and mine == self._asked:
                self.list.show(lines)
                self._keys_changed()
                if then is not None:
                    then()

        self._desk.lines(self.list.search.get(), self._visit).then(show, self.shell.problem.fault)

    def scanned(self, code: str) -> None:
        """A barcode: the examinee's case, or a new one; with several, somebody chooses."""

        def find() -> None:
            self._go("list")
            self.list.search.set(code)
            self.refresh(only_one)

        def only_one() -> None:
            if len(self.list.shown) == 1:
                self.list.table.select(self.list.table.shown_keys[0])
                self.open_marked()
            elif not self.list.shown:
                self.shell.problem.look(Sentence(N_("Nobody was found for {code}."), {"code": code}))

        if self.card is None and self.writing.opened is None:
            find()
        elif self.card is None and self._big is None:
            self.leave(find)
        else:
            self.shell.problem.look(N_("Please answer the question first, then scan again."))

    def open_marked(self) -> None:
        """F5, Return: the case of the line, a new one where there is none."""
        marked = self.list.marked
        if marked is not None and marked.found.case:
            self._open(marked.found.case)
        elif marked is not None:
            self.begin_for(marked.found.visit)

    def begin_for(self, visit: int) -> None:
        """The case of a visit's examinee, from the findings."""
        self._desk.begin(visit).then(self._open, self.shell.problem.fault)

    def _open(self, case: int) -> None:
        self.form.part = ""
        self.writing.open(case)

    def leave(self, then: Callable[[], object] | None = None) -> None:
        """Esc: a session that was begun must be whole before it is saved."""
        if not self.writing.editable or self._is_whole():
            self.writing.leave(then)

    def _was_left(self, then: Callable[[], object] | None) -> None:
        self.shell.problem.over(STATE)
        self._go("list")
        self.refresh(then)

    # -- one case ------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """F5."""
        if self._is_whole():
            self.writing.save(lambda _: None)

    def _is_whole(self) -> bool:
        """Can what stands there be saved? Else what is wrong is marked, shown and said."""
        wrong = self.form.mark_wrong()
        if not wrong:
            return True
        if self.form.part != wrong:
            self._part(wrong)
            self.form.mark_wrong()
        self.shell.problem.look(N_("Please correct what is marked with ×; nothing was saved."))
        return False

    def _remove(self) -> None:
        if self.form.course.remove_chosen():
            self.shell.problem.look(N_("The session is taken out; F5 saves it so, F6 brings it back."))
        else:
            self.shell.problem.look(N_("Mark a session first."))

    def _finish(self) -> None:
        trouble = why_not_finished(self.writing.opened.book, self.form.body())
        if trouble is not None:
            self.shell.problem.look(trouble)
        else:
            self._save_as(self.form.with_state(CaseState.FINISHED))

    def _go_on(self) -> None:
        self._save_as(self.form.with_state(CaseState.OPEN))

    def _ask_interrupt(self) -> None:
        self.card = ReasonCard(
            self.shell.work, lambda reason: self._save_as(self.form.with_state(CaseState.INTERRUPTED, reason)),
            self._card_closed, question=N_("Why is the guidance interrupted?"),
            note=N_("It leaves the list of what is due; it can be gone on with."), act=N_("Interrupt"),
        )  # fmt: skip
        self._changed()

    def _card_closed(self) -> None:
        self.card = None
        self._changed()

    def _save_as(self, body: CaseBody) -> None:
        writing = self.writing
        if not writing.busy and self._is_whole():
            answer = self._desk.save(writing.opened.id, body, writing.opened.based_on)
            writing.run(N_("Saving"), answer, lambda _: writing.reopen())

    # -- key images and paper ------------------------------------------------------------------------------------

    def enlarge(self, key: int) -> None:
        """Show a key image over the whole work."""
        if key and self._big is None:
            shown = {key: thumb.image.comment for key, thumb in self.form.plan.tray.thumbs.items()}
            self._big = BigPicture(self.shell.work, shown, key, self._mode_desk.picture, self._big_closed)
            self._changed()

    def _big_closed(self) -> None:
        self._big = None
        self._changed()

    def show_page(self) -> None:
        """F8: save, then show the examinee's sheet."""
        writing = self.writing
        if writing.busy or (writing.editable and not self._is_whole()):
            return
        if writing.editable and writing.changed:
            writing.save(lambda _: self._show_versions(writing.opened.case))
        else:
            self._show_versions(writing.opened.case)

    def _sheet_of_marked(self) -> None:
        self.writing.peek(self.list.marked.found.case, lambda opened: self._show_versions(opened.case))

    def _show_versions(self, case: Any) -> None:
        self._paged = case.id
        self._go("page")
        self.page.show([_Saved(each.number, each.by, each.at) for each in case.versions])

    def _ask_page(self, number: int) -> Any:
        return self._desk.page(self._paged, number)

    def _print(self, number: int) -> None:
        self.shell.problem.progress(N_("Printing"))

        def failed(fault: Fault) -> None:
            self.shell.problem.progress_over()
            self.shell.problem.fault(fault)

        self._desk.print(self._paged, number).then(None, failed)

    # -- news and the end ----------------------------------------------------------------------------------------

    def _news(self, notice: Any) -> None:
        opened = self.writing.opened
        if notice.kind == "tray":
            if opened is not None and notice.ids.get("visit") == opened.visit.id:
                self._mode_desk.tray(opened.visit.id, "").then(lambda answer: self._new_tray(opened, answer[0]))
        elif self.place == "list" and self._news_timer is None and self.grid_info():
            self._news_timer = self.after(NEWS_PAUSE_MS, self._after_news)

    def _after_news(self) -> None:
        self._news_timer = None
        if self.place == "list":
            self.refresh()

    def _new_tray(self, opened: Any, images: Any) -> None:
        if self.winfo_exists() and self.writing.opened is opened:
            self.form.show_tray(images)
            self._keys_changed()

    def may_close(self, close: Callable[[], None]) -> bool:
        """Asked before the window closes."""
        return self.writing.may_close(close)

    def _end(self) -> None:
        self._quiet()
        self.writing.stop()
        if self._news_timer is not None:
            self.after_cancel(self._news_timer)
