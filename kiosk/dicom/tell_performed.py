"""MPPS as a modality speaks it: an examination begins, and ends completed or discontinued (PS3.4 F.7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import ModalityPerformedProcedureStep  # type: ignore[attr-defined]

from kiosk.core.charset import Charset, downgrade
from kiosk.core.faults import LinkLost
from kiosk.core.names import NameLayout, NameProfile, person_name
from kiosk.core.performed import PerformedSeries, PerformedState
from kiosk.core.words import N_
from kiosk.core.worklist_query import WorklistRow
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.nodes import Node
from kiosk.dicom.soundness import EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.upper_layer import call
from kiosk.dicom.write import new_uid

WRONG_ENTRY = ("110514", "DCM", "Incorrect worklist entry selected")
_IMAGE = "1.2.840.10008.5.1.4.1.1.7"


@dataclass(frozen=True)
class PerformedReport:
    """What one device tells one server; each message on an association of its own."""

    own_title: str
    node: Node

    def begin(self, row: WorklistRow, modality: str = "", when: datetime | None = None) -> str:
        """N-CREATE, in progress. Returns the instance UID. Raises LinkLost."""
        sop_uid = new_uid()
        self._send(sop_uid, _created(row, modality or row.modality, self.own_title, when or datetime.now()), new=True)
        return sop_uid

    def end(
        self,
        sop_uid: str,
        series: tuple[PerformedSeries, ...] = (),
        state: PerformedState = PerformedState.COMPLETED,
        reason: tuple[str, str, str] | None = None,
        when: datetime | None = None,
    ) -> None:
        """N-SET to a final state. Raises LinkLost."""
        now = when or datetime.now()
        said = Dataset()
        said.SpecificCharacterSet = "ISO_IR 192"
        said.PerformedProcedureStepStatus = state.value
        said.PerformedProcedureStepEndDate = f"{now:%Y%m%d}"
        said.PerformedProcedureStepEndTime = f"{now:%H%M%S}"
        if reason is not None:
            said.PerformedProcedureStepDiscontinuationReasonCodeSequence = Sequence([_code(*reason)])
        said.PerformedSeriesSequence = Sequence([_series(each) for each in series])
        self._send(sop_uid, said, new=False)

    def _send(self, sop_uid: str, said: Dataset, *, new: bool) -> None:
        assoc = call(
            self.own_title, self.node, [build_context(ModalityPerformedProcedureStep, [EXPLICIT_LE, IMPLICIT_LE])]
        )
        try:
            send = assoc.send_n_create if new else assoc.send_n_set
            status, _ = send(said, ModalityPerformedProcedureStep, sop_uid)
        finally:
            if assoc.is_established:
                assoc.release()
        if "Status" not in status or status.Status != 0x0000:
            raise LinkLost(
                self.node.title or self.node.ae_title,
                N_("{whom} did not take the report of the examination."),
                N_("Send it again; if it stays, look at the gateway."),
            )


def series_made(files: Iterable[Path]) -> tuple[PerformedSeries, ...]:
    """The series that these image files make."""
    found: dict[str, list[str]] = {}
    told: dict[str, str] = {}
    for path in files:
        facts = facts_of_file(path)
        found.setdefault(facts.series_uid, []).append(facts.sop_uid)
        told[facts.series_uid] = facts.series_description
    return tuple(PerformedSeries(uid, "", told[uid], tuple(objects)) for uid, objects in found.items())


def _created(row: WorklistRow, modality: str, station: str, now: datetime) -> Dataset:
    """Every attribute that N-CREATE must have (PS3.4 table F.7.2-1)."""
    charset = Charset.UTF8
    step = Dataset()
    step.StudyInstanceUID = row.study_uid
    step.ReferencedStudySequence = Sequence()
    step.AccessionNumber = row.accession
    step.RequestedProcedureID = row.requested_procedure_id
    step.RequestedProcedureDescription = downgrade(row.requested_procedure, charset).text
    step.ScheduledProcedureStepID = row.step_id
    step.ScheduledProcedureStepDescription = downgrade(row.description, charset).text
    step.ScheduledProtocolCodeSequence = Sequence()
    said = Dataset()
    said.SpecificCharacterSet = "ISO_IR 192"
    said.ScheduledStepAttributesSequence = Sequence([step])
    said.PatientName = person_name(row.patient, NameProfile(charset, NameLayout.THREE_GROUPS)).text
    said.PatientID = row.patient.patient_id
    said.PatientBirthDate = f"{row.patient.birth_date:%Y%m%d}" if row.patient.birth_date else ""
    said.PatientSex = row.patient.sex
    said.ReferencedPatientSequence = Sequence()
    said.PerformedProcedureStepID = row.step_id or "P1"
    said.PerformedStationAETitle = station
    said.PerformedStationName = said.PerformedLocation = ""
    said.PerformedProcedureStepStartDate = f"{now:%Y%m%d}"
    said.PerformedProcedureStepStartTime = f"{now:%H%M%S}"
    said.PerformedProcedureStepStatus = PerformedState.IN_PROGRESS.value
    said.PerformedProcedureStepDescription = said.PerformedProcedureTypeDescription = ""
    said.ProcedureCodeSequence = Sequence()
    said.PerformedProcedureStepEndDate = said.PerformedProcedureStepEndTime = ""
    said.Modality = modality
    said.StudyID = ""
    said.PerformedProtocolCodeSequence = Sequence()
    said.PerformedSeriesSequence = Sequence()
    return said


def _series(told: PerformedSeries) -> Dataset:
    item = Dataset()
    item.PerformingPhysicianName = item.OperatorsName = ""
    item.ProtocolName = told.description or "STANDARD"
    item.SeriesInstanceUID = told.series_uid
    item.SeriesDescription = told.description
    item.RetrieveAETitle = ""
    item.ReferencedImageSequence = Sequence([_reference(uid) for uid in told.objects])
    item.ReferencedNonImageCompositeSOPInstanceSequence = Sequence()
    return item


def _reference(uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = _IMAGE, uid
    return item


def _code(value: str, scheme: str, meaning: str) -> Any:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item
