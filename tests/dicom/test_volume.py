"""A ball in a body of slices stays a ball at its place, in mm, in all three planes; what can't be cut says why."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from kiosk.core.faults import Fault
from kiosk.core.picture import Paint, PictureFacts, Window
from kiosk.core.stack import Stack, stacks_of
from kiosk.core.volume_geometry import AXIAL, CORONAL, HIGHEST, MEAN, PLANES, SAGITTAL, body_of, cut_of, stack_of
from kiosk.dicom.volume import Volume

BALL, RADIUS = np.array((12.0, -30.0, 40.0)), 15.0  # middle in the patient, mm
TURNS = {
    AXIAL: (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    "axial, feet first": (1.0, 0.0, 0.0, 0.0, -1.0, 0.0),
    CORONAL: (1.0, 0.0, 0.0, 0.0, 0.0, -1.0),
    SAGITTAL: (0.0, 1.0, 0.0, 0.0, 0.0, -1.0),
    "oblique": (0.98, 0.199, 0.0, -0.199, 0.98, 0.0),
}


def ball(
    turn: tuple[float, ...], step: float, spacing: tuple[float, float], kind: Any = np.int16, level: int = 0
) -> tuple[Stack, Volume]:
    """A stack about the ball (value 1000 on ``level``), 90 mm each way, as a device would have sent it."""
    row, column = np.array(turn[:3]), np.array(turn[3:])
    normal = np.cross(row, column)
    rows, columns, count = round(90 / spacing[0]), round(90 / spacing[1]), round(90 / step)
    corner = BALL - 0.5 * (row * 88 + column * 86 + normal * 90)
    facts, pixels = [], {}
    for number in range(count):
        place = corner + normal * step * number
        x = np.arange(columns)[None, :, None] * spacing[1] * row
        y = np.arange(rows)[:, None, None] * spacing[0] * column
        inside = np.linalg.norm(place + x + y - BALL, axis=2) <= RADIUS
        pixels[f"s{number}"] = (level + 1000 * inside).astype(kind)
        facts.append(
            PictureFacts(f"s{number}", modality="CT", number=count - number, rows=rows, columns=columns,
                         position=tuple(place), orientation=turn, frame_of_reference="F", spacing_mm=spacing)
        )  # fmt: skip
    (stack,) = stacks_of(facts)
    volume = Volume(body_of(stack))
    paint = Paint(rows, columns, slope=1.0, intercept=-1024.0 - level, unit="HU", low=level, high=level + 1000,
                  windows=(Window(40, 400),))  # fmt: skip
    for number, slide in enumerate(volume.body.slides):
        volume.put(number, pixels[stack.picture(slide).path], paint)
    return stack, volume


@pytest.mark.parametrize("turn", list(TURNS.values()), ids=list(TURNS))
def test_the_ball_is_round_and_where_it_was_in_every_plane(turn: tuple[float, ...]) -> None:
    _, volume = ball(turn, 3.0, (1.0, 0.8))
    for plane in PLANES:
        made, cut = stack_of(volume.body, plane, "cuts:1"), cut_of(volume.body, plane)
        facts = made.pictures[0]
        assert facts.orientation is not None and facts.spacing_mm is not None
        right, below = np.array(facts.orientation[:3]), np.array(facts.orientation[3:])
        if turn is not TURNS["oblique"]:  # the screen: patient's right on the left, front on the left, head up
            assert tuple(right + 0.0) == ((0, 1, 0) if plane == SAGITTAL else (1, 0, 0))
            assert tuple(below + 0.0) == ((0, 1, 0) if plane == AXIAL else (0, 0, -1))
        seen, middles, widths, heights = 0, [], [], []
        for frame in range(len(made)):
            pixels, paint = volume.cut(cut, frame)
            assert pixels.shape == (facts.rows, facts.columns) == (paint.rows, paint.columns)
            assert paint.aspect == pytest.approx(facts.spacing_mm[0] / facts.spacing_mm[1])
            assert paint.spacing_mm == facts.spacing_mm and paint.spacing_source == "patient"
            places = np.argwhere(pixels == 1000)
            seen += len(places)
            if len(places):
                rows, columns = places.mean(0) * facts.spacing_mm
                middles.append((np.array(facts.frame_positions[frame]) + right * columns + below * rows, len(places)))
                spread = (places.max(0) - places.min(0) + 1) * facts.spacing_mm
                heights.append(spread[0])
                widths.append(spread[1])
        assert seen == int((volume.voxels == 1000).sum()), "every voxel of the ball is in one cut"
        middle = sum(np.array(place) * count for place, count in middles) / seen
        np.testing.assert_allclose(middle, BALL, atol=0.3)
        assert max(widths) == pytest.approx(2 * RADIUS, abs=3.1) == max(heights), "round in mm, whatever the voxels"


def test_slabs_take_the_highest_or_the_mean_over_their_thickness() -> None:
    _, volume = ball(TURNS[AXIAL], 3.0, (1.0, 1.0), np.uint16, level=40000)
    body, cut = volume.body, cut_of(volume.body, CORONAL)
    beside = next(frame for frame in range(body.shape[1]) if volume.cut(cut, frame)[0].max() == 41000 - 32768) - 6
    thin, paint = volume.cut(cut, beside)
    assert thin.max() * paint.slope + paint.intercept == -1024.0, "16 bits without a sign keep their HU"
    assert (paint.low, paint.high) == (40000 - 32768, 41000 - 32768)
    thick, _ = volume.cut(cut, beside, HIGHEST, 20.0)
    assert thick.max() * paint.slope + paint.intercept == -24.0, "the ball reaches into the slab"
    mean, _ = volume.cut(cut, beside, MEAN, 20.0)
    assert thin.max() < mean.max() < thick.max()
    volume.cut(cut, 0, MEAN, 1e6)  # never beyond the body
    made = stack_of(body, CORONAL, "cuts:1", HIGHEST, 20.0)
    assert made.title == "coronal cut MIP 20 mm" and made.pictures[0].stamp == "coronal mip 20"


def refusal(change: Any) -> str:
    facts = [
        PictureFacts(f"s{n}", modality="CT", number=n, rows=9, columns=9, position=(0.0, 0.0, 2.0 * n),
                     orientation=TURNS[AXIAL], spacing_mm=(1.0, 1.0))
        for n in range(20)
    ]  # fmt: skip
    pictures = tuple(itertools.chain.from_iterable(change(each) for each in facts))
    stack = Stack("", "CT", pictures, tuple((n, 0) for n in range(len(pictures))), "place")
    with pytest.raises(Fault) as told:
        body_of(stack)
    return told.value.told()


def test_what_cannot_be_cut_says_why() -> None:
    from dataclasses import replace

    def moved(facts: PictureFacts, **to: float) -> PictureFacts:
        assert facts.position is not None
        x, y, z = facts.position
        return replace(facts, position=(x, y + to.get("y", 0.0), z + to.get("z", 0.0)))

    assert "2.00 to 4.00 mm" in refusal(lambda each: [] if each.number == 7 else [each]), "a slice is missing"
    tilt = math.tan(math.radians(15))
    assert "15°" in refusal(lambda each: [moved(each, y=2.0 * each.number * tilt)])
    assert "one place" in refusal(lambda each: [each, each])
    assert "don't say where" in refusal(lambda each: [replace(each, position=None)])
    assert "differ in size" in refusal(lambda each: [replace(each, rows=9 + each.number // 19)])
    assert "at least" in refusal(lambda each: [each] if each.number < 3 else [])
