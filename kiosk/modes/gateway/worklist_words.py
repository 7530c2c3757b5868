"""Why a device was or was not told an examination, in words and as rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.core.words import N_, Sentence, say
from kiosk.core.worklist_query import LeftOut, WorklistRow
from kiosk.ui.table import Column, Row

# What people call the keys of a query (DICOM keyword -> word).
KEYS = {
    "ScheduledProcedureStepStartDate": N_("date"),
    "ScheduledProcedureStepStartTime": N_("time"),
    "Modality": N_("modality"),
    "ScheduledStationAETitle": N_("station"),
    "ScheduledProcedureStepStatus": N_("state"),
    "ScheduledProcedureStepID": N_("step number"),
    "PatientID": N_("patient ID"),
    "PatientName": N_("name"),
    "PatientBirthDate": N_("birth date"),
    "PatientSex": N_("sex"),
    "AccessionNumber": N_("order number"),
    "RequestedProcedureID": N_("procedure number"),
    "StudyInstanceUID": N_("study number"),
    "CodeValue": N_("examination code"),
}
JUDGED = [
    Column("id", N_("Patient ID"), 120),
    Column("name", N_("Name"), 150, stretch=True),
    Column("exam", N_("Examination"), 150, stretch=True),
    Column("when", N_("Scheduled"), 150),
    Column("kind", N_("Kind"), 70),
    Column("told", N_("Told or not"), 430, stretch=True),
]


@dataclass(frozen=True)
class Judged:
    """One examination of the list as it stands now, against a query; ``left`` None: it is told."""

    row: WorklistRow
    left: LeftOut | None


def key_word(keyword: str) -> str:
    """A key of a query as people call it."""
    return say(KEYS[keyword]) if keyword in KEYS else keyword


def why_left_out(left: LeftOut) -> Sentence:
    """One examination that was kept from a device: ``90000003 was left out: modality asked DX, scheduled CR``."""
    return Sentence(N_("{id} was left out: {why}"), {"id": left.patient_id, "why": reason(left)})


def reason(left: LeftOut) -> Sentence:
    """The key that kept it out, what was asked by it and what is scheduled."""
    values = {"key": key_word(left.keyword), "asked": left.asked, "scheduled": left.scheduled}
    if left.keyword == "ScheduledProcedureStepStatus":
        if left.scheduled == "COMPLETED":
            return Sentence(N_("it is done; a device that asks by ID is told it"))
        return Sentence(N_("it was cancelled"))
    if not left.asked and not left.scheduled:
        return Sentence(N_("another {key} was asked"), values)
    if not left.scheduled:
        return Sentence(N_("{key} asked {asked}, none is scheduled"), values)
    return Sentence(N_("{key} asked {asked}, scheduled {scheduled}"), values)


def judged_rows(judged: Iterable[Judged]) -> list[Row]:
    """Rows of the lower list; what is told first."""
    found = []
    for each in sorted(judged, key=lambda one: one.left is not None):
        row = each.row
        day, at = row.scheduled_date, row.scheduled_time
        when = f"{day[4:6]}-{day[6:8]} {at[:2]}:{at[2:4]}" if at else f"{day[4:6]}-{day[6:8]}"
        told = say(N_("told")) if each.left is None else say(reason(each.left))
        cells = (row.patient.patient_id, row.patient.shown_name, row.description, when, row.modality, told)
        found.append(Row(row.step_id, cells, "done" if each.left is None else ""))
    return found
