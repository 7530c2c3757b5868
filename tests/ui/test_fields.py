"""Fields take what people type and paste, in full and half width, and say what is wrong."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kiosk.core.words import N_
from kiosk.ui.counters import Count, Counters
from kiosk.ui.fields import ChoiceField, DateField, NoteField, NumberField, TextField, full_width_kana


def test_half_width_kana_become_full_width_and_nothing_else_changes() -> None:
    assert full_width_kana("ﾔﾏﾀﾞ ﾀﾛｳ ①㎝髙﨑 ABC ｶﾞ") == "ヤマダ タロウ ①㎝髙﨑 ABC ガ"


def test_words_are_cleaned_of_line_breaks_and_cut_at_the_limit(top: tk.Toplevel) -> None:
    field = TextField(top, "氏名", limit=10)
    field.set("ﾔﾏﾀﾞ\r\n太郎\t様")
    assert field.get() == "ヤマダ 太郎 様"
    field.set("あ" * 10_000)
    assert field.get() == "あ" * 10


def test_a_number_field_takes_full_width_digits_and_refuses_letters(top: tk.Toplevel) -> None:
    field = NumberField(top, "番号")
    field.set("２０２６-11-ab24")
    assert field.get() == "2026-11-24"


def test_typing_in_the_middle_keeps_the_cursor_there(top: tk.Toplevel, type_slowly: Callable[[Any, str], int]) -> None:
    field = NumberField(top, "番号", allowed="")
    field.pack()
    field.set("1234")
    field.entry.focus_force()
    field.entry.icursor(2)
    top.update()
    type_slowly(top, "x9y8")
    assert field.get() == "129834" and field.entry.index("insert") == 4


def test_a_paste_of_ten_thousand_characters_is_cut(top: tk.Toplevel) -> None:
    field = NumberField(top, "番号", limit=20)
    field.pack()
    field.entry.focus_force()
    top.update()
    top.clipboard_clear()
    top.clipboard_append("12345\n67890" * 1000)
    field.entry.event_generate("<<Paste>>")
    assert field.get() == "12345678901234567890"


def test_what_is_wrong_is_said_beside_the_caption_and_goes_with_the_next_change(top: tk.Toplevel) -> None:
    field = TextField(top, "氏名")
    field.pack(fill="x")
    top.update()
    height = field.winfo_height()
    field.wrong(N_("Not found."))
    top.update()
    assert field._wrong.cget("text") == "× Not found." and field._wrong.winfo_viewable()
    assert field.winfo_height() == height, "nothing moves"
    assert "invalid" in field.entry.state()
    field.set("x")
    assert not field._wrong.winfo_manager() and "invalid" not in field.entry.state()


def test_changes_are_told(top: tk.Toplevel) -> None:
    told: list[str] = []
    field = TextField(top, "氏名")
    field.on_change(lambda: told.append(field.get()))
    field.set("ﾔ")
    field.set("山")
    assert told == ["ヤ", "山"]


def test_a_choice_keeps_keys_and_shows_words(top: tk.Toplevel) -> None:
    told: list[str] = []
    field = ChoiceField(top, "区分", {"a": "A 異常なし", "b": "B 軽度異常"})
    field.on_change(lambda: told.append(field.get()))
    field.pack()
    assert field.get() == ""
    field.set("b")
    assert field.get() == "b" and field.entry.get() == "B 軽度異常"
    field.offer({"b": "B", "c": "C"})
    assert field.get() == "b" and field.entry.get() == "B"
    field.offer({"c": "C"})
    assert field.get() == ""
    field.entry.current(0)
    field.entry.event_generate("<<ComboboxSelected>>")
    assert told == ["c"]
    field.enable(False)
    assert str(field.entry.cget("state")) == "disabled"
    field.enable()
    assert str(field.entry.cget("state")) == "readonly"


@pytest.mark.parametrize("typed", ["20261124", "２０２６／１１／２４", "R8.11.24", "令和8年11月24日", "2026-11-24(火)"])
def test_a_date_is_read_however_it_is_written(top: tk.Toplevel, typed: str) -> None:
    field = DateField(top, "検査日")
    field.pack()
    field.set(typed)
    assert field.day() == date(2026, 11, 24)
    field.entry.event_generate("<FocusOut>")
    assert field.get() == "2026-11-24(Tue)" and field.day() == date(2026, 11, 24)


def test_what_is_no_date_is_said(top: tk.Toplevel) -> None:
    field = DateField(top, "検査日")
    field.pack()
    field.set("31日")
    field.entry.event_generate("<FocusOut>")
    assert field.day() is None and field._wrong.cget("text")


def test_a_note_keeps_lines_takes_back_a_change_and_lets_tab_out(top: tk.Toplevel) -> None:
    note, after = NoteField(top, "所見"), TextField(top, "次")
    note.pack()
    after.pack()
    text = note.entry
    assert isinstance(text, tk.Text)
    note.set("一行目\n二行目\n\n")
    assert note.get() == "一行目\n二行目"
    text.insert("end", "ﾎｿｸ")
    assert note.get().endswith("ホソク")
    text.edit_undo()
    assert note.get() == "一行目\n二行目"
    text.focus_force()
    top.update()
    text.event_generate("<Tab>")
    assert top.focus_get() is after.entry


def test_a_note_that_is_too_long_is_cut_and_says_so(top: tk.Toplevel) -> None:
    note = NoteField(top, "所見", limit=1000)
    note.pack()
    text = note.entry
    assert isinstance(text, tk.Text)
    text.insert("end", "あ" * 5000)
    top.update()
    assert len(note.get()) == 1000 and "1000" in note._wrong.cget("text")


def test_counters_show_filter_and_keep_their_widgets(top: tk.Toplevel) -> None:
    pressed: list[int] = []
    counters = Counters(top)
    counters.pack()
    counters.show([Count(2, "要確認", "look", lambda: pressed.append(2)), Count(1204, "本日")])
    frames = counters.winfo_children()
    top.update()
    frames[0].focus_force()
    top.update()
    frames[0].event_generate("<Return>")
    frames[0].winfo_children()[0].event_generate("<Button-1>")
    assert pressed == [2, 2]
    counters.show([Count(3, "要確認", "look"), Count(1205, "本日")])
    assert counters.winfo_children() == frames
    assert frames[1].winfo_children()[0].cget("text") == "1,205"
    counters.show([])
    assert counters.winfo_children() == []


def test_the_rows_of_a_choice_can_be_touched(top: Any) -> None:
    field = ChoiceField(top, "Name", {"見本 花子": "1", "見本 次郎": "2"})
    field.pack()
    top.update()
    call = top.tk.call
    choices = str(call("ttk::combobox::PopdownWindow", str(field.entry))) + ".f.l"
    call("ttk::combobox::Post", str(field.entry))
    top.update()
    first, second = (top.tk.splitlist(call(choices, "bbox", at)) for at in (0, 1))
    call("ttk::combobox::Unpost", str(field.entry))
    top.update()
    assert int(second[1]) - int(first[1]) >= 40
