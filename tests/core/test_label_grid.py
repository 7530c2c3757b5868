"""Labels lie where the sheet has them, and a grid that no sheet can have is refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.label_grid import A4_HEIGHT_MM, A4_WIDTH_MM, LabelGrid, Place, WrongGrid, WrongStart, places


def test_labels_go_row_by_row_and_over_the_sheets() -> None:
    found = list(places(LabelGrid(), 26))
    assert found[0] == Place(0, 6.0, 12.9) and found[1].x_mm == 72.0 and found[3] == Place(0, 6.0, 12.9 + 33.9)
    assert found[24] == Place(1, 6.0, 12.9)


def test_a_sheet_that_was_begun_is_used_up() -> None:
    found = list(places(LabelGrid(), 2, start=24))
    assert [each.sheet for each in found] == [0, 1] and found[0].x_mm == 138.0


@given(count=st.integers(0, 100), start=st.integers(1, 24))
def test_no_place_is_used_twice_and_none_is_off_the_sheet(count: int, start: int) -> None:
    grid = LabelGrid()
    found = list(places(grid, count, start))
    assert len(set(found)) == count
    assert all(each.x_mm + grid.wide_mm <= A4_WIDTH_MM and each.y_mm + grid.high_mm <= A4_HEIGHT_MM for each in found)


@pytest.mark.parametrize("start", [0, -1, 25])
def test_a_sheet_has_no_such_label(start: int) -> None:
    with pytest.raises(WrongStart):
        list(places(LabelGrid(), 1, start))


@pytest.mark.parametrize("wrong", [
    {"columns": 0}, {"rows": -1}, {"columns": 4}, {"rows": 9}, {"pitch_x_mm": 0.0}, {"pitch_y_mm": -3.0},
    {"left_mm": -1.0}, {"width_mm": 67.0}, {"height_mm": 34.5}, {"padding_mm": 20.0}, {"top_mm": 40.0},
])  # fmt: skip
def test_a_grid_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(WrongGrid):
        list(places(replace(LabelGrid(), **wrong), 1))
