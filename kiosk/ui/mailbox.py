"""The one way into the windows from other threads: calls posted here run on the Tk main thread, a slice at a time."""

from __future__ import annotations

import logging
import sys
import threading
import time
import tkinter as tk
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any

log = logging.getLogger("kiosk.ui")

EVERY_MS = 15  # how often an empty mailbox is looked into
PAUSE_MS = 4  # between two slices of a full one, so that Tk can paint and take keys
SLICE_S = 0.008  # how long one slice may take calls; a slice ends after the call that passes it


class Mailbox:
    """Thread-safe ``post(fn, *args)``; drained by ``after`` on the thread that made it. Order is kept.

    A call that fails is handed to ``failed(error)`` (the error sink) and the next one runs all the same.
    """

    def __init__(self, root: tk.Misc, failed: Callable[[BaseException], None] | None = None) -> None:
        self._root = root
        self._calls: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._failed = failed or _to_log
        self._closed = False
        self._after = root.after(EVERY_MS, self._tick)

    def post(self, do: Callable[..., Any], *args: Any) -> None:
        """Have ``do(*args)`` run on the main thread soon. From any thread; dropped after ``close``."""
        if not self._closed:
            self._calls.append((do, args))

    def failures_go_to(self, failed: Callable[[BaseException], None]) -> None:
        """Name the one who is told of failing calls (``errors.meet`` does it)."""
        self._failed = failed

    def drain(self, for_s: float = SLICE_S) -> bool:
        """Run what waits, for about ``for_s`` seconds; True when more is left. Main thread only."""
        until = time.monotonic() + for_s
        while self._calls and not self._closed:
            do, args = self._calls.popleft()
            try:
                do(*args)
            except Exception as error:
                self._failed(error)
            if time.monotonic() >= until:
                break
        return bool(self._calls)

    def close(self) -> None:
        """Stop; what is still waiting is dropped. Main thread only."""
        self._closed = True
        self._calls.clear()
        try:
            self._root.after_cancel(self._after)
        except tk.TclError:
            pass

    def _tick(self) -> None:
        more = True
        try:
            more = self.drain()
        finally:
            if not self._closed:
                self._after = self._root.after(PAUSE_MS if more else EVERY_MS, self._tick)


class Heartbeat:
    """Measures how long the windows stand still: the longest gap between two ticks of ``after``, in seconds.

    ``watch(stop)`` belongs in a worker thread: it writes the main thread's stack to the log while a gap above
    ``limit_s`` lasts, which is the only moment at which the culprit can be seen.
    """

    def __init__(self, root: tk.Misc, every_ms: int = 20, limit_s: float = 0.5) -> None:
        self._root = root
        self._every_ms = every_ms
        self._main = threading.get_ident()
        self.limit_s = limit_s
        self.longest_gap_s = 0.0
        self.beats = 0
        self._last = time.monotonic()
        self._after: str | None = root.after(every_ms, self._beat)

    def reset(self) -> None:
        """Begin a new measurement."""
        self.longest_gap_s, self.beats, self._last = 0.0, 0, time.monotonic()

    def stop(self) -> None:
        """End it. Main thread only."""
        if self._after is not None:
            try:
                self._root.after_cancel(self._after)
            except tk.TclError:
                pass
            self._after = None

    def _beat(self) -> None:
        now = time.monotonic()
        self.longest_gap_s = max(self.longest_gap_s, now - self._last)
        self.beats += 1
        self._last = now
        self._after = self._root.after(self._every_ms, self._beat)

    def watch(self, stop: threading.Event) -> None:
        """Until ``stop``: log each stall once, with where the main thread stands (places only, no values)."""
        told_of = 0.0
        while not stop.wait(self.limit_s / 5):
            last = self._last
            gap = time.monotonic() - last
            if self._after is None or gap <= self.limit_s or told_of == last:
                continue
            told_of = last
            frame = sys._current_frames().get(self._main)
            stack = "".join(traceback.format_stack(frame)) if frame else ""
            log.warning("the windows have stood still for %.0f ms\n%s", gap * 1000, stack)


def _to_log(error: BaseException) -> None:
    from kiosk.ui import errors

    errors.report(error)
