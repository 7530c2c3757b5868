"""A simulated power cut: the file system's image is copied without a sync while devices send; what was acknowledged
is in the copy. An unsynced file of ours must be missing there, else the method would prove nothing.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.dicom.peers import free_port
from tests.journeys.steady_sender import SteadySender, prove
from tests.modes.gateway.site import GatewaySite
from tests.needs import needs, needs_root, only_on_posix
from tests.waiting import wait_until

DISKS, CUTS, IN_EVERY_RUN = 10, 20, 3  # a disk each so many cuts, since each cut copies all of it
IMAGE_MB, MORE_EACH_CUT_MB = 300, 250  # the file is sparse


class Disk:
    """An ext4 file system in a file."""

    def __init__(self, image: Path, mounted: Path) -> None:
        self.image = image
        self.mounted = mounted

    def make(self, size_mb: int) -> None:
        with open(self.image, "wb") as file:
            file.truncate(size_mb << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(self.image)], check=True)

    def mount(self) -> None:
        self.mounted.mkdir(exist_ok=True)
        done = subprocess.run(
            ["mount", "-o", "loop", str(self.image), str(self.mounted)], capture_output=True, text=True
        )
        if done.returncode != 0:
            pytest.skip(f"this system mounts no file system images: {done.stderr.strip()}")

    def unmount(self) -> None:
        subprocess.run(["umount", "-l", str(self.mounted)], check=False, capture_output=True)


@contextmanager
def fresh_disk(folder: Path, size_mb: int) -> Iterator[Disk]:
    made = Disk(folder / "disk.img", folder / "disk")
    made.make(size_mb)
    made.mount()
    try:
        yield made
    finally:
        made.unmount()
        made.image.unlink()


def prove_copy(disk: Disk, copy: Disk, site: GatewaySite, unsynced: str, acknowledged: dict[str, str]) -> None:
    """Copy the file system as it is on the disk at this moment, mount the copy, and prove what was acknowledged."""
    subprocess.run(["cp", "--sparse=always", str(disk.image), str(copy.image)], check=True)
    copy.mount()
    try:
        lost, kept = copy.mounted / unsynced, disk.mounted / unsynced
        assert not lost.exists() or lost.read_bytes() != kept.read_bytes(), "the copy lost nothing that was unsynced"
        data = str(copy.mounted / "gateway" / "data")
        file = replace(site.file, station=replace(site.file.station, data=data))
        assert list(prove(file, acknowledged)) == []
    finally:
        copy.unmount()
        copy.image.unlink()


@only_on_posix
@needs_root()
@needs("mkfs.ext4")
@pytest.mark.expects_errors
@pytest.mark.may_skip("mounting needs root and a kernel that lets it")
def test_power_cut_while_receiving(tmp_path: Path, sqlite_templates: Path, soak: float) -> None:
    disks, cuts = (DISKS, CUTS) if soak == 1.0 else (1, IN_EVERY_RUN)
    seed = random.SystemRandom().randrange(1 << 30)
    proven = 0
    for number in range(disks):
        with fresh_disk(tmp_path, IMAGE_MB + MORE_EACH_CUT_MB * cuts) as disk:
            proven += cut_off(disk, tmp_path / str(number), sqlite_templates, cuts, random.Random(seed + number))
        print(f"\n{(number + 1) * cuts} power cuts (seed {seed}): {proven} images proven, none lost", flush=True)


def cut_off(disk: Disk, folder: Path, sqlite_templates: Path, cuts: int, moments: random.Random) -> int:
    """So many power cuts while two devices send; returns how many images were proven, each anew at each cut."""
    folder.mkdir()
    site = GatewaySite(disk.mounted / "gateway", sqlite_templates, child=True, port=free_port())
    senders: list[SteadySender] = []
    acknowledged_in_all = 0
    try:
        port = site.port
        os.sync()  # the empty stores were copied there by the test itself
        senders = [SteadySender(name, port, folder / name, moments.randrange(1 << 30)) for name in ("CT1", "MR1")]
        for sender in senders:
            sender.start()
        for cut in range(cuts):
            before = sum(len(sender.acknowledged) for sender in senders)
            wait_until(lambda b=before: sum(len(s.acknowledged) for s in senders) >= b + 5, 60, "the devices send")
            threading.Event().wait(moments.uniform(0.0, 1.2))
            unsynced = disk.mounted / f"unsynced{cut}"
            unsynced.write_bytes(b"written a moment ago, never synced" * 1000)
            pid = site.service.pid
            os.kill(pid, signal.SIGSTOP)  # also while it is proven, or the devices would fill the disk meanwhile
            try:
                acknowledged = {uid: body for sender in senders for uid, body in list(sender.acknowledged.items())}
                prove_copy(disk, Disk(folder / "copy.img", folder / "copy"), site, unsynced.name, acknowledged)
            finally:
                os.kill(pid, signal.SIGCONT)
            acknowledged_in_all += len(acknowledged)
    finally:
        for sender in senders:
            sender.stop()
        site.close()
        shutil.rmtree(folder / "copy", ignore_errors=True)
    assert [line for sender in senders for line in sender.strange] == []
    return acknowledged_in_all
