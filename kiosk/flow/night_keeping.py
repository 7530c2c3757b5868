"""What is done about the disks at night, one thing after another: what lacks a copy is owed one, what is old leaves,
and the rest of the night every copy is read again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from kiosk.core.disks import COPIED_TO, Night
from kiosk.flow.answers import as_fault
from kiosk.flow.keep_twice import COPY
from kiosk.flow.retain import Freed, Retain
from kiosk.flow.scrub import Scrub
from kiosk.store import image_places, jobs, local
from kiosk.store.engine import Store
from kiosk.store.volume import Volumes

log = logging.getLogger(__name__)

DONE = "keep/night"  # among what this PC saw last: which night did what
LOOK_EVERY_S = 10.0


def owe_missing_copies(
    centre: Store, volumes: Volumes, station: str, may_go_on: Callable[[], bool] = lambda: True
) -> int:
    """Owe a copy for every study that lacks one (entered by equalising, or from before there was such a disk); returns
    how many. Looks at every row, a part at a time.
    """
    owed = 0
    with centre.reading() as conn:
        last = image_places.last_image(conn)
    for role in COPIED_TO:
        names = [each.id for each in volumes.of_role(role)]
        for after in range(0, last, image_places.ID_STEP) if names else ():
            if not may_go_on():
                return owed
            with centre.reading() as conn:
                lacking = image_places.studies_lacking(conn, names, after)
            if lacking:
                with centre.writing() as conn:
                    jobs.owe_all(conn, COPY, lacking, station=station, destination=role, revive=True)
                owed += len(lacking)
    return owed


class NightKeeping:
    """One worker of the process that keeps the disks."""

    def __init__(
        self,
        centre: Store,
        own: Store,
        volumes: Volumes,
        station: str,
        night: Night,
        retain: Retain,
        scrub: Scrub | None,
        *,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._centre = centre
        self._own = own
        self._volumes = volumes
        self._station = station
        self._night = night
        self._retain = retain
        self._scrub = scrub
        self._now = now
        self._trouble = ""

    def work(self, stop: threading.Event) -> None:
        """The worker."""
        try:
            while not stop.is_set():
                try:
                    self.look(stop)
                    self._trouble = ""
                except Exception as problem:  # a store is away: the night goes on when it is back
                    why = str(as_fault(problem))
                    if why != self._trouble:
                        log.warning("the night's keeping waits: %s", why)
                    self._trouble = why
                stop.wait(LOOK_EVERY_S)
        finally:
            self._centre.leave()
            self._own.leave()

    def look(self, stop: threading.Event) -> None:
        """Do what this night has not done yet, as long as it lasts."""

        def may_go_on() -> bool:
            return not stop.is_set() and self._night.holds(self._now())

        if not may_go_on():
            return
        night = self._night.named(self._now())
        with self._own.reading() as conn:
            kept = local.seen_last(conn, DONE)
        done = dict(kept.body) if kept else {}
        if done.get("owed") != night:
            owed = owe_missing_copies(self._centre, self._volumes, self._station, may_go_on)
            self._note({**done, "owed": night}, f"{owed} studies are owed a copy")
            done["owed"] = night
        if done.get("left") != night and may_go_on():
            began = time.monotonic()
            freed: Freed = self._retain.run(stop, may_go_on)
            if may_go_on():
                told = f"{freed.images} images ({freed.size / 1e9:.1f} GB) left in {time.monotonic() - began:.0f} s"
                self._note({**done, "left": night, "images": freed.images, "bytes": freed.size}, told)
        if self._scrub is not None and may_go_on():
            self._scrub.go_on(stop, may_go_on)

    def _note(self, done: dict[str, object], told: str) -> None:
        log.info("night: %s", told)
        with self._own.writing() as conn:
            local.keep_last_seen(conn, DONE, done)
