"""What keeping costs: choosing a disk, a verified second copy against ``cp`` with ``sync``, and the night's questions
over a large index.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.scale import build
from kiosk.core.image_kinds import kind_of
from kiosk.core.study import ImageFacts
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake
from kiosk.flow.keep_twice import COPY, KeepTwice
from kiosk.flow.night_keeping import owe_missing_copies
from kiosk.flow.retain import Retain
from kiosk.store.audit import Actor
from kiosk.store.jobs import Job
from kiosk.store.opening import centre_store, prepare
from kiosk.store.volume import Volume, Volumes
from kiosk.store.writer import GroupWriter


def disks(folder: Path) -> Volumes:
    roles = {"MAG1": "gateway", "MAG2": "primary", "BUP": "mirror"}
    made = Volumes([Volume(name, folder / name, True, role) for name, role in roles.items()])
    for each in made:
        each.prepare()
        each.look()
    return made


def choosing(volumes: Volumes, times: int = 20_000) -> float:
    """Microseconds for one choice."""
    for each in volumes:
        each.room.watched, each.room.looked_at = True, time.monotonic() + 60
    began = time.perf_counter()
    for _ in range(times):
        volumes.receiving()
    return (time.perf_counter() - began) / times * 1e6


def copying(folder: Path, count: int, size: int) -> tuple[float, float]:
    """Images a second: our copies (fsync each, read back, entered), and ``cp`` with one ``sync`` and ``sha256sum``."""
    store, crew, volumes = centre_store("", folder), Crew(), disks(folder)
    prepare(store)
    intake = Intake(store, volumes.receiving, GroupWriter(store, crew.start), Actor())
    for number in range(count):
        incoming = intake.begin("benchmark")
        incoming.write(os.urandom(size))
        incoming.settle(
            ImageFacts(sop_uid=f"1.2.{number}", sop_class="1.2.840.10008.5.1.4.1.1.2", study_uid="1.2",
                       series_uid="1.2.1", modality="CT", patient_id="P1", study_date="20261125",
                       transfer_syntax="1.2.840.10008.1.2.1", instance_number=number)
        )  # fmt: skip
    twice = KeepTwice(store, volumes, kind_of)
    began = time.perf_counter()
    twice.copy_study(Job(0, COPY, "primary", "1.2", {}, 1))
    ours = count / (time.perf_counter() - began)
    began = time.perf_counter()
    target = folder / "cp"
    subprocess.run(["cp", "-r", str(folder / "MAG1" / "DICOM"), str(target)], check=True)
    subprocess.run(["sync", "-f", str(target)], check=True)
    files = [str(path) for path in target.rglob("*.dcm")]
    subprocess.run(["sha256sum", *files], check=True, stdout=subprocess.DEVNULL)
    theirs = count / (time.perf_counter() - began)
    crew.close()
    store.leave()
    store.close()
    return ours, theirs


def night(folder: Path, images: int) -> tuple[float, float]:
    """Seconds for the nightly look at what lacks a copy, and for the dry run of what may leave."""
    store = build(folder, images)
    volumes = Volumes([Volume(f"MAG{at}", folder / f"MAG{at}", True, "primary") for at in range(2, 11)])
    began = time.perf_counter()
    owe_missing_copies(store, volumes, "benchmark")
    looked = time.perf_counter() - began
    retain = Retain(store, volumes, Actor(), {"primary": 1461}, today=lambda: date(2027, 6, 1))
    began = time.perf_counter()
    retain.lines()
    dry = time.perf_counter() - began
    store.leave()
    store.close()
    return looked, dry


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--copies", type=int, default=400)
    asked.add_argument("--images", type=int, default=1_000_000)
    chosen = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="keep-"))
    try:
        for part in ("a", "b", "c", "d"):
            (folder / part).mkdir()
        print(f"choosing a disk                       {choosing(disks(folder / 'a')):8.1f} us")
        for part, name, size, count in (
            ("b", "CT 0.5 MB", 526_000, chosen.copies),
            ("c", "CR 10 MB", 10_000_000, chosen.copies // 10),
        ):
            ours, theirs = copying(folder / part, count, size)
            ratio = f"ours {ours:8.0f} /s   cp+sync+sha256sum {theirs:8.0f} /s   {ours / theirs:5.2f}"
            print(f"second copy, {name:10} {ratio}")
        looked, dry = night(folder / "d", chosen.images)
        print(f"{chosen.images:,} images: what lacks a copy {looked:6.1f} s, what may leave (dry run) {dry:6.1f} s")
        assert threading.active_count() == 1
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
