"""F10: what goes to paper or into a workbook."""

from __future__ import annotations

from typing import Any

from kiosk.core.words import N_, Sentence
from kiosk.ui.shell import Choice


def ask_what_to_print(window: Any) -> None:
    """Of the marked booking and the chosen day."""
    shell, desk, day, kind = window.shell, window.desk, window.month.chosen, window.kind.get()
    booking = window.row.booking if window.row is not None else None

    def printed(path: Any) -> None:
        if shell.frame.winfo_exists():
            told = N_("It goes to the printer; it is kept as {file}.")
            shell.problem.done(Sentence(told, {"file": path.name}))

    choices = [Choice(N_("Print nothing"))]
    if booking is not None:
        choices.append(
            Choice(N_("Booking slip"), lambda: desk.print_slip(booking).then(printed, shell.problem.fault))
        )
    if kind in window.kinds:
        choices.append(Choice(N_("Day list"), lambda: desk.print_day(kind, day).then(printed, shell.problem.fault)))
    shell.ask(N_("What is to be printed?"), Sentence(N_("For {day}."), {"day": f"{day:%m-%d}"}), choices)
