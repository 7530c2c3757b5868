"""Shared memory in which a child of this program hands pixels to the process that asked for them.

The asker makes the segment and keeps it open while the pixels are wanted, so that on Windows it can't vanish between
two closings. On POSIX the child takes the name away as soon as it has the segment open: whoever dies after that,
nothing is left behind. multiprocessing.shared_memory is not used, since before Python 3.13 its tracker, a further
process, takes every attached segment for its own, deletes it and warns.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import sys

from kiosk.core.faults import Fault
from kiosk.core.words import N_

if sys.platform != "win32":
    import _posixshmem  # type: ignore[import-not-found]


class Segment:
    """A new segment of ``size`` bytes: ``name`` goes to the child, ``memory`` is read afterwards."""

    def __init__(self, size: int) -> None:
        # At most 30 characters: macOS takes no longer names.
        self.name = f"{'' if sys.platform == 'win32' else '/'}kiosk-{os.getpid():x}-{secrets.token_hex(4)}"
        self.size = size
        try:
            self.memory = _made(self.name, size)
        except OSError as why:
            raise Fault(
                N_("There is too little memory left to show this picture."),
                N_("Close other programs and open the picture again."),
                reference="V507",
            ) from why

    def __enter__(self) -> Segment:
        return self

    def __exit__(self, *why: object) -> None:
        self.memory.close()
        _forget(self.name)


def attach(name: str, size: int) -> mmap.mmap:
    """In the child: the segment of that name, whose name is then taken away."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=name)
    handle = _posixshmem.shm_open(name, os.O_RDWR, mode=0o600)
    try:
        return mmap.mmap(handle, size)
    finally:
        os.close(handle)
        _forget(name)


def _made(name: str, size: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=name)
    handle = _posixshmem.shm_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            # Without it a full /dev/shm shows as a SIGBUS at the first write instead of an error here.
            os.posix_fallocate(handle, 0, size)
        else:
            os.ftruncate(handle, size)
        return mmap.mmap(handle, size)
    except OSError:
        _forget(name)
        raise
    finally:
        os.close(handle)


def _forget(name: str) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            _posixshmem.shm_unlink(name)
