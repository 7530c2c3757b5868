"""Pictures taken on this PC, until they are registered: the examination they belong to, and each picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kiosk.core.worklist_query import WorklistRow

STILL, CLIP = "still", "clip"


class SetState(StrEnum):
    OPEN = "open"  # being taken, or interrupted
    REGISTERING = "registering"  # ended; what is owed goes out by itself
    REGISTERED = "registered"


@dataclass(frozen=True)
class PictureSet:
    """The pictures of one examination on this PC. ``row``: whom it is of, None while nobody is assigned."""

    id: str
    mode: str  # of the station that takes them
    opened_at: str
    series_uid: str
    row: WorklistRow | None = None
    state: SetState = SetState.OPEN
    number: str = ""  # check-up number, as it was scanned or listed
    by: str = ""
    closed_at: str = ""


@dataclass(frozen=True)
class TakenPicture:
    """One picture (or clip) that is safe on this PC's disk. ``number`` counts from 1 within its set.

    ``taken_of`` is the number of the picture that this one is the sharper neighbour of, 0 otherwise. ``sent_at`` and
    ``handed_at`` say when the server had it by DICOM and as a file, empty until then.
    """

    set: str
    number: int
    name: str  # of its file in the folder of the set
    at: str  # ISO, milliseconds
    size: int
    sha256: str
    sop_uid: str
    kind: str = STILL
    part: str = ""
    eye: str = ""  # R, L, B or empty where nobody said
    star: bool = False
    deleted: bool = False
    taken_of: int = 0
    comment: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    sent_at: str = ""
    handed_at: str = ""
