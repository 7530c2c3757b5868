"""The launcher: one button per station mode, for a PC without a parameter file and for training."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import buttons, look
from kiosk.ui.mailbox import Mailbox
from kiosk.ui.shell import Key, Shell

COLUMNS = 3
CAPS = "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # the digits as they stand on the keyboard, then letters


def open_launcher(
    parent: tk.Toplevel, modes: Sequence[tuple[str, str | Sentence]], start: Callable[[str], Any], mailbox: Mailbox
) -> Shell:
    """Fill ``parent`` with a button per (name, title); ``start(name)`` opens that mode's window."""
    shell = Shell(parent, N_("Stations"), where=N_("Choose what this PC is used for"), mailbox=mailbox)
    for column in range(COLUMNS):
        shell.work.columnconfigure(column, weight=1, uniform="modes")
    made: list[ttk.Button] = []
    for index, (name, title) in enumerate(modes):
        row, column = divmod(index, COLUMNS)
        shell.work.rowconfigure(row, weight=1, uniform="modes")
        button = buttons.secondary(shell.work, f"{CAPS[index : index + 1]}  {say(title)}", partial(start, name))
        button.grid(row=row, column=column, sticky="nsew", padx=look.px(look.GAP), pady=look.px(look.GAP))
        made.append(button)
        for arrow, step in (("Left", -1), ("Right", 1), ("Up", -COLUMNS), ("Down", COLUMNS)):
            button.bind(f"<{arrow}>", lambda event, to=index + step: _focus(made, to))  # type: ignore[misc]
    opens = dict(zip(CAPS, (button.invoke for button in made), strict=False))
    shell.letter_keys({**opens, **{cap.lower(): action for cap, action in opens.items()}})
    if made:
        made[0].focus_set()
    shell.problem.plain(N_("Press the number or letter, or choose with the arrow keys and Return."))
    shell.keys([Key("Esc", N_("Close"), shell.close)])
    return shell


def _focus(made: list[ttk.Button], to: int) -> str:
    if 0 <= to < len(made):
        made[to].focus_set()
    return "break"
