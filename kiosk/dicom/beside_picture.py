"""Objects that are made of a picture and belong into its study: patient and study as the picture has them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID

from kiosk.core.presentation import Named
from kiosk.core.study import ImageFacts
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.part10 import IMPLEMENTATION_NAME, IMPLEMENTATION_UID
from kiosk.dicom.pixel_source import open_source
from kiosk.dicom.pixel_values import raw, text
from kiosk.dicom.soundness import EXPLICIT_LE
from kiosk.dicom.text import decode_text
from kiosk.dicom.write import Maker

SERIES = {"PR": 990, "KO": 991}  # series numbers behind those of devices


@dataclass(frozen=True)
class Made:
    """Who makes it, where and when."""

    sop_uid: str
    when: datetime
    creator: str = ""
    station: str = ""
    maker: Maker = Maker()


@dataclass(frozen=True)
class Source:
    """The picture: its file, its facts, and what it is referred to by."""

    path: Path
    facts: ImageFacts
    named: Named
    header: Dataset

    @property
    def study_uid(self) -> str:
        return self.facts.study_uid


def source_of(path: Path, frame: int = 0) -> Source:
    """Of a picture's file; ``frame`` from 1, 0 for all of them. Raises Refused, OSError where it can't be read."""
    facts, header = facts_of_file(path), open_source(path).ds
    frames = (frame,) if frame and facts.frames > 1 else ()
    return Source(path, facts, Named(facts.sop_class, facts.sop_uid, facts.series_uid, frames), header)


def begun(source: Source, made: Made, sop_class: str, modality: str) -> Dataset:
    """Patient, General Study, Series and Equipment modules. Objects of one kind, day and PC share a series of the
    study, so that a study does not get a series for each key that was pressed.
    """
    facts, ds = source.facts, Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = UID(sop_class), UID(made.sop_uid)
    day, time = f"{made.when:%Y%m%d}", f"{made.when:%H%M%S}"
    ds.InstanceCreationDate, ds.InstanceCreationTime = day, time
    ds.StudyDate, ds.StudyTime = facts.study_date, facts.study_time
    ds.SeriesDate, ds.SeriesTime = day, time
    ds.AccessionNumber, ds.Modality = facts.accession, modality
    ds.Manufacturer, ds.ManufacturerModelName = made.maker.manufacturer, made.maker.model
    ds.DeviceSerialNumber, ds.SoftwareVersions = made.maker.serial, made.maker.software
    if made.station:
        ds.StationName = made.station[:16]
    ds.ReferringPhysicianName = ""
    if facts.study_description:
        ds.StudyDescription = facts.study_description[:64]
    ds.PatientName = _name(source.header)
    ds.PatientID = facts.patient_id
    if facts.issuer:
        ds.IssuerOfPatientID = facts.issuer
    ds.PatientBirthDate = facts.birth_date
    ds.PatientSex = facts.sex if facts.sex in ("M", "F", "O") else ""
    ds.StudyInstanceUID = UID(facts.study_uid)
    ds.SeriesInstanceUID = UID(series_uid(facts.study_uid, modality, day, made.station))
    ds.StudyID = text(source.header, "StudyID")[:16]
    ds.SeriesNumber, ds.Laterality = SERIES[modality], ""
    ds.InstanceNumber = int(time)  # in the order in which they were made
    return ds


def series_uid(study_uid: str, modality: str, day: str, station: str) -> str:
    """Of what this PC makes of a study on one day (PS3.5 B.2: 2.25 and 128 bits)."""
    digest = hashlib.sha256("\0".join((study_uid, modality, day, station)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def finished(ds: Dataset) -> bytes:
    """The Part 10 file."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.TransferSyntaxUID = UID(EXPLICIT_LE)
    meta.ImplementationClassUID, meta.ImplementationVersionName = UID(IMPLEMENTATION_UID), IMPLEMENTATION_NAME
    ds.file_meta = meta
    written = BytesIO()
    ds.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _name(header: Dataset) -> str:
    """All groups and components, decoded whatever the header's character set."""
    value = raw(header, "PatientName")
    original = getattr(value, "original_string", None)
    if not isinstance(original, bytes):
        return str(value or "")
    terms = raw(header, "SpecificCharacterSet") or []
    said, _ = decode_text(original, [str(term) for term in ([terms] if isinstance(terms, str) else terms)], "^=")
    return "".join(each for each in said if each.isprintable()).strip()
