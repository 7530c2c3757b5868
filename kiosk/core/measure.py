"""Measuring in a picture: length, angle, mean of a region, heart against chest; millimetres only where they are known.

Points are (row, column) in picture pixels as stored, fractions allowed; (0.0, 0.0) is the upper left corner of the
first pixel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

from kiosk.core.picture import Paint
from kiosk.core.words import N_, Sentence, say

Point = tuple[float, float]

POINTS = {"length": 2, "angle": 3, "region": 2, "ratio": 4}  # how many points each kind has
IN_THE_PATIENT = ("patient", "region")  # sources of spacing that hold where the patient is


@dataclass(frozen=True)
class Measure:
    """One measurement. ``angle``: its vertex is the second point; ``region``: two corners of the box of an ellipse;
    ``ratio``: heart from and to, then chest from and to, compared along the row.
    """

    kind: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class RegionValues:
    """Real-world values inside a region."""

    count: int
    mean: float
    deviation: float
    low: float
    high: float
    unit: str = ""


def length_px(one: Point, other: Point, aspect: float = 1.0) -> float:
    """In widths of a pixel; ``aspect`` is a pixel's height over its width."""
    return math.hypot((other[0] - one[0]) * aspect, other[1] - one[1])


def length_mm(one: Point, other: Point, spacing: tuple[float, float]) -> float:
    """``spacing``: between rows, between columns (PS3.3 10.7.1.3)."""
    return math.hypot((other[0] - one[0]) * spacing[0], (other[1] - one[1]) * spacing[1])


def angle_degrees(one: Point, vertex: Point, other: Point, aspect: float = 1.0) -> float:
    """Between 0 and 180; 0 where two of the points are one."""
    first = ((one[0] - vertex[0]) * aspect, one[1] - vertex[1])
    second = ((other[0] - vertex[0]) * aspect, other[1] - vertex[1])
    if not math.hypot(*first) or not math.hypot(*second):
        return 0.0
    crossed = first[0] * second[1] - first[1] * second[0]
    return abs(math.degrees(math.atan2(crossed, first[0] * second[0] + first[1] * second[1])))


def ratio_percent(points: Sequence[Point]) -> float | None:
    """Width of the heart over that of the chest (心胸比), along the row; None where the chest has no width."""
    heart, chest = abs(points[1][1] - points[0][1]), abs(points[3][1] - points[2][1])
    return 100 * heart / chest if chest else None


def region_values(values: Sequence[float], unit: str = "") -> RegionValues | None:
    """Of the values inside; None for an empty region."""
    if not values:
        return None
    return RegionValues(len(values), fmean(values), pstdev(values), min(values), max(values), unit)


def words_of(measure: Measure, paint: Paint, inside: RegionValues | None = None) -> str:
    """What stands beside it. Lengths are in mm only where the header says what a pixel is in the patient; at the
    detector they are told as such, beside the pixels.
    """
    points = measure.points
    if measure.kind == "length":
        return _length_words(points[0], points[1], paint)
    if measure.kind == "angle":
        return f"{angle_degrees(points[0], points[1], points[2], _aspect(paint)):.1f}°"
    if measure.kind == "ratio":
        ratio = ratio_percent(points)
        return "" if ratio is None else say(Sentence(N_("CTR {ratio} %"), {"ratio": f"{ratio:.1f}"}))
    if inside is None:
        return ""
    values = {
        "mean": f"{inside.mean:.1f}", "sd": f"{inside.deviation:.1f}", "low": _figure(inside.low),
        "high": _figure(inside.high), "unit": inside.unit, "n": inside.count,
    }  # fmt: skip
    told = say(Sentence(N_("mean {mean} {unit}  SD {sd}\n{low} to {high}  {n} pixels"), values))
    area = _area_words(measure, paint)
    return f"{told}\n{area}" if area else told


def _length_words(one: Point, other: Point, paint: Paint) -> str:
    pixels = f"{length_px(one, other, _aspect(paint)):.1f} px"
    if paint.spacing_mm is None:
        return pixels
    millimetres = f"{length_mm(one, other, paint.spacing_mm):.1f} mm"
    if paint.spacing_source in IN_THE_PATIENT:
        return millimetres
    if paint.spacing_source == "detector":
        return say(Sentence(N_("{pixels} ({mm} at the detector)"), {"pixels": pixels, "mm": millimetres}))
    return pixels


def _area_words(measure: Measure, paint: Paint) -> str:
    if paint.spacing_mm is None or paint.spacing_source not in IN_THE_PATIENT:
        return ""
    (top, left), (bottom, right) = measure.points
    high, wide = abs(bottom - top) * paint.spacing_mm[0], abs(right - left) * paint.spacing_mm[1]
    return f"{math.pi / 4 * high * wide / 100:.2f} cm²"


def _aspect(paint: Paint) -> float:
    return paint.aspect if paint.aspect > 0 else 1.0


def _figure(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"
