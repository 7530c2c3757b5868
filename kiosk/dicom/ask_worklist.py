"""The worklist as a modality sees it: a C-FIND and its answers as core rows (PS3.4 K.4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from kiosk.core.charset import Charset
from kiosk.core.faults import LinkLost
from kiosk.core.names import read_person_name
from kiosk.core.patient import Patient
from kiosk.core.words import N_
from kiosk.core.worklist_query import WorklistRow
from kiosk.dicom.nodes import Node
from kiosk.dicom.soundness import EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.upper_layer import call


@dataclass(frozen=True)
class Asking:
    """What the modality asks by; what is empty is not asked."""

    day: date | None = None
    modality: str = ""
    station_ae: str = ""
    patient_id: str = ""
    accession: str = ""
    charset: Charset = Charset.KANJI


def ask_worklist(own_title: str, node: Node, asking: Asking) -> list[WorklistRow]:
    """All scheduled steps that match. Raises LinkLost."""
    assoc = call(own_title, node, [build_context(ModalityWorklistInformationFind, [EXPLICIT_LE, IMPLICIT_LE])])
    rows: list[WorklistRow] = []
    try:
        for status, answer in assoc.send_c_find(identifier(asking), ModalityWorklistInformationFind):
            if "Status" not in status or (status.Status not in (0x0000, 0xFF00, 0xFF01)):
                raise LinkLost(
                    node.title or node.ae_title,
                    N_("{whom} could not answer the worklist query."),
                    N_("Ask again; if it stays, look at the gateway."),
                )
            if answer is not None:
                rows.append(row_of(answer))
    finally:
        if assoc.is_established:
            assoc.release()
    return rows


def identifier(asking: Asking) -> Dataset:
    """The query: universal keys for everything that a modality copies into its images."""
    step = Dataset()
    step.Modality = asking.modality
    step.ScheduledStationAETitle = asking.station_ae
    step.ScheduledProcedureStepStartDate = f"{asking.day:%Y%m%d}" if asking.day else ""
    for keyword in (
        "ScheduledProcedureStepStartTime", "ScheduledProcedureStepDescription", "ScheduledProcedureStepID",
        "ScheduledProcedureStepLocation", "ScheduledPerformingPhysicianName",
    ):  # fmt: skip
        setattr(step, keyword, "")
    step.ScheduledProtocolCodeSequence = Sequence()
    asked = Dataset()
    terms = list(asking.charset.terms)
    asked.SpecificCharacterSet = terms if len(terms) > 1 else "".join(terms)
    asked.PatientID = asking.patient_id
    asked.AccessionNumber = asking.accession
    for keyword in (
        "PatientName", "PatientBirthDate", "PatientSex", "IssuerOfPatientID", "StudyInstanceUID",
        "RequestedProcedureID", "RequestedProcedureDescription", "ReferringPhysicianName",
    ):  # fmt: skip
        setattr(asked, keyword, "")
    asked.ScheduledProcedureStepSequence = Sequence([step])
    return asked


def row_of(answer: Dataset) -> WorklistRow:
    """One answer in core words."""
    items = answer.get("ScheduledProcedureStepSequence") or [Dataset()]
    step = items[0]
    code = (step.get("ScheduledProtocolCodeSequence") or [Dataset()])[0]
    name = answer.get("PatientName")
    groups = [str(group) for group in name.components] if name else []
    kanji, kana, romaji = read_person_name(((groups + ["", "", ""])[0], (groups + ["", ""])[1], (groups + [""] * 3)[2]))
    return WorklistRow(
        step_id=_text(step, "ScheduledProcedureStepID"),
        study_uid=_text(answer, "StudyInstanceUID"),
        accession=_text(answer, "AccessionNumber"),
        requested_procedure_id=_text(answer, "RequestedProcedureID"),
        requested_procedure=_text(answer, "RequestedProcedureDescription"),
        scheduled_date=_text(step, "ScheduledProcedureStepStartDate"),
        scheduled_time=_text(step, "ScheduledProcedureStepStartTime"),
        modality=_text(step, "Modality"),
        station_ae=_text(step, "ScheduledStationAETitle"),
        description=_text(step, "ScheduledProcedureStepDescription"),
        code=_text(code, "CodeValue"),
        room=_text(step, "ScheduledProcedureStepLocation"),
        patient=Patient(
            issuer=_text(answer, "IssuerOfPatientID"),
            patient_id=_text(answer, "PatientID"),
            kanji=kanji,
            kana=kana,
            romaji=romaji,
            sex=_text(answer, "PatientSex"),
            birth_date=_day(_text(answer, "PatientBirthDate")),
        ),
    )


def _text(ds: Dataset, keyword: str) -> str:
    value: Any = ds.get(keyword)
    return "" if value is None else str(value).strip()


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return None
