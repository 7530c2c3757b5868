"""What any hand may do: reach everything by Tab, see where it is, read every word, and hammer on it without harm."""

from __future__ import annotations

import random
import tkinter as tk
from tkinter import ttk
from typing import Any

import pytest

from kiosk.ui import buttons, look
from kiosk.ui.fields import ChoiceField, DateField, NoteField, NumberField, TextField
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Column, Row, Table


@pytest.fixture
def form(shell: Any) -> Shell:
    """A window with one of each."""
    work = shell.work
    parts: list[Any] = [
        TextField(work, "氏名"), NumberField(work, "番号"), ChoiceField(work, "区分", {"a": "A", "b": "B"}),
        DateField(work, "日付"), NoteField(work, "所見", lines=2), buttons.secondary(work, "下書き", lambda: None),
        buttons.primary(work, "署名", lambda: None), ttk.Checkbutton(work, text="至急"),
        Table(work, [Column("n", "番号", 84), Column("name", "氏名", 200, stretch=True)]),
    ]  # fmt: skip
    for row, part in enumerate(parts):
        part.grid(row=row, column=0, sticky="nsew")
    parts[0].entry.focus_set()
    parts[-1].show([Row(str(n), (str(n), "見本 太郎"), "done") for n in range(30)])
    parts[1].wrong("番号が見つかりません。")
    shell.keys([Key(cap, cap, lambda: None) for cap in ("F2", "F5", "F6", "F12", "Esc")])
    shell.key("F6").disable("x")
    shell.problem.look("確認してください。")
    for state in ("good", "look", "stop", "off"):
        getattr(shell.lamp(state), state)()
    shell.person("見本 花子")
    shell.top.geometry("1280x1000")
    shell.top.update()
    return shell  # type: ignore[no-any-return]


def below(widget: tk.Misc) -> list[tk.Misc]:
    return [each for child in widget.winfo_children() for each in (child, *below(child))]


def test_everything_that_can_be_used_is_reached_by_tab_and_back(form: Shell) -> None:
    usable = {
        str(each) for each in below(form.work)
        if isinstance(each, ttk.Entry | tk.Text | ttk.Button | ttk.Checkbutton | ttk.Treeview) and each.winfo_viewable()
    }  # fmt: skip
    assert len(usable) == 9
    form.top.focus_force()
    for key in ("<Tab>", "<Shift-Tab>"):
        reached = set()
        for _ in range(len(usable) + 3):
            focused = form.top.focus_get()
            assert focused is not None
            reached.add(str(focused))
            focused.event_generate(key)
            form.top.update()
        assert reached >= usable, usable - reached


def test_every_word_on_the_screen_can_be_read(form: Shell) -> None:
    style = ttk.Style(form.top)
    seen = []
    for each in below(form.frame):
        if not each.winfo_viewable():
            continue
        if isinstance(each, tk.Label | tk.Text):
            pair = str(each.cget("fg")), str(each.cget("bg"))
        elif isinstance(each, ttk.Label | ttk.Button | ttk.Checkbutton | ttk.Entry):
            name = str(each.cget("style")) or each.winfo_class()
            ground = "fieldbackground" if isinstance(each, ttk.Entry) else "background"
            own = {option: str(each.cget(option)) for option in ("foreground", "background") if option in each.keys()}  # noqa: SIM118
            pair = (own.get("foreground") or style.lookup(name, "foreground"),
                    own.get("background") or style.lookup(name, ground))  # fmt: skip
        else:
            continue
        if isinstance(each, tk.Label | ttk.Label) and not str(each.cget("text")):
            continue
        seen.append(pair)
        assert look.contrast(*pair) >= 4.5, (str(each), pair)
    assert len(seen) > 25


def test_disabled_buttons_can_still_be_read(top: tk.Toplevel) -> None:
    look_up = ttk.Style(top).lookup
    for name in ("TButton", "Primary.TButton", "Stop.TButton"):
        pair = look_up(name, "foreground", ["disabled"]), look_up(name, "background", ["disabled"])
        assert look.contrast(*pair) >= 4.5, (name, pair)


@pytest.mark.parametrize("seed", range(3))
def test_a_child_at_the_keyboard_breaks_nothing(form: Shell, seed: int, soak: float) -> None:
    """Keys, clicks and wheels at random; a failing callback fails the test by itself."""
    dice = random.Random(seed)
    keys = [*"abc019-", "Return", "Tab", "Escape", "space", "BackSpace", "Delete", "Up", "Down", "Home", "End", "F2",
            "F5", "F6", "F12", "Prior", "Next"]  # fmt: skip
    stamp = 100_000_000
    for _ in range(int(4000 * soak)):
        stamp += dice.choice([3, 30, 200])
        widgets = [each for each in below(form.frame) if each.winfo_viewable()]
        target = dice.choice(widgets)
        what = dice.random()
        if what < 0.6:
            form.top.event_generate(f"<KeyPress-{dice.choice(keys)}>", time=stamp)
        elif what < 0.9:
            x, y = dice.randrange(max(1, target.winfo_width())), dice.randrange(max(1, target.winfo_height()))
            target.event_generate("<ButtonPress-1>", x=x, y=y, time=stamp)
            if target.winfo_exists():
                target.event_generate("<ButtonRelease-1>", x=x, y=y, time=stamp)
        elif what < 0.95:
            target.event_generate(dice.choice(["<Button-4>", "<Button-5>"]), x=1, y=1)
        elif what < 0.97:
            form.ask("A?", "B.", [Choice("1"), Choice("2", dangerous=True)])
        else:
            form.problem.progress("x", dice.choice([None, 0.5]), lambda: None)
        form.top.update()
    assert form.frame.winfo_exists()
