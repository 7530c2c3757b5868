"""Slots from masters: patterns, calendar, block-outs; a plan that loses no booking and comes to rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.booking_book import BookingBook, WrongMaster, read_booking_book
from kiosk.core.slot_making import Key, Plan, Slot, Standing, plan, wanted_slots
from kiosk.store.masters import default_master

MONDAY = date(2026, 11, 23)  # a public holiday
TUESDAY = MONDAY + timedelta(days=1)
SUNDAY = date(2026, 11, 29)


def holiday(day: date) -> str:
    return "勤労感謝の日" if day == MONDAY else ""


def book(**more: Any) -> BookingBook:
    told: dict[str, Any] = {
        "kind": [
            {"code": "GASTRO", "name": "胃カメラ", "minutes": 20, "capacity": 2, "needs": ["scope"]},
            {"code": "US", "name": "腹部エコー", "minutes": 15},
        ],
        "pattern": [
            {"kind": "GASTRO", "weekdays": [0, 1, 2, 3, 4, 5, 6], "times": ["09:00", "11:50"]},
            {"kind": "US", "weekdays": [1], "times": ["09:00"], "capacity": 3},
        ],
    }
    return read_booking_book({**told, **more})


def keys(made: dict[Key, Slot]) -> list[str]:
    return [f"{each.kind} {each.day:%m%d} {each.at:%H%M} {each.capacity}" for each in made.values()]


def test_patterns_by_weekday_with_the_kinds_capacity_or_their_own() -> None:
    assert keys(wanted_slots(book(), TUESDAY, TUESDAY, holiday)) == [
        "GASTRO 1124 0900 2", "GASTRO 1124 1150 2", "US 1124 0900 3",
    ]  # fmt: skip
    assert keys(wanted_slots(book(), TUESDAY, TUESDAY, holiday, ["US"])) == ["US 1124 0900 3"]


def test_holidays_and_closing_days_have_none_and_extra_days_have() -> None:
    assert wanted_slots(book(), MONDAY, MONDAY, holiday) == {} == wanted_slots(book(), SUNDAY, SUNDAY, holiday)
    extra = book(day=[{"day": "2026-11-29", "state": "extra"}, {"day": "2026-11-24", "state": "closed"}])
    assert len(wanted_slots(extra, SUNDAY, SUNDAY, holiday)) == 2 and not wanted_slots(extra, TUESDAY, TUESDAY, holiday)


def test_a_half_day_ends_what_would_reach_beyond_it() -> None:
    half = book(day=[{"day": "2026-11-24", "state": "half", "until": "12:00"}])
    assert keys(wanted_slots(half, TUESDAY, TUESDAY, holiday)) == ["GASTRO 1124 0900 2", "US 1124 0900 3"]


def test_block_outs_of_a_kind_of_a_resource_and_of_everything() -> None:
    day = {"since": "2026-11-24", "until": "2026-11-24"}
    made = lambda block: keys(wanted_slots(book(block=[{**day, **block}]), TUESDAY, TUESDAY, holiday))  # noqa: E731
    assert made({"kind": "US"}) == ["GASTRO 1124 0900 2", "GASTRO 1124 1150 2"]
    assert made({"resource": "scope", "first": "10:00"}) == ["GASTRO 1124 0900 2", "US 1124 0900 3"]
    assert made({}) == []


def test_validity_and_weeks_of_the_month_and_the_later_pattern_holds() -> None:
    patterns = [
        {"kind": "US", "weekdays": [1], "times": ["09:00"], "capacity": 1},
        {"kind": "US", "weekdays": [1], "times": ["09:00"], "capacity": 5, "since": "2026-12-01"},
        {"kind": "US", "weekdays": [1], "times": ["10:00"], "until": "2026-11-30", "weeks": [4]},
    ]
    made = keys(wanted_slots(book(pattern=patterns), date(2026, 11, 17), date(2026, 12, 1), holiday))
    assert made == ["US 1117 0900 1", "US 1124 0900 1", "US 1124 1000 1", "US 1201 0900 5"]


@pytest.mark.parametrize(
    "more",
    [
        {"pattern": [{"kind": "NONE", "weekdays": [1], "times": ["09:00"]}]},
        {"pattern": [{"kind": "US", "weekdays": [7], "times": ["09:00"]}]},
        {"pattern": [{"kind": "US", "weekdays": [1], "times": ["25:00"]}]},
        {"kind": [{"code": "A", "name": "a", "minutes": 0}]},
        {"kind": [{"code": "A", "name": "a", "exclusive": ["B"]}]},
        {"kind": [{"code": "A", "name": "a"}, {"code": "A", "name": "b"}]}, {"kind": [{"code": "A", "colur": "x"}]},
        {"day": [{"day": "2026-11-24", "state": "half"}]}, {"block": [{"since": "2026-11-24", "until": "2026-11-01"}]},
        {"course": [{"code": "D", "parts": [{"kind": "NONE"}]}]}, {"course": [{"code": "D", "parts": []}]},
    ],
)  # fmt: skip
def test_masters_that_make_no_sense_are_named(more: dict[str, Any]) -> None:
    with pytest.raises(WrongMaster):
        book(**more)


def test_the_shipped_masters_make_a_year_of_thirteen_kinds() -> None:
    shipped = read_booking_book(default_master("reservations"))
    assert len(shipped.kinds) == 13 and "DOCK" in shipped.courses
    made = wanted_slots(shipped, date(2026, 4, 1), date(2027, 3, 31), holiday)
    assert len(made) > 10_000 and {each.kind for each in made.values()} == set(shipped.kinds)


def carried_out(done: Plan, standing: list[Standing]) -> list[Standing]:
    """What stands after the plan was done."""
    there = {each.slot.key: each for each in standing}
    for slot in (*done.add, *done.resize, *done.reopen):
        before = there.get(slot.key)
        there[slot.key] = Standing(slot, before.taken if before else 0, False)
    for slot in done.remove:
        del there[slot.key]
    for each in done.conflicts:
        there[each.slot.key] = replace(each, closed=True)
    return list(there.values())


SLOTS = st.builds(
    Slot, st.sampled_from(["A", "B"]), st.dates(date(2026, 11, 1), date(2026, 11, 4)),
    st.sampled_from([time(9), time(10), time(11)]), st.integers(1, 3),
)  # fmt: skip
STANDING = st.lists(
    st.builds(Standing, SLOTS, st.integers(0, 3), st.booleans(), st.booleans()), max_size=12,
    unique_by=lambda each: each.slot.key,
)  # fmt: skip


@given(st.lists(SLOTS, max_size=12), STANDING)
def test_making_twice_is_making_once_and_no_booking_is_lost(wanted: list[Slot], standing: list[Standing]) -> None:
    goal = {each.key: each for each in wanted}
    first = plan(goal, standing)
    after = carried_out(first, standing)
    assert plan(goal, after).nothing
    lost = {each.slot.key for each in standing if each.taken} - {each.slot.key for each in after}
    assert lost == set() and not any(each.slot in first.remove for each in standing if each.taken or each.by_hand)
    by_hand = {each.slot.key: each for each in standing if each.by_hand}
    assert all(each in after for each in by_hand.values())  # an exception for one day stays
