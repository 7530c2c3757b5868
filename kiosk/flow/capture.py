"""Taking pictures: a trigger comes, the picture of its moment is made safe on this PC, and only then it counts.

Triggers come from lines, keys and the button, on any thread; the camera answers on its own. What happened is told to
the window by ``tell``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk.core.camera import PictureState
from kiosk.core.faults import Fault, Refused
from kiosk.core.shutter import Contact, Press
from kiosk.core.taken import PictureSet, TakenPicture
from kiosk.core.triggers import TriggerSettings
from kiosk.core.words import N_, Sentence
from kiosk.core.worklist_query import WorklistRow
from kiosk.flow.answers import as_fault
from kiosk.flow.camera_link import CameraLink, Shot
from kiosk.store.spool import Spool
from kiosk.store.spool_clip import ClipFile

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """What became of a trigger. ``what``: taken (``picture``), refused, failed (``why``), bounce or too_soon."""

    what: str
    source: str = ""
    picture: TakenPicture | None = None
    why: Fault | None = None


@dataclass(frozen=True)
class Counts:
    """Of one trigger, since the program began."""

    taken: int = 0
    bounces: int = 0
    too_soon: int = 0
    closed: bool = False
    there: bool = True


@dataclass
class _Asked:
    set: str
    source: str
    at_s: float
    told: dict[str, Any] = field(default_factory=dict)
    number: int = 0  # of the picture, once it is kept


class Capture:
    """One camera, several triggers, one examination at a time."""

    def __init__(self, spool: Spool, how: TriggerSettings, tell: Callable[[Told], object]) -> None:
        self._spool = spool
        self._how = how
        self._tell = tell
        self._turn = threading.RLock()
        self._contacts: dict[str, Contact] = {}
        self._there: dict[str, bool] = {}
        self._asked: dict[int, _Asked] = {}
        self._last = 0
        self._clip: tuple[int, ClipFile] | None = None
        self._clip_over = threading.Event()
        self.camera: CameraLink | None = None  # set once it is there; it answers to ``took`` and ``clip``
        self.taken: PictureSet | None = None  # the examination that is open
        self.part = ""  # of the pictures to come
        self.practising = False  # triggers are shown and take nothing

    # -- the examination -----------------------------------------------------------------------------------------

    def open(self, row: WorklistRow | None, number: str = "", by: str = "") -> PictureSet:
        """A new examination; whoever it is of is assigned later where ``row`` is None."""
        made = self._spool.open_set(row, number=number, by=by)
        with self._turn:
            self.taken, self.part = made, ""
        return made

    def go_on(self, set_id: str) -> PictureSet:
        """One that was interrupted is open again."""
        found = self._spool.set_of(set_id)
        with self._turn:
            self.taken, self.part = found, ""
        return found

    def leave(self) -> None:
        """No examination is open any more; what was taken stays as it is."""
        self.end_clip()
        with self._turn:
            self.taken = None

    def finish(self) -> None:
        """Register what was taken. Raises Refused where nobody is assigned."""
        self.end_clip()
        taken = self.taken
        if taken is None:
            return
        if not self.settled(5.0):
            raise Fault(N_("Pictures are still being stored."), N_("Try again in a moment."), reference="K432")
        if taken.row is None and self._spool.pictures(taken.id):
            raise Refused(
                "unidentified", N_("These pictures belong to nobody yet."),
                N_("Choose the examination, then the examinee."), reference="K440",
            )  # fmt: skip
        self._spool.close_set(taken.id)
        with self._turn:
            self.taken = None

    def settled(self, wait_s: float) -> bool:
        """Every trigger has its answer; waits so long for it."""
        until = time.monotonic() + wait_s
        while self._asked:
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True

    def waiting_s(self) -> float:
        """How long the oldest trigger waits for its picture to be safe; 0 where none waits."""
        with self._turn:
            oldest = min((each.at_s for each in self._asked.values()), default=None)
        return time.monotonic() - oldest if oldest is not None else 0.0

    # -- triggers ------------------------------------------------------------------------------------------------

    def level(self, source: str, closed: bool, at_s: float) -> None:
        """A contact is open or closed at that moment (monotonic)."""
        with self._turn:
            press = self._contact(source).level(closed, at_s)
        self._pressed(source, press, at_s)

    def press(self, source: str, at_s: float) -> None:
        """A key or the button was pressed."""
        with self._turn:
            press = self._contact(source).press(at_s)
        self._pressed(source, press, at_s)

    def there(self, source: str, there: bool) -> None:
        """The port of a line came or went."""
        self._there[source] = there

    def counts(self) -> Mapping[str, Counts]:
        """Of each trigger that was heard of."""
        with self._turn:
            names = dict.fromkeys([*self._there, *self._contacts])
            found = {}
            for name in names:
                each = self._contact(name)
                there = self._there.get(name, True)
                found[name] = Counts(each.taken, each.bounces, each.too_soon, each.closed, there)
            return found

    def lost_lines(self) -> list[str]:
        """Ports that are not there."""
        return [name for name, there in self._there.items() if not there]

    def _contact(self, source: str) -> Contact:
        if source not in self._contacts:
            self._contacts[source] = Contact(self._how.debounce_ms, self._how.guard_ms)
        return self._contacts[source]

    def _pressed(self, source: str, press: Press | None, at_s: float) -> None:
        if press is None:
            return
        if press is not Press.TAKEN or self.practising:
            self._tell(Told("practised" if press is Press.TAKEN else press.value, source))
            return
        with self._turn:
            taken, camera = self.taken, self.camera
            self._last += 1
            shot = self._last
            if taken is not None:
                self._asked[shot] = _Asked(taken.id, source, time.monotonic(), {"part": self.part})
        if taken is None:
            why = Fault(N_("No examinee is chosen: no picture was taken."), N_("Scan the barcode."), reference="K430")
            self._tell(Told("refused", source, why=why))
        elif camera is None or not camera.shoot(shot, at_s):
            with self._turn:
                self._asked.pop(shot, None)
            state = camera.facts().state if camera is not None else PictureState.STARTING
            self._tell(Told("refused", source, why=no_picture(state)))

    # -- what the camera answers (on its own thread) -------------------------------------------------------------

    def took(self, shot: Shot) -> None:
        """Keep the picture; when it is safe, it is told."""
        with self._turn:
            asked = self._asked.get(shot.id)
        if asked is None and not shot.sharper:
            return
        try:
            if not shot.jpeg:
                raise no_picture(shot.state)
            told = dict(asked.told) if asked is not None else {}
            if shot.sharper:
                self._keep_sharper(shot)
                return
            assert asked is not None
            facts = {"picture": shot.number, "trigger": asked.source}
            made = self._spool.add(asked.set, shot.jpeg, facts=facts, **told)
            self._sharper_of = (shot.id, made)
        except Exception as why:
            log.warning("a picture was not kept: %s", why)
            self._tell(Told("failed", asked.source if asked is not None else "", why=as_fault(why)))
        else:
            self._tell(Told("taken", asked.source, made))
        finally:
            if not shot.sharper:
                with self._turn:
                    self._asked.pop(shot.id, None)

    _sharper_of: tuple[int, TakenPicture] | None = None

    def _keep_sharper(self, shot: Shot) -> None:
        """The sharpest neighbour comes after its picture, before the next one's."""
        if self._sharper_of is None or self._sharper_of[0] != shot.id:
            return
        of = self._sharper_of[1]
        made = self._spool.add(of.set, shot.jpeg, facts={"picture": shot.number}, part=of.part, taken_of=of.number)
        self._tell(Told("taken", "sharper", made))

    # -- clips ---------------------------------------------------------------------------------------------------

    def begin_clip(self) -> bool:
        """False where there is no live picture or no examination."""
        with self._turn:
            if self.taken is None or self.camera is None or self._clip is not None:
                return False
            self._last += 1
            clip = self._last
            file = self._spool.begin_clip(self.taken.id, part=self.part, facts={"fps": CLIP_FPS})
            self._clip = clip, file
            self._clip_over.clear()
        if self.camera.begin_clip(clip):
            return True
        with self._turn:
            self._clip = None
        file.end()
        return False

    @property
    def clipping(self) -> bool:
        return self._clip is not None

    def end_clip(self) -> None:
        """The clip is over; it is told as taken when it is safe."""
        with self._turn:
            running = self._clip
        if running is None:
            return
        if self.camera is None or not self.camera.end_clip(running[0]) or not self._clip_over.wait(3.0):
            self._close_clip(running)

    def clip(self, clip: int, jpeg: bytes | None, at_s: float) -> None:
        """A picture of a clip, or its end."""
        with self._turn:
            running = self._clip
        if running is None or running[0] != clip:
            return
        if jpeg is None:
            self._close_clip(running)
            return
        try:
            running[1].write(jpeg, at_s)
        except Fault as why:
            self._tell(Told("failed", "clip", why=why))
            self._close_clip(running)

    def _close_clip(self, running: tuple[int, ClipFile]) -> None:
        with self._turn:
            if self._clip is not running and self._clip != running:
                return
            self._clip = None
        try:
            made = running[1].end()
            if made is not None:
                self._tell(Told("taken", "clip", made))
        except Exception as why:
            self._tell(Told("failed", "clip", why=as_fault(why)))
        finally:
            self._clip_over.set()


CLIP_FPS = 15


def no_picture(state: PictureState) -> Fault:
    """Why the shutter is refused, and what to do."""
    why, step = _WORDS[state]
    return Fault(N_("No picture was taken: {why}"), step, reference=f"K42{int(state)}", why=Sentence(why))


def state_words(state: PictureState) -> Sentence:
    """What the live picture is worth."""
    return Sentence(_WORDS[state][0])


_CABLE = N_("Check the cable and the device; it is opened again by itself.")
_WORDS = {
    PictureState.STARTING: (N_("the camera is still starting."), N_("Wait a moment.")),
    PictureState.LIVE: (N_("the picture of that moment is gone."), N_("Press once more.")),
    PictureState.FROZEN: (N_("the picture stands still."), _CABLE),
    PictureState.BLANK: (N_("the camera shows one colour only."), _CABLE),
    PictureState.LOST: (N_("there is no picture from the camera."), _CABLE),
    PictureState.SIZE: (
        N_("the picture has another size than the parameter file asks for, or than before."),
        N_("Check the device, or correct width and height (0 = as it likes); F10 shows what it gives."),
    ),
}
