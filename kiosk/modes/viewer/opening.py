"""One opening at a time: its wait is seen, it can be cancelled, and a later one takes the place of an earlier one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.ui.problem_line import ProblemLine

Words = str | Sentence


class Opening:
    """``start(words, ask, came)``: ``ask(progress)`` gives the Answer, ``came(value)`` is called unless cancelled."""

    def __init__(self, problem: ProblemLine, give_up: Callable[[], object]) -> None:
        self._problem, self._give_up = problem, give_up
        self._answer: Any = None
        self._undone: Callable[[], object] = lambda: None

    @property
    def running(self) -> bool:
        return self._answer is not None

    def start(
        self,
        words: Words,
        ask: Callable[[Callable[..., None]], Any],
        came: Callable[[Any], Any],
        undone: Callable[[], object] = lambda: None,
    ) -> None:
        """Begin; what was being opened before is given up. ``undone()`` is called when nothing comes of it."""
        if self.running:
            self.cancel()
        self._undone = undone
        self._problem.progress(words, None, self.cancel)
        self._answer = answer = ask(self._progress)

        def settled(value: Any) -> None:
            if answer is self._answer:
                self._over()
                came(value)

        def failed(fault: Fault) -> None:
            if answer is self._answer:
                self._over()
                self._undone()
                self._problem.fault(fault)

        answer.then(settled, failed)

    def cancel(self) -> None:
        """Give it up."""
        if self._answer is not None:
            self._answer.cancel()
            self._over()
            self._give_up()
            self._undone()
            self._problem.plain(N_("Opening was cancelled."))

    def _over(self) -> None:
        self._answer = None
        self._problem.progress_over()

    def _progress(self, done: int, of: int, words: str = N_("Reading {done} of {of} files")) -> None:
        if self.running:
            self._problem.progress(Sentence(words, {"done": done, "of": of}), done / max(1, of), self.cancel)
