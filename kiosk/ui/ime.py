"""Turns the Japanese input method off where only numbers belong, and on again where words do."""

from __future__ import annotations

import sys
import tkinter as tk


def off_in(widget: tk.Misc) -> None:
    """No composing in this widget from now on. Where the window system offers no way, it does nothing.

    Windows: each Tk widget is a window of its own and gets no input context. X11: Tk has one switch per display,
    set while the widget has the focus.
    """
    windows = widget.tk.call("tk", "windowingsystem")
    if windows == "win32":
        widget.bind("<Map>", lambda event: _take_context(widget), add=True)
    elif windows == "x11":
        widget.bind("<FocusIn>", lambda event: _use_methods(widget, False), add=True)
        widget.bind("<FocusOut>", lambda event: _use_methods(widget, True), add=True)


def _use_methods(widget: tk.Misc, use: bool) -> None:
    try:
        widget.tk.call("tk", "useinputmethods", "-displayof", str(widget), use)
    except tk.TclError:
        pass


def _take_context(widget: tk.Misc) -> None:
    if sys.platform == "win32":
        import ctypes

        associate = ctypes.windll.imm32.ImmAssociateContext
        associate.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        associate(widget.winfo_id(), None)
