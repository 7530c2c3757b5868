"""What hangs where: one stack or picture a pane, the chosen layout, and the like of a picture last year."""

from __future__ import annotations

from typing import Any

from kiosk.core.hanging import beside_layout, hung, layout_for, like_of, next_layout
from kiosk.core.picture import PictureFacts
from kiosk.core.stack import Stack


def stack(modality: str, *views: str, **more: Any) -> Stack:
    pictures = tuple(PictureFacts(f"{view}{n}", modality=modality, view=view, **more) for n, view in enumerate(views))
    return Stack("", modality, pictures, tuple((n, 0) for n in range(len(views))), "number")


def test_the_chosen_layout_goes_before_the_setting_and_nonsense_is_one_pane() -> None:
    assert layout_for("DX", {}, {"DX": "2x2"}) == "2x2"
    assert layout_for("DX", {"DX": "1x2"}, {"DX": "2x2"}) == "1x2"
    assert layout_for("DX", {"DX": "9x9"}, {}) == layout_for("CT", {"DX": "1x2"}, {"DX": "2x2"}) == "1x1"
    seen = [now := "1x1"]
    while (now := next_layout(now)) != "1x1":
        seen.append(now)
    assert seen == ["1x1", "1x2", "2x1", "2x2"]
    assert [beside_layout(each) for each in seen] == ["1x2", "1x2", "1x2", "2x2"]


def test_slices_hang_stack_by_stack_and_single_pictures_one_by_one() -> None:
    scout, body, report = stack("CT", ""), stack("CT", *[""] * 30), stack("SR", "", pixels=False)
    assert hung([scout, body, report], 1, 4) == [(1, 0), (0, 0), None, None]
    chest = stack("DX", "PA", "LL")
    assert hung([chest], 0, 4) == [(0, 0), (0, 1), None, None]
    assert hung([chest, stack("DX", "AP")], 0, 2) == [(0, 0), (0, 1)]
    assert hung([report], 0, 2) == [(0, 0), None], "a study without a picture says so in the first pane"
    assert hung([], 0, 1) == [None]


def test_the_same_view_of_last_year_stands_beside() -> None:
    last = [stack("MG", "CC", "MLO", laterality="R"), stack("MG", "CC", "MLO", laterality="L")]
    today = PictureFacts("x", modality="MG", view="MLO", laterality="L")
    assert like_of(today, (0, 0), last) == (1, 1)
    assert like_of(PictureFacts("x", modality="CR"), (1, 0), [stack("CR", ""), stack("CR", "")]) == (1, 0)
    assert like_of(PictureFacts("x", modality="CR"), (0, 0), [stack("SR", "", pixels=False)]) is None
    slices = stack("CT", *[""] * 9, series_description="5 mm")
    wanted = PictureFacts("x", modality="CT", series_description="5 mm")
    assert like_of(wanted, (0, 20), [stack("CT", ""), slices]) == (1, 8)
