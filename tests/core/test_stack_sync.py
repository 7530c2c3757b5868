"""Two stacks leafed together: by place, by a fixed offset, picture by picture; reversed, tilted, of other thickness."""

from __future__ import annotations

import math
from typing import Any

import pytest

from kiosk.core.picture import PictureFacts
from kiosk.core.stack import Stack, stacks_of
from kiosk.core.stack_sync import APART, FIXED, PLACE, SLIDES, STOOD, Link, Offsets, cut_line, row_of

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
UPSIDE_DOWN = (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)  # its normal points to the feet


def tilted(degrees: float) -> tuple[float, ...]:
    turn = math.radians(degrees)
    return (1.0, 0.0, 0.0, 0.0, math.cos(turn), math.sin(turn))


def stack(name: str, zs: list[float], turn: Any = AXIAL, frame: str = "F", study: str = "today", **more: Any) -> Stack:
    facts = [
        PictureFacts(
            f"{name}{number}", study_uid=study, series_uid=name, modality="CT", number=number, rows=100, columns=100,
            position=(0.0, 0.0, z), orientation=turn, frame_of_reference=frame, spacing_mm=(1.0, 1.0), **more,
        )
        for number, z in enumerate(zs)
    ]  # fmt: skip
    (made,) = stacks_of(facts)
    return made


def z_of(made: Stack, slide: int) -> float:
    position = made.picture(slide).position
    assert position is not None
    return position[2]


def test_the_nearest_slice_of_another_thickness_is_shown() -> None:
    thin, thick = stack("a", [float(z) for z in range(100)]), stack("b", [5.0 * n + 2 for n in range(20)])
    link = Link(thin, thick, Offsets(), (0, 0))
    assert link.kind == PLACE
    for at in range(100):
        followed = link.follow(at)
        assert followed is not None and followed.off_mm is not None
        nearest = min(range(20), key=lambda n: abs(z_of(thick, n) - at))
        assert followed.slide == nearest and followed.off_mm == pytest.approx(abs(z_of(thick, nearest) - at))
    assert link.follow(99).beyond is False  # type: ignore[union-attr]
    far = Link(stack("a", [0.0, 200.0]), thick, Offsets(), (0, 0)).follow(1)
    assert far is not None and far.beyond and far.slide == 19


def test_a_stack_the_other_way_round_and_one_with_a_turned_normal_are_followed_by_place() -> None:
    zs = [4.0 * n for n in range(30)]
    one = stack("a", zs)
    for other in (stack("b", zs[::-1]), stack("c", zs, UPSIDE_DOWN)):
        link = Link(one, other, Offsets(), (3, 20))
        assert link.kind == PLACE
        assert [z_of(other, link.follow(at).slide) for at in range(30)] == [z_of(one, at) for at in range(30)]  # type: ignore[union-attr]


def test_one_gantry_tilt_is_one_direction_and_a_few_degrees_less_still_are() -> None:
    zs = [5.0 * n for n in range(24)]
    one = stack("a", zs, tilted(18))
    assert [Link(one, stack("b", zs, tilted(18)), Offsets(), (0, 0)).follow(at).slide for at in range(24)] == list(  # type: ignore[union-attr]
        range(24)
    )
    nearly = Link(one, stack("b", zs, tilted(12)), Offsets(), (0, 0)).follow(10)
    assert nearly is not None and abs(nearly.slide - 10) <= 1, "the middle of the picture counts, not its corner"
    assert Link(one, stack("b", zs), Offsets(), (0, 0)).kind == APART


def test_last_year_follows_by_the_offset_that_was_fixed_whatever_the_series() -> None:
    today, today_thin = stack("a", [5.0 * n for n in range(40)]), stack("t", [1.0 * n for n in range(200)])
    last = stack("b", [-300 + 5.0 * n for n in range(40)], frame="G", study="last")
    last_reversed = stack("r", [-100.0 - 2 * n for n in range(100)], UPSIDE_DOWN, frame="G", study="last")
    offsets = Offsets()
    assert Link(today, last, offsets, (10, 12)).kind == STOOD
    assert Link(today, last, offsets, (10, 12)).follow(20).slide == 22  # type: ignore[union-attr]
    one, other = row_of(today), row_of(last)
    assert one is not None and other is not None
    offsets.fix(one, 10, other, 12)  # z 50 of today is z -240 of last year
    for here, there in ((today, last), (today_thin, last_reversed), (last, today), (last_reversed, today_thin)):
        link = Link(here, there, offsets, (0, 0))
        assert link.kind == FIXED
        for at in range(0, len(here), 7):
            wanted = z_of(here, at) + (-290 if here in (today, today_thin) else 290)
            followed = link.follow(at)
            assert followed is not None and followed.off_mm is not None
            assert abs(z_of(there, followed.slide) - wanted) == pytest.approx(followed.off_mm)
            assert followed.beyond or followed.off_mm <= 2.5


def test_without_places_picture_by_picture_and_other_directions_stand_apart() -> None:
    (photos,) = stacks_of([PictureFacts(f"p{n}", number=n, series_uid="p") for n in range(10)])
    link = Link(stack("a", [1.0 * n for n in range(50)]), photos, Offsets(), (20, 2))
    assert link.kind == SLIDES
    assert [link.follow(at).slide for at in (20, 23, 0, 49)] == [2, 5, 0, 9]  # type: ignore[union-attr]
    apart = Link(stack("a", [1.0, 2.0]), stack("c", [0.0, 0.0], CORONAL), Offsets(), (0, 0))
    assert apart.kind == SLIDES, "slices that all lie at one place have none"
    coronal = [
        PictureFacts(f"c{n}", number=n, series_uid="c", position=(0.0, float(n), 0.0), orientation=CORONAL,
                     frame_of_reference="F", rows=10, columns=10)
        for n in range(5)
    ]  # fmt: skip
    assert Link(stack("a", [1.0, 2.0]), stacks_of(coronal)[0], Offsets(), (0, 0)).follow(1) is None


def test_frames_of_one_file_have_places_too() -> None:
    places = tuple((0.0, 0.0, 3.0 * n) for n in range(20))
    enhanced = PictureFacts("e", frames=20, rows=100, columns=100, spacing_mm=(1.0, 1.0), position=places[0],
                            orientation=AXIAL, frame_of_reference="F", frame_positions=places)  # fmt: skip
    link = Link(stack("a", [1.0 * n for n in range(58)]), stacks_of([enhanced])[0], Offsets(), (0, 0))
    assert link.kind == PLACE and link.follow(31).slide == 10  # type: ignore[union-attr]


def test_a_slice_cuts_a_scout_where_it_lies() -> None:
    scout = PictureFacts("s", rows=400, columns=300, spacing_mm=(2.0, 1.0), position=(-149.5, 0.0, 100.0),
                         orientation=CORONAL, frame_of_reference="F")  # fmt: skip
    slices = stack("a", [0.0, 50.0, -900.0])
    line = {z_of(slices, at): cut_line(slices.picture(at), 0, scout, 0) for at in range(3)}
    assert line[0.0] == ((50.5, 0.0), (50.5, 300.0))
    assert line[50.0] == ((25.5, 0.0), (25.5, 300.0))
    assert line[-900.0] == (), "beyond its edge"
    assert cut_line(slices.picture(0), 0, slices.picture(1), 0) == (), "parallel"
    assert cut_line(stack("o", [0.0], frame="G").picture(0), 0, scout, 0) == (), "another frame of reference"
