"""Who is to be read on a day, what is missing, and where this PC finds the pictures: on both kinds of store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.core.course import arrived_views
from kiosk.core.document import DocumentFacts
from kiosk.core.faults import Fault
from kiosk.core.finding import FindingBody
from kiosk.core.visit import VisitKey, VisitState
from kiosk.flow.read_visits import day_lines, files_to_read, fundus_lines, note_read, pictured_lines
from kiosk.store import audit, documents, findings, image_index, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import Volume, Volumes
from tests.store.samples import DAY, facts, row

LAST_YEAR = DAY - timedelta(360)


def visit_on(store: Store, number: int, day: date = DAY) -> int:
    key = VisitKey("0001", day, f"{day:%Y%m%d}-{number:03d}")
    with store.writing() as conn:
        visit = visits.take_visit(conn, row(number, key=key, row_hash=""), "list").visit
        visits.set_state(conn, visit, VisitState.ARRIVED, arrived_at=f"{day.isoformat()}T08:30:00")
    return visit


def eye(store: Store, visit: int, side: str, modality: str = "OP") -> None:
    """A picture of one eye arrives, from a camera that may call itself something else."""
    with store.writing() as conn:
        found = visits.visit_by_id(conn, visit)
        assert found is not None
        step = next(each for each in found.steps if each.exam.code == "FUNDUS")
        told = facts(
            f"1.2.{visit}.{side}", study_uid=step.study_uid, series_uid=f"{step.study_uid}.1", modality=modality,
            patient_id=found.patient.patient_id, study_date=f"{found.key.day:%Y%m%d}",
            view_hints={"ImageLaterality": side},
        )  # fmt: skip
        image_index.index_image(conn, told, volume="MAG1", path=f"{visit}{side}.dcm", size=1, sha256="0" * 64,
                                arrived_views=arrived_views)  # fmt: skip


def jpeg(store: Store, visit: int, name: str) -> None:
    with store.writing() as conn:
        found = visits.visit_by_id(conn, visit)
        assert found is not None
        told = DocumentFacts("GN", name, patient_id=found.patient.patient_id, day=found.key.day)
        documents.add(conn, told, volume="MAG1", path=name, size=1, sha256=f"{visit:064d}",
                      day=found.key.day.isoformat())  # fmt: skip


def test_the_days_eyes_and_the_course_of_the_examinees(centre: Store, tmp_path: Path) -> None:
    before, whole, half, bare = (visit_on(centre, *each) for each in ((1, LAST_YEAR), (1,), (2,), (3,)))
    for visit in (before, whole):
        eye(centre, visit, "R", "XC")  # the examination that it belongs to says that it is an eye
        eye(centre, visit, "L", "XC")
    eye(centre, half, "R")
    jpeg(centre, bare, "3_OD.jpg")
    with centre.writing() as conn:
        findings.write_version(conn, visit=half, kind="FUNDUS", body=FindingBody("左眼なし", (), "C"), by="見本 医師",
                               signed=True, based_on=0)  # fmt: skip
    lines = fundus_lines(centre, DAY.isoformat(), "", "FUNDUS", "OP")
    assert [(each.visit, each.pictures, each.finding) for each in lines] == [
        (whole, 2, "none"), (bare, 1, "none"), (half, 1, "signed"),
    ]  # fmt: skip
    with centre.writing() as conn:
        findings.write_version(conn, visit=bare, kind="FUNDUS", body=FindingBody("出血", (), "D2"), by="見本 医師",
                               signed=True, based_on=0, role="first", state="first")  # fmt: skip
    lines = fundus_lines(centre, DAY.isoformat(), "", "FUNDUS", "OP")
    assert [(each.finding, each.category) for each in lines if each.visit in (half, bare)] == [
        ("signed", "C"), ("first", ""),
    ], "the second reader must not see it here"  # fmt: skip
    course = {each.visit: (each.course, each.missing) for each in day_lines(centre, DAY)}
    assert course == {
        whole: ("", "胸部X線"), half: ("look", "胸部X線、眼底 no 左"), bare: ("", "胸部X線、眼底"),
    }  # fmt: skip
    assert [each.visit for each in pictured_lines(centre, "", "", ["ES", "OP"])] == [whole, half, bare, before]
    assert pictured_lines(centre, "", "", ["US"]) == []

    for name in (f"{before}R.dcm", f"{before}L.dcm", f"{whole}R.dcm", "3_OD.jpg"):
        (tmp_path / name).write_bytes(b"x")
    here = Volumes([Volume("MAG1", tmp_path, False)])
    read = files_to_read(centre, here, whole, ("OP",), earlier=True)
    assert {each.path.name for each in read.before} == {f"{before}R.dcm", f"{before}L.dcm"}
    assert read.before_visit is not None and read.before_visit.key.day == LAST_YEAR
    assert {each.kind for each in (*read.now, *read.before)} == {"OP"}
    assert files_to_read(centre, here, whole, ("CR",), earlier=True).now == ()
    assert [each.name for each in files_to_read(centre, here, bare, ("OP",)).now] == ["3_OD.jpg"]
    note_read(centre, Actor("見本 医師", "doctor", "eye"), replace(read, away=()))
    with centre.reading() as conn:
        assert audit.counted(conn, action="study opened") == 2
    with pytest.raises(Fault, match="V503"):
        files_to_read(centre, Volumes([]), whole, ("OP",))
