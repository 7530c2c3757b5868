"""Copying one file from a volume to another: whole under its name or not at all, and read back before it counts."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.store.disk_walk import must_stand
from kiosk.store.volume import INCOMING, Arriving, Volume, make_folders

PIECE = 1 << 20
LEFT_BEHIND_S = 24 * 3600.0


class SourceDamaged(Fault):
    """The file to be copied can't be read, or is not what its hash says."""

    reference = "D421"


def copy_file(source: Volume, target: Volume, path: str, sha256: str = "", to: str = "") -> str:
    """Copy ``path`` to the same place (or ``to``) of the target: temporary file, fsync, rename. Returns its SHA-256.

    Raises SourceDamaged where the source can't be read or is not ``sha256``; NoRoom, Fault and LinkLost where the
    target is full, broken or gone, LinkLost where the source is gone. Nothing half stands under a final name then.
    """
    try:
        reading = open(source.file(path), "rb", buffering=0)  # noqa: SIM115 - closed below
    except OSError as why:
        raise _source_trouble(source, path, why) from why
    with reading:
        arriving = target.begin()
        try:
            while True:
                try:
                    piece = reading.read(PIECE)
                except OSError as why:
                    raise _source_trouble(source, path, why) from why
                if not piece:
                    break
                arriving.write(piece)
            if sha256 and arriving.sha256 != sha256:
                raise SourceDamaged(N_("{path} is not what was stored; it was not copied."), "", path=path)
            arriving.make_safe()
            must_stand(target)  # or its folders would be made on whatever disk is below its mount point
            target.place(arriving, to or path)
        except BaseException:
            _abandon(arriving)
            raise
    return arriving.sha256


def make_ready(target: Volume) -> None:
    """Room for files on their way; what an interrupted copy left there is cleared when nobody can be writing it."""
    incoming = target.root / INCOMING
    make_folders(incoming)
    for left in incoming.glob("*.part"):
        if left.stat().st_mtime < time.time() - LEFT_BEHIND_S:
            left.unlink(missing_ok=True)


def hash_on_disk(path: Path) -> str:
    """The SHA-256 of a file as the disk gives it back, not as memory remembers it (where the system lets us ask)."""
    with open(path, "rb", buffering=0) as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def proven(target: Volume, path: str, sha256: str) -> bool:
    """Read a copy back: is it what it should be? One that is not is taken away. Raises LinkLost where the disk went."""
    file = target.file(path)
    try:
        if hash_on_disk(file) == sha256:
            return True
    except OSError:
        must_stand(target)
    must_stand(target)
    file.unlink(missing_ok=True)
    return False


def _abandon(arriving: Arriving) -> None:
    try:
        arriving.abandon()
    except OSError:
        pass  # the disk is gone; what half lies there is cleared when it is prepared again


def _source_trouble(source: Volume, path: str, why: OSError) -> Fault:
    must_stand(source)
    reason = why.strerror or type(why).__name__
    return SourceDamaged(N_("{path} can't be read ({reason})."), "", path=path, reason=reason)
