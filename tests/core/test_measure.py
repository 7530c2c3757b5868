"""Measuring in a picture: plain geometry, and millimetres only where they are known."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.measure import (
    Measure,
    angle_degrees,
    length_mm,
    length_px,
    ratio_percent,
    region_values,
    words_of,
)
from kiosk.core.picture import Paint

PAINT = Paint(100, 100)
points = st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000))


def test_lengths_follow_the_spacing_of_rows_and_columns() -> None:
    assert length_mm((0, 0), (3, 4), (1.0, 1.0)) == 5.0
    assert length_mm((0, 0), (10, 0), (0.5, 0.2)) == 5.0 and length_mm((0, 0), (0, 10), (0.5, 0.2)) == 2.0
    assert length_px((0, 0), (10, 0), aspect=2.0) == 20.0


@given(points, points, points)
def test_an_angle_is_the_same_from_either_side(one: tuple[float, float], vertex: tuple[float, float],
                                               other: tuple[float, float]) -> None:  # fmt: skip
    found = angle_degrees(one, vertex, other)
    assert 0.0 <= found <= 180.0 and found == pytest.approx(angle_degrees(other, vertex, one))


def test_angles_that_everybody_knows() -> None:
    assert angle_degrees((0, 1), (0, 0), (1, 0)) == pytest.approx(90)
    assert angle_degrees((0, 1), (0, 0), (0, 5)) == 0 and angle_degrees((0, 1), (0, 0), (0, -2)) == pytest.approx(180)
    assert angle_degrees((1, 1), (0, 0), (0, 1), aspect=math.sqrt(3)) == pytest.approx(60)
    assert angle_degrees((0, 0), (0, 0), (0, 1)) == 0


def test_heart_against_chest() -> None:
    assert ratio_percent([(50, 20), (60, 70), (80, 0), (81, 100)]) == 50.0
    assert ratio_percent([(0, 1), (0, 2), (0, 5), (9, 5)]) is None
    assert words_of(Measure("ratio", ((0, 0), (0, 48), (0, 0), (0, 100))), PAINT) == "CTR 48.0 %"


@pytest.mark.parametrize(
    ("source", "told"),
    [("patient", "5.0 mm"), ("region", "5.0 mm"), ("film", "50.0 px"), ("", "50.0 px"),
     ("detector", "50.0 px (5.0 mm at the detector)")],
)  # fmt: skip
def test_millimetres_only_where_a_calibration_stands(source: str, told: str) -> None:
    paint = replace(PAINT, spacing_mm=(0.1, 0.1), spacing_source=source)
    assert words_of(Measure("length", ((0, 0), (30, 40))), paint) == told
    assert words_of(Measure("length", ((0, 0), (30, 40))), PAINT) == "50.0 px"


def test_a_region_tells_mean_and_deviation() -> None:
    inside = region_values([1, 2, 3, 4], "HU")
    assert inside is not None and (inside.mean, inside.low, inside.high, inside.count) == (2.5, 1, 4, 4)
    assert inside.deviation == pytest.approx(1.118, abs=1e-3) and region_values([]) is None
    calibrated = replace(PAINT, spacing_mm=(1.0, 1.0), spacing_source="patient")
    words = words_of(Measure("region", ((0, 0), (20, 10))), calibrated, inside)
    assert words == "mean 2.5 HU  SD 1.1\n1 to 4  4 pixels\n1.57 cm²"
    assert "cm²" not in words_of(Measure("region", ((0, 0), (20, 10))), PAINT, inside)
