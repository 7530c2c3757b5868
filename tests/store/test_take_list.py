"""A batch of list rows has the same outcome as the rows one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from kiosk.core.visit import Visit, VisitKey
from kiosk.store import take_list, visits
from kiosk.store.engine import Store
from kiosk.store.tables import patients
from kiosk.store.visits import VisitRow
from tests.store.samples import BLOOD, CHEST, DAY, FUNDUS, patient, row


def take(store: Store, rows: Sequence[VisitRow]) -> list[str]:
    with store.writing() as conn:
        return [each.what for each in take_list.take_visits(conn, rows, "list", take_list.known_of(conn, rows))]


def day(store: Store, on: date = DAY) -> list[Visit]:
    with store.reading() as conn:
        return visits.day_visits(conn, on)


def plain(found: list[Visit]) -> list[Any]:
    """Visits without what is drawn by lot: UIDs."""
    return [
        replace(visit, steps=tuple(replace(step, study_uid="", id=0, step_id="") for step in visit.steps))
        for visit in found
    ]


def test_a_batch_is_what_one_by_one_would_be(centre: Store, tmp_path: Any) -> None:
    rows = [row(1), row(2, exams=(CHEST,)), row(3, exams=(), patient=patient(1)), row(4, options=("MMG",), remark="x")]
    assert take(centre, rows) == ["added"] * 4
    batched = plain(day(centre))
    with centre.writing() as conn:
        for each in rows:
            key = replace(each.key, institution="0002")
            visits.take_visit(conn, replace(each, key=key), "list")
    with centre.reading() as conn:
        single = plain(visits.day_visits(conn, DAY, "0002"))
    assert [replace(each, id=0, key=None, steps=()) for each in batched] == [
        replace(each, id=0, key=None, steps=()) for each in single
    ]
    assert [[replace(step, visit_id=0, accession="") for step in each.steps] for each in batched] == [
        [replace(step, visit_id=0, accession="") for step in each.steps] for each in single
    ]


def test_identifiers_are_unique_and_short(centre: Store) -> None:
    take(centre, [row(number) for number in range(1, 51)])
    steps = [step for visit in day(centre) for step in visit.steps]
    assert len(steps) == 150
    assert len({step.study_uid for step in steps}) == len({step.accession for step in steps}) == 150
    assert all(step.study_uid.startswith("2.25.") and len(step.accession) <= 16 for step in steps)


def test_the_same_batch_again_changes_nothing(centre: Store) -> None:
    rows = [row(number) for number in range(1, 6)]
    take(centre, rows)
    before = day(centre)
    assert take(centre, rows) == ["same"] * 5
    assert day(centre) == before


def test_a_changed_row_updates_and_keeps_its_identifiers(centre: Store) -> None:
    take(centre, [row(1), row(2)])
    before = day(centre)[0]
    later = row(1, row_hash="other", at="10:00", exams=(CHEST, BLOOD))
    assert take(centre, [later, row(2)]) == ["changed", "same"]
    after = next(visit for visit in day(centre) if visit.key.number == "001")
    assert after.at is not None and after.at.hour == 10
    assert [step.exam.code for step in after.steps] == ["CHEST", "BLOOD"]
    assert after.steps[0].study_uid == before.steps[0].study_uid
    # An examination that comes back has its old identifiers too.
    take(centre, [row(1, row_hash="third", exams=(CHEST, FUNDUS, BLOOD))])
    back = next(visit for visit in day(centre) if visit.key.number == "001")
    assert {s.exam.code: s.study_uid for s in back.steps} == {s.exam.code: s.study_uid for s in before.steps}


def test_a_patient_is_one_whatever_the_number_of_visits(centre: Store) -> None:
    rows = [row(number, patient=patient(7), key=VisitKey("0001", date(2026, 11, number), "1")) for number in (1, 2, 3)]
    take(centre, rows)
    take(centre, [row(9, patient=patient(7, kanji="見本 二郎", kana=""))])
    with centre.reading() as conn:
        (found,) = conn.execute(sa.select(patients)).all()
    assert (found.kanji, found.kana) == ("見本 二郎", "ミホン タロウ")  # an empty field wipes nothing out


def test_a_vanished_row_that_is_back_is_unflagged(centre: Store) -> None:
    take(centre, [row(1), row(2)])
    with centre.writing() as conn:
        first = visits.day_visits(conn, DAY)[0].id
        assert len(visits.flag_vanished(conn, "0001", [DAY.isoformat()], {first})) == 1
    assert [visit.vanished for visit in day(centre)] == [False, True]
    assert take(centre, [row(2)]) == ["changed"]
    assert [visit.vanished for visit in day(centre)] == [False, False]


def test_what_is_known_of_a_batch(centre: Store) -> None:
    take(centre, [row(1), row(2)])
    with centre.writing() as conn:
        visits.set_state(
            conn, visits.day_visits(conn, DAY)[0].id, visits.VisitState.ARRIVED, arrived_at="2026-11-24T08:31"
        )
        known = take_list.known_of(conn, [row(1, row_hash="x"), row(2), row(3)])
        assert take_list.patient_ids(conn, known) == {1: "P00001", 2: "P00002"}
        assert take_list.visit_row(conn, row(1).key) == 1 and take_list.visit_row(conn, row(3).key) is None
    assert {key.number: seen.begun for key, seen in known.visits.items()} == {"001": True, "002": False}
    assert set(known.patients) == {"P00001"}  # asked only for rows that changed


def test_a_booking_that_came_in_between_is_updated(centre: Store) -> None:
    with centre.writing() as conn:
        known = take_list.known_of(conn, [row(1), row(2)])
        visits.take_visit(conn, row(2, row_hash="booking", at="11:00"), "booking")
        taken = take_list.take_visits(conn, [row(1), row(2)], "list", known)
    assert [each.what for each in taken] == ["added", "changed"]
    assert [visit.at.hour for visit in day(centre) if visit.at] == [8, 8]
