"""One running instance per parameter file: a second start says so instead of fighting over ports and cameras."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.core.faults import Fault, NotWritable
from kiosk.core.words import N_
from kiosk.flow.settings_file import StationFile


class AlreadyRunning(Fault):
    """Another instance holds the data folder."""

    reference = "P209"


@contextmanager
def the_only_one(file: StationFile) -> Iterator[None]:
    """Hold the data folder's lock. Raises AlreadyRunning where another one does; it dies with its process.

    Raises NotWritable where the data folder can't be made or written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(file.data / "station.lock")
    try:
        file.data.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise AlreadyRunning(
            N_("This station is running already."), N_("Use the window that is open, or close it first.")
        ) from None
    except OSError as why:
        raise NotWritable(file.data, why) from why
    try:
        yield
    finally:
        lock.release()
