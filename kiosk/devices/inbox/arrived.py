"""Files that came in and are not looked at yet: by FTP, or taken from a shared folder. Each lies whole, with what is
told of it beside it, and survives a power cut; what is not taken goes aside with the reason.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.core.safe_names import is_legal_on_windows

HALF, WHOLE, TOLD, ASIDE = ".part", ".got", ".json", "ASIDE"


@dataclass(frozen=True)
class Arrived:
    """``name`` as its sender called it (folders by slashes); ``source``: account or folder it came by; ``at`` ISO."""

    path: Path
    name: str
    source: str
    at: str

    def read(self) -> bytes:
        return self.path.read_bytes()


class Arrivals:
    """A folder on this PC's own disk, of one process."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = datetime.now) -> None:
        self.folder = folder
        self._now = now

    def prepare(self) -> None:
        """Make the folder; what was half there when the program ended goes aside, unfinished."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for each in sorted(self.folder.iterdir()):
            if each.name.endswith(HALF) and each.is_file():
                self.aside_half(each, self._told_of(each), "unfinished")

    def new_path(self) -> Path:
        """Where the next file may be written; nobody else looks at it until ``settle``."""
        return self.folder / f"{self._now():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex}{HALF}"

    def tell(self, path: Path, name: str, source: str) -> None:
        """Write down what the file at ``path`` is called, before it is whole."""
        told = {"name": name, "source": source, "at": self._now().isoformat(timespec="milliseconds")}
        _write_safe(path.with_suffix(TOLD), json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogateescape"))

    def settle(self, path: Path) -> None:
        """The file's bytes are on the disk (its writer did fsync): from now on it is whole."""
        os.replace(path, path.with_suffix(WHOLE))
        _fsync_folder(self.folder)

    def look(self) -> list[Arrived]:
        """What is whole, oldest first."""
        found = []
        for path in sorted(self.folder.glob(f"*{WHOLE}")):
            told = self._told_of(path)
            found.append(Arrived(path, str(told.get("name", "")), str(told.get("source", "")), str(told.get("at", ""))))
        return found

    def put_away(self, arrived: Arrived) -> None:
        """It is safe elsewhere."""
        arrived.path.unlink(missing_ok=True)
        arrived.path.with_suffix(TOLD).unlink(missing_ok=True)

    def set_aside(self, arrived: Arrived, why: str) -> Path:
        """It is not taken: it lies in the folder ASIDE from now on, with the reason (English) beside it."""
        return self.aside_half(arrived.path, {"name": arrived.name, "source": arrived.source, "at": arrived.at}, why)

    def aside_half(self, path: Path, told: Mapping[str, Any], why: str) -> Path:
        """As ``set_aside``, for a file that never became whole."""
        folder = self.folder / ASIDE / f"{self._now():%Y%m%d}"
        folder.mkdir(parents=True, exist_ok=True)
        last = str(told.get("name", "")).rpartition("/")[2]
        stem = last[-60:] if is_legal_on_windows(last[-60:]) else "file"
        place = folder / f"{path.stem}-{stem}.aside"  # whatever it is, it is not opened by a double click
        _write_safe(place.with_suffix(".why.json"), json.dumps({**told, "why": why}, ensure_ascii=False).encode(
            "utf-8", "surrogateescape"))  # fmt: skip
        os.replace(path, place)
        path.with_suffix(TOLD).unlink(missing_ok=True)
        return place

    def asides(self, limit: int = 100) -> list[dict[str, str]]:
        """What was not taken, newest first: name, source, at, why, file."""
        found = []
        for each in sorted((self.folder / ASIDE).glob("*/*.why.json"), reverse=True)[:limit]:
            try:
                told = json.loads(each.read_text(encoding="utf-8", errors="replace"))
            except (OSError, ValueError):
                continue
            found.append({**{key: str(value) for key, value in told.items()}, "file": str(each)})
        return found

    def _told_of(self, path: Path) -> dict[str, Any]:
        try:
            told = json.loads(path.with_suffix(TOLD).read_text(encoding="utf-8", errors="replace"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}


def _write_safe(path: Path, data: bytes) -> None:
    with open(path, "wb", buffering=0) as file:
        file.write(data)
        os.fsync(file.fileno())


def _fsync_folder(folder: Path) -> None:
    """A rename survives a power cut. NTFS sees to it by itself and can't open folders for this."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
