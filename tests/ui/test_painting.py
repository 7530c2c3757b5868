"""Shades follow the formulas of the standard, for every depth of pixels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.picture import Curve, Paint, Window
from kiosk.ui import painting
from kiosk.ui.view import View


def by_the_book(value: float, window: Window) -> float:
    """PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2, word for word, with 0 and 255."""
    c, w = window.centre, window.width
    if window.shape == "SIGMOID":
        return 255 / (1 + math.exp(min(700, -4 * (value - c) / w)))
    if window.shape == "LINEAR_EXACT":
        if value <= c - w / 2:
            return 0
        return 255 if value > c + w / 2 else ((value - c) / w + 0.5) * 255
    if value <= c - 0.5 - (w - 1) / 2:
        return 0
    return 255 if value > c - 0.5 + (w - 1) / 2 else ((value - (c - 0.5)) / (w - 1) + 0.5) * 255


@given(
    st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
    st.floats(-1000, 3000),
    st.floats(1, 4000),
    st.lists(st.integers(-2000, 4000), min_size=1, max_size=20),
)
def test_windows_are_those_of_the_standard(shape: str, centre: float, width: float, values: list[int]) -> None:
    window = Window(centre, width, shape=shape)
    shades = painting.windowed(np.array(values, dtype=float), window)
    for value, shade in zip(values, shades, strict=True):
        assert abs(int(shade) - by_the_book(value, window)) <= 0.5 + 1e-6


def test_values_outside_the_window_do_not_fold_back() -> None:
    shades = painting.windowed(np.array([-32768.0, 0, 200, 500, 65535]), Window(300, 200))
    assert list(shades[[0, 1]]) == [0, 0] and list(shades[[3, 4]]) == [255, 255]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64", "bool"])
def test_every_depth_is_painted_by_its_stored_values(dtype: str) -> None:
    kind = np.dtype(dtype)
    if dtype == "bool":
        pixels = np.array([[False, True]])
    elif kind.kind == "f":
        pixels = np.array([[-3.5, 0, 1e3, 4e6]], dtype=kind)
    else:
        info = np.iinfo(kind)
        pixels = np.array([[info.min, 0, 100, info.max]], dtype=kind)
    plate = painting.plate_of(pixels)
    span = float(pixels.max()) - float(pixels.min())
    for at, stored in enumerate(pixels[0]):
        value = plate.value(0, at)
        assert isinstance(value, float) and value == pytest.approx(float(stored), abs=span / 65535)
    paint = painting.paint_of(plate)
    shades = painting.table_of(plate, paint, painting.first_window(paint)).take(plate.pixels)[0]
    assert list(shades) == sorted(shades) and shades[0] <= 1
    if dtype != "bool":
        assert shades[-1] >= 254


def test_pixels_that_are_no_number_are_painted_all_the_same() -> None:
    plate = painting.plate_of(np.array([[np.nan, np.inf, -np.inf, 1.0]]))
    painting.table_of(plate, painting.paint_of(plate), painting.first_window(painting.paint_of(plate)))


@pytest.mark.parametrize("shape", [(0, 5), (5,), (2, 2, 2, 3), (2, 2, 4)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        painting.plate_of(np.zeros(shape, np.uint8))


def test_slope_and_intercept_make_hounsfield_units_and_monochrome1_is_inverted() -> None:
    plate = painting.plate_of(np.array([[0, 1024, 1424]], np.uint16))
    paint = Paint(1, 3, slope=1, intercept=-1024, windows=(Window(40, 400),))
    table = painting.table_of(plate, paint, paint.windows[0])
    assert list(table[[0, 1424]]) == [0, 255] and 100 <= table[1024] <= 104
    turned = painting.table_of(plate, Paint(1, 3, intercept=-1024, inverted=True), Window(40, 400))
    assert np.array_equal(turned, 255 - table)
    assert np.array_equal(
        painting.table_of(plate, Paint(1, 3, intercept=-1024, inverted=True), Window(40, 400), True), table
    )


def test_padding_is_black_inverted_or_not() -> None:
    plate = painting.plate_of(np.array([[-2000, 0, 500]], np.int16))
    paint = Paint(1, 3, padding=(-2000, -2000), windows=(Window(0, 1000),))
    for inverted in (False, True):
        assert painting.table_of(plate, paint, paint.windows[0], inverted).take(plate.pixels)[0, 0] == 0


def test_a_curve_holds_at_its_ends() -> None:
    plate = painting.plate_of(np.array([[0, 100, 101, 102, 9000]], np.uint16))
    curve = Curve(100, bytes([10, 20, 30]))
    assert list(painting.table_of(plate, Paint(1, 5), curve).take(plate.pixels)[0]) == [10, 10, 20, 30, 30]
    assert not painting.table_of(plate, Paint(1, 5), Curve(0, b"")).any()


@pytest.mark.parametrize("dtype, top", [("uint8", 255), ("uint16", 65535), ("int16", 32767)])
def test_making_smaller_averages_so_that_a_fine_line_does_not_vanish(dtype: str, top: int) -> None:
    pixels = np.zeros((1000, 1000), dtype)
    pixels[:, 501] = top  # one column
    plate = painting.plate_of(pixels)
    part = View(1000, 1000, 100, 100).fit().part()
    assert part is not None
    small = plate.first + painting.scaled(plate, part).astype(float)
    assert small.shape == (100, 100)
    assert small[:, 50].min() == pytest.approx(top / 10, rel=0.02) and small[:, 49].max() == 0


def test_enlarged_far_pixels_are_squares() -> None:
    plate = painting.plate_of(np.array([[0, 255], [255, 0]], np.uint8))
    part = View(2, 2, 100, 100).fit().part()
    assert part is not None
    assert set(np.unique(painting.scaled(plate, part))) == {0, 255}


def test_colour_stays_colour() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[..., 0] = 200
    plate = painting.plate_of(pixels)
    part = View(40, 40, 10, 10).fit().part()
    assert part is not None
    assert (painting.scaled(plate, part) == (200, 0, 0)).all() and plate.value(3, 3) == (200, 0, 0)
