"""What reception hears of the reading of lists: a list was read, a large one goes on, the inbox waits or is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.words import N_, Sentence
from kiosk.modes.reception.lists_window import ListsView
from kiosk.ui.problem_line import ProblemLine

LONG_WAIT_MIN = 30  # a list that waits for its .lok so long is told


class Reading:
    """Asks the desk for lists, their problems and the state of the inbox, and tells the person."""

    def __init__(self, desk: Any, view: ListsView, line: ProblemLine) -> None:
        self._desk = desk
        self._view = view
        self._line = line
        view.wanted = self._ask_problems
        view.settled = self._settle

    def ask(self, then: Callable[[], object] | None = None) -> None:
        """Fill the view anew."""

        def show(answer: Any) -> None:
            if self._view.winfo_exists():
                self._view.show_files(*answer)
                if then is not None:
                    then()

        self._desk.files().then(show, self._line.fault)

    def opened(self) -> None:
        """A person looks at the lists: the newest one is chosen, and what the line says of it has been heard."""
        self._line.over("list")
        self._view.files.select("")
        self.ask(self._view.focus_lists)

    def now(self) -> None:
        """Have the folder looked into at once."""
        told = N_("The folder is being looked into; a complete list is read within seconds.")
        self._desk.read_now().then(lambda _: self._line.plain(told), self._line.fault)

    def goes_on(self, rows: int) -> None:
        """A large list is being read."""
        told = N_("A large list is being read: {rows} rows so far")
        self._line.progress(Sentence(told, {"rows": f"{rows:,}"}))

    def was_read(self, file: int) -> None:
        """A list is in the store: say what became of it."""
        self._line.progress_over()
        self._desk.file(file).then(self._tell_read)

    def ask_inbox(self) -> None:
        """What does the inbox wait for?"""
        self._desk.inbox_state().then(self._tell_inbox)

    def _tell_read(self, file: Any) -> None:
        if file is None:
            return
        values = {"name": file.name, "rows": file.rows, "problems": file.problems, "vanished": file.vanished}
        if file.problems and not file.rows:
            told: str = N_("The list “{name}” could not be read. F7 says why.")
            self._line.standing("list", "stop", Sentence(told, values))
        elif file.problems or file.vanished:
            told = N_(
                "The list “{name}” was read: {rows} rows, {problems} to check, {vanished} missing. F7 opens them."
            )
            self._line.standing("list", "look", Sentence(told, values))
        else:
            self._line.over("list")
            self._line.done(Sentence(N_("The list “{name}” was read: {rows} rows."), values))

    def _tell_inbox(self, state: Any) -> None:
        if state.trouble:
            self._line.standing("inbox", "look", state.trouble)
        else:
            self._line.over("inbox")
        late = [name for name, why, minutes in state.waiting if why == "no_lok" and minutes >= LONG_WAIT_MIN]
        if late:
            told = N_("The list “{name}” waits for its .lok; it is read when that comes.")
            self._line.standing("lok", "look", Sentence(told, {"name": late[0]}))
        else:
            self._line.over("lok")

    def _ask_problems(self, file: int) -> None:
        def show(problems: Any) -> None:
            if self._view.winfo_exists():
                self._view.show_problems(file, problems)

        self._desk.problems(file).then(show, self._line.fault)

    def _settle(self, problem: int) -> None:
        self._desk.settle(problem).then(lambda _: self.ask(), self._line.fault)
