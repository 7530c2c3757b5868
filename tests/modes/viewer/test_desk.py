"""What the desk answers without a window: lists, studies, last time, loose files, key images, and who looked."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.core.faults import Fault
from kiosk.flow.show_study import show_study
from kiosk.store import audit, findings
from tests.dicom.test_pixels import write
from tests.modes.viewer.ward import LAST_YEAR, Ward

_made = BytesIO()
Image.new("L", (16, 16), 128).save(_made, "PNG")
PNG = _made.getvalue()


def test_studies_are_listed_newest_first_and_searched(ward: Ward) -> None:
    old, new = ward.study(ward.visit(1, LAST_YEAR)), ward.study(ward.visit(1))
    other = ward.study(number=2)
    desk = ward.desk()
    assert [study.id for study in desk.studies().wait()] == sorted((new, other), reverse=True) + [old]
    assert [study.id for study in desk.studies("P00002").wait()] == [other]
    assert {study.id for study in desk.studies("見本").wait()} == {old, new, other}
    assert [study.id for study in desk.studies("2026001").wait()] == [new], "by check-up number"
    assert desk.studies("", 0, "US").wait() == []


def test_a_study_opens_with_its_visit_and_frames(ward: Ward) -> None:
    visit = ward.visit()
    seen = ward.desk().open_study(ward.study(visit, pictures=3)).wait()
    assert seen.visit.id == visit and seen.refused == ()
    (stack,) = seen.stacks
    assert len(stack) == 3
    shown = ward.desk().frame(stack.picture(2).path, 0).wait()
    assert int(shown.pixels[0, 0]) == 60


def test_who_looked_is_in_the_audit_table(ward: Ward) -> None:
    study = ward.study(ward.visit())
    ward.desk().open_study(study).wait()
    ward.desk().open_files([str(ward.file("a.dcm", PatientID="X9"))]).wait()
    with ward.station.centre.reading() as conn:
        seen = [(event.action, event.patient) for event in audit.events(conn)]
    assert ("study opened", "|P00001") in seen
    assert ("files opened", "|X9") in seen


def test_last_time_is_of_the_same_person_and_kind(ward: Ward) -> None:
    old, new = ward.study(ward.visit(1, LAST_YEAR)), ward.study(ward.visit(1))
    ward.study(ward.visit(2, LAST_YEAR), number=2)
    desk = ward.desk()
    by_row = {study.id: study for study in desk.studies().wait()}
    seen = desk.open_last_time(by_row[new]).wait()
    assert seen.study.id == old
    assert desk.open_last_time(by_row[old]).wait() is None


def test_all_that_a_visit_has_opens_together(ward: Ward) -> None:
    visit = ward.visit()
    ward.study(visit)
    seen = ward.desk().open_wanted(None, visit).wait()
    assert seen.visit.id == visit and len(seen.stacks[0]) == 2
    with pytest.raises(Fault) as said:
        ward.desk().open_wanted(None, ward.visit(7)).wait()
    assert said.value.reference == "V404" and said.value.next_step.text


def test_a_file_that_vanished_from_the_volume_is_told_and_the_others_open(ward: Ward) -> None:
    study = ward.study(ward.visit(), pictures=3)
    next(iter(sorted((ward.folder / "MAG1" / "DICOM").iterdir()))).unlink()
    seen = ward.desk().open_study(study).wait()
    assert len(seen.stacks[0]) == 2
    ((_, fault),) = seen.refused
    assert fault.reference == "V404"


def test_loose_files_open_without_a_visit(ward: Ward, tmp_path: Path) -> None:
    ward.file("a.dcm", InstanceNumber=2)
    ward.file("b.dcm", InstanceNumber=1)
    (tmp_path / "loose" / "note").write_text("no picture at all, only words")
    told: list[tuple[int, int]] = []
    seen = ward.desk().open_files([str(tmp_path / "loose")], lambda done, of: told.append((done, of))).wait()
    assert seen.study is None and seen.visit is None
    assert [Path(each.path).name for each in seen.stacks[0].pictures] == ["b.dcm", "a.dcm"]
    assert len(seen.refused) == 1 and told[-1] == (3, 3)


def test_a_key_image_lands_in_the_tray_of_the_visit(ward: Ward) -> None:
    visit = ward.visit()
    seen = ward.desk().open_study(ward.study(visit)).wait()
    facts = seen.stacks[0].picture(0)
    row = ward.desk().take_key_image(visit, facts.sop_uid, 1, lambda: PNG, {"centre": 40.0}).wait()
    with ward.station.centre.reading() as conn:
        (image,) = findings.tray(conn, visit)
    assert (image.id, image.sop_uid, image.frame) == (row, facts.sop_uid, 1)
    with pytest.raises(Fault):
        ward.desk().take_key_image(visit, facts.sop_uid, 1, lambda: b"no picture", {}).wait()


def test_another_window_of_this_pc_can_ask_for_pictures(ward: Ward, wait_until: Any) -> None:
    study = ward.study(ward.visit())
    asked: list[tuple[Any, ...]] = []
    end = ward.desk().on_show(lambda *wanted: asked.append(wanted))

    def told() -> bool:
        show_study(ward.station.local, study=study)
        return bool(asked)

    wait_until(told)
    assert asked[0] == (study, None, "")
    end()


def test_a_picture_of_a_volume_that_is_not_here_says_where_it_is(ward: Ward) -> None:
    study = ward.study(ward.visit())
    ward.station.volumes._by_id.clear()
    with pytest.raises(Fault) as said:
        ward.desk().open_study(study).wait()
    assert said.value.reference == "V503" and said.value.sentence.values["volume"] == "MAG1"


def test_a_cancelled_opening_goes_no_further(ward: Ward, tmp_path: Path) -> None:
    write(tmp_path / "a", bytes(16))
    answer = ward.desk().open_files([str(tmp_path / "a")])
    answer.cancel()
    called: list[Any] = []
    answer.then(called.append, called.append)
    assert ward.desk().open_files([str(tmp_path / "a")]).wait().stacks
    assert called == []
