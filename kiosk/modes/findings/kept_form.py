"""One open paper (letter, case of guidance): loaded, typed into, kept every few seconds, held, saved, left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.faults import Fault, Overtaken
from kiosk.core.words import N_, Sentence
from kiosk.ui.shell import Examinee, Shell

RENEW_MS = 20_000
HELD, CHANGED, AMENDS = "paper held", "paper changed", "paper amends"  # names of lasting words in the problem line


class KeptForm:
    """``form`` has ``show(opened, body, editable)``, ``body()`` and ``allow(on)``; ``shown()`` is called when it is on
    the screen, ``left(then)`` when it is let go of."""

    def __init__(
        self, shell: Shell, desk: Any, form: Any, keep_ms: int, shown: Callable[[], object],
        left: Callable[[Callable[[], object] | None], object],
    ) -> None:  # fmt: skip
        self.shell, self.desk, self.form = shell, desk, form
        self._keep_ms, self._shown, self._left = keep_ms, shown, left
        self.opened: Any = None  # what the desk gave; None while nothing is open
        self.amending = False
        self.busy = False  # it is being signed or saved
        self._saved: Any = None  # what stands in the store, as the form gives it back
        self._kept: Any = None  # what this PC's disk has
        self._asked = 0
        self._timers: dict[str, str] = {}

    @property
    def signed(self) -> Any:
        """The newest signed version; None for papers that nobody signs."""
        return getattr(self.opened, "signed", None)

    @property
    def only_amending_helps(self) -> bool:
        """It is signed, and nobody has begun to amend it."""
        return self.signed is not None and not self.amending

    @property
    def editable(self) -> bool:
        return self.opened is not None and self.opened.holder is None and not self.only_amending_helps

    @property
    def changed(self) -> bool:
        """Something differs from what is saved."""
        return bool(self.form.body() != self._saved)

    # -- opening -------------------------------------------------------------------------------------------------

    def open(self, number: int, then: Callable[[], object] | None = None) -> None:
        """Ask for a paper and show it; ``then()`` when it is shown."""
        self._asked += 1
        asked = self._asked

        def show(opened: Any) -> None:
            if asked == self._asked and self.shell.frame.winfo_exists():
                self._show(opened)
                if then is not None:
                    then()
            elif self.opened is None or self.opened.id != opened.id:
                self.desk.close(opened.id)  # another one was asked for meanwhile: nobody reads this one here

        self.desk.open(number).then(show, self.shell.problem.fault)

    def reopen(self) -> None:
        """Show it as it stands in the store now."""
        self.open(self.opened.id)

    def _show(self, opened: Any) -> None:
        self.opened, self.amending = opened, False
        draft, newest = opened.draft, opened.newest
        for name in (HELD, CHANGED, AMENDS):
            self.shell.problem.over(name)
        self.form.show(opened, newest.body, True)
        self._saved = self.form.body()
        recovered = draft is not None and draft.body != newest.body and opened.holder is None
        if recovered:
            self.form.show(opened, draft.body, True)
            self.amending = self.signed is not None
        self._kept = self.form.body()
        self.form.allow(self.editable)
        visit = opened.visit
        self.shell.show_examinee(Examinee.of(visit.patient, visit.key.day, "", visit.key.number))
        self._shown()
        self._tell_state(draft if recovered else None)
        self._every("renew", RENEW_MS, self._renew)
        self._every("keep", self._keep_ms, self._keep)

    def _tell_state(self, draft: Any) -> None:
        holder, newest, line = self.opened.holder, self.opened.newest, self.shell.problem
        if holder is not None:
            told = N_("{by} at {station} has this open since {since}. It can be read here.")
            values = {"by": holder.by, "station": holder.station, "since": holder.since[11:16]}
            line.standing(HELD, "look", Sentence(told, values))
        elif draft is not None and draft.based_on != self.opened.based_on:
            told = N_("{by} changed this meanwhile. Your words are shown; F6 shows the saved ones.")
            line.standing(CHANGED, "look", Sentence(told, {"by": newest.by}))
        elif draft is not None:
            told = N_("What was typed at {at} by {by} and not saved is here again. F6 goes back to what is saved.")
            line.look(Sentence(told, {"at": draft.at[11:16], "by": draft.by}))
        elif self.signed is not None:
            told = N_("Signed by {by} at {at}. F5 amends it, F8 shows the page.")
            line.done(Sentence(told, {"by": self.signed.by, "at": self.signed.at.replace("T", " ")[:16]}))
        else:
            line.clear()
        if self.amending:
            self.tell_amending()

    def tell_amending(self) -> None:
        told = N_("You are amending a signed letter. Sign it again with F5; the signed one stays as it is.")
        self.shell.problem.standing(AMENDS, "look", told)

    # -- acts ----------------------------------------------------------------------------------------------------

    def back_to_saved(self) -> None:
        """F6: what is saved is shown, and what was typed here is forgotten."""
        if self.busy or self.opened is None:
            return
        if not self.changed and not self.amending:
            self.shell.problem.plain(N_("There is nothing to undo."))
            return
        self.busy = True

        def over(fault: Any = None) -> None:
            self.busy = False
            if isinstance(fault, Fault):
                self.shell.problem.fault(fault)
            elif self.opened is not None:
                self.reopen()

        self.desk.drop_draft(self.opened.id).then(over, over)

    def save(self, then: Callable[[Any], object]) -> None:
        """Save it where every station sees it; ``then(paper)``. What is asked for meanwhile is left out."""
        if self.busy:
            return
        body = self.form.body()
        self.run(
            N_("Saving"), self.desk.save(self.opened.id, body, self.opened.based_on),
            lambda paper: self._was_saved(paper, then),
        )  # fmt: skip

    def _was_saved(self, paper: Any, then: Callable[[Any], object]) -> None:
        def shown() -> None:
            self.shell.problem.done(N_("Saved; every station sees it."))
            then(paper)

        self.open(self.opened.id, shown)

    def peek(self, number: int, then: Callable[[Any], object]) -> None:
        """``then(opened)`` without anything being held here."""

        def came(opened: Any) -> None:
            self.desk.close(opened.id)
            if self.shell.frame.winfo_exists():
                then(opened)

        self.desk.open(number).then(came, self.shell.problem.fault)

    def run(
        self, what: str, answer: Any, done: Callable[[Any], object], not_done: Callable[[Fault], object] | None = None
    ) -> None:  # fmt: skip
        """Something is done with the open paper: meanwhile nothing else is; what stands there cannot be changed."""
        if self.busy:
            return
        self.busy, opened = True, self.opened
        self.form.allow(False)
        self.shell.problem.progress(what)

        def over() -> bool:
            self.busy = False
            self.shell.problem.progress_over()
            return self.opened is opened and self.shell.frame.winfo_exists()

        def came(found: Any) -> None:
            if over():
                done(found)

        def failed(fault: Fault) -> None:
            if over():
                self.form.allow(self.editable)
                self.failed(fault)
                if not_done is not None:
                    not_done(fault)

        answer.then(came, failed)

    def failed(self, fault: Fault) -> None:
        """Say why; after somebody else's change what was typed is kept and comes back as a draft."""
        if isinstance(fault, Overtaken):
            self.reopen()
        else:
            self.shell.problem.fault(fault)

    # -- kept and held -------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        if self.busy or not self.editable:
            return
        body = self.form.body()
        if body != self._kept:
            self._kept = body
            self.desk.keep_draft(self.opened.id, body, self.opened.based_on).then(None, self._not_kept)

    def _not_kept(self, fault: Fault) -> None:
        self._kept = None  # tried again at the next beat
        self.shell.problem.fault(fault)

    def _renew(self) -> None:
        opened = self.opened

        def renewed(holder: Any) -> None:
            if self.opened is opened and not self.busy and (holder is None) != (opened.holder is None):
                self._keep()
                self.reopen()  # it became free, or was lost while this PC slept

        self.desk.renew(opened.id).then(renewed)

    def _every(self, name: str, pause_ms: int, do: Callable[[], object]) -> None:
        self._stop(name)

        def beat() -> None:
            self._timers[name] = self.shell.top.after(pause_ms, beat)
            do()

        self._timers[name] = self.shell.top.after(pause_ms, beat)

    def _stop(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            self.shell.top.after_cancel(timer)

    def stop(self) -> None:
        """No more beats: it is left, or the window goes."""
        for name in list(self._timers):
            self._stop(name)

    # -- leaving -------------------------------------------------------------------------------------------------

    def leave(self, then: Callable[[], object] | None = None) -> None:
        """Save what was typed where every station sees it and let it go; ``then()``."""
        if self.busy or self.opened is None:
            return
        opened, body = self.opened, self.form.body()
        number, line = opened.id, self.shell.problem
        if not self.editable:
            self._let_go(then)
        elif body == self._saved:
            self.run(N_("Saving"), self.desk.drop_draft(number), lambda _: self._let_go(then))
        elif self.amending:
            line.look(N_("The amendment is not signed; it is kept on this PC until it is."))
            answer = self.desk.keep_draft(number, body, opened.based_on)
            self.run(N_("Saving"), answer, lambda _: self._let_go(then))
        else:
            self.busy = True
            self.form.allow(False)

            def saved(_: Any) -> None:
                self.busy = False
                line.done(N_("Saved; every station sees it."))
                self._let_go(then)

            def not_saved(fault: Fault) -> None:
                self.busy = False
                self.failed(fault)
                if not isinstance(fault, Overtaken):
                    self._let_go(then)  # what was typed stays on this PC and comes back when it is opened

            self.desk.save(number, body, opened.based_on).then(saved, not_saved)

    def _let_go(self, then: Callable[[], object] | None) -> None:
        if not self.shell.frame.winfo_exists():
            return
        self.forget()
        self._left(then)

    def forget(self) -> None:
        """It is open here no longer."""
        self.desk.close(self.opened.id)
        self.stop()
        self._asked += 1  # an answer still on its way must not bring it back
        for name in (HELD, CHANGED, AMENDS):
            self.shell.problem.over(name)
        self.opened = None

    def may_close(self, close_now: Callable[[], None]) -> bool:
        """Asked before the window closes: what is being typed is put on this PC's disk first."""
        if self.opened is None or not self.editable:
            return True
        number, body = self.opened.id, self.form.body()
        self.desk.close(number)
        if body == self._saved:
            kept = self.desk.drop_draft(number)
        else:
            kept = self.desk.keep_draft(number, body, self.opened.based_on)
        kept.then(lambda _: close_now(), self.shell.problem.fault)
        return False
