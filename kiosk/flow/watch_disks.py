"""Watches the disks for images: is each the one it was, has it room, does it take what is written?

Each disk has a worker of its own, because looking at a disk that hangs takes as long as it hangs. Which disk bears
which name is remembered on this PC and in the centre, so that an exchanged one is noticed before anything is written.
"""

from __future__ import annotations

import logging
import threading
import time
from functools import partial

from kiosk.core.disks import DiskState
from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.flow.answers import as_fault
from kiosk.flow.crew import Crew
from kiosk.store import audit, local, notices, volumes_seen
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.room import LOOK_EVERY_S
from kiosk.store.volume import Volume, Volumes, disk_trouble

log = logging.getLogger(__name__)

TOKENS = "volumes/tokens"  # among what this PC saw last
TRY_WRITING_EVERY_S = 60.0
RETIRED_EVERY_S = 30.0
LEFT_BEHIND_S = 24 * 3600.0
CLAIMED = (DiskState.GOOD, DiskState.FULL)


class DiskWatch:
    """Keeps ``room`` of every volume that this PC writes to."""

    def __init__(
        self,
        volumes: Volumes,
        own: Store,
        centre: Store,
        crew: Crew,
        *,
        clears: bool = False,
        every_s: float = LOOK_EVERY_S,
    ) -> None:
        """``clears``: this process is the one that receives, so what lies half received is left from before."""
        self._own = own
        self._centre = centre
        self._clears = clears
        self._every_s = every_s
        self.watched = [each for each in volumes if each.writable]
        self._seen = {each.id: threading.Event() for each in self.watched}
        self._told: dict[str, str] = {}
        for each in self.watched:
            each.room.watched = True
            crew.start(f"disk-{each.id}", partial(self._watch, each))
        crew.start("disks-retired", self._heed_retired)

    def wait_until_seen(self, wait_s: float, stop: threading.Event | None = None) -> None:
        """Until each disk was looked at once, the time is over (one may hang), or ``stop`` is set."""
        until = time.monotonic() + wait_s
        for seen in self._seen.values():
            while not seen.wait(0.1) and time.monotonic() < until and not (stop is not None and stop.is_set()):
                pass

    def _watch(self, volume: Volume, stop: threading.Event) -> None:
        room = volume.room
        try:
            while not stop.is_set():
                room.looking_since = time.monotonic()
                try:
                    self.look(volume)
                finally:
                    room.looking_since = None
                self._seen[volume.id].set()
                stop.wait(self._every_s)
        finally:
            room.watched = False
            self._own.leave()
            self._centre.leave()

    def _heed_retired(self, stop: threading.Event) -> None:
        """A disk that was replaced takes nothing any more, wherever that was said."""
        try:
            while not stop.is_set():
                try:
                    with self._centre.reading() as conn:
                        gone = volumes_seen.retired(conn)
                    for each in self.watched:
                        each.room.retired = each.id in gone
                except Fault:  # the centre is away: what was known holds
                    pass
                stop.wait(RETIRED_EVERY_S)
        finally:
            self._centre.leave()

    def look(self, volume: Volume) -> None:
        """One look at a disk; a change is logged once."""
        room = volume.room
        if room.state not in CLAIMED:
            try:
                recognise(volume, self._own, self._centre)
            except Exception as problem:
                why = disk_trouble(problem, volume.id) if isinstance(problem, OSError) else as_fault(problem)
                room.failed(DiskState.OTHER if why.reference in ("D401", "D404") else DiskState.GONE, why)
                room.looked_at = time.monotonic()
                self._tell(volume)
                return
        due = time.monotonic() - room.written_at > TRY_WRITING_EVERY_S
        volume.look(try_writing=due or room.state is not DiskState.GOOD)
        if self._clears and volume.id not in self._told and room.state in CLAIMED:
            self._clear(volume)
        self._tell(volume)

    def _clear(self, volume: Volume) -> None:
        """Only the receiver writes to the gateway's own disks; to the others copies may be on their way."""
        try:
            volume.clear_incoming(0.0 if volume.top("") == "DICOM" else LEFT_BEHIND_S)
        except OSError as why:
            log.warning("half-received files on %s stay: %s", volume.id, type(why).__name__)

    def _tell(self, volume: Volume) -> None:
        state = volume.room.state
        if self._told.get(volume.id) != state:
            self._told[volume.id] = state
            log.log(
                logging.INFO if state is DiskState.GOOD else logging.WARNING,
                "disk %s: %s (%s)", volume.id, state.name, volume.room.why or "-",
            )  # fmt: skip


def recognise(volume: Volume, own: Store, centre: Store) -> None:
    """Learn which disk belongs there; one that nobody knows yet is taken over. Raises Fault where another one stands,
    LinkLost where none does.
    """
    with own.reading() as conn:
        kept = local.seen_last(conn, TOKENS)
    token = str(kept.body.get(volume.id, "")) if kept else ""
    if not token:
        with centre.reading() as conn:
            seen = volumes_seen.seen_volume(conn, volume.id)
        token = seen.token if seen else ""
    volume.room.token = token
    if not token:
        token = _take_over(volume, own)
        with centre.writing() as conn:
            volumes_seen.note_token(conn, volume.id, token)
    elif not volume.identity()[0]:
        raise volume.not_there()
    volume.check()


def _take_over(volume: Volume, own: Store) -> str:
    """The first to see a disk gives it its token; both processes of the gateway look at it, so one after the other."""
    with own.writing() as conn:
        kept = local.seen_last(conn, TOKENS)
        tokens = dict(kept.body) if kept else {}
        if volume.id not in tokens:
            volume.prepare()
            tokens[volume.id] = volume.identity()[1]
            local.keep_last_seen(conn, TOKENS, tokens)
            log.info("disk %s is taken over", volume.id)
    volume.room.token = str(tokens[volume.id])
    return volume.room.token


def accept_disk(own: Store, centre: Store, volume: Volume, actor: Actor) -> None:
    """A person says that the disk which stands there now is the right one. Raises Fault where it bears another name."""
    found, token = volume.identity()
    if found != volume.id:
        raise Fault(
            N_("The disk at {path} is {found}, not {wanted}."),
            N_("Connect the right disk, or correct the parameter file; nothing was written."),
            reference="D401",
            path=str(volume.root),
            found=found or "-",
            wanted=volume.id,
        )
    with centre.writing() as conn:
        audit.write(conn, actor, "disk accepted", subject=volume.id)
        volumes_seen.note_token(conn, volume.id, token)
    with own.writing() as conn:
        kept = local.seen_last(conn, TOKENS)
        tokens = dict(kept.body) if kept else {}
        tokens[volume.id] = token
        if not token:
            del tokens[volume.id]  # an old file: it is completed at the next look
        local.keep_last_seen(conn, TOKENS, tokens)
        notices.tell(conn, "disks", local=True)
