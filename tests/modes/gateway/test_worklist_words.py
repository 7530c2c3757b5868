"""Why a device was or was not told an examination, as people read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core.words import say
from kiosk.core.worklist_query import LeftOut
from kiosk.modes.gateway import rows, rules
from kiosk.modes.gateway.worklist_words import KEYS, Judged, judged_rows, why_left_out
from tests.dicom.peers import a_row

LINE = rules.query_line(
    {
        "at": "2026-11-23T10:00:00.000+09:00", "calling_ae": "DR1", "address": "192.168.1.5", "answers": 0,
        "keys": {"modality": "DX", "patient_id": "90000003"}, "kept_out": {"PatientID": 400, "Modality": 1},
        "left_out": [{"patient_id": "90000003", "step_id": "S1", "keyword": "Modality", "asked": "DX",
                      "scheduled": "CR"}],
    }
)  # fmt: skip


def test_the_sentence_of_one_examinee() -> None:
    assert rows.query_note(LINE) == "90000003 was left out: modality asked DX, scheduled CR"


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (LeftOut("1", "S1", "ScheduledProcedureStepStatus", "", "COMPLETED"), "it is done"),
        (LeftOut("1", "S1", "ScheduledProcedureStepStatus", "", "CANCELLED"), "it was cancelled"),
        (LeftOut("1", "S1", "PatientName", "", ""), "another name was asked"),
        (LeftOut("1", "S1", "ScheduledProcedureStepStartTime", "090000-", ""), "time asked 090000-, none is scheduled"),
    ],
)
def test_each_kind_of_reason(left: LeftOut, told: str) -> None:
    assert told in say(why_left_out(left))


def test_what_else_a_note_says() -> None:
    assert "nobody on the list" in rows.query_note(replace(LINE, left_out=()))
    assert "most were left out by modality" in rows.query_note(
        replace(LINE, left_out=(), keys={"modality": "US"}, kept_out={"Modality": 9})
    )
    away = replace(LINE, left_out=(), answers=3, kept_out={}, seen_at="2026-11-23T09:58:01.000+09:00")
    assert rows.query_note(away) == "told from the list of 09:58:01: the database was away"
    assert rules.query_state(away) == "look"


def test_every_reason_has_a_word() -> None:
    from kiosk.core.worklist_query import WorklistQuery, date_span, identity_checks, other_checks

    day = date_span("20261123")
    query = WorklistQuery(
        dates=day, station_ae="A", patient_id="1", name="A", accession="1", requested_procedure_id="1",
        study_uids=("1",), step_id="1", birth_date=day, sex="M", codes=("1",),
    )  # fmt: skip
    told = {keyword for keyword, _ in (*identity_checks(query), *other_checks(query))}
    assert told | {"Modality", "ScheduledProcedureStepStartDate", "ScheduledProcedureStepStartTime"} == set(KEYS)


def test_what_is_told_comes_first() -> None:
    left = LeftOut("00012345", "S2", "Modality", "CR", "US")
    told, kept = judged_rows([Judged(a_row(number=2), left), Judged(a_row(number=1, scheduled_time=""), None)])
    assert (told.key, told.state, told.cells[3], told.cells[5]) == ("S1", "done", "11-23", "told")
    assert (kept.cells[3], kept.cells[5]) == ("11-23 09:30", "modality asked CR, scheduled US")
