"""Lines of a check as a list: what is wrong first, each with what to do."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.maintenance.rules import CheckLine
from kiosk.ui.table import Column, Row, Table


class CheckList(Table):
    """``tell(lines)`` shows them; ``summary`` says in a sentence and a state what came of it."""

    def __init__(self, parent: tk.Misc, empty: str | Sentence) -> None:
        super().__init__(
            parent,
            [
                Column("text", N_("What was checked"), 460, stretch=True),
                Column("step", N_("What to do"), 200, stretch=True),
            ],
            empty=empty,
        )

    def tell(self, lines: Sequence[CheckLine]) -> None:
        """Show the lines of a check."""
        ordered = sorted(lines, key=lambda line: line.good)
        self.show(
            [
                Row(str(at), (say(line.text), say(line.next_step)), "done" if line.good else "stop")
                for at, line in enumerate(ordered)
            ]
        )


def summary(lines: Sequence[CheckLine]) -> tuple[str, Sentence]:
    """State (done, stop) and sentence for the problem line."""
    wrong = [line for line in lines if not line.good]
    if not wrong:
        return "done", Sentence(N_("Everything is in order: {n} points checked."), {"n": len(lines)})
    return "stop", Sentence(N_("{n} points want a look; the first: {first}"), {"n": len(wrong), "first": wrong[0].text})
