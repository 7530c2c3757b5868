"""What the reservation window shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.core.booking import Booker, Booking, SlotView, mark
from kiosk.core.words import N_, Sentence, say

STATES = {
    "tentative": N_("tentative"), "booked": N_("booked"), "arrived": N_("arrived"), "done": N_("done"),
    "cancelled": N_("cancelled"), "absent": N_("absent"),
}  # fmt: skip
CHANGES = {
    "made": N_("booked"), "moved": N_("moved"), "changed": N_("changed"), "cancelled": N_("cancelled"),
    "restored": N_("restored"),
}  # fmt: skip


@dataclass(frozen=True)
class SeatRow:
    """A row of the day sheet: a booking, or the seats of a slot that are free (``booking`` None)."""

    key: str
    slot: SlotView
    booking: Booking | None
    cells: tuple[str, ...]
    state: str = ""


def month_mark(day: Any) -> tuple[str, str, str, bool]:
    """Mark, note, state and whether it is closed, of one MonthDay."""
    if not day.capacity:
        return "", day.reason[:8] if day.reason else "", "", not day.open
    level = "stop" if day.free <= 0 else "look" if mark(day.free, day.capacity) == "△" else "done"
    return mark(day.free, day.capacity), str(day.free), level, False


def day_rows(slots: Sequence[SlotView], bookings: Sequence[Booking]) -> list[SeatRow]:
    """Each booking, then what is free, slot by slot in the order of time."""
    rows = []
    for slot in sorted(slots, key=lambda each: each.at):
        at = f"{slot.at:%H:%M}"
        for each in (one for one in bookings if one.slot == slot.id):
            over = " !" if each.over_reason else ""
            rows.append(
                SeatRow(
                    f"b{each.id}", slot, each,
                    (at, f"{each.seat}{over}", each.who.kana, each.who.kanji, each.who.patient_id, each.comment),
                    "look" if each.over_reason else "",
                )  # fmt: skip
            )
        if slot.closed:
            closed = say(N_("closed to bookings"))
            rows.append(SeatRow(f"s{slot.id}", slot, None, (at, "", "", closed, "", slot.reason)))
        elif slot.free > 0 or slot.held:
            held = say(Sentence(N_("{n} being typed"), {"n": slot.held})) if slot.held else ""
            told = say(Sentence(N_("{n} free"), {"n": slot.free}))
            state = "done" if slot.free else "look"
            rows.append(SeatRow(f"s{slot.id}", slot, None, (at, "", "", told, "", held), state))
    return rows


def taking_away(row: SeatRow | None) -> str:
    """What F8 does to the marked row."""
    if row is None or row.booking is not None:
        return N_("Cancel booking")
    return N_("Open again") if row.slot.closed else N_("Close the time")


def staying_words(booked: Sequence[Booking]) -> Sentence:
    """Who is booked at a time that is to be closed."""
    names = ", ".join(each.who.kanji or each.who.kana for each in booked)
    if not names:
        return Sentence(N_("Nobody is booked there. Why is it closed?"))
    return Sentence(N_("They stay booked and must be told or moved: {names}. Why is it closed?"), {"names": names})


def values_of(booking: Booking) -> dict[str, str]:
    """Whom a sentence is about, and when."""
    name = booking.who.kanji or booking.who.kana
    return {"name": name, "day": f"{booking.day:%m-%d}", "at": f"{booking.at:%H:%M}"}


def whom_to_find(typed: Booker, marked: SeatRow | None) -> str:
    """ID, kana or name of whoever is typed, else of whose booking is marked; empty for nobody."""
    people = [typed, *([marked.booking.who] if marked is not None and marked.booking is not None else [])]
    return next((text for who in people for text in (who.patient_id, who.kana, who.kanji) if text), "")


def person_cells(booking: Booking, day: str, kind: str) -> tuple[str, ...]:
    """Cells of a row of somebody's bookings."""
    who = booking.who
    return (
        day, f"{booking.at:%H:%M}", kind, say(STATES[booking.state.value]), who.kana, who.kanji,
        who.patient_id, who.birth_date, booking.comment,
    )  # fmt: skip


def waiter_cells(waiter: Any) -> tuple[str, ...]:
    """Cells of a row of the waiting list."""
    who = waiter.who
    return (
        waiter.since.isoformat(), waiter.until.isoformat(), who.kana, who.kanji, who.patient_id, who.phone,
        waiter.comment, waiter.at[:16].replace("T", " "),
    )  # fmt: skip


def waiting_words(waiters: Sequence[Any]) -> Sentence:
    """Who is proposed for a seat that is free."""
    first = waiters[0].who
    values = {"name": first.kanji or first.kana, "phone": first.phone or "-", "n": len(waiters)}
    return Sentence(N_("A seat is free. {n} wait for this day, first {name} (telephone {phone}): F4."), values)


def near_words(nearest: Sequence[SlotView]) -> str:
    """The slots that are offered instead."""
    return "  ".join(f"{each.day:%m-%d} {each.at:%H:%M}" for each in nearest)


def plan_words(plan: Any) -> Sentence:
    values = {
        "add": len(plan.add), "change": len(plan.resize) + len(plan.reopen), "remove": len(plan.remove),
        "conflicts": len([each for each in plan.conflicts if not each.closed]), "kept": len(plan.kept_by_hand),
    }  # fmt: skip
    told = N_("{add} new, {change} changed, {remove} empty ones removed; {conflicts} booked ones closed, {kept} kept.")
    return Sentence(told, values)


def change_cells(change: Any) -> tuple[str, ...]:
    """Cells of a line of a booking's history: when, who, what, from, to, reason."""
    def place(told: dict[str, Any]) -> str:
        return f"{told.get('day', '')} {told.get('at', '')}".strip()

    what = say(CHANGES.get(change.what, change.what))
    return change.at[:16].replace("T", " "), change.by, what, place(change.before), place(change.after), change.reason


def warning_words(warnings: Sequence[Any], names: dict[str, str]) -> str:
    """What speaks against it."""
    told = []
    for each in warnings:
        values = {"name": names.get(each.other.kind, each.other.kind), "at": f"{each.other.at:%H:%M}"}
        twice, pair = N_("already booked for {name} at {at}"), N_("not on one day with {name} ({at})")
        told.append(say(Sentence(twice if each.what == "twice" else pair, values)))
    return ", ".join(told)
