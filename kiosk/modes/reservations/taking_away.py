"""F8: a booking is cancelled with a reason; a free time is closed with a reason, and opened again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kiosk.core.booking import Booking, SlotView
from kiosk.core.words import N_, Sentence
from kiosk.modes.reservations import rules
from kiosk.ui.shell import Choice, Shell


def propose_who_waits(shell: Shell, desk: Any, gone: Booking) -> None:
    """The seat of this booking is free now: whom of the waiting list would that day do?"""

    def propose(waiters: Any) -> None:
        if waiters and shell.frame.winfo_exists():
            shell.problem.look(rules.waiting_words(waiters))

    desk.waiting(gone.kind, gone.day).then(propose, lambda why: None)


def cancel_booking(
    shell: Shell, desk: Any, booking: Booking, names: dict[str, str], done: Callable[[], object]
) -> None:  # fmt: skip
    """Ask why, cancel it, and propose whoever waits for the seat. What belongs to it (a course, a return visit) goes
    along where the clerk says so. ``names`` of the kinds.
    """

    def cancelled(_: Any) -> None:
        if shell.frame.winfo_exists():
            shell.problem.done(N_("The booking was cancelled; F6 brings it back."))
            done()
            propose_who_waits(shell, desk, booking)

    def ask_why(also: Sequence[Booking]) -> None:
        def because(reason: str) -> Callable[[], object]:
            return lambda: desk.cancel(booking, reason, also).then(cancelled, shell.problem.fault)

        shell.ask(
            Sentence(N_("Cancel the booking of {name} at {at}?"), rules.values_of(booking)),
            N_("The seat is free for others at once. Why is it cancelled?"),
            [Choice(N_("Do not cancel")), *(Choice(each, because(each)) for each in desk.settings.cancel_reasons)],
        )

    def belongs(others: Any) -> None:
        if not shell.frame.winfo_exists():
            return
        if not others:
            ask_why(())
            return
        told = ", ".join(f"{each.day:%m-%d} {each.at:%H:%M} {names.get(each.kind, each.kind)}" for each in others)
        shell.ask(
            Sentence(N_("Cancel the booking of {name} at {at}?"), rules.values_of(booking)),
            Sentence(N_("It belongs together with: {others}."), {"others": told}),
            [Choice(N_("Do not cancel")), Choice(N_("All of it"), lambda: ask_why(others)),
             Choice(N_("Only this one"), lambda: ask_why(()))],
        )  # fmt: skip

    if booking.linked:
        desk.linked(booking).then(belongs, shell.problem.fault)
    else:
        ask_why(())


def close_or_open(
    shell: Shell, desk: Any, slot: SlotView, booked: Sequence[Booking], done: Callable[[], object]
) -> None:  # fmt: skip
    """Open a closed one at once; ask why before an open one is closed. Those who are ``booked`` there stay."""
    when = {"at": f"{slot.at:%H:%M}", "day": f"{slot.day:%m-%d}"}

    def changed(after: SlotView) -> None:
        if shell.frame.winfo_exists():
            told = N_("{day} {at} is closed; F8 opens it again.") if after.closed else N_("{day} {at} is open again.")
            shell.problem.done(Sentence(told, when))
            done()

    def because(reason: str) -> Callable[[], object]:
        return lambda: desk.close_slot(slot.id, True, reason).then(changed, shell.problem.fault)

    if slot.closed:
        desk.close_slot(slot.id, False, "").then(changed, shell.problem.fault)
        return
    shell.ask(
        Sentence(N_("Close {day} {at} to further bookings?"), when), rules.staying_words(booked),
        [Choice(N_("Do not close")), *(Choice(each, because(each)) for each in desk.settings.close_reasons)],
    )  # fmt: skip
