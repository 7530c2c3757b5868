"""The launcher: one button per station mode, for a PC without a parameter file and for training."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.ui.mailbox import Mailbox
from kiosk.ui.shell import Key, Shell

COLUMNS = 3


def open_launcher(
    parent: tk.Toplevel, modes: Sequence[tuple[str, str]], start: Callable[[str], Any], mailbox: Mailbox
) -> Shell:
    """Fill ``parent`` with a button per (name, title); ``start(name)`` opens that mode's window."""
    shell = Shell(parent, N_("Stations"), where=N_("Choose what this PC is used for"), mailbox=mailbox)
    for column in range(COLUMNS):
        shell.work.columnconfigure(column, weight=1, uniform="modes")
    first: ttk.Button | None = None
    for index, (name, title) in enumerate(modes):
        row, column = divmod(index, COLUMNS)
        shell.work.rowconfigure(row, weight=1, uniform="modes")
        caption = f"{index + 1}  {say(title)}"
        button = ttk.Button(shell.work, text=caption, style="Secondary.TButton", command=lambda n=name: start(n))  # type: ignore[misc]
        button.grid(row=row, column=column, sticky="nsew", padx=8, pady=8)
        button.bind("<Return>", lambda event, n=name: start(n))  # type: ignore[misc]
        if index < 9:
            parent.bind(f"<KeyPress-{index + 1}>", lambda event, n=name: start(n), add=True)  # type: ignore[misc]
        first = first or button
    if first is not None:
        first.focus_set()
    shell.problem.plain(N_("Press a number, or choose with the arrow keys and Return."))
    shell.keys([Key("Esc", N_("Close"), lambda: parent.event_generate("<<CloseStation>>"))])
    return shell
