"""Several locked windows on one screen: the keyboard stays where the person puts it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

from kiosk.ui.lock import Lock
from kiosk.ui.shell import Shell
from tests.ui.test_lock import FakeGate


def test_locked_windows_do_not_fight_for_the_keyboard(dressed: Any, wait_until: Callable[..., Any]) -> None:
    """Two that take it back from each other do so for ever, and nobody can type a PIN into either."""
    first, second = shells = [Shell(tk.Toplevel(dressed), "A window") for _ in range(2)]
    dressed.update()
    lock = Lock(FakeGate())
    for shell in shells:
        lock.guard(shell)

    def focus() -> str:
        return str(dressed.tk.call("focus"))

    second.top.focus_force()
    wait_until(lambda: focus().startswith(str(second.top)) and ".!lockscreen" in focus())
    first.top.event_generate("<FocusIn>")  # the late word of a change that is over
    dressed.update_idletasks()
    assert focus().startswith(str(second.top)), "the first window took the keyboard back"
    for shell in shells:
        lock.release(shell)
