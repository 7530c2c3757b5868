"""A gateway with a disk and a mirror, a list of two examinees, and images taken under the wrong one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from kiosk.core.correction import State
from kiosk.core.visit import Visit, VisitKey
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.write import Making, Shot, image_object, save
from kiosk.flow.answer_worklist import worklist_row
from kiosk.flow.ask_correction import AskCorrection
from kiosk.flow.correct import Correct
from kiosk.flow.crew import Crew
from kiosk.flow.image_kinds import ImageKinds
from kiosk.flow.intake import Intake, Outcome, Owed
from kiosk.store import corrections, images, staff, visits
from kiosk.store.audit import Actor
from kiosk.store.corrections import Correction
from kiosk.store.engine import Store
from kiosk.store.opening import centre_store
from kiosk.store.volume import Volume, Volumes
from kiosk.store.writer import GroupWriter
from tests.store.samples import CHEST, DAY, patient, row

WRONG = patient(1)
RIGHT = patient(
    2, kanji="髙橋 花子", kana="タカハシ ハナコ", romaji="", sex="F", birth_date=datetime(1980, 1, 30).date()
)
OWED = (Owed("route", "rules", "g", per="study"),)


class Site:
    """``look`` is what anybody may see; ``ask`` what the window asks; ``correct`` what works on the disks."""

    def __init__(
        self, folder: Path, *, crew: Crew | None = None, centre: Store | None = None, understand: Sequence[str] = ()
    ) -> None:  # fmt: skip
        self.folder = folder
        self.centre = centre or centre_store("", folder)
        self.volume = Volume("MAG1", folder / "MAG1", True, "gateway", reserve_bytes=1)
        self.mirror = Volume("BUP", folder / "BUP", True, "mirror", reserve_bytes=1)
        self.volumes = Volumes([self.volume, self.mirror])
        for each in self.volumes:
            each.prepare()
            each.look()
        kinds = ImageKinds(self.centre)
        self.correct = Correct(self.centre, self.volumes, "g", owed=OWED, understand=understand, kind=kinds)
        self.ask = AskCorrection(self.centre, lambda: Actor("技師 一郎", "technician", "診断PC"), "g", "0001")
        self.intake: Intake | None = None
        if crew is not None:
            writer = GroupWriter(self.centre, crew.start)
            self.intake = Intake(
                self.centre, self.volumes.receiving, writer, Actor(station="g"), owed=OWED,
                path_of=self.volumes.path_of,
            )  # fmt: skip

    def fill(self, count: int = 2) -> None:
        """The list, the staff, and ``count`` images of the first examinee."""
        with self.centre.writing() as conn:
            visits.take_visit(conn, row(1, patient=WRONG, exams=(CHEST,)), "list")
            visits.take_visit(conn, row(2, patient=RIGHT, exams=(CHEST,)), "list")
            staff.add_person(conn, name="技師 一郎", role="technician", pin="2468")
            staff.add_person(conn, name="技師 二郎", role="technician", pin="1357")
        made = self.pictures(count)
        for each in made:
            assert self.take(each) is Outcome.STORED

    def visit(self, number: int) -> Visit:
        with self.centre.reading() as conn:
            found = visits.visit_by_key(conn, VisitKey("0001", DAY, f"{number:03d}"))
        assert found is not None
        return found

    def pictures(self, count: int, first: int = 1) -> list[Path]:
        """Files as the device makes them, under the wrong examinee's order."""
        visit = self.visit(1)
        order = worklist_row(visit, visit.steps[0], "見本健診センター")
        when = datetime(2026, 11, 24, 9, 30)
        making = Making(order, when, series_uid="2.25.4711", series_description="胸部", station="CR1")
        paths = []
        for number in range(first, first + count):
            pixels = np.random.default_rng(number).integers(0, 4095, (64, 160)).astype(np.uint16)
            view = {"ViewPosition": "PA" if number % 2 else "LL"}
            ds = image_object(making, Shot(pixels, number, view, sop_uid=f"2.25.100{number}"))
            paths.append(save(ds, self.folder / f"sent-{number}.dcm"))
        return paths

    def take(self, path: Path) -> Outcome:
        assert self.intake is not None
        incoming = self.intake.begin("test")
        incoming.write(path.read_bytes())
        return incoming.settle(facts_of_file(path, "CR1")).outcome

    # -- what is seen ------------------------------------------------------------------------------------------------

    def seen(self) -> dict[str, list[str]]:
        """Patient ID -> SOP Instance UIDs that the index names; each of them is on the disk as the index says."""
        found: dict[str, list[str]] = {}
        with self.centre.reading() as conn:
            for study in images.find_studies(conn, limit=50):
                for each in images.instances_of_study(conn, study.id):
                    path = self.volumes.path_of(each.volume, each.path)
                    assert path is not None and path.is_file(), f"{each.path} is named and not there"
                    facts = facts_of_file(path)
                    assert (facts.sop_uid, facts.patient_id) == (each.sop_uid, study.patient_id)
                    found.setdefault(study.patient_id, []).append(each.sop_uid)
        return found

    def files(self) -> dict[str, bytes]:
        """What lies on the disk, but for what is half received and the disk's own."""
        root = self.volume.root
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.relative_to(root).parts[0] not in ("volume-id.txt", "incoming", "INDEX")
        }

    def begin(self, **changes: str) -> int:
        """Somebody starts the correction of the first examinee's study."""
        with self.centre.reading() as conn:
            study = images.find_studies(conn, WRONG.patient_id)[0]
        wrong = self.ask.wrong(study.id)
        told = {"code": "002", "reason": "order", "text": "", "second": "技師 二郎", "pin": "1357", **changes}
        right = self.ask.right(told.pop("code"), DAY, study)
        return self.ask.start(wrong, right, **told)

    def now(self, number: int) -> Correction:
        with self.centre.reading() as conn:
            found = corrections.by_id(conn, number)
        assert found is not None
        return found

    def state(self, number: int) -> State:
        return self.now(number).state
