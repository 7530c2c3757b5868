"""The camera's own process: reads pictures, judges them, shows the newest, and hands over what the shutter meant.

A driver that hangs or crashes takes this process with it and not the window. The first message says how to open the
camera; then ``shoot`` (at a moment), ``clip``, ``clip_end``, ``look`` (crop and masks) and, for the simulator,
``fault`` may come; every ``shoot`` is answered once, with the JPEG or with the state that forbade it.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import cv2
import numpy as np

from kiosk.core import pipe_talk
from kiosk.core.camera import SLOT_BYTES, CameraSettings, FrameSlot, PictureState
from kiosk.core.shared_memory import attach
from kiosk.devices.camera.sources import Source, open_source
from kiosk.devices.camera.watchdog import Watchdog, sharpness

Frame = np.ndarray[Any, Any]

RING = 30  # pictures that are remembered: one second
AROUND = 3  # neighbours on each side among which the sharpest is looked for
AGAIN_S = 1.0  # between two tries to open the camera
BAD_S = 4.0  # a picture that is frozen or blank for so long: the camera is opened anew
CLIP_EVERY_S = 1 / 16
BEAT_S = 0.1


@dataclass(frozen=True)
class Seen:
    """A picture and when it came (monotonic)."""

    number: int
    at_s: float
    frame: Frame


@dataclass(frozen=True)
class Look:
    """What is kept of a picture: x, y, width, height; and what is made black."""

    crop: tuple[int, ...] = ()
    masks: tuple[tuple[int, ...], ...] = ()

    def of(self, frame: Frame) -> Frame:
        """A view of the frame, or a masked copy."""
        if self.masks:
            frame = frame.copy()
            for x, y, width, height in self.masks:
                frame[y : y + height, x : x + width] = 0
        if self.crop:
            x, y, width, height = self.crop
            frame = frame[y : y + height, x : x + width] if x < frame.shape[1] and y < frame.shape[0] else frame
        return frame


class Camera:
    """Three threads: this one listens to the pipe, one reads the camera, one makes JPEGs."""

    def __init__(self, settings: CameraSettings, slot: FrameSlot, out: BinaryIO) -> None:
        self._settings = settings
        self._slot = slot
        self._out = out
        self._speaking = threading.Lock()
        self._stop = threading.Event()
        self._ring: deque[Seen] = deque(maxlen=RING)
        self._came = threading.Condition()
        self._state = PictureState.STARTING
        self._look = Look()
        self._clip: int | None = None
        self._clip_at_s = 0.0
        self._orders: queue.Queue[tuple[dict[str, Any], list[Seen], PictureState]] = queue.Queue()
        self._read = 0
        self._rate: deque[float] = deque(maxlen=60)
        self._size = (0, 0)
        self._threads = [
            threading.Thread(target=self._watch, name="camera", daemon=True),
            threading.Thread(target=self._make, name="jpeg", daemon=True),
        ]

    def run(self, orders: BinaryIO) -> None:
        """Until the pipe ends."""
        for each in self._threads:
            each.start()
        self._say({"began": True})
        try:
            while (order := pipe_talk.receive(orders)) is not None:
                self._obey(order)
        finally:
            self._stop.set()
            self._orders.put(({"do": "end"}, [], self._state))
            for each in self._threads:  # a thread that OpenCV holds at the interpreter's end aborts the process
                each.join(1.0)

    def _obey(self, order: dict[str, Any]) -> None:
        what = order.get("do")
        if what == "shoot":
            with self._came:  # pinned at once: however slow the disk is, the moment is not lost
                self._orders.put((order, list(self._ring), self._state))
        elif what == "clip":
            self._clip = int(order["id"])
        elif what == "clip_end":
            self._clip = None
            self._orders.put((order, [], self._state))
        elif what == "look":
            self._look = Look(tuple(order["crop"]), tuple(tuple(each) for each in order["masks"]))
        elif what == "fault":
            from kiosk.devices.camera.simulator import CameraSimulator

            CameraSimulator.fault = str(order["fault"])

    # -- reading -------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while not self._stop.is_set():
            source = open_source(self._settings)
            if source is not None:
                try:
                    self._read_on(source, Watchdog(self._settings))
                finally:
                    source.close()
            self._tell(PictureState.LOST)
            until = time.monotonic() + AGAIN_S
            while time.monotonic() < until and not self._stop.wait(BEAT_S):
                self._tell(PictureState.LOST)

    def _read_on(self, source: Source, watchdog: Watchdog) -> None:
        """Until the picture is lost, or bad for so long that opening anew may help."""
        bad_since_s = 0.0
        while not self._stop.is_set():
            found = source.read()
            now = time.monotonic()
            if found is None:
                return
            seen = Seen(found[0], now, found[1])
            state = watchdog.see(seen.frame, now)
            self._read += 1
            self._rate.append(now)
            self._size = seen.frame.shape[1], seen.frame.shape[0]
            with self._came:
                self._ring.append(seen)
                self._state = state
                self._came.notify_all()
            self._tell(state)
            self._show(seen)
            if self._clip is not None and state is PictureState.LIVE and now - self._clip_at_s >= CLIP_EVERY_S:
                self._clip_at_s = now
                self._orders.put(({"do": "clip_frame", "id": self._clip}, [seen], state))
            if state is PictureState.LIVE:
                bad_since_s = 0.0
            else:
                bad_since_s = bad_since_s or now
                if now - bad_since_s >= BAD_S:
                    return

    def _tell(self, state: PictureState) -> None:
        self._state = state
        if state in (PictureState.LOST, PictureState.SIZE):
            with self._came:
                self._ring.clear()
        span_s = self._rate[-1] - self._rate[0] if len(self._rate) > 1 else 0.0
        fps = (len(self._rate) - 1) / span_s if span_s else 0.0
        self._slot.tell(state, time.monotonic(), *self._size, fps, self._read)

    def _show(self, seen: Seen) -> None:
        width, height = self._slot.wanted()
        if width < 16 or height < 16:
            return
        frame = self._look.of(seen.frame)
        scale = min(width / frame.shape[1], height / frame.shape[0])
        size = max(1, int(frame.shape[1] * scale)), max(1, int(frame.shape[0] * scale))
        small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR)
        shown = np.ascontiguousarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))
        self._slot.put(seen.number, seen.at_s, *size, shown.data.cast("B"))

    # -- handing over --------------------------------------------------------------------------------------------

    def _make(self) -> None:
        while not self._stop.is_set():
            order, seen, state = self._orders.get()
            if order["do"] == "shoot":
                self._shoot(order, seen, state)
            elif order["do"] == "clip_frame":
                self._say({"clip": order["id"], "at": seen[0].at_s}, self._jpeg(seen[0].frame))
            elif order["do"] == "clip_end":
                self._say({"clip_ended": order["id"]})

    def _shoot(self, order: dict[str, Any], seen: list[Seen], state: PictureState) -> None:
        at_s = float(order["at"])
        chosen = next((each for each in reversed(seen) if each.at_s <= at_s), None)
        if state is not PictureState.LIVE or chosen is None:
            self._say({"shot": order["id"], "state": int(state), "late": bool(seen) and chosen is None})
            return
        answer = {"shot": order["id"], "state": int(state), "number": chosen.number, "before_s": at_s - chosen.at_s}
        self._say(answer, self._jpeg(chosen.frame))
        if order.get("sharpest"):
            best = max(self._around(chosen), key=lambda each: sharpness(each.frame))
            if best.number != chosen.number:
                self._say({"sharper": order["id"], "number": best.number}, self._jpeg(best.frame))

    def _around(self, chosen: Seen) -> Sequence[Seen]:
        """The neighbours of a picture, those that come after it too."""

        def near() -> list[Seen]:
            return [each for each in self._ring if abs(each.number - chosen.number) <= AROUND]

        with self._came:
            self._came.wait_for(lambda: any(each.number >= chosen.number + AROUND for each in self._ring), 0.5)
            return near() or [chosen]

    def _jpeg(self, frame: Frame) -> bytes:
        how = [
            cv2.IMWRITE_JPEG_QUALITY, self._settings.quality,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
        ]  # fmt: skip
        good, made = cv2.imencode(".jpg", self._look.of(frame), how)
        if not good:
            raise ValueError("no JPEG could be made")
        return made.tobytes()

    def _say(self, message: dict[str, Any], payload: bytes = b"") -> None:
        with self._speaking:
            try:
                pipe_talk.send(self._out, message, payload)
            except OSError:  # the station is gone
                self._stop.set()


def _settings_of(told: dict[str, Any]) -> CameraSettings:
    """Presets stay with the station, which says what to look at."""
    return CameraSettings(**{**told, "presets": []})


def run_worker(args: Sequence[str]) -> int:
    """``args``: none. Standard input and output are the pipe."""
    orders, out = pipe_talk.own_pipes()
    pipe_talk.send(out, {"ready": os.getpid()})
    first = pipe_talk.receive(orders)
    if first is None:
        return 0
    memory = attach(str(first["slot"]), SLOT_BYTES)
    Camera(_settings_of(first["camera"]), FrameSlot(memory), out).run(orders)
    os._exit(0)  # a driver that hangs must not keep the process
