"""A small centre on one PC: examinees whose pictures have arrived, and the viewer station that shows them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.assembly import Station
from kiosk.core.course import arrived_views
from kiosk.core.settings import StationSettings
from kiosk.core.study import ImageFacts
from kiosk.core.visit import VisitKey
from kiosk.flow.settings_file import DEFAULT_VOLUME, StationFile
from kiosk.modes.viewer.mode import MODE, ViewerSettings
from kiosk.store import image_index, notices, visits
from tests.dicom.test_pixels import write
from tests.store.samples import CHEST, DAY, patient, row

LAST_YEAR = date(2025, 11, 20)


class Ward:
    """``folder`` holds station and images; ``study(...)`` lets pictures arrive."""

    def __init__(
        self, templates: Path, folder: Path, post: Callable[..., None], mailbox: Any = None, **settings: Any
    ) -> None:
        for name in ("centre.sqlite", "station.sqlite"):
            shutil.copy(templates / name, folder)
        self.folder = folder
        self.argument = str(settings.pop("argument", ""))
        self.settings = ViewerSettings(**{"days": 0, "decoders": 1, "decode_within_s": 20.0, **settings})
        file = StationFile(StationSettings(data=str(folder), login=False), {}, {"viewer": self.settings})
        self.station = Station(file, post, mailbox=mailbox, argument=self.argument)
        self._sops = 0

    def desk(self) -> Any:
        return self.station.open_mode("viewer", MODE)

    def visit(self, number: int = 1, day: date = DAY) -> int:
        """A visit with a chest examination; returns its row."""
        wanted = row(
            number, exams=(CHEST,), key=VisitKey("0001", day, f"{day:%Y}{number:03d}"), patient=patient(number)
        )
        with self.station.centre.writing() as conn:
            return visits.take_visit(conn, wanted, "list").visit

    def study(self, visit: int | None = None, pictures: int = 2, frames: int = 1, number: int = 1, **facts: Any) -> int:
        """Pictures arrive, each brighter than the one before; returns the row of their study."""
        study_uid, day = f"1.9.{self._sops}", DAY
        if visit is not None:
            with self.station.centre.reading() as conn:
                found = visits.visit_by_id(conn, visit)
                assert found is not None
                study_uid, day = found.steps[0].study_uid, found.key.day
        for count in range(1, pictures + 1):
            self._sops += 1
            relative = f"DICOM/{self._sops}.dcm"
            path = self.folder / DEFAULT_VOLUME / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            sop_uid, modality = f"1.2.3.{self._sops}", facts.get("Modality", "CR")
            header = {
                "SOPInstanceUID": sop_uid,
                "StudyInstanceUID": study_uid,
                "SeriesInstanceUID": study_uid + ".1",
                "PatientName": "Mihon^Taro",
                "PatientID": f"P{number:05d}",
                "StudyDate": f"{day:%Y%m%d}",
                "Modality": modality,
                "InstanceNumber": count,
                "NumberOfFrames": frames,
                "FrameTime": "40" if frames > 1 else None,
                "StudyDescription": "Chest",
                **facts,
            }
            pixels = np.concatenate([np.full(64 * 64, 20 * count + frame, np.uint8) for frame in range(frames)])
            write(path, pixels.tobytes(), Rows=64, Columns=64, **header)
            index = ImageFacts(
                sop_uid,
                "1.2.840.10008.5.1.4.1.1.1",
                study_uid,
                study_uid + ".1",
                modality,
                f"P{number:05d}",
                name=("MIHON TARO", "見本 太郎", ""),
                study_date=f"{day:%Y%m%d}",
                study_description="Chest",
                instance_number=count,
                frames=frames,
                transfer_syntax="1.2.840.10008.1.2.1",
            )
            with self.station.centre.writing() as conn:
                image_index.index_image(conn, index, volume=DEFAULT_VOLUME, path=relative, size=1, sha256="0" * 64,
                                        arrived_views=arrived_views)  # fmt: skip
                notices.tell(conn, "images", visit=visit)
        from kiosk.store import images

        with self.station.centre.reading() as conn:
            return next(each.id for each in images.recent_studies(conn) if each.study_uid == study_uid)

    def file(self, name: str, **elements: Any) -> Path:
        """A loose file in a folder of its own."""
        path = self.folder / "loose" / name
        path.parent.mkdir(exist_ok=True)
        return write(path, np.full(64 * 64, 99, np.uint8).tobytes(), **{"Rows": 64, "Columns": 64, **elements})

    def close(self) -> None:
        self.station.close()
