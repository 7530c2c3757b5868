"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tests import tk_watch

T = TypeVar("T")
_never = threading.Event()
PAUSE_S, LONGEST_PAUSE_S = 0.005, 0.05


def wait_until(condition: Callable[[], T], deadline_s: float = 10.0, what: str = "") -> T:
    """Pump every live Tk window until ``condition()`` is true and return its value; fail after ``deadline_s``."""
    end = time.monotonic() + deadline_s
    while True:
        began = time.monotonic()
        tk_watch.pump()
        value = condition()
        if value:
            return value
        if (now := time.monotonic()) > end:
            raise AssertionError(f"not within {deadline_s} s: {what or getattr(condition, '__qualname__', condition)}")
        # Looking takes half of a core at most: the other half is for whoever works at what is waited for.
        _never.wait(min(max(PAUSE_S, now - began), LONGEST_PAUSE_S))
