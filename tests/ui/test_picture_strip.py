"""Thumbnails: chosen by click and by arrow keys, kept over refreshes; the live pane and the row of choices too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.camera import Preview
from kiosk.ui import look
from kiosk.ui.choice_row import ChoiceRow
from kiosk.ui.live_pane import LivePane
from kiosk.ui.picture_strip import PictureStrip, Thumb

Wait = Callable[..., Any]


def thumbs(count: int, **more: Any) -> list[Thumb]:
    return [Thumb(str(at), f"{at} 胃体部", (4, 3, bytes([at * 9 % 256]) * 36), **more) for at in range(count, 0, -1)]


@pytest.fixture
def strip(root: Any) -> PictureStrip:
    look.dress(root)
    root.deiconify()
    made = PictureStrip(root, empty="なし")
    made.pack(fill="both", expand=True)
    root.geometry("400x420")
    root.update()
    return made


def test_chosen_by_arrow_keys_and_kept_over_a_refresh(strip: PictureStrip) -> None:
    told: list[str] = []
    strip._on_select = told.append
    strip.show(thumbs(7))
    strip._canvas.focus_force()
    strip.update()
    for key in ("Down", "Right", "Down", "Left", "Up"):
        strip._canvas.event_generate(f"<{key}>")
    assert told == ["7", "6", "4", "5", "7"]
    strip.show(thumbs(9))
    assert strip.selected == "7"
    strip.show(thumbs(3))
    assert strip.selected == ""  # it is gone


def test_chosen_by_click_and_let_go_beside_them(strip: PictureStrip) -> None:
    strip.show(thumbs(3))
    strip.update()
    for at, key in ((0, "3"), (1, "2"), (2, "1")):
        x, y = strip._place(at)
        strip._canvas.event_generate("<Button-1>", x=x + 10, y=y + 10)
        assert strip.selected == key
    strip._canvas.event_generate("<Button-1>", x=2, y=400)
    assert strip.selected == ""


def test_a_picture_is_made_once(strip: PictureStrip) -> None:
    strip.show(thumbs(2))
    photos = [photo for _, photo in strip._photos.values()]
    strip.show(thumbs(2))
    assert [photo for _, photo in strip._photos.values()] == photos
    strip.show(thumbs(2, state="look")[:1])
    assert len(strip._photos) == 1


def test_the_live_pane_fits_says_why_and_flashes(root: Any, wait_until: Wait) -> None:
    rooms: list[tuple[int, int]] = []
    pane = LivePane(root, lambda width, height: rooms.append((width, height)))
    pane.pack(fill="both", expand=True)
    root.deiconify()
    root.geometry("500x300")
    root.update()
    assert rooms and rooms[-1] == pane.room()
    pane.show(Preview(1, 1.0, 40, 30, bytes([200]) * 3600))
    assert pane.itemcget(pane._image, "state") == "normal"
    pane.count("3 枚")
    pane.flash()
    assert pane.itemcget(pane._plate, "fill") == look.DONE
    wait_until(lambda: pane.itemcget(pane._plate, "fill") == look.PRIMARY, what="calm again")
    pane.alarm("映像が止まっています。")
    assert pane.itemcget(pane._image, "state") == "hidden" and pane.itemcget(pane._alarm, "state") == "normal"
    assert pane.itemcget(pane._told, "text") == "映像が止まっています。"
    pane.alarm("")
    assert pane.itemcget(pane._alarm, "state") == "hidden" and pane.itemcget(pane._told, "text") == ""


def test_the_row_of_choices_goes_round(root: Any) -> None:
    told: list[str] = []
    row = ChoiceRow(root, ["食道", "胃体部"], lambda name: (told.append(name), row.show(name)))
    for _ in range(3):
        row.next()
    assert told == ["食道", "胃体部", "食道"] and row.shown == "食道"
    assert row._labels["食道"].cget("text") == "1 食道" and row._labels["食道"].cget("bg") == look.PRIMARY
    plain = ChoiceRow(root, ["右眼"], told.append, numbered=False)
    assert plain._labels["右眼"].cget("text") == "右眼"
    ChoiceRow(root, [], told.append).next()  # nothing to choose
