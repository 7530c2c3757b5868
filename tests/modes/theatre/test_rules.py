"""What the theatre shows: hours, lanes, gaps, words; also by random days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.change_line import Change
from kiosk.core.operation import Operation, OperationPatient, OperationState, Team
from kiosk.core.theatre_book import TheatreBook
from kiosk.core.theatre_overlap import together
from kiosk.modes.theatre import rules

DAY = date(2026, 11, 30)
BOOK = TheatreBook(("手術室1", "手術室2"), first=time(8), last=time(18))


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))


def planned(number: int, clock: str, minutes: int, **more: Any) -> Operation:
    made = Operation(
        number, "手術室1", at(clock), at(clock), at(clock) + timedelta(minutes=minutes),
        OperationPatient("P1", "見本 太郎", sex="M", birth_date="1955-05-05"), method="虫垂切除術",
        team=Team("例題 一郎"),
    )  # fmt: skip
    return replace(made, **more)


def test_the_hours_shown_grow_with_what_lies_outside() -> None:
    assert rules.shown_hours(DAY, BOOK, []) == (at("08:00"), at("18:00"))
    assert rules.shown_hours(DAY, BOOK, [planned(1, "06:40", 30), planned(2, "17:30", 45)]) == (
        at("06:00"),
        at("19:00"),
    )
    night = planned(1, "23:30", 120)
    assert rules.shown_hours(DAY, BOOK, [night])[1] == at("02:00", DAY + timedelta(days=1))
    assert rules.shown_hours(DAY + timedelta(days=1), BOOK, [night])[0] == at("00:00", DAY + timedelta(days=1))


def test_free_times_and_the_nearest_spot() -> None:
    there = [planned(1, "09:00", 60), planned(2, "10:10", 50)]
    spots = rules.spots_of("手術室1", there, at("08:00"), at("18:00"))
    assert [(f"{each.since:%H:%M}", f"{each.until:%H:%M}", each.operation is None) for each in spots] == [
        ("08:00", "09:00", True), ("09:00", "10:00", False), ("10:10", "11:00", False), ("11:00", "18:00", True),
    ]  # fmt: skip
    assert rules.closest(spots, at("10:30")) == spots[2] and rules.closest(spots, at("23:00")) == spots[3]
    assert rules.closest([], at("10:30")) is None
    assert rules.spots_of("手術室2", there, at("08:00"), at("18:00"))[0].operation is None


def test_snapping_to_five_minutes() -> None:
    for told, meant in (("09:02", "09:00"), ("09:03", "09:05"), ("23:58", "00:00")):
        assert f"{rules.snapped(at(told)):%H:%M}" == meant


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 120), st.integers(1, 40)), max_size=12))
def test_bars_never_lie_on_one_another(days: list[tuple[int, int]]) -> None:
    there = [
        replace(planned(number, "08:00", 5 * length), enter=(enter := at("08:00") + timedelta(minutes=5 * begin)),
                start=enter, end=enter + timedelta(minutes=5 * length))
        for number, (begin, length) in enumerate(days, 1)
    ]  # fmt: skip
    bars = rules.bars_of(there)
    assert sorted(each.operation.id for each in bars) == [each.id for each in there]
    for one in bars:
        assert 0 <= one.at < one.of
        for other in bars:
            if one is not other and together(one.operation, other.operation):
                top, bottom = sorted((one, other), key=lambda bar: bar.at / bar.of)
                assert (top.at + 1) / top.of <= bottom.at / bottom.of + 1e-9


def test_a_state_is_said_in_words_and_by_its_colour() -> None:
    one = planned(1, "09:00", 60)
    states = {
        "planned": one, "urgent": replace(one, urgent=True),
        "overlap": replace(one, urgent=True, overlap_reason="出血"),
        "going": replace(one, state=OperationState.STARTED), "ended": replace(one, state=OperationState.ENDED),
    }  # fmt: skip
    for state, operation in states.items():
        assert rules.bar_state(operation, False) == state
    assert rules.bar_lines(states["overlap"], False)[:2] == ["urgent overlapping", "見本 太郎"]
    assert rules.bar_lines(states["going"], False)[0] == "under operation"
    assert [rules.list_state(each) for each in states.values()] == ["", "look", "look", "", "done"]
    assert rules.list_state(replace(one, state=OperationState.CANCELLED)) == ""


def test_the_history_in_words() -> None:
    change = Change(
        "2026-11-28T09:00:00.000+09:00", "見本", "changed",
        {"side": "R", "assistants": [], "enter": "2026-11-30T09:00"},
        {"side": "L", "assistants": ["例題 二郎"], "enter": "2026-11-30T09:30"}, "左右の誤り",
    )  # fmt: skip
    when, by, what, facts, reason = rules.change_cells(change)
    assert (when, by, what, reason) == ("2026-11-28 09:00", "見本", "altered", "左右の誤り")
    assert facts == "Entering 2026-11-30 09:00→2026-11-30 09:30、Side right→left、Assistants -→例題 二郎"
    texts = {"urgent": True, "sex": "M", "state": "ended", "pathology": False, "order": "call", "remarks": ""}
    assert [rules.fact_text(name, value) for name, value in texts.items()] == [
        "urgent", "male", "operation ended", "not wanted", "on call", "-",
    ]  # fmt: skip
