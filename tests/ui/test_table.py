"""The list keeps selection and place, sorts, cuts what is too long, and takes 50,000 rows without a stall."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

import pytest

from kiosk.ui import look
from kiosk.ui.table import Column, Row, Table, natural

COLUMNS = [Column("n", "番号", 84), Column("name", "氏名", 160), Column("exam", "検査", 200, stretch=True)]


def row(number: int, name: str = "見本 太郎", state: str = "") -> Row:
    return Row(f"k{number}", (str(number), name, "胸部✓ 胃・"), state)


@pytest.fixture
def table(top: tk.Toplevel) -> Table:
    made = Table(top, COLUMNS)
    made.pack(fill="both", expand=True)
    top.update()
    return made


def order(table: Table) -> list[str]:
    return [str(key) for key in table.tree.get_children()]


def test_rows_stand_in_the_order_given_with_state_by_colour_and_mark(table: Table) -> None:
    table.show([row(1, state="done"), row(2, state="look"), row(3, state="stop"), row(4)])
    assert order(table) == ["k1", "k2", "k3", "k4"]
    assert [table.tree.item(key, "text") for key in order(table)] == ["✓", "!", "×", ""]
    assert str(table.tree.tag_configure("done", "background")) == look.DONE_GROUND
    assert table.tree.item("k2", "tags") == ["look"] or table.tree.item("k2", "tags") == ("look",)


def test_the_selected_row_has_a_mark_too(table: Table) -> None:
    table.show([row(1, state="done"), row(2)])
    table.select("k1")
    table.update()
    assert table.tree.item("k1", "text") == "▶✓"
    table.select("k2")
    table.update()
    assert (table.tree.item("k1", "text"), table.tree.item("k2", "text")) == ("✓", "▶")


def test_a_refresh_keeps_selection_place_and_untouched_rows(table: Table) -> None:
    rows = [row(n) for n in range(200)]
    table.show(rows)
    while table.filling:
        table.update()
    table.select("k150")
    table.update()
    place = table.tree.yview()
    calls: list[Any] = []
    table.tree.item = lambda *args, **kw: calls.append(args)  # type: ignore[method-assign, assignment]
    rows[3] = row(3, state="done")
    table.show(rows)
    while table.filling:
        table.update()
    assert table.selected == "k150" and table.tree.yview() == place
    assert [args[0] for args in calls] == ["k3"], "only what changed is written"


def test_rows_that_vanish_come_and_move(table: Table) -> None:
    told: list[str] = []
    table._on_select = told.append
    table.show([row(1), row(2), row(3)])
    table.select("k2")
    table.update()
    table.show([row(3), row(4), row(1)])
    table.update()
    assert order(table) == ["k3", "k4", "k1"] and table.selected == ""
    assert told == ["k2", ""]


@pytest.mark.parametrize("seed", range(8))
def test_any_refresh_ends_in_the_order_given(table: Table, seed: int) -> None:
    import random

    dice = random.Random(seed)
    for _ in range(6):
        numbers = dice.sample(range(120), dice.randint(0, 120))
        table.show([row(n, state=dice.choice(["", "done"])) for n in numbers])
        if dice.random() < 0.5:
            table.update()
    while table.filling:
        table.update()
    assert order(table) == [f"k{n}" for n in numbers]


def test_pressing_a_heading_sorts_up_down_and_back_and_a_refresh_keeps_it(table: Table) -> None:
    table.show([row(10), row(9), row(100)])
    table.sort_by(0)
    assert order(table) == ["k9", "k10", "k100"] and table.tree.heading("n", "text").endswith("▲")
    table.show([row(10), row(9), row(100), row(50)])
    assert order(table) == ["k9", "k10", "k50", "k100"]
    table.sort_by(0)
    assert order(table) == ["k100", "k50", "k10", "k9"] and table.tree.heading("n", "text").endswith("▼")
    table.sort_by(0)
    assert order(table) == ["k10", "k9", "k100", "k50"] and table.tree.heading("n", "text") == "番号"


def test_people_count_2_before_10_and_put_empty_last() -> None:
    assert sorted(["10", "", "2", "A10", "A9"], key=natural) == ["2", "10", "A9", "A10", ""]


def test_too_long_words_are_cut_with_an_ellipsis_and_told_in_full(table: Table, wait_until: Callable[..., Any]) -> None:
    name = "とても長い名前の受診者さま見本"
    table.show([row(1, name), row(2)])
    table.update()
    shown = str(table.tree.set("k1", "name"))
    assert shown.endswith("…") and name.startswith(shown[:-1])
    assert table._cutter.width(shown) <= int(table.tree.column("name", "width"))
    assert str(table.tree.set("k2", "name")) == "見本 太郎"
    x, y, _, height = table.tree.bbox("k1", "name")
    table.tree.event_generate("<Motion>", x=x + 5, y=y + height // 2)
    card = wait_until(lambda: [each for each in table.tree.winfo_children() if isinstance(each, tk.Toplevel)])
    assert [str(label.cget("text")) for label in card[0].winfo_children()] == [name]


def test_columns_use_all_the_room_and_never_more(top: tk.Toplevel, table: Table) -> None:
    for width in (1280, 500, 900):
        top.geometry(f"{width}x600")
        top.update()
        top.update()
        columns = sum(int(table.tree.column(c.name, "width")) for c in COLUMNS) + int(table.tree.column("#0", "width"))
        assert width - 40 <= columns <= table.tree.winfo_width()


def test_columns_that_stretch_give_room_by_their_width(top: tk.Toplevel) -> None:
    columns = [Column("name", "氏名", 126, stretch=True), Column("exam", "検査", 400, stretch=True)]
    table = Table(top, [*columns, Column("rest", "他", 300)])
    table.pack(fill="both", expand=True)
    top.geometry("800x600")
    top.update()
    top.update()
    name, exam = (int(table.tree.column(column.name, "width")) for column in columns)
    assert name > 100 and exam < 350  # a name stays whole as long as it can


def test_an_empty_list_says_so(table: Table) -> None:
    table.update()
    assert table._empty.winfo_viewable()
    table.show([row(1)])
    table.update()
    assert not table._empty.winfo_viewable()


def test_return_and_double_click_choose_and_home_and_end_go_to_the_ends(top: tk.Toplevel) -> None:
    chosen: list[str] = []
    table = Table(top, COLUMNS, on_choose=chosen.append)
    table.pack(fill="both", expand=True)
    table.show([row(n) for n in range(3)])
    table.tree.focus_force()
    top.update()
    table.tree.event_generate("<End>")
    table.tree.event_generate("<Return>")
    table.tree.event_generate("<Home>")
    table.tree.event_generate("<Return>")
    table.tree.event_generate("<Down>")
    table.tree.event_generate("<Return>")
    assert chosen == ["k2", "k0", "k1"]


def test_arrow_keys_begin_at_the_first_row_also_after_all_rows_were_replaced(table: Table) -> None:
    table.show([row(n) for n in range(3)])
    table.tree.focus_force()
    table.update()
    table.tree.event_generate("<Down>")
    assert table.selected == "k0"
    table.tree.event_generate("<Down>")
    assert table.selected == "k1"
    table.show([row(n) for n in range(10, 13)])  # another day's, while the keys go to the list
    table.tree.event_generate("<Down>")
    assert table.selected == "k10"
    table.tree.event_generate("<Down>")
    assert table.selected == "k11"


def test_rows_are_40_pixels_high(table: Table) -> None:
    table.show([row(1), row(2)])
    table.update()
    assert table.tree.bbox("k2")[1] - table.tree.bbox("k1")[1] == 40
    assert int(ttk.Style(table).lookup("Treeview", "rowheight")) == 40


def test_one_row_can_be_changed_or_added(table: Table) -> None:
    table.show([row(1), row(2)])
    table.update_row(row(2, "見本 花子", "look"))
    table.update_row(row(3))
    assert str(table.tree.set("k2", "name")) == "見本 花子" and order(table) == ["k1", "k2", "k3"]
