"""A capture PC that is killed, or loses its power, at random moments: what beeped is on its disk and reaches the
server once (C5). What was open is found again as not registered.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.taken import SetState
from kiosk.dicom.nodes import Nodes
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.upper_layer import Listener
from kiosk.store.opening import station_store
from kiosk.store.spool import Spool
from tests.dicom.peers import MemoryIntake, free_port
from tests.journeys.test_power_cut import Disk, fresh_disk
from tests.needs import needs, needs_root, only_on_posix
from tests.waiting import wait_until

KILLS, CUTS = 60, 30
HOME = Path(__file__).parents[2]


@dataclass
class Pc:
    """The process, and what it said before it was ended."""

    data: Path
    port: int
    beeps: dict[tuple[str, int], str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    opened: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    _process: Any = None
    _reader: Any = None

    def start(self) -> None:
        call = [sys.executable, "-m", "tests.journeys.capture_pc", str(self.data), str(self.port)]
        self._process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=HOME,
                                         start_new_session=True)  # fmt: skip
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), name="beeps")
        self._reader.start()

    def _read(self, out: Any) -> None:
        pressed = taken = 0  # of this run
        for line in out:
            try:
                told = json.loads(line)
            except ValueError:  # cut off by the kill
                continue
            if "sha256" in told:
                self.beeps[told["set"], told["number"]] = told["sha256"]
                taken += 1
                if taken > pressed:
                    self.twice.append(line.decode())
            elif "pressed" in told:
                pressed += 1
            elif "ended" in told:
                self.ended.add(told["ended"])
            elif "opened" in told:
                self.opened.append(told["opened"])

    def end(self, how: int = signal.SIGKILL) -> None:
        """All of its processes at once, as a power cut or the task manager does."""
        os.killpg(self._process.pid, how)
        if how == signal.SIGKILL:
            self._process.wait(10)
            self._reader.join(10)
            self._process.stdout.close()

    def pause(self, on: bool) -> None:
        os.killpg(self._process.pid, signal.SIGSTOP if on else signal.SIGCONT)


def prove(data: Path, beeps: dict[tuple[str, int], str], ended: set[str]) -> list[str]:
    """Take up what is there, as a start does; what is wrong with what beeped, a line each."""
    own = station_store(data)
    try:
        spool = Spool(own, data / "PICTURES" / "capture", "es1", "capture")
        spool.take_up()
        wrong = []
        states = {each.id: each.state for each in spool.sets()}
        rows = {(each.set, each.number): each for one in states for each in spool.pictures(one, deleted=True)}
        for key, sha256 in beeps.items():
            each = rows.get(key)
            if each is None:
                wrong.append(f"{key}: no row")
            elif hashlib.sha256(spool.path_of(each).read_bytes()).hexdigest() != sha256 or each.sha256 != sha256:
                wrong.append(f"{key}: other bytes")
        for key, each in rows.items():
            if not spool.path_of(each).is_file():
                wrong.append(f"{key}: a row without a file")
        wrong += [f"{one}: ended, and not owed" for one in ended if states.get(one, SetState.OPEN) is SetState.OPEN]
        wrong += [
            f"{one}: interrupted, and not found" for one in {of for of, _ in beeps} - ended if one not in states
        ]
        return wrong
    finally:
        own.close()


def server(port: int) -> tuple[Listener, MemoryIntake]:
    held = MemoryIntake()
    return Listener("KIOSK", port, Nodes(accept_anyone=True), (StorageDoor(held),), host="127.0.0.1"), held


@only_on_posix
def test_killed_while_taking_and_registering(tmp_path: Path, soak: float) -> None:
    kills = KILLS if soak == 1.0 else 4
    seed = random.SystemRandom().randrange(1 << 30)
    moments = random.Random(seed)
    listener, held = server(0)
    pc = Pc(tmp_path / "data", listener.port)
    pc.data.mkdir()
    try:
        for kill in range(5 * kills):
            if kill >= kills and {of for of, _ in pc.beeps} - pc.ended:
                break  # else it goes on until a kill has met an open examination, or nothing is proven of those
            before = len(pc.beeps)
            pc.start()
            wait_until(lambda b=before: len(pc.beeps) > b + 1, 60, f"it takes pictures after kill {kill}")
            threading.Event().wait(moments.uniform(0.0, 2.0))
            pc.end()
            assert prove(pc.data, dict(pc.beeps), set(pc.ended)) == [], (kill, seed)
        assert pc.twice == []
        pc.start()  # what was ended goes out by itself
        own = station_store(pc.data)
        spool = Spool(own, pc.data / "PICTURES" / "capture", "es1", "capture")
        ended = set(pc.ended)
        wait_until(lambda: all(spool.set_of(one).state is SetState.REGISTERED for one in ended), 60, "all registered")
        pc.end()
        owed = {each.sop_uid: each for one in ended for each in spool.pictures(one)}
        assert owed.keys() <= held.stored.keys()
        own.close()
        print(f"\n{kill} kills (seed {seed}): {len(pc.beeps)} beeps, all on disk; {len(ended)} examinations ended, "
              f"{len(owed)} pictures at the server")  # fmt: skip
        assert {of for of, _ in pc.beeps} - pc.ended, "no kill met an open examination: the test proves nothing"
    finally:
        listener.close()


@only_on_posix
@needs_root()
@needs("mkfs.ext4")
@pytest.mark.may_skip("mounting needs root and a kernel that lets it")
def test_power_cut_while_taking(tmp_path: Path, soak: float) -> None:
    cuts = CUTS if soak == 1.0 else 3
    seed = random.SystemRandom().randrange(1 << 30)
    moments = random.Random(seed)
    proven = 0
    with fresh_disk(tmp_path, 200 + 60 * cuts) as disk:
        pc = Pc(disk.mounted / "data", free_port())  # nobody listens: what ended waits
        pc.data.mkdir()
        pc.start()
        try:
            for cut in range(cuts):
                before = len(pc.beeps)
                wait_until(lambda b=before: len(pc.beeps) > b + 3, 60, "it takes pictures")
                threading.Event().wait(moments.uniform(0.0, 1.0))
                unsynced = disk.mounted / f"unsynced{cut}"
                unsynced.write_bytes(b"written a moment ago, never synced" * 1000)
                pc.pause(True)
                try:
                    beeps, ended = dict(pc.beeps), set(pc.ended)
                    prove_copy(disk, Disk(tmp_path / "copy.img", tmp_path / "copy"), unsynced.name, beeps, ended)
                finally:
                    pc.pause(False)
                proven += len(beeps)
        finally:
            pc.end()
    print(f"\n{cuts} power cuts (seed {seed}): {proven} beeps proven, none lost")


def prove_copy(
    disk: Disk, copy: Disk, unsynced: str, beeps: dict[tuple[str, int], str], ended: set[str]
) -> None:  # fmt: skip
    subprocess.run(["cp", "--sparse=always", str(disk.image), str(copy.image)], check=True)
    copy.mount()
    try:
        lost, kept = copy.mounted / unsynced, disk.mounted / unsynced
        assert not lost.exists() or lost.read_bytes() != kept.read_bytes(), "the copy lost nothing that was unsynced"
        assert prove(copy.mounted / "data", beeps, ended) == []
    finally:
        copy.unmount()
        copy.image.unlink()
        shutil.rmtree(copy.mounted, ignore_errors=True)
