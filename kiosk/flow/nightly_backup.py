"""The nightly backup: at its hour into every folder named, proven by a restore drill; what came of it is kept.

A night that the PC slept through is made up for at the next start.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.flow.answers import as_fault
from kiosk.flow.back_up import back_up
from kiosk.flow.restore_drill import drill
from kiosk.flow.settings_file import StationFile, volumes_of
from kiosk.store import local, notices
from kiosk.store.audit import Actor
from kiosk.store.clock import now_text
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

KEPT = "backup/last"  # among what this PC saw last
LOOK_EVERY_S = 30.0
AGAIN_AFTER_S = 3600.0  # after a night that failed


@dataclass(frozen=True)
class LastNight:
    """What came of the last backup: when, whether all of it went well, and a sentence for each part."""

    at: str
    good: bool
    told: tuple[Sentence, ...]


class NightlyBackup:
    """One worker of the gateway."""

    def __init__(
        self,
        file: StationFile,
        own: Store,
        centre: Store,
        *,
        hour: int,
        folders: Sequence[Path],
        generations: int,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        """``hour``: 0 to 23; anything else switches it off."""
        self._file = file
        self._own = own
        self._centre = centre
        self._hour = hour
        self._folders = tuple(folders)
        self._generations = generations
        self._now = now
        self._failed_at: datetime | None = None

    def keep(self, stop: threading.Event) -> None:
        """The worker."""
        if not 0 <= self._hour <= 23 or not self._folders:
            return
        try:
            while not stop.wait(LOOK_EVERY_S):
                try:
                    if self.is_due():
                        self.do(stop)
                except Exception as why:  # a store that is away: the next look may find it well again
                    log.warning("the nightly backup could not be seen to: %s", as_fault(why))
        finally:
            self._own.leave()
            self._centre.leave()

    def is_due(self) -> bool:
        """Past its hour, and not done since it struck last."""
        now = self._now()
        if self._failed_at is not None and abs((now - self._failed_at).total_seconds()) < AGAIN_AFTER_S:
            return False
        with self._own.reading() as conn:
            kept = local.seen_last(conn, KEPT)
        done = str(kept.body.get("day", "")) if kept and kept.body.get("good") else ""
        return now.hour >= self._hour and done != now.date().isoformat()

    def do(self, stop: threading.Event | None = None) -> LastNight:
        """Back up into each folder, then drill. One folder that fails leaves the others."""

        def told(_part: float) -> None:
            if stop is not None and stop.is_set():
                raise Fault(N_("The program ended during the backup."))

        actor = Actor(station=self._file.station.name)
        lines: list[tuple[bool, Sentence]] = []
        for folder in self._folders:
            try:
                back_up(self._file, folder, progress=told, keep=self._generations, actor=actor)
                lines.append((True, Sentence(N_("Backup in {folder} written."), {"folder": str(folder)})))
            except Exception as why:
                fault = as_fault(why)
                log.warning("nightly backup: %s", fault)
                lines.append((False, fault.sentence))
        if stop is None or not stop.is_set():
            try:
                lines.append((True, drill(self._centre, self._folders, list(volumes_of(self._file)))))
            except Exception as why:
                lines.append((False, as_fault(why).sentence))
        return self._keep(lines)

    def _keep(self, lines: Sequence[tuple[bool, Sentence]]) -> LastNight:
        good = all(each for each, _ in lines)
        self._failed_at = None if good else self._now()
        body: dict[str, Any] = {
            "day": self._now().date().isoformat(),
            "good": good,
            "told": [[each.text, {key: str(value) for key, value in each.values.items()}] for _, each in lines],
        }
        with self._own.writing() as conn:
            local.keep_last_seen(conn, KEPT, body)
            notices.tell(conn, "backup", local=True)
        return LastNight(now_text(), good, tuple(each for _, each in lines))


def last_night(own: Store) -> LastNight | None:
    """What came of the last nightly backup of this PC; None where there was none yet."""
    with own.reading() as conn:
        kept = local.seen_last(conn, KEPT)
    if kept is None:
        return None
    told = tuple(Sentence(text, values) for text, values in kept.body.get("told", []))
    return LastNight(kept.at, bool(kept.body.get("good")), told)
