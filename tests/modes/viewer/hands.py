"""What a person does at the viewer's window, and what stands there then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.modes.viewer.ward import Ward

Open = Callable[..., tuple[Ward, Any]]


def press(window: Any, *sequences: str) -> None:
    for sequence in sequences:
        widget = window.shell.top.focus_get() or window.shell.top
        widget.event_generate(sequence, when="now")
        window.shell.top.update()


def shade(window: Any) -> int:
    """The stored value in the middle of the picture on the screen."""
    return int(window.pictures.pane.image.pixels[32, 32])


def at(window: Any, number: int) -> Callable[[], bool]:
    return lambda: bool(window.pictures.pane.at == number and window.pictures.pane.ready)
