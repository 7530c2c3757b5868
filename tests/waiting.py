"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tests import tk_watch

T = TypeVar("T")
_never = threading.Event()


def wait_until(condition: Callable[[], T], deadline_s: float = 10.0, what: str = "") -> T:
    """Pump every live Tk window until ``condition()`` is true and return its value; fail after ``deadline_s``."""
    end = time.monotonic() + deadline_s
    while True:
        tk_watch.pump()
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what or getattr(condition, '__qualname__', condition)}")
        _never.wait(0.005)
