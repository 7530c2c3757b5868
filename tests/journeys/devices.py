"""Devices of the house as real peers: DCMTK asks the worklist and sends, with images made from what it was answered."""

from __future__ import annotations

import subprocess
import tempfile
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from tests.waiting import wait_until

T = TypeVar("T")
CR_STORAGE = "1.2.840.10008.5.1.4.1.1.1"
OP_STORAGE = "1.2.840.10008.5.1.4.1.1.77.1.5.1"  # PS3.4 B.5, Ophthalmic Photography 8 Bit


@dataclass(frozen=True)
class Device:
    """One device that DCMTK plays; ``port`` is the gateway's."""

    ae_title: str
    port: int
    folder: Path

    def ask(self, day: date, modality: str, charset: str = "", **keys: str) -> list[Dataset]:
        """The steps that the worklist answers for a day and modality, as DCMTK wrote them down."""
        out = self.folder / f"answers-{self.ae_title}-{len(list(self.folder.iterdir()))}"
        out.mkdir(parents=True)
        step = "(0040,0100)[0]."
        wanted = {
            "(0008,0005)": charset, "PatientName": "", "PatientID": "", "PatientBirthDate": "", "PatientSex": "",
            "StudyInstanceUID": "", "AccessionNumber": "", "RequestedProcedureID": "", **keys,
            f"{step}Modality": modality, f"{step}ScheduledProcedureStepStartDate": f"{day:%Y%m%d}",
            f"{step}ScheduledStationAETitle": "", f"{step}ScheduledProcedureStepDescription": "",
        }  # fmt: skip
        call = ["findscu", "-W", "-X", "-od", out, "-aec", "KIOSK", "-aet", self.ae_title]
        for key, value in wanted.items():
            call += ["-k", f"{key}={value}"]
        _run(*call, "127.0.0.1", self.port)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # pydicom warns where a text does not keep to its character set
            answers = [pydicom.dcmread(file) for file in sorted(out.glob("rsp*.dcm"))]
            for answer in answers:
                answer.decode()
        return answers

    def send(self, *images: Path) -> None:
        """Send images; returns when each was acknowledged with 0x0000."""
        _run("storescu", "-aec", "KIOSK", "-aet", self.ae_title, "127.0.0.1", self.port, *images)


def take_picture(
    answer: Dataset, folder: Path, number: int, sop_class: str = CR_STORAGE, like: Path | None = None, **elements: Any
) -> Path:
    """An image as a device makes it of a worklist answer: names and identifiers as it was told them, in its set.

    ``like``: a real image whose pixels are taken.
    """
    step = answer.ScheduledProcedureStepSequence[0]
    ds = pydicom.dcmread(like) if like is not None else _made_up(number)
    if answer.get("SpecificCharacterSet"):
        ds.SpecificCharacterSet = answer.SpecificCharacterSet
    for keyword in (
        "PatientName",
        "PatientID",
        "PatientBirthDate",
        "PatientSex",
        "StudyInstanceUID",
        "AccessionNumber",
    ):
        setattr(ds, keyword, answer.get(keyword))
    ds.Modality = step.Modality
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = step.ScheduledProcedureStepStartDate
    ds.StudyTime = "100000"
    ds.StudyID = "1"
    ds.SeriesInstanceUID = f"{answer.StudyInstanceUID}.1"
    ds.SeriesNumber, ds.InstanceNumber = 1, number
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, generate_uid()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = sop_class, ds.SOPInstanceUID
    path = folder / f"{ds.SOPInstanceUID}.dcm"
    ds.save_as(path, enforce_file_format=True)
    return path


def _made_up(number: int) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows = ds.Columns = 256
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.PixelData = np.add.outer(np.arange(256), np.arange(256) * number).astype(np.uint8).tobytes()
    return ds


def meanwhile(do: Callable[[], T]) -> T:
    """What ``do`` gives, while the windows go on living."""
    with ThreadPoolExecutor(1, "meanwhile") as aside:
        doing = aside.submit(do)
        wait_until(doing.done, 60, "a device is done")
    return doing.result()


def _run(*call: object) -> None:
    """Run a device's program while the windows go on living."""
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen([str(word) for word in call], stdout=said, stderr=said)
        try:
            wait_until(lambda: running.poll() is not None, 60, f"{call[0]} ends")
        finally:
            running.kill()
            running.wait()
        said.seek(0)
        assert running.returncode == 0, f"{call[0]}: {said.read()[-4000:].decode(errors='replace')}"
