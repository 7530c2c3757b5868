"""Two disks, one equalised, and a disk copy between them whose clock the test sets."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kiosk.core.copy_plan import CopyConditions, Unit
from kiosk.core.equalising import Conditions
from kiosk.flow.disk_copy import DiskCopy, keep_conditions, make_list
from kiosk.flow.equalise import Equaliser
from kiosk.store import copy_units, walks
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import Volume, Volumes
from tests.scans import slices

EVENING, NOON = datetime(2026, 11, 25, 21, 0), datetime(2026, 11, 25, 12, 0)


class CopyDisks:
    """``old`` is the source with images of three dates and two kinds, ``new`` the target."""

    def __init__(self, folder: Path, centre: Store, own: Store, images: int = 3, size: int = 512) -> None:
        self.centre, self.own = centre, own
        self.old, self.new = Volume("MAG2", folder / "old", True), Volume("BUP", folder / "new", True)
        self.old.prepare()
        self.conditions = CopyConditions("MAG2", "BUP", allowed=True, rest_s=0)
        self.now = EVENING
        self.paths: list[Path] = []
        for number, (day, kind) in enumerate(
            [("20100820", "CR"), ("20100820", "CT"), ("20100821", "CT"), ("20100822", "CR")]
        ):
            top = self.old.root / f"IMAGE/{kind}/{day}/{kind}{number:04d}_00012345"
            self.paths += slices(top, images, StudyDate=day, Modality=kind, StudyInstanceUID=f"1.2.{number}",
                                 SeriesInstanceUID=f"1.2.{number}.1", SeriesNumber=number, PixelData=bytes(size),
                                 Rows=1, Columns=size // 2)  # fmt: skip
            for path in self.paths[-images:]:  # the series differ in their SOP Instance UIDs too
                path.write_bytes(path.read_bytes().replace(b"1.2.392.9.1", b"1.2.392.%d.1" % (number + 2)))
        both = Volumes([self.old, self.new])
        self.equaliser = Equaliser(centre, own, both, Actor(), folder / "r", young_s=-1, rest=0)
        with own.writing() as conn:
            walks.ask(conn, Conditions("MAG2"))
        with own.reading() as conn:
            asked = walks.next_open(conn)
        assert asked is not None
        assert self.equaliser.go_on(asked, threading.Event()).state == "done"

    def set_up(self, **changed: object) -> DiskCopy:
        """The copy with its list, as after the start of the program."""
        self.conditions = replace(self.conditions, **changed)  # type: ignore[arg-type]
        keep_conditions(self.own, self.conditions)
        make_list(self.own, self.old, self.conditions)
        return self.started()

    def started(self) -> DiskCopy:
        disks = Volumes([self.old, self.new])
        return DiskCopy(self.centre, self.own, disks, Actor(), now=lambda: self.now, look_s=0.02)

    def units(self) -> list[Unit]:
        with self.own.reading() as conn:
            return copy_units.units(conn, copy_units.plan_name("MAG2", "BUP"))

    def marks(self) -> str:
        return "".join(each.state for each in self.units())

    def on_target(self) -> dict[str, bytes]:
        """Files under final names on the target, by path."""
        top = self.new.root / "IMAGE"
        return {p.relative_to(self.new.root).as_posix(): p.read_bytes() for p in top.rglob("*") if p.is_file()}

    def on_source(self) -> dict[str, bytes]:
        return {p.relative_to(self.old.root).as_posix(): p.read_bytes() for p in self.paths}

    def copy_all(self, copy: DiskCopy) -> None:
        """As long as anything is due, a few rounds at most."""
        for _ in range(12):
            if copy.look(threading.Event()) is None:
                return
        raise AssertionError(f"it copies for ever: {self.marks()}")
