"""Reserve, days left, and the hours of the night."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from kiosk.core.disks import DiskLine, Night, days_left, reserve_of
from kiosk.core.image_kinds import IMAGE_KINDS, OF_MODALITY
from kiosk.store.masters import default_master

TODAY = date(2026, 11, 25)


def history(*free: int, total: int = 1000) -> list[tuple[str, int, int]]:
    days = [TODAY - timedelta(days=len(free) - at) for at in range(len(free))]
    return [(day.isoformat(), each, total) for day, each in zip(days, free, strict=True)]


def test_the_reserve_is_whichever_is_more() -> None:
    assert reserve_of(1000, 50, 0.1) == 100 and reserve_of(1000, 90, 0.01) == 90
    assert reserve_of(1000, 150, 0.01) == 100, "a small disk is not all reserve"


def test_days_left_by_what_was_taken() -> None:
    assert days_left(history(900, 890, 880), 870, 70, TODAY) == 80
    assert days_left(history(900, 950), 960, 70, TODAY) is None, "it does not shrink"
    assert days_left([], 870, 70, TODAY) is None
    assert days_left([(TODAY.isoformat(), 900, 1000)], 870, 70, TODAY) is None, "a day is too short to tell"
    assert days_left(history(900, 100), 60, 70, TODAY) == 0


def test_a_disk_that_was_exchanged_begins_anew() -> None:
    before = [((TODAY - timedelta(days=9)).isoformat(), 10, 500)]
    assert days_left([*before, *history(900, 890)], 880, 80, TODAY) == 80
    old = [((TODAY - timedelta(days=60)).isoformat(), 1000, 1000)]
    assert days_left([*old, *history(900, 890)], 880, 80, TODAY) == 80, "longer than thirty days ago says nothing"


def test_nearly_full_is_said_before_the_reserve() -> None:
    gb = 1_000_000_000
    assert not DiskLine("MAG1", free=500 * gb, total=4000 * gb, reserve=40 * gb).little_room
    assert DiskLine("MAG1", free=399 * gb, total=4000 * gb, reserve=40 * gb).little_room, "below a tenth"
    assert DiskLine("MAG1", free=41 * gb, total=100 * gb, reserve=40 * gb).little_room, "below 2 GB above its reserve"
    assert not DiskLine("MAG1").little_room


@pytest.mark.parametrize(
    ("clock", "holds", "starts", "named"),
    [("19:59", False, "25T20:00", "24"), ("20:00", True, "25T20:00", "25"), ("23:30", False, "26T20:00", "25")],
)
def test_a_night_before_midnight(clock: str, holds: bool, starts: str, named: str) -> None:
    now = datetime.fromisoformat(f"2026-11-25T{clock}")
    night = Night("20:00", "23:30")
    assert night.holds(now) is holds
    assert night.next(now).isoformat(timespec="minutes") == f"2026-11-{starts}"
    assert night.named(now) == f"2026-11-{named}"


def test_a_night_that_passes_midnight_has_one_name() -> None:
    night = Night("22:00", "05:00")
    late, early = datetime(2026, 11, 25, 23), datetime(2026, 11, 26, 4, 59)
    assert night.holds(late) and night.holds(early) and not night.holds(datetime(2026, 11, 26, 5))
    assert night.named(late) == night.named(early) == "2026-11-25"
    assert not Night("25:00", "x").holds(late)


def test_the_shipped_master_is_what_the_program_falls_back_to() -> None:
    shipped = default_master("image_kinds")["kind_of"]
    assert shipped == OF_MODALITY and set(shipped.values()) <= set(IMAGE_KINDS)
