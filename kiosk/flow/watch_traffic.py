"""Watching what is said with a peer: switched on for a while at the window, kept as a file for the peer's maker.

The processes that receive and that send each write a file of their own; the window shows them together.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from kiosk.core.faults import Fault
from kiosk.dicom.traffic import SPACES, Traffic, outgoing
from kiosk.flow.kit import Kit
from kiosk.store import audit, local, notices
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

WATCH = "traffic/watch"  # among what this PC saw last
NOTICE = "traffic"  # local
EVERYBODY = "*"
LONGEST_S = 3600.0  # it ends by itself
MOST_BYTES = 20_000_000
WRITE_EVERY_S = 0.3
SHOWN_BYTES, SHOWN_LINES = 400_000, 2000


@dataclass(frozen=True)
class Watched:
    """``peer``: an AE title or ``*``; empty where nobody is watched. ``until`` in seconds (time.time())."""

    peer: str = ""
    until: float = 0.0
    stem: str = ""  # how its files' names begin

    @property
    def on(self) -> bool:
        return bool(self.peer) and time.time() < self.until


def watched(own: Store) -> Watched:
    """Whom this PC watches, or watched last."""
    with own.reading() as conn:
        kept = local.seen_last(conn, WATCH)
    return Watched(**kept.body) if kept else Watched()


def watch(centre: Store, own: Store, actor: Actor, peer: str) -> Watched:
    """Watch a peer from now on for at most an hour."""
    now = datetime.now()
    name = re.sub(r"[^A-Za-z0-9_-]", "_", peer) if peer != EVERYBODY else "ALL"
    chosen = Watched(peer, time.time() + LONGEST_S, f"traffic-{name}-{now:%Y%m%d-%H%M%S}")
    _keep(own, chosen)
    with centre.writing() as conn:
        audit.write(conn, actor, "traffic watched", subject=peer)
    return chosen


def end_watching(own: Store) -> None:
    last = watched(own)
    _keep(own, Watched(last.peer, 0.0, last.stem))


def _keep(own: Store, chosen: Watched) -> None:
    with own.writing() as conn:
        local.keep_last_seen(conn, WATCH, vars(chosen))
        notices.tell(conn, NOTICE, local=True)


def lines_of(folder: Path, stem: str) -> list[tuple[str, ...]]:
    """(time, association, way, what) of the newest lines of all processes, in the order in which they were said."""
    found: list[tuple[str, ...]] = []
    for path in sorted(folder.glob(f"{stem}-*.txt")) if stem else ():
        process = path.stem.removeprefix(f"{stem}-")
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - SHOWN_BYTES))
            text = file.read().decode("utf-8", "replace")
        for line in text.splitlines():
            parts = tuple(line.split(SPACES, 3))
            if len(parts) == 4:
                found.append((parts[0], f"{process} {parts[1]}", parts[2], parts[3]))
    return sorted(found, key=lambda parts: parts[0])[-SHOWN_LINES:]


def traffic_folder(data: Path) -> Path:
    """Where the files lie in a station's data folder."""
    return data / "LOG" / "TRAFFIC"


class TrafficBook:
    """Of one process: follows the switch and writes the lines."""

    def __init__(self, own: Store, folder: Path, process: str) -> None:
        self._own = own
        self._folder = folder
        self._process = process
        self._watched = Watched()
        self._lines: queue.Queue[str] = queue.Queue()
        self.traffic = Traffic(self._note, self._is_watched)

    def look(self) -> None:
        """The switch may have been turned. Raises nothing: without it nobody is watched."""
        try:
            self._watched = watched(self._own)
        except Fault as why:
            log.warning("whom to watch can't be read: %s", why)

    def work(self, stop: threading.Event) -> None:
        """The worker."""
        try:
            while not stop.wait(WRITE_EVERY_S):
                self._write()
            self._write()
        finally:
            self._own.leave()

    def _is_watched(self, ae_title: str, address: str) -> bool:
        chosen = self._watched
        return chosen.on and (chosen.peer == EVERYBODY or chosen.peer.upper() in (ae_title.upper(), address))

    def _note(self, line: str) -> None:
        now = datetime.now()
        self._lines.put(f"{now:%H:%M:%S}.{now.microsecond // 1000:03d}{SPACES}{line}\n")

    def _write(self) -> None:
        if self._lines.empty():
            return
        path = self._folder / f"{self._watched.stem}-{self._process}.txt"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                self._write_lines(file)
            with self._own.writing() as conn:
                notices.tell(conn, NOTICE, local=True)
        except (OSError, Fault) as why:  # a full disk must not stop what is watched
            log.warning("what is said can't be written down: %s", type(why).__name__)

    def _write_lines(self, file: TextIO) -> None:
        room = MOST_BYTES - file.tell()
        while True:
            try:
                line = self._lines.get_nowait()
            except queue.Empty:
                return
            if room > 0:
                room -= len(line)
                file.write(line if room > 0 else f"{line}(full: the rest is left out)\n")


@contextlib.contextmanager
def watching(kit: Kit, process: str) -> Iterator[Traffic]:
    """The worker of a process while it calls and is called."""
    book = TrafficBook(kit.local, traffic_folder(kit.data), process)
    book.look()
    end = kit.local_notices.listen(NOTICE, lambda notice: book.look())
    kit.crew.start(f"traffic-{process}", book.work)
    outgoing.append(book.traffic)
    try:
        yield book.traffic
    finally:
        outgoing.remove(book.traffic)
        end()
