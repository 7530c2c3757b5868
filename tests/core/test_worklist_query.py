"""Which steps answer a worklist query: ranges, wildcards, aliases, and being liberal to real devices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.faults import Refused
from kiosk.core.patient import Patient
from kiosk.core.worklist_query import (
    Span,
    WorklistQuery,
    WorklistRow,
    date_span,
    name_matches,
    time_span,
    why_not,
    with_days_around,
    with_known_station,
)

TARO = Patient("0001", "00012345", "髙橋 太郎", "タカハシ タロウ", "TAKAHASHI TARO", "M", date(1970, 1, 2))
ROW = WorklistRow(
    step_id="S1", study_uid="1.2.3", accession="V1", requested_procedure_id="R1", requested_procedure="胸部X線",
    scheduled_date="20261123", scheduled_time="093000", modality="CR", aliases=("DX",), station_ae="CR1", patient=TARO,
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("20261123", "20261123", "20261123"), ("20261101-20261130", "20261101", "20261130"),
        ("20261101-", "20261101", ""), ("-20261130", "", "20261130"),
        ("2026.11.23", "20261123", "20261123"), ("2026-11-23", "20261123", "20261123"),
        ("", "", ""), ("*", "", ""), ("-", "", ""), (" 20261123 ", "20261123", "20261123"),
    ],
)  # fmt: skip
def test_dates(text: str, first: str, last: str) -> None:
    span = date_span(text)
    assert (span.first, span.last) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("0930", "093000", "093059"), ("09", "090000", "095959"), ("093015.5", "093015", "093015"),
        ("0900-1200", "090000", "120059"), ("09:00-", "090000", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_times(text: str, first: str, last: str) -> None:
    span = time_span(text)
    assert (span.first, span.last) == (first, last)


@pytest.mark.parametrize("text", ["tomorrow", "2026", "20261123-x", "1-2-3", "'; drop", "20261123\\20261124"])
def test_a_date_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused) as why:
        date_span(text)
    assert why.value.reason == "bad_key"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (WorklistQuery(), ""),
        (WorklistQuery(dates=date_span("20261123")), ""),
        (WorklistQuery(dates=date_span("20261124")), "ScheduledProcedureStepStartDate"),
        (WorklistQuery(dates=date_span("20261130-20261101")), "ScheduledProcedureStepStartDate"),
        (WorklistQuery(dates=date_span("20261123"), times=time_span("0900-1000")), ""),
        (WorklistQuery(times=time_span("10-12")), "ScheduledProcedureStepStartTime"),
        (WorklistQuery(modalities=("CR",)), ""),
        (WorklistQuery(modalities=("dx",)), ""),
        (WorklistQuery(modalities=("RG",)), ""),
        (WorklistQuery(modalities=("C?",)), ""),
        (WorklistQuery(modalities=("US", "CR")), ""),
        (WorklistQuery(modalities=("US",)), "Modality"),
        (WorklistQuery(station_ae="cr1 "), ""),
        (WorklistQuery(station_ae="CR2"), "ScheduledStationAETitle"),
        (WorklistQuery(patient_id="00012345"), ""),
        (WorklistQuery(patient_id="０００12345"), ""),
        (WorklistQuery(patient_id="12345"), "PatientID"),
        (WorklistQuery(patient_id="*345"), ""),
        (WorklistQuery(patient_id="0001%"), "PatientID"),
        (WorklistQuery(accession="V1"), ""),
        (WorklistQuery(accession="V2"), "AccessionNumber"),
        (WorklistQuery(requested_procedure_id="R2"), "RequestedProcedureID"),
        (WorklistQuery(study_uids=("1.2.9", "1.2.3")), ""),
        (WorklistQuery(study_uids=("1.2.9",)), "StudyInstanceUID"),
        (WorklistQuery(step_id="S2"), "ScheduledProcedureStepID"),
        (WorklistQuery(birth_date=date_span("19700102")), ""),
        (WorklistQuery(birth_date=date_span("19700103")), "PatientBirthDate"),
        (WorklistQuery(sex="F"), "PatientSex"),
        (WorklistQuery(name="TAKA*"), ""),
        (WorklistQuery(name="山田*"), "PatientName"),
    ],
)
def test_each_key(query: WorklistQuery, reason: str) -> None:
    assert why_not(ROW, query) == reason


@pytest.mark.parametrize(
    "asked",
    [
        "TAKAHASHI^TARO", "takahashi^taro", "TAKA*", "*TARO", "T?KAHASHI^TARO", "=髙橋^太郎", "髙橋*",
        "==タカハシ^タロウ",
        "ﾀｶﾊｼ^ﾀﾛｳ", "タカハシ　タロウ", "TAKAHASHI^TARO=髙橋^太郎=タカハシ^タロウ", "*", "", "^^^^", "*=*",
    ],
)  # fmt: skip
def test_a_name_matches_in_any_of_its_forms(asked: str) -> None:
    assert name_matches(asked, TARO)


@pytest.mark.parametrize("asked", ["SUZUKI*", "TAKAHASHI", "=高", "太郎", "TAKAHASHI^TAR", "?"])
def test_another_name_does_not(asked: str) -> None:
    assert not name_matches(asked, TARO)


def test_romaji_that_is_made_from_kana_is_asked_for_too() -> None:
    assert name_matches("TAKAHASHI^*", replace(TARO, romaji=""))


def test_a_range_of_days_with_a_range_of_times_is_one_interval() -> None:
    """PS3.4 K.4.1.1.2: from the first day's time to the last day's time."""
    query = WorklistQuery(dates=date_span("20261122-20261124"), times=time_span("100000-080000"))
    assert why_not(ROW, query) == ""
    assert why_not(replace(ROW, scheduled_date="20261122"), query) == "ScheduledProcedureStepStartTime"
    assert why_not(replace(ROW, scheduled_date="20261124"), query) == "ScheduledProcedureStepStartTime"


def test_a_step_without_a_time_is_open_all_day() -> None:
    assert why_not(replace(ROW, scheduled_time=""), WorklistQuery(times=time_span("0000-0001"))) == ""


def test_what_is_done_is_told_only_to_who_asks_for_it() -> None:
    done = replace(ROW, state="done")
    assert why_not(done, WorklistQuery()) == "ScheduledProcedureStepStatus"
    assert why_not(done, WorklistQuery(patient_id="0001*")) == ""
    assert why_not(done, WorklistQuery(patient_id="*")) == "ScheduledProcedureStepStatus"
    assert why_not(replace(ROW, state="cancelled"), WorklistQuery(patient_id="00012345")) != ""
    assert why_not(replace(ROW, state="started"), WorklistQuery()) == ""


def test_an_unknown_station_is_taken_for_that_of_the_caller() -> None:
    asked = WorklistQuery(station_ae="CONSOLE")
    assert with_known_station(asked, ["CR1", "CR2"], "CR1").station_ae == "CR1"
    assert with_known_station(asked, ["CR1", "CR2"], "").station_ae == ""
    assert with_known_station(WorklistQuery(station_ae="cr2"), ["CR1", "CR2"], "CR1").station_ae == "cr2"
    assert with_known_station(WorklistQuery(station_ae="*"), ["CR1"], "CR1").station_ae == "*"


def test_a_query_without_a_day_is_about_today() -> None:
    today = date(2026, 11, 23)
    assert with_days_around(WorklistQuery(), today, 1).dates == Span("20261122", "20261124")
    for narrow in (WorklistQuery(patient_id="1"), WorklistQuery(dates=date_span("20200101"))):
        assert with_days_around(narrow, today, 1) == narrow


@given(st.text(max_size=40))
def test_no_key_does_harm(text: str) -> None:
    query = WorklistQuery(patient_id=text, name=text, accession=text, station_ae=text, modalities=(text,))
    assert isinstance(why_not(ROW, query), str)
    for read in (date_span, time_span):
        try:
            assert isinstance(read(text), Span)
        except Refused as why:
            assert why.reason == "bad_key"
