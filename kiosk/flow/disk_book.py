"""What the process that keeps the disks tells of them: to the window of this PC each few seconds, to the centre
less often, and how full they were day by day.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from kiosk.core.disks import HISTORY_DAYS, DiskLine, DiskState, days_left
from kiosk.core.faults import Fault
from kiosk.flow.answers import as_fault
from kiosk.flow.keep_twice import COPY
from kiosk.store import jobs, local, notices, volumes_seen
from kiosk.store.engine import Store
from kiosk.store.volume import Volume, Volumes

log = logging.getLogger(__name__)

STATE = "disks/state"  # among what this PC saw last
NOTICE = "disks"  # local: a disk is not what it was
TELL_EVERY_S, BEAT_S, CENTRE_EVERY_S = 1.0, 5.0, 20.0


class DiskBook:
    """Written by the keeping process; read by ``disk_lines``."""

    def __init__(
        self,
        centre: Store,
        own: Store,
        volumes: Volumes,
        station: str,
        *,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._centre = centre
        self._own = own
        self._volumes = volumes
        self._station = station
        self._today = today
        self._history: dict[str, list[tuple[str, int, int]]] = {}
        self._waiting: dict[str, int] = {}
        self._told: list[tuple[str, str]] = []
        self._told_at = self._centre_at = float("-inf")

    def work(self, stop: threading.Event) -> None:
        """The worker."""
        try:
            while not stop.is_set():
                try:
                    self.tell()
                except Exception as why:  # this PC's own store is in trouble: told again the next time
                    log.warning("the disks can't be told of: %s", as_fault(why))
                stop.wait(TELL_EVERY_S)
        finally:
            self._own.leave()
            self._centre.leave()

    def lines(self) -> list[DiskLine]:
        taking = next((each.id for each in self._volumes.receivers if each.room.takes), "")
        return [self._line(each, each.id == taking) for each in self._volumes if each.writable]

    def tell(self) -> None:
        """At once where a disk's state changed, else each few seconds."""
        now = time.monotonic()
        if now - self._centre_at > CENTRE_EVERY_S:
            self._centre_at = now
            self._tell_centre()
        lines = self.lines()
        states = [(each.id, each.state) for each in lines]
        if states == self._told and now - self._told_at < BEAT_S:
            return
        with self._own.writing() as conn:
            local.keep_last_seen(conn, STATE, {"disks": [each.as_data() for each in lines]})
            if states != self._told:
                notices.tell(conn, NOTICE, local=True)
        self._told, self._told_at = states, now

    def _tell_centre(self) -> None:
        today = self._today()
        try:
            with self._centre.writing() as conn:
                volumes_seen.note_lines(conn, self.lines(), today.isoformat())
                self._history = volumes_seen.history(conn, (today - timedelta(days=HISTORY_DAYS)).isoformat())
                self._waiting = jobs.waiting(conn, self._station, COPY)
        except Fault as why:  # it is away; this PC's window is told all the same
            log.warning("the centre can't be told of the disks: %s", why)

    def _line(self, volume: Volume, receiving: bool) -> DiskLine:
        room = volume.room
        why = room.why if room.state not in (DiskState.GOOD, DiskState.FULL) else None
        left = days_left(self._history.get(volume.id, []), room.free, room.reserve, self._today())
        return DiskLine(
            id=volume.id,
            role=volume.role,
            title=volume.title,
            state=room.shown.value,
            why=why.sentence.text if why else "",
            why_values={key: str(value) for key, value in why.sentence.values.items()} if why else {},
            next_step=why.next_step.text if why else "",
            free=room.free,
            total=room.total,
            reserve=room.reserve,
            receiving=receiving,
            waiting=self._waiting.get(volume.role, 0),
            days_left=left if room.total else None,
        )


def disk_lines(own: Store) -> tuple[list[DiskLine], str]:
    """What was last told of this PC's disks, and when (empty: never)."""
    with own.reading() as conn:
        kept = local.seen_last(conn, STATE)
    if kept is None:
        return [], ""
    told: list[dict[str, Any]] = kept.body.get("disks", [])
    return [DiskLine(**each) for each in told], kept.at
