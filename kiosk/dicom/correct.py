"""One image under another identity: a new file with new UIDs, its pixel bytes taken over as they are and proven equal.

The old values stand in Original Attributes Sequence (PS3.3 C.12.1.1.9), one item more each time. Everything from the
pixel data on is copied byte by byte and never decoded, so a large image never stands in memory.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pydicom import config
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_partial
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from kiosk.core.charset import Charset, encodable
from kiosk.core.correction import Identity
from kiosk.core.faults import Refused
from kiosk.core.names import KanaForm, NameProfile, person_name
from kiosk.core.names import NameLayout as Layout
from kiosk.core.patient import Patient
from kiosk.core.words import N_
from kiosk.dicom.left_behind import places_of
from kiosk.dicom.part10 import open_part10, part10_head
from kiosk.dicom.text import charset_terms, decode_text

PIECE = 1 << 20
TAIL = 0x7FE00008  # from here on nothing is read: pixel data and what stands behind it
ORIGINAL = 0x04000561
_TEXT = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_KANA_SETS = (Charset.KANA, Charset.KANA_KANJI)
# What is of the person or of the order that was wrong: it goes, unless it is set anew.
_OF_THE_PERSON = (
    "OtherPatientIDs", "OtherPatientIDsSequence", "OtherPatientNames", "IssuerOfPatientIDQualifiersSequence",
    "PatientBirthName", "PatientMotherBirthName", "PatientBirthTime", "PatientAddress", "PatientTelephoneNumbers",
    "PatientComments", "PatientSize", "PatientWeight", "PatientAge", "EthnicGroup", "Occupation", "SmokingStatus",
    "PregnancyStatus", "LastMenstrualDate", "PatientReligiousPreference", "MedicalAlerts", "Allergies",
    "AdditionalPatientHistory", "SpecialNeeds", "PatientState", "InsurancePlanIdentification", "MedicalRecordLocator",
    "ReferencedPatientSequence", "PatientInstitutionResidence", "CurrentPatientLocation", "AdmissionID",
    "AdmittingDiagnosesDescription", "AdmittingDiagnosesCodeSequence", "ReasonForVisit", "ServiceEpisodeID",
)  # fmt: skip
_OF_THE_ORDER = (
    "RequestAttributesSequence", "ReferencedRequestSequence", "ReferencedStudySequence",
    "ReferencedPerformedProcedureStepSequence", "RequestingPhysician", "RequestingService",
    "PlacerOrderNumberImagingServiceRequest", "FillerOrderNumberImagingServiceRequest", "OrderPlacerIdentifierSequence",
    "OrderFillerIdentifierSequence", "IssuerOfAccessionNumberSequence",
)  # fmt: skip
_SET = (
    "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID",
    "ReferringPhysicianName", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """Whose the images are. ``study_uid`` new, or that of the right person's examination; the others of it, where it
    is known. ``same_person``: the ID alone is another one (hospital instead of centre). ``imported``: the person is
    right, but known here by another ID; the order was another hospital's, and the UIDs stay.
    """

    identity: Identity
    study_uid: str
    step_id: str = ""
    requested_procedure_id: str = ""
    description: str = ""
    same_person: bool = False
    imported: bool = False


@dataclass(frozen=True)
class Rewritten:
    """What was written. ``pixels``: SHA-256 of everything from the pixel data on; ``places`` still bear the old ID or
    name (``0009,1010``, with its keyword where it has one).
    """

    sop_class: str
    transfer_syntax: str
    pixels: str
    places: tuple[str, ...]


class _Opened(NamedTuple):
    ds: Dataset
    implicit: bool
    little: bool
    tail: int  # offset in the file


def rewrite(
    source: Path,
    write: Callable[[bytes], object],
    sop_uid: str,
    series_uid: str,
    uids: Mapping[str, str],
    target: Target,
    before: Identity,
    *,
    system: str,
    when: datetime,
) -> Rewritten:
    """Hand the new file to ``write`` piece by piece. ``uids``: old -> new of every study, series and instance that is
    corrected together, so that what refers to another of them still does. Raises Refused, OSError.
    """
    opened10 = open_part10(source)
    with source.open("rb") as file:
        opened = _open(file, opened10.transfer_syntax)
        ds = opened.ds
        sop_class = str(ds.get("SOPClassUID", "")) or opened10.sop_class
        _change(ds, (sop_uid, series_uid), uids, target, system=system, when=when)
        places = places_of(ds, before, target.identity)
        write(part10_head(sop_class, sop_uid, opened10.transfer_syntax))
        write(_encoded(ds, opened))
        file.seek(opened.tail)
        pixels = hashlib.sha256()
        while piece := file.read(PIECE):
            pixels.update(piece)
            write(piece)
    return Rewritten(sop_class, opened10.transfer_syntax, pixels.hexdigest(), places)


def pixels_sha256(path: Path) -> str:
    """SHA-256 of everything from the pixel data on, as it lies on the disk now."""
    syntax = open_part10(path).transfer_syntax
    with path.open("rb") as file:
        file.seek(_open(file, syntax).tail)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(file: BinaryIO, transfer_syntax: str) -> _Opened:
    if transfer_syntax == DeflatedExplicitVRLittleEndian:
        raise Refused("deflated", N_("The image is deflated; such images are not taken."))
    ds = read_partial(file, stop_when=lambda tag, vr, length: tag >= TAIL, force=True)
    implicit, little = ds.original_encoding
    return _Opened(ds, bool(implicit), little is not False, file.tell())


def _encoded(ds: Dataset, opened: _Opened) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = opened.implicit, opened.little
    write_dataset(buffer, ds)
    return buffer.getvalue()


# -- the values ------------------------------------------------------------------------------------------------------


def _change(
    ds: Dataset, own: tuple[str, str], uids: Mapping[str, str], target: Target, *, system: str, when: datetime
) -> None:  # fmt: skip
    """``own``: new SOP Instance and Series UID."""
    terms = charset_terms(raw_value(ds, 0x00080005))
    before = Dataset()
    leaving = () if target.same_person else (*_OF_THE_PERSON, *_OF_THE_ORDER)
    changed = _SET
    if target.imported:  # what is known of the person stays, and the UIDs; a report must keep its performed step
        changed, leaving = _SET[:6], tuple(each for each in _OF_THE_ORDER if "Performed" not in each)
    for keyword in (*changed, *leaving):
        tag = tag_for_keyword(keyword)
        assert tag is not None
        if tag in ds:
            before[tag] = copy.deepcopy(ds.get_item(tag))  # type: ignore[assignment]  # raw: its bytes as they are
    charset, name = (None, "") if target.same_person else _name(before, terms, target.identity)
    kept_age = "PatientAge" in ds
    for keyword in leaving:
        if keyword in ds:
            delattr(ds, keyword)
    _go_over(ds, terms, uids, charset is not None)
    _go_over(before, terms, {}, True)
    if charset is not None:
        _put(ds, "SpecificCharacterSet", "CS", list(charset.terms))
    _set(ds, own, target, name)
    if target.imported:
        _keep_old_id(ds, before)
    elif kept_age and not target.same_person:
        _set_age(ds, target.identity)
    item = Dataset()
    _put(item, "SourceOfPreviousValues", "LO", "")
    _put(item, "AttributeModificationDateTime", "DT", f"{when:%Y%m%d%H%M%S}")
    _put(item, "ModifyingSystem", "LO", (system or "KIOSK")[:64])
    coerced = target.same_person or target.imported
    _put(item, "ReasonForTheAttributeModification", "CS", "COERCE" if coerced else "CORRECT")
    item.ModifiedAttributesSequence = Sequence([before])
    known = list(ds[ORIGINAL].value) if ORIGINAL in ds else []
    ds.OriginalAttributesSequence = Sequence([*known, item])


def _set(ds: Dataset, own: tuple[str, str], target: Target, name: str) -> None:
    identity = target.identity
    _put(ds, "PatientID", "LO", identity.patient_id)
    if identity.issuer:
        _put(ds, "IssuerOfPatientID", "LO", identity.issuer)
    elif "IssuerOfPatientID" in ds:
        del ds.IssuerOfPatientID
    _put(ds, "SOPInstanceUID", "UI", own[0])
    _put(ds, "SeriesInstanceUID", "UI", own[1])
    _put(ds, "StudyInstanceUID", "UI", target.study_uid)
    if target.same_person:
        return  # name, birth date and order are right as they are
    _put(ds, "PatientName", "PN", name)
    _put(ds, "PatientBirthDate", "DA", identity.birth_date)
    _put(ds, "PatientSex", "CS", identity.sex)
    _put(ds, "AccessionNumber", "SH", identity.accession)
    if target.imported:
        return
    _put(ds, "StudyID", "SH", target.requested_procedure_id[:16])
    _put(ds, "ReferringPhysicianName", "PN", "")
    if target.step_id:
        request = Dataset()
        _put(request, "AccessionNumber", "SH", identity.accession)
        _put(request, "StudyInstanceUID", "UI", target.study_uid)
        for keyword, vr, value in (
            ("RequestedProcedureID", "SH", target.requested_procedure_id[:16]),
            ("ScheduledProcedureStepID", "SH", target.step_id[:16]),
            ("ScheduledProcedureStepDescription", "LO", target.description[:64]),
        ):
            if value and (value.isascii() or str(ds.get("SpecificCharacterSet", "")) == Charset.UTF8):
                _put(request, keyword, vr, value)
        ds.RequestAttributesSequence = Sequence([request])


def _keep_old_id(ds: Dataset, before: Dataset) -> None:
    """Under which ID the images are known where they come from (PS3.3 C.2.3). ``before`` holds decoded text by now."""
    old = str(before.get("PatientID", "") or "")
    if not old:
        return
    item = Dataset()
    _put(item, "PatientID", "LO", old)
    if issuer := str(before.get("IssuerOfPatientID", "") or ""):
        _put(item, "IssuerOfPatientID", "LO", issuer)
    _put(item, "TypeOfPatientID", "CS", "TEXT")
    ds.OtherPatientIDsSequence = Sequence([*ds.get("OtherPatientIDsSequence", ()), item])


def _set_age(ds: Dataset, identity: Identity) -> None:
    born, day = _day(identity.birth_date), _day(str(ds.get("StudyDate", "")))
    if born is not None and day is not None and born <= day:
        age = Patient("", "", birth_date=born).age_on(day)
        _put(ds, "PatientAge", "AS", f"{age:03d}Y")


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return None


def _name(before: Dataset, terms: list[str], identity: Identity) -> tuple[Charset | None, str]:
    """The new name, and the set that everything is to be written in anew; None where the old one holds it, and holds
    what it was used for so far.
    """
    patient = Patient(identity.issuer, identity.patient_id, identity.kanji, identity.kana, identity.romaji)
    old = next((each for each in Charset if list(each.terms) == terms), None)
    if old is not None and (old.holds_kanji or not identity.kanji) and _holds(old, before, terms):
        kana = KanaForm.HALF if old in _KANA_SETS else KanaForm.KATAKANA
        told = person_name(patient, NameProfile(old, Layout.THREE_GROUPS, kana))
        if not told.lost and encodable(identity.kanji, old):  # no stand-in (高 for 髙) where it can be written truly
            return None, told.text
    return Charset.UTF8, person_name(patient, NameProfile(Charset.UTF8, Layout.THREE_GROUPS, KanaForm.KATAKANA)).text


def _holds(charset: Charset, before: Dataset, terms: list[str]) -> bool:
    """Were the old values written as the header says, and can they be written so again?"""
    for tag in before.keys():
        element = before.get_item(tag)
        if _vr(tag, element) in _TEXT and isinstance(element, RawDataElement):
            text, guessed = decode_text(element.value or b"", terms, "^=\\\r\n\t\f")
            if guessed or not all(encodable(part, charset) for part in re.split(r"[\\^=\r\n\t\f]", text)):
                return False
    return True


# -- every element ---------------------------------------------------------------------------------------------------


def _go_over(ds: Dataset, terms: list[str], uids: Mapping[str, str], to_unicode: bool) -> None:
    """Identifiers become the new ones, and text Unicode where it must; what stands in Original Attributes keeps its
    identifiers.
    """
    for tag in list(ds.keys()):
        element = ds.get_item(tag)
        vr = _vr(tag, element)
        if vr == "SQ":
            for item in ds[tag].value or ():
                own = charset_terms(raw_value(item, 0x00080005)) or terms
                _go_over(item, own, {} if tag == ORIGINAL else uids, to_unicode)
                if to_unicode and 0x00080005 in item:
                    del item[0x00080005]
        elif vr == "UI":
            _map_uids(ds, tag, element, uids)
        elif to_unicode and vr in _TEXT and isinstance(element, RawDataElement):
            raw = element.value or b""
            text, _ = decode_text(raw, terms, "^=\\" if vr == "PN" else "\\\r\n\t\f")
            ds[tag] = DataElement(tag, vr, text, validation_mode=config.IGNORE)


def _map_uids(ds: Dataset, tag: BaseTag, element: object, uids: Mapping[str, str]) -> None:
    value = element.value  # type: ignore[attr-defined]
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace").rstrip("\0 ")
        said = value.split("\\")
    else:
        said = [str(value)] if isinstance(value, str) else [str(each) for each in value or ()]
    new = [uids.get(each, each) for each in said]
    if new != said:
        ds[tag] = DataElement(tag, "UI", [UID(each) for each in new] if len(new) > 1 else UID(new[0]))


def _vr(tag: BaseTag, element: object) -> str:
    vr = getattr(element, "VR", None)
    if vr:
        return str(vr)
    try:
        return dictionary_VR(tag)
    except KeyError:
        return "UN"


def raw_value(ds: Dataset, tag: int) -> bytes:
    """The bytes of an element as they stand, empty where it is missing."""
    element = ds.get_item(tag) if tag in ds else None
    value = getattr(element, "value", b"")
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("ascii", "replace")
    if tag == 0x00080005 and value:
        return "\\".join(value).encode("ascii", "replace")
    return str(value or "").encode("utf-8")


def _put(ds: Dataset, keyword: str, vr: str, value: object) -> None:
    tag = tag_for_keyword(keyword)
    assert tag is not None
    ds[tag] = DataElement(tag, vr, value, validation_mode=config.IGNORE)
