"""What is known of an image: read from its header by the door that took it, kept by the index."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ImageFacts:
    """Header facts of one SOP instance, in our own words (dates and times as DICOM writes them: YYYYMMDD, HHMMSS).

    ``name`` holds the three component groups of Patient's Name, decoded: (alphabetic, ideographic, phonetic).
    ``view_hints`` are the header values that tell expected views apart (ViewPosition, ImageLaterality, ...).
    """

    sop_uid: str
    sop_class: str
    study_uid: str
    series_uid: str
    modality: str = ""
    patient_id: str = ""
    issuer: str = ""
    name: tuple[str, str, str] = ("", "", "")
    sex: str = ""
    birth_date: str = ""
    study_date: str = ""
    study_time: str = ""
    accession: str = ""
    study_description: str = ""
    series_number: int | None = None
    series_description: str = ""
    body_part: str = ""
    instance_number: int | None = None
    frames: int = 1
    rows: int = 0
    columns: int = 0
    transfer_syntax: str = ""
    charset: str = ""
    source: str = ""  # calling AE title, camera account, folder ...
    view_hints: dict[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()  # what looked wrong and was kept all the same (missing Study UID, charset guessed ...)


@dataclass(frozen=True)
class Instance:
    """An indexed SOP instance: where its bytes lie and how they are proven."""

    id: int
    sop_uid: str
    sop_class: str
    series_uid: str
    study_uid: str
    modality: str
    number: int | None
    frames: int
    transfer_syntax: str
    volume: str  # volume id
    path: str  # relative to the volume, forward slashes
    size: int
    sha256: str


@dataclass(frozen=True)
class Study:
    id: int
    study_uid: str
    patient_id: str
    issuer: str
    name: tuple[str, str, str]
    sex: str
    birth_date: str
    study_date: str
    accession: str
    modalities: tuple[str, ...]
    description: str
    instances: int
    series: int
    received_at: str
    visit_id: int | None
    step_id: int | None
    matched_by: str  # study_uid, accession, id_date_modality, hand, or empty where unmatched
