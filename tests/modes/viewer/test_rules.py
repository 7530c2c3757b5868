"""The viewer's arithmetic: presets, steps, loops by the clock, words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.picture import Curve, Paint, PictureFacts, Window
from kiosk.core.stack import Stack, stacks_of
from kiosk.core.study import Study
from kiosk.modes.viewer import rules

CT = Paint(
    512,
    512,
    slope=1.0,
    intercept=-1024.0,
    unit="HU",
    low=0,
    high=4000,
    windows=(Window(40.0, 80.0, "BRAIN"), Window(500.0, 2000.0)),
    guessed=Window(0.0, 500.0),
)


def test_presets_begin_with_the_header_and_never_pass_nine() -> None:
    found = rules.presets(CT, "CT")
    assert [each.name for each in found[:2]] == ["BRAIN", "From the header 2"]
    assert found[0].how == CT.windows[0]
    assert found[-1].how == Window(976.0, 4000.0, shape="LINEAR_EXACT")
    many = Paint(1, 1, windows=tuple(Window(float(n), 10.0) for n in range(12)), guessed=Window(1.0, 1.0))
    assert len(rules.presets(many, "CR")) == 9


def test_presets_of_the_modality_need_its_unit() -> None:
    assert "Lung" in [each.name for each in rules.presets(CT, "CT")]
    assert "Lung" not in [each.name for each in rules.presets(Paint(1, 1, low=0, high=9), "CT")]
    assert rules.presets(Paint(1, 1, colour=True), "US") == []
    curve = Curve(0, bytes(range(256)), "CONTRAST")
    assert rules.presets(Paint(1, 1, curves=(curve,)), "CR")[0].how is curve
    found = rules.presets(CT, "CT")
    assert rules.preset_in_force(found, CT.windows[1]) == 1
    assert rules.preset_in_force(found, Window(1.0, 2.0)) == -1


@given(st.integers(1, 50), st.integers(0, 49), st.integers(-100, 100))
def test_leafing_stays_in_the_stack(count: int, at: int, by: int) -> None:
    reached = rules.stepped(min(at, count - 1), by, count)
    assert 0 <= reached < count


def test_a_loop_goes_by_the_clock() -> None:
    assert [rules.in_loop(0, ms, (40.0,), 10) for ms in (0, 39, 40, 399, 400, 1000)] == [0, 0, 1, 9, 0, 5]
    assert rules.in_loop(3, 80, (40.0,), 10) == 5
    assert rules.in_loop(0, 100, (40.0,), 10, speed=2.0) == 5
    assert rules.in_loop(0, 250, (), 4) == 2, "ten a second without times"
    uneven = (10.0, 100.0, 10.0)
    assert [rules.in_loop(0, ms, uneven, 3) for ms in (0, 10, 109, 110, 119, 120)] == [0, 1, 1, 2, 2, 0]
    assert rules.in_loop(1, 100, uneven, 3) == 2


@given(st.floats(0, 1e7), st.lists(st.floats(1, 1000), max_size=20), st.integers(0, 40), st.floats(0.1, 8))
def test_a_loop_never_leaves_its_pictures(ms: float, times: list[float], count: int, speed: float) -> None:
    at = rules.in_loop(0, ms, tuple(times), count, speed)
    assert 0 <= at < max(1, count)


def test_figures_are_short() -> None:
    assert [rules.figure(value) for value in (1024.4, 99.5, 40.0, 0.01234, -3.0)] == [
        "1024",
        "99.5",
        "40",
        "0.0123",
        "-3",
    ]
    assert rules.figure(rules.frames_per_second((40.0,))) == "25"


def test_the_value_under_the_pointer_is_the_real_one() -> None:
    assert rules.value_text(CT, 0, 9, 1064.0) == "10, 1: 40 HU"
    assert rules.value_text(Paint(1, 1, colour=True), 1, 1, (1, 2, 3)) == "2, 2: RGB 1 2 3"


def test_corners_say_whose_what_and_how() -> None:
    facts = PictureFacts(
        "a",
        name="見本 太郎",
        patient_id="P1",
        study_date="20261124",
        study_time="094105.5",
        modality="CR",
        laterality="L",
        view="PA",
        study_description="Chest",
        series_description="Chest",
        number=7,
    )
    assert rules.corner_who(facts) == "見本 太郎\nP1\n2026-11-24 09:41"
    assert rules.corner_what(facts) == "CR PA left\nChest"
    assert rules.corner_how(CT, Window(40.0, 80.0), 1.0, True) == "inverted\nW 80  C 40\n1:1"
    assert rules.corner_how(Paint(1, 1, colour=True), None, 0.5, False) == "50 %"
    (stack,) = stacks_of([facts, PictureFacts("b", number=8)][:1])
    assert rules.corner_where(stack, 0) == "1 / 1"


@pytest.mark.parametrize(
    ("text", "shown"), [("20261124", "2026-11-24"), ("1994.11.05", "1994-11-05"), ("", ""), ("x", "x")]
)
def test_days(text: str, shown: str) -> None:
    assert rules.day_of(text) == shown


def stack_of(modality: str, count: int, pixels: bool = True) -> Stack:
    pictures = tuple(PictureFacts(f"{modality}{n}", modality=modality, pixels=pixels) for n in range(count))
    return Stack("t", modality, pictures, tuple((n, 0) for n in range(count)), "name")


def test_slices_begin_with_the_largest_stack_and_others_with_the_first_picture() -> None:
    assert rules.first_stack([stack_of("CT", 1), stack_of("CT", 24), stack_of("CT", 24)]) == 1
    assert rules.first_stack([stack_of("SR", 1, pixels=False), stack_of("CR", 1), stack_of("CR", 5)]) == 1
    assert rules.first_stack([]) == 0


def test_a_key_image_remembers_how_it_was_painted() -> None:
    kept = rules.rendering_of(CT, Window(40.0, 80.0), True, 0.51239, "90 mirrored")
    assert kept == {
        "inverted": True,
        "scale": 0.5124,
        "turn": "90 mirrored",
        "centre": 40.0,
        "width": 80.0,
        "shape": "LINEAR",
        "unit": "HU",
    }
    assert "centre" not in rules.rendering_of(Paint(1, 1, colour=True), Window(1.0, 2.0), False, 1.0, "0")


def test_long_words_are_shortened() -> None:
    facts = PictureFacts("a", name="Mihon Taro", series_description="Thorax p.a. im Stehen, Wiederholung")
    assert rules.corner_what(facts, 12) == "Thorax p.a.…"
    assert rules.corner_who(facts, 4) == "Mih…"


def test_steps_suit_the_range_of_values() -> None:
    assert rules.window_step(CT, coarse=False) == 4.0
    assert rules.window_step(CT, coarse=True) == 40.0
    assert rules.window_step(Paint(1, 1, low=0, high=1), coarse=False) == 0.001


def test_lines_of_the_list() -> None:
    study = Study(
        1,
        "1.2",
        "P1",
        "",
        ("MIHON TARO", "見本 太郎", ""),
        "M",
        "",
        "20261124",
        "A1",
        ("CR",),
        "胸部",
        2,
        1,
        "",
        None,
        None,
        "",
    )
    assert rules.study_cells(study) == ("2026-11-24", "見本 太郎", "P1", "CR", "胸部", "2")
    assert rules.study_state(study) == "look"


def test_the_card_names_every_key_once() -> None:
    caps = [caps for caps, _ in rules.KEY_CARD]
    assert len(set(caps)) == len(caps)
