"""Two windows of one PC: who types in one is not disturbed by what happens in the other."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.ui import look, one_keyboard


@pytest.fixture
def two(root: Any, wait_until: Callable[..., Any]) -> Iterator[list[tuple[tk.Toplevel, tk.Entry, tk.Entry]]]:
    look.dress(root)
    made = []
    for number in range(2):
        top = tk.Toplevel(root)
        one_keyboard.guard(top)
        top.geometry(f"200x100+{number * 250}+0")
        fields = [tk.Entry(top), tk.Entry(top)]
        for each in fields:
            each.pack()
        made.append((top, *fields))
    wait_until(lambda: all(top.winfo_viewable() for top, *_ in made))
    made[0][1].focus_force()
    wait_until(lambda: str(root.tk.call("focus")) == str(made[0][1]))
    yield made  # type: ignore[misc]
    for top, *_ in made:
        top.destroy()


def cursor(root: Any) -> str:
    root.update()
    return str(root.tk.call("focus"))


def test_a_late_answer_in_another_window_does_not_take_the_keyboard(root: Any, two: Any) -> None:
    (_, here, _), (other, _, there) = two
    there.focus_set()
    assert cursor(root) == str(here)
    assert other.focus_lastfor() is there, "and that is where the cursor stands when a person turns to it"


def test_who_turns_to_the_other_window_finds_the_cursor_where_it_was_put(
    root: Any, two: Any, wait_until: Callable[..., Any]
) -> None:
    _, (other, first, there) = two
    there.focus_set()
    other.focus_force()
    wait_until(lambda: cursor(root) in (str(there), str(other)))
    there.focus_set()
    assert cursor(root) == str(there)
    first.focus_set()
    assert cursor(root) == str(first), "within the window in front nothing changed"


def test_a_click_turns_to_a_window(root: Any, two: Any, wait_until: Callable[..., Any]) -> None:
    (_, here, _), (_, _, there) = two
    there.event_generate("<ButtonPress-1>", x=5, y=5)
    there.event_generate("<ButtonRelease-1>", x=5, y=5)
    wait_until(lambda: cursor(root) == str(there))
    assert cursor(root) != str(here)
