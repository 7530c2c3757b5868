"""Where pictures come from: a video device, a video file played at its pace, or the simulator; all read alike."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any, Protocol

os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")  # else MSMF opens for many seconds
os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from kiosk.core.camera import CameraSettings  # noqa: E402

Frame = np.ndarray[Any, Any]  # (rows, columns, 3) uint8, blue green red

BACKENDS = {"dshow": cv2.CAP_DSHOW, "msmf": cv2.CAP_MSMF, "v4l2": cv2.CAP_V4L2}


class Source(Protocol):
    """One thread opens, reads and closes it."""

    def read(self) -> tuple[int, Frame] | None:
        """The next picture with its running number, when it is there; None where there is none (lost)."""

    def close(self) -> None: ...


def open_source(settings: CameraSettings) -> Source | None:
    """None where it can't be opened."""
    if settings.source == "simulator":
        from kiosk.devices.camera.simulator import CameraSimulator

        return CameraSimulator(settings.width or 1920, settings.height or 1080, settings.fps)
    if settings.source.isdigit():
        return _open_device(settings)
    return _open_file(Path(settings.source))


def _open_device(settings: CameraSettings) -> Source | None:
    ways = [BACKENDS[settings.backend]] if settings.backend != "auto" else _usual_ways()
    for way in ways:
        capture = cv2.VideoCapture(int(settings.source), way)
        if capture.isOpened():
            _ask_for(capture, settings)
            return _Device(capture)
        capture.release()
    return None


def _usual_ways() -> list[int]:
    """DirectShow opens at once where MSMF may take ten seconds."""
    return [cv2.CAP_DSHOW, cv2.CAP_MSMF] if sys.platform == "win32" else [cv2.CAP_ANY]


def _ask_for(capture: Any, settings: CameraSettings) -> None:
    if settings.fourcc:
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*settings.fourcc[:4].ljust(4)))
    for prop, value in ((cv2.CAP_PROP_FRAME_WIDTH, settings.width), (cv2.CAP_PROP_FRAME_HEIGHT, settings.height),
                        (cv2.CAP_PROP_FPS, settings.fps)):  # fmt: skip
        if value:
            capture.set(prop, value)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest, not the oldest that waits


class _Device:
    def __init__(self, capture: Any) -> None:
        self._capture = capture
        self._number = 0

    def read(self) -> tuple[int, Frame] | None:
        good, frame = self._capture.read()
        if not good or frame is None:
            return None
        self._number += 1
        return self._number, frame

    def close(self) -> None:
        self._capture.release()


def _open_file(path: Path) -> Source | None:
    capture = cv2.VideoCapture(str(path)) if path.is_file() else None
    return _File(capture) if capture is not None and capture.isOpened() else None


class _File:
    """Played at its own pace, over and over."""

    def __init__(self, capture: Any) -> None:
        self._capture = capture
        rate = float(capture.get(cv2.CAP_PROP_FPS) or 0)
        self._every_s = 1 / rate if 1 <= rate <= 240 else 1 / 30
        self._next_s = time.monotonic()
        self._number = 0

    def read(self) -> tuple[int, Frame] | None:
        self._next_s = max(self._next_s + self._every_s, time.monotonic() - self._every_s)
        time.sleep(max(0.0, self._next_s - time.monotonic()))
        good, frame = self._capture.read()
        if not good:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            good, frame = self._capture.read()
        if not good or frame is None:
            return None
        self._number += 1
        return self._number, frame

    def close(self) -> None:
        self._capture.release()
