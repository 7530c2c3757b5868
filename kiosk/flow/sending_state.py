"""What the sending process tells this PC's window, the switches set there, and the day's log of sending."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from kiosk.core.faults import Fault
from kiosk.core.sending import DestinationLine, Switches
from kiosk.store import local, notices
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

STATE, SWITCHES = "sending/state", "sending/switches"  # among what this PC saw last
NOTICE = "sending"  # local: something of it changed
LOOK_NOW = "sending look"  # local: somebody wants the lamps anew
TELL_EVERY_S, BEAT_S = 0.5, 5.0
READ_EVERY_S = 0.5


class SwitchBoard:
    """The switches in force. Read again now and then, so that every lane sees the same at once."""

    def __init__(self, own: Store, standard: Switches) -> None:
        self._own = own
        self._now = self._standard = standard
        self._read_at = float("-inf")
        self._turn = threading.Lock()

    def __call__(self) -> Switches:
        with self._turn:
            if time.monotonic() - self._read_at > READ_EVERY_S:
                self._read_at = time.monotonic()
                try:
                    self._now = read_switches(self._own, self._standard)
                except Fault as why:  # this PC's own store is in trouble: as it was
                    log.warning("the switches of sending can't be read: %s", why)
            return self._now


def read_switches(own: Store, standard: Switches) -> Switches:
    """As somebody set them on the screen; where nobody did, as the parameter file says."""
    with own.reading() as conn:
        kept = local.seen_last(conn, SWITCHES)
    if kept is None:
        return standard
    return Switches(bool(kept.body["automatic"]), bool(kept.body["answering"]), tuple(kept.body["paused"]))


def keep_switches(own: Store, switches: Switches) -> None:
    with own.writing() as conn:
        local.keep_last_seen(conn, SWITCHES, switches.as_data())
        notices.tell(conn, NOTICE, local=True)


class SendingBook:
    """A worker: keeps the lines of all destinations where the window finds them."""

    def __init__(self, own: Store, lines: Callable[[], Sequence[DestinationLine]]) -> None:
        self._own = own
        self._lines = lines

    def work(self, stop: threading.Event) -> None:
        told: list[DestinationLine] = []
        told_at = float("-inf")
        try:
            while not stop.is_set():
                lines = list(self._lines())
                if lines != told or time.monotonic() - told_at > BEAT_S:
                    told, told_at = lines, time.monotonic()
                    self._tell(lines)
                stop.wait(TELL_EVERY_S)
        finally:
            self._own.leave()

    def _tell(self, lines: Sequence[DestinationLine]) -> None:
        try:
            with self._own.writing() as conn:
                local.keep_last_seen(conn, STATE, {"destinations": [each.as_data() for each in lines]})
                notices.tell(conn, NOTICE, local=True)
        except Fault as why:
            log.warning("the state of sending can't be told: %s", why)


def destination_lines(own: Store) -> tuple[list[DestinationLine], str]:
    """What was last told, and when (empty: never)."""
    with own.reading() as conn:
        kept = local.seen_last(conn, STATE)
    if kept is None:
        return [], ""
    return [DestinationLine.from_data(each) for each in kept.body["destinations"]], kept.at


class SendingLog:
    """``LOG/yyyymmdd/sendyyyymmdd.txt``: one line for each study that went, or did not. No names, no patient IDs."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = datetime.now) -> None:
        self._folder = folder
        self._now = now
        self._turn = threading.Lock()

    def path(self, day: date | None = None) -> Path:
        told = f"{day or self._now().date():%Y%m%d}"
        return self._folder / told / f"send{told}.txt"

    def note(self, destination: str, study: int, images: int, status: str, mark: str, words: str = "") -> None:
        """``study``: our own row number of it."""
        line = f"{self._now():%H:%M:%S}\t{destination}\t#{study}\t{images}\t{status}\t{mark}\t{words}\n"
        path = self.path()
        try:
            with self._turn:
                path.parent.mkdir(parents=True, exist_ok=True)
                with open(path, "a", encoding="utf-8") as handle:
                    handle.write(line)
        except OSError as why:  # a full disk must not stop the sending
            log.warning("the log of sending can't be written: %s", type(why).__name__)

    def read(self, day: date | None = None, newest: int = 500) -> list[list[str]]:
        """The newest lines of a day, each as its seven parts."""
        try:
            lines = self.path(day).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        return [(line.split("\t") + [""] * 7)[:7] for line in lines[-newest:]]

    def clear(self, day: date | None = None) -> None:
        """Today's log away; the program's own log is another file and stays."""
        self.path(day).unlink(missing_ok=True)
