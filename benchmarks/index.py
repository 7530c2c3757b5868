"""Reads the headers of CT files and writes index rows: ours beside pydicom, DCMTK dcmdump, dcmqridx and Orthanc.

Files of half a megabyte whose pixels are a hole in the file (nobody but Orthanc reads them), as 300-slice series of
several scanners, with values that change their length from slice to slice. Warm: everything was read once before.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from kiosk.core.equalising import Conditions
from kiosk.dicom.dataset import WANTED, facts_of_file
from kiosk.dicom.fast_header import HeaderReader
from kiosk.flow.equalise import Equaliser
from kiosk.store import walks
from kiosk.store.audit import Actor
from kiosk.store.engine import sqlite_module
from kiosk.store.opening import centre_store, prepare, station_store
from kiosk.store.volume import Volume, Volumes

CT, EXPLICIT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1"
PIXELS = 512 * 512 * 2
SLICES = 300
TAGS = sorted({path[0] for path in WANTED})


def make(root: Path, count: int) -> list[Path]:
    """CT files under dated folders, as a scanner writes them: some 120 elements."""
    paths: list[Path] = []
    for study in range(-(-count // SLICES)):
        dice = random.Random(study)
        folder = root / f"DICOM/202511{1 + study % 28:02d}/CT{study:04d}-{study:08d}"
        folder.mkdir(parents=True)
        for number in range(1, min(SLICES, count - len(paths)) + 1):
            paths.append(one(folder / f"{number:05d}.dcm", study, number, dice))
    return paths


def one(path: Path, study: int, number: int, dice: random.Random) -> Path:
    ds = Dataset()
    uid = f"1.2.392.200036.9{study}.{dice.randrange(10**11)}"
    place = round(dice.uniform(-900, 900), dice.choice((1, 2, 3)))
    ds.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    ds.ImageType, ds.SOPClassUID, ds.SOPInstanceUID = ["ORIGINAL", "PRIMARY", "AXIAL"], CT, f"{uid}.{number}"
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = f"202511{1 + study % 28:02d}"
    ds.StudyTime, ds.AcquisitionTime = "091500", f"0915{number % 60:02d}.{dice.randrange(10**4)}"
    ds.ContentTime = "0916"
    ds.AccessionNumber, ds.Modality, ds.Manufacturer = f"A{study:07d}", "CT", f"MAKER {study % 3}"
    ds.InstitutionName, ds.StationName, ds.ManufacturerModelName = "CENTRE", "CT1", "Scanner 64"
    ds.StudyDescription, ds.SeriesDescription = "CHEST ABDOMEN", "5.0 mm"
    ds.ReferencedStudySequence = Sequence([referenced(f"1.2.392.200036.9{study}")])
    ds.PatientName, ds.PatientID = "MIHON^TARO=見本^太郎=ミホン^タロウ", f"{study:08d}"
    ds.PatientBirthDate, ds.PatientSex, ds.PatientAge = "19710402", "M", "054Y"
    ds.BodyPartExamined, ds.ScanOptions, ds.SliceThickness, ds.KVP = "CHEST", "HELICAL", "5.0", "120"
    ds.DataCollectionDiameter, ds.ReconstructionDiameter, ds.GantryDetectorTilt = "500", "350.0", "0"
    ds.TableHeight, ds.RotationDirection, ds.ExposureTime = "150.0", "CW", "500"
    ds.XRayTubeCurrent, ds.Exposure = str(dice.randint(80, 400)), str(dice.randint(5, 200))
    ds.FilterType, ds.GeneratorPower, ds.FocalSpots, ds.ConvolutionKernel = "BODY", "60", "1.2", "FC13"
    ds.PatientPosition, ds.ProtocolName = "FFS", "Chest"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"1.2.392.200036.9{study}", f"1.2.392.200036.9{study}.1"
    ds.StudyID, ds.SeriesNumber, ds.AcquisitionNumber, ds.InstanceNumber = str(study), 2, 1, number
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [-175, -175, place], [1, 0, 0, 0, 1, 0]
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator, ds.SliceLocation = f"1.2.392.9{study}.7", "", place
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.Rows, ds.Columns = 1, "MONOCHROME2", 512, 512
    ds.PixelSpacing, ds.BitsAllocated, ds.BitsStored, ds.HighBit = [0.683, 0.683], 16, 12, 11
    ds.PixelRepresentation, ds.WindowCenter, ds.WindowWidth = 1, "40", "350"
    ds.RescaleIntercept, ds.RescaleSlope = "-1024", "1"
    block = ds.private_block(0x7005, "MAKER_MED_CT", create=True)
    for at in range(30):
        block.add_new(at, "DS", f"{dice.uniform(0, 1):.4f}")
    ds.RequestAttributesSequence = Sequence([requested(study)])
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID, ds.file_meta.MediaStorageSOPClassUID = UID(EXPLICIT), CT
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.save_as(path, enforce_file_format=True)
    with open(path, "r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(b"\xe0\x7f\x10\0OW\0\0" + PIXELS.to_bytes(4, "little"))
        file.truncate(file.tell() + PIXELS)
    return path


def referenced(uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = "1.2.840.10008.3.1.2.3.1", uid
    return item


def requested(study: int) -> Dataset:
    item = Dataset()
    item.ScheduledProcedureStepID, item.RequestedProcedureID = f"S{study:06d}", f"R{study:06d}"
    return item


# -- what is measured -----------------------------------------------------------------------------------------------
def equalise(root: Path, work: Path) -> float:
    """Files a second of the whole first round: walk, headers, rows on the disk, position, list of differences."""
    shutil.rmtree(root / "INDEX", ignore_errors=True)
    work.mkdir()
    stores = centre_store("", work), station_store(work)
    for store in stores:
        prepare(store)
    volume = Volume("MAG2", root, True)
    equaliser = Equaliser(*stores, Volumes([volume]), Actor(), work / "lists", rest=0, young_s=-1)
    with stores[1].writing() as conn:
        walks.ask(conn, Conditions("MAG2"))
    with stores[1].reading() as conn:
        asked = walks.next_open(conn)
    assert asked is not None
    began = time.perf_counter()
    walk = equaliser.go_on(asked, AfterHeaders(stores[1], asked.id))
    took = time.perf_counter() - began
    for store in stores:
        store.close()
    assert walk.state == "contents", walk.state
    return walk.files / took


class AfterHeaders(threading.Event):
    """A stop flag that is raised when the contents' turn comes: those are read at the speed of the disk."""

    def __init__(self, own: Any, walk: int) -> None:
        super().__init__()
        self._own, self._walk = own, walk

    def wait(self, timeout: float | None = None) -> bool:
        with self._own.reading() as conn:
            walk = walks.by_id(conn, self._walk)
        return walk is not None and walk.state == "contents"


