"""The theatre's masters: rooms, methods with what is usual for them, equipment, staff, and the weekly cut-off.

They lie in the store as one master (``theatre``). An operation keeps the words it was planned with, so that an entry
may be changed or removed without touching what was planned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_

LISTS = ("rooms", "positions", "anaesthesia", "blood", "departments", "wards")  # of names alone
STAFF = ("surgeons", "anaesthetists", "nurses")
WEEK = timedelta(days=7)
LONGEST_MIN = 24 * 60


@dataclass(frozen=True)
class Method:
    """A method of operating (術式), and what is filled in when it is chosen."""

    name: str
    minutes: int = 60
    position: str = ""
    anaesthesia: tuple[str, ...] = ()
    department: str = ""
    equipment: tuple[str, ...] = ()


@dataclass(frozen=True)
class TheatreBook:
    """All masters. ``first`` and ``last``: hours that the day's picture shows at least. Wishes for a week are taken
    until ``cut_off`` on ``cut_off_weekday`` (0 is Monday) of the week before; None: at any time.
    """

    rooms: tuple[str, ...] = ()
    methods: Mapping[str, Method] = field(default_factory=dict)
    positions: tuple[str, ...] = ()
    anaesthesia: tuple[str, ...] = ()
    blood: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()
    equipment: Mapping[str, int] = field(default_factory=dict)
    surgeons: tuple[str, ...] = ()
    anaesthetists: tuple[str, ...] = ()
    nurses: tuple[str, ...] = ()
    first: time = time(8, 0)
    last: time = time(18, 0)
    cut_off_weekday: int = 3
    cut_off: time | None = time(8, 30)

    def cut_off_of(self, day: date) -> datetime | None:
        """Until when an operation of that day could be asked for in the ordinary way."""
        if self.cut_off is None:
            return None
        monday = day - timedelta(days=day.weekday())
        return datetime.combine(monday - WEEK + timedelta(days=self.cut_off_weekday), self.cut_off)

    def is_late(self, day: date, now: datetime) -> bool:
        """Is the list of that day's week closed already?"""
        until = self.cut_off_of(day)
        return until is not None and now > until


class WrongTheatreMaster(Fault):
    """An entry of the masters makes no sense."""

    reference = "B461"

    def __init__(self, entry: str, why: str) -> None:
        super().__init__(
            N_("The theatre master {entry} makes no sense: {why}."),
            N_("Correct it in the masters of the theatre (F12); nothing was saved."), entry=entry, why=why,
        )  # fmt: skip


def read_theatre_book(told: Mapping[str, Any]) -> TheatreBook:
    """From the master as it is stored. Raises WrongTheatreMaster."""
    lists = {name: _names(name, told.get(name, ())) for name in LISTS}
    if not lists["rooms"]:
        raise WrongTheatreMaster("rooms", "there is none")
    staff = {name: _names(name, dict(told.get("staff", {})).get(name, ())) for name in STAFF}
    equipment: dict[str, int] = {}
    for each in told.get("equipment", ()):
        name, count = _name("equipment", each.get("name")), _number("equipment", each.get("count", 1), 1, 99)
        if name in equipment:
            raise WrongTheatreMaster("equipment", f"{name} stands twice")
        equipment[name] = count
    methods: dict[str, Method] = {}
    for each in told.get("method", ()):
        method = _method(each)
        if method.name in methods:
            raise WrongTheatreMaster("method", f"{method.name} stands twice")
        methods[method.name] = method
    first, last = _time("first", told.get("first", "08:00")), _time("last", told.get("last", "18:00"))
    if first >= last:
        raise WrongTheatreMaster("first, last", f"{first:%H:%M} {last:%H:%M}")
    cut_off = _time("cut_off", told["cut_off"]) if told.get("cut_off") else None
    weekday = _number("cut_off_weekday", told.get("cut_off_weekday", 3), 0, 6)
    return TheatreBook(
        methods=methods, equipment=equipment, first=first, last=last, cut_off_weekday=weekday, cut_off=cut_off,
        **lists, **staff,
    )  # fmt: skip


# -- changing one entry, as the masters page does ----------------------------------------------------------------------

HOURS = "hours"
SECTIONS = (*LISTS, "method", "equipment", *STAFF, HOURS)


def entries(told: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    """The entries of a section, each with its ``name``."""
    if section == HOURS:
        names = ("first", "last", "cut_off_weekday", "cut_off")
        return [{"name": HOURS, **{name: told[name] for name in names if name in told}}]
    if section in ("method", "equipment"):
        return [dict(each) for each in told.get(section, ())]
    names_of = dict(told.get("staff", {})) if section in STAFF else told
    return [{"name": name} for name in names_of.get(section, ())]


def with_entry(
    told: Mapping[str, Any], section: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The master with one entry added (``before`` None), changed, or removed (``after`` None). Raises
    WrongTheatreMaster where it makes no sense then; KeyError where ``before`` does not stand in it any more.
    """
    body = dict(told)
    found = entries(body, section)
    if before is not None and dict(before) not in found:
        raise KeyError(section)
    at = found.index(dict(before)) if before is not None else len(found)
    found[at : at + 1] = [dict(after)] if after is not None else []
    if section == HOURS:
        body |= {name: value for each in found for name, value in each.items() if name != "name"}
    elif section in ("method", "equipment"):
        body[section] = found
    elif section in STAFF:
        body["staff"] = {**dict(body.get("staff", {})), section: [each["name"] for each in found]}
    else:
        body[section] = [each["name"] for each in found]
    read_theatre_book(body)
    return body


# -- inside ------------------------------------------------------------------------------------------------------------


def _method(told: Mapping[str, Any]) -> Method:
    name = _name("method", told.get("name"))
    unknown = set(told) - {"name", "minutes", "position", "anaesthesia", "department", "equipment"}
    if unknown:
        raise WrongTheatreMaster(name, f"{', '.join(sorted(unknown))}?")
    return Method(
        name, _number(name, told.get("minutes", 60), 1, LONGEST_MIN), str(told.get("position", "")),
        _names(name, told.get("anaesthesia", ())), str(told.get("department", "")),
        _names(name, told.get("equipment", ())),
    )  # fmt: skip


def _names(entry: str, told: Any) -> tuple[str, ...]:
    if isinstance(told, str):
        raise WrongTheatreMaster(entry, f"{told} is no list")
    found = tuple(_name(entry, each) for each in told)
    if len(set(found)) != len(found):
        twice = next(each for each in found if found.count(each) > 1)
        raise WrongTheatreMaster(entry, f"{twice} stands twice")
    return found


def _name(entry: str, told: Any) -> str:
    name = str(told or "").strip()
    if not name or len(name) > 100:
        raise WrongTheatreMaster(entry, "a name is missing or too long")
    return name


def _number(entry: str, told: Any, least: int, most: int) -> int:
    try:
        number = int(told)
    except (TypeError, ValueError):
        raise WrongTheatreMaster(entry, f"{told} is no number") from None
    if not least <= number <= most:
        raise WrongTheatreMaster(entry, f"{number} is not {least} to {most}")
    return number


def _time(entry: str, told: Any) -> time:
    try:
        return told if isinstance(told, time) else time.fromisoformat(str(told))
    except ValueError:
        raise WrongTheatreMaster(entry, f"{told} is no time") from None
