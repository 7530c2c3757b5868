"""A camera that isn't there: numbered pictures at its pace, and every fault that a real one shows when asked for."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import cv2
import numpy as np

Frame = np.ndarray[Any, Any]
BITS, SIDE = 24, 32  # blocks of the number's bits, px
FAULTS = ("freeze", "blank", "lost", "size", "hang", "crash")


class CameraSimulator:
    """Each picture carries its running number, for people (digits) and for tests (``number_in``)."""

    fault = ""  # one of FAULTS, of all simulators of this process; empty = none
    first = 0  # the running number goes on over a reopening

    def __init__(self, width: int, height: int, fps: int) -> None:
        self._size = width, height
        self._every_s = 1 / max(1, fps)
        self._next_s = time.monotonic()
        self._ground = _ground(width, height)
        self._last: Frame | None = None

    def read(self) -> tuple[int, Frame] | None:
        self._next_s = max(self._next_s + self._every_s, time.monotonic() - self._every_s)
        time.sleep(max(0.0, self._next_s - time.monotonic()))
        fault = CameraSimulator.fault
        if fault == "crash":
            os._exit(13)
        if fault == "hang":
            threading.Event().wait()
        if fault == "lost":
            return None
        CameraSimulator.first += 1
        number = CameraSimulator.first
        if fault == "freeze" and self._last is not None:
            return number, self._last
        width, height = self._size
        if fault == "blank":
            return number, np.zeros((height, width, 3), np.uint8)
        frame = self._drawn(number)
        self._last = frame
        if fault == "size":
            return number, frame[: height // 2, : width // 2].copy()
        return number, frame

    def close(self) -> None:
        self._last = None

    def _drawn(self, number: int) -> Frame:
        frame = np.roll(self._ground, (number * 4) % self._ground.shape[1], axis=1) if number % 8 == 0 else self._ground
        frame = frame.copy()
        height = frame.shape[0]
        bits = np.array([(number >> at) & 1 for at in range(BITS)], np.uint8) * 255
        strip = np.repeat(bits, SIDE)[: frame.shape[1]]
        frame[height - SIDE :, : strip.shape[0]] = strip[None, :, None]
        at = 40 + (number * 8) % max(1, frame.shape[1] - 400)
        cv2.circle(frame, (at, height // 2), 30, (90, 120, 250), -1)
        place = frame.shape[1] - 320, 90
        cv2.putText(frame, f"{number:06d}", place, cv2.FONT_HERSHEY_SIMPLEX, 2.2, (255, 255, 255), 4)
        return frame


def number_in(frame: Frame) -> int:
    """The running number that a picture of the simulator carries (array of any channel order, not scaled)."""
    height = frame.shape[0]
    row = frame[height - SIDE // 2]
    grey = row.mean(axis=-1) if row.ndim == 2 else row
    return sum(1 << at for at in range(BITS) if grey[at * SIDE + SIDE // 2] > 127)


def _ground(width: int, height: int) -> Frame:
    """Something like what an endoscope sees."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    far = np.hypot(x - width / 2, y - height / 2) / (height / 2)
    light = np.clip(0.2 + far, 0, 1) * (0.85 + 0.15 * np.cos(far * 22))
    colour = np.stack([light * 85, light * 105, light * 215], axis=-1)
    colour[far > 0.98] = 8
    return colour.astype(np.uint8)
