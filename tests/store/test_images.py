"""The index: folders, matching, what has arrived of a course."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.core.course import arrived_views
from kiosk.core.study import ImageFacts
from kiosk.core.visit import Visit, VisitState
from kiosk.store import image_index, images, matching, visits
from kiosk.store.engine import Store
from tests.store.samples import CHEST, FUNDUS, facts, row


@pytest.fixture
def visit(centre: Store) -> Visit:
    with centre.writing() as conn:
        taken = visits.take_visit(conn, row(1, exams=(CHEST, FUNDUS)), "list")
        found = visits.visit_by_id(conn, taken.visit)
    assert found is not None
    return found


def index(store: Store, what: ImageFacts) -> image_index.Indexed:
    with store.writing() as conn:
        return image_index.index_image(
            conn,
            what,
            volume="MAG1",
            path=f"DICOM/20261124/CR0001-P00001/{what.sop_uid}.dcm",
            size=10,
            sha256="0" * 64,
            arrived_views=arrived_views,
        )


def now(store: Store, visit: Visit) -> Visit:
    with store.reading() as conn:
        found = visits.visit_by_id(conn, visit.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("changes", "how"),
    [
        ({"study": True, "accession": "", "patient_id": "P00001"}, "study_uid"),
        ({"accession": True}, "accession"),
        ({}, "id_date_modality"),
        ({"modality": "DX"}, "id_date_modality"),
    ],
)
def test_an_image_finds_its_visit(centre: Store, visit: Visit, changes: dict[str, Any], how: str) -> None:
    step = visit.steps[0]
    changes = dict(changes)
    if changes.pop("study", None):
        changes["study_uid"] = step.study_uid
    if changes.get("accession") is True:
        changes["accession"] = step.accession
    found = index(centre, facts(**changes))
    assert (found.visit, found.step) == (visit.id, step.id)
    with centre.reading() as conn:
        assert images.studies_of_visit(conn, visit.id)[0].matched_by == how


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"patient_id": "P99999"}, "no_visit"),
        ({"study_date": "20261125"}, "no_visit"),
        ({"modality": "CT"}, "no_visit"),
        ({"patient_id": ""}, "no_id_or_date"),
        ({"study_date": ""}, "no_id_or_date"),
        ({"birth_date": "19800101"}, "other_patient"),
        ({"study": True, "patient_id": "P99999"}, "other_patient"),
    ],
)
def test_an_image_that_does_not_fit_is_listed_as_unmatched(
    centre: Store, visit: Visit, changes: dict[str, Any], why: str
) -> None:
    changes = dict(changes)
    if changes.pop("study", None):
        changes["study_uid"] = visit.steps[0].study_uid
    assert index(centre, facts(**changes)).step is None
    with centre.reading() as conn:
        ((study, reason),) = images.unmatched_studies(conn)
    assert (study.matched_by, reason) == ("", why)
    assert now(centre, visit) == visit


def test_two_examinations_of_one_modality_are_not_guessed(centre: Store) -> None:
    second = type(CHEST)("SPINE", "腰椎", "腰椎", "CR", "CR1")
    with centre.writing() as conn:
        visits.take_visit(conn, row(1, exams=(CHEST, second)), "list")
    assert index(centre, facts()).step is None
    with centre.reading() as conn:
        assert images.unmatched_studies(conn)[0][1] == "several"


def test_what_arrived_is_counted_until_the_course_is_done(centre: Store, visit: Visit) -> None:
    index(centre, facts("1.1", view_hints={"ViewPosition": "PA"}))
    seen = now(centre, visit)
    assert [view.name for view in seen.steps[0].missing] == ["側面"] and seen.steps[0].state == "started"
    index(centre, facts("1.2", view_hints={"ViewPosition": "LL"}))
    assert now(centre, visit).steps[0].state == "done"
    fundus = {"study_uid": "1.9", "series_uid": "1.9.1", "modality": "OP"}
    index(centre, facts("1.3", **fundus, view_hints={"ImageLaterality": "R"}))
    assert [view.name for view in now(centre, visit).steps[1].missing] == ["左"]
    assert now(centre, visit).state is VisitState.BOOKED
    index(centre, facts("1.4", **fundus, view_hints={"ImageLaterality": "L"}))
    assert now(centre, visit).state is VisitState.DONE


def test_matching_by_hand_moves_what_arrived(centre: Store, visit: Visit) -> None:
    found = index(centre, facts(patient_id="WRONG"))
    with centre.writing() as conn:
        matching.match_by_hand(conn, found.study, visit.steps[0].id, arrived_views)
        assert images.unmatched_studies(conn) == []
    assert now(centre, visit).steps[0].arrived_views == ("PA",)
    with centre.writing() as conn:
        matching.match_by_hand(conn, found.study, visit.steps[1].id, arrived_views)
    assert now(centre, visit).steps[0].arrived_views == () and now(centre, visit).steps[0].state == "scheduled"


def test_folders_are_numbered_by_day_and_modality(centre: Store) -> None:
    def folder(study: str, patient: str = "P1", day: str = "20261124", modality: str = "CR") -> str:
        with centre.writing() as conn:
            return image_index.study_folder(
                conn, study_uid=study, patient_id=patient, id_key=patient, volume="MAG1", day=day, modality=modality
            )

    assert folder("1") == "DICOM/20261124/CR0001-P1"
    assert folder("2", "P2") == "DICOM/20261124/CR0002-P2"
    assert folder("1") == "DICOM/20261124/CR0001-P1"
    assert folder("1", "P3") == "DICOM/20261124/CR0003-P3"  # another patient under the same study UID
    assert folder("3", modality="CT") == "DICOM/20261124/CT0001-P1"
    assert folder("4", day="20261125") == "DICOM/20261125/CR0001-P1"


def test_search_by_name_date_and_modality(centre: Store) -> None:
    index(centre, facts("1.1", name=("MIHON^TARO", "見本^太郎", "ミホン^タロウ")))
    index(centre, facts("2.1", study_uid="2", series_uid="2.1", modality="CT", study_date="20251101", patient_id="X_1"))
    with centre.reading() as conn:
        assert [study.modalities for study in images.find_studies(conn, "見本")] == [("CR",)]
        assert [study.patient_id for study in images.find_studies(conn, "x_")] == ["X_1"]
        assert [study.study_uid for study in images.find_studies(conn)] == ["1.2.3", "2"]
        assert [study.study_uid for study in images.find_studies(conn, since="20260101")] == ["1.2.3"]
        assert [study.study_uid for study in images.find_studies(conn, modality="CT")] == ["2"]
        assert images.counts(conn) == {"studies": 2, "instances": 2, "unmatched": 2, "asides": 0}
        assert [instance.sop_uid for instance in images.instances_of_study(conn, 1)] == ["1.1"]
        assert images.instance_by_sop_uid(conn, "2.1").modality == "CT"  # type: ignore[union-attr]


def test_any_word_of_a_name_is_found_by_its_beginning(centre: Store) -> None:
    index(centre, facts("1.1", name=("MIHON^TARO", "見本^太郎", "ミホン^タロウ"), accession="V1"))
    index(centre, facts("2.1", study_uid="2", series_uid="2.1", name=("REIDAI^MIHO", "", ""), patient_id="8_TARO"))
    with centre.reading() as conn:

        def found(text: str, **asked: str) -> list[str]:
            return sorted(study.study_uid for study in images.find_studies(conn, text, **asked))

        assert found("taro") == ["1.2.3"] and found("たろ") == ["1.2.3"] and found("ﾐﾎﾝ") == ["1.2.3"]
        assert found("見本 太") == ["1.2.3"] and found("mihon^t") == ["1.2.3"]
        assert found("mih") == ["1.2.3", "2"] and found("8_") == ["2"]
        assert found("本") == ["1.2.3"] and found("8%") == [], "contained, where nothing begins so"
        assert found("mih", modality="CR", until="20200101") == []
        assert found("mih", modality="C") == [] and found("mih", modality="CR") == ["1.2.3", "2"]
