"""Visits by (institution, day, number), patients by (issuer, ID); identifiers of a step never change."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.visit import StepState
from kiosk.store import visits
from kiosk.store.engine import Store
from tests.store.samples import BLOOD, CHEST, DAY, FUNDUS, patient, row


def take(store: Store, *rows: visits.VisitRow) -> list[visits.Taken]:
    with store.writing() as conn:
        return [visits.take_visit(conn, each, "list") for each in rows]


def test_the_same_row_twice_changes_nothing(centre: Store) -> None:
    first = take(centre, row(1))
    with centre.reading() as conn:
        before = visits.day_visits(conn, DAY)
    assert take(centre, row(1)) == [replace(first[0], what="same")]
    with centre.reading() as conn:
        assert visits.day_visits(conn, DAY) == before


def test_a_changed_row_updates_and_keeps_the_identifiers(centre: Store) -> None:
    take(centre, row(1))
    with centre.reading() as conn:
        (before,) = visits.day_visits(conn, DAY)
    changed = row(1, row_hash="other", at="09:00", exams=(CHEST, BLOOD), patient=patient(1, kanji="見本 次郎"))
    assert take(centre, changed)[0].what == "changed"
    with centre.reading() as conn:
        (after,) = visits.day_visits(conn, DAY)
    assert after.patient.kanji == "見本 次郎" and str(after.at) == "09:00:00"
    assert [step.exam.code for step in after.steps] == ["CHEST", "BLOOD"]
    assert after.steps[0].study_uid == before.steps[0].study_uid
    assert after.steps[0].accession == before.steps[0].accession
    take(centre, row(1, row_hash="third"))
    with centre.reading() as conn:
        (back,) = visits.day_visits(conn, DAY)
    assert {s.exam.code: s.study_uid for s in back.steps} == {s.exam.code: s.study_uid for s in before.steps}


def test_identifiers_fit_dicom_and_are_unique(centre: Store) -> None:
    take(centre, *(row(number) for number in range(1, 30)))
    with centre.reading() as conn:
        steps = [step for visit in visits.day_visits(conn, DAY) for step in visit.steps]
    assert len({step.study_uid for step in steps}) == len({step.accession for step in steps}) == len(steps) == 87
    assert all(len(step.study_uid) <= 64 and len(step.accession) <= 16 for step in steps)


def test_an_empty_field_never_wipes_out_what_is_known(centre: Store) -> None:
    take(centre, row(1))
    take(centre, row(1, row_hash="b", patient=patient(1, kanji="", birth_date=None)))
    with centre.reading() as conn:
        (visit,) = visits.day_visits(conn, DAY)
    assert visit.patient == patient(1)


def test_a_vanished_row_is_flagged_and_comes_back(centre: Store) -> None:
    kept, gone = take(centre, row(1), row(2))
    with centre.writing() as conn:
        assert visits.flag_vanished(conn, "0001", [DAY.isoformat()], {kept.visit}) == [gone.visit]
        assert visits.flag_vanished(conn, "0001", [DAY.isoformat()], {kept.visit}) == []
    with centre.reading() as conn:
        assert [visit.vanished for visit in visits.day_visits(conn, DAY)] == [False, True]
        assert visits.counted(conn, DAY) == {"booked": 2, "vanished": 1}
    take(centre, row(2))
    with centre.reading() as conn:
        assert [visit.vanished for visit in visits.day_visits(conn, DAY)] == [False, False]


def test_search_takes_percent_and_underscore_as_they_are(centre: Store) -> None:
    take(centre, row(1), row(2, patient=patient(2, kanji="見本_花子")))
    with centre.reading() as conn:
        assert len(visits.find_visits(conn, "見本")) == 2
        assert [visit.key.number for visit in visits.find_visits(conn, "_")] == ["002"]
        assert visits.find_visits(conn, "%") == []


def test_the_worklist_lists_only_steps_that_give_images(centre: Store) -> None:
    take(centre, row(1))
    with centre.reading() as conn:
        found = visits.scheduled(conn, since=DAY.isoformat(), until=DAY.isoformat())
        assert [step.exam.code for _, step in found] == ["CHEST", "FUNDUS"]
        assert found[0][0].patient == patient(1)
        assert [s.exam.code for _, s in visits.scheduled(conn, modalities=["OP"])] == ["FUNDUS"]
        assert visits.scheduled(conn, patient_ids=["nobody"]) == []
    take(centre, row(1, row_hash="x", exams=(CHEST,)))
    with centre.reading() as conn:
        assert [step.exam.code for _, step in visits.scheduled(conn)] == ["CHEST"]


def test_notes_are_kept_with_their_history(centre: Store) -> None:
    (taken,) = take(centre, row(1))
    with centre.writing() as conn:
        visits.add_note(conn, taken.visit, "薬なし", "見本 花子")
        visits.add_note(conn, taken.visit, "薬あり", "見本 花子")
    with centre.reading() as conn:
        assert [note.text for note in visits.notes_of(conn, taken.visit)] == ["薬あり", "薬なし"]


def test_a_step_state_is_read_back(centre: Store) -> None:
    (taken,) = take(centre, row(1, exams=(FUNDUS,)))
    with centre.reading() as conn:
        visit = visits.visit_by_id(conn, taken.visit)
        assert visit is not None
        assert visit.steps[0].state is StepState.SCHEDULED
        assert [view.code for view in visit.steps[0].missing] == ["R", "L"]
        assert visits.visit_by_key(conn, visit.key) == visit
        assert visits.visits_of_patient(conn, visit.patient_row) == [visit]
        assert visits.visits_of_patient(conn, visit.patient_row, before=DAY.isoformat()) == []
