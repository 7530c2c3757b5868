"""Several locked windows on one screen: the keyboard stays where the person puts it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.ui.fields import TextField
from kiosk.ui.lock import Lock
from kiosk.ui.shell import Shell
from tests.ui.test_lock import FakeGate


@pytest.fixture
def windows(dressed: Any) -> list[Shell]:
    shells = [Shell(tk.Toplevel(dressed), "A window") for _ in range(2)]
    for shell in shells:
        TextField(shell.work, "Name").grid()
    dressed.update()
    return shells


def focus(shell: Shell) -> str:
    return str(shell.top.tk.call("focus"))


def field(shell: Shell) -> Any:
    return shell.work.winfo_children()[0].entry  # type: ignore[attr-defined]


def test_locked_windows_do_not_fight_for_the_keyboard(windows: list[Shell], wait_until: Callable[..., Any]) -> None:
    """Two that take it back from each other do so for ever, and nobody can type a PIN into either."""
    first, second = windows
    lock = Lock(FakeGate())
    for shell in windows:
        lock.guard(shell)
    second.top.focus_force()
    wait_until(lambda: focus(second).startswith(str(second.top)) and ".!lockscreen" in focus(second))
    first.top.event_generate("<FocusIn>")  # the late word of a change that is over
    first.top.update_idletasks()
    assert focus(second).startswith(str(second.top)), "the first window took the keyboard back"
    for shell in windows:
        lock.release(shell)


def test_locking_and_entering_leave_the_keyboard_in_the_window_of_the_person(
    windows: list[Shell], wait_until: Callable[..., Any]
) -> None:
    first, second = windows
    gate = FakeGate()
    lock = Lock(gate)
    for shell in windows:
        lock.guard(shell)
    field(second).focus_force()
    lock._entered(gate.enter(name="見本 次郎", pin="2468")._value)
    field(second).focus_force()
    field(first).focus_force()  # the person works at the first window now
    first.top.update()
    gate.hold = True
    lock.lock_now()
    for asked in list(gate.asked):
        asked.come()  # the second window's form comes when the person has begun to type at the first
    gate.hold = False
    for asked in list(gate.asked):
        asked.come()
    first.top.update()
    assert focus(first).startswith(str(first.top)) and ".!lockscreen" in focus(first)
    lock._entered(gate.enter(name="見本 次郎", pin="2468")._value)
    first.top.update()
    assert focus(first) == str(field(first))
    second.top.focus_force()
    wait_until(lambda: focus(second) == str(field(second)), what="its cursor stands where it stood")
    for shell in windows:
        lock.release(shell)
