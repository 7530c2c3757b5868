"""Worklist answers: exactly the keys that were asked for, in a character set that the asking device can show.

An answer holds the requested keys and the Specific Character Set, nothing else; every text is brought into that set
before pydicom may encode it, because it would replace a whole name component by one question mark (PS3.4 K.6).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from kiosk.core.charset import downgrade, encodable
from kiosk.core.names import NameProfile, person_name
from kiosk.core.worklist_query import WorklistRow

CHARSET, STEP_SEQUENCE = 0x00080005, 0x00400100
_TEXT_VRS = {"SH": 16, "LO": 64, "ST": 1024, "LT": 10240, "UT": 10240}


def answer_to(asked: Dataset, row: WorklistRow, profile: NameProfile, issuer: str = "") -> tuple[Dataset, bool]:
    """The answer for one row: the requested keys, in the peer's character set; and whether a name lost characters."""
    told = person_name(row.patient, profile)
    values = _values(row, issuer)
    values["PatientName"] = told.text
    answer = _filled(asked, values, _step_values(row), profile)
    terms = list(profile.charset.terms)
    if terms or CHARSET in asked:  # said whenever it was asked for, since some devices show nothing without it
        answer.SpecificCharacterSet = terms if len(terms) > 1 else "".join(terms)
    kanji = row.patient.kanji
    changed = profile.charset.holds_kanji and not encodable(kanji.replace("\u3000", " "), profile.charset)
    return answer, changed or bool(told.lost)


def _filled(asked: Dataset, values: dict[str, Any], step: dict[str, Any], profile: NameProfile) -> Dataset:
    answer = Dataset()
    for element in asked:
        tag = int(element.tag)
        if tag == CHARSET or element.tag.element == 0:
            continue
        keyword = element.keyword
        if tag == STEP_SEQUENCE:
            items = list(element.value)
            inner = items[0] if items and len(items[0]) else _everything(step)
            answer.ScheduledProcedureStepSequence = Sequence([_filled(inner, step, {}, profile)])
        elif element.VR == "SQ":
            answer[tag] = DataElement(tag, "SQ", _code_items(element.value, values.get(keyword), profile))
        else:
            shown = _shown(element.VR, values.get(keyword, ""), values.get("_code", ""), profile)
            answer[tag] = DataElement(tag, element.VR, shown or None)
    return answer


def _code_items(asked: Iterable[Dataset], code: dict[str, Any] | None, profile: NameProfile) -> Sequence:
    if code is None:
        return Sequence([])
    items = list(asked)
    return Sequence([_filled(items[0] if items and len(items[0]) else _everything(code), code, {}, profile)])


def _everything(values: dict[str, Any]) -> Dataset:
    """A zero-length sequence asks for the whole item (PS3.4 C.2.2.2.6)."""
    whole = Dataset()
    for keyword, value in values.items():
        if isinstance(value, dict):
            setattr(whole, keyword, Sequence([]))
        elif not keyword.startswith("_"):
            setattr(whole, keyword, None)
    return whole


def _shown(vr: str, value: Any, code: str, profile: NameProfile) -> Any:
    """A text in characters of the peer's set; where some are lost, the code says it better than question marks."""
    if vr not in _TEXT_VRS or not isinstance(value, str):
        return value
    told = downgrade(value, profile.charset)
    if told.lost and code:
        told = downgrade(code, profile.charset)
    return told.text[: _TEXT_VRS[vr]].strip()


def _values(row: WorklistRow, issuer: str) -> dict[str, Any]:
    patient = row.patient
    return {
        "_code": row.code,
        "PatientID": patient.patient_id,
        "IssuerOfPatientID": patient.issuer or issuer,
        "PatientBirthDate": f"{patient.birth_date:%Y%m%d}" if patient.birth_date else "",
        "PatientSex": patient.sex,
        "AccessionNumber": row.accession,
        "StudyInstanceUID": row.study_uid,
        "RequestedProcedureID": row.requested_procedure_id,
        "RequestedProcedureDescription": row.requested_procedure or row.description or row.code,
        "RequestedProcedureCodeSequence": _code(row),
        "RequestedProcedurePriority": "MEDIUM",
        "StudyDate": row.scheduled_date,
        "StudyDescription": row.requested_procedure or row.description,
        "InstitutionName": row.institution,
        "CurrentPatientLocation": row.room,
    }


def _step_values(row: WorklistRow) -> dict[str, Any]:
    return {
        "_code": row.code,
        "Modality": row.modality,
        "ScheduledStationAETitle": row.station_ae,
        "ScheduledProcedureStepStartDate": row.scheduled_date,
        "ScheduledProcedureStepStartTime": row.scheduled_time or "000000",
        "ScheduledPerformingPhysicianName": "",
        "ScheduledProcedureStepDescription": row.description or row.code,
        "ScheduledProtocolCodeSequence": _code(row),
        "ScheduledStationName": "",
        "ScheduledProcedureStepLocation": row.room,
        "ScheduledProcedureStepID": row.step_id,
        "ScheduledProcedureStepStatus": {"started": "STARTED", "done": "COMPLETED"}.get(row.state, "SCHEDULED"),
    }


def _code(row: WorklistRow) -> dict[str, Any]:
    return {
        "_code": row.code,
        "CodeValue": row.code[:16],
        "CodingSchemeDesignator": "99KIOSK",
        "CodeMeaning": row.description or row.code,
    }
