"""A ward without a window, and the real window in front of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.flow import children
from tests.flow import unruly
from tests.modes.viewer.hands import Open, press
from tests.modes.viewer.ward import Ward
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]


@pytest.fixture(autouse=True)
def _unruly_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "worker_command", unruly.command)


@pytest.fixture
def ward(sqlite_templates: Path, tmp_path: Path) -> Iterator[Ward]:
    """Answers call back at once, on the thread that has the news."""

    def at_once(do: Callable[..., Any], *args: Any) -> None:
        do(*args)

    made = Ward(sqlite_templates, tmp_path, at_once)
    yield made
    made.close()


@pytest.fixture
def open_ward(sqlite_templates: Path, tmp_path: Path, root: Any) -> Iterator[Callable[..., Ward]]:
    """``open_ward(**settings)``: a ward whose answers come through the mailbox of the root."""
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    made: list[tuple[Ward, Mailbox]] = []

    def open_one(**settings: Any) -> Ward:
        mailbox = Mailbox(root)
        ward = Ward(sqlite_templates, tmp_path, mailbox.post, mailbox, **settings)
        made.append((ward, mailbox))
        return ward

    yield open_one
    for child in root.winfo_children():
        child.destroy()
    for ward, mailbox in made:
        ward.close()
        mailbox.close()


@pytest.fixture
def open_window(root: Any, wait_until: Callable[..., Any]) -> Callable[[Ward], Any]:
    """The real window of a ward's viewer, 1280x800, with the keyboard."""
    import tkinter as tk

    from kiosk.modes.viewer.window import ViewerWindow

    def open_one(ward: Ward) -> Any:
        top = tk.Toplevel(root)
        top.geometry("1280x800+0+0")
        window = ViewerWindow(top, ward.desk())
        top.update()
        top.focus_force()
        top.update()
        window.focus()  # the virtual screen has no window manager that would tell it
        wait_until(lambda: top.focus_get() is window.list.table.tree, what="the keyboard is here")
        return window

    return open_one


@pytest.fixture
def opened(open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any) -> Open:
    """``opened(pictures=3, ...)``: a ward with one study of a visit, on the screen."""

    def make(**study: Any) -> tuple[Ward, Any]:
        ward = open_ward()
        ward.study(ward.visit(), **study)
        window = open_window(ward)
        wait_until(lambda: len(window.list.table) == 1)
        press(window, "<F5>")
        wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready and not window.opening.running, 30)
        return ward, window

    return make
