"""Replace a disk that fails: choose it, check the new one, fill that from the other copies, prove it, switch over.

Where it stands is a row of this PC's own store; each step may be broken off and taken up again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from kiosk.core.faults import Fault, NoRoom
from kiosk.core.words import N_
from kiosk.dicom.fast_header import HeaderReader
from kiosk.store import audit, found_images, local, notices, replacing
from kiosk.store.audit import Actor
from kiosk.store.copy_file import SourceDamaged, copy_file, hash_on_disk, make_ready, proven
from kiosk.store.disk_walk import NO_IMAGES, must_stand
from kiosk.store.engine import Store
from kiosk.store.replacing import Held, Item
from kiosk.store.volume import ID_FILE, Volume, Volumes
from kiosk.store.volume_index import FoundFile, VolumeIndex

log = logging.getLogger(__name__)

PLAN = "replace/plan"
STEPS = ("choose", "check", "copy", "prove", "switch", "done")
AT_ONCE = 50
SPARE = 0.02  # of the bytes: folders and the disk's index need room too

Told = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """``step`` is the one to be done next. ``lost``: images of which no good copy was found anywhere."""

    old: str = ""
    new: str = ""
    step: str = "choose"
    images: int = 0
    size: int = 0
    only_here: int = 0
    lost: int = 0


def plan_of(own: Store) -> Plan:
    with own.reading() as conn:
        kept = local.seen_last(conn, PLAN)
    return Plan(**kept.body) if kept else Plan()


class ReplaceDisk:
    """The steps. Each raises Fault where it can't be done, and leaves the plan at what is to be done next."""

    def __init__(self, centre: Store, own: Store, volumes: Volumes, actor: Actor) -> None:
        self._centre, self._own, self._actor = centre, own, actor
        self._volumes = {each.id: each for each in volumes}

    def choose(self, old: str) -> Plan:
        """Step 1: the disk that fails; counts what it holds."""
        with self._centre.reading() as conn:
            holds: Held = replacing.held(conn, old)
        return self._keep(Plan(old, "", "check", holds.images, holds.size, holds.only_here))

    def check(self, new: str) -> Plan:
        """Step 2: is the new disk there, ours to write to, empty, and large enough? Its id is written."""
        plan = plan_of(self._own)
        volume = self._volumes.get(new)
        if volume is None or not volume.writable or new == plan.old:
            raise Fault(
                N_("{volume} can't take the place of {old}."),
                N_("Enter the new disk in the parameter file under [volumes], with writable = true."),
                reference="D431",
                volume=new,
                old=plan.old,
            )
        found = [each.name for each in volume.root.iterdir()] if volume.root.is_dir() else []
        foreign = sorted(set(found) - NO_IMAGES - {ID_FILE})
        with self._centre.reading() as conn:
            taken = replacing.held(conn, new).images
        if foreign or taken:
            raise Fault(
                N_("The disk {volume} is not empty ({names})."),
                N_("Choose an empty disk; nothing was changed."),
                reference="D432",
                volume=new,
                names=", ".join(foreign[:3]) or str(taken),
            )
        volume.prepare()
        if volume.free_bytes() < plan.size * (1 + SPARE):
            raise NoRoom(new)
        return self._keep(replace(plan, new=new, step="copy"))

    def copy(self, told: Told) -> Plan:
        """Step 3: what is not there yet, from whichever copy is good. Raises Stopped as ``told`` does."""
        plan, new = self._at("copy")
        make_ready(new)
        reader = HeaderReader(new.id)
        last = done = lost = 0
        with VolumeIndex(new.root, new.id, writable=True) as index:
            while True:
                with self._centre.reading() as conn:
                    items = replacing.left_to_copy(conn, plan.old, new.id, last, AT_ONCE)
                if not items:
                    break
                last = items[-1].instance
                came = []
                for item in items:
                    told(min(0.99, done / max(1, plan.images)))
                    done += 1
                    if self._bring(item, new):
                        came.append(item)
                    else:
                        lost += 1
                self._enter(came, new, index, reader)
            with self._centre.reading() as conn:
                rest = replacing.further_files(conn, plan.old)
            for path, sha256 in rest:
                told(0.99)
                if not new.file(path).exists() and not self._bring(Item(0, path, 0, sha256, ((plan.old, path),)), new):
                    lost += 1
        return self._keep(replace(plan, step="prove", lost=lost))

    def prove(self, told: Told) -> Plan:
        """Step 4: every copy read from the new disk and held against the index; what is wrong is copied anew."""
        plan, new = self._at("prove")
        last = done = wrong = 0
        while True:
            with self._centre.reading() as conn:
                rows = replacing.on_new(conn, new.id, last, AT_ONCE)
            if not rows:
                break
            last = rows[-1][0]
            bad = []
            for row, _, path, sha256 in rows:
                told(min(0.99, done / max(1, plan.images)))
                done += 1
                if not proven(new, path, sha256):
                    bad.append(row)
            if bad:
                wrong += len(bad)
                with self._centre.writing() as conn:
                    for row in bad:
                        replacing.forget_copy(conn, row)
        must_stand(new)
        return self._keep(replace(plan, step="copy" if wrong else "switch"))

    def switch(self, although_lost: bool = False) -> Plan:
        """Step 5: the index goes over to the new disk in one transaction; the old one is retired."""
        plan, new = self._at("switch")
        if plan.lost and not although_lost:
            raise Fault(
                N_("{count} images could not be read from any disk."),
                N_("Try to copy once more, or switch over without them; they stay in the index as lost."),
                reference="D433",
                count=plan.lost,
            )
        with self._centre.writing() as conn:
            left = replacing.switch(conn, plan.old, new.id)
            disks = f"{plan.old}>{new.id}"
            audit.write(conn, self._actor, "disk replaced", subject=disks, images=plan.images, left=left)
            notices.tell(conn, "images")
        return self._keep(replace(plan, step="done", lost=left))

    def give_up(self) -> Plan:
        """Begin anew; what was copied stays a further copy."""
        return self._keep(Plan())

    # -- inside -------------------------------------------------------------------------------------------------
    def _at(self, step: str) -> tuple[Plan, Volume]:
        plan = plan_of(self._own)
        volume = self._volumes.get(plan.new)
        if volume is None or STEPS.index(plan.step) < STEPS.index(step):
            raise Fault(N_("The steps before this one are to be done first."), reference="D434")
        must_stand(volume)
        return plan, volume

    def _bring(self, item: Item, new: Volume) -> bool:
        """Copy one file from the first place where it is good, and read it back; False where there is none."""
        if new.file(item.path).exists() and hash_on_disk(new.file(item.path)) == item.sha256:
            return True
        for name, path in item.sources:
            source = self._volumes.get(name)
            if source is None:
                continue
            try:
                copy_file(source, new, path, item.sha256, item.path)
            except SourceDamaged as why:
                log.warning("a copy on %s is of no use: %s", name, why)
                continue
            except Fault:
                must_stand(new)  # else: the source went away, another may do
                if new.free_bytes() < item.size:
                    raise
                continue
            if proven(new, item.path, item.sha256):
                return True
        return False

    def _enter(self, items: list[Item], new: Volume, index: VolumeIndex, reader: HeaderReader) -> None:
        files = []
        for item in items:
            facts, stat = reader.facts(new.file(item.path))
            files.append(FoundFile(facts, item.path, stat.st_size, stat.st_mtime_ns, item.sha256))
        index.add(files)
        must_stand(new)
        with self._centre.writing() as conn:
            for item in items:
                found_images.note_copy(conn, item.instance, new.id, item.path)

    def _keep(self, plan: Plan) -> Plan:
        body: dict[str, Any] = asdict(plan)
        with self._own.writing() as conn:
            local.keep_last_seen(conn, PLAN, body)
        return plan
