"""Writes a file that is either whole or not there: under another name first, safe on the disk, then renamed."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.store.volume import fsync_folder, make_folders

HALF = ".part"


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """``with whole_file(path) as file: file.write(...)``. Any error leaves what was there before; those of the disk
    become a Fault.
    """
    half = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex[:8]}{HALF}")
    try:
        make_folders(path.parent)
        with open(half, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)
        fsync_folder(path.parent)
    except OSError as why:
        _remove(half)
        raise Fault(
            N_("The file {name} could not be written ({why})."),
            N_("Look whether the disk is full or the folder may not be written to; then try again."),
            reference="V507",
            name=path.name,
            why=why.strerror or type(why).__name__,
        ) from why
    except BaseException:
        _remove(half)
        raise


def write_whole(path: Path, data: bytes) -> None:
    """All at once. Raises Fault where the disk does not take it."""
    with whole_file(path) as file:
        file.write(data)


def _remove(half: Path) -> None:
    with suppress(OSError):
        half.unlink()
