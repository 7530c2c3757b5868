"""A barcode is told from typing by its speed, works wherever the focus is, and leaves nothing behind in the fields."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ui import scanner
from kiosk.ui.burst import FAST_MS, LONGEST, Burst, normalised
from kiosk.ui.fields import ChoiceField, NoteField, NumberField, TextField

CODE = "20261124-017"


@pytest.fixture
def codes(shell: Any) -> list[str]:
    got: list[str] = []
    shell.on_scan(got.append)
    return got


# -- speed alone


def burst(text: str, gap_ms: float) -> tuple[Burst, float]:
    made, at = Burst(), 1000.0
    for char in text:
        made.letter(char, at)
        at += gap_ms
    return made, at


@given(
    st.text("0123456789ABCDEFabc-", min_size=4, max_size=60).filter(lambda t: len(set(t)) > 1), st.integers(0, FAST_MS)
)
def test_quick_keys_with_an_end_are_one_code(code: str, gap_ms: int) -> None:
    made, at = burst(code, gap_ms)
    assert made.end(at) == code


@given(st.text("0123456789ABC", min_size=1, max_size=40), st.integers(FAST_MS + 1, 5000))
def test_a_person_is_never_taken_for_a_scanner(text: str, gap_ms: int) -> None:
    made, at = burst(text, gap_ms)
    assert made.end(at) == ""
    assert made.silence() == ""


def test_the_end_must_come_as_quickly_as_the_rest() -> None:
    made, at = burst(CODE, 8)
    assert made.end(at + 500) == ""


def test_two_or_three_quick_keys_are_no_scan() -> None:
    made, at = burst("123", 8)
    assert made.end(at) == ""


def test_a_key_held_down_is_no_scan() -> None:
    made, at = burst("1" * 30, 33)
    assert made.end(at) == "" and made.silence() == ""


def test_a_number_of_one_digit_only_can_be_scanned() -> None:
    made, at = burst("1111", 8)
    assert made.end(at) == "1111"


def test_typing_before_a_scan_does_not_get_into_the_code() -> None:
    made = Burst()
    made.letter("9", 0)
    made.letter("9", 200)
    for at, char in enumerate(CODE):
        made.letter(char, 1000 + at * 8)
    assert made.end(1000 + len(CODE) * 8) == CODE


def test_full_width_letters_and_control_characters_are_read_as_meant() -> None:
    assert normalised("２０２６１１２４－０１７") == CODE
    assert normalised("\x02ＡＢ　１２\x03\r\n") == "AB 12"


# -- in a window


def test_a_scan_works_with_no_field_clicked(shell: Any, codes: list[str], scan: Callable[..., int]) -> None:
    scan(shell.top, CODE)
    assert codes == [CODE]


def test_a_scan_into_a_field_leaves_the_field_as_it_was(shell: Any, codes: list[str], scan: Callable[..., int]) -> None:
    field = TextField(shell.work, "氏名")
    field.grid()
    field.set("見本太郎")
    field.entry.focus_force()
    field.entry.icursor(2)
    shell.top.update()
    entered: list[int] = []
    field.entry.bind("<Return>", lambda event: entered.append(1))
    scan(shell.top, CODE)
    assert codes == [CODE]
    assert field.get() == "見本太郎" and field.entry.index("insert") == 2
    assert entered == [], "the scanner's Return is not the field's"


def test_a_scan_into_a_note_puts_back_what_was_selected(shell: Any, codes: list[str], scan: Callable[..., int]) -> None:
    note = NoteField(shell.work, "所見")
    note.grid()
    note.set("胃体部に小隆起\n変化なし")
    text = note.entry
    assert isinstance(text, tk.Text)
    text.focus_force()
    text.tag_add("sel", "1.0", "1.3")
    text.mark_set("insert", "1.3")
    shell.top.update()
    scan(shell.top, CODE)
    assert codes == [CODE] and note.get() == "胃体部に小隆起\n変化なし"


def test_a_scan_does_not_press_the_focused_button(shell: Any, codes: list[str], scan: Callable[..., int]) -> None:
    pressed: list[int] = []
    button = ttk.Button(shell.work, text="署名", command=lambda: pressed.append(1))
    button.grid()
    button.focus_force()
    shell.top.update()
    scan(shell.top, "AB 12 34")
    shell.top.event_generate("<KeyRelease-space>")
    assert codes == ["AB 12 34"] and pressed == []


def test_tab_ends_a_scan_and_does_not_move_the_focus(shell: Any, codes: list[str], scan: Callable[..., int]) -> None:
    first, second = TextField(shell.work, "1"), TextField(shell.work, "2")
    first.grid()
    second.grid()
    first.entry.focus_force()
    shell.top.update()
    scan(shell.top, CODE, "\t")
    assert codes == [CODE] and shell.top.focus_get() is first.entry


def test_return_after_tab_is_swallowed(shell: Any, codes: list[str], scan: Callable[..., int]) -> None:
    pressed: list[int] = []
    button = ttk.Button(shell.work, text="署名", command=lambda: pressed.append(1))
    button.grid()
    button.focus_force()
    shell.top.update()
    scan(shell.top, CODE, "\t\r")
    assert codes == [CODE] and pressed == []


def test_a_scanner_without_suffix_is_understood_after_a_silence(
    shell: Any, codes: list[str], scan: Callable[..., int], wait_until: Callable[..., object]
) -> None:
    search = NumberField(shell.work, "番号")
    search.grid()
    shell.search_field(search.entry)
    scan(shell.top, CODE, "")
    assert codes == []
    wait_until(lambda: codes == [CODE])
    assert search.get() == "", "what went into the search field is taken out again"


def test_the_same_code_twice_in_a_moment_counts_once(shell: Any, codes: list[str]) -> None:
    from tests.ui.conftest import keys

    end = keys(shell.top, CODE + "\r", 8, 5_000_000)
    keys(shell.top, CODE + "\r", 8, end + 300)
    assert codes == [CODE]
    keys(shell.top, CODE + "\r", 8, end + 3000)
    assert codes == [CODE, CODE]


def test_another_code_right_after_counts(shell: Any, codes: list[str]) -> None:
    from tests.ui.conftest import keys

    end = keys(shell.top, CODE + "\r", 8, 6_000_000)
    keys(shell.top, "20261124-018\r", 8, end + 300)
    assert codes == [CODE, "20261124-018"]


def test_ten_thousand_letters_are_refused_in_words_and_leave_nothing(shell: Any, codes: list[str]) -> None:
    field = TextField(shell.work, "氏名")
    field.grid()
    field.set("見本")
    field.entry.focus_force()
    shell.top.update()
    for at, char in enumerate("0123456789" * 1000):
        field.entry.event_generate(f"<KeyPress-{char}>", time=9_000_000 + at)
    field.entry.event_generate("<KeyPress-Return>", time=9_010_000)
    assert codes == [] and field.get() == "見本"
    assert shell.problem.level == "look" and shell.problem.text == scanner.TOO_LONG


def test_the_longest_code_is_still_read(shell: Any, codes: list[str], scan: Callable[..., int]) -> None:
    longest = ("0123456789" * 20)[:LONGEST]
    scan(shell.top, longest)
    assert codes == [longest]


def test_a_person_typing_into_a_field_is_left_alone(
    shell: Any, codes: list[str], type_slowly: Callable[[Any, str], int]
) -> None:
    field, search = TextField(shell.work, "氏名"), NumberField(shell.work, "番号")
    field.grid()
    search.grid()
    shell.search_field(search.entry)
    entered: list[str] = []
    field.entry.bind("<Return>", lambda event: entered.append(field.get()))
    field.entry.focus_force()
    shell.top.update()
    type_slowly(shell.top, "abc 123\r")
    assert field.get() == "abc 123" and entered == ["abc 123"]
    assert codes == [] and search.get() == ""


def test_typing_with_no_field_focused_goes_to_the_search_field(
    shell: Any, codes: list[str], type_slowly: Callable[[Any, str], int]
) -> None:
    search = NumberField(shell.work, "番号")
    search.grid()
    found: list[str] = []
    search.entry.bind("<Return>", lambda event: found.append(search.get()))
    shell.search_field(search.entry)
    button = ttk.Button(shell.work, text="署名")
    button.grid()
    button.focus_force()
    shell.top.update()
    type_slowly(shell.top, "017\r")
    assert shell.top.focus_get() is search.entry
    assert found == ["017"] and codes == []


def test_single_keys_work_when_typed_and_never_when_scanned(
    shell: Any,
    codes: list[str],
    scan: Callable[..., int],
    type_slowly: Callable[[Any, str], int],
    wait_until: Callable[..., object],
) -> None:
    done: list[str] = []
    shell.letter_keys({"i": lambda: done.append("invert"), "2": lambda: done.append("two")})
    scan(shell.top, "i2026i2")
    assert codes == ["i2026i2"]
    type_slowly(shell.top, "i")
    wait_until(lambda: done)
    assert done == ["invert"]
    field = TextField(shell.work, "氏名")
    field.grid()
    field.entry.focus_force()
    shell.top.update()
    type_slowly(shell.top, "i2")
    assert field.get() == "i2" and done == ["invert"]


def test_without_time_stamps_our_own_clock_is_asked(top: tk.Toplevel) -> None:
    now = [0.0]
    got: list[str] = []
    scanner.Scanner(top, got.append, clock_ms=lambda: now[0])
    for gap in (8, 300):
        for char in "ABCD12":
            now[0] += gap
            top.event_generate(f"<KeyPress-{char}>")
        now[0] += gap
        top.event_generate("<KeyPress-Return>")
    assert got == ["ABCD12"]


def test_a_scan_lent_to_another_comes_back(shell: Any, codes: list[str], scan: Callable[..., int]) -> None:
    lent: list[str] = []
    give_back = shell.scanner.lend(lent.append)
    scan(shell.top, "BADGE-1")
    give_back()
    scan(shell.top, CODE)
    assert (lent, codes) == (["BADGE-1"], [CODE])


def test_a_scan_works_while_the_list_of_a_choice_is_open(
    shell: Any, codes: list[str], wait_until: Callable[..., object]
) -> None:
    field = ChoiceField(shell.work, "区分", {"a": "A", "b": "B", "2": "2"})
    field.grid()
    field.set("a")
    field.entry.focus_force()
    shell.top.update()
    field.entry.event_generate("<Down>")
    choices = str(field.entry.tk.call("ttk::combobox::PopdownWindow", str(field.entry))) + ".f.l"
    focus = field.entry.tk.call
    wait_until(lambda: str(focus("focus")) == choices)
    for at, char in enumerate("20261124"):
        focus("event", "generate", choices, f"<KeyPress-{char}>", "-time", 90_000_000 + at * 8)
    focus("event", "generate", choices, "<KeyPress-Return>", "-time", 90_000_064)
    wait_until(lambda: not int(focus("winfo", "ismapped", choices)))
    assert codes == ["20261124"] and field.get() == "a"
