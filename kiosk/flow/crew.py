"""Worker threads of this process: each has a name, a stop flag and a deadline for joining."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass
class _Member:
    thread: threading.Thread
    stop: threading.Event
    wake: Callable[[], None] | None


class Crew:
    """Starts workers and sees them off. ``work(stop)`` must return soon after ``stop`` is set."""

    def __init__(self, on_error: Callable[[str, BaseException], None] | None = None) -> None:
        self._members: list[_Member] = []
        self._lock = threading.Lock()
        self._on_error = on_error
        self._closed = False

    def start(
        self, name: str, work: Callable[[threading.Event], None], wake: Callable[[], None] | None = None
    ) -> threading.Event:
        """Start a worker; returns its stop flag. ``wake`` interrupts a wait so that it sees the flag."""
        stop = threading.Event()
        # daemon: who is still busy after the deadline of ``close`` must not keep the program, and its lock, for ever.
        thread = threading.Thread(target=self._run, args=(name, work, stop), name=name, daemon=True)
        with self._lock:
            if self._closed:
                raise RuntimeError(f"{name}: the crew has gone home")
            self._members = [each for each in self._members if each.thread.is_alive()]
            self._members.append(_Member(thread, stop, wake))
            thread.start()
        return stop

    def _run(self, name: str, work: Callable[[threading.Event], None], stop: threading.Event) -> None:
        try:
            work(stop)
        except Exception as why:
            log.error("worker %s stopped", name, exc_info=why)
            if self._on_error is not None:
                self._on_error(name, why)

    def close(self, deadline_s: float = 5.0) -> list[str]:
        """Stop all workers, newest first; returns the names of those that did not end in time (they are logged)."""
        with self._lock:
            self._closed = True
            members = list(reversed(self._members))
        for each in members:
            each.stop.set()
        for each in members:  # when all flags are set: a wake that one of a group takes for another is not lost
            if each.wake is not None:
                each.wake()
        late = []
        until = time.monotonic() + deadline_s
        for each in members:
            each.thread.join(max(0.0, until - time.monotonic()))
            if each.thread.is_alive():
                late.append(each.thread.name)
                log.warning("worker %s is still busy at the end%s", each.thread.name, _where(each.thread))
        return late


def _where(thread: threading.Thread) -> str:
    """Places in the program at which a thread stands, innermost last; no values."""
    frame = sys._current_frames().get(thread.ident or 0)
    stack = traceback.extract_stack(frame)[-12:] if frame is not None else []
    return "".join(f"\n  {place.filename}:{place.lineno} {place.name}" for place in stack)
