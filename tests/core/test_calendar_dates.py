"""Dates and times in every spelling that a list may have."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.calendar_dates import NoDate, era_text, read_date, read_time


@pytest.mark.parametrize(
    "text",
    [
        "2026/4/1", "2026-04-01", "20260401", "2026.4.1", "2026年4月1日", "R8.4.1", "R08.04.01", "令和8年4月1日",
        "令8.4.1",
        "R080401", "5-080401", "5080401", "Ｒ８．４．１", "2026/04/01 08:30", "2026-04-01T08:30:00", "2026/4/1(水)",
        " 2026 /4/ 1",
        "r8.4.1", "R8-4-1", "R8/4/1",
    ],
)  # fmt: skip
def test_one_day_in_many_spellings(text: str) -> None:
    assert read_date(text) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("S46.4.2", date(1971, 4, 2)), ("昭和64年1月7日", date(1989, 1, 7)), ("平成元年1月8日", date(1989, 1, 8)),
        ("令和元年5月1日", date(2019, 5, 1)), ("平成31年12月1日", date(2019, 12, 1)), ("T15.12.24", date(1926, 12, 24)),
        ("明治45年7月29日", date(1912, 7, 29)), ("2024-02-29", date(2024, 2, 29)),
    ],
)  # fmt: skip
def test_eras(text: str, day: date) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "abc", "2026/2/30", "20261301", "8/4/1", "46.4.2", "平成50年1月1日", "S70.1.1", "令和0年1月1日", "1234567",
     "R8.4", "0000/00/00", "99999999"],
)  # fmt: skip
def test_what_is_no_date_is_said(text: str) -> None:
    with pytest.raises(NoDate):
        read_date(text)


@given(st.dates(date(1873, 1, 1), date(2099, 12, 31)))
def test_era_text_reads_back(day: date) -> None:
    assert read_date(era_text(day)) == day


def test_no_era_before_the_calendar() -> None:
    assert era_text(date(1872, 12, 31)) == ""


@pytest.mark.parametrize(
    "text", ["8:30", "830", "0830", "08:30:00", "083000", "8時30分", "AM8:30", "午前8:30", "８：３０", "8.30"]
)
def test_one_time_in_many_spellings(text: str) -> None:
    assert read_time(text) == time(8, 30)


def test_other_times() -> None:
    assert read_time("") is None and read_time(" ") is None
    assert read_time("午後1:05") == time(13, 5) and read_time("12:00PM") == time(12, 0)
    assert read_time("0:00") == time(0, 0) and read_time("9時") == time(9, 0)


@pytest.mark.parametrize("text", ["2500", "8:75", "8", "朝", "24:00", "-1:00"])
def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(NoDate):
        read_time(text)
