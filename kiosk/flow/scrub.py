"""Reads every copy again, slowly, by night: a byte that flipped is found and mended from another copy."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from kiosk.core.faults import Fault, NoRoom
from kiosk.core.words import N_
from kiosk.store import audit, image_places, local, notices
from kiosk.store.audit import Actor
from kiosk.store.clock import now_text
from kiosk.store.copy_file import copy_file, hash_on_disk, make_ready, proven
from kiosk.store.disk_walk import must_stand
from kiosk.store.engine import Store
from kiosk.store.image_places import Kept
from kiosk.store.volume import Volume, Volumes

log = logging.getLogger(__name__)

REPORT = "keep/scrub"  # among what this PC saw last
AT_ONCE = 200
SHOWN = 50
OWN, FURTHER = "own", "further"
TELL_EVERY_S = 5.0

REPAIRED, LOST, UNREPAIRED = "repaired", "lost", "unrepaired"
OUTCOMES = {
    REPAIRED: N_("mended from another copy"),
    LOST: N_("no good copy is left"),
    UNREPAIRED: N_("could not be mended yet"),
}


@dataclass(frozen=True)
class ScrubReport:
    """How far the reading is. ``position``: volume -> [which rows, last row]; ``found``: the newest damages."""

    began_at: str = ""
    ended_at: str = ""  # of this pass; empty while it is under way
    files: int = 0
    size: int = 0
    repaired: int = 0
    lost: int = 0
    position: dict[str, list[Any]] = field(default_factory=dict)
    found: tuple[dict[str, Any], ...] = ()


def scrub_report(own: Store) -> ScrubReport:
    with own.reading() as conn:
        kept = local.seen_last(conn, REPORT)
    return ScrubReport(**{**kept.body, "found": tuple(kept.body.get("found", ()))}) if kept else ScrubReport()


class Scrub:
    """One pass reads everything once; the next begins ``every_days`` after the last began."""

    def __init__(
        self,
        centre: Store,
        own: Store,
        volumes: Volumes,
        actor: Actor,
        *,
        bytes_s: float,
        every_days: int,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        """``bytes_s``: how many bytes a second are read at most."""
        self._centre = centre
        self._own = own
        self._volumes = volumes
        self._actor = actor
        self._bytes_s = bytes_s
        self._every = timedelta(days=every_days)
        self._now = now
        self._told_at = 0.0

    def go_on(self, stop: threading.Event, may_go_on: Callable[[], bool] = lambda: True) -> ScrubReport:
        """Read on from where it stopped, until the pass is over or ``may_go_on()`` is no longer true."""
        report = scrub_report(self._own)
        if report.ended_at:
            if self._now() < datetime.fromisoformat(report.began_at) + self._every:
                return report
            report = ScrubReport(found=report.found)
        if not report.began_at:
            report = replace(report, began_at=self._now().isoformat(timespec="seconds"))
        whole = True
        for volume in self._volumes:
            if not volume.writable or volume.room.retired:
                continue
            try:
                must_stand(volume)
                report, over = self._read(volume, report, stop, may_go_on)
            except Fault as why:  # this disk is away: the pass waits for it
                log.warning("%s is not read: %s", volume.id, why)
                over = False
            whole = whole and over
        if whole:
            report = replace(report, ended_at=self._now().isoformat(timespec="seconds"), position={})
        self._keep(report)
        return report

    def _read(
        self, volume: Volume, report: ScrubReport, stop: threading.Event, may_go_on: Callable[[], bool]
    ) -> tuple[ScrubReport, bool]:
        rows, after = report.position.get(volume.id, [OWN, 0])
        while rows:
            with self._centre.reading() as conn:
                if rows == OWN:
                    images = image_places.images_on(conn, volume.id, after, AT_ONCE)
                    last = images[-1].instance if images else after
                else:
                    last, images = image_places.copies_on(conn, volume.id, after, AT_ONCE)
            for image in images:
                if stop.is_set() or not may_go_on():
                    return report, False
                report = self._prove(volume, image, report)
                stop.wait(image.size / self._bytes_s)
            if images:
                after = last
            else:
                rows, after = (FURTHER, 0) if rows == OWN else ("", 0)
            report = replace(report, position={**report.position, volume.id: [rows, after]})
            if time.monotonic() - self._told_at > TELL_EVERY_S:
                self._keep(report)
        return report, True

    def _prove(self, volume: Volume, image: Kept, report: ScrubReport) -> ScrubReport:
        place = next((each for each in image.places if each.volume == volume.id), None)
        if place is None or place.state == image_places.LEAVING:
            return report
        report = replace(report, files=report.files + 1, size=report.size + image.size)
        try:
            if place.state != image_places.BAD and hash_on_disk(volume.file(place.path)) == image.sha256:
                return report
        except OSError:
            must_stand(volume)  # the disk went, not this file
        with self._centre.reading() as conn:
            fresh = image_places.image_by_row(conn, image.instance)
        if fresh is None or all((each.volume, each.path) != (volume.id, place.path) for each in fresh.places):
            return report  # it went elsewhere meanwhile
        outcome = self._mend(volume, place.path, fresh)
        log.warning("a damaged image on %s: %s (instance %s)", volume.id, outcome, image.instance)
        entry = {"at": now_text(), "volume": volume.id, "path": place.path, "outcome": outcome}
        return replace(
            report,
            repaired=report.repaired + (outcome == REPAIRED),
            lost=report.lost + (outcome == LOST),
            found=(entry, *report.found)[:SHOWN],
        )

    def _mend(self, volume: Volume, path: str, image: Kept) -> str:
        others = [each for each in image.places if each.volume != volume.id and each.state == image_places.GOOD]
        if not image.own.volume == volume.id:
            self._mark(image, volume, image_places.BAD)
        outcome = LOST
        for place in others:
            source = self._volumes.get(place.volume)
            if source is None:
                outcome = UNREPAIRED  # it may be good; it is not in reach of this PC
                continue
            try:
                make_ready(volume)
                copy_file(source, volume, place.path, image.sha256, path)
                if proven(volume, path, image.sha256):
                    self._mark(image, volume, image_places.GOOD)
                    return REPAIRED
                outcome = UNREPAIRED
            except NoRoom:
                return UNREPAIRED
            except Fault as why:
                if not (why.reference == "D421"):  # that copy is not lost, only out of reach; or this disk fails
                    outcome = UNREPAIRED
        return outcome

    def _mark(self, image: Kept, volume: Volume, state: str) -> None:
        with self._centre.writing() as conn:
            if image.own.volume != volume.id:
                image_places.mark(conn, image.instance, volume.id, state)
            if state == image_places.GOOD:
                audit.write(conn, self._actor, "image mended", subject=image.sop_uid, volume=volume.id)
            notices.tell(conn, "copies", volume=volume.id)

    def _keep(self, report: ScrubReport) -> None:
        self._told_at = time.monotonic()
        with self._own.writing() as conn:
            local.keep_last_seen(conn, REPORT, {**asdict(report), "found": list(report.found)})
            notices.tell(conn, "disks", local=True)
