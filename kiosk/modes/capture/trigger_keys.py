"""Keys beside F5 that release the shutter: a foot switch is a keyboard of one key."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any

from kiosk.ui.held_keys import HeldKeys
from kiosk.ui.shell import Shell


class TriggerKeys:
    """``press(key)`` at once, whatever has the focus; a key that is held down counts once."""

    def __init__(self, shell: Shell, keys: Sequence[str], press: Callable[[str], object]) -> None:
        self._press = press
        self._held = HeldKeys()
        for key in keys:
            try:
                shell.top.bind(f"<KeyPress-{key}>", lambda event, key=key: self._down(key, event), add=True)  # type: ignore[misc]
                shell.top.bind(f"<KeyRelease-{key}>", lambda event, key=key: self._up(key, event), add=True)  # type: ignore[misc]
            except tk.TclError:  # no key of that name: the device page shows that it is never heard of
                continue

    def _down(self, key: str, event: Any) -> None:
        if not self._held.pressed(key, float(event.time)):
            self._press(key)

    def _up(self, key: str, event: Any) -> None:
        self._held.released(key, float(event.time))