def read_only(paths: list[Path]) -> int:
    reader = HeaderReader()
    for path in paths:
        reader.facts(path)
    return len(paths)


def walked(paths: list[Path]) -> int:
    for path in paths:
        facts_of_file(path)
    return len(paths)


def with_pydicom(paths: list[Path], work: Path) -> int:
    line = sqlite_module().connect(work / "pydicom.sqlite")
    line.execute("CREATE TABLE images (" + ",".join(f"t{tag:08x}" for tag in TAGS) + ", path)")
    rows = []
    for path in paths:
        ds = dcmread(path, stop_before_pixels=True, specific_tags=TAGS)
        rows.append([str(ds[tag].value) if tag in ds else "" for tag in TAGS] + [str(path)])
    line.executemany(f"INSERT INTO images VALUES ({','.join('?' * (len(TAGS) + 1))})", rows)
    line.commit()
    line.close()
    return len(paths)


def with_dcmdump(paths: list[Path]) -> int:
    wanted = [word for tag in TAGS[:16] for word in ("+P", f"{tag >> 16:04x},{tag & 0xFFFF:04x}")]
    call = ["dcmdump", "-M", "-q", *wanted, *map(str, paths)]
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return len(paths)


def with_dcmqridx(paths: list[Path], work: Path) -> int:
    store = work / "qridx"
    store.mkdir(exist_ok=True)
    subprocess.run(["dcmqridx", str(store), *map(str, paths)], check=True, capture_output=True)
    return len(paths)


class Orthanc:
    def __init__(self, work: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        told = {
            "StorageDirectory": str(work / "orthanc"), "IndexDirectory": str(work / "orthanc"), "HttpPort": self.port,
            "DicomServerEnabled": False, "AuthenticationEnabled": False, "RemoteAccessAllowed": False,
        }  # fmt: skip
        (work / "orthanc.json").write_text(json.dumps(told))
        program = shutil.which("Orthanc") or "/usr/sbin/Orthanc"
        call = [program, str(work / "orthanc.json")]
        self.process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/system", timeout=1).read()
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def upload(self, paths: Iterable[Path]) -> int:
        done = 0
        for path in paths:
            asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/instances", path.read_bytes(), method="POST")
            urllib.request.urlopen(asked, timeout=60).read()
            done += 1
        return done

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def timed(work: Callable[[], int]) -> float:
    """Files a second."""
    began = time.perf_counter()
    return work() / (time.perf_counter() - began)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--files", type=int, default=12_000)
    asked.add_argument("--runs", type=int, default=3)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root, work = Path(name, "disk"), Path(name, "work")
        work.mkdir()
        Volume("MAG2", root, True).prepare()
        paths = make(root, told.files)
        some, few = paths[:2000], paths[:200]
        read_only(paths)  # warm
        fastest = max(equalise(root, work / str(run)) for run in range(told.runs))
        best = [("equalise: walk, headers, rows on the disk", fastest)]
        best.append(("  its header reader alone", max(timed(lambda: read_only(paths)) for _ in range(told.runs))))
        best.append(("  the walk that it falls back to", timed(lambda: walked(some))))
        best.append(("pydicom, the same attributes, SQLite rows", timed(lambda: with_pydicom(some, work))))
        if shutil.which("dcmdump"):
            best.append(("DCMTK dcmdump, 16 attributes, printed", timed(lambda: with_dcmdump(some))))
            best.append(("DCMTK dcmqridx", timed(lambda: with_dcmqridx(some, work))))
        if shutil.which("Orthanc") or Path("/usr/sbin/Orthanc").exists():
            orthanc = Orthanc(work)
            try:
                best.append(("Orthanc, upload (stores a copy)", timed(lambda: orthanc.upload(few))))
            finally:
                orthanc.close()
        print(f"{told.files} CT files, warm; files a second, and how many times slower than equalising")
        for what, rate in best:
            print(f"{what:45} {rate:9,.0f}  {best[0][1] / rate:6.1f}")


if __name__ == "__main__":
    main()
