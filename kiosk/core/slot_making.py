"""Slots from the masters: which should stand in a period, and what must change for that without losing a booking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from kiosk.core.booking_book import Block, BookingBook, Kind

Key = tuple[str, date, time]  # kind, day, time


@dataclass(frozen=True)
class Slot:
    """A time of a kind with so many seats."""

    kind: str
    day: date
    at: time
    capacity: int

    @property
    def key(self) -> Key:
        return self.kind, self.day, self.at


@dataclass(frozen=True)
class Standing:
    """A slot that is there. ``taken``: seats of it; ``by_hand``: somebody changed it for this day alone."""

    slot: Slot
    taken: int = 0
    closed: bool = False
    by_hand: bool = False


@dataclass(frozen=True)
class Plan:
    """What making the slots of a period does. ``conflicts``: slots with bookings that the masters no longer want; they
    are closed to further bookings, never removed.
    """

    add: tuple[Slot, ...] = ()
    resize: tuple[Slot, ...] = ()
    reopen: tuple[Slot, ...] = ()
    remove: tuple[Slot, ...] = ()
    conflicts: tuple[Standing, ...] = ()
    too_few: tuple[Standing, ...] = ()  # get fewer seats than are booked there
    kept_by_hand: tuple[Standing, ...] = field(default=())

    @property
    def nothing(self) -> bool:
        """Everything is as the masters want it."""
        still_open = any(not each.closed for each in self.conflicts)
        return not (self.add or self.resize or self.reopen or self.remove or still_open)


def wanted_slots(
    book: BookingBook, since: date, until: date, holiday: Callable[[date], str], kinds: Iterable[str] = ()
) -> dict[Key, Slot]:
    """The slots that the masters want from ``since`` to ``until`` (both within), of these kinds (empty: of all).

    Where two patterns of a kind name the same time, the one that began later holds.
    """
    only = frozenset(kinds) or frozenset(book.kinds)
    made: dict[Key, Slot] = {}
    patterns = sorted(
        (each for each in book.patterns if each.kind in only), key=lambda each: each.since or date.min
    )  # fmt: skip
    by_weekday: dict[int, list[int]] = {}
    for at, pattern in enumerate(patterns):
        for weekday in pattern.weekdays:
            by_weekday.setdefault(weekday, []).append(at)
    day = since
    while day <= until:
        is_open, half, _ = book.day_state(day, holiday(day))
        if is_open:
            blocks = [each for each in book.blocks if each.since <= day <= each.until]
            for at in by_weekday.get(day.weekday(), ()):
                pattern = patterns[at]
                if (pattern.since and day < pattern.since) or (pattern.until and day > pattern.until):
                    continue
                if pattern.weeks and (day.day - 1) // 7 + 1 not in pattern.weeks:
                    continue
                kind = book.kinds[pattern.kind]
                for moment in pattern.times:
                    if half is not None and ends(moment, kind.minutes) > half:
                        continue
                    if any(blocked(each, kind, moment) for each in blocks):
                        continue
                    slot = Slot(kind.code, day, moment, pattern.capacity or kind.capacity)
                    made[slot.key] = slot
        day += timedelta(days=1)
    return made


def plan(wanted: Mapping[Key, Slot], standing: Iterable[Standing]) -> Plan:
    """What to do. Doing it and planning again gives ``nothing``."""
    there = {each.slot.key: each for each in standing}
    add = [slot for key, slot in wanted.items() if key not in there]
    resize: list[Slot] = []
    reopen: list[Slot] = []
    remove: list[Slot] = []
    conflicts: list[Standing] = []
    too_few: list[Standing] = []
    by_hand: list[Standing] = []
    for key, each in there.items():
        slot = wanted.get(key)
        if each.by_hand:
            by_hand.append(each)
        elif slot is None:
            if each.taken:
                conflicts.append(each)
            else:
                remove.append(each.slot)
        elif each.closed:
            reopen.append(slot)
        elif slot.capacity != each.slot.capacity:
            resize.append(slot)
            if slot.capacity < each.taken:
                too_few.append(each)
    return Plan(
        tuple(add), tuple(resize), tuple(reopen), tuple(remove), tuple(conflicts), tuple(too_few), tuple(by_hand)
    )  # fmt: skip


def blocked(block: Block, kind: Kind, moment: time) -> bool:
    """Does a block-out of this day take that time of the kind away?"""
    mine = (not block.kind and not block.resource) or block.kind == kind.code or block.resource in kind.needs
    return mine and block.first <= moment <= block.last


def why_blocked(book: BookingBook, kind: str, day: date) -> str:
    """The reason of a block-out that takes times of a kind (or course: empty) away on that day; empty for none."""
    known = book.kinds.get(kind)
    return next(
        (each.reason for each in book.blocks if known and each.since <= day <= each.until and each.reason
         and ((not each.kind and not each.resource) or each.kind == kind or each.resource in known.needs)), "",
    )  # fmt: skip


def ends(moment: time, minutes: int) -> time:
    """When what begins then is over; the last minute of the day where it would reach beyond."""
    begun = datetime.combine(date(2000, 1, 1), moment)
    over = begun + timedelta(minutes=minutes)
    return over.time() if over.date() == begun.date() else time(23, 59)
