"""The launcher opens a mode by touch, by Return and by its number."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

import pytest

from kiosk.ui.launcher import open_launcher
from kiosk.ui.mailbox import Mailbox

MODES = [
    ("reception", "受付"),
    ("viewer", "ビューア"),
    ("findings", "所見"),
    ("gateway", "通信サーバ"),
    ("pacs", "模擬PACS"),
]


@pytest.fixture
def started() -> list[str]:
    return []


@pytest.fixture
def launcher(top: tk.Toplevel, started: list[str]) -> Any:
    mailbox = Mailbox(top)
    shell = open_launcher(top, MODES, started.append, mailbox)
    top.update()
    yield shell
    mailbox.close()


def test_touch_return_and_number_open_a_mode(
    launcher: Any, started: list[str], type_slowly: Callable[[Any, str], int], wait_until: Callable[..., object]
) -> None:
    made = [each for each in launcher.work.winfo_children() if isinstance(each, ttk.Button)]
    made[2].invoke()
    made[0].focus_force()
    launcher.top.update()
    for sequence in ("<Right>", "<Down>", "<Return>"):
        launcher.top.focus_get().event_generate(sequence)
        launcher.top.update()
    type_slowly(launcher.top, "2")
    wait_until(lambda: len(started) == 3)
    assert started == ["findings", "pacs", "viewer"]


def test_after_the_digits_letters_open_a_mode(
    top: tk.Toplevel, started: list[str], type_slowly: Callable[[Any, str], int], wait_until: Callable[..., object]
) -> None:
    mailbox = Mailbox(top)
    shell = open_launcher(top, [(f"m{number}", f"業務{number}") for number in range(1, 13)], started.append, mailbox)
    top.update()
    shown = [each.cget("text") for each in shell.work.winfo_children() if isinstance(each, ttk.Button)]
    assert shown[9:] == ["0  業務10", "A  業務11", "B  業務12"]
    for cap, number in (("0", 10), ("a", 11), ("B", 12)):
        type_slowly(top, cap)
        wait_until(lambda number=number: started[-1:] == [f"m{number}"], what=f"{cap} opens it")  # type: ignore[misc]
    mailbox.close()


def test_a_barcode_opens_nothing(launcher: Any, started: list[str], scan: Callable[..., int]) -> None:
    scan(launcher.top, "12345123")
    launcher.top.update()
    assert started == [] and "barcode" in launcher.problem.text


def test_esc_closes_it_as_its_frame_does(launcher: Any) -> None:
    closed: list[int] = []
    launcher.top.protocol("WM_DELETE_WINDOW", lambda: closed.append(1))
    launcher.key("Esc").press()
    assert closed == [1]
