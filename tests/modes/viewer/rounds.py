"""A day's examinees with real pictures in the store, and viewer stations that read them: here and next door."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from kiosk.assembly import Station
from kiosk.core.course import arrived_views, read_course_book
from kiosk.core.document import DocumentFacts
from kiosk.core.settings import StationSettings
from kiosk.core.visit import VisitKey
from kiosk.flow.settings_file import StationFile, VolumeSettings
from kiosk.modes.viewer.mode import MODE, ViewerSettings
from kiosk.store import documents, image_index, masters, notices, staff, visits
from kiosk.store.visits import VisitRow
from tests.store.samples import patient

NAMES = (
    ("見本 太郎", "ミホン タロウ"), ("見本 花子", "ミホン ハナコ"), ("例示 次郎", "レイジ ジロウ"),
    ("例示 桃子", "レイジ モモコ"), ("試料 三郎", "シリョウ サブロウ"), ("試料 梅子", "シリョウ ウメコ"),
    ("仮名 四郎", "カメイ シロウ"), ("仮名 松子", "カメイ マツコ"), ("架空 五郎", "カクウ ゴロウ"),
    ("架空 竹子", "カクウ タケコ"),
)  # fmt: skip
PIN = "246810"
DOCTOR = "見本 医師"
VOLUME = "MAG1"


@lru_cache
def drawn(modality: str, hints: tuple[tuple[str, str], ...], seed: int) -> Any:
    from kiosk.dicom.sample_pictures import picture

    return picture(modality, dict(hints), seed)


class Round:
    """The centre: its store and its volume. ``station(...)`` is a PC beside it."""

    def __init__(self, templates: Path, folder: Path) -> None:
        self.folder, self.templates = folder, templates
        self.today = date.today()
        self.stations: list[Station] = []
        self.volume = folder / VOLUME
        self.volume.mkdir()
        (folder / "centre").mkdir()
        shutil.copy(templates / "centre.sqlite", folder / "centre")
        self.url = f"sqlite:///{folder / 'centre' / 'centre.sqlite'}"
        self._files = 0
        self._writer: Station | None = None

    def station(self, name: str, post: Callable[..., None], mailbox: Any = None, **settings: Any) -> Station:
        """A PC with a store and data folder of its own; only URL and volume map lead to the centre."""
        data = self.folder / name
        data.mkdir()
        shutil.copy(self.templates / "station.sqlite", data)
        screens = settings.pop("screens", ())
        told = StationSettings(name=name, data=str(data), centre=self.url, login=False, screens=screens)
        viewer = ViewerSettings(**{"decoders": 2, "decode_within_s": 20.0, **settings})
        volumes = {VOLUME: VolumeSettings(str(self.volume))}
        made = Station(StationFile(told, volumes, {"viewer": viewer}), post, mailbox=mailbox)
        self.stations.append(made)
        return made

    @property
    def writer(self) -> Station:
        """The side on which pictures come in."""
        if self._writer is None:
            self._writer = self.station("gateway", lambda do, *args: do(*args))
        return self._writer

    def desk(self, station: Station) -> Any:
        return station.open_mode("viewer", MODE)

    def doctor(self, station: Station) -> None:
        """A doctor works at this station."""
        with station.centre.writing() as conn:
            if DOCTOR not in [person.name for person in staff.people(conn)]:
                staff.add_person(conn, name=DOCTOR, role="doctor", pin=PIN)
        station.session.enter_now(name=DOCTOR, pin=PIN)

    def examinee(self, number: int, *codes: str, day: date | None = None, arrived: bool = True) -> int:
        """A visit with these examinations of the shipped master; returns its row."""
        day = day or self.today
        kanji, kana = NAMES[(number - 1) % len(NAMES)]
        who = patient(number, kanji=kanji, kana=kana, sex="M" if number % 2 else "F")
        with self.writer.centre.writing() as conn:
            book = read_course_book(masters.master(conn, "examinations"), masters.master(conn, "courses"))
            exams = tuple(book.examinations[code] for code in codes)
            key = VisitKey("0001", day, f"{day:%Y%m%d}-{number:03d}")
            row = VisitRow(key, who, f"{8 + number // 6:02d}:{number % 6}0", "DOCK-A", "ドックA", exams=exams)
            visit = visits.take_visit(conn, row, "list").visit
            if arrived:
                visits.set_state(conn, visit, visits.VisitState.ARRIVED, arrived_at=f"{day.isoformat()}T08:30:00")
        return visit

    def pictures(self, visit: int, code: str, *hints: dict[str, str], seed: int = 1) -> None:
        """Pictures of one examination arrive, one for each of ``hints``; they are real DICOM files on the volume."""
        from kiosk.dicom.write import Making, Shot, image_object, save
        from kiosk.flow.answer_worklist import worklist_row

        station = self.writer
        with station.centre.reading() as conn:
            found = visits.visit_by_id(conn, visit)
        assert found is not None
        step = next(each for each in found.steps if each.exam.code == code)
        row = worklist_row(found, step)
        making = Making(row, datetime.combine(found.key.day, datetime.min.time()) + timedelta(hours=9))
        for number, hint in enumerate(hints or ({},), 1):
            pixels = drawn(row.modality, tuple(sorted(hint.items())), seed + number % 4)
            ds = image_object(making, Shot(pixels, number, dict(hint)))
            self._files += 1
            path = f"DICOM/{self._files:05d}.dcm"
            (self.volume / path).parent.mkdir(exist_ok=True)
            save(ds, self.volume / path)
            self._index(ds, path, visit, hint)

    def _index(self, ds: Any, path: str, visit: int, hint: dict[str, str]) -> None:
        from kiosk.core.study import ImageFacts

        facts = ImageFacts(
            str(ds.SOPInstanceUID), str(ds.SOPClassUID), str(ds.StudyInstanceUID), str(ds.SeriesInstanceUID),
            str(ds.Modality), str(ds.PatientID), study_date=str(ds.StudyDate), instance_number=int(ds.InstanceNumber),
            view_hints=dict(hint),
        )  # fmt: skip
        size = (self.volume / path).stat().st_size
        with self.writer.centre.writing() as conn:
            image_index.index_image(conn, facts, volume=VOLUME, path=path, size=size, sha256="0" * 64,
                                    arrived_views=arrived_views)  # fmt: skip
            notices.tell(conn, "images", visit=visit)

    def jpeg(self, visit: int, kind: str, name: str, data: bytes) -> None:
        """A plain JPEG among the documents of a visit."""
        with self.writer.centre.writing() as conn:
            found = visits.visit_by_id(conn, visit)
            assert found is not None
            day = found.key.day.isoformat()
            path = f"DOC/{name}"
            (self.volume / "DOC").mkdir(exist_ok=True)
            (self.volume / path).write_bytes(data)
            facts = DocumentFacts(kind, name, patient_id=found.patient.patient_id, day=found.key.day)
            documents.add(conn, facts, volume=VOLUME, path=path, size=len(data), sha256=f"{hash(data):064x}"[-64:],
                          day=day)  # fmt: skip
            notices.tell(conn, "documents", visit=visit)

    def eyes(self, number: int, last_year: bool = True) -> int:
        """An examinee with both eyes, and last year's where wanted; the third has plain JPEG files."""
        both = ({"ImageLaterality": "R"}, {"ImageLaterality": "L"})
        if last_year:
            before = self.examinee(number, "FUNDUS", day=self.today - timedelta(days=360))
            self.pictures(before, "FUNDUS", *both, seed=3)
        visit = self.examinee(number, "FUNDUS", "CHEST")
        if number == 3:
            for eye, name in (("R", "0003_R.jpg"), ("L", "0003_L.jpg")):
                self.jpeg(visit, "GN", name, drawn("OP", (("ImageLaterality", eye),), 2))
        else:
            self.pictures(visit, "FUNDUS", *both, seed=1)
        return visit

    def close(self) -> None:
        for each in self.stations:
            each.close()
