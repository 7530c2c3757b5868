"""Image volumes: folders with a volume-id file; files enter whole or not at all.

The order that makes a file safe: temporary file on the same volume, write, fsync, rename, fsync of the folder.
The volume-id file names the volume, and in its second line the disk itself (a token), so that another disk under the
same letter or name is told from it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from kiosk.core.disks import GATEWAY, RECEIVING, DiskState, reserve_of
from kiosk.core.faults import Fault, LinkLost, NoRoom
from kiosk.core.words import N_
from kiosk.store.room import LOOK_EVERY_S, Mark, Room

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
        if folder == folder.parent:  # the drive itself is not there
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        fsync_folder(each.parent)


class Arriving:
    """A file on its way into a volume."""

    def __init__(self, path: Path, handle: FileIO, volume_id: str, room: Room) -> None:
        self.path = path
        self.placed = False  # it has its final name
        self.size = 0
        self._handle = handle
        self._volume_id = volume_id
        self._room = room
        self._sha = hashlib.sha256()

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Add bytes. Raises NoRoom where the disk is full."""
        left = memoryview(piece)
        try:
            while left:  # the last write that finds room takes a part only, and does not call it an error
                left = left[self._handle.write(left) :]
        except OSError as why:
            raise disk_trouble(why, self._volume_id, self._room) from why
        self._sha.update(piece)
        self.size += len(piece)
        self._room.spend(len(piece))

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
            raise disk_trouble(why, self._volume_id, self._room) from why

    def abandon(self) -> None:
        """Throw it away while it is half received. What has its name stays: it may be indexed at any moment."""
        self._handle.close()
        if not self.placed:
            self.discard()

    def discard(self) -> None:
        """Throw it away wherever it lies: it is known not to be needed."""
        self.path.unlink(missing_ok=True)
        self._room.spend(-self.size)
        self.size = 0


def _rename(source: Path, target: Path) -> None:
    try:
        os.replace(source, target)
    except FileNotFoundError:  # the folder's first file
        make_folders(target.parent)
        os.replace(source, target)


