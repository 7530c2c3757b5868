"""The list of date and kind, its order, its window, and the files of the old program."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from kiosk.core.copy_plan import (
    CopyConditions,
    Period,
    Unit,
    expand,
    merged,
    next_unit,
)
from kiosk.core.old_copy_files import read_old_conditions, read_old_results

GOOD = CopyConditions("MAG2", "BUP", (Period("CR", "20100401", "20100430"), Period("CT")))
PRESENT = [("20100402", "CT", 3, 30), ("20100402", "CR", 1, 10), ("20100401", "CT", 2, 20), ("20100501", "CR", 1, 1)]


def test_dates_go_down_and_kinds_across() -> None:
    units = expand(GOOD, PRESENT)
    assert [(each.day, each.kind) for each in units] == [("20100401", "CT"), ("20100402", "CR"), ("20100402", "CT")]
    assert next_unit(units, "") == units[0]
    assert next_unit([replace(units[0], state="F"), *units[1:]], "") == units[1]
    assert next_unit([replace(each, state="F") for each in units], "") is None
    assert len(expand(CopyConditions("a", "b"), PRESENT)) == 4  # no period: everything


def test_one_that_failed_tonight_does_not_hold_up_the_others() -> None:
    units = expand(GOOD, PRESENT)
    units[0] = replace(units[0], error="oh", started_at="2026-11-25T20:05:00")
    assert next_unit(units, "2026-11-25T20:00:00") == units[1]
    assert next_unit(units, "2026-11-26T20:00:00") == units[0]


def test_a_list_made_anew_keeps_what_is_finished_unless_images_came() -> None:
    old = [replace(each, state="F", done_at="x") for each in expand(GOOD, PRESENT)]
    now = merged(old, expand(GOOD, [("20100402", "CT", 4, 40), *PRESENT[1:]]))
    assert [(each.day, each.kind, each.state) for each in now] == [
        ("20100401", "CT", "F"), ("20100402", "CR", "F"), ("20100402", "CT", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"target": "MAG2"}, {"source": ""}, {"start": "23:00", "end": "01:00"}, {"start": "20:00", "end": "24:00"},
        {"start": "20"}, {"end": "20:00"}, {"periods": (Period("CR", "2010-04", ""),)},
        {"periods": (Period("CR", "20100430", "20100401"),)},
    ],
)  # fmt: skip
def test_conditions_that_do_not_fit(changed: dict[str, object]) -> None:
    assert GOOD.wrong() == []
    assert replace(GOOD, **changed).wrong() != []  # type: ignore[arg-type]


def test_the_window() -> None:
    assert GOOD.in_window(datetime(2026, 11, 25, 20, 0))
    assert GOOD.in_window(datetime(2026, 11, 25, 23, 29, 59))
    assert not GOOD.in_window(datetime(2026, 11, 25, 23, 30))
    assert not GOOD.in_window(datetime(2026, 11, 25, 19, 59))
    assert CopyConditions.from_data(GOOD.as_data()) == GOOD


def test_an_old_condition_file_is_read() -> None:
    text = (
        "SourceImage=E:\\DICOM\\IMAGE\r\nTargetImage=\\\\server\\MAG3\\IMAGE\r\nE:\\DB\r\nF:\\DB\r\n"
        "20:00:00\r\nend=23:30\r\nCR,2010/04/01,2010/09/30\r\nCT\t20100401\r\n1\r\n"
    )
    old = read_old_conditions(text)
    assert old.paths == ("E:\\DICOM\\IMAGE", "\\\\server\\MAG3\\IMAGE", "E:\\DB", "F:\\DB")
    assert (old.start, old.end) == ("20:00", "23:30")
    assert old.periods == (Period("CR", "20100401", "20100930"), Period("CT", "20100401", ""))
    assert read_old_conditions("") == read_old_conditions("何か\n")


@pytest.mark.parametrize(
    "text",
    [
        "20100820,CR,F\n20100820,CT,1\n",
        "2010/08/20,F,1\n",
        "検査日,CR,CT\n20100820,F,1\n",
        "date,CT,CR\n20100820,1,F\n",
        "20100820\tF\t1\t\t\n\nend\n",
    ],
)
def test_an_old_result_file_is_read(text: str) -> None:
    assert sorted(read_old_results(text)) == [("20100820", "CR", "F"), ("20100820", "CT", "1")]


def test_a_unit_knows_no_date_for_images_without_one() -> None:
    assert expand(CopyConditions("a", "b", (Period("CR"),)), [("", "CR", 1, 1)]) == [Unit("", "CR", 0, "1", 1, 1)]
    assert expand(CopyConditions("a", "b", (Period("CR", "20100101"),)), [("", "CR", 1, 1)]) == []
