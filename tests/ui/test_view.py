"""Where a picture lies: what is under a point stays under it, nothing gets lost, turns can be undone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ui.painting import Plate
from kiosk.ui.view import Turn, View

sides = st.integers(1, 5000)
turns = st.builds(Turn, st.integers(0, 3), st.booleans())


@given(sides, sides, st.integers(50, 3000), st.integers(50, 3000), st.floats(0.25, 4))
def test_fitted_it_is_all_in_sight_and_touches_two_sides(
    columns: int, rows: int, width: int, height: int, aspect: float
) -> None:
    view = View(columns, rows, width, height, aspect).fit()
    across, down = columns * view.scale, rows * view.scale * aspect
    assert across <= width + 1 and down <= height + 1
    assert across >= width - 1 or down >= height - 1
    part = view.part()
    if min(across, down) >= 1:
        assert part is not None and part.width <= width and part.height <= height


@given(st.floats(0, 800), st.floats(0, 600), st.floats(0.1, 20))
def test_zooming_keeps_what_is_under_the_pointer(x: float, y: float, scale: float) -> None:
    view = View(2048, 2500, 800, 600).at_scale(1.0)
    place = view.place(x, y)
    zoomed = view.at_scale(scale, x, y)
    after = zoomed.place(x, y)
    if place is not None and after is not None and 2048 * scale > 800 and 2500 * scale > 600:
        tolerance = 1 + 1 / scale
        assert abs(after[0] - place[0]) <= tolerance and abs(after[1] - place[1]) <= tolerance


@given(st.lists(st.tuples(st.floats(-9000, 9000), st.floats(-9000, 9000), st.floats(0.001, 100)), max_size=8))
def test_however_it_is_pushed_something_stays_in_sight(pushes: list[tuple[float, float, float]]) -> None:
    view = View(512, 512, 800, 600).fit()
    for across, down, scale in pushes:
        view = view.moved(across, down).at_scale(scale)
        part = view.part()
        assert part is not None
        left, top, right, bottom = part.box
        assert 0 <= left < right <= 512 and 0 <= top < bottom <= 512
        assert 0 <= part.left and part.left + part.width <= 800 and 0 <= part.top and part.top + part.height <= 600


def test_one_to_one_lies_on_whole_pixels() -> None:
    part = View(2048, 2500, 801, 603).at_scale(1.0).part()
    assert part is not None
    assert all(side == int(side) for side in part.box)
    assert (part.box[2] - part.box[0], part.box[3] - part.box[1]) == (part.width, part.height)


def test_a_fitted_picture_follows_the_pane_and_a_zoomed_one_keeps_its_scale() -> None:
    view = View(1000, 1000, 500, 500).fit()
    assert view.resized(800, 900).scale == pytest.approx(0.8)
    zoomed = view.at_scale(3.0).resized(800, 900)
    assert zoomed.scale == 3.0 and not zoomed.fitted


@given(turns, st.integers(1, 6), st.integers(1, 6), st.data())
def test_a_place_as_seen_is_the_place_as_stored(turn: Turn, rows: int, columns: int, data: st.DataObject) -> None:
    stored = np.arange(rows * columns, dtype=np.uint8).reshape(rows, columns)
    seen = Plate(stored).turned(turn).pixels
    row = data.draw(st.integers(0, seen.shape[0] - 1))
    column = data.draw(st.integers(0, seen.shape[1] - 1))
    assert stored[turn.source(row, column, rows, columns)] == seen[row, column]


@given(turns, st.lists(st.sampled_from(["turn", "flip", "flip upright"]), max_size=6))
def test_turns_and_flips_do_to_the_seen_picture_what_their_names_say(turn: Turn, steps: list[str]) -> None:
    stored = np.arange(12, dtype=np.uint8).reshape(3, 4)
    seen = Plate(stored).turned(turn).pixels
    for step in steps:
        if step == "turn":
            turn, seen = turn.turned(1), np.rot90(seen, -1)
        else:
            upright = step == "flip upright"
            turn, seen = turn.flipped(upright), seen[::-1] if upright else seen[:, ::-1]
        assert np.array_equal(Plate(stored).turned(turn).pixels, seen)
