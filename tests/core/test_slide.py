"""Which picture belongs into which pane, and how large a contact sheet shows them."""

from __future__ import annotations

import pytest

from kiosk.core.picture import PictureFacts
from kiosk.core.slide import CELL_SHAPE, LEAST_CELL, Slide, contact_grid, in_panes, kind_of, of_side, side_of


def slide(name: str, kind: str = "CR", **facts: str) -> Slide:
    told = PictureFacts(name, **facts)  # type: ignore[arg-type]
    return Slide(told, "2026-11-24", kind, side_of(told))


@pytest.mark.parametrize(
    ("facts", "words", "side"),
    [
        ({"laterality": "L"}, ("right.jpg",), "L"),
        ({}, ("00017_OD_1.jpg",), "R"),
        ({}, ("20261124-0001-L.JPG",), "L"),
        ({}, ("眼底 左眼",), "L"),
        ({}, ("Ｒ.jpg",), "R"),
        ({"series_description": "OS macula"}, ("1.jpg",), "L"),
        ({}, ("LARGE.jpg", "ROLL"), ""),
    ],
)
def test_the_eye_by_header_then_by_words(facts: dict[str, str], words: tuple[str, ...], side: str) -> None:
    assert side_of(PictureFacts("x", **facts), *words) == side  # type: ignore[arg-type]


def test_the_examination_knows_the_kind_better_than_the_camera() -> None:
    assert kind_of("XC", "ES") == "ES" and kind_of("XC", "OP") == "OP"
    assert (kind_of("DX"), kind_of("GN"), kind_of("CT")) == ("CR", "OP", "")


def test_a_lateral_view_never_stands_where_the_frontal_is_looked_for() -> None:
    front, side = slide("1", view="PA"), slide("2", view="LL")
    assert in_panes([side, front], "CR") == [front, side]
    assert in_panes([side], "CR") == [None, side]
    unknown = slide("3")
    assert in_panes([unknown, side], "CR") == [unknown, side]
    assert in_panes([unknown], "CR") == [unknown]
    left = slide("4", "OP", laterality="L")
    assert in_panes([left, front], "OP") == [None, left]
    both = slide("5", "OP", laterality="B")
    assert of_side([both, left], "L") == (left, both) and of_side([both, left], "R") == (both,)


@pytest.mark.parametrize("screen", [(1280, 1024), (1600, 1200), (1560, 2048), (1200, 1960)])
@pytest.mark.parametrize("count", [1, 2, 5, 14, 60])
def test_a_contact_sheet_uses_the_screen(screen: tuple[int, int], count: int) -> None:
    width, height = screen[0] // 2 - 20, screen[1] - 320
    columns, rows = contact_grid(width, height, count)
    assert width / columns >= LEAST_CELL[0] - 1 and height / rows >= LEAST_CELL[1] - 1
    most = (width // LEAST_CELL[0]) * (height // LEAST_CELL[1])
    assert columns * rows >= min(count, most)
    better = [
        (across, down)
        for across in range(1, width // LEAST_CELL[0] + 1)
        for down in range(1, height // LEAST_CELL[1] + 1)
        if across * down >= min(count, most)
        and min(width / across / CELL_SHAPE, height / down) > min(width / columns / CELL_SHAPE, height / rows) + 1
    ]  # fmt: skip
    assert better == [], "there is a grid with larger pictures"
    assert contact_grid(width, height, count, 3, 2) == (3, 2)
