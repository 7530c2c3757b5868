"""What a clerk does to an operation in the window: carry, drag, time, cancel, bring back, take back, print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kiosk.core.operation import Operation, OperationState
from kiosk.core.theatre_overlap import TheatreTaken
from kiosk.core.words import N_, Sentence
from kiosk.modes.theatre import rules
from kiosk.modes.theatre.day_chart import Ghost

Words = str | Sentence


class Acts:
    """Each act goes to the desk at once; its answer is told in the problem line."""

    def __init__(self, window: Any) -> None:
        self.window = window
        self.shell = window.shell
        self.desk = window.desk

    # -- moving --------------------------------------------------------------------------------------------------

    def move(self) -> None:
        """F7 takes an operation up, arrows carry it, F7 puts it down."""
        if self.window.chart.ghost is not None:
            self._put(self.window.chart.ghost)
            return
        chosen = self.window.page.chosen
        if chosen is None:
            return
        if chosen.state is not OperationState.PLANNED:
            self.shell.problem.look(N_("It has begun: Return opens it to correct what is wrong."))
            return
        self.window.page.carry(Ghost(chosen, chosen.room, chosen.enter))
        self.shell.give_focus(self.window.chart)
        told = N_(
            "{name} is carried: arrows by 5 minutes and by room (Shift by 30, Page Up, Page Down by day), then F7."
        )
        self.shell.problem.look(Sentence(told, rules.values_of(chosen)))
        self.window.set_keys()

    def dropped(self, ghost: Ghost) -> None:
        """A bar was dragged to another place."""
        if ghost.operation.state is not OperationState.PLANNED:
            self.put_back()
            self.shell.problem.look(N_("It has begun: Return opens it to correct what is wrong."))
        else:
            self._put(ghost)

    def put_back(self) -> None:
        """Esc: what is carried stands where it stood, and the keys go to the picture."""
        self.window.page.search.set("")
        self.window.page.carry(None)
        self.shell.problem.plain(N_("Mark a free time and press F5, or mark an operation."))
        self.shell.give_focus(self.window.chart)
        self.window.set_keys()

    def _put(self, ghost: Ghost, reason: str = "") -> None:
        if ghost.room == ghost.operation.room and ghost.enter == ghost.operation.enter:
            self.put_back()
            return

        def moved(after: Operation) -> None:
            if self.shell.frame.winfo_exists():
                self.window.page.carry(None)
                self.window.wanted, self.window.page.day = after.id, after.day
                self.window.show_page(None)
                told = N_("{name} was moved to {room}, {day} {at}.")
                self.shell.problem.done(Sentence(told, rules.values_of(after)))

        def refused(why: Any) -> None:
            self._not_done(why, lambda given: self._put(ghost, given))
            if not isinstance(why, TheatreTaken) and self.shell.frame.winfo_exists():
                self.window.page.carry(None)  # not a matter of the place

        self.desk.move(ghost.operation, ghost.room, ghost.enter, reason).then(moved, refused)

    # -- times, cancelling, undoing, printing --------------------------------------------------------------------

    def write_time(self, what: str) -> None:
        """I, S, E: the marked operation enters, starts, ends at this minute."""
        chosen = self.window.page.chosen
        if chosen is None:
            self.shell.problem.look(N_("Mark an operation first."))
            return
        now = self.desk.now().replace(second=0, microsecond=0)

        def written(after: Operation) -> None:
            if self.shell.frame.winfo_exists():
                words = {"enter": N_("{name} entered {room} at {now}."), "start": N_("{name}: started at {now}."),
                         "end": N_("{name}: ended at {now}.")}  # fmt: skip
                values = {**rules.values_of(after), "now": f"{now:%H:%M}"}
                self.shell.problem.done(Sentence(words[what], values))
                self.window.refresh()

        self.desk.set_time(chosen, what, now).then(written, self._not_done)

    def cancel_or_restore(self, chosen: Operation | None) -> None:
        """F8: cancel with a reason; a cancelled one stands again."""
        if chosen is None:
            return
        if chosen.state.holds_the_room:
            self._ask_why(
                Sentence(N_("Why is the operation of {name} ({room}, {day} {at}) cancelled?"), rules.values_of(chosen)),
                N_("Room, people and equipment are free for others at once. It stays in the week's list."),
                self.desk.settings.cancel_reasons, N_("Cancel operation"),
                lambda reason: self.desk.cancel(chosen, reason).then(
                    lambda after: self._changed(after, N_("The operation of {name} was cancelled; F6 brings it back.")),
                    self._not_done),
            )  # fmt: skip
        else:
            self._restore(chosen)

    def _restore(self, chosen: Operation, reason: str = "") -> None:
        self.desk.restore(chosen, reason).then(
            lambda after: self._changed(after, N_("The operation of {name} stands again: {room}, {day} {at}.")),
            lambda why: self._not_done(why, lambda given: self._restore(chosen, given)),
        )  # fmt: skip

    def _ask_why(
        self, question: Words, consequence: Words, reasons: Sequence[str], act: Words, do: Callable[[str], object]
    ) -> None:  # fmt: skip
        def given(reason: str) -> None:
            self.window.back()
            do(reason)

        self.window.lay_over(self.window.why)
        self.window.why.opened(question, consequence, reasons, act, given)
        self.window.set_keys()

    def _changed(self, after: Operation, told: str) -> None:
        if self.shell.frame.winfo_exists():
            self.shell.problem.done(Sentence(told, rules.values_of(after)))
            self.window.news()

    def undo(self) -> None:
        """F6: the last action of this desk."""

        def undone(done: Any) -> None:
            if self.shell.frame.winfo_exists():
                self.window.wanted = done.operation.id
                if self.window.over is None:
                    self.window.page.day = done.operation.day
                self._changed(done.operation, N_("Taken back: {name}."))

        self.desk.undo().then(undone, self._not_done)

    def _not_done(self, why: Any, again: Callable[[str], object] | None = None) -> None:
        """Said in one sentence; where this person may do it all the same, why is asked."""
        if not self.shell.frame.winfo_exists():
            return
        self.shell.top.bell()
        self.shell.problem.fault(why)
        if again is not None and isinstance(why, TheatreTaken) and why.reason_helps:
            self._ask_why(
                why.sentence, N_("It is urgent, or you may allow it: with a reason it is done all the same."),
                self.desk.settings.overlap_reasons, N_("Do it all the same"), again,
            )  # fmt: skip
        elif self.window.over is None:
            self.window.refresh()

    def print_day(self) -> None:
        """F10: the list of the day."""
        self.desk.print_day(self.window.page.day).then(self._printed, self.shell.problem.fault)

    def print_week(self) -> None:
        """F10 in the list: rooms by days."""
        self.desk.print_week(self.window.list.week or self.window.page.day).then(
            self._printed, self.shell.problem.fault
        )

    def _printed(self, path: Any) -> None:
        if self.shell.frame.winfo_exists():
            told = N_("It goes to the printer; it is kept as {file}.")
            self.shell.problem.done(Sentence(told, {"file": path.name}))
