"""Who is examined: exactly so or not at all, from the store or by the worklist, and from memory while both are away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from kiosk.core.barcodes import Code
from kiosk.core.faults import LinkLost, Refused
from kiosk.core.visit import VisitKey
from kiosk.core.worklist_index import Listed as Scheduled
from kiosk.core.worklist_index import WorklistIndex
from kiosk.core.worklist_query import WorklistRow
from kiosk.dicom.nodes import Node
from kiosk.dicom.worklist import WorklistDoor
from kiosk.flow.answer_worklist import worklist_row
from kiosk.flow.choose_examinee import ChooseExaminee, by_worklist
from kiosk.store import visits
from kiosk.store.engine import Store
from kiosk.store.visits import VisitRow
from tests.dicom.peers import listening
from tests.store.samples import CHEST, FUNDUS, patient

TODAY = date(2026, 11, 25)


def book(centre: Store, count: int = 3) -> None:
    with centre.writing() as conn:
        for number in range(1, count + 1):
            key = VisitKey("0001", TODAY, f"{1000 + number}")
            visits.take_visit(conn, VisitRow(key, patient(number), "09:00", exams=(CHEST, FUNDUS)), "list")


def choosing(centre: Store, own: Store, ask: object = None, modality: str = "OP") -> ChooseExaminee:
    return ChooseExaminee(centre, own, "0001", modality, ask)  # type: ignore[arg-type]


def test_the_rooms_examinations_of_the_day(centre: Store, local: Store) -> None:
    book(centre)
    found = choosing(centre, local).day(TODAY)
    assert [(each.number, each.row.modality) for each in found] == [("1001", "OP"), ("1002", "OP"), ("1003", "OP")]
    assert len(choosing(centre, local, modality="").day(TODAY)) == 6
    assert choosing(centre, local).day(date(2026, 1, 1)) == []


def test_exactly_so_or_not_at_all(centre: Store, local: Store) -> None:
    book(centre)
    people = choosing(centre, local)
    assert people.find(Code("1002"), TODAY).row.patient == patient(2)
    assert people.find(Code(patient_id=patient(3).patient_id), TODAY).number == "1003"
    assert people.find(Code(patient(1).patient_id), TODAY).number == "1001"  # typed, whichever it is
    for code, reference in ((Code("100"), "H335"), (Code("10020"), "H335"), (Code("1002", institution="9"), "H334")):
        with pytest.raises(Refused) as why:
            people.find(code, TODAY)
        assert why.value.reference == reference
    with pytest.raises(Refused) as why:
        choosing(centre, local, modality="").find(Code("1002"), TODAY)
    assert why.value.reference == "H336"  # two examinations: a person must choose


def test_a_day_in_the_code_comes_first(centre: Store, local: Store) -> None:
    book(centre)
    with pytest.raises(Refused):
        choosing(centre, local).find(Code("1002", day=date(2026, 11, 24)), TODAY)


def test_by_the_gateways_worklist(centre: Store, local: Store) -> None:
    book(centre)
    with centre.reading() as conn:
        rows = [worklist_row(*each) for each in visits.scheduled(conn, since=TODAY.isoformat())]

    def steps(query: object) -> Scheduled:
        return Scheduled(WorklistIndex(rows))

    with listening(WorklistDoor(steps)) as listener:
        ask = by_worklist("OP1", Node("KIOSK", "127.0.0.1", listener.port), "OP")
        people = choosing(centre, local, ask)
        found = people.day(TODAY)
        assert [each.number for each in found] == ["1001", "1002", "1003"]  # told by the store beside it
        one = people.find(Code("1002"), TODAY)
        assert one.row.patient.kanji == patient(2).kanji and one.row.accession and one.row.visit
        step = next(each for each in rows if each.study_uid == one.row.study_uid)
        assert (one.row.step_id, one.row.requested_procedure_id) == (step.step_id, step.requested_procedure_id)


def test_what_was_seen_last_goes_on(centre: Store, local: Store) -> None:
    book(centre)
    answers = [True, False]

    def ask(day: date) -> Sequence[WorklistRow]:
        if not answers.pop(0):
            raise LinkLost("gateway")
        with centre.reading() as conn:
            return [worklist_row(*each) for each in visits.scheduled(conn, since=day.isoformat())]

    people = choosing(centre, local, ask, modality="")
    first = people.day(TODAY)
    again = people.day(TODAY)
    assert [each.row for each in again] == [each.row for each in first] and all(each.seen_at for each in again)
    answers.append(False)
    with pytest.raises(LinkLost):
        people.day(date(2026, 11, 26))
