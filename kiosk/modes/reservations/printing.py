"""F10: what goes to paper or into a workbook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.words import N_, Sentence
from kiosk.ui.shell import Choice


def ask_what_to_print(window: Any) -> None:
    """Of the marked booking and the chosen day."""
    shell, desk, day, kind = window.shell, window.desk, window.month.chosen, window.kind.get()
    booking = window.row.booking if window.row is not None else None

    def told(words: str) -> Callable[[Any], None]:
        def tell(path: Any) -> None:
            if shell.frame.winfo_exists():
                shell.problem.done(Sentence(words, {"file": path.name, "folder": str(path.parent)}))

        return tell

    def choice(words: str, ask: Callable[..., Any], *args: Any) -> Choice:
        printed = told(N_("It goes to the printer; it is kept as {file}."))
        return Choice(words, lambda: ask(*args).then(printed, shell.problem.fault))

    def export() -> None:
        written = told(N_("Written as {file} in {folder}."))
        shell.problem.plain(N_("The workbook is being written …"))
        desk.export_month(day).then(written, shell.problem.fault)

    choices = [Choice(N_("Print nothing"))]
    if booking is not None:
        choices.append(choice(N_("Booking slip"), desk.print_slip, booking))
    if kind in window.kinds:
        choices.append(choice(N_("Day list"), desk.print_day, kind, day))
        choices.append(choice(N_("Week sheet"), desk.print_week, kind, day))
    choices += [
        choice(N_("Room list"), desk.print_rooms, day), choice(N_("Labels of the day"), desk.print_labels, day),
        Choice(N_("Month as Excel"), export),
    ]  # fmt: skip
    shell.ask(N_("What is to be printed?"), Sentence(N_("For {day}."), {"day": f"{day:%m-%d}"}), choices)
