"""A course as linked slots of one day: which seats fit together, in order and with the gaps that the masters tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time

from kiosk.core.booking import SlotView
from kiosk.core.booking_book import Course, Kind

Placing = tuple[SlotView, ...]  # a slot for each part, in the order of the course


def placings(course: Course, kinds: Mapping[str, Kind], slots: Mapping[str, Sequence[SlotView]]) -> list[Placing]:
    """For each slot of the first part the earliest way through the rest of the course; those with none are left out.

    ``slots``: those of one day by kind. A slot is used where a seat is free.
    """
    free = {
        code: sorted((each for each in slots.get(code, ()) if each.free > 0), key=lambda each: each.at)
        for code in {part.kind for part in course.parts}
    }
    found = []
    for first in free[course.parts[0].kind]:
        rest = _rest(course, kinds, free, [first])
        if rest is not None:
            found.append(tuple(rest))
    return found


def seats_together(course: Course, kinds: Mapping[str, Kind], slots: Mapping[str, Sequence[SlotView]]) -> int:
    """How many people could take the course on that day: each takes the earliest way, one after the other."""
    left = {code: list(each) for code, each in slots.items()}
    count = 0
    while True:
        ways = placings(course, kinds, left)
        if not ways:
            return count
        count += 1
        taken = {each.id for each in ways[0]}
        left = {code: [_one_less(each) if each.id in taken else each for each in each_kind]
                for code, each_kind in left.items()}  # fmt: skip


def _rest(
    course: Course, kinds: Mapping[str, Kind], free: Mapping[str, Sequence[SlotView]], taken: list[SlotView]
) -> list[SlotView] | None:  # fmt: skip
    if len(taken) == len(course.parts):
        return taken
    part, before = course.parts[len(taken)], taken[-1]
    over = _minute(before.at) + kinds[before.kind].minutes
    for each in free[part.kind]:
        if over + part.gap_min <= _minute(each.at) <= over + part.gap_max:
            whole = _rest(course, kinds, free, [*taken, each])
            if whole is not None:
                return whole
    return None


def _one_less(slot: SlotView) -> SlotView:
    return replace(slot, taken=slot.taken + 1, spare=None if slot.spare is None else slot.spare - 1)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
