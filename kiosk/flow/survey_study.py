"""Reads the headers of a study in batches, by as many decoders as are free; the first picture is told at once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.picture import PictureFacts
from kiosk.core.pipe_talk import fault_from_message
from kiosk.flow.children import Child, ChildLost

VECTORS = ("position", "orientation", "spacing_mm")  # of facts: lists on the wire
GROWING = (1, 2, 2, 4, 4, 8, 8)  # headers per question: few at first, so that the first picture need not wait for many
SURVEYED_AT_ONCE = 16  # then: often enough for a bar that moves and a cancel that bites


class Survey:
    """``work(child)`` on the thread of each decoder that takes part; ``told(batch, facts, done)`` after each batch, one
    call at a time, ``between()`` before it."""

    def __init__(
        self,
        paths: Sequence[str],
        deadline_s: float,
        between: Callable[[Child, Callable[[], bool]], None],
        told: Callable[[int, list[PictureFacts], int], None],
        lost: Callable[[ChildLost], Fault],
    ) -> None:
        self._deadline_s, self._between, self._told, self._lost = deadline_s, between, told, lost
        self._queue = [(number, batch) for number, batch in enumerate(_batches(paths))]
        self._facts: dict[int, list[PictureFacts]] = {}
        self._refused: dict[int, list[tuple[str, Fault]]] = {}
        self._busy = 0
        self._stopped: ChildLost | None = None
        self._changed = threading.Condition()

    def work(self, child: Child, stopped: Callable[[], bool], most: int = sys.maxsize) -> None:
        """Batches until none is left, or ``most``. Raises ChildLost when it was stopped."""
        for _ in range(most):
            self._between(child, stopped)
            with self._changed:
                if self._stopped is not None or not self._queue:
                    return
                number, batch = self._queue.pop(0)
                self._busy += 1
            try:
                self._ask(child, stopped, number, batch)
            finally:
                with self._changed:
                    self._busy -= 1
                    self._changed.notify_all()

    def finished(self) -> tuple[list[PictureFacts], list[tuple[str, Fault]]]:
        """Facts and refused files in the order of the paths, once all who took part are through; each of them ends by
        the deadline of its question."""
        with self._changed:
            while self._busy:
                self._changed.wait(1.0)
            if self._stopped is not None:
                raise self._stopped
            facts = [each for number in sorted(self._facts) for each in self._facts[number]]
            return facts, [each for number in sorted(self._refused) for each in self._refused[number]]

    def _ask(self, child: Child, stopped: Callable[[], bool], number: int, batch: list[str]) -> None:
        try:
            answered = child.ask({"do": "survey", "paths": batch}, self._deadline_s, stopped)["facts"]
        except ChildLost as lost:
            if lost.reason == "stopped":
                with self._changed:
                    self._stopped = lost
                raise
            if len(batch) > 1:  # one of them ends the decoder: find out which, the others are wanted
                for path in batch:
                    self._ask(child, stopped, number, [path])
                return
            answered = []
            with self._changed:
                self._refused.setdefault(number, []).append((batch[0], self._lost(lost)))
        facts = [facts_from_message(each) for each in answered if "fault" not in each]
        refused = [(each["path"], fault_from_message(each["fault"])) for each in answered if "fault" in each]
        with self._changed:
            self._facts.setdefault(number, []).extend(facts)
            self._refused.setdefault(number, []).extend(refused)
            done = sum(map(len, self._facts.values())) + sum(map(len, self._refused.values()))
            self._told(number, facts, done)


def _batches(paths: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = []
    at = 0
    while at < len(paths):
        size = GROWING[len(found)] if len(found) < len(GROWING) else SURVEYED_AT_ONCE
        found.append(list(paths[at : at + size]))
        at += size
    return found


def facts_from_message(told: dict[str, Any]) -> PictureFacts:
    """As the decoder told them."""
    vectors = {key: tuple(told[key]) if told[key] is not None else None for key in VECTORS}
    places = tuple((place[0], place[1], place[2]) for place in told["frame_positions"])
    times = tuple(told["frame_times_ms"])
    return PictureFacts(**{**told, **vectors, "frame_times_ms": times, "frame_positions": places})
