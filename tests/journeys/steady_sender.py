"""A device that never stops sending, remembers what was acknowledged, and proves that all of it is still there."""

from __future__ import annotations

import hashlib
import itertools
import random
import threading
from collections.abc import Iterator
from pathlib import Path

from pydicom.dataset import Dataset
from pynetdicom.presentation import build_context

from kiosk.core.faults import LinkLost
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.nodes import Node
from kiosk.dicom.part10 import open_part10, part10_head
from kiosk.dicom.soundness import EXPLICIT_LE
from kiosk.dicom.upper_layer import call
from kiosk.flow.check_store import check_store
from kiosk.flow.settings_file import StationFile, volumes_of
from kiosk.store import images
from kiosk.store.opening import centre_store
from tests.dicom.test_soundness import encoded

CT = "1.2.840.10008.5.1.4.1.1.2"
SIZES = (128_000, 2_900_000)  # bytes of pixels
_numbers = itertools.count(1_000_000_001)
_PLACE = "1000000000"


class SteadySender:
    """One association after another until ``stop``. Every fifth image is one that was acknowledged before."""

    def __init__(self, ae_title: str, port: int, folder: Path, seed: int) -> None:
        self.acknowledged: dict[str, str] = {}  # SOP Instance UID -> hash of its data set
        self.unanswered = 0
        self.strange: list[str] = []
        self._node = Node("KIOSK", "127.0.0.1", port)
        self._ae_title = ae_title
        self._folder = folder
        self._random = random.Random(seed)
        self._templates = [template(ae_title, size) for size in SIZES]
        self._sent: dict[str, Path] = {}
        self._stop = threading.Event()
        folder.mkdir(parents=True, exist_ok=True)
        self._thread = threading.Thread(target=self._run, name=f"sender {ae_title}")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                assoc = call(self._ae_title, self._node, [build_context(CT, [EXPLICIT_LE])])
            except LinkLost:
                self._stop.wait(0.05)
                continue
            try:
                while not self._stop.is_set() and assoc.is_established:
                    uid, path = self._next()
                    answer = assoc.send_c_store(path)
                    if "Status" not in answer:
                        self.unanswered += 1
                    elif answer.Status == 0:
                        self.acknowledged[uid] = body_hash(path)
                    else:
                        self.strange.append(f"{uid} answered 0x{answer.Status:04X}")
            except (RuntimeError, ValueError, OSError):  # the link went away under our hands
                self.unanswered += 1
            finally:
                if assoc.is_established:
                    assoc.release()
                else:
                    assoc.abort()

    def _next(self) -> tuple[str, Path]:
        if self.acknowledged and self._random.random() < 0.2:
            uid = self._random.choice(list(self.acknowledged))
            return uid, self._sent[uid]
        number = str(next(_numbers))
        uid = f"1.2.392.200036.9999.5.{number}"
        body = self._random.choices(self._templates, (5, 1))[0].replace(_PLACE.encode(), number.encode())
        path = self._sent[uid] = self._folder / f"{number}.dcm"
        path.write_bytes(part10_head(CT, uid, EXPLICIT_LE) + body)
        return uid, path


def template(ae_title: str, size: int) -> bytes:
    """The data set of an image whose UID and pixels hold a number that is replaced."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = CT, f"1.2.392.200036.9999.5.{_PLACE}"
    ds.StudyInstanceUID = f"1.2.392.200036.9999.6.{sum(ae_title.encode())}"
    ds.SeriesInstanceUID = ds.StudyInstanceUID + ".1"
    ds.StudyDate, ds.Modality, ds.SeriesNumber, ds.InstanceNumber = "20261123", "CT", 1, 1
    ds.PatientName, ds.PatientID = "MIHON^TARO=見本^太郎", f"ID{ae_title}"
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 64, 64, 16, 12, 11
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.PixelData = (_PLACE.encode() + bytes(range(118))) * (size // 128)
    ds["PixelData"].VR = "OW"
    return encoded(ds, EXPLICIT_LE)


def body_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()[open_part10(path).offset :]).hexdigest()


def prove(file: StationFile, acknowledged: dict[str, str]) -> Iterator[str]:
    """What is wrong: acknowledged images that are missing or damaged, anything half-written that can be seen."""
    [volume] = list(volumes_of(file))
    store = centre_store(file.station.centre, file.data)
    try:
        with store.reading() as conn:
            known = {uid: images.instance_by_sop_uid(conn, uid) for uid in acknowledged}
    finally:
        store.close()
    for uid, found in known.items():
        if found is None:
            yield f"{uid} was acknowledged and is not indexed"
        elif not (path := volume.file(found.path)).exists():
            yield f"{uid} was acknowledged and its file is gone"
        elif body_hash(path) != acknowledged[uid]:
            yield f"{uid} was acknowledged and is damaged"
    for path in (volume.root / "DICOM").rglob("*"):
        if path.is_file():
            try:
                facts_of_file(path)
            except Exception as why:  # whatever it is, it must not be seen
                yield f"{path.name} is visible and not whole: {why}"
    for line in check_store(file):
        if not line.good:
            yield str(line.text)
