"""The nightly copy of a disk: one date and kind after another, each whole and read back before it is finished.

Its list and its conditions lie in this PC's own store, so the window that sets them and the process that copies need
not be the same, and both may be started anew at any moment.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from kiosk.core.copy_plan import LOOK_S, CopyConditions, Unit, expand, merged, next_unit
from kiosk.core.equalising import Place, place_of
from kiosk.core.faults import Fault, LinkLost, NoRoom
from kiosk.core.image_kinds import kind_of
from kiosk.core.words import N_
from kiosk.flow.answers import as_fault
from kiosk.store import copy_units, found_images, local, notices
from kiosk.store.audit import Actor
from kiosk.store.copy_file import SourceDamaged, copy_file, make_ready, proven
from kiosk.store.disk_walk import must_stand
from kiosk.store.engine import Store
from kiosk.store.volume import Volume, Volumes
from kiosk.store.volume_index import FoundFile, VolumeIndex

log = logging.getLogger(__name__)

CONDITIONS, STATE, BY_HAND = "copy/conditions", "copy/state", "copy/by hand"
AT_ONCE = 100  # files that are copied, read back and entered together
TELL_EVERY_S = 1.0
PAUSES = ("D423", "D424")  # no failures: it was stopped, or the window was over


def read_conditions(own: Store) -> CopyConditions:
    """What was set last."""
    with own.reading() as conn:
        kept = local.seen_last(conn, CONDITIONS)
    return CopyConditions.from_data(kept.body) if kept else CopyConditions()


def keep_conditions(own: Store, conditions: CopyConditions) -> None:
    with own.writing() as conn:
        local.keep_last_seen(conn, CONDITIONS, conditions.as_data())
        notices.tell(conn, "keep", local=True)


def ask_by_hand(own: Store, unit: int) -> None:
    """Copy this one now, whatever the time (0: nothing more by hand)."""
    with own.writing() as conn:
        local.keep_last_seen(conn, BY_HAND, {"unit": unit})


def make_list(own: Store, source: Volume, conditions: CopyConditions, kind: Callable[[str], str] = kind_of) -> int:
    """Make the list anew from the source's index; what is finished stays. Returns how long it is. Raises Fault."""
    must_stand(source)
    present: dict[tuple[str, str], tuple[int, int]] = {}
    with VolumeIndex(source.root, source.id) as index:
        for each in index.days():
            files, size = present.get((each.day, kind(each.modality)), (0, 0))
            present[each.day, kind(each.modality)] = files + each.files, size + each.size
    with own.writing() as conn:
        old = copy_units.units(conn, copy_units.plan_name(conditions.source, conditions.target))
        found = merged(old, expand(conditions, [(*key, *counts) for key, counts in present.items()]))
        copy_units.put(conn, conditions.source, conditions.target, found)
        notices.tell(conn, "keep", local=True)
    return len(found)


class DiskCopy:
    """Its worker belongs to the process that owns the disks."""

    def __init__(
        self,
        centre: Store,
        own: Store,
        volumes: Volumes,
        actor: Actor,
        *,
        kind: Callable[[str], str] = kind_of,
        now: Callable[[], datetime] = datetime.now,
        look_s: float = LOOK_S,
    ) -> None:
        self._centre, self._own = centre, own
        self._volumes = {each.id: each for each in volumes}
        self._actor = actor
        self._kind = kind
        self._now = now
        self._look_s = look_s
        self._rested_at = 0.0  # condition 2: the rest after the last copy is over then
        self._told_at = 0.0

    def work(self, stop: threading.Event) -> None:
        """The worker: looks every four seconds whether a copy may begin, and copies one."""
        try:
            while not stop.is_set():
                try:
                    self.look(stop)
                except Exception as why:  # this PC's own store is in trouble: the list waits in it
                    log.warning("the disk copy waits: %s", as_fault(why))
                stop.wait(self._look_s)
        finally:
            self._own.leave()
            self._centre.leave()

    def look(self, stop: threading.Event) -> Unit | None:
        """Begin a copy where both conditions hold; returns what was copied (or failed), None where nothing was due."""
        conditions = read_conditions(self._own)
        if not conditions.allowed or conditions.wrong():
            self._tell(state="off", why=(conditions.wrong() or [""])[0])
            return None
        with self._own.reading() as conn:
            units = copy_units.units(conn, copy_units.plan_name(conditions.source, conditions.target))
            asked = local.seen_last(conn, BY_HAND)
        by_hand = next((each for each in units if asked and each.id == asked.body.get("unit")), None)
        if by_hand is None and not conditions.in_window(self._now()):
            self._tell(state="outside")
            return None
        opened = f"{self._now():%Y-%m-%d}T{conditions.start.zfill(5)}"
        unit = by_hand or next_unit(units, opened)
        if unit is None:
            self._tell(state="nothing")
            return None
        if by_hand is None and time.monotonic() < self._rested_at:
            self._tell(state="resting")
            return None
        away = self._gone(conditions)
        if away is not None:
            self._tell(state="away", why=away.sentence.text, values=_texts(away))
            return None
        self._copy(unit, conditions, by_hand is not None, stop)
        self._rested_at = time.monotonic() + conditions.rest_s
        if by_hand is not None:
            ask_by_hand(self._own, 0)
        return unit

    # -- one unit -----------------------------------------------------------------------------------------------
    def _copy(self, unit: Unit, conditions: CopyConditions, by_hand: bool, stop: threading.Event) -> None:
        with self._own.writing() as conn:
            copy_units.begin(conn, unit.id, self._now().isoformat(timespec="seconds"))
        going = _Going(self, unit, conditions, by_hand, stop)
        try:
            files, size = going.run()
        except Exception as problem:
            why = self._gone(conditions) or as_fault(problem)
            log.warning("disk copy %s %s: %s", unit.day, unit.kind, why)
            with self._own.writing() as conn:
                had_its_turn = not isinstance(why, LinkLost) and why.reference not in PAUSES
                copy_units.fail(conn, unit.id, why.sentence.text, why.sentence.values, had_its_turn)
                notices.tell(conn, "keep", local=True)
            told = {"why": why.sentence.text, "values": _texts(why), "day": unit.day, "kind": unit.kind}
            self._tell(now=True, state="failed", **told)
            return
        with self._own.writing() as conn:
            copy_units.finish(conn, unit.id, files, size)
            notices.tell(conn, "keep", local=True)
        log.info("disk copy %s %s: %s files", unit.day, unit.kind, files)
        self._tell(now=True, state="resting", day=unit.day, kind=unit.kind)

    def _gone(self, conditions: CopyConditions) -> Fault | None:
        """Whatever the system called it: was a disk pulled out, or another one put in its place?"""
        try:
            for name in (conditions.source, conditions.target):
                self._volume(name)
        except Fault as why:
            return why
        return None

    def _volume(self, name: str) -> Volume:
        volume = self._volumes.get(name)
        if volume is None:
            raise Fault(
                N_("The disk {volume} is not among the volumes of this PC."),
                N_("Enter it in the parameter file under [volumes]."),
                reference="D413",
                volume=name,
            )
        must_stand(volume)
        return volume

    def _tell(self, *, now: bool = False, **state: Any) -> None:
        """For the window: what the copy is at. Not more often than each second."""
        if not now and time.monotonic() - self._told_at < TELL_EVERY_S:
            return
        self._told_at = time.monotonic()
        with self._own.writing() as conn:
            local.keep_last_seen(conn, STATE, state)


