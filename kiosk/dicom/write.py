"""DICOM objects that we make: images and documents with the identifiers of the worklist answer in them.

What IHE Scheduled Workflow wants copied from the answer is copied (study UID, accession number, request attributes);
everything is written in ISO_IR 192. JPEG bytes go in as they are where DICOM allows it (PS3.5 8.2.1).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID

from kiosk.core.charset import Charset
from kiosk.core.names import KanaForm, NameLayout, NameProfile, person_name
from kiosk.core.worklist_query import WorklistRow
from kiosk.dicom.jpeg_stream import baseline_jpeg
from kiosk.dicom.object_kinds import KINDS, complete
from kiosk.dicom.part10 import IMPLEMENTATION_NAME, IMPLEMENTATION_UID
from kiosk.dicom.soundness import EXPLICIT_LE

JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
OUR_NAMES = NameProfile(Charset.UTF8, NameLayout.THREE_GROUPS, KanaForm.KATAKANA)


@dataclass(frozen=True)
class Shot:
    """One picture to be written. ``pixels``: array ``(rows, columns)`` uint8/uint16 or ``(rows, columns, 3)`` uint8,
    JPEG bytes, or those of each frame of a clip. ``hints`` are DICOM keyword -> value that tell the view
    (ViewPosition, ImageLaterality, ...).
    """

    pixels: np.ndarray[Any, Any] | bytes | list[bytes]
    number: int = 1
    hints: dict[str, str] = field(default_factory=dict)
    bits: int = 0  # stored bits of a uint16 array; 0 = 8 or 12
    when: datetime | None = None  # it was taken; None: when the series was
    sop_uid: str = ""  # given to it before; empty: a new one
    comment: str = ""


@dataclass(frozen=True)
class Maker:
    """The equipment that an object says it comes from (PS3.3 C.7.5.1)."""

    manufacturer: str = "Kiosk"
    model: str = "Simulator"
    serial: str = "1"
    software: str = "1"


@dataclass(frozen=True)
class Making:
    """What the pictures of one series have in common."""

    row: WorklistRow
    when: datetime
    series_uid: str = field(default_factory=lambda: new_uid())
    series_number: int = 1
    series_description: str = ""
    station: str = ""
    maker: Maker = Maker()


def new_uid() -> str:
    """A UID of our own, from a random UUID (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid4().int}"


def image_object(making: Making, shot: Shot, modality: str = "", kind_of: str = "") -> Dataset:
    """An image of the kind that ``modality`` (default: that of the step) makes, complete with its file meta.

    ``kind_of``: a key of KINDS, where it is made as another kind than that of its modality.
    """
    kind = KINDS.get(kind_of or modality or making.row.modality, KINDS["OT"])
    ds = _common(making, kind.sop_class, modality or making.row.modality)
    ds.InstanceNumber = shot.number
    when = shot.when or making.when
    ds.ContentDate, ds.ContentTime = _day(when), _time(when)
    ds.AcquisitionDate, ds.AcquisitionTime = _day(when), _time(when)
    if shot.sop_uid:
        ds.SOPInstanceUID = UID(shot.sop_uid)
    if shot.comment:
        ds.ImageComments = shot.comment[:10240]
    syntax = _put_pixels(ds, shot)
    complete(kind, ds, shot.hints)
    for keyword, value in shot.hints.items():
        if keyword in kind.hints:
            setattr(ds, keyword, value.split("\\") if "\\" in value else value)
    return _with_meta(ds, syntax)


def pdf_object(making: Making, pdf: bytes, title: str) -> Dataset:
    """An Encapsulated PDF (PS3.3 A.45.1)."""
    ds = _common(making, "1.2.840.10008.5.1.4.1.1.104.1", "DOC")
    ds.InstanceNumber = 1
    ds.ContentDate, ds.ContentTime = _day(making.when), _time(making.when)
    ds.AcquisitionDateTime = _day(making.when) + _time(making.when)
    ds.ConversionType = "WSD"
    ds.BurnedInAnnotation = "YES"
    ds.DocumentTitle = title[:1024]
    ds.ConceptNameCodeSequence = Sequence()
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    ds.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    ds.EncapsulatedDocumentLength = len(pdf)
    return _with_meta(ds, EXPLICIT_LE)


def save(ds: Dataset, path: Path) -> Path:
    """Write an object of ours as a Part 10 file."""
    ds.save_as(path, enforce_file_format=True)
    return path


