"""A dressed root, a shell in a window of 1280x800, and hands that type and scan."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

_stamps = itertools.count(1_000_000, 10_000)
_KEYSYMS = {"-": "minus", " ": "space", ".": "period", "%": "percent", "\t": "Tab", "\r": "Return", "/": "slash"}


@pytest.fixture
def dressed(root: Any) -> Any:
    from kiosk.ui import look

    look.dress(root)
    return root


@pytest.fixture
def top(dressed: Any) -> Iterator[Any]:
    """A window that has the keyboard."""
    import tkinter as tk

    window = tk.Toplevel(dressed)
    window.geometry("1280x800+0+0")
    window.update()
    window.lift()  # no window manager here puts the newest window in front
    window.focus_force()
    window.update()
    yield window
    if window.winfo_exists():
        window.destroy()


@pytest.fixture
def shell(top: Any) -> Any:
    from kiosk.ui.shell import Shell

    made = Shell(top, "Examinee list", "Reception", clock=lambda: datetime(2026, 11, 24, 9, 41))
    top.update()
    return made


def keys(widget: Any, text: str, gap_ms: int, start_ms: int | None = None) -> int:
    """Type ``text`` with so many ms between the keys, as the window system stamps them; returns the last stamp."""
    stamp = next(_stamps) if start_ms is None else start_ms
    for char in text:
        target = widget.focus_get() or widget
        target.event_generate(f"<KeyPress-{_KEYSYMS.get(char, char)}>", time=stamp)
        widget.update()
        if widget.winfo_exists():
            (widget.focus_get() or widget).event_generate(f"<KeyRelease-{_KEYSYMS.get(char, char)}>", time=stamp)
        stamp += gap_ms
    return stamp - gap_ms


@pytest.fixture
def type_slowly() -> Callable[[Any, str], int]:
    """A person's hand: 150 ms a key."""
    return lambda widget, text: keys(widget, text, 150)


@pytest.fixture
def scan() -> Callable[..., int]:
    """A scanner's hand: 8 ms a key, Return at the end."""
    return lambda widget, code, end="\r", gap_ms=8: keys(widget, code + end, gap_ms)
