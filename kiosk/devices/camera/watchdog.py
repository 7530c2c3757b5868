"""Judges the live picture: frozen, of one colour, of another size, or good."""

from __future__ import annotations

from typing import Any

import numpy as np

from kiosk.core.camera import CameraSettings, PictureState

Frame = np.ndarray[Any, Any]
STEP = 12  # px between the samples that are compared
FLAT = 14  # grey levels between the darkest and the lightest sample (but the outermost hundredths) of one colour


class Watchdog:
    """Shown each picture; ``state`` is what it is worth."""

    def __init__(self, settings: CameraSettings) -> None:
        self._frozen_s = settings.frozen_ms / 1000
        self._blank_s = settings.blank_ms / 1000
        wanted = settings.height, settings.width
        self._shape: tuple[int, ...] = wanted if all(wanted) and settings.source.isdigit() else ()
        self._samples: Frame | None = None
        self._moved_s = 0.0  # when a picture last differed from the one before
        self._coloured_s = 0.0  # when a picture last was of more than one colour
        self.state = PictureState.STARTING

    def see(self, frame: Frame, at_s: float) -> PictureState:
        samples = frame[::STEP, ::STEP]
        if self._samples is None:
            self._moved_s = self._coloured_s = at_s
            self._shape = self._shape or frame.shape[:2]
        elif samples.shape != self._samples.shape or not np.array_equal(samples, self._samples):
            self._moved_s = at_s
        self._samples = samples.copy()
        if not _flat(samples):
            self._coloured_s = at_s
        if frame.shape[:2] != self._shape:
            self.state = PictureState.SIZE
        elif self._blank_s and at_s - self._coloured_s >= self._blank_s:
            self.state = PictureState.BLANK
        elif self._frozen_s and at_s - self._moved_s >= self._frozen_s:
            self.state = PictureState.FROZEN
        else:
            self.state = PictureState.LIVE
        return self.state


def _flat(samples: Frame) -> bool:
    """Of one colour, whichever (black, blue), but for a caption that some devices show on it."""
    grey = samples[..., 1].ravel()
    low, high = np.percentile(grey, (3, 97))
    return bool(high - low < FLAT)


def sharpness(frame: Frame) -> float:
    """The more, the sharper: variance of what differs between neighbours."""
    import cv2

    small = cv2.cvtColor(frame[::2, ::2], cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(small, cv2.CV_32F).var())
