"""The examination before this one, beside it: by a key, or by itself as soon as today's picture is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.words import N_
from kiosk.modes.viewer.opening import Opening
from kiosk.ui.problem_line import ProblemLine


class Beside:
    """``pictures`` shows them, ``opened()`` is what is open now, ``changed()`` is called when another stands there."""

    def __init__(
        self,
        pictures: Any,
        desk: Any,
        opening: Opening,
        problem: ProblemLine,
        opened: Callable[[], Any],
        changed: Callable[[], object],
    ) -> None:
        self._pictures, self._desk, self._opening, self._problem = pictures, desk, opening, problem
        self._opened, self._changed = opened, changed
        self._due: Any = None  # what the examination before is to be looked for, once its picture is there

    def wanted(self, here: Any) -> None:
        """``here`` was opened; None: nothing comes beside it by itself."""
        at_once = here is not None and here.study is not None and self._desk.settings.compare_at_once
        self._due = here if at_once else None

    def look(self) -> None:
        """Today's picture may be there now: the examination before never delays it."""
        if self._due is not None and self._pictures.pane.ready:
            here, self._due = self._due, None

            def came(earlier: Any) -> None:
                if earlier is not None:
                    self._stand(here, earlier)

            self._desk.open_last_time(here.study).then(came, self._problem.fault)

    def toggle(self) -> None:
        """Beside each other, or this one alone again."""
        here, self._due = self._opened(), None
        if self._pictures.two:
            self._pictures.show_beside(None)
            self._changed()
        elif here is None or here.study is None:
            self._pictures.show_beside(here)
            self._changed()
        else:

            def came(earlier: Any) -> None:
                if earlier is None and self._opened() is here:
                    words = N_("There is no earlier examination of this kind; both panes show this one.")
                    self._problem.plain(words)
                self._stand(here, earlier or here)

            words = N_("Looking for the last examination...")
            self._opening.start(words, lambda progress: self._desk.open_last_time(here.study), came)

    def _stand(self, here: Any, earlier: Any) -> None:
        if self._opened() is here and not self._pictures.two and self._pictures.winfo_exists():
            self._pictures.show_beside(earlier)
            self._changed()
