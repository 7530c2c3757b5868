"""Image volumes: folders with a volume-id file; files enter whole or not at all.

The order that makes a file safe: temporary file on the same volume, write, fsync, rename, fsync of the folder.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from kiosk.core.faults import Fault, NoRoom
from kiosk.core.words import N_

ID_FILE = "volume-id.txt"
INCOMING = "incoming"  # half-received files; cleared at start
ROOM_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, 112})  # 112: ERROR_DISK_FULL on Windows


def fsync_folder(folder: Path) -> None:
    """Make a rename survive a power cut. NTFS journals renames itself and can't open folders for this."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folders(folder: Path) -> None:
    """Create ``folder`` with its parents, each name made safe in its parent before anything is put in it."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        fsync_folder(each.parent)


class Arriving:
    """A file on its way into a volume."""

    def __init__(self, path: Path, handle: FileIO, volume_id: str) -> None:
        self.path = path
        self.placed = False  # it has its final name
        self.size = 0
        self._handle = handle
        self._volume_id = volume_id
        self._sha = hashlib.sha256()

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Add bytes. Raises NoRoom where the disk is full."""
        left = memoryview(piece)
        try:
            while left:  # the last write that finds room takes a part only, and does not call it an error
                left = left[self._handle.write(left) :]
        except OSError as why:
            raise disk_trouble(why, self._volume_id) from why
        self._sha.update(piece)
        self.size += len(piece)

    @property
    def sha256(self) -> str:
        return self._sha.hexdigest()

    def make_safe(self) -> None:
        """The bytes are on the disk when this returns (the name is not yet)."""
        try:
            self._handle.flush()
            os.fsync(self._handle.fileno())
            self._handle.close()
        except OSError as why:
            raise disk_trouble(why, self._volume_id) from why

    def abandon(self) -> None:
        """Throw it away while it is half received. What has its name stays: it may be indexed at any moment."""
        self._handle.close()
        if not self.placed:
            self.path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Throw it away wherever it lies: it is known not to be needed."""
        self.path.unlink(missing_ok=True)


def _rename(source: Path, target: Path) -> None:
    try:
        os.replace(source, target)
    except FileNotFoundError:  # the folder's first file
        make_folders(target.parent)
        os.replace(source, target)


@dataclass(frozen=True)
class Volume:
    """``root`` holds DICOM/yyyymmdd/…; ``writable`` only on the gateway."""

    id: str
    root: Path
    writable: bool = False

    def check(self) -> None:
        """Raises Fault where another volume's id stands there: a swapped disk must not be written to."""
        mark = self.root / ID_FILE
        if mark.exists():
            found = mark.read_text(encoding="utf-8").strip()
            if found != self.id:
                raise Fault(
                    N_("The disk at {path} is {found}, not {wanted}."),
                    N_("Connect the right disk, or correct the parameter file; nothing was written."),
                    reference="D401",
                    path=str(self.root),
                    found=found,
                    wanted=self.id,
                )

    def prepare(self) -> None:
        """Before the first write: check the volume-id file (made where there is none), clear half-received files."""
        self.check()
        mark = self.root / ID_FILE
        if not mark.exists():
            make_folders(self.root)
            mark.write_text(self.id + "\n", encoding="utf-8")
        incoming = self.root / INCOMING
        make_folders(incoming)
        for left in incoming.iterdir():
            left.unlink(missing_ok=True)

    def begin(self) -> Arriving:
        path = self.root / INCOMING / (secrets.token_hex(12) + ".part")
        try:
            return Arriving(path, open(path, "xb", buffering=0), self.id)  # noqa: SIM115 - closed by make_safe/abandon
        except OSError as why:
            raise disk_trouble(why, self.id) from why

    def place(self, arriving: Arriving, relative: str) -> Path:
        """Give the file its name. An unindexed file of that name (from before a crash) is replaced."""
        target = self.file(relative)
        try:
            if arriving.path != target:
                _rename(arriving.path, target)
            fsync_folder(target.parent)
        except OSError as why:
            raise disk_trouble(why, self.id) from why
        arriving.path, arriving.placed = target, True
        return target

    def holds(self, relative: str) -> bool:
        """Whether a file of that name is there."""
        return self.file(relative).exists()

    def file(self, relative: str) -> Path:
        """The path of a stored file. ``relative`` is ours (forward slashes) and never leaves the volume."""
        parts = relative.split("/")
        assert parts and not any(part in ("", ".", "..") or ":" in part or "\\" in part for part in parts), relative
        return self.root.joinpath(*parts)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.root).free

    def total_bytes(self) -> int:
        return shutil.disk_usage(self.root).total

    def stored_files(self) -> Iterator[str]:
        """Relative paths of all files under DICOM and ASIDE, for the proof of the store."""
        for top in ("DICOM", "ASIDE"):
            for folder, _, names in os.walk(self.root / top):
                for name in names:
                    yield (Path(folder) / name).relative_to(self.root).as_posix()


class Volumes:
    """The volumes this PC can reach, by id; the first writable one receives."""

    def __init__(self, volumes: list[Volume]) -> None:
        self._by_id = {each.id: each for each in volumes}

    def __iter__(self) -> Iterator[Volume]:
        return iter(self._by_id.values())

    def receiving(self) -> Volume:
        for each in self._by_id.values():
            if each.writable:
                return each
        raise Fault(
            N_("No disk for images is set up on this PC."),
            N_("Name one in the parameter file under [volumes]."),
            reference="D402",
        )

    def path_of(self, volume: str, relative: str) -> Path | None:
        """Where an image lies for this PC; None where the volume is not mapped here."""
        found = self._by_id.get(volume)
        return found.file(relative) if found else None


def sha256_of(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def disk_trouble(why: OSError, volume: str) -> Fault:
    """What to tell of an error while writing: NoRoom, or a Fault that names the disk (or folder) and the reason."""
    if why.errno in ROOM_ERRORS or getattr(why, "winerror", None) in ROOM_ERRORS:
        return NoRoom(volume)
    return Fault(
        N_("The disk {volume} can't be written to ({reason})."),
        N_("Check its cable and that it is not write-protected; nothing was acknowledged."),
        reference="D403",
        volume=volume,
        reason=why.strerror or type(why).__name__,
    )
