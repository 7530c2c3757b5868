"""What a camera is told, what state its picture is in, and how the newest picture lies in shared memory."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_

PREVIEW = (1280, 720)  # px at most: larger ones starve the window on two cores


@dataclass(frozen=True)
class PresetSettings(Settings):
    """How the picture of one device is cut, and what of it is made black. Pixels of the source: x, y, width, height."""

    name: str = setting("", N_("What people call it."))
    crop: list[int] = setting(list, N_("What is kept: x, y, width, height; empty = all of it."))
    masks: list[list[int]] = setting(list, N_("What is made black (burnt-in names): lists of x, y, width, height."))


@dataclass(frozen=True)
class CameraSettings(Settings):
    """Where the pictures come from."""

    source: str = setting("0", N_("Number of the video device (0 is the first), a video file, or simulator."))
    backend: Literal["auto", "dshow", "msmf", "v4l2"] = setting("auto", N_("How Windows reads it: dshow or msmf."))
    width: int = setting(1920, N_("Width in px that the device is asked for; 0 = as it likes."))
    height: int = setting(1080, N_("Height in px."))
    fps: int = setting(30, N_("Pictures per second that it is asked for."))
    fourcc: str = setting("MJPG", N_("Format that it is asked for; empty = as it likes."))
    quality: int = setting(92, N_("JPEG quality of what is kept (92 or more for medical use)."))
    sharpest: bool = setting(False, N_("Keep the sharpest of the pictures around the trigger too."))
    frozen_ms: int = setting(700, N_("The same picture for so long is a frozen one; 0 = never."))
    blank_ms: int = setting(700, N_("A picture of one colour for so long is no signal; 0 = never."))
    presets: list[PresetSettings] = setting(list, N_("How pictures are cut and masked; the first at start."))


class PictureState(IntEnum):
    """What the live picture is worth. Only LIVE may be taken."""

    STARTING = 0
    LIVE = 1
    FROZEN = 2
    BLANK = 3
    LOST = 4
    SIZE = 5  # other than what was asked for, or than before


def troubles(settings: CameraSettings) -> list[str]:
    """What of the settings makes no sense."""
    found = []
    if not 50 <= settings.quality <= 100:
        found.append("quality")
    for preset in settings.presets:
        if preset.crop and not _rectangle(preset.crop):
            found.append(f"presets {preset.name}: crop")
        found += [f"presets {preset.name}: masks" for each in preset.masks if not _rectangle(each)]
    return found


def _rectangle(sides: list[int]) -> bool:
    return len(sides) == 4 and min(sides) >= 0 and sides[2] > 0 and sides[3] > 0


@dataclass(frozen=True)
class Preview:
    """The newest picture, scaled for the window: RGB bytes, row by row. ``at_s`` is monotonic, 0 where none came."""

    number: int
    at_s: float
    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class CameraFacts:
    """How the camera stands. ``beat_s``: when the child process last said that it lives (monotonic)."""

    state: PictureState
    at_s: float  # of the newest picture
    beat_s: float
    number: int
    width: int  # of the source
    height: int
    fps: float
    read: int  # pictures read since the start


_HEAD = struct.Struct("<16q")
_STATE, _INDEX, _BEAT, _FPS, _WIDTH, _HEIGHT, _READ, _WANT_W, _WANT_H, _AT = range(10)
_EACH = struct.Struct("<4q")  # number, moment in ns, width, height
_INFO = _HEAD.size
_PICTURES = 256
_ROOM = PREVIEW[0] * PREVIEW[1] * 3
SLOT_BYTES = _PICTURES + 2 * _ROOM


class FrameSlot:
    """Two places for the newest picture in shared memory, written by turns, so that a reader finds a whole one."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory

    # -- the camera's side ---------------------------------------------------------------------------------------

    def put(self, number: int, at_s: float, width: int, height: int, data: bytes | memoryview) -> None:
        """The newest picture, ``width * height * 3`` bytes."""
        place = 1 - max(0, self._get(_INDEX)) if self._get(_AT) else 0
        start = _PICTURES + place * _ROOM
        self._memory[start : start + len(data)] = bytes(data) if isinstance(data, memoryview) else data
        _EACH.pack_into(self._memory, _INFO + place * _EACH.size, number, round(at_s * 1e9), width, height)
        self._set(_INDEX, place)
        self._set(_AT, round(at_s * 1e9))

    def tell(self, state: PictureState, beat_s: float, width: int, height: int, fps: float, read: int) -> None:
        for at, value in ((_STATE, int(state)), (_BEAT, round(beat_s * 1e9)), (_FPS, round(fps * 100)),
                          (_WIDTH, width), (_HEIGHT, height), (_READ, read)):  # fmt: skip
            self._set(at, value)

    def wanted(self) -> tuple[int, int]:
        """Width and height of the room that the window has for the picture; (0, 0) where it wants none."""
        return self._get(_WANT_W), self._get(_WANT_H)

    # -- the window's side ---------------------------------------------------------------------------------------

    def want(self, width: int, height: int) -> None:
        self._set(_WANT_W, min(width, PREVIEW[0]))
        self._set(_WANT_H, min(height, PREVIEW[1]))

    def facts(self) -> CameraFacts:
        number = _EACH.unpack_from(self._memory, _INFO + max(0, self._get(_INDEX)) * _EACH.size)[0]
        return CameraFacts(
            PictureState(self._get(_STATE)), self._get(_AT) / 1e9, self._get(_BEAT) / 1e9, number, self._get(_WIDTH),
            self._get(_HEIGHT), self._get(_FPS) / 100, self._get(_READ),
        )  # fmt: skip

    def newest(self, after: int = -1) -> Preview | None:
        """The newest picture; None where none came, or none but number ``after``."""
        if not self._get(_AT):
            return None
        place = max(0, self._get(_INDEX))
        number, at_ns, width, height = _EACH.unpack_from(self._memory, _INFO + place * _EACH.size)
        if number == after:
            return None
        start = _PICTURES + place * _ROOM
        return Preview(number, at_ns / 1e9, width, height, self._memory[start : start + width * height * 3])

    # -- inside --------------------------------------------------------------------------------------------------

    def _get(self, at: int) -> int:
        found: int = struct.unpack_from("<q", self._memory, at * 8)[0]
        return found

    def _set(self, at: int, value: int) -> None:
        struct.pack_into("<q", self._memory, at * 8, value)
