"""Clips taken on this PC: JPEG pictures one after another in one file, safe to the last second after a power cut."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any

from kiosk.core.taken import CLIP, TakenPicture
from kiosk.store.volume import disk_trouble, fsync_folder, sha256_of

ENDING, HALF = ".mjpeg", ".part"


class ClipFile:
    """A clip being taken: JPEG pictures one after another, made safe each second."""

    def __init__(
        self, keep: Callable[[TakenPicture], object], set_id: str, number: int, path: Path, told: Mapping[str, Any]
    ) -> None:
        """``keep``: writes its row down when it is over."""
        self._keep = keep
        self._set = set_id
        self._number = number
        self._path = path
        self._told = told
        self._safe_at = 0.0
        self.frames = 0
        self._file: FileIO = open(path, "wb", buffering=0)  # noqa: SIM115
        self._turn = threading.Lock()

    def write(self, jpeg: bytes, at_s: float) -> None:
        """One picture more, taken at ``at_s`` (monotonic)."""
        with self._turn:
            if self._file.closed:
                return
            try:
                self._file.write(jpeg)
                self.frames += 1
                if at_s - self._safe_at >= 1.0:
                    os.fsync(self._file.fileno())
                    self._safe_at = at_s
            except OSError as why:
                raise disk_trouble(why, str(self._path.parent)) from why

    def end(self, **told: Any) -> TakenPicture | None:
        """It is over; None where it has no picture."""
        with self._turn:
            if self._file.closed:
                return None
            os.fsync(self._file.fileno())
            self._file.close()
        if not self.frames:
            self._path.unlink(missing_ok=True)
            return None
        whole = self._path.with_name(self._path.name.removesuffix(HALF))
        os.replace(self._path, whole)
        fsync_folder(whole.parent)
        made = TakenPicture(
            self._set, self._number, whole.name, datetime.now().isoformat(timespec="milliseconds"),
            whole.stat().st_size, sha256_of(whole), f"2.25.{uuid.uuid4().int}", CLIP,
        )  # fmt: skip
        made = replace(made, **{**self._told, **told})
        self._keep(made)
        return made


def clip_pictures(data: bytes) -> list[bytes]:
    """The JPEG pictures of a clip, in order; what was cut off at its end is left out."""
    found, at = [], 0
    while (begin := data.find(b"\xff\xd8\xff", at)) >= 0:
        end = data.find(b"\xff\xd9", begin)
        if end < 0:
            break
        found.append(data[begin : end + 2])
        at = end + 2
    return found


def first_picture(path: Path) -> bytes:
    """The JPEG of a picture, or the first one of a clip."""
    if path.suffix != ENDING:
        return path.read_bytes()
    with open(path, "rb") as file:
        return (clip_pictures(file.read(8 << 20)) or [b""])[0]


def cut_to_whole_pictures(path: Path) -> None:
    """A clip that a power cut ended loses what it has of the picture that was being written."""
    data = path.read_bytes()
    whole = sum(len(each) for each in clip_pictures(data))
    if whole != len(data):
        with open(path, "r+b") as file:
            file.truncate(whole)
            os.fsync(file.fileno())