class _Going:
    """One date and kind under way."""

    def __init__(
        self, of: DiskCopy, unit: Unit, conditions: CopyConditions, by_hand: bool, stop: threading.Event
    ) -> None:
        self._of, self._unit, self._conditions, self._by_hand, self._stop = of, unit, conditions, by_hand, stop
        self._done = self._bytes = 0
        self._damaged: list[SourceDamaged] = []

    def run(self) -> tuple[int, int]:
        """Copy all of it; returns files and bytes that lie on the target now. Raises Fault: then it is not finished."""
        source, target = self._of._volume(self._conditions.source), self._of._volume(self._conditions.target)
        if not target.writable:
            raise Fault(
                N_("The disk {volume} may not be written to by this PC."),
                N_("Set writable = true for it in the gateway's parameter file."),
                reference="D414",
                volume=target.id,
            )
        if target.free_bytes() < self._unit.size:
            raise NoRoom(target.id)
        make_ready(target)
        with VolumeIndex(source.root, source.id) as index:
            modalities = [each for each in self._modalities(index) if self._of._kind(each) == self._unit.kind]
            files = iter(index.of_day(self._unit.day, modalities))
        with VolumeIndex(target.root, target.id, writable=True) as index:
            while some := list(islice(files, AT_ONCE)):
                index.add(self._place(source, target, index, some))
                self._note_copies(target, some, index)
        if self._damaged:
            raise self._damaged[0]
        return self._done, self._bytes

    def _modalities(self, index: VolumeIndex) -> set[str]:
        return {each.modality for each in index.days() if each.day == self._unit.day}

    def _place(self, source: Volume, target: Volume, index: VolumeIndex, files: list[FoundFile]) -> list[FoundFile]:
        """Copy what is not there yet, then read it back; returns what is new on the target."""
        placed = []
        for file in files:
            self._may_go_on()
            known = index.at(file.path)
            if known is None or known.size != file.size or (file.sha256 and known.sha256 != file.sha256):
                try:
                    sha256 = copy_file(source, target, file.path, file.sha256)
                    placed.append(replace(file, sha256=sha256))
                except SourceDamaged as why:
                    self._damaged.append(why)
                    continue
            self._done += 1
            self._bytes += file.size
            self._of._tell(state="running", day=self._unit.day, kind=self._unit.kind, files=self._done,
                           of=self._unit.files, bytes=self._bytes)  # fmt: skip
        found = []
        for file in placed:
            if not proven(target, file.path, file.sha256):
                raise Fault(
                    N_("A copy on the disk {volume} could not be read back as it was written."),
                    N_("The disk may be failing: use another one."),
                    reference="D422",
                    volume=target.id,
                )
            found.append(replace(file, mtime_ns=target.file(file.path).stat().st_mtime_ns))
        must_stand(target)
        return found

    def _note_copies(self, target: Volume, files: list[FoundFile], index: VolumeIndex) -> None:
        """Tell the centre where further copies lie."""
        lying = [known for file in files if (known := index.at(file.path)) is not None and known.sha256]
        with self._of._centre.writing() as conn:
            places = found_images.known_places(conn, [each.facts.sop_uid for each in lying])
            for file in lying:
                place = places.get(file.facts.sop_uid)
                if place is not None and place_of(target.id, file.path, file.sha256, place, True) is Place.COPY:
                    found_images.note_copy(conn, place.instance, target.id, file.path)

    def _may_go_on(self) -> None:
        """Raises Fault where the window is over, copying was forbidden or the program ends: it goes on another time."""
        conditions = read_conditions(self._of._own)
        if self._stop.is_set() or not conditions.allowed:
            raise Fault(N_("It was stopped; it goes on another time."), reference="D423")
        if not self._by_hand and not conditions.in_window(self._of._now()):
            raise Fault(N_("The time for copying was over; it goes on the next night."), reference="D424")


def _texts(why: Fault) -> dict[str, str]:
    return {key: str(value) for key, value in why.sentence.values.items()}
