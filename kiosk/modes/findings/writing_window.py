"""One open finding: loaded, typed into, kept every few seconds, held against others, saved, signed, amended, left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core import two_readers
from kiosk.core.faults import Fault, Overtaken
from kiosk.core.finding import FindingBody
from kiosk.core.judgement import Judgement
from kiosk.core.words import N_, Sentence
from kiosk.modes.findings import readings_window
from kiosk.modes.findings.entry_window import EntryView
from kiosk.modes.findings.missing_window import Missing
from kiosk.modes.findings.reason_window import ReasonCard
from kiosk.modes.findings.rules import Editor
from kiosk.ui.shell import Examinee, Shell

RENEW_MS = 20_000
HELD, CHANGED, AMENDS = "held", "changed", "amends"  # names of lasting words in the problem line


class Writing:
    """``shown()`` is called when a finding is on the screen, ``left(then)`` when it is let go of."""

    def __init__(
        self,
        shell: Shell,
        desk: Any,
        entry: EntryView,
        shown: Callable[[], object],
        left: Callable[[Callable[[], object] | None], object],
    ) -> None:
        self._shell, self._desk, self._entry = shell, desk, entry
        self._shown, self._left = shown, left
        self._judgement: Judgement | None = None
        self._missing = Missing(shell)
        self.opened: Any = None  # what the desk gave; None while nothing is open
        self.based_on = 0
        self.amending = False
        self.settling = False  # the final text of two readings that differ is being written
        self.reason: ReasonCard | None = None
        self._kept: FindingBody | None = None  # what the draft on this PC's disk says
        self._signing = False
        self._saving = False
        self._after_save: Callable[[], object] | None = None  # what was asked for while the draft is being saved
        self._asked = 0  # of openings: only the last one is shown
        self._timers: dict[str, str] = {}

    # -- opening -----------------------------------------------------------------------------------------------

    @property
    def place(self) -> tuple[int, str]:
        """(visit, kind) of the finding that is open."""
        return self.opened.visit.id, self.opened.kind

    @property
    def editor(self) -> Editor:
        """What is being written."""
        assert self._entry.editor is not None
        return self._entry.editor

    @property
    def only_amending_helps(self) -> bool:
        """It is signed, and nobody has begun to amend it; nor is it another reader's turn."""
        own = self.opened.role in ("", two_readers.FIRST)
        return own and self.opened.signed is not None and not self.amending

    @property
    def waits_for_settling(self) -> bool:
        """Two readings differ, and nobody has begun to write the final text."""
        return self.opened.role == two_readers.SETTLED and not self.settling

    @property
    def kept_here(self) -> bool:
        """What is typed stays on this PC until it is signed: nobody else is to see it, or may."""
        return self.amending or self.opened.role in (two_readers.SECOND, two_readers.SETTLED)

    def open(self, visit: int, kind: str) -> None:
        """Ask for a finding and show it; the master is read anew each time, somebody may have changed it."""
        self._asked += 1
        asked = self._asked

        def with_judgement(judgement: Judgement) -> None:
            if asked == self._asked:
                self._judgement = judgement
                self._desk.open(visit, kind).then(show, self._shell.problem.fault)

        def show(opened: Any) -> None:
            if asked == self._asked:
                self._show(opened)
            elif self.opened is None or self.place != (visit, kind):
                self._desk.close(visit, kind)  # another one was asked for meanwhile: nobody reads this one here

        self._desk.judgement().then(with_judgement, self._shell.problem.fault)

    def reopen(self) -> None:
        """Show it as it stands in the store now."""
        self.open(*self.place)

    def _show(self, opened: Any) -> None:
        """Show what the desk gave: saved, signed or being typed, editable or held by somebody else."""
        assert self._judgement is not None
        if not self._entry.winfo_exists():
            return
        self.opened, self.amending, self.settling = opened, False, False
        newest, draft, visit = opened.newest, opened.draft, opened.visit
        step = next((each for each in visit.steps if each.exam.code == opened.kind), None)
        name = step.exam.name if step else opened.kind
        kind = self._judgement.kind(opened.kind, name)
        self.based_on = newest.number if newest else 0
        second = opened.role == two_readers.SECOND
        editor = Editor(self._judgement, kind, newest.body if newest and not second else FindingBody())
        for name_of in (HELD, CHANGED, AMENDS):
            self._shell.problem.over(name_of)
        recovered = draft is not None and draft.body != editor.body and opened.holder is None
        if recovered:
            editor.recover(draft.body)
            self.amending = self.only_amending_helps
            self.settling = self.waits_for_settling
        elif second and not opened.hidden and opened.holder is None:
            editor.recover(newest.body)
        elif (newest is None or second) and opened.holder is None:
            for image in opened.tray:
                if image.id in opened.own:
                    editor.put_in(image.id)
        self._kept = editor.body
        editable = opened.holder is None and not self.only_amending_helps and not self.waits_for_settling
        self._shell.show_examinee(Examinee.of(visit.patient, visit.key.day, name, visit.key.number))
        self._entry.show(editor, readings_window.beside(self._judgement, opened), opened.tray, editable)
        self._shown()
        self._tell_state(draft if recovered else None)
        self._missing.look(visit, opened.kind)
        self._every("renew", RENEW_MS, self._renew)
        self._every("keep", self._desk.settings.draft_every_ms, self._keep)
        if editable:
            self._entry.search.focus()

    def _tell_state(self, draft: Any) -> None:
        holder, newest, signed = self.opened.holder, self.opened.newest, self.opened.signed
        line = self._shell.problem
        if holder is not None:
            told = N_("{by} at {station} has this finding open since {since}. It can be read here.")
            values = {"by": holder.by, "station": holder.station, "since": holder.since[11:16]}
            line.standing(HELD, "look", Sentence(told, values))
        elif draft is not None and self.opened.overtaken:
            told = N_("{by} changed this finding meanwhile. Your words are shown; F6 shows the saved ones.")
            line.standing(CHANGED, "look", Sentence(told, {"by": newest.by}))
        elif draft is not None:
            told = N_("What was typed at {at} by {by} and not saved is here again. F6 goes back to what is saved.")
            line.look(Sentence(told, {"at": draft.at[11:16], "by": draft.by}))
        elif (sentence := readings_window.told(self.opened)) is not None:
            line.look(sentence)
        elif signed is not None:
            told = N_("Signed by {by} at {at}. F5 amends it, F8 shows the page.")
            line.done(Sentence(told, {"by": signed.by, "at": signed.at.replace("T", " ")[:16]}))
        else:
            line.clear()
        if self.amending:
            self._tell_amending()

    @property
    def judgement(self) -> Judgement:
        """The master that the open finding was shown with."""
        assert self._judgement is not None
        return self._judgement

    # -- acts --------------------------------------------------------------------------------------------------

    def main_act(self) -> None:
        """F5: sign, or begin to amend what is signed."""
        if self._saving:
            self._after_save = self.main_act
        elif self.only_amending_helps:
            self.amending = True
            self._entry.allow(True)
            self._shown()
            self._tell_amending()
        elif self.waits_for_settling:
            self.settling = True
            self._entry.allow(True)
            self._shown()
            self._shell.problem.plain(N_("Write the final text and sign it with F5; both readings stay as they are."))
        elif (unread := self._entry.fields.unread()) is not None:
            self._shell.problem.look(unread)
        elif self.amending:
            self._ask_reason()
        elif not self._signing:
            self._missing.before_signing(lambda: self._sign(""))

    def pictures_came(self) -> None:
        """Images of the open visit arrived: perhaps the missing ones."""
        opened = self.opened

        def came(visit: Any) -> None:
            if self.opened is opened and visit is not None:
                self._missing.look(visit, opened.kind)

        self._desk.visit(opened.visit.id).then(came)

    def undo(self) -> None:
        """F6."""
        self._entry.flush()
        if not self.editor.undo():
            self._shell.problem.plain(N_("There is nothing to undo."))
            return
        self._entry.paint()
        self.touched()

    def as_last_time(self) -> None:
        """F9."""
        body = self.opened.last.version.body
        self._entry.act(lambda editor: editor.as_last_time(body))

    def touched(self) -> None:
        """The person did something, so what was told of the state is read."""
        self._shell.problem.over(CHANGED)

    def _tell_amending(self) -> None:
        told = N_("You are amending a signed finding. Sign it again with F5; the signed one stays as it is.")
        self._shell.problem.standing(AMENDS, "look", told)

    def _ask_reason(self) -> None:
        self._entry.flush()
        if not self.editor.changed:
            self._shell.problem.look(N_("Nothing was changed, so there is nothing to sign again."))
        elif self.reason is None:
            self.reason = ReasonCard(self._shell.work, self._sign, self._reason_closed)
            self._shown()

    def _reason_closed(self) -> None:
        self.reason = None
        self._shown()

    def adopt(self, which: str) -> None:
        """Settle two readings that differ by one of them, as it stands."""
        self._sign("", which)

    def _sign(self, reason: str, adopt: str = "") -> None:
        if self._signing:  # F5 pressed twice signs once
            return
        self._entry.flush()
        opened, body = self.opened, self.editor.body
        self._signing = True
        self._entry.allow(False)  # what is being signed is what stands there
        self._shell.problem.progress(N_("Signing"))

        def over() -> None:
            self._signing = False
            self._shell.problem.progress_over()

        def signed(_: Any) -> None:
            over()
            if self.opened is opened:
                self.reopen()

        def failed(fault: Fault) -> None:
            over()
            self._entry.allow(not self.waits_for_settling)
            self.failed(fault)

        self._desk.sign(*self.place, body, self.based_on, reason, adopt).then(signed, failed)

    def failed(self, fault: Fault) -> None:
        """Say why; after somebody else's change both are shown: what was typed is kept and comes back as a draft."""
        if isinstance(fault, Overtaken) and self.opened is not None:
            self.reopen()
        else:
            self._shell.problem.fault(fault)

    def save(self, then: Callable[[Any], object]) -> None:
        """Save the draft where every station sees it; ``then(finding)``.

        What is asked for meanwhile waits: on a slow database one's own save would look like somebody else's change.
        """
        if self._saving:
            return
        self._entry.flush()
        opened, self._saving = self.opened, True

        def over(go_on: Callable[[], object]) -> None:
            waiting, self._after_save, self._saving = self._after_save, None, False
            if self.opened is opened:
                (waiting or go_on)()

        def saved(finding: Any) -> None:
            if self.opened is opened:
                self.based_on, self._kept = finding.versions[-1].number, finding.versions[-1].body
                self.editor.saved_as(finding.versions[-1].body)
            over(lambda: then(finding))

        def failed(fault: Fault) -> None:
            over(lambda: self.failed(fault))

        self._desk.save(*self.place, self.editor.body, self.based_on).then(saved, failed)

    # -- kept and held -----------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Every few seconds: what is being typed goes to this PC's disk."""
        if self._signing or not self._entry.editable:
            return
        self._entry.flush(beat=True)
        body = self.editor.body
        if body != self._kept:
            self._kept = body
            self._desk.keep_draft(*self.place, body, self.based_on).then(None, self._not_kept)

    def _not_kept(self, fault: Fault) -> None:
        self._kept = None  # tried again at the next beat
        self._shell.problem.fault(fault)

    def _renew(self) -> None:
        opened = self.opened

        def renewed(holder: Any) -> None:
            if self.opened is opened and (holder is None) != (opened.holder is None):
                self._keep()
                self.reopen()  # it became free, or was lost while this PC slept

        self._desk.renew(*self.place).then(renewed)

    def _every(self, name: str, pause_ms: int, do: Callable[[], object]) -> None:
        self._stop(name)

        def beat() -> None:
            self._timers[name] = self._shell.top.after(pause_ms, beat)
            do()

        self._timers[name] = self._shell.top.after(pause_ms, beat)

    def _stop(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            self._shell.top.after_cancel(timer)

    def stop(self) -> None:
        """No more beats: the finding is left, or the window goes."""
        for name in list(self._timers):
            self._stop(name)

    # -- leaving -----------------------------------------------------------------------------------------------

    def leave(self, then: Callable[[], object] | None = None) -> None:
        """Save what was typed where every station sees it and let the finding go."""
        if self._signing or self.opened is None:
            return
        if self._saving:
            self._after_save = lambda: self.leave(then)
            return
        if self.reason is not None:
            self.reason.close()
        self._entry.flush()
        opened, body, line = self.opened, self.editor.body, self._shell.problem

        def left(_: Any = None) -> None:
            if self.opened is not opened:
                return
            self._desk.close(*self.place)
            self.stop()
            self._asked += 1  # an answer still on its way must not bring it back
            for name in (HELD, CHANGED, AMENDS):
                line.over(name)
            self._missing.over()
            self.opened = None
            self._left(then)

        def saved(_: Any) -> None:
            line.done(N_("The draft is saved; every station sees it."))
            left()

        def not_saved(fault: Fault) -> None:
            self.failed(fault)
            if not isinstance(fault, Overtaken):
                left()  # what was typed stays on this PC and comes back when the finding is opened

        editable = self._entry.editable
        self._entry.allow(False)
        if not editable:
            left()
        elif not self.editor.changed:
            self._desk.drop_draft(*self.place).then(left, not_saved)
        elif self.kept_here:
            told = N_("The amendment is not signed; it is kept on this PC until it is.")
            line.look(told if self.amending else N_("The reading is not signed; it is kept on this PC until it is."))
            self._desk.keep_draft(*self.place, body, self.based_on).then(left, line.fault)
        else:
            self._desk.save(*self.place, body, self.based_on).then(saved, not_saved)

    def may_close(self, close_now: Callable[[], None]) -> bool:
        """Asked before the window closes: what is being typed is put on this PC's disk first."""
        if self.opened is None or not self._entry.editable:
            return True
        self._entry.flush()
        self._desk.close(*self.place)
        keep, drop, body = self._desk.keep_draft, self._desk.drop_draft, self.editor.body
        kept = keep(*self.place, body, self.based_on) if self.editor.changed else drop(*self.place)
        kept.then(lambda _: close_now(), self._shell.problem.fault)
        return False
