"""A booking's room: what its kind needs, else where its examination is made, else the kind itself."""

from datetime import date, time

import pytest

from kiosk.core.booking import Booker, Booking
from kiosk.core.booking_book import Kind
from kiosk.core.booking_rooms import by_room, is_room, rooms_of

DAY = date(2026, 12, 1)
EXAMINATIONS = {"GASTRO": "内視鏡室", "MAMMO": "乳房撮影室", "DESK": "計測台", "NONE": ""}


@pytest.mark.parametrize(
    "name", ["内視鏡室", "超音波室1", "超音波室１", "CT室(2)", "第2内視鏡室", "Room 3", "処置室B", "採血ブース2"]
)
def test_a_room_is_known_by_its_name(name: str) -> None:
    assert is_room(name)


@pytest.mark.parametrize("name", ["医師", "看護師", "内視鏡スコープ", "室長", "内視鏡室看護師", "roomier", ""])
def test_what_is_no_room(name: str) -> None:
    assert not is_room(name)


def test_a_name_that_the_examination_master_has_for_a_room_is_one() -> None:
    assert not is_room("計測台") and is_room("計測台", EXAMINATIONS.values())
    assert rooms_of(Kind("BODY", "計測", needs=("計測台",)), EXAMINATIONS) == ("計測台",)


def test_needs_come_before_the_examination_and_the_name_is_last() -> None:
    assert rooms_of(Kind("G", "胃カメラ", needs=("医師", "内視鏡室2", "回復室", "内視鏡室2"), examination="GASTRO"),
                    EXAMINATIONS) == ("内視鏡室2", "回復室")  # fmt: skip
    assert rooms_of(Kind("M", "マンモ", needs=("医師",), examination="MAMMO"), EXAMINATIONS) == ("乳房撮影室",)
    assert rooms_of(Kind("N", "保健指導", examination="NONE"), EXAMINATIONS) == ("保健指導",)
    assert rooms_of(Kind("X", ""), {}) == ("X",)


def booking(number: int, kind: str, hour: int, seat: int = 1) -> Booking:
    return Booking(number, number, seat, kind, DAY, time(hour), Booker("1"))


def test_rooms_come_in_the_order_of_the_kinds_and_bookings_by_time() -> None:
    echo, neck = Kind("U", "エコー", needs=("超音波室", "処置室")), Kind("V", "頸部エコー", needs=("超音波室",))
    kinds = {each.code: each for each in (echo, Kind("M", "", examination="MAMMO"), neck)}
    booked = [booking(1, "M", 9), booking(2, "V", 11), booking(3, "U", 11, 2), booking(4, "U", 8)]
    booked.append(booking(5, "GONE", 8))
    found = by_room(booked, kinds, EXAMINATIONS)
    assert {room: [each.id for each in rows] for room, rows in found.items()} == {
        "超音波室": [4, 3, 2], "処置室": [4, 3], "乳房撮影室": [1], "GONE": [5],
    }  # fmt: skip
    assert list(found) == ["超音波室", "処置室", "乳房撮影室", "GONE"]
    assert by_room([], kinds, EXAMINATIONS) == {}
