"""Watches every Tk window of a test run: callback errors, and Tk touched from another thread than its own."""

from __future__ import annotations

import threading
import traceback
from typing import Any

try:
    import tkinter
except ImportError:  # tests of the rooms without windows still run
    tkinter = None  # type: ignore[assignment]

errors: list[str] = []
_roots: list[Any] = []


class OwnThreadTk:
    """Stands before a Tcl interpreter and refuses calls from any thread but the one that made it."""

    def __init__(self, interpreter: Any) -> None:
        self._interpreter = interpreter
        self._owner = threading.get_ident()

    def _check(self, what: str) -> None:
        if threading.get_ident() != self._owner:
            errors.append(f"Tk touched off-thread by {threading.current_thread().name}: {what}")
            raise RuntimeError(errors[-1])

    def call(self, *words: Any) -> Any:
        self._check(str(words[:3]))
        return self._interpreter.call(*words)

    def __getattr__(self, name: str) -> Any:
        self._check(name)
        return getattr(self._interpreter, name)


def watch() -> None:
    """From now on every new ``Tk()`` is watched."""
    if tkinter is None:
        return
    plain_init = tkinter.Tk.__init__

    def watched_init(self: Any, *args: Any, **options: Any) -> None:
        plain_init(self, *args, **options)
        self.tk = OwnThreadTk(self.tk)
        _roots.append(self)

    def note_error(self: Any, kind: Any, value: Any, trace: Any) -> None:
        errors.append("".join(traceback.format_exception(kind, value, trace)))

    tkinter.Tk.__init__ = watched_init  # type: ignore[method-assign]
    tkinter.Tk.report_callback_exception = note_error  # type: ignore[method-assign]


def pump() -> None:
    """Let every live window of this thread handle what waits for it."""
    for root in list(_roots):
        if root.tk._owner != threading.get_ident():
            continue
        try:
            root.update()
        except tkinter.TclError:  # destroyed meanwhile
            _roots.remove(root)
