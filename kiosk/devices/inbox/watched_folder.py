"""The real inbox: a folder, local or on a share, looked into by polling."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.core.faults import NoRoom
from kiosk.devices.inbox.contract import Changed, Delivery, InboxGone, Look, NotPutAway, Waiting, Why

PIECE = 1024 * 1024
# A .lok that is older than its list is a leftover or was written in the wrong order: such a list must rest longer.
LONGER = 10
CLOCK_SLACK_NS = 2_000_000_000  # FAT keeps times to two seconds


@dataclass(frozen=True)
class _Seen:
    size: int
    modified_ns: int


@dataclass
class _Rest:
    """Since when a pair of files has looked the same, and in how many looks."""

    looked: tuple[_Seen, _Seen | None]
    since_s: float
    times: int = 1


class WatchedFolder:
    """Reads ``xxx.csv`` only when ``xxx.lok`` stands (in any case of letters) and both rested unchanged for
    ``settle_s`` and two looks. ``keep`` leaves the list where it is and takes only its .lok away.
    """

    def __init__(
        self,
        folder: Path,
        *,
        suffix: str = ".csv",
        settle_s: float = 2.0,
        done: Path | None = None,
        keep: bool = False,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._folder = folder
        self._suffix = suffix.lower()
        self._settle_s = settle_s
        self._done = done or folder / "done"
        self._keep = keep
        self._clock = clock
        self._now = now
        self._rests: dict[str, _Rest] = {}
        self._first_seen: dict[tuple[str, Why], float] = {}

    def look(self) -> Look:
        lists, loks = self._files()
        ready: list[Delivery] = []
        waiting: list[Waiting] = []
        for name, seen in lists.items():
            lok = _lok_of(name, loks)
            if lok is None and self._keep:
                continue  # one that was read and left where it is
            if lok is None:
                waiting.append(self._wait(name, Why.NO_LOK))
            elif not self._rested(name, seen, loks[lok]):
                waiting.append(self._wait(name, Why.GROWING))
            elif not _opens(self._folder / name):
                waiting.append(self._wait(name, Why.OPEN))
            else:
                ready.append(Delivery(name, seen.size, seen.modified_ns))
        stems = {_stem(name) for name in lists}
        waiting += [self._wait(lok, Why.NO_CSV) for lok in loks if _stem(lok) not in stems]
        self._forget(set(lists) | set(loks), {(each.name, each.why) for each in waiting})
        ready.sort(key=lambda each: (each.modified_ns, each.name))
        return Look(tuple(ready), tuple(waiting))

    def fetch(self, delivery: Delivery, to: Path) -> str:
        path = self._folder / delivery.name
        digest = hashlib.sha256()
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(path, "rb") as source, open(to, "wb") as target:
                while piece := source.read(PIECE):
                    digest.update(piece)
                    target.write(piece)
                size = target.tell()
            after = path.stat()
        except OSError as why:
            if why.errno == errno.ENOSPC:
                raise NoRoom(str(to.parent)) from None
            raise Changed(delivery.name) from None
        found = (size, after.st_size, after.st_mtime_ns)
        if found != (delivery.size, delivery.size, delivery.modified_ns):
            raise Changed(delivery.name)
        return digest.hexdigest()

    def put_away(self, delivery: Delivery) -> None:
        # The .lok goes first: a list without .lok is waited for, but a .lok without its list would open the next one.
        _, loks = self._files()
        lok = _lok_of(delivery.name, loks)
        path = self._folder / delivery.name
        try:
            if lok is not None:
                (self._folder / lok).unlink(missing_ok=True)
            if self._keep or not path.exists():
                return
            after = path.stat()
            if (after.st_size, after.st_mtime_ns) != (delivery.size, delivery.modified_ns):
                return  # the next list has come already; it waits for its own .lok
            shutil.move(path, self._place(delivery.name))  # the folder for lists that were read may be on another disk
        except OSError:
            raise NotPutAway(delivery.name) from None

    def leftovers(self) -> Iterator[Delivery]:
        lists, loks = self._files()
        for name, seen in lists.items():
            if _lok_of(name, loks) is None:
                yield Delivery(name, seen.size, seen.modified_ns)

    def _place(self, name: str) -> Path:
        now = self._now()
        folder = self._done / f"{now:%Y%m%d}"
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / name
        number = 1
        while place.exists():
            number += 1
            place = folder / f"{Path(name).stem}-{now:%H%M%S}-{number}{Path(name).suffix}"
        return place

    def _files(self) -> tuple[dict[str, _Seen], dict[str, _Seen]]:
        lists: dict[str, _Seen] = {}
        loks: dict[str, _Seen] = {}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    suffix = os.path.splitext(entry.name)[1].lower()
                    if suffix not in (self._suffix, ".lok"):
                        continue
                    try:
                        # Not entry.stat(): on Windows that is the folder's own copy, which lags behind the file.
                        found = os.stat(entry.path)
                        if not entry.is_file():
                            continue
                    except FileNotFoundError:
                        continue
                    there = loks if suffix == ".lok" else lists
                    there[entry.name] = _Seen(found.st_size, found.st_mtime_ns)
        except OSError:
            raise InboxGone(self._folder) from None
        return lists, loks

    def _rested(self, name: str, seen: _Seen, lok: _Seen) -> bool:
        now = self._clock()
        rest = self._rests.get(name)
        if rest is None or rest.looked != (seen, lok):
            self._rests[name] = _Rest((seen, lok), now)
            return False
        rest.times += 1
        late = lok.modified_ns + CLOCK_SLACK_NS < seen.modified_ns
        return now - rest.since_s >= self._settle_s * (LONGER if late else 1)

    def _wait(self, name: str, why: Why) -> Waiting:
        now = self._clock()
        return Waiting(name, why, now - self._first_seen.setdefault((name, why), now))

    def _forget(self, names: set[str], waiting: set[tuple[str, Why]]) -> None:
        self._rests = {name: rest for name, rest in self._rests.items() if name in names}
        self._first_seen = {key: since for key, since in self._first_seen.items() if key in waiting}


def _stem(name: str) -> str:
    return os.path.splitext(name)[0].casefold()


def _lok_of(name: str, loks: dict[str, _Seen]) -> str | None:
    """The .lok of a list: the one spelt alike where there are several, else in any case of letters."""
    found = [lok for lok in loks if _stem(lok) == _stem(name)]
    alike = [lok for lok in found if os.path.splitext(lok)[0] == os.path.splitext(name)[0]]
    return next(iter(alike or found), None)


def _opens(path: Path) -> bool:
    """Windows refuses to open a file that its writer still holds for itself."""
    try:
        with open(path, "rb") as handle:
            handle.read(1)
    except OSError:
        return False
    return True
