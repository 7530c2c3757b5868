"""What may leave a disk: images older than its role keeps them, that stand verified on two other disks.

Both of those are read back at that moment and held against the hash; then the image's row goes over to one of them in
one transaction, and only then the file leaves. A dry run says beforehand what would go, and what stays and why.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kiosk.core.disks import NOT_TWICE, UNSENT, RetentionLine
from kiosk.core.faults import Fault
from kiosk.store import audit, image_places, notices
from kiosk.store.audit import Actor
from kiosk.store.copy_file import hash_on_disk
from kiosk.store.disk_walk import must_stand
from kiosk.store.engine import Store
from kiosk.store.image_places import Kept, Place
from kiosk.store.volume import Volume, Volumes

log = logging.getLogger(__name__)

AT_ONCE, LOOKED_AT_ONCE = 50, 1000
COPIES = 2  # on other disks


@dataclass(frozen=True)
class Freed:
    images: int = 0
    size: int = 0

    def __add__(self, other: Freed) -> Freed:
        return Freed(self.images + other.images, self.size + other.size)


class Retain:
    """``days``: role -> how many days its disks keep an image (0: for ever)."""

    def __init__(
        self,
        centre: Store,
        volumes: Volumes,
        actor: Actor,
        days: Mapping[str, int],
        *,
        unsent_stays: bool = True,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._centre = centre
        self._volumes = volumes
        self._actor = actor
        self._days = days
        self._unsent_stays = unsent_stays
        self._today = today

    def lines(self, told: Callable[[float], None] = lambda part: None) -> list[RetentionLine]:
        """The dry run, by disk and day, oldest first; nothing is read from the disks. ``told`` may raise to stop it."""
        found: dict[tuple[str, str], RetentionLine] = {}
        for volume in self._that_forget():
            for images in self._old_on(volume):
                told(0.0)
                kept = self._kept(volume, images)
                for image in images:
                    day = image.received_at[:10]
                    line = found.setdefault((volume.id, day), RetentionLine(volume.id, day))
                    why = kept.get(image.instance)
                    if why:
                        line.stay[why] = line.stay.get(why, 0) + 1
                    else:
                        line.images += 1
                        line.size += image.size
        return sorted(found.values(), key=lambda line: (line.volume, line.day))

    def run(self, stop: threading.Event, may_go_on: Callable[[], bool] = lambda: True) -> Freed:
        """Let go what may. Ends where ``stop`` is set or ``may_go_on()`` is no longer true; it is taken up again."""
        freed = Freed()
        for volume in self._that_forget():
            try:
                must_stand(volume)
                self._finish_leaving(volume)
                for images in self._old_on(volume):
                    kept = self._kept(volume, images)
                    ready = [each for each in images if each.instance not in kept]
                    for at in range(0, len(ready), AT_ONCE):
                        if stop.is_set() or not may_go_on():
                            return freed
                        freed += self._let_go(volume, ready[at : at + AT_ONCE])
            except Fault as why:  # this disk is away; the others go on
                log.warning("nothing leaves %s: %s", volume.id, why)
        return freed

    # -- which ----------------------------------------------------------------------------------------------------
    def _that_forget(self) -> list[Volume]:
        return [each for each in self._volumes if each.writable and self._days.get(each.role, 0) > 0]

    def _old_on(self, volume: Volume) -> Iterator[list[Kept]]:
        """Images whose time is over, some at a time. Rows are numbered as they came, so young ones end the search."""
        until = (self._today() - timedelta(days=self._days[volume.role])).isoformat()
        for look in (self._own_on, self._further_on):
            after = 0
            while True:
                after, images = look(volume, after)
                old = [each for each in images if each.received_at[:10] <= until]
                if old:
                    yield old
                if not images or not old:
                    break

    def _own_on(self, volume: Volume, after: int) -> tuple[int, list[Kept]]:
        with self._centre.reading() as conn:
            images = image_places.images_on(conn, volume.id, after, LOOKED_AT_ONCE)
        return (images[-1].instance if images else after), images

    def _further_on(self, volume: Volume, after: int) -> tuple[int, list[Kept]]:
        with self._centre.reading() as conn:
            return image_places.copies_on(conn, volume.id, after, LOOKED_AT_ONCE)

    def _kept(self, volume: Volume, images: Sequence[Kept]) -> dict[int, str]:
        """Why which of them stay."""
        stay = {}
        unsent: set[int] = set()
        if self._unsent_stays:
            with self._centre.reading() as conn:
                unsent = image_places.studies_unsent(conn, {(each.study, each.study_uid) for each in images})
        for image in images:
            if len([each for each in image.elsewhere(volume.id) if each.own or each.verified_at]) < COPIES:
                stay[image.instance] = NOT_TWICE
            elif image.study in unsent:
                stay[image.instance] = UNSENT
        return stay

    # -- letting go -----------------------------------------------------------------------------------------------
    def _let_go(self, volume: Volume, images: Sequence[Kept]) -> Freed:
        ready = [(image, proven) for image in images if len(proven := self._proven(volume, image)) >= COPIES]
        gone: list[Kept] = []
        with self._centre.writing() as conn:
            unsent: set[int] = set()
            if self._unsent_stays:  # asked again: it may have come meanwhile
                unsent = image_places.studies_unsent(conn, {(each.study, each.study_uid) for each, _ in ready})
            for image, places in ready:
                if image.study in unsent:
                    continue
                if image.own.volume == volume.id:
                    done = image_places.go_over(conn, image, places[0])
                else:
                    done = image_places.start_leaving(conn, image, volume.id)
                if done:
                    gone.append(image)
            if gone:
                size = sum(each.size for each in gone)
                audit.write(conn, self._actor, "images left disk", subject=volume.id, images=len(gone), bytes=size)
                notices.tell(conn, "copies", volume=volume.id, images=-len(gone))
        self._finish_leaving(volume)
        return Freed(len(gone), sum(each.size for each in gone))

    def _proven(self, volume: Volume, image: Kept) -> list[Place]:
        """Its places on other disks that were read back just now; those that were not right are marked."""
        good = []
        for place in image.elsewhere(volume.id):
            disk = self._volumes.get(place.volume)
            if disk is None:
                continue
            try:
                must_stand(disk)
                right = hash_on_disk(disk.file(place.path)) == image.sha256
            except Fault:
                continue  # that disk is away: it proves nothing
            except OSError:
                right = False
            if right:
                good.append(place)
            elif not place.own:
                with self._centre.writing() as conn:
                    image_places.mark(conn, image.instance, place.volume, image_places.BAD)
        return good

    def _finish_leaving(self, volume: Volume) -> None:
        """Take the files away that no row names any more, also those that a crash left."""
        while True:
            with self._centre.reading() as conn:
                rows = image_places.leaving(conn, volume.id, AT_ONCE)
            if not rows:
                return
            must_stand(volume)
            for _, path in rows:
                file = volume.file(path)
                file.unlink(missing_ok=True)
                _remove_empty(file.parent, volume.root)
            with self._centre.writing() as conn:
                image_places.forget(conn, [row for row, _ in rows])


def _remove_empty(folder: Path, root: Path) -> None:
    """The folder of the study and of the day, where nothing is left in them."""
    for _ in range(2):
        if folder == root:
            return
        try:
            folder.rmdir()
        except OSError:  # something is in it
            return
        folder = folder.parent
