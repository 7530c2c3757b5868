"""The order of leafing: by place, by number, by name; scouts and loops apart."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.picture import PictureFacts
from kiosk.core.stack import depth_mm, name_key, stacks_of

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)


def facts(path: str, **changes: Any) -> PictureFacts:
    return PictureFacts(path, **{"study_uid": "1.2", "series_uid": "1.2.3", "modality": "CT", **changes})


def slices(count: int, **changes: Any) -> list[PictureFacts]:
    return [
        facts(f"I{n}", number=n, position=(0.0, 0.0, 5.0 * n), orientation=AXIAL, **changes)
        for n in range(1, count + 1)
    ]


def numbers(stack: Any) -> list[int | None]:
    return [stack.picture(slide).number for slide in range(len(stack))]


def test_slices_are_ordered_by_place_whatever_the_order_of_files() -> None:
    mixed = slices(20)
    random.Random(1).shuffle(mixed)
    (stack,) = stacks_of(mixed)
    assert stack.ordered_by == "place"
    assert numbers(stack) == list(range(1, 21))


def test_the_device_that_counts_downwards_is_followed() -> None:
    falling = [facts(f"I{n}", number=n, position=(0.0, 0.0, -5.0 * n), orientation=AXIAL) for n in range(1, 6)]
    assert numbers(stacks_of(falling)[0]) == [1, 2, 3, 4, 5]


def test_places_taken_twice_mean_that_the_numbers_know_better() -> None:
    phases = [
        facts(f"I{n}", number=n, position=(0.0, 0.0, float(n % 3)), orientation=AXIAL) for n in (4, 2, 6, 1, 5, 3)
    ]
    (stack,) = stacks_of(phases)
    assert stack.ordered_by == "number" and numbers(stack) == [1, 2, 3, 4, 5, 6]


def test_without_place_by_number_and_without_number_by_name() -> None:
    (stack,) = stacks_of([facts("b", number=2), facts("a", number=10), facts("c", number=1)])
    assert stack.ordered_by == "number" and numbers(stack) == [1, 2, 10]
    (stack,) = stacks_of([facts("x/I10"), facts("x/I9"), facts("x/I1", number=3)])
    assert stack.ordered_by == "name"
    assert [each.path for each in stack.pictures] == ["x/I1", "x/I9", "x/I10"]


def test_a_scout_in_the_series_of_its_slices_stands_apart() -> None:
    stacks = stacks_of([*slices(3), facts("S", number=0, position=(0.0, 0.0, 0.0), orientation=SAGITTAL)])
    assert sorted(len(stack) for stack in stacks) == [1, 3]


def test_loops_and_objects_without_pictures_stand_apart() -> None:
    loop = facts("L", frames=30, frame_times_ms=(33.0,))
    stacks = stacks_of([facts("a", number=1), facts("b", number=2), loop, facts("r", pixels=False)])
    assert sorted(len(stack) for stack in stacks) == [1, 2, 30]
    played = next(stack for stack in stacks if len(stack) == 30)
    assert played.frame_times_ms == (33.0,) and played.slides[29] == (0, 29)


def test_series_come_in_the_order_of_their_numbers() -> None:
    stacks = stacks_of(
        [
            facts("c", series_uid="9", series_number=None),
            facts("b", series_uid="8", series_number=12),
            facts("a", series_uid="7", series_number=2),
        ]
    )
    assert [stack.pictures[0].path for stack in stacks] == ["a", "b", "c"]


def test_photographs_of_a_folder_are_one_stack() -> None:
    stacks = stacks_of([PictureFacts("d/2.jpg"), PictureFacts("d/10.jpg"), PictureFacts("e/1.jpg")])
    assert [[each.path for each in stack.pictures] for stack in stacks] == [["d/2.jpg", "d/10.jpg"], ["e/1.jpg"]]


def test_depth_is_measured_along_the_normal() -> None:
    assert depth_mm(facts("a", position=(3.0, 4.0, 7.0), orientation=AXIAL)) == 7.0
    assert depth_mm(facts("a", position=(3.0, 4.0, 7.0))) is None


@given(st.permutations(range(1, 12)))
def test_the_order_does_not_depend_on_the_files(order: list[int]) -> None:
    all_slices = {each.number: each for each in slices(11)}
    (stack,) = stacks_of([all_slices[number] for number in order])
    assert numbers(stack) == list(range(1, 12))


@given(st.lists(st.text("ab12", min_size=1, max_size=6), min_size=2))
def test_names_can_always_be_compared(names: list[str]) -> None:
    ordered = sorted(names, key=name_key)
    assert [name_key(name) for name in ordered] == sorted(name_key(name) for name in names)
