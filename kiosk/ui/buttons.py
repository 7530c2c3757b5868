"""Buttons of the kit: 48 px high, the main one blue, a dangerous one red, Return and space press the focused one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from kiosk.core.words import Sentence, say
from kiosk.ui import look
from kiosk.ui.ellipsis import Cutter


def primary(parent: tk.Misc, text: str | Sentence, action: Callable[[], object]) -> ttk.Button:
    """The one thing that this part of the window is for."""
    return _button(parent, text, action, "Primary.TButton", look.TEXT_BOLD)


def secondary(parent: tk.Misc, text: str | Sentence, action: Callable[[], object]) -> ttk.Button:
    """Everything else that can be done."""
    return _button(parent, text, action, "TButton", look.TEXT)


def narrow(parent: tk.Misc, text: str | Sentence, action: Callable[[], object]) -> ttk.Button:
    """As ``secondary`` where several stand beside each other in little room."""
    return _button(parent, text, action, "Narrow.TButton", look.TEXT)


def dangerous(parent: tk.Misc, text: str | Sentence, action: Callable[[], object]) -> ttk.Button:
    """What takes something away; never the first choice, never the focused one."""
    return _button(parent, text, action, "Stop.TButton", look.TEXT_BOLD)


def _button(parent: tk.Misc, text: str | Sentence, action: Callable[[], object], style: str, font: str) -> ttk.Button:
    said = say(text)
    letter = Cutter(parent, font).width("0")
    # ttk counts a button's width in zeros; ask for what the words need instead of clam's eleven.
    needed = -(-Cutter(parent, font).width(said) // max(1, letter))
    return ttk.Button(parent, text=said, command=action, style=style, width=max(4, needed))
