"""Rooms, scopes and people that several kinds share, and courses through the slots of a day."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.booking import SlotView
from kiosk.core.booking_book import BookingBook, Course, Kind, Part
from kiosk.core.course_booking import placings, seats_together
from kiosk.core.shared_resources import days_around, needs_of, spare

DAY = date(2026, 12, 1)
ABDOMEN = Kind("ABDOMEN", "腹部エコー", minutes=15, capacity=2, needs=("超音波室",))
BREAST = Kind("BREAST", "乳腺エコー", minutes=20, needs=("超音波室",))
GASTRO = Kind("GASTRO", "胃カメラ", minutes=20, capacity=2)
HOLTER = Kind("HOLTER", "ホルター", minutes=20, needs=("装置",), keeps={"装置": 1440})
BOOK = BookingBook(
    kinds={each.code: each for each in (ABDOMEN, BREAST, GASTRO, HOLTER)}, resources={"超音波室": 2, "装置": 1}
)


def slot(number: int, kind: str, at: str, capacity: int = 1, taken: int = 0) -> SlotView:
    return SlotView(number, kind, DAY, time.fromisoformat(at), capacity, taken)


def test_two_rooms_for_two_kinds() -> None:
    needs = needs_of(BOOK, "BREAST")
    booked = [("ABDOMEN", 540), ("ABDOMEN", 555), ("BREAST", 560)]
    assert spare(needs, "BREAST", time(8, 40), booked) == (2, "超音波室")  # over when the first begins
    assert spare(needs, "BREAST", time(9, 0), booked) == (1, "超音波室")  # one after the other, never both
    assert spare(needs, "BREAST", time(9, 15), booked) == (0, "超音波室")
    assert spare(needs, "BREAST", time(9, 40), booked) == (2, "超音波室")
    assert needs_of(BOOK, "GASTRO") == () and spare((), "GASTRO", time(9), booked) == (None, "")


def test_books_of_one_institution_share_what_has_one_name() -> None:
    hospital = Kind("H-US", "病院エコー", minutes=60, needs=("超音波室",))
    beside = BookingBook(kinds={"H-US": hospital}, resources={"超音波室": 2})
    needs = needs_of(BOOK, "ABDOMEN", [beside])
    assert spare(needs, "ABDOMEN", time(9), [("H-US", 530), ("H-US", 540)]) == (0, "超音波室")
    assert needs_of(BOOK, "GONE") == ()


def test_what_is_worn_until_tomorrow_is_away_all_day() -> None:
    needs = needs_of(BOOK, "HOLTER")
    assert spare(needs, "HOLTER", time(13, 30), [("HOLTER", 540)]) == (0, "装置")
    assert spare(needs, "HOLTER", time(8, 30), [("HOLTER", 540 - 1440)]) == (0, "装置")  # put on yesterday at nine
    assert spare(needs, "HOLTER", time(9, 0), [("HOLTER", 540 - 1440)]) == (1, "装置")
    assert spare(needs, "HOLTER", time(13, 30), [("HOLTER", 540 + 1440)]) == (0, "装置")  # it is wanted tomorrow
    assert days_around(needs) == 1
    assert spare(needs, "HOLTER", time(13, 30), []) == (1, "装置")


@given(st.lists(st.tuples(st.sampled_from(["ABDOMEN", "BREAST"]), st.integers(0, 1380)), max_size=12),
       st.integers(0, 1380))  # fmt: skip
def test_the_peak_is_what_counting_every_minute_gives(booked: list[tuple[str, int]], at: int) -> None:
    minutes = {"ABDOMEN": 15, "BREAST": 20}
    most = max(
        sum(begun <= minute < begun + minutes[kind] for kind, begun in booked) for minute in range(at, at + 20)
    )  # fmt: skip
    assert spare(needs_of(BOOK, "BREAST"), "BREAST", time(at // 60, at % 60), booked)[0] == 2 - most


def test_a_course_goes_through_in_order_with_its_gaps() -> None:
    course = Course("DOCK", "ドック", (Part("ABDOMEN"), Part("GASTRO", 5, 60)))
    slots = {
        "ABDOMEN": [slot(1, "ABDOMEN", "08:30"), slot(2, "ABDOMEN", "09:30"), slot(3, "ABDOMEN", "11:00")],
        "GASTRO": [slot(4, "GASTRO", "08:45"), slot(5, "GASTRO", "09:00"), slot(6, "GASTRO", "09:50")],
    }
    ways = [[each.id for each in way] for way in placings(course, BOOK.kinds, slots)]
    assert ways == [[1, 5], [2, 6]]  # 08:45 leaves no gap after 08:30 to 08:45; nothing comes after 11:00
    assert seats_together(course, BOOK.kinds, slots) == 2
    full = {**slots, "GASTRO": [slot(5, "GASTRO", "09:00", 1, 1), slot(6, "GASTRO", "09:50")]}
    assert [[each.id for each in way] for way in placings(course, BOOK.kinds, full)] == [[2, 6]]


@given(st.lists(st.integers(0, 40), max_size=6, unique=True), st.lists(st.integers(0, 40), max_size=6, unique=True))
def test_every_way_keeps_order_and_gaps(first: list[int], second: list[int]) -> None:
    def at(number: int) -> str:
        return f"{(timedelta(hours=8) + timedelta(minutes=15 * number))!s:0>8}"[:5]

    course = Course("C", "C", (Part("ABDOMEN"), Part("GASTRO", 10, 120), Part("BREAST", 0, 600)))
    slots = {
        "ABDOMEN": [slot(100 + each, "ABDOMEN", at(each)) for each in first],
        "GASTRO": [slot(200 + each, "GASTRO", at(each)) for each in second],
        "BREAST": [slot(300 + each, "BREAST", at(each)) for each in first],
    }
    for way in placings(course, BOOK.kinds, slots):
        for part, before, each in zip(course.parts[1:], way, way[1:], strict=False):
            over = before.at.hour * 60 + before.at.minute + BOOK.kinds[before.kind].minutes
            assert part.gap_min <= each.at.hour * 60 + each.at.minute - over <= part.gap_max
