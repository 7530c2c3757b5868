"""Disks for images: their roles, what each is said to be, how long the room lasts, and the hours of the night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from kiosk.core.copy_plan import clock
from kiosk.core.words import N_

GATEWAY, PRIMARY, MIRROR, BACKUP = ROLES = ("gateway", "primary", "mirror", "backup")
RECEIVING = (GATEWAY, PRIMARY)  # an image server's disk takes what finds no room on the gateway's own
COPIED_TO = (PRIMARY, MIRROR)  # each image lies on one of each in the end

LITTLE_PART, LITTLE_BYTES = 0.10, 2_000_000_000  # said before the reserve is reached
HISTORY_DAYS = 30


class DiskState(StrEnum):
    """What a disk is at the moment."""

    UNKNOWN = ""
    GOOD = "good"
    FULL = "full"  # at its reserve
    READ_ONLY = "read_only"  # or it fails to write
    GONE = "gone"
    OTHER = "other"  # another disk stands in its place
    HUNG = "hung"  # it does not answer
    RETIRED = "retired"


STATES = {
    DiskState.UNKNOWN: N_("not looked at yet"),
    DiskState.GOOD: N_("good"),
    DiskState.FULL: N_("full"),
    DiskState.READ_ONLY: N_("can't be written to"),
    DiskState.GONE: N_("not there"),
    DiskState.OTHER: N_("another disk"),
    DiskState.HUNG: N_("does not answer"),
    DiskState.RETIRED: N_("taken out of use"),
}


@dataclass(frozen=True)
class DiskLine:
    """One disk as people see it. Sizes in bytes; ``waiting`` studies are still to be copied to it (or one like it)."""

    id: str
    role: str = GATEWAY
    title: str = ""
    state: str = DiskState.UNKNOWN
    why: str = ""  # msgid
    why_values: dict[str, str] = field(default_factory=dict)
    next_step: str = ""  # msgid
    free: int = 0
    total: int = 0
    reserve: int = 0
    receiving: bool = False
    waiting: int = 0
    days_left: int | None = None

    @property
    def little_room(self) -> bool:
        """Nearly at its reserve: below a tenth, or below 2 GB above it."""
        left = self.free - self.reserve
        return self.total > 0 and (left < LITTLE_BYTES or self.free < LITTLE_PART * self.total)

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def reserve_of(total: int, fixed: int, part: float) -> int:
    """Bytes that stay free: so many (of a small disk no more than a tenth), or that part of it, whichever is more."""
    return max(min(fixed, total // 10), int(total * part))


def days_left(history: Sequence[tuple[str, int, int]], free: int, reserve: int, today: date) -> int | None:
    """For how many days the room lasts by what the last thirty took; None where it does not shrink or is not known.

    ``history``: (day ``2026-11-25``, free, total) in order. What was before another disk came in does not count.
    """
    recent = [each for each in history if date.fromisoformat(each[0]) >= today - timedelta(HISTORY_DAYS)]
    while recent and recent[0][2] != recent[-1][2]:
        recent = recent[1:]
    if not recent:
        return None
    days = (today - date.fromisoformat(recent[0][0])).days
    taken = recent[0][1] - free
    if days < 1 or taken <= 0:
        return None
    return max(0, int((free - reserve) * days / taken))


NOT_TWICE, UNSENT = "not_twice", "unsent"
WHY_KEPT = {
    NOT_TWICE: N_("not yet verified on two other disks"),
    UNSENT: N_("not yet sent everywhere"),
}


@dataclass
class RetentionLine:
    """What of one disk and one day of receipt may leave (``images``, ``size`` in bytes), and what stays: why -> how
    many images.
    """

    volume: str
    day: str
    images: int = 0
    size: int = 0
    stay: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Night:
    """Hours of the day, ``HH:MM``; they may pass midnight. Where a text is no time it is never night."""

    start: str = "20:00"
    end: str = "23:30"

    def holds(self, now: datetime) -> bool:
        start, end = clock(self.start), clock(self.end)
        if start is None or end is None:
            return False
        if start <= end:
            return start <= now.time() < end
        return now.time() >= start or now.time() < end

    def next(self, now: datetime) -> datetime:
        """When it begins the next time (now, where it has begun)."""
        start = clock(self.start)
        if self.holds(now) or start is None:
            return now if start is not None else now + timedelta(hours=1)
        begins = datetime.combine(now.date(), start)
        return begins if begins > now else begins + timedelta(days=1)

    def named(self, now: datetime) -> str:
        """Which night it is: the day on which it began."""
        start = clock(self.start)
        passed = start is not None and now.time() < start
        return (now.date() - timedelta(days=1 if passed else 0)).isoformat()