@dataclass(frozen=True)
class Volume:
    """``root`` holds ``DICOM/yyyymmdd/...`` on the gateway's own disks and ``IMAGE/<kind>/yyyymmdd/...`` on the others;
    ``writable`` only on the gateway. It is full at its reserve: so many bytes or that part of the disk.
    """

    id: str
    root: Path
    writable: bool = False
    role: str = GATEWAY
    title: str = ""
    reserve_bytes: int = 0
    reserve_part: float = 0.0
    room: Room = field(default_factory=Room, compare=False, repr=False)

    def identity(self) -> tuple[str, str]:
        """Name and token of the disk that stands there; both empty without a volume-id file."""
        try:
            lines = (self.root / ID_FILE).read_text(encoding="utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return "", ""
        return lines[0].strip(), lines[1].strip() if len(lines) > 1 else ""

    def check(self) -> None:
        """Raises Fault where another disk stands there: a swapped disk must not be written to."""
        found, token = self.identity()
        if found and found != self.id:
            raise Fault(
                N_("The disk at {path} is {found}, not {wanted}."),
                N_("Connect the right disk, or correct the parameter file; nothing was written."),
                reference="D401",
                path=str(self.root),
                found=found,
                wanted=self.id,
            )
        if found and self.room.token and token != self.room.token:
            raise Fault(
                N_("The disk at {path} is called {wanted}, but it is another one than before."),
                N_("Connect the right disk, or accept this one on the page of disks; nothing was written."),
                reference="D404",
                path=str(self.root),
                wanted=self.id,
            )

    def prepare(self) -> None:
        """Before the first write: check the volume-id file (made or completed), clear half-received files."""
        self.check()
        found, token = self.identity()
        if not found or not token:
            make_folders(self.root)
            half = self.root / (ID_FILE + ".part")
            with open(half, "w", encoding="utf-8", newline="\n") as file:
                file.write(f"{self.id}\n{secrets.token_hex(16)}\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(half, self.root / ID_FILE)
            fsync_folder(self.root)
        self.clear_incoming()

    def clear_incoming(self, older_s: float = 0.0) -> None:
        """Make the folder of half-received files; take away those that nobody can be writing any more."""
        incoming = self.root / INCOMING
        make_folders(incoming)
        for left in incoming.iterdir():
            if not older_s or left.stat().st_mtime < time.time() - older_s:
                left.unlink(missing_ok=True)

    def look(self, *, try_writing: bool = False) -> None:
        """Bring ``room`` up to date; never raises. It may hang as long as the disk does."""
        room = self.room
        try:
            mark = self._mark()
            if mark != room.mark:
                self.check()
            usage = shutil.disk_usage(self.root)
            if try_writing:
                self._try_writing()
                room.written_at = time.monotonic()
        except NoRoom:
            room.full()
        except FileNotFoundError:
            room.failed(DiskState.GONE, self.not_there())
        except OSError as why:
            room.failed(DiskState.GONE, disk_trouble(why, self.id))
        except Fault as why:
            room.failed(DiskState.READ_ONLY if why.reference == "D403" else DiskState.OTHER, why)
        else:
            reserve = reserve_of(usage.total, self.reserve_bytes, self.reserve_part)
            room.free, room.total, room.reserve, room.left = usage.free, usage.total, reserve, usage.free - reserve
            room.mark, room.why = mark, None
            room.state = DiskState.GOOD if room.left > 0 else DiskState.FULL
        room.looked_at = time.monotonic()

    def not_there(self) -> Fault:
        """The disk was pulled out, or never came."""
        return LinkLost(
            self.id, N_("The disk {whom} is not there."), N_("Connect it; the work goes on by itself then.")
        )

    def is_same_disk(self) -> bool:
        """Does the disk that was looked at last still stand there? Two microseconds, so it is asked for each image."""
        try:
            return self._mark() == self.room.mark
        except OSError:
            return False

    def _mark(self) -> Mark:
        found = os.stat(self.root / ID_FILE)
        return found.st_dev, found.st_ino, found.st_mtime_ns

    def _try_writing(self) -> None:
        arriving = self.begin()
        try:
            arriving.write(b"room")
            arriving.make_safe()
        finally:
            arriving.abandon()

    def top(self, kind: str) -> str:
        """Under which folder images of a kind lie here."""
        return "DICOM" if self.role == GATEWAY else f"IMAGE/{kind}"

    def begin(self) -> Arriving:
        path = self.root / INCOMING / (secrets.token_hex(12) + ".part")
        try:
            handle = open(path, "xb", buffering=0)  # noqa: SIM115 - closed by make_safe/abandon
            return Arriving(path, handle, self.id, self.room)
        except OSError as why:
            raise disk_trouble(why, self.id, self.room) from why

    def place(self, arriving: Arriving, relative: str) -> Path:
        """Give the file its name. An unindexed file of that name (from before a crash) is replaced."""
        target = self.file(relative)
        try:
            if arriving.path != target:
                _rename(arriving.path, target)
            fsync_folder(target.parent)
        except OSError as why:
            raise disk_trouble(why, self.id, self.room) from why
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
        """Relative paths of all files under DICOM, IMAGE and ASIDE, for the proof of the store."""
        for top in ("DICOM", "IMAGE", "ASIDE"):
            for folder, _, names in os.walk(self.root / top):
                for name in names:
                    yield (Path(folder) / name).relative_to(self.root).as_posix()


class Volumes:
    """The volumes this PC can reach, by id. What comes in goes to the first with room, the gateway's own before the
    image server's.
    """

    def __init__(self, volumes: Sequence[Volume]) -> None:
        self._by_id = {each.id: each for each in volumes}
        self.receivers = [
            each for role in RECEIVING for each in self._by_id.values() if each.writable and each.role == role
        ]

    def __iter__(self) -> Iterator[Volume]:
        return iter(self._by_id.values())

    def get(self, volume: str) -> Volume | None:
        return self._by_id.get(volume)

    def of_role(self, role: str) -> list[Volume]:
        """Those this PC may write to."""
        return [each for each in self._by_id.values() if each.writable and each.role == role]

    def receiving(self) -> Volume:
        """Where the next image goes. Raises NoRoom where every disk is full, Fault where none can be written to."""
        for each in self.receivers:
            room = each.room
            if not room.watched and room.age_s > LOOK_EVERY_S:
                each.look()
            if room.takes:
                if each.is_same_disk():
                    return each
                room.failed(DiskState.GONE, each.not_there())
        raise self._why_none()

    def _why_none(self) -> Fault:
        if not self.receivers:
            return Fault(
                N_("No disk for images is set up on this PC."),
                N_("Name one in the parameter file under [volumes]."),
                reference="D402",
            )
        names = ", ".join(each.id for each in self.receivers)
        if all(each.room.is_full for each in self.receivers):
            return NoRoom(names)
        return Fault(
            N_("No disk can take images ({names}); nothing was stored."),
            N_("Look at the page of disks; receiving goes on by itself when one of them is there."),
            reference="D405",
            names=names,
        )

    def path_of(self, volume: str, relative: str) -> Path | None:
        """Where an image lies for this PC; None where the volume is not mapped here."""
        found = self._by_id.get(volume)
        return found.file(relative) if found else None

    def nearest(self, places: Sequence[tuple[str, str]]) -> Path | None:
        """Of several copies of an image the first whose disk stands; the first mapped one where none does."""
        mapped = [(self._by_id[volume], path) for volume, path in places if volume in self._by_id]
        for volume, path in mapped:
            if len(mapped) == 1 or (volume.root / ID_FILE).exists():
                return volume.file(path)
        return mapped[0][0].file(mapped[0][1]) if mapped else None


def sha256_of(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def disk_trouble(why: OSError, volume: str, room: Room | None = None) -> Fault:
    """What to tell of an error while writing: NoRoom, or a Fault that names the disk (or folder) and the reason.

    ``room`` hears of it, so that the next image goes to another disk at once.
    """
    if why.errno in ROOM_ERRORS or getattr(why, "winerror", None) in ROOM_ERRORS:
        if room is not None:
            room.full()
        return NoRoom(volume)
    told = Fault(
        N_("The disk {volume} can't be written to ({reason})."),
        N_("Check its cable and that it is not write-protected; nothing was acknowledged."),
        reference="D403",
        volume=volume,
        reason=why.strerror or type(why).__name__,
    )
    if room is not None and room.watched:
        room.failed(DiskState.READ_ONLY, told)
    return told
