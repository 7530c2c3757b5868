"""A shared folder that a camera writes pictures into: looked through by ourselves, since events of shares get lost.

A file counts as whole when size and time stayed the same from one look to the next for long enough, and nobody holds it
open for itself.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from kiosk.core.faults import LinkLost
from kiosk.core.words import N_
from kiosk.devices.inbox.arrived import Arrivals

PIECE = 1 << 20
DEEPEST = 4  # folders below the shared one


class SharedPictures:
    """One thread looks. What rests is copied to ``arrivals`` and then taken away from the share."""

    def __init__(
        self, folder: Path, arrivals: Arrivals, *, settle_s: float = 3.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.folder = folder
        self._arrivals = arrivals
        self._settle_s = settle_s
        self._clock = clock
        self._seen: dict[str, tuple[tuple[int, int], float, int]] = {}  # name -> looked, since, times seen so

    def look(self) -> int:
        """Take what rests; returns how many files. Raises LinkLost where the folder can't be looked into."""
        try:
            files = self._files()
        except OSError as why:
            raise LinkLost(
                str(self.folder),
                N_("The camera's folder can't be looked into: {whom}"),
                N_("Check the network and the folder's name; pictures are taken by themselves when it is back."),
            ) from why
        self._seen = {name: seen for name, seen in self._seen.items() if name in files}
        taken = 0
        for name, looked in sorted(files.items(), key=lambda each: (each[1][1], each[0])):
            if self._rests(name, looked) and self._take(name, looked):
                taken += 1
        return taken

    def _rests(self, name: str, looked: tuple[int, int]) -> bool:
        now = self._clock()
        known = self._seen.get(name)
        if known is None or known[0] != looked:
            self._seen[name] = looked, now, 1
            return False
        self._seen[name] = looked, known[1], known[2] + 1
        return known[2] >= 1 and now - known[1] >= self._settle_s

    def _take(self, name: str, looked: tuple[int, int]) -> bool:
        source = self.folder / name
        path = self._arrivals.new_path()
        try:
            with open(source, "rb") as file, open(path, "wb", buffering=0) as copy:
                while piece := file.read(PIECE):
                    copy.write(piece)
                os.fsync(copy.fileno())
            stat = os.stat(source)
            if (stat.st_size, stat.st_mtime_ns) != looked or path.stat().st_size != stat.st_size:
                path.unlink()
                return False  # it went on growing
            self._arrivals.tell(path, name.replace(os.sep, "/"), str(self.folder))
            self._arrivals.settle(path)
        except OSError:  # held by its writer, or gone: the next look tries again
            path.unlink(missing_ok=True)
            return False
        try:
            source.unlink()
        except OSError:
            pass  # it is copied again at the next look, and known by its bytes
        return True

    def _files(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        todo = [(self.folder, 0)]
        while todo:
            folder, depth = todo.pop()
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if depth < DEEPEST:
                            todo.append((Path(entry.path), depth + 1))
                    elif entry.is_file(follow_symlinks=False):
                        stat = os.stat(entry.path)  # not entry.stat(): on Windows that lags behind the file
                        found[os.path.relpath(entry.path, self.folder)] = stat.st_size, stat.st_mtime_ns
        return found
