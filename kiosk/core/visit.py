"""A visit: one examinee at one institution on one day, and the examinations of the course."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from kiosk.core.patient import Patient


class VisitState(StrEnum):
    BOOKED = "booked"
    ARRIVED = "arrived"  # checked in at reception
    DONE = "done"  # every examination of the course has what is expected
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """State of one examination of a visit (the scheduled procedure step of PS3.4 K)."""

    SCHEDULED = "scheduled"
    STARTED = "started"  # some of the expected pictures arrived
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class VisitKey:
    """What a visit is known by."""

    institution: str
    day: date
    number: str  # check-up number (健診番号)


@dataclass(frozen=True)
class ExpectedView:
    """One picture that an examination expects; ``needs`` are DICOM keyword -> value that tell it from its sisters."""

    code: str
    name: str
    needs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Examination:
    """One entry of the examination master."""

    code: str
    name: str
    short: str
    modality: str  # as scheduled: CR, DX, US, ES, OP, MG, ECG, or empty where no picture is taken
    station_ae: str = ""
    room: str = ""
    views: tuple[ExpectedView, ...] = ()
    aliases: tuple[str, ...] = ()  # modalities that also count as this one (CR <-> DX)

    @property
    def gives_images(self) -> bool:
        return bool(self.modality)


@dataclass(frozen=True)
class Step:
    """An examination of a visit: its identifiers are fixed when the visit is made and never change."""

    id: int
    visit_id: int
    exam: Examination
    study_uid: str
    accession: str
    step_id: str
    state: StepState = StepState.SCHEDULED
    arrived_views: tuple[str, ...] = ()  # codes of the views that have arrived
    images: int = 0

    @property
    def missing(self) -> tuple[ExpectedView, ...]:
        return tuple(view for view in self.exam.views if view.code not in self.arrived_views)


@dataclass(frozen=True)
class Visit:
    id: int
    key: VisitKey
    patient: Patient
    patient_row: int
    at: time | None = None
    course_code: str = ""
    course_name: str = ""
    options: tuple[str, ...] = ()
    state: VisitState = VisitState.BOOKED
    arrived_at: str = ""  # ISO date and time of the check-in
    remark: str = ""
    vanished: bool = False  # its row is no longer in the check-up system's list
    steps: tuple[Step, ...] = field(default=())
