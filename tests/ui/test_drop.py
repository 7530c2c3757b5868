"""Files dropped on a window reach the mode, unless the window is locked or asks something."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.ui import drop
from kiosk.ui.shell import Choice


def drop_on(top: tk.Toplevel, *names: str) -> str:
    """What tkdnd does with a drop: it fills the names into the script that is bound, and runs it."""
    script = str(top.tk.call("bind", str(top), "<<Drop:DND_Files>>"))
    command, place = script.rsplit(" ", 1)
    assert place == "%D"
    return str(top.tk.call(command, top.tk.call("list", *names)))


def test_paths_with_blanks_and_japanese_arrive_whole(shell: Any, wait_until: Callable[..., object]) -> None:
    taken: list[list[Path]] = []
    assert shell.on_files(taken.append), "the extension is among our dependencies"
    assert drop_on(shell.top, "/data/a b.dcm", "/data/検査 {1}.dcm") == "copy"
    wait_until(lambda: taken)
    assert taken == [[Path("/data/a b.dcm"), Path("/data/検査 {1}.dcm")]]


def test_nothing_is_taken_while_a_question_stands_open(shell: Any) -> None:
    taken: list[list[Path]] = []
    shell.on_files(taken.append)
    shell.ask("A?", "B.", [Choice("1")])
    drop_on(shell.top, "/data/a.dcm")
    shell.top.update()
    assert taken == []


def test_without_the_extension_the_window_goes_on(top: tk.Toplevel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tkinterdnd2", None)
    assert drop.take_files(top, lambda paths: None) is False
