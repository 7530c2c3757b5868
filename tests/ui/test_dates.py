"""Dates as people of this house write and read them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.words import speak
from kiosk.ui import dates


def test_a_day_carries_its_weekday_in_the_language_in_force() -> None:
    speak({"Tue": "火"}.get)  # type: ignore[arg-type]
    try:
        assert dates.moment_text(datetime(2026, 11, 24, 9, 41)) == "2026-11-24(火) 09:41"
    finally:
        speak(lambda text: text)
    assert dates.day_text(date(2026, 11, 24)) == "2026-11-24(Tue)"


@pytest.mark.parametrize(
    "day, text",
    [
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1872, 1, 1), ""),
    ],
)
def test_eras_change_on_their_days(day: date, text: str) -> None:
    assert dates.era_text(day) == text


@pytest.mark.parametrize(
    "typed, day",
    [
        ("19710402", date(1971, 4, 2)),
        ("1971.4.2", date(1971, 4, 2)),
        ("S46.4.2", date(1971, 4, 2)),
        ("s460402", date(1971, 4, 2)),
        ("昭和46年4月2日", date(1971, 4, 2)),
        ("Ｓ４６．４．２", date(1971, 4, 2)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("2026-02-29", None),
        ("46.4.2", None),
        ("", None),
        ("abc", None),
        ("2026-11", None),
        ("9" * 5000, None),
    ],
)
def test_a_typed_date_is_read_or_refused(typed: str, day: date | None) -> None:
    assert dates.read_day(typed) == day


@given(st.dates(date(1873, 1, 1), date(2199, 12, 31)))
def test_what_is_shown_can_be_read_again(day: date) -> None:
    assert dates.read_day(f"{day:%Y%m%d}") == day
    assert dates.read_day(f"{day:%Y-%m-%d}") == day
    assert dates.read_day(dates.era_text(day)) == day


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    dates.read_day(text)
