"""What a device says of an examination it performs (MPPS, PS3.4 F.7): begun, completed, or discontinued and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PerformedState(StrEnum):
    """DICOM's own words; the last two are final."""

    IN_PROGRESS = "IN PROGRESS"
    COMPLETED = "COMPLETED"
    DISCONTINUED = "DISCONTINUED"

    @property
    def final(self) -> bool:
        return self is not PerformedState.IN_PROGRESS


@dataclass(frozen=True)
class PerformedSeries:
    """One series made, and the SOP Instance UIDs of its images and other objects."""

    series_uid: str
    modality: str = ""
    description: str = ""
    objects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheduled:
    """What of our list the device says it performs; any of it may be empty."""

    study_uid: str = ""
    accession: str = ""
    step_id: str = ""


@dataclass(frozen=True)
class PerformedStep:
    """One message about a performed step. Moments ``YYYYMMDDHHMMSS``; ``series`` None: it says nothing of them."""

    sop_uid: str
    state: PerformedState | None = None
    station_ae: str = ""
    source: str = ""
    started_at: str = ""
    ended_at: str = ""
    reason: str = ""  # code value of the discontinuation reason, or its meaning
    series: tuple[PerformedSeries, ...] | None = None
    scheduled: tuple[Scheduled, ...] = ()
    patient_id: str = ""
    performed_id: str = ""
