"""The list in memory answers exactly as each row alone would, however it is asked."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.patient import Patient
from kiosk.core.worklist_index import WorklistIndex
from kiosk.core.worklist_query import Span, WorklistQuery, WorklistRow, date_span, time_span, why_not

TARO = Patient("0001", "00012345", "髙橋 太郎", "タカハシ タロウ", "TAKAHASHI TARO", "M", date(1970, 1, 2))
ROW = WorklistRow(
    step_id="S1", study_uid="1.2.3", accession="V1", requested_procedure_id="R1", requested_procedure="胸部X線",
    scheduled_date="20261123", scheduled_time="093000", modality="CR", aliases=("DX",), station_ae="CR1", patient=TARO,
)  # fmt: skip


def many(count: int = 300, seed: int = 1) -> list[WorklistRow]:
    dice = random.Random(seed)
    rows = []
    for number in range(count):
        person = replace(
            TARO, patient_id=f"{number // 3:08d}", kana=dice.choice(("タカハシ タロウ", "ミホン ハナコ")), romaji=""
        )
        rows.append(
            replace(
                ROW,
                step_id=f"S{number}",
                study_uid=f"1.2.{number}",
                accession=f"V{number}",
                scheduled_date=f"202611{dice.randint(20, 26)}",
                scheduled_time=dice.choice(("", "093000", "140000")),
                modality=dice.choice(("CR", "US", "OP", "MG")),
                aliases=(),
                station_ae=dice.choice(("CR1", "US1", "")),
                state=dice.choice(("scheduled", "started", "done")),
                patient=person,
                visit=number // 3,
            )
        )
    return rows


ROWS = many()
INDEX = WorklistIndex(ROWS)
QUERIES = st.builds(
    WorklistQuery,
    dates=st.sampled_from([Span(), date_span("20261123"), date_span("20261122-20261124"), date_span("20261125-")]),
    times=st.sampled_from([Span(), time_span("09"), time_span("0900-1000"), time_span("10-")]),
    modalities=st.sampled_from([(), ("CR",), ("DX",), ("US", "OP"), ("M?",), ("NM",)]),
    station_ae=st.sampled_from(["", "CR1", "US*", "XX"]),
    patient_id=st.sampled_from(["", "*", "00000007", "０0000007", "0000000*", "9"]),
    name=st.sampled_from(["", "TAKA*", "ミホン*"]),
    accession=st.sampled_from(["", "V22", "V2*"]),
    study_uids=st.sampled_from([(), ("1.2.22",), ("1.2.22", "1.2.23", "1.2.22")]),
    status=st.sampled_from(["", "COMPLETED"]),
)


@settings(max_examples=400, deadline=None)
@given(QUERIES)
def test_it_answers_and_counts_as_each_row_alone(query: WorklistQuery) -> None:
    reasons = {row.step_id: why_not(row, query) for row in ROWS}
    chosen = INDEX.choose(query, 10_000)
    assert {row.step_id for row in chosen.rows} == {step for step, why in reasons.items() if not why}
    counted: dict[str, int] = {}
    for why in reasons.values():
        if why:
            counted[why] = counted.get(why, 0) + 1
    assert chosen.kept_out == counted


def test_answers_are_in_order_and_capped_and_the_rest_is_explained() -> None:
    rows = [replace(ROW, step_id=str(at), scheduled_time=f"{9 + at % 5:02d}0000") for at in range(20)]
    rows += [replace(ROW, step_id="a", modality="US"), replace(ROW, step_id="b", scheduled_date="20261124")]
    chosen = WorklistIndex(rows).choose(WorklistQuery(dates=date_span("20261123"), modalities=("CR",)), 8)
    assert len(chosen.rows) == 8 and chosen.capped
    times = [row.scheduled_time for row in chosen.rows]
    assert times == sorted(times)
    assert chosen.kept_out == {"Modality": 1, "ScheduledProcedureStepStartDate": 1}


@pytest.mark.parametrize(
    ("query", "keyword", "asked", "scheduled"),
    [
        (WorklistQuery(patient_id="00012345", modalities=("US",)), "Modality", "US", "CR"),
        (
            WorklistQuery(accession="V1", dates=date_span("20261124")),
            "ScheduledProcedureStepStartDate", "20261124", "20261123",
        ),
        (WorklistQuery(name="TAKA*", station_ae="CR2"), "ScheduledStationAETitle", "CR2", "CR1"),
        (WorklistQuery(patient_id="00012345", sex="F"), "PatientSex", "F", "M"),
    ],
)  # fmt: skip
def test_why_the_examinee_asked_for_is_not_told(query: WorklistQuery, keyword: str, asked: str, scheduled: str) -> None:
    chosen = WorklistIndex([ROW, replace(ROW, step_id="S2", accession="V2", patient=replace(TARO, patient_id="9",
                            kana="ミホン タロウ", romaji="", kanji=""))]).choose(query, 9)  # fmt: skip
    assert not chosen.rows
    [left] = chosen.left_out
    assert (left.patient_id, left.keyword, left.asked, left.scheduled) == ("00012345", keyword, asked, scheduled)


def test_a_query_for_nobody_tells_of_nobody() -> None:
    assert WorklistIndex([ROW]).choose(WorklistQuery(modalities=("US",)), 9).left_out == []


def test_what_changed_takes_its_place_and_the_rest_keeps_its_answers() -> None:
    index = WorklistIndex(ROWS)
    before = {each.row.step_id: each for each in index.choose(WorklistQuery(status="COMPLETED"), 9999).steps}
    moved = [replace(row, scheduled_date="20261230") for row in ROWS if row.visit == 5]
    assert index.put(ROWS[:9], instead_of={0, 1, 2}) == set(), "nothing is new"
    days = index.put(moved[:2], instead_of={5})
    assert days == {"20261230"} | {row.scheduled_date for row in ROWS if row.visit == 5}
    after = {each.row.step_id: each for each in index.choose(WorklistQuery(status="COMPLETED"), 9999).steps}
    assert len(index) == len(ROWS) - 1
    assert moved[2].step_id not in after
    assert after[moved[0].step_id].row.scheduled_date == "20261230"
    assert all(after[step] is each for step, each in before.items() if each.row.visit != 5)
    assert index.visits_of(["20261230"]) == {5}
    index.keep_days(date_span("20261122-20261123"))
    assert {row.scheduled_date for row in index.choose(WorklistQuery(status="COMPLETED"), 9999).rows} == {
        "20261122", "20261123"
    }  # fmt: skip
    assert {row.scheduled_date for row in index.rows_of("20261123")} == {"20261123"} and index.rows_of("x") == []
    index.keep_days(date_span("20300101"))
    assert len(index) == 0 and index.stations() == frozenset()
    assert index.choose(WorklistQuery(), 9).kept_out == {}
