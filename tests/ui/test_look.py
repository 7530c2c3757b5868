"""Colours can be read, sizes can be touched, letters come from our chain of families."""

from __future__ import annotations

import tkinter as tk
from itertools import chain
from tkinter import font as tkfont
from tkinter import ttk
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.ui import buttons, look
from kiosk.ui.fields import ChoiceField, DateField, NumberField, TextField


@pytest.mark.parametrize("text, ground", look.TEXT_PAIRS)
def test_every_pair_of_text_and_ground_can_be_read(text: str, ground: str) -> None:
    assert look.contrast(text, ground) >= 4.5


def test_contrast_is_that_of_the_definition() -> None:
    assert look.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert look.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_colours_are_those_of_the_house() -> None:
    assert (look.INK, look.SECONDARY, look.LINE, look.GROUND, look.CARD) == (
        "#16202b", "#5a6775", "#d5dbe2", "#f3f5f8", "#ffffff")  # fmt: skip
    assert (look.PRIMARY, look.BAR, look.SELECTED) == ("#0b5cad", "#084a8c", "#dcebfa")
    assert (look.DONE, look.DONE_GROUND) == ("#17663a", "#e3f4ea")
    assert (look.LOOK, look.LOOK_GROUND) == ("#92400e", "#fdf0dc")
    assert (look.STOP, look.STOP_GROUND) == ("#b3261e", "#fbe5e3")


def test_every_state_has_a_mark_for_those_who_do_not_see_the_colour() -> None:
    marks = [look.MARKS[state] for state in look.STATES if state]
    assert all(marks) and len(set(marks)) == len(marks)


@pytest.mark.parametrize(
    "scale, width, height, size",
    [
        (1.0, 1920, 1080, "1280x800"),
        (1.0, 1080, 1920, "1080x800"),
        (1.0, 1024, 768, "1024x768"),
        (1.5, 2560, 1600, "1920x1200"),
    ],
)
def test_a_window_begins_no_larger_than_its_screen(
    monkeypatch: pytest.MonkeyPatch, scale: float, width: int, height: int, size: str
) -> None:
    screen: Any = SimpleNamespace(winfo_screenwidth=lambda: width, winfo_screenheight=lambda: height)
    monkeypatch.setattr(look, "_scale", scale)
    assert look.first_size(screen) == size


def test_first_family_of_the_chain_that_is_there_is_taken() -> None:
    assert look.family_of({"Meiryo", "Yu Gothic UI", "Arial"}) == "Yu Gothic UI"
    assert look.family_of({"Noto Sans CJK JP", "BIZ UDGothic"}) == "BIZ UDGothic"
    assert look.family_of({"Arial"}) == "TkDefaultFont"


@pytest.mark.parametrize(
    "dpi, size, scale",
    [
        (96, (1280, 800), 1.0),
        (144, (1920, 1200), 1.5),
        (144, (1920, 1080), 1.35),  # 1.5 would need 1200 lines
        (144, (1280, 800), 1.0),
        (192, (1080, 1920), 1.35),  # upright
        (72, (1280, 1024), 1.0),
    ],
)
def test_a_dense_screen_is_drawn_larger_while_the_frame_still_fits(
    dpi: float, size: tuple[int, int], scale: float
) -> None:
    assert look.scale_for(dpi, *size) == pytest.approx(scale)


def test_letters_for_reading_have_16_pixels_or_more(dressed: tk.Tk) -> None:
    for name in (look.TEXT, look.TEXT_BOLD, look.DETAIL, look.TITLE, "TkDefaultFont", "TkTextFont"):
        assert -int(str(dressed.tk.call("font", "configure", name, "-size"))) >= 16
    assert -int(str(dressed.tk.call("font", "configure", look.NAME, "-size"))) == 38
    assert -int(str(dressed.tk.call("font", "configure", look.CAPTION, "-size"))) == 13


def test_the_family_in_use_can_write_japanese(dressed: tk.Tk) -> None:
    font = tkfont.Font(root=dressed, name=look.TEXT, exists=True)
    assert font.actual("family") in look.FAMILIES


def test_dressing_twice_is_harmless(dressed: tk.Tk) -> None:
    look.dress(dressed)
    look.dress(dressed)


def test_what_is_touched_is_48_pixels_high(top: tk.Toplevel) -> None:
    made: list[Any] = [
        make(top, "署名", lambda: None) for make in (buttons.primary, buttons.secondary, buttons.dangerous)
    ]
    fields = [
        TextField(top, "氏名"),
        NumberField(top, "番号"),
        ChoiceField(top, "区分", {"a": "A"}),
        DateField(top, "日付"),
    ]
    made += [field.entry for field in fields]
    made.append(ttk.Checkbutton(top, text="至急"))
    for each in chain(made[:3], fields, made[-1:]):
        each.pack()
    top.update()
    assert {str(each): each.winfo_height() for each in made if each.winfo_height() < look.TARGET} == {}


def test_return_presses_the_focused_button_and_the_focus_can_be_seen(top: tk.Toplevel) -> None:
    pressed = []
    button = buttons.secondary(top, "OK", lambda: pressed.append(1))
    button.pack()
    button.focus_force()
    top.update()
    button.event_generate("<Return>")
    button.event_generate("<space>")
    button.event_generate("<KeyRelease-space>")
    assert pressed == [1, 1]
    style = ttk.Style(top)
    for name in ("TButton", "Primary.TButton", "Stop.TButton", "TEntry", "TCombobox", "Treeview"):
        plain, focused = (style.lookup(name, "bordercolor", state) for state in ([], ["focus"]))
        assert plain != focused, name
