"""A centre with invented examinees whose images have arrived, and reading rooms (stations) in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from kiosk.assembly import Station
from kiosk.core.course import arrived_views
from kiosk.core.patient import Patient
from kiosk.core.settings import StationSettings
from kiosk.core.study import ImageFacts
from kiosk.core.visit import Examination, VisitKey
from kiosk.flow.settings_file import StationFile
from kiosk.flow.take_key_image import take_key_image
from kiosk.modes.findings.mode import FindingsSettings
from kiosk.store import image_index, notices, staff, visits
from kiosk.store.engine import Store
from kiosk.store.visits import VisitRow

DAY = date(2026, 11, 24)
ABDOMEN = Examination("ABDOMEN", "腹部超音波", "腹部", "US", "US1")
FUNDUS = Examination("FUNDUS", "眼底", "眼底", "OP", "OP1")
BLOOD = Examination("BLOOD", "採血", "採血", "")
PEOPLE = (
    Patient("", "P00001", "見本 太郎", "ミホン タロウ", "", "M", date(1971, 4, 2)),
    Patient("", "P00002", "髙橋 花子", "タカハシ ハナコ", "", "F", date(1980, 12, 31)),
    Patient("", "P00003", "𠮷﨑 例子", "ヨシザキ レイコ", "", "F", date(1990, 1, 15)),
)


def jpeg(shade: int = 60, size: tuple[int, int] = (320, 240)) -> bytes:
    """A picture that can be told from others."""
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    ImageDraw.Draw(picture).ellipse((60, 40, 60 + shade, 40 + shade), fill=(255, 255, 255))
    out = BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


class Site:
    """The shared store with its people, and the stations that were opened on it."""

    def __init__(self, centre: Store, templates: Path, folder: Path) -> None:
        self.centre = centre
        self._templates, self._folder = templates, folder
        self._stations: list[Station] = []
        self._sop = 0
        with centre.writing() as conn:
            self.doctor = staff.add_person(conn, name="例示 医師", role="doctor", pin="2580")
            self.other = staff.add_person(conn, name="見本 医師", role="doctor", pin="2581")
            self.nurse = staff.add_person(conn, name="見本 看護", role="nurse", pin="2582")

    def visit(self, person: int = 0, day: date = DAY, exams: tuple[Examination, ...] = (ABDOMEN, FUNDUS, BLOOD)) -> int:
        """A visit without images; returns its row."""
        patient = PEOPLE[person]
        row = VisitRow(VisitKey("0001", day, f"{day:%Y%m%d}-{person + 1:03d}"), patient, time(8, 30).strftime("%H:%M"),
                       "DOCK-A", "ドックA", exams=exams)  # fmt: skip
        with self.centre.writing() as conn:
            return visits.take_visit(conn, row, "list").visit

    def image(self, visit: int, kind: str) -> str:
        """An image of the examination arrives; returns its SOP Instance UID."""
        self._sop += 1
        with self.centre.writing() as conn:
            found = visits.visit_by_id(conn, visit)
            assert found is not None
            step = next(each for each in found.steps if each.exam.code == kind)
            facts = ImageFacts(f"1.2.3.{self._sop}", "1.2.840.10008.5.1.4.1.1.6.1", step.study_uid, f"1.2.{step.id}",
                               step.exam.modality, found.patient.patient_id, study_date=f"{found.key.day:%Y%m%d}",
                               transfer_syntax="1.2.840.10008.1.2.1")  # fmt: skip
            image_index.index_image(conn, facts, volume="MAG1", path=f"DICOM/{self._sop}.dcm", size=1, sha256="0" * 64,
                                    arrived_views=arrived_views)  # fmt: skip
            notices.tell(conn, "images", visit=visit)
        return facts.sop_uid

    def read(self, person: int = 0, day: date = DAY, kinds: tuple[str, ...] = ("ABDOMEN",)) -> int:
        """A visit whose images of ``kinds`` are there."""
        visit = self.visit(person, day)
        for kind in kinds:
            self.image(visit, kind)
        return visit

    def key_image(self, station: Station, visit: int, sop_uid: str, shade: int = 60, comment: str = "") -> int:
        """The viewer hands a key image over."""
        return take_key_image(station.centre, station.session.actor(), visit=visit, sop_uid=sop_uid, frame=0,
                              picture=jpeg(shade), rendering={}, comment=comment)  # fmt: skip

    def station(
        self,
        name: str = "読影1",
        person: Any = None,
        post: Callable[..., None] = lambda do, *args: do(*args),
        mailbox: Any = None,
        **settings: Any,
    ) -> Station:
        """A reading room with its own disk; the doctor is logged in."""
        data = self._folder / name
        data.mkdir(exist_ok=True)
        if not (data / "station.sqlite").exists():
            shutil.copy(self._templates / "station.sqlite", data)
        mode = replace(FindingsSettings(days=0, draft_every_ms=50), **settings)
        centre = self.centre.url
        own = StationSettings(name=name, place=name, data=str(data), centre=centre)
        file = StationFile(own, {}, {"findings": mode})
        station = Station(file, post, mailbox=mailbox)
        station.session.person = person or self.doctor
        self._stations.append(station)
        return station

    def close(self, station: Station | None = None) -> None:
        """End one station, or all that are open."""
        for each in [station] if station is not None else list(reversed(self._stations)):
            self._stations.remove(each)
            each.close()


def last_year(day: date = DAY) -> date:
    return day - timedelta(days=365)