def _common(making: Making, sop_class: str, modality: str) -> Dataset:
    row, patient = making.row, making.row.patient
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = UID(sop_class), UID(new_uid())
    ds.InstanceCreationDate, ds.InstanceCreationTime = _day(making.when), _time(making.when)
    ds.StudyDate, ds.StudyTime = _day(making.when), _time(making.when)
    ds.SeriesDate, ds.SeriesTime = ds.StudyDate, ds.StudyTime
    ds.StudyInstanceUID, ds.SeriesInstanceUID = UID(row.study_uid), UID(making.series_uid)
    ds.AccessionNumber = row.accession
    ds.Modality = modality
    ds.Manufacturer = making.maker.manufacturer
    ds.ManufacturerModelName = making.maker.model
    ds.DeviceSerialNumber = making.maker.serial
    ds.SoftwareVersions = making.maker.software
    if row.institution:
        ds.InstitutionName = row.institution[:64]
    if making.station:
        ds.StationName = making.station[:16]
    ds.ReferringPhysicianName = ""
    if row.requested_procedure or row.description:
        ds.StudyDescription = (row.requested_procedure or row.description)[:64]
    if making.series_description:
        ds.SeriesDescription = making.series_description[:64]
    ds.PatientName = person_name(patient, OUR_NAMES).text
    ds.PatientID = patient.patient_id
    if patient.issuer:
        ds.IssuerOfPatientID = patient.issuer
    ds.PatientBirthDate = f"{patient.birth_date:%Y%m%d}" if patient.birth_date else ""
    ds.PatientSex = patient.sex
    ds.StudyID = row.requested_procedure_id[:16]
    ds.SeriesNumber = making.series_number
    ds.PerformedProcedureStepID = row.step_id[:16]
    ds.PerformedProcedureStepStartDate, ds.PerformedProcedureStepStartTime = ds.StudyDate, ds.StudyTime
    if row.step_id or row.accession:  # what nobody scheduled has no request
        ds.RequestAttributesSequence = Sequence([_request(row)])
    return ds


def _request(row: WorklistRow) -> Dataset:
    """IHE RAD TF-2 Table 4.8-2: what an image carries of the worklist answer it was made for."""
    item = Dataset()
    item.AccessionNumber = row.accession
    item.StudyInstanceUID = UID(row.study_uid)
    if row.requested_procedure_id:
        item.RequestedProcedureID = row.requested_procedure_id[:16]
    if row.step_id:
        item.ScheduledProcedureStepID = row.step_id[:16]
    if row.description:
        item.ScheduledProcedureStepDescription = row.description[:64]
    return item


def _put_pixels(ds: Dataset, shot: Shot) -> str:
    """Image Pixel module; returns the transfer syntax."""
    if isinstance(shot.pixels, bytes | list):
        streams = [baseline_jpeg(each) for each in ([shot.pixels] if isinstance(shot.pixels, bytes) else shot.pixels)]
        stream = streams[0]
        ds.SamplesPerPixel = stream.samples
        ds.PhotometricInterpretation = "MONOCHROME2" if stream.samples == 1 else stream.photometric
        _put_size(ds, stream.rows, stream.columns, 8, 8, stream.samples)
        ds.PixelData = encapsulate([each.data for each in streams])
        ds["PixelData"].is_undefined_length = True
        ds["PixelData"].VR = "OB"
        ds.LossyImageCompression = "01"
        stored = sum(len(each.data) for each in streams)
        ds.LossyImageCompressionRatio = f"{len(streams) * stream.rows * stream.columns * stream.samples / stored:.3g}"
        if isinstance(shot.pixels, list):
            ds.NumberOfFrames = len(streams)
        ds.LossyImageCompressionMethod = "ISO_10918_1"
        return JPEG_BASELINE
    pixels = np.ascontiguousarray(shot.pixels)
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    allocated = 8 * pixels.dtype.itemsize
    stored = shot.bits or (8 if allocated == 8 else 12)
    ds.SamplesPerPixel = samples
    ds.PhotometricInterpretation = "RGB" if samples == 3 else "MONOCHROME2"
    _put_size(ds, pixels.shape[0], pixels.shape[1], allocated, stored, samples)
    raw = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False).tobytes()
    ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = "OB" if allocated == 8 else "OW"
    ds.LossyImageCompression = "00"
    return EXPLICIT_LE


def _put_size(ds: Dataset, rows: int, columns: int, allocated: int, stored: int, samples: int) -> None:
    ds.Rows, ds.Columns = rows, columns
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = allocated, stored, stored - 1, 0
    if samples > 1:
        ds.PlanarConfiguration = 0


def _with_meta(ds: Dataset, syntax: str) -> Dataset:
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.TransferSyntaxUID = UID(syntax)
    meta.ImplementationClassUID, meta.ImplementationVersionName = UID(IMPLEMENTATION_UID), IMPLEMENTATION_NAME
    ds.file_meta = meta
    return ds


def _day(when: datetime) -> str:
    return f"{when:%Y%m%d}"


def _time(when: datetime) -> str:
    return f"{when:%H%M%S}"
