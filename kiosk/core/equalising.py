"""Equalising a disk: what is asked for, what a difference is, and what a found image is to the centre."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from kiosk.core.words import N_

_DAY = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True)
class Conditions:
    """What a walk is asked for. ``folders`` are relative to the volume (none: all of it); days are YYYYMMDD, both
    included; ``kinds`` as in IMAGE (empty: every kind).
    """

    volume: str
    folders: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    kinds: tuple[str, ...] = ()
    anew: bool = False  # read every header, also of files that look as they did
    report_only: bool = False  # tell the differences, change nothing
    whole_centre: bool = False  # also enter what the disk's index knows already: the centre's was lost

    @property
    def every_image(self) -> bool:
        """No limit by date or kind."""
        return not (self.since or self.until or self.kinds)

    def tops(self) -> list[str]:
        """The folders to begin at, in the order of the walk; what lies inside another is walked with that."""
        tops: list[str] = []
        for path in sorted(self.folders or ("",), key=lambda each: each.split("/")):
            if not any(top == "" or path == top or path.startswith(top + "/") for top in tops):
                tops.append(path)
        return tops

    def holds(self, path: str) -> bool:
        """Does this file lie in what is walked?"""
        return not self.folders or any(path.startswith(top + "/") or not top for top in self.folders)

    def wants_folder(self, path: str) -> bool:
        """False where the folder's own date (``DICOM/20100820/CR1234_123456``) is outside: it need not be read."""
        day = next((part for part in path.split("/") if _DAY.fullmatch(part)), "")
        return not day or self.wants_day(day)

    def wants_day(self, day: str) -> bool:
        """Is this study date (YYYYMMDD or empty) inside?"""
        if not self.since and not self.until:
            return True
        return bool(day) and (self.since or "0") <= day <= (self.until or "9")

    def wants(self, day: str, kind: str) -> bool:
        return self.wants_day(day) and (not self.kinds or kind in self.kinds)

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "kinds": list(self.kinds), "folders": list(self.folders)}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Conditions:
        return cls(**{**data, **{key: tuple(data.get(key, ())) for key in ("kinds", "folders")}})


class Kind(StrEnum):
    """What a file is against the index."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    UNREADABLE = "unreadable"
    TWICE = "twice"
    OTHER_CONTENT = "other_content"


KINDS = {
    Kind.NEW: N_("new"),
    Kind.GONE: N_("gone"),
    Kind.CHANGED: N_("changed"),
    Kind.UNREADABLE: N_("unreadable"),
    Kind.TWICE: N_("there twice"),
    Kind.OTHER_CONTENT: N_("other content"),
}


@dataclass(frozen=True)
class Difference:
    """One line of the report. ``why`` is a message id (with ``values``), empty where the kind says it all."""

    kind: Kind
    path: str
    why: str = ""
    values: dict[str, Any] = field(default_factory=dict)


class Place(StrEnum):
    """What an image found on a disk is to the centre's index."""

    NEW = "new"  # nobody knew it
    KNOWN = "known"  # it lies where the index says, as the index says
    COPY = "copy"  # the same content is known at another volume
    MOVED = "moved"  # the index names another path of this volume, where nothing lies any more
    TWICE = "twice"  # it lies at another path of this volume too
    CHANGED = "changed"  # it lies where the index says, and is not what was stored
    OTHER_CONTENT = "other_content"  # another image under the same UID: to be kept aside, never over the first


@dataclass(frozen=True)
class KnownPlace:
    """Where the centre's index says an instance lies, or a copy of it."""

    instance: int
    volume: str
    path: str
    sha256: str
    copies: tuple[tuple[str, str], ...] = ()  # (volume, path)

    def path_on(self, volume: str) -> str:
        """Where it lies on this volume by the index; empty where it does not."""
        return dict([*self.copies, (self.volume, self.path)]).get(volume, "")


def place_of(volume: str, path: str, sha256: str, known: KnownPlace | None, still_there: bool) -> Place:
    """``still_there``: whether a file lies where the index says (asked for where that is on this volume)."""
    if known is None:
        return Place.NEW
    here = known.path_on(volume)
    if here == path:
        return Place.KNOWN if sha256 == known.sha256 else Place.CHANGED
    if sha256 != known.sha256:
        return Place.OTHER_CONTENT
    if not here:
        return Place.COPY
    return Place.TWICE if still_there else Place.MOVED
