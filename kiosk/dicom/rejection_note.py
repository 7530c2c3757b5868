"""A rejection note (IHE IOCM): a Key Object Selection that tells a destination to hide images that it has of us."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from kiosk.core.correction import TITLES, Identity
from kiosk.core.names import person_name
from kiosk.core.patient import Patient
from kiosk.core.presentation import Named as Chosen
from kiosk.dicom.key_object import KEY_OBJECT, put_selection
from kiosk.dicom.part10 import IMPLEMENTATION_NAME, IMPLEMENTATION_UID
from kiosk.dicom.soundness import EXPLICIT_LE
from kiosk.dicom.write import OUR_NAMES, Maker


@dataclass(frozen=True)
class Named:
    """An instance that is rejected."""

    sop_uid: str
    sop_class: str
    series_uid: str


def rejection_note(
    sop_uid: str,
    series_uid: str,
    identity: Identity,
    study_uid: str,
    named: Several[Named],
    title: str,
    when: datetime,
    *,
    study_date: str = "",
    station: str = "",
    maker: Maker | None = None,
) -> bytes:
    """The Part 10 file, in the study that the destination has, under the identity that it knows (PS3.3 A.35.4).
    ``title``: a code of ``core.correction.TITLES``.
    """
    maker = maker or Maker()
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = UID(KEY_OBJECT), UID(sop_uid)
    ds.StudyDate, ds.StudyTime, ds.AccessionNumber = study_date, "", identity.accession
    ds.ContentDate, ds.ContentTime = f"{when:%Y%m%d}", f"{when:%H%M%S}"
    ds.Modality, ds.Manufacturer = "KO", maker.manufacturer
    ds.ManufacturerModelName, ds.DeviceSerialNumber = maker.model, maker.serial
    ds.SoftwareVersions = maker.software
    if station:
        ds.StationName = station[:16]
    ds.ReferringPhysicianName, ds.StudyID = "", ""
    ds.ReferencedPerformedProcedureStepSequence = Sequence()
    patient = Patient(identity.issuer, identity.patient_id, identity.kanji, identity.kana, identity.romaji)
    ds.PatientName, ds.PatientID = person_name(patient, OUR_NAMES).text, identity.patient_id
    if identity.issuer:
        ds.IssuerOfPatientID = identity.issuer
    ds.PatientBirthDate, ds.PatientSex = identity.birth_date, identity.sex
    ds.StudyInstanceUID, ds.SeriesInstanceUID = UID(study_uid), UID(series_uid)
    ds.SeriesNumber, ds.InstanceNumber = 999, 1
    put_selection(
        ds, (title, TITLES[title]), study_uid, [Chosen(each.sop_class, each.sop_uid, each.series_uid) for each in named]
    )
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.TransferSyntaxUID = UID(EXPLICIT_LE)
    meta.ImplementationClassUID, meta.ImplementationVersionName = UID(IMPLEMENTATION_UID), IMPLEMENTATION_NAME
    ds.file_meta = meta
    made = BytesIO()
    ds.save_as(made, enforce_file_format=True)
    return made.getvalue()
