"""Desk calls return at once: an ``Answer`` that comes later, with a deadline and a cancel; long work tells its way."""

from __future__ import annotations

import heapq
import itertools
import logging
import queue
import threading
import time
import zlib
from collections.abc import Callable
from typing import Any

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import N_
from kiosk.flow.crew import Crew

log = logging.getLogger(__name__)

Post = Callable[..., None]  # post(fn, *args): run fn(*args) on the main thread


class Answer:
    """A result on its way. ``then(do, failed)`` calls back where the windows live; ``wait`` blocks a headless caller.

    Errors arrive as ``Fault``; anything else is logged and told as one plain sentence.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._value: Any = None
        self._fault: Fault | None = None
        self._cancelled = False
        self._waiting: list[tuple[Callable[[Any], None] | None, Callable[[Fault], None] | None]] = []

    def then(self, do: Callable[[Any], None] | None, failed: Callable[[Fault], None] | None = None) -> Answer:
        """Call ``do(value)`` or ``failed(fault)`` through the mailbox; nothing is called after ``cancel``."""
        with self._lock:
            if not self._done.is_set():
                self._waiting.append((do, failed))
                return self
        self._hand_over(do, failed)
        return self

    def wait(self, deadline_s: float = 30.0) -> Any:
        """The value, for callers without a window. Raises the Fault, or LinkLost when the deadline passes."""
        if not self._done.wait(deadline_s):
            raise LinkLost("", N_("The answer did not come in time."), N_("Try again."))
        if self._fault is not None:
            raise self._fault
        return self._value

    def cancel(self) -> None:
        """Forget about it: no callback comes any more. Work that has begun finishes by itself."""
        self._cancelled = True

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    @property
    def arrived(self) -> bool:
        return self._done.is_set()

    def settle(self, value: Any = None, fault: Fault | None = None) -> None:
        """Called once by whoever did the work; later calls (a result after the deadline) are ignored."""
        with self._lock:
            if self._done.is_set():
                return
            self._value, self._fault = value, fault
            self._done.set()
            waiting, self._waiting = self._waiting, []
        for do, failed in waiting:
            self._hand_over(do, failed)

    def _hand_over(self, do: Callable[[Any], None] | None, failed: Callable[[Fault], None] | None) -> None:
        if self._fault is not None:
            if failed is not None:
                self._post(self._call_unless_cancelled, failed, self._fault)
        elif do is not None:
            self._post(self._call_unless_cancelled, do, self._value)

    def _call_unless_cancelled(self, call: Callable[[Any], None], value: Any) -> None:
        if not self._cancelled:
            call(value)


class Stopped(Fault):
    """The person stopped it, or the program ends."""

    reference = "W100"

    def __init__(self) -> None:
        super().__init__(N_("Stopped, as you wished."), N_("You may start it again at any time."))


TELL_EVERY_S = 0.1


class Running(Answer):
    """The answer of work that takes minutes: it tells how far it is, and can be stopped."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self._stop = threading.Event()
        self._leaving = threading.Event()  # set when the program ends
        self._listeners: list[Callable[[float], None]] = []
        self._told_s = 0.0

    def on_progress(self, call: Callable[[float], None]) -> Running:
        """Call with 0 to 1 now and then, where the windows live; never after the answer."""
        self._listeners.append(call)
        return self

    def stop(self) -> None:
        """Have the work end at its next step; ``failed`` gets ``Stopped`` then."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """It was asked to end; a drive or share that hangs may keep it for long."""
        return self._stop.is_set()

    def told(self, part: float) -> None:
        """For the work: so much is done (0 to 1). Raises Stopped where it shall end."""
        if self._stop.is_set() or self._leaving.is_set():
            raise Stopped
        now = time.monotonic()
        if now - self._told_s >= TELL_EVERY_S or part >= 1.0:
            self._told_s = now
            for call in list(self._listeners):
                self._post(self._tell_unless_arrived, call, part)

    def _tell_unless_arrived(self, call: Callable[[float], None], part: float) -> None:
        if not self.arrived and not self.cancelled:
            call(part)


def as_fault(why: BaseException) -> Fault:
    """Any error as a Fault: unexpected ones are logged with their traceback and told plainly."""
    if isinstance(why, Fault):
        return why
    reference = f"X{zlib.crc32(type(why).__name__.encode()) % 900 + 100}"  # the same in every process
    log.error("unexpected %s (%s)", type(why).__name__, reference, exc_info=why)
    return Fault(
        N_("Something went wrong inside the program; nothing was changed."),
        N_("Try again; if it stays, call the person in charge with this number."),
        reference=reference,
    )


class Errands:
    """A few named threads that run desk calls, and a watch over their deadlines."""

    def __init__(self, crew: Crew, post: Post, threads: int = 2, leave: Callable[[], None] | None = None) -> None:
        self._crew = crew
        self._post = post
        self._leave = leave  # closes what a thread holds (its database connections) when the thread ends
        self._queue: queue.Queue[tuple[Answer, Callable[[], Any]] | None] = queue.Queue()  # None: look at the stop flag
        self._deadlines: list[tuple[float, int, Answer]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        for number in range(threads):
            crew.start(f"desk-{number + 1}", self._run, wake=lambda: self._queue.put(None))
        crew.start("desk-deadlines", self._watch, wake=self._wake)

    def ask(self, work: Callable[..., Any], *args: Any, deadline_s: float = 15.0, **kwargs: Any) -> Answer:
        answer = Answer(self._post)
        self._queue.put((answer, lambda: work(*args, **kwargs)))
        with self._changed:
            heapq.heappush(self._deadlines, (time.monotonic() + deadline_s, next(self._order), answer))
            self._changed.notify()
        return answer

    def begin(self, name: str, work: Callable[[Callable[[float], None]], Any]) -> Running:
        """Run ``work(told)`` on a thread of its own, without a deadline; it calls ``told(part)`` at each step."""
        running = Running(self._post)

        def run(leaving: threading.Event) -> None:
            running._leaving = leaving
            try:
                running.settle(work(running.told))
            except Exception as why:
                running.settle(fault=as_fault(why))
            finally:
                if self._leave is not None:
                    self._leave()

        self._crew.start(name, run)
        return running

    def _run(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                asked = self._queue.get()
                if asked is None:
                    continue
                answer, work = asked
                if answer.cancelled or answer.arrived:
                    continue
                try:
                    answer.settle(work())
                except Exception as why:  # every error ends as one sentence in front of a person
                    answer.settle(fault=as_fault(why))
        finally:
            if self._leave is not None:
                self._leave()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _watch(self, stop: threading.Event) -> None:
        while not stop.is_set():
            with self._changed:
                while self._deadlines and self._deadlines[0][2].arrived:
                    heapq.heappop(self._deadlines)
                now = time.monotonic()
                if not self._deadlines or self._deadlines[0][0] > now:
                    self._changed.wait(min(1.0, self._deadlines[0][0] - now) if self._deadlines else 1.0)
                    continue
                _, _, late = heapq.heappop(self._deadlines)
            late.settle(
                fault=LinkLost("", N_("The answer did not come in time."), N_("Nothing was lost; try again shortly."))
            )
