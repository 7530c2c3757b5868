"""The nightly disk copy: a list of date and kind with 1 (to do) and F (finished), and when the next may begin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from kiosk.core.image_kinds import IMAGE_KINDS
from kiosk.core.words import N_

TO_DO, FINISHED = "1", "F"
REST_S = 20.0  # between two copies
LOOK_S = 4.0  # how often the next one is looked for
WINDOW_LOOK_S = 10.0  # how often the window is looked at
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
DAY = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True)
class Period:
    """What is copied of one kind: study dates YYYYMMDD, both included, empty for no limit."""

    kind: str
    since: str = ""
    until: str = ""

    def holds(self, day: str) -> bool:
        return bool(day) and (self.since or "0") <= day <= (self.until or "9") or not (self.since or self.until)


@dataclass(frozen=True)
class CopyConditions:
    """All that a disk copy is told. The window is ``HH:MM``; it ends before midnight, when backups begin."""

    source: str = ""
    target: str = ""
    periods: tuple[Period, ...] = ()
    start: str = "20:00"
    end: str = "23:30"
    allowed: bool = False
    rest_s: float = REST_S

    def wrong(self) -> list[str]:
        """What does not fit, as sentences; nothing may be copied before they are mended."""
        found = []
        if not self.source or not self.target:
            found.append(N_("Choose the disk to copy from and the disk to copy to."))
        elif self.source == self.target:
            found.append(N_("A disk can't be copied onto itself."))
        start, end = clock(self.start), clock(self.end)
        if start is None or end is None:
            found.append(N_("Enter the times as 20:00."))
        elif start >= end:
            found.append(N_("The copying must end before midnight: the end has to be later than the beginning."))
        for period in self.periods:
            if any(day and not DAY.fullmatch(day) for day in (period.since, period.until)):
                found.append(N_("Enter the dates as 20100401."))
                break
            if period.since and period.until and period.since > period.until:
                found.append(N_("A period ends before it begins."))
                break
        return found

    def in_window(self, now: datetime) -> bool:
        start, end = clock(self.start), clock(self.end)
        return start is not None and end is not None and start <= now.time() < end

    def as_data(self) -> dict[str, Any]:
        periods = [[each.kind, each.since, each.until] for each in self.periods]
        return {
            "source": self.source, "target": self.target, "periods": periods, "start": self.start, "end": self.end,
            "allowed": self.allowed, "rest_s": self.rest_s,
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> CopyConditions:
        return cls(**{**data, "periods": tuple(Period(*each) for each in data.get("periods", ()))})


@dataclass(frozen=True)
class Unit:
    """One date and kind. ``day`` is YYYYMMDD, empty for images without a study date; ``error`` a message id."""

    day: str
    kind: str
    position: int
    state: str = TO_DO
    files: int = 0
    size: int = 0
    id: int = 0
    started_at: str = ""
    done_at: str = ""
    error: str = ""
    error_values: tuple[tuple[str, str], ...] = ()


def clock(text: str) -> time | None:
    """``9:05`` as a time; None where it is none."""
    found = _TIME.fullmatch(text.strip())
    return time(int(found.group(1)), int(found.group(2))) if found else None


def expand(
    conditions: CopyConditions, present: Iterable[tuple[str, str, int, int]], kinds: Sequence[str] = IMAGE_KINDS
) -> list[Unit]:
    """The list: what of ``present`` (day, kind, files, bytes) the periods ask for; dates down, kinds across."""
    periods = {each.kind: each for each in conditions.periods}
    wanted = [
        (day, kind, files, size)
        for day, kind, files, size in present
        if (kind in periods and periods[kind].holds(day)) or not periods
    ]
    order = {kind: at for at, kind in enumerate(kinds)}
    wanted.sort(key=lambda each: (each[0], order.get(each[1], len(order)), each[1]))
    return [Unit(day, kind, at, TO_DO, files, size) for at, (day, kind, files, size) in enumerate(wanted)]


def merged(old: Iterable[Unit], new: Iterable[Unit]) -> list[Unit]:
    """A list made anew keeps what is finished, unless images were added to that date and kind since."""
    known = {(each.day, each.kind): each for each in old}
    told = []
    for unit in new:
        before = known.get((unit.day, unit.kind))
        if before is not None and before.state == FINISHED and before.files >= unit.files:
            unit = replace(before, position=unit.position)
        told.append(unit)
    return told


def next_unit(units: Iterable[Unit], since: str) -> Unit | None:
    """The first one to do, top to bottom and left to right. One that failed since ``since`` (this night's
    beginning) has had its turn: the others go on, and it is tried again the next night or by hand.
    """
    for unit in sorted(units, key=lambda each: each.position):
        if unit.state == TO_DO and not (unit.error and unit.started_at >= since):
            return unit
    return None
