"""Opens a study or loose files for a viewer: stacks in order, frames when asked, neighbours decoded ahead."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from kiosk.core.faults import Fault
from kiosk.core.picture import Curve, Paint, PictureFacts, Window
from kiosk.core.pipe_talk import sentence_from_message
from kiosk.core.stack import Stack, stacks_of
from kiosk.core.words import N_, Sentence
from kiosk.flow.answers import Answer, Post, as_fault
from kiosk.flow.children import Child, ChildLost
from kiosk.flow.crew import Crew
from kiosk.flow.survey_study import SURVEYED_AT_ONCE, Survey

Message = dict[str, Any]
URGENT, AHEAD = 0, 1
FIRST_SEEN_S = 0.2  # the headers of the others wait so long after the first


class Key(NamedTuple):
    """One frame of one file. ``stamp`` is what PictureFacts say of the file: the next disc in the drive has other
    pictures under the same names, and those must never be taken for the ones that were opened."""

    path: str
    frame: int  # from 0
    stamp: str = ""


@dataclass(frozen=True)
class Shown:
    """A decoded frame, read-only: grey (rows, columns) uint8, uint16 or int16, or RGB (rows, columns, 3) uint8."""

    pixels: Any  # numpy arrays
    paint: Paint
    overlay: Any = None
    warnings: tuple[Sentence, ...] = ()

    @property
    def size(self) -> int:
        return int(self.pixels.nbytes) + (int(self.overlay.nbytes) if self.overlay is not None else 0)

    def drawn_over(self) -> Any:
        """The pixels with what the file draws over them (PS3.3 C.9.2); the pixels themselves where it draws nothing."""
        from kiosk.dicom.pixel_colour import drawn_over

        if self.overlay is None or self.paint.colour:
            return self.pixels
        return drawn_over(self.pixels, self.overlay, self.paint.inverted)


@dataclass(frozen=True)
class Opened:
    """What was found: ``stacks`` in order, ``refused`` files with the reason (no DICOM, unreadable)."""

    stacks: tuple[Any, ...]
    refused: tuple[tuple[str, Fault], ...] = ()


@dataclass
class _Job:
    work: Callable[[Child, Callable[[], bool]], Any]
    answers: list[Answer]
    key: Key | None = None
    urgency: int = URGENT
    who: str = ""
    given_up: threading.Event = field(default_factory=threading.Event)

    def wanted(self) -> bool:
        return not self.given_up.is_set() and (
            self.urgency == AHEAD or any(not answer.cancelled for answer in self.answers)
        )


class StudyReader:
    """The decoders of one viewer. All calls return at once; answers come through ``post``.

    Each decoder is a child process with a thread of the crew. The newest urgent request goes first; what is fetched
    ahead never takes the last free decoder. A picture that ended its decoder is not decoded again until ``open``.
    """

    def __init__(
        self,
        crew: Crew,
        post: Post,
        *,
        decoders: int = 2,
        memory_mb: int = 1536,
        cache_mb: int = 512,
        deadline_s: float = 30.0,
        module: str = "kiosk.dicom.decode_child",
    ) -> None:
        self._post = post
        self._deadline_s = deadline_s
        self._cache_size = cache_mb << 20
        self._cache: OrderedDict[Key, Shown] = OrderedDict()
        self._cached = 0
        self._deadly: dict[Key, Fault] = {}
        self._jobs: list[_Job] = []
        self._running: list[_Job] = []
        self._changed = threading.Condition()
        self._decoders = max(1, decoders)
        self.children = [
            Child(module, name=f"decoder-{number + 1}", memory_mb=memory_mb) for number in range(self._decoders)
        ]
        for child in self.children:
            crew.start(child.name, lambda stop, child=child: self._serve(child, stop), wake=self._wake)  # type: ignore[misc]

    # -- what the desk calls ------------------------------------------------------------------------------------
    def open(
        self,
        places: Sequence[Path],
        progress: Callable[[int, int], None] | None = None,
        first: Callable[[Opened], None] | None = None,
    ) -> Answer:
        """Read the headers of files, folders or a DICOMDIR. Answer: Opened. ``progress(done, of)`` by the mailbox, and
        ``first(opened)`` once, with the first picture alone, as soon as its header is read; then ``places`` are files.
        """
        with self._changed:
            self._deadly.clear()

        def work(child: Child, stopped: Callable[[], bool]) -> Opened:
            return self._survey(child, stopped, list(places), progress, first)

        return self._add(_Job(work, [Answer(self._post)]))

    def frame(self, path: str, frame: int, stamp: str = "") -> Answer:
        """Answer: Shown. The newest request goes first; cancel the answers that nobody waits for any more."""
        key = Key(path, frame, stamp)
        answer = Answer(self._post)
        with self._changed:
            shown, deadly = self._cache.get(key), self._deadly.get(key)
            if shown is not None:
                self._cache.move_to_end(key)
            elif deadly is None:
                for job in (*self._running, *self._jobs):
                    if job.key == key and not job.given_up.is_set():
                        job.answers.append(answer)
                        if job in self._jobs:
                            job.urgency = URGENT
                            self._jobs.remove(job)
                            self._jobs.append(job)
                        self._changed.notify_all()
                        return answer
        if shown is not None:
            answer.settle(shown)
            return answer
        if deadly is not None:
            answer.settle(fault=deadly)
            return answer
        return self._add(_Job(self._frame_work(key), [answer], key))

    def peek(self, path: str, frame: int, stamp: str = "") -> Shown | None:
        """The frame if it is decoded already."""
        key = Key(path, frame, stamp)
        with self._changed:
            shown = self._cache.get(key)
            if shown is not None:
                self._cache.move_to_end(key)
            return shown

    def fetch_ahead(self, keys: Sequence[Key], who: str = "") -> None:
        """Decode these when nothing is urgent, in this order; replaces what ``who`` wanted so before."""
        with self._changed:
            self._jobs = [job for job in self._jobs if job.urgency == URGENT or job.who != who]
            known = {job.key for job in (*self._jobs, *self._running)} | set(self._cache) | set(self._deadly)
            jobs = [_Job(self._frame_work(key), [], key, AHEAD, who) for key in keys if key not in known]
            self._jobs[:0] = reversed(jobs)
            self._changed.notify_all()

    def header(self, path: str, stamp: str = "") -> Answer:
        """Answer: list of (tag, keyword, VR, value, depth) of the file that ``stamp`` tells of, see ``Key``."""

        def work(child: Child, stopped: Callable[[], bool]) -> list[tuple[str, str, str, str, int]]:
            lines = child.ask({"do": "header", "path": path, "stamp": stamp}, self._deadline_s, stopped)["lines"]
            return [(line[0], line[1], line[2], line[3], line[4]) for line in lines]

        return self._add(_Job(work, [Answer(self._post)]))

    def give_up(self) -> None:
        """A person has cancelled: nothing waits any more, and what is being decoded is ended."""
        with self._changed:
            for job in (*self._jobs, *self._running):
                job.given_up.set()
            self._jobs.clear()
            self._changed.notify_all()

    # -- on the decoders' threads -------------------------------------------------------------------------------
    def _add(self, job: _Job) -> Answer:
        with self._changed:
            self._jobs.append(job)
            self._changed.notify_all()
        return job.answers[0]

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _serve(self, child: Child, stop: threading.Event) -> None:
        try:
            child.start()
            while not stop.is_set():
                job = self._next(stop)
                if job is None:
                    continue
                self._carry_out(job, child, stop.is_set)
        finally:
            child.close()

    def _carry_out(self, job: _Job, child: Child, stopped: Callable[[], bool]) -> None:
        try:
            self._settle(job, value=self._done(job, child, stopped))
        except Exception as why:  # every error ends as one sentence in front of a person
            self._settle(job, fault=_told(as_fault(why)))

    def _next(self, stop: threading.Event) -> _Job | None:
        """The newest urgent job, else the first to fetch ahead if another decoder stays free for the urgent."""
        with self._changed:
            while not stop.is_set():
                self._jobs = [job for job in self._jobs if job.wanted()]
                ahead_running = sum(job.urgency == AHEAD for job in self._running)
                for job in reversed(self._jobs):
                    if job.urgency == AHEAD and ahead_running and ahead_running >= self._decoders - 1:
                        continue
                    self._jobs.remove(job)
                    self._running.append(job)
                    return job
                self._changed.wait(1.0)
        return None

    def _done(self, job: _Job, child: Child, stopped: Callable[[], bool]) -> Any:
        try:
            return job.work(child, lambda: stopped() or job.given_up.is_set())
        except ChildLost as lost:
            fault = _told(lost)
            if job.key is not None and lost.reason != "stopped":
                with self._changed:
                    self._deadly[job.key] = fault
            raise fault from lost

    def _settle(self, job: _Job, value: Any = None, fault: Fault | None = None) -> None:
        with self._changed:
            self._running.remove(job)
            answers = list(job.answers)
            self._changed.notify_all()
        for answer in answers:
            answer.settle(value, fault)

    def _serve_the_urgent(self, child: Child, stopped: Callable[[], bool]) -> None:
        """Between two batches of headers: pictures that somebody looks at go first, also with a single decoder."""
        while not stopped():
            with self._changed:
                wanted = (job for job in reversed(self._jobs) if job.key and job.urgency == URGENT and job.wanted())
                job = next(wanted, None)
                if job is None:
                    return
                self._jobs.remove(job)
                self._running.append(job)
            self._carry_out(job, child, stopped)

    def _let_the_first_be_seen(self, child: Child, stopped: Callable[[], bool]) -> None:
        """A PC of two processors paints late while two decoders read headers: the window has them for a moment."""
        until = time.monotonic() + FIRST_SEEN_S
        while (left := until - time.monotonic()) > 0 and not stopped():
            self._serve_the_urgent(child, stopped)
            with self._changed:
                self._changed.wait(min(left, 0.02))

    def _frame_work(self, key: Key) -> Callable[[Child, Callable[[], bool]], Shown]:
        def work(child: Child, stopped: Callable[[], bool]) -> Shown:
            shown = _decoded(child, key, self._deadline_s, stopped)
            self._keep(key, shown)
            return shown

        return work

    def _keep(self, key: Key, shown: Shown) -> None:
        with self._changed:
            if key in self._cache:
                return
            self._cache[key] = shown
            self._cached += shown.size
            while self._cached > self._cache_size and len(self._cache) > 1:
                _, oldest = self._cache.popitem(last=False)
                self._cached -= oldest.size

    def _survey(
        self,
        child: Child,
        stopped: Callable[[], bool],
        places: list[Path],
        progress: Callable[[int, int], None] | None,
        first: Callable[[Opened], None] | None,
    ) -> Opened:
        paths = [str(place) for place in places]
        if first is None:  # else the store names files, and asking again what they are would only delay the first
            paths = child.ask({"do": "files", "paths": paths}, self._deadline_s, stopped)["files"]
        paths = list(dict.fromkeys(paths))

        def told(batch: int, facts: list[PictureFacts], done: int) -> None:
            if first is not None and batch == 0 and len(paths) > 1 and facts and facts[0].pixels:
                begun = tuple(replace(stack, whole=False) for stack in stacks_of(facts[:1]))
                self._post(first, Opened(begun))
            if progress is not None:
                self._post(progress, done, len(paths))

        survey = Survey(paths, self._deadline_s, self._serve_the_urgent, told, _told)
        if first is not None:
            survey.work(child, stopped, most=1)
            self._let_the_first_be_seen(child, stopped)
        taking_part = [Answer(self._post) for _ in range(self._decoders - 1 if len(paths) > SURVEYED_AT_ONCE else 0)]
        for answer in taking_part:
            self._add(_Job(survey.work, [answer]))
        survey.work(child, stopped)
        for answer in taking_part:
            answer.cancel()  # who has not begun yet need not any more
        facts, refused = survey.finished()
        if not facts and refused:
            raise refused[0][1]
        return Opened(stacks_of(facts), tuple(refused))


def _told(fault: Fault) -> Fault:
    """A lost decoder in the words of somebody who looks at pictures."""
    if not isinstance(fault, ChildLost):
        return fault
    next_step = N_("The other pictures can be viewed; ask for this one to be sent again.")
    sentence, reference = {
        "died": (N_("This picture stopped the decoder."), "V500"),
        "memory": (N_("This picture asks for more memory than is allowed here."), "V507"),
        "deadline": (N_("This picture could not be decoded in time."), "V408"),
        "stopped": (N_("Opening was cancelled."), "V499"),
    }.get(fault.reason, (N_("The decoder could not be started."), "V503"))
    if fault.reason == "stopped":
        next_step = N_("Open it again if it is needed.")
    return Fault(sentence, next_step, reference=reference)


def _decoded(child: Child, key: Key, deadline_s: float, stopped: Callable[[], bool]) -> Shown:
    from kiosk.core.shared_memory import Segment
    from kiosk.dicom.pixel_share import taken_out

    told = child.ask({"do": "frame", **key._asdict()}, deadline_s, stopped)
    size, overlay = int(told["pixels"]), int(told["overlay"])
    with Segment(max(1, size + overlay)) as segment:
        child.ask({"do": "into", "segment": segment.name, "size": segment.size}, deadline_s, stopped)
        # Copied, so that the segment is free again: /dev/shm is small in containers, and nothing may change later
        # what a person is looking at.
        memory = bytes(segment.memory)
    pixels, mask = taken_out(memory, str(told["dtype"]), told["shape"], size, overlay)
    warnings = tuple(sentence_from_message(each) for each in told["warnings"])
    return Shown(pixels, _paint(told["paint"]), mask, warnings)


def _paint(told: Message) -> Paint:
    told = dict(told)
    told["windows"] = tuple(Window(**each) for each in told["windows"])
    told["curves"] = tuple(Curve(each["first"], bytes.fromhex(each["shades"]), each["name"]) for each in told["curves"])
    told["guessed"] = Window(**told["guessed"]) if told["guessed"] else None
    told["padding"] = tuple(told["padding"]) if told["padding"] else None
    told["spacing_mm"] = tuple(told["spacing_mm"]) if told["spacing_mm"] else None
    return Paint(**told)


def key_of(stack: Stack, slide: int) -> Key:
    """The frame of a slide."""
    picture, frame = stack.slides[slide]
    return Key(stack.pictures[picture].path, frame, stack.pictures[picture].stamp)


def keys_of(stack: Stack) -> list[Key]:
    """The frames of a stack in its order."""
    return [key_of(stack, slide) for slide in range(len(stack))]


def around(slides: Sequence[Any], at: int, forward: bool = True, reach: int = 12) -> list[Any]:
    """What to fetch ahead: neighbours first, the way the person is going before the way back."""
    wanted = []
    for step in range(1, reach + 1):
        for index in (at + step, at - step) if forward else (at - step, at + step):
            if 0 <= index < len(slides):
                wanted.append(slides[index])
    return wanted
