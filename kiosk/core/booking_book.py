"""The reservation masters: kinds, weekly patterns, the institution's calendar, block-outs, courses as linked slots.

They lie in the store as one master (``reservations``); a new kind is an entry there and no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, say

WEEKDAYS = 7  # Monday is 0
LONGEST_CODE = 32


@dataclass(frozen=True)
class Kind:
    """A kind of reservation. ``minutes`` a slot takes, ``capacity`` seats of it where the pattern names none;
    ``needs``: shared resources (rooms, scopes, doctors, nurses), one of each per seat taken; ``exclusive``: kinds that
    must not stand on the same day for the same person; ``returns``: kind of the return visit and after how many days.
    ``keeps``: minutes that a resource is away for, where they are not those of the slot.
    """

    code: str
    name: str
    colour: str = "#0b5cad"
    minutes: int = 30
    capacity: int = 1
    preparation: str = ""
    notes: str = ""
    examination: str = ""  # of the examination master, for the worklist
    needs: tuple[str, ...] = ()
    exclusive: tuple[str, ...] = ()
    returns: str = ""
    returns_days: int = 1
    keeps: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Pattern:
    """Slots of a kind on some weekdays, from ``since`` to ``until`` (both within; None is open)."""

    kind: str
    weekdays: tuple[int, ...]
    times: tuple[time, ...]
    capacity: int = 0  # 0 = that of the kind
    since: date | None = None
    until: date | None = None
    weeks: tuple[int, ...] = ()  # of the month (1 to 5); empty = every


@dataclass(frozen=True)
class DayRule:
    """A day that differs from the weekly rule: closed, half (until a time), or extra (open though usually closed)."""

    day: date
    state: str
    until: time | None = None
    reason: str = ""


@dataclass(frozen=True)
class Block:
    """No slots of a kind (empty: of any) or of those that need a resource, from a day and time to another."""

    since: date
    until: date
    kind: str = ""
    resource: str = ""
    first: time = time(0, 0)
    last: time = time(23, 59)
    reason: str = ""


@dataclass(frozen=True)
class Part:
    """One kind of a course; it begins ``gap_min`` to ``gap_max`` minutes after the part before it ends."""

    kind: str
    gap_min: int = 0
    gap_max: int = 240


@dataclass(frozen=True)
class Course:
    """Linked slots that are booked together or not at all."""

    code: str
    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class BookingBook:
    """All masters of one book of reservations (of health checks, of endoscopy, of physiology …). ``institution``: whose
    it is, empty for that of the station.
    """

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()
    closed_weekdays: frozenset[int] = frozenset({6})
    closed_on_holidays: bool = True
    days: Mapping[date, DayRule] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    courses: Mapping[str, Course] = field(default_factory=dict)
    resources: Mapping[str, int] = field(default_factory=dict)  # how many there are of each
    name: str = ""
    institution: str = ""
    from_list: bool = False  # examinees of the check-up system's list get their seats here by themselves

    def day_state(self, day: date, holiday: str) -> tuple[bool, time | None, str]:
        """Is it open, until when (None: all day), and why it is not as usual. ``holiday``: its name, empty for none."""
        rule = self.days.get(day)
        if rule is not None:
            return rule.state != "closed", rule.until if rule.state == "half" else None, rule.reason
        if day.weekday() in self.closed_weekdays:
            return False, None, ""
        if holiday and self.closed_on_holidays:
            return False, None, holiday
        return True, None, ""


class WrongMaster(Fault):
    """An entry of the masters makes no sense."""

    reference = "B460"

    def __init__(self, entry: str, why: str, **values: object) -> None:
        self.why = say(why, **values)
        super().__init__(
            N_("{entry}: {why}"), N_("Correct the entry; nothing was changed."), entry=entry, why=self.why,
        )  # fmt: skip


def read_booking_book(told: Mapping[str, Any]) -> BookingBook:
    """From the master as it is stored. Raises WrongMaster."""
    for section in ("kind", "course"):
        if any(not 0 < len(str(each.get("code", ""))) <= LONGEST_CODE for each in told.get(section, ())):
            raise WrongMaster(section, N_("every entry needs a code of {most} letters at most"), most=LONGEST_CODE)
    kinds = {each["code"]: _kind(each) for each in told.get("kind", ())}
    if len(kinds) != len(told.get("kind", ())):
        raise WrongMaster(say(N_("Kinds of reservation")), N_("a code stands twice"))
    book = BookingBook(
        kinds,
        tuple(_pattern(each, kinds) for each in told.get("pattern", ())),
        frozenset(int(each) for each in told.get("closed_weekdays", (6,))),
        bool(told.get("closed_on_holidays", True)),
        {rule.day: rule for rule in map(_day_rule, told.get("day", ()))},
        tuple(_block(each, kinds) for each in told.get("block", ())),
        {each["code"]: _course(each, kinds) for each in told.get("course", ())},
        {name: int(count) for name, count in dict(told.get("resources", {})).items()},
        str(told.get("name", "")), str(told.get("institution", "")), bool(told.get("from_list", False)),
    )  # fmt: skip
    for kind in kinds.values():
        unknown = [*(set(kind.exclusive) - set(kinds)), *([kind.returns] if kind.returns not in ("", *kinds) else [])]
        if unknown:
            raise WrongMaster(kind.code, N_("there is no kind {code}"), code=", ".join(sorted(unknown)))
    twice = sorted(set(book.kinds) & set(book.courses))
    if twice:
        raise WrongMaster(twice[0], N_("a kind and a course have the same code"))
    return book


def check_entries(told: Mapping[str, Any]) -> BookingBook:
    """What a person wrote, looked at more closely than what is read each day: misspelt rooms, periods that end before
    they begin. Raises WrongMaster.
    """
    book = read_booking_book(told)
    for kind in book.kinds.values():
        for name in (*kind.needs, *kind.keeps):
            _known(book, name, kind.code)
        if any(minutes <= 0 for minutes in kind.keeps.values()) or kind.returns_days < 0:
            raise WrongMaster(kind.code, N_("minutes and seats must be 1 or more"))
    for pattern in book.patterns:
        if pattern.since and pattern.until and pattern.until < pattern.since:
            raise WrongMaster(pattern.kind, N_("the last day is before the first"))
        if not set(pattern.weeks) <= {1, 2, 3, 4, 5}:
            raise WrongMaster(pattern.kind, N_("weeks of a month are 1 to 5"))
    for block in book.blocks:
        if block.resource:
            _known(book, block.resource, say(N_("Block-out")))
        if block.last < block.first:
            raise WrongMaster(say(N_("Block-out")), N_("the last time is before the first"))
    if len(book.days) != len(told.get("day", ())):
        raise WrongMaster(say(N_("Calendar")), N_("a day stands twice"))
    if any(count < 0 for count in book.resources.values()):
        raise WrongMaster(say(N_("Rooms, devices, people")), N_("how many there are must be 0 or more"))
    return book


def _known(book: BookingBook, resource: str, where: str) -> None:
    if resource not in book.resources:
        raise WrongMaster(where, N_("{resource} is not among rooms, devices, people"), resource=resource)


def _kind(told: Mapping[str, Any]) -> Kind:
    try:
        made = Kind(**{**told, **{name: tuple(told.get(name, ())) for name in ("needs", "exclusive")}})
    except TypeError as why:
        unknown = N_("a field is missing or unknown ({field})")
        raise WrongMaster(str(told.get("code", "?")), unknown, field=why) from None
    if not made.code or not made.name:
        raise WrongMaster(made.code or "?", N_("code and name are needed"))
    if made.minutes <= 0 or made.capacity < 1:
        raise WrongMaster(made.code, N_("minutes and seats must be 1 or more"))
    return made


def _pattern(told: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Pattern:
    kind = str(told.get("kind", ""))
    if kind not in kinds:
        raise WrongMaster(say(N_("Weekly pattern")), N_("there is no kind {code}"), code=kind)
    weekdays = tuple(int(each) for each in told.get("weekdays", ()))
    times = tuple(sorted({_time(each, kind) for each in told.get("times", ())}))
    if not weekdays or not set(weekdays) <= set(range(WEEKDAYS)) or not times:
        raise WrongMaster(kind, N_("weekdays and times are needed"))
    return Pattern(
        kind, weekdays, times, int(told.get("capacity", 0)), _day(told.get("since"), kind),
        _day(told.get("until"), kind), tuple(int(each) for each in told.get("weeks", ())),
    )  # fmt: skip


def _day_rule(told: Mapping[str, Any]) -> DayRule:
    day = _day(told.get("day"), "day")
    state = str(told.get("state", ""))
    until = _time(told["until"], "day") if told.get("until") else None
    if day is None or state not in ("closed", "half", "extra") or (state == "half") != (until is not None):
        raise WrongMaster(str(told.get("day", "?")), N_("a half day needs the time until which it is open, no other"))
    return DayRule(day, state, until, str(told.get("reason", "")))


def _block(told: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Block:
    since, until, kind = _day(told.get("since"), "block"), _day(told.get("until"), "block"), str(told.get("kind", ""))
    if since is None or until is None or until < since or (kind and kind not in kinds):
        raise WrongMaster(say(N_("Block-out")), N_("first day, last day and kind do not fit together"))
    return Block(
        since, until, kind, str(told.get("resource", "")), _time(told.get("first", "00:00"), "block"),
        _time(told.get("last", "23:59"), "block"), str(told.get("reason", "")),
    )  # fmt: skip


def _course(told: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Course:
    parts = tuple(Part(**each) for each in told.get("parts", ()))
    if not parts or any(part.kind not in kinds or part.gap_min > part.gap_max for part in parts):
        raise WrongMaster(str(told.get("code", "?")), N_("the parts of the course make no sense"))
    return Course(str(told["code"]), str(told.get("name", told["code"])), parts)


def _time(text: Any, entry: str) -> time:
    try:
        return text if isinstance(text, time) else time.fromisoformat(str(text))
    except ValueError:
        raise WrongMaster(entry, N_("{text} is no time"), text=text) from None


def _day(text: Any, entry: str) -> date | None:
    if text in (None, ""):
        return None
    try:
        return text if isinstance(text, date) else date.fromisoformat(str(text))
    except ValueError:
        raise WrongMaster(entry, N_("{text} is no day"), text=text) from None
