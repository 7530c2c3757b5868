"""The index on each disk follows the centre's: what was stored there since the last look is entered a little later."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from kiosk.core.faults import Fault
from kiosk.flow.answers import as_fault
from kiosk.store import found_images
from kiosk.store.disk_walk import must_stand
from kiosk.store.engine import Store
from kiosk.store.volume import Volume, Volumes
from kiosk.store.volume_index import FoundFile, VolumeIndex

log = logging.getLogger(__name__)

EVERY_S = 60.0
AT_ONCE = 500
# Rows may be committed later than ones with a higher number: so many are looked at again.
OVERLAP = 300


def follow(centre: Store, volume: Volume) -> int:
    """Enter in the disk's index what the centre's says of it and it does not know; returns how many. Raises Fault."""
    must_stand(volume)
    entered = 0
    with VolumeIndex(volume.root, volume.id, writable=True) as index:
        for further, mark in ((False, "instances"), (True, "copies")):
            last = int(index.kept(mark) or 0)
            at = max(0, last - OVERLAP)
            while True:
                with centre.reading() as conn:
                    rows = found_images.files_on(conn, volume.id, at, AT_ONCE, further=further)
                new = [file for _, file in rows if index.at(file.path) is None]
                there = [found for file in new if (found := _with_time(volume, file)) is not None]
                if there:
                    index.add(there)
                    entered += len(there)
                if rows and rows[-1][0] > last:
                    last = rows[-1][0]
                    index.keep(mark, str(last))
                if len(rows) < AT_ONCE:
                    break
                at = rows[-1][0]
    return entered


class IndexFollower:
    """Does it for every disk that this PC writes to, each minute. Its worker belongs to the process of the disks."""

    def __init__(self, centre: Store, volumes: Volumes) -> None:
        self._centre = centre
        self._volumes = [each for each in volumes if each.writable]
        self._told: dict[str, str] = {}

    def work(self, stop: threading.Event) -> None:
        try:
            while not stop.wait(EVERY_S):
                for volume in self._volumes:
                    self.look(volume)
        finally:
            self._centre.leave()

    def look(self, volume: Volume) -> None:
        """Bring one disk's index up to date; a trouble is logged once."""
        try:
            follow(self._centre, volume)
            self._told.pop(volume.id, None)
        except Exception as problem:
            why: Fault = as_fault(problem)
            if self._told.get(volume.id) != str(why):
                log.warning("the index of %s does not follow: %s", volume.id, why)
            self._told[volume.id] = str(why)


def _with_time(volume: Volume, file: FoundFile) -> FoundFile | None:
    try:
        return replace(file, mtime_ns=volume.file(file.path).stat().st_mtime_ns)
    except OSError:
        return None
