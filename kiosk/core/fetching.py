"""Images wanted from another server: what is asked for, and how far each wish is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kiosk.core.words import N_

STUDY, SERIES, IMAGE = LEVELS = ("STUDY", "SERIES", "IMAGE")
BY_HAND, NEIGHBOUR, PREFETCH = "hand", "neighbour", "prefetch"  # purposes


class FetchState(StrEnum):
    """Where a wish stands; ``failed`` goes on by itself after a pause."""

    OWED = "owed"
    RUNNING = "running"
    FAILED = "failed"
    DONE = "done"
    CANCELLED = "cancelled"


STATES = {
    FetchState.OWED: N_("to be fetched"),
    FetchState.RUNNING: N_("being fetched"),
    FetchState.FAILED: N_("did not work"),
    FetchState.DONE: N_("fetched"),
    FetchState.CANCELLED: N_("cancelled"),
}


@dataclass(frozen=True)
class Wanted:
    """What is to be fetched from ``server`` (its name in the settings). ``destination``: the AE title that it is sent
    to; empty: this gateway. ``expected`` images, 0 where the server did not say.
    """

    server: str
    study_uid: str
    level: str = STUDY
    series_uid: str = ""
    sop_uid: str = ""
    destination: str = ""
    patient_id: str = ""
    visit: int | None = None
    purpose: str = BY_HAND
    day: str = ""
    modality: str = ""
    expected: int = 0

    @property
    def uid(self) -> str:
        """The UID of its level."""
        return {STUDY: self.study_uid, SERIES: self.series_uid, IMAGE: self.sop_uid}[self.level]

    def keys(self) -> dict[str, str]:
        """The unique keys of its level and those above (PS3.4 C.4.2.2.1)."""
        found = {"StudyInstanceUID": self.study_uid}
        if self.level != STUDY:
            found["SeriesInstanceUID"] = self.series_uid
        if self.level == IMAGE:
            found["SOPInstanceUID"] = self.sop_uid
        return found


@dataclass(frozen=True)
class FetchLine:
    """A wish as it is kept. ``images`` have come, ``failed`` could not be sent; ``why`` is a msgid."""

    id: int
    wanted: Wanted
    state: FetchState
    images: int = 0
    failed: int = 0
    last_status: str = ""
    why: str = ""
    why_values: dict[str, Any] = field(default_factory=dict)
    at: str = ""
    changed_at: str = ""
