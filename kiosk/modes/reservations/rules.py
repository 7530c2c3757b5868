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
    """A row of the day sheet: a booking, the seats of a slot that are free (``booking`` None), a way through a course,
    or somebody whom the list names and who has no seat.
    """

    key: str
    slot: SlotView | None  # none: somebody of the list without a seat
    booking: Booking | None
    cells: tuple[str, ...]
    state: str = ""
    placing: tuple[SlotView, ...] = ()  # of a course: a slot for each part
    unseated: Any = None


def month_mark(day: Any) -> tuple[str, str, str, bool]:
    """Mark, note, state and whether it is closed, of one MonthDay."""
    if not day.capacity:
        return "", day.reason[:8] if day.reason else "", "", not day.open
    return mark(day.free, day.capacity), str(day.free), _level(day.free, day.capacity), False


def _level(free: int, capacity: int) -> str:
    """The state that stands behind the mark."""
    return {"×": "stop", "△": "look"}.get(mark(free, capacity), "done")


def day_rows(view: Any) -> list[SeatRow]:
    """Of a DayView: each booking, then what is free, slot by slot in the order of time; then who has no seat."""
    rows = []
    for slot in sorted(view.slots, key=lambda each: each.at):
        at = f"{slot.at:%H:%M}"
        rows += [_booked_row(slot, each, view.vanished) for each in view.bookings if each.slot == slot.id]
        if slot.closed:
            closed = say(N_("closed to bookings"))
            rows.append(SeatRow(f"s{slot.id}", slot, None, (at, "", "", closed, "", slot.reason)))
        elif slot.free > 0 or slot.held:
            held = say(Sentence(N_("{n} being typed"), {"n": slot.held})) if slot.held else ""
            held = f"{held} ({slot.holder})" if held and slot.holder else held
            told = say(Sentence(N_("{n} free"), {"n": slot.free}))
            state = "done" if slot.free else "look"
            rows.append(SeatRow(f"s{slot.id}", slot, None, (at, "", "", told, "", held), state))
        elif slot.taken < slot.capacity and slot.short:
            short = say(Sentence(N_("every {resource} is in use"), {"resource": slot.short}))
            rows.append(SeatRow(f"s{slot.id}", slot, None, (at, "", "", short, "", ""), "look"))
    for each in view.unseated:
        who, told = each.patient, say(N_("on the list, without a seat"))
        rows.append(
            SeatRow(f"u{each.visit}", None, None, (each.at, "", who.kana, who.kanji, who.patient_id, told), "stop",
                    unseated=each)
        )  # fmt: skip
    return rows


def _booked_row(slot: SlotView, booking: Booking, vanished: frozenset[int]) -> SeatRow:
    over = " !" if booking.over_reason else ""
    gone = say(N_("not on the list any more")) if booking.id in vanished else ""
    reason = f"({booking.over_reason})" if booking.over_reason else ""
    comment = " ".join(filter(None, (gone, reason, booking.comment)))
    who = booking.who
    cells = (f"{slot.at:%H:%M}", f"{booking.seat}{over}", who.kana, who.kanji, who.patient_id, comment)
    return SeatRow(f"b{booking.id}", slot, booking, cells, "look" if over or booking.id in vanished else "")


def course_rows(placings: Sequence[tuple[SlotView, ...]], names: dict[str, str]) -> list[SeatRow]:
    """The ways through a course: when each part begins."""
    rows = []
    for each in placings:
        way = " → ".join(f"{names.get(slot.kind, slot.kind)} {slot.at:%H:%M}" for slot in each)
        rows.append(SeatRow(f"c{each[0].id}", each[0], None, (f"{each[0].at:%H:%M}", way), "done", each))
    return rows


def week_cells(views: Sequence[Any]) -> tuple[list[str], dict[tuple[Any, str], tuple[str, str, str, bool]]]:
    """Times of a week's DayViews, and mark, note, state, closed of each day and time."""
    cells = {}
    for view in views:
        for slot in view.slots:
            told, level = f"{slot.free}/{slot.capacity}", _level(slot.free, slot.capacity)
            cells[(view.day, f"{slot.at:%H:%M}")] = (mark(slot.free, slot.capacity), told, level, slot.closed)
    return sorted({at for _, at in cells}), cells


def taking_away(row: SeatRow | None) -> str:
    """What F8 does to the marked row."""
    if row is None or row.booking is not None or row.slot is None:
        return N_("Cancel booking")
    return N_("Open again") if row.slot.closed else N_("Close the time")


def conflict_words(booked: Sequence[Booking], names: dict[str, str], most: int = 8) -> Sentence:
    """Who is booked where something is to be closed."""
    told = [
        f"{each.day:%m-%d} {each.at:%H:%M} {names.get(each.kind, each.kind)} {each.who.kanji or each.who.kana}"
        for each in booked[:most]
    ]
    more = say(Sentence(N_("and {n} more"), {"n": len(booked) - most})) if len(booked) > most else ""
    values = {"who": ", ".join(filter(None, [*told, more]))}
    return Sentence(N_("They stay booked and must be told or moved: {who}."), values)


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
        "few": len(plan.too_few),
    }  # fmt: skip
    if plan.too_few:
        return Sentence(N_("{few} times get fewer seats than are booked there; {add} new, {change} changed, {remove} "
                           "empty ones removed, {conflicts} booked ones closed, {kept} kept."), values)  # fmt: skip
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
