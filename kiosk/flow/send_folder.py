"""Sends all DICOM files of a folder, patient by patient; once by hand, or again and again for a watched folder.

What a destination accepted is kept with the file's path, size and time, so that a start after a power cut goes on where
it was. A file of a watched folder is sent when it rested through two looks, and then put into ``SENT``.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import N_
from kiosk.dicom.send import SentFile, send_files
from kiosk.flow.watch_link import Destination
from kiosk.store import seen_rows
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

SENT = "SENT"
KEEP_EACH = 50  # files, then what was accepted is kept


@dataclass(frozen=True)
class Progress:
    """How far a folder is. ``patients`` are folders that hold files: the old program had one each."""

    files: int = 0
    sent: int = 0
    before: int = 0  # were sent another time
    refused: int = 0
    patients: int = 0
    patient: int = 0
    why: Fault | None = field(default=None, compare=False)


Looked = tuple[int, int]  # size, modified_ns


class SendFolder:
    """One folder on its way to one destination."""

    def __init__(self, centre: Store, to: Destination, root: Path, *, put_away: bool = False) -> None:
        """``put_away``: what was accepted is moved to ``SENT/yyyymmdd`` below the folder."""
        self._centre = centre
        self._to = to
        self._root = root
        self._put_away = put_away
        self._source = f"folder:{to.name}"[:64]
        self._looked: dict[Path, Looked] = {}

    def send(
        self, told: Callable[[Progress], None] = lambda progress: None, stop: threading.Event | None = None,
        *, rested: bool = False,
    ) -> Progress:  # fmt: skip
        """Everything that was not accepted before. ``rested``: only files that look as they did at the last call.
        Raises LinkLost where the destination is away, Fault where the folder can't be read.
        """
        folders = self._folders(rested)
        progress = Progress(files=sum(len(files) for files in folders.values()), patients=len(folders))
        for number, (folder, files) in enumerate(folders.items(), 1):
            progress = _with(progress, patient=number)
            for at in range(0, len(files), KEEP_EACH):
                if stop is not None and stop.is_set():
                    return progress
                progress = self._some(files[at : at + KEEP_EACH], progress, told, stop)
            if self._put_away:
                _remove_empty(folder, self._root)
        return progress

    def _some(
        self, files: list[Path], progress: Progress, told: Callable[[Progress], None], stop: threading.Event | None
    ) -> Progress:
        looks = {path: _look(path) for path in files}
        keys = {path: (self._key(path), _identity(looks[path])) for path in files}
        with self._centre.reading() as conn:
            known = seen_rows.known(conn, self._source, [key for key, _ in keys.values()])
        fresh = [path for path in files if known.get(keys[path][0]) != keys[path][1]]
        accepted = [path for path in files if path not in set(fresh)]
        progress = _with(progress, before=progress.before + len(accepted))
        state = [progress]

        def one(result: SentFile) -> None:
            now = state[0]
            if result.accepted:
                now = _with(now, sent=now.sent + 1)
                accepted.append(result.path)
            else:
                why = result.trouble or Fault(N_("{whom} did not accept it."), reference="L531", whom=self._to.whom)
                now = _with(now, refused=now.refused + 1, why=why)
            state[0] = now
            told(now)

        try:
            if fresh:
                results = send_files(self._to.own_title, self._to.node, fresh, progress=one, stop=stop)
                lost = next((each.trouble for each in results if isinstance(each.trouble, LinkLost)), None)
                if lost is not None:
                    raise lost
        finally:
            with self._centre.writing() as conn:
                seen_rows.keep(conn, self._source, [keys[path] for path in accepted])
        if self._put_away:
            for path in accepted:
                self._away(path)
        told(state[0])
        return state[0]

    def _folders(self, rested: bool) -> dict[Path, list[Path]]:
        """Folder -> its files, in the order of their names."""
        found: dict[Path, list[Path]] = {}
        looked: dict[Path, Looked] = {}
        for path in self._files():
            try:
                looked[path] = _look(path)
            except OSError:  # gone again
                continue
            if not rested or self._looked.get(path) == looked[path]:
                found.setdefault(path.parent, []).append(path)
        self._looked = looked
        return {folder: sorted(found[folder]) for folder in sorted(found)}

    def _files(self) -> Iterator[Path]:
        away = self._root / SENT

        def failed(why: OSError) -> None:
            if why.filename and Path(why.filename) == self._root:
                raise Fault(
                    N_("The folder {folder} can't be read."),
                    N_("Check its name and the network; it is tried again by itself."),
                    reference="F420",
                    folder=str(self._root),
                ) from why

        for folder, folders, names in os.walk(self._root, onerror=failed):
            folders[:] = [name for name in folders if Path(folder, name) != away]
            for name in names:
                if not name.startswith(".") and name.upper() != "DICOMDIR":
                    yield Path(folder, name)

    def _key(self, path: Path) -> str:
        return hashlib.sha256(os.fsencode(os.path.normcase(path))).hexdigest()

    def _away(self, path: Path) -> None:
        place = self._root / SENT / f"{datetime.now():%Y%m%d}" / path.relative_to(self._root)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            while place.exists():
                place = place.with_name(f"{place.stem}_{path.suffix}")
            shutil.move(path, place)
        except OSError as why:  # it is known as sent, so that it does not go twice
            log.warning("a file that was sent could not be put away: %s", type(why).__name__)


class FolderWatch:
    """A worker: looks into a folder each ``every_s`` and sends what rests there."""

    def __init__(self, folder: SendFolder, every_s: float, may: Callable[[], bool]) -> None:
        self._folder = folder
        self._every_s = every_s
        self._may = may
        self._trouble = ""

    def work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            if self._may():
                self._look(stop)
            stop.wait(self._every_s)

    def _look(self, stop: threading.Event) -> None:
        try:
            done = self._folder.send(stop=stop, rested=True)
            trouble = "" if done.why is None else str(done.why)
            if done.sent:
                log.info("watched folder: %d files sent", done.sent)
        except Exception as why:
            trouble = str(why) if isinstance(why, Fault) else type(why).__name__
        if trouble and trouble != self._trouble:
            log.warning("watched folder: %s", trouble)
        self._trouble = trouble


def _look(path: Path) -> Looked:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _identity(looked: Looked) -> str:
    return hashlib.sha256(f"{looked[0]}|{looked[1]}".encode()).hexdigest()


def _with(progress: Progress, **values: object) -> Progress:
    from dataclasses import replace

    return replace(progress, **values)  # type: ignore[arg-type]


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and root in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
