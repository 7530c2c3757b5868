"""What cannot be at the same time: two operations in a room, one person in two rooms, more equipment than there is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from kiosk.core.faults import Refused
from kiosk.core.operation import Operation
from kiosk.core.words import N_, Sentence

ROOM, PERSON, EQUIPMENT = "room", "person", "equipment"


@dataclass(frozen=True)
class TheatreRules:
    """What the theatre goes by. ``stock``: how many there are of a piece of equipment; what it does not name is not
    counted. ``may_share_people``: this role may let a person stand in two operations at once, with a reason.
    """

    turnover_min: int = 0
    stock: Mapping[str, int] = field(default_factory=dict)
    may_share_people: bool = False


@dataclass(frozen=True)
class Overlap:
    """``name`` of the room, the person or the equipment that ``other`` has at that time."""

    what: str
    name: str
    other: Operation

    @property
    def key(self) -> tuple[str, str, int]:
        return self.what, same_name(self.name), self.other.id


def same_name(name: str) -> str:
    """A name by which a person is the same however the blanks in it are typed."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


def together(one: Operation, other: Operation, turnover_min: int = 0) -> bool:
    """Do they overlap? The end does not belong to an operation; the turnover of the room does."""
    turnover = timedelta(minutes=turnover_min)
    return one.since < other.until + turnover and other.since < one.until + turnover


def overlaps(mine: Operation, others: Iterable[Operation], rules: TheatreRules) -> list[Overlap]:
    """What speaks against ``mine`` among the others: rooms first, then people, then equipment."""
    if not mine.state.holds_the_room:
        return []
    beside = [each for each in others if each.id != mine.id and each.state.holds_the_room]
    rooms = [
        Overlap(ROOM, mine.room, each) for each in beside
        if each.room == mine.room and together(mine, each, rules.turnover_min)
    ]  # fmt: skip
    same_time = [each for each in beside if together(mine, each)]
    mine_people = {same_name(name): name for name in mine.team.people}
    people = [
        Overlap(PERSON, mine_people[key], each) for each in same_time
        for key in mine_people.keys() & {same_name(name) for name in each.team.people}
    ]  # fmt: skip
    people.sort(key=lambda each: (mine.team.people.index(each.name), each.other.since, each.other.id))
    return rooms + people + _used_up(mine, same_time, rules.stock)


def _used_up(mine: Operation, same_time: Sequence[Operation], stock: Mapping[str, int]) -> list[Overlap]:
    """Equipment of which more would be in use at some moment than there is; told once, with one who has it then."""
    found = []
    for name in dict.fromkeys(mine.equipment):
        users = [each for each in same_time if name in each.equipment]
        for moment in sorted({mine.since, *(each.since for each in users if each.since > mine.since)}):
            now = [each for each in users if each.since <= moment < each.until]
            if name in stock and len(now) >= stock[name] and now:
                found.append(Overlap(EQUIPMENT, name, now[0]))
                break
    return found


class TheatreTaken(Refused):
    """The theatre can't do it at that time. ``overlaps`` says all that speaks against it; ``reason_helps``: this person
    may do it all the same, with a reason.
    """

    reference = "B420"

    def __init__(self, overlaps: Sequence[Overlap], *, reason_helps: bool, turnover_min: int = 0) -> None:
        self.overlaps = list(overlaps)
        self.reason_helps = reason_helps
        first = overlap_sentence(overlaps[0], turnover_min)
        more = len({each.other.id for each in overlaps}) - 1
        if reason_helps:
            step = N_("Choose another time or room; or give a reason why it is done all the same.")
        elif any(each.what == PERSON for each in overlaps):
            step = N_("Choose another time, room or person; who may allow it is named in the parameter file.")
        else:
            step = N_("Choose another time or room; what you typed is kept.")
        if more > 0:
            super().__init__("taken", N_("{first} And {more} more operations."), step, first=first, more=more)
        else:
            super().__init__("taken", first.text, step, **dict(first.values))  # type: ignore[arg-type]


def overlap_sentence(overlap: Overlap, turnover_min: int = 0) -> Sentence:
    """One plain sentence that names the other operation."""
    other = overlap.other
    values = {
        "name": overlap.name, "room": other.room, "patient": other.patient.name, "method": other.method or "-",
        "since": f"{other.since:%H:%M}", "until": f"{other.until:%H:%M}", "minutes": turnover_min,
    }  # fmt: skip
    if overlap.what == ROOM and turnover_min:
        told = N_("{room} has {patient} ({method}) from {since} to {until}, and {minutes} minutes to be made ready.")
        return Sentence(told, values)
    if overlap.what == ROOM:
        return Sentence(N_("{room} has {patient} ({method}) from {since} to {until}."), values)
    if overlap.what == PERSON:
        told = N_("{name} is with {patient} ({method}) in {room} from {since} to {until}.")
        return Sentence(told, values)
    told = N_("{name}: there is no more of it, {patient} ({method}) in {room} has it from {since} to {until}.")
    return Sentence(told, values)


def check_overlaps(mine: Operation, before: Operation | None, others: Sequence[Operation], rules: TheatreRules,
                   reason: str) -> str:  # fmt: skip
    """What ``overlap_reason`` the operation has from now on; what already stood beside it ``before`` needs none anew.

    A room may be shared by an urgent operation with a reason; a person by whoever may allow it, with a reason;
    equipment that is not there by nobody. Raises TheatreTaken.
    """
    found = overlaps(mine, others, rules)
    known: set[tuple[str, str, int]] = set()
    if before is not None and before.urgent <= mine.urgent:
        known = {each.key for each in overlaps(before, others, rules)}
    new = [each for each in found if each.key not in known]
    allowed = all(
        each.what == ROOM and mine.urgent or each.what == PERSON and rules.may_share_people for each in new
    )  # fmt: skip
    if new and (not allowed or not reason.strip()):
        raise TheatreTaken(new, reason_helps=allowed, turnover_min=rules.turnover_min)
    if not found:
        return ""
    return reason.strip() if new else (reason.strip() or (before.overlap_reason if before is not None else ""))
