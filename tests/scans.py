"""Invented scans as Part 10 files: a series whose headers differ in length from slice to slice, in any encoding."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID

CT = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
DEFLATED, JPEG = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.50"


def slices(folder: Path, count: int, syntax: str = EXPLICIT, **values: Any) -> list[Path]:
    """A series as a scanner writes it: lengths of numbers and UIDs change from slice to slice."""
    dice = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    return [slice_(folder / f"{number:05d}.dcm", number, syntax, dice, values) for number in range(1, count + 1)]


def slice_(path: Path, number: int, syntax: str, dice: random.Random, values: dict[str, Any]) -> Path:
    ds = Dataset()
    ds.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    ds.SOPClassUID, ds.SOPInstanceUID = CT, f"1.2.392.9.{10 ** dice.randint(0, 9)}.{number}"
    ds.StudyDate, ds.StudyTime, ds.AccessionNumber, ds.Modality = "20251120", "091500", "", "CT"
    ds.PatientName, ds.PatientID, ds.PatientSex = "YAMADA^TARO=山田^太郎", "00012345", "M"
    ds.StudyDescription, ds.ProtocolName = "ABDOMEN", "見本"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.392.9.1", "1.2.392.9.1.2"
    ds.SeriesNumber, ds.InstanceNumber = 2, number
    ds.SliceLocation = f"{dice.uniform(-999, 999):.{dice.randint(0, 6)}f}"
    inner = Dataset()
    inner.AccessionNumber, inner.ScheduledProcedureStepID = "A0001", "S" * (1 + number // 50 % 8)
    ds.RequestAttributesSequence = Sequence([inner])
    ds.Rows = ds.Columns = 16
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.SamplesPerPixel = 16, 12, 11, 1
    ds.PixelRepresentation, ds.PhotometricInterpretation = 0, "MONOCHROME2"
    ds.PixelData = encapsulate([b"\xff\xd8" + bytes(100)]) if syntax == JPEG else bytes(512)
    if syntax == JPEG:
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = CT, ds.SOPInstanceUID
    ds.save_as(path, enforce_file_format=True)
    return path
