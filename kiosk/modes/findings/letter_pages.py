"""The pages of referral letters in the findings window: list, letter, institutions, the page as it will be printed."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.faults import Fault, Refused
from kiosk.core.letter import Addressee
from kiosk.core.words import N_, Sentence
from kiosk.modes.findings.kept_form import KeptForm
from kiosk.modes.findings.letter_addressees import AddresseePage, ReplyCard
from kiosk.modes.findings.letter_form import LetterForm
from kiosk.modes.findings.letter_list import LetterList
from kiosk.modes.findings.page_window import PageView
from kiosk.modes.findings.reason_window import ReasonCard
from kiosk.modes.findings.tray_window import BigPicture
from kiosk.ui.shell import Choice, Key, Shell

NEWS_PAUSE_MS = 300


class LetterPages(ttk.Frame):
    """``desk`` is that of the mode, its letters are ``desk.letters``; ``changed()`` when other keys can be used;
    ``left()`` back to the findings."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, changed: Callable[[], object], left: Callable[[], object]
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.shell, self._mode_desk, self._desk = shell, desk, desk.letters
        self._changed, self._left = changed, left
        self.place = "list"
        self._asked = 0
        self._visit = 0  # that somebody came from
        self._news_timer: str | None = None
        self._big: BigPicture | None = None
        self.card: Any = None  # a card that asks something over the work
        self._from_list = False  # the institutions, or the page, were opened from the list
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.list = LetterList(self, self.refresh, self.open_marked, self._keys_changed)
        self.form = LetterForm(self, desk.picture, self.enlarge)
        self.addressees = AddresseePage(self, shell, self._desk, self._take)
        self.page = PageView(self, self._ask_page, desk.page_png, shell.problem.fault, self._print)
        self.writing = KeptForm(
            shell, self._desk, self.form, desk.settings.draft_every_ms, lambda: self._go("form"), self._was_left
        )  # fmt: skip
        self._quiet = self._desk.on_news(self._news)
        self.bind("<Destroy>", lambda event: self._end() if event.widget is self else None)
        self._go("list")

    # -- places and keys -----------------------------------------------------------------------------------------

    def opened(self, visit: int = 0) -> None:
        """The letters stand in front now. ``visit``: that of the examinee who was marked among the findings."""
        self._visit = visit
        self._go("list")
        self.refresh(lambda: self.list.mark(visit))

    def _go(self, place: str) -> None:
        views = {"list": self.list, "form": self.form, "addressees": self.addressees, "page": self.page}
        for name, view in views.items():
            if name == place:
                view.grid(row=0, column=0, sticky="nsew")
            else:
                view.grid_remove()
        self.place = place
        if place == "list":
            self.shell.clear_examinee()
            self.list.table.focus_set()
        self._keys_changed()

    def _keys_changed(self) -> None:
        if self.grid_info():  # these pages stand in front
            self._changed()

    def keys(self) -> list[Key]:
        """The keys of the page in front."""
        if self.card is not None:
            act = self.card.sign if isinstance(self.card, ReasonCard) else self.card.note
            words = N_("Sign again") if isinstance(self.card, ReasonCard) else N_("Note it")
            return [Key("F5", words, act), Key("Esc", N_("Back"), self.card.close)]
        if self._big is not None:
            return [Key("Esc", N_("Back"), self._big.close)]
        return {"list": self._list_keys, "form": self._form_keys, "addressees": self._addressee_keys,
                "page": self._page_keys}[self.place]()  # fmt: skip

    def _list_keys(self) -> list[Key]:
        marked = self.list.marked
        none = "" if marked is not None else N_("Mark an examinee first.")
        no_letter = none or ("" if marked.letter else N_("There is no letter yet: F5 writes one."))
        unsigned = no_letter or (N_("Sign it first.") if marked.state == "draft" else "")
        sent = marked is not None and bool(marked.sent_day)
        return [
            Key("F2", N_("Examinee"), self.list.search.focus),
            Key("F3", N_("New letter"), lambda: self._make(self.list.marked.visit), why=none),
            Key("F5", N_("Open the letter") if not no_letter else N_("Write a letter"), self.open_marked, why=none),
            Key("F7", N_("Institutions"), self._open_addressees),
            Key("F8", N_("Page"), self._page_of_marked, why=no_letter),
            Key("F9", N_("Not sent") if sent else N_("Was sent"), self._send_marked, why=unsigned),
            Key("F10", N_("Reply"), self._ask_reply, why=unsigned),
            Key("Esc", N_("Back"), self._left),
        ]

    def _form_keys(self) -> list[Key]:
        writing, opened = self.writing, self.writing.opened
        held = N_("Somebody else has this letter open.") if opened is not None and opened.holder is not None else ""
        no_entry = "" if writing.editable else held or N_("It is signed: F5 amends it.")
        is_signed = N_("A signed letter stays.") if writing.signed is not None else held
        none = "" if self.form.tray.thumbs else N_("There is no key image yet.")
        main = N_("Amend") if opened is not None and writing.only_amending_helps else N_("Sign")
        return [
            Key("F3", N_("Addressee"), self._open_addressees, why=no_entry),
            Key("F4", N_("Nothing in particular"), self.form.nothing_in_particular, why=no_entry),
            Key("F5", main, self.main_act, why=held),
            Key("F6", N_("As saved"), writing.back_to_saved, why=no_entry),
            Key("F7", N_("Put away"), self._ask_discard, why=is_signed),
            Key("F8", N_("Page"), self.show_page),
            Key("F10", N_("Enlarge"), lambda: self.enlarge(self.form.tray.focused), why=none),
            Key("F11", N_("Viewer"), lambda: self._mode_desk.show_in_viewer(opened.visit.id)),
            Key("Esc", N_("Back"), writing.leave),
        ]

    def _addressee_keys(self) -> list[Key]:
        page = self.addressees
        none = "" if page.marked is not None else N_("Mark an institution first.")
        take = [] if self._from_list else [Key("F5", N_("Write to it"), lambda: self._take(page.marked), why=none)]
        return [
            Key("F2", N_("Search"), page.search.focus), *take,
            Key("F7", N_("New entry"), lambda: (page.fill(None), page.fields["name"].focus())),
            Key("F8", N_("Remove entry"), page.remove, why=none), Key("F9", N_("Save"), page.save),
            Key("Esc", N_("Back"), self._back),
        ]  # fmt: skip

    def _page_keys(self) -> list[Key]:
        return [Key("F5", N_("Print"), self.page.print), Key("Esc", N_("Back"), self._back)]

    def _back(self) -> None:
        if self._from_list or self.writing.opened is None:
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

        self._desk.lines(*self.list.question, self._visit).then(show, self.shell.problem.fault)

    def scanned(self, code: str) -> None:
        """A barcode: the examinee's letter, or a new one; with several, somebody chooses."""

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
            self.writing.leave(find)
        else:
            self.shell.problem.look(N_("Please answer the question first, then scan again."))

    def open_marked(self) -> None:
        """F5, Return: the letter of the line, a new one where there is none."""
        marked = self.list.marked
        if marked is not None and marked.letter:
            self.writing.open(marked.letter)
        elif marked is not None:
            self._make(marked.visit)

    def write_for(self, visit: int) -> None:
        """A new letter about a visit, from the findings."""
        self._make(visit)

    def _make(self, visit: int) -> None:
        self._desk.make(visit).then(self.writing.open, self.shell.problem.fault)

    def _was_left(self, then: Callable[[], object] | None) -> None:
        self._go("list")
        self.refresh(then)

    def _send_marked(self) -> None:
        marked = self.list.marked
        sent = not marked.sent_day

        def done(_: Any) -> None:
            told = N_("Noted: the letter of {name} was sent.") if sent else N_("The letter of {name} is to be sent.")
            self.shell.problem.done(Sentence(told, {"name": marked.name}))
            self.refresh()

        self._desk.mark_sent(marked.letter, sent).then(done, self.shell.problem.fault)

    def _ask_reply(self) -> None:
        number = self.list.marked.letter

        def noted(_: Any) -> None:
            self.shell.problem.done(N_("The reply is noted."))
            self.refresh()

        def note(day: str, text: str) -> None:
            self._desk.add_reply(number, day, text).then(noted, self.shell.problem.fault)

        def ask(earlier: Any) -> None:
            if self.winfo_exists() and self.place == "list" and self.card is None:
                self.card = ReplyCard(self.shell.work, earlier, note, self._card_closed)
                self._changed()

        self._desk.replies(number).then(ask, self.shell.problem.fault)

    def _card_closed(self) -> None:
        self.card = None
        if self.place == "list":
            self.list.table.focus_set()
        self._changed()

    # -- one letter ----------------------------------------------------------------------------------------------

    def main_act(self) -> None:
        """F5: sign, or begin to amend what is signed."""
        writing = self.writing
        if writing.busy:
            return
        if writing.only_amending_helps:
            writing.amending = True
            self.form.allow(True)
            writing.tell_amending()
            self._changed()
        elif not writing.amending:
            self._sign("")
        elif not writing.changed:
            self.shell.problem.look(N_("Nothing was changed, so there is nothing to sign again."))
        else:
            self.card = ReasonCard(
                self.shell.work, self._sign, self._card_closed, question=N_("Why is the signed letter changed?"),
                note=N_("The earlier version stays; the letter names the reason and must be sent again."),
            )  # fmt: skip
            self._changed()

    def _sign(self, reason: str) -> None:
        writing = self.writing
        opened, body = writing.opened, self.form.body()
        answer = self._desk.sign(opened.id, body, opened.based_on, reason)
        writing.run(N_("Signing"), answer, lambda _: writing.reopen(), self._not_signed)

    def _not_signed(self, fault: Fault) -> None:
        if isinstance(fault, Refused) and fault.reason == "incomplete":
            self.form.mark_missing()

    def _ask_discard(self) -> None:
        number = self.writing.opened.id

        def discard() -> None:
            self.writing.run(N_("Saving"), self._desk.discard(number), lambda _: self._discarded())

        self.shell.ask(
            N_("Put this draft away?"), N_("It leaves the list; it was never signed."),
            [Choice(N_("Keep it")), Choice(N_("Put away"), discard, dangerous=True)],
        )  # fmt: skip

    def _discarded(self) -> None:
        self._desk.drop_draft(self.writing.opened.id)
        self.writing.forget()
        self.shell.problem.done(N_("The draft was put away."))
        self._was_left(None)

    def _open_addressees(self) -> None:
        self._from_list = self.place == "list"
        typed = None if self._from_list else self.form.named(self.form.body())
        self._go("addressees")
        self.addressees.opened(typed)

    def _take(self, addressee: Addressee | None) -> None:
        if addressee is not None and not self._from_list and self.writing.opened is not None:
            self.form.take(addressee)
            self._go("form")
            self.form.fields["diagnosis"].focus()

    # -- key images and page -------------------------------------------------------------------------------------

    def enlarge(self, key: int) -> None:
        """Show a key image over the whole work."""
        if key and self._big is None:
            shown = {key: thumb.image.comment for key, thumb in self.form.tray.thumbs.items()}
            self._big = BigPicture(self.shell.work, shown, key, self._mode_desk.picture, self._big_closed)
            self._changed()

    def _big_closed(self) -> None:
        self._big = None
        self._changed()

    def show_page(self) -> None:
        """F8: save the draft, then show the page as it will be printed."""
        writing = self.writing
        if writing.busy:
            return
        self._from_list = False
        if writing.amending:
            self.shell.problem.look(N_("This is the signed page; the amendment is shown when it is signed."))
        if writing.editable and not writing.amending and writing.changed:
            writing.save(lambda _: self._show_versions(writing.opened.letter))
        else:
            self._show_versions(writing.opened.letter)

    def _page_of_marked(self) -> None:
        self._from_list = True
        self.writing.peek(self.list.marked.letter, lambda opened: self._show_versions(opened.letter))

    def _show_versions(self, letter: Any) -> None:
        self._paged = letter.id
        self._go("page")
        self.page.show(letter.versions)

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
