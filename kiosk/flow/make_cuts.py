"""Makes cuts through the slices of a stack: decoded into one body on a thread of its own, then cut when asked."""

from __future__ import annotations

import itertools
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.core.faults import Fault
from kiosk.core.stack import Stack
from kiosk.core.volume_geometry import PLANES, THIN, body_of, cut_of, stack_of
from kiosk.core.words import N_
from kiosk.flow.answers import Answer, Errands, Running
from kiosk.flow.open_study import Shown, StudyReader, keys_of

if TYPE_CHECKING:
    from kiosk.dicom.volume import Volume

MARK = "cuts:"  # of the path of a picture that is no file
ASKED_AT_ONCE = 4  # slices: both decoders are busy, and a picture that somebody wants still comes next
KEPT_SLABS = 48


class Cuts:
    """The bodies of one viewer. ``memory_mb`` bounds all of them together."""

    def __init__(self, reader: StudyReader, errands: Errands, memory_mb: int) -> None:
        self._reader, self._errands, self._room = reader, errands, memory_mb << 20
        self._volumes: dict[str, Volume] = {}
        self._slabs: OrderedDict[tuple[str, int, str], Shown] = OrderedDict()
        self._numbers = itertools.count(1)

    def make(self, stack: Stack) -> Running:
        """Answer: the stacks of the three planes. Refused with a plain sentence where the slices don't allow it."""
        return self._errands.begin("cuts", lambda told: self._make(stack, told))

    def _make(self, stack: Stack, told: Callable[[float], None]) -> tuple[Stack, ...]:
        from kiosk.dicom.volume import Volume

        body = body_of(stack)
        if body.size > self._room:
            raise Fault(
                N_("Cuts through these slices need {needed} MB of memory; {allowed} MB are allowed here."),
                N_("Raise cuts_memory_mb in the parameter file, or use a series of thicker slices."),
                reference="V507",
                needed=-(-body.size >> 20),
                allowed=self._room >> 20,
            )
        self.drop()
        volume = Volume(body)
        keys = keys_of(stack)
        waiting: deque[tuple[int, Answer]] = deque()
        try:
            for number, slide in enumerate((*body.slides, *[-1] * ASKED_AT_ONCE)):
                if slide >= 0:
                    waiting.append((number, self._reader.frame(*keys[slide])))
                if waiting and (len(waiting) > ASKED_AT_ONCE or slide < 0):
                    at, answer = waiting.popleft()
                    told(at / len(body.slides))
                    shown = answer.wait(60.0)
                    volume.put(at, shown.pixels, shown.paint)
        finally:
            for _, answer in waiting:
                answer.cancel()
        path = f"{MARK}{next(self._numbers)}"
        self._volumes[path] = volume
        return self.stacks(path)

    def stacks(self, path: str, how: str = THIN, thick_mm: float = 0.0) -> tuple[Stack, ...]:
        """The three planes of a body, as thin cuts or slabs of ``thick_mm``; () where it was dropped."""
        volume = self._volumes.get(path)
        return tuple(stack_of(volume.body, plane, path, how, thick_mm) for plane in PLANES) if volume else ()

    def peek(self, path: str, frame: int, stamp: str) -> Shown | None:
        """At once: a thin cut is no more than a copy; a slab if it was made before."""
        if f" {THIN} " in stamp:
            return self._shown(path, frame, stamp)
        return self._slabs.get((path, frame, stamp))

    def frame(self, path: str, frame: int, stamp: str) -> Answer:
        """Answer: Shown."""
        return self._errands.ask(self._shown, path, frame, stamp)

    def holds(self, path: str) -> bool:
        """A picture that is made here and lies in no file."""
        return path.startswith(MARK)

    def header(self) -> list[tuple[str, str, str, str, int]]:
        """Refused: a cut has none."""
        raise Fault(
            N_("A cut through many slices has no header of its own."),
            N_("Choose the slices at the side and open the header there."),
            reference="V204",
        )

    def drop(self) -> None:
        """Give the memory back."""
        self._volumes.clear()
        self._slabs.clear()

    def _shown(self, path: str, frame: int, stamp: str) -> Shown:
        volume = self._volumes.get(path)
        if volume is None:
            raise Fault(N_("These cuts have been closed."), N_("Make them again (MPR)."), reference="V404")
        plane, how, thick = stamp.split()
        shown = Shown(*volume.cut(cut_of(volume.body, plane), frame, how, float(thick)))
        if how != THIN:
            self._slabs[path, frame, stamp] = shown
            while len(self._slabs) > KEPT_SLABS:
                self._slabs.popitem(last=False)
        return shown
