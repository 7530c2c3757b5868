"""The station's side of the camera's process: starts it, watches that it lives, asks for pictures, takes them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from kiosk.core.camera import SLOT_BYTES, CameraFacts, CameraSettings, FrameSlot, PictureState, PresetSettings, Preview
from kiosk.core.faults import Fault
from kiosk.core.shared_memory import Segment
from kiosk.flow.children import Child, ChildLost
from kiosk.flow.crew import Crew

log = logging.getLogger(__name__)

MODULE = "kiosk.devices.camera.worker"
STALE_S = 0.8  # no picture for so long: it is not live, whatever was said last
HUNG_S = 4.0  # the process says nothing for so long: the driver hangs, it is ended and started again
OPENS_S = 30.0  # how long a driver may take to open its device
AGAIN_S = 0.5
MEMORY_MB = 2048


@dataclass(frozen=True)
class Shot:
    """What became of one trigger. ``jpeg`` is empty where no picture could be taken, ``state`` says why.

    ``sharper``: the sharpest neighbour, which comes after the picture itself.
    """

    id: int
    jpeg: bytes
    state: PictureState = PictureState.LIVE
    number: int = 0  # running number of the picture
    sharper: bool = False


class CameraLink:
    """``took(shot)`` and ``clip(id, jpeg, at_s)`` are called on the link's own thread; ``jpeg`` None ends a clip."""

    def __init__(
        self,
        settings: CameraSettings,
        crew: Crew,
        took: Callable[[Shot], object],
        clip: Callable[[int, bytes | None, float], object],
    ) -> None:
        self._settings = settings
        self._took = took
        self._clip = clip
        self._look = settings.presets[0] if settings.presets else PresetSettings()
        self._child = Child(MODULE, name="camera", memory_mb=MEMORY_MB)
        self._slot: FrameSlot | None = None
        self._turn = threading.Lock()  # one message at a time into the pipe
        self._owed: set[int] = set()  # shots that were asked for and not answered
        self._room = (0, 0)
        self._fault = ""
        self._began_s = 0.0
        self._live = False
        self._noted = PictureState.STARTING
        crew.start("camera-link", self._run)

    # -- for the window ------------------------------------------------------------------------------------------

    def facts(self) -> CameraFacts:
        """How the camera stands at this moment; a picture that stopped coming is lost."""
        slot = self._slot
        if slot is None:
            return CameraFacts(PictureState.STARTING, 0.0, 0.0, 0, 0, 0, 0.0, 0)
        facts = slot.facts()
        if facts.state is PictureState.LIVE and time.monotonic() - facts.beat_s > STALE_S:
            return CameraFacts(**{**asdict(facts), "state": PictureState.LOST})
        return facts

    def preview(self, after: int) -> Preview | None:
        """The newest picture for the window, None where it has it (``after``) or there is none."""
        slot = self._slot
        return slot.newest(after) if slot is not None else None

    def want(self, width: int, height: int) -> None:
        """The room that the window has for the picture, px."""
        self._room = width, height
        if self._slot is not None:
            self._slot.want(width, height)

    # -- orders --------------------------------------------------------------------------------------------------

    def shoot(self, shot: int, at_s: float) -> bool:
        """Have the picture of that moment; the answer comes by ``took``. False where there is no live picture."""
        if self.facts().state is not PictureState.LIVE:
            return False
        self._owed.add(shot)
        if not self._order({"do": "shoot", "id": shot, "at": at_s, "sharpest": self._settings.sharpest}):
            self._owed.discard(shot)
            return False
        return True

    def begin_clip(self, clip: int) -> bool:
        return self.facts().state is PictureState.LIVE and self._order({"do": "clip", "id": clip})

    def end_clip(self, clip: int) -> bool:
        return self._order({"do": "clip_end", "id": clip})

    def look(self, preset: PresetSettings) -> None:
        """Cut and mask the pictures like this from now on."""
        self._look = preset
        self._order({"do": "look", "crop": preset.crop, "masks": preset.masks})

    def fault(self, fault: str) -> None:
        """Have the simulator misbehave (devices.camera.simulator.FAULTS), empty ends it."""
        self._fault = fault
        self._order({"do": "fault", "fault": fault})

    # -- the worker ----------------------------------------------------------------------------------------------

    def _run(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                try:
                    self._serve(stop)
                except Fault as why:
                    if not stop.is_set():
                        log.warning("the camera's process is started again: %s", why)
                except Exception:
                    log.exception("the camera's link failed and begins anew")
                self._give_up_owed()
                stop.wait(AGAIN_S)
        finally:
            self._live = False
            self._child.close()

    def _serve(self, stop: threading.Event) -> None:
        with Segment(SLOT_BYTES) as segment:
            try:
                slot = FrameSlot(segment.memory)
                slot.want(*self._room)
                first = {"slot": segment.name, "camera": {**asdict(self._settings), "presets": []}}
                self._child.ask(first, OPENS_S, stop.is_set)
                self._slot = slot
                self._began_s = time.monotonic()
                self._live = True
                self.look(self._look)
                self._listen(stop)
            finally:
                self._live = False
                self._slot = None
                self._child.close()

    def _listen(self, stop: threading.Event) -> None:
        while not stop.is_set():
            message = self._child.heard(0.1)
            if message is not None:
                self._take(message)
            now = time.monotonic()
            facts = self._slot.facts() if self._slot is not None else None
            self._note(facts)
            beat_s = facts.beat_s if facts is not None else 0.0
            allowed_s = HUNG_S if beat_s else OPENS_S
            if now - max(beat_s, self._began_s) > allowed_s:
                raise ChildLost("hung", "the camera's driver does not answer")

    def _note(self, facts: CameraFacts | None) -> None:
        """One line in the log for each change of what the picture is worth."""
        if facts is not None and facts.state is not self._noted:
            self._noted = facts.state
            level = logging.INFO if facts.state in (PictureState.LIVE, PictureState.STARTING) else logging.WARNING
            log.log(level, "camera: %s, %d x %d", facts.state.name.lower(), facts.width, facts.height)

    def _take(self, message: dict[str, Any]) -> None:
        if "shot" in message:
            shot = int(message["shot"])
            self._owed.discard(shot)
            state = PictureState(message["state"])
            self._took(Shot(shot, message.get("payload", b""), state, int(message.get("number", 0))))
        elif "sharper" in message:
            self._took(Shot(int(message["sharper"]), message["payload"], number=int(message["number"]), sharper=True))
        elif "clip" in message:
            self._clip(int(message["clip"]), message["payload"], float(message["at"]))
        elif "clip_ended" in message:
            self._clip(int(message["clip_ended"]), None, time.monotonic())

    def _give_up_owed(self) -> None:
        """The process died with triggers in its hands: each of them is told as not taken."""
        while self._owed:
            self._took(Shot(self._owed.pop(), b"", PictureState.LOST))

    def _order(self, message: dict[str, Any]) -> bool:
        if not self._live:
            return False
        with self._turn:
            return self._child.tell(message)
