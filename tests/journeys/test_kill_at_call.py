"""Receive and commit are killed at the n-th call of the system (C4), and meet a disk without room (C6)."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.faults import NoRoom
from kiosk.core.settings import StationSettings
from kiosk.flow.check_store import check_store
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake, Outcome
from kiosk.flow.settings_file import StationFile, VolumeSettings
from kiosk.store import images
from kiosk.store.audit import Actor
from kiosk.store.opening import centre_store
from kiosk.store.volume import Volume
from kiosk.store.writer import GroupWriter
from tests.flow.arrivals import take
from tests.needs import needs, needs_root, only_on_posix
from tests.store.samples import facts

KILLS = 60
CALLS = "write,pwrite64,fsync,fdatasync,rename,mkdir,unlink"
# Two associations; each image on a line of its own when it is acknowledged. The UIDs repeat from one start to the next.
RECEIVE = """
import os, sys, threading
from pathlib import Path
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake, Owed
from kiosk.store.audit import Actor
from kiosk.store.opening import centre_store
from kiosk.store.volume import Volume
from kiosk.store.writer import GroupWriter
from tests.store.samples import facts
folder = Path(sys.argv[1])
store, crew, volume = centre_store("", folder), Crew(), Volume("MAG1", folder / "MAG1", True)
volume.prepare()
owed = (Owed("route", "", "g", per="study"), Owed("mirror", "", "g"))
intake = Intake(store, lambda: volume, GroupWriter(store, crew.start), Actor(station="g"), owed=owed)
def send(at):
    for number in range(12):
        uid = f"1.2.{at}.{number}"
        incoming = intake.begin("test")
        incoming.write(uid.encode() * 3000)
        incoming.settle(facts(uid, study_uid=f"1.2.{at}", series_uid=f"1.2.{at}.0"))
        os.write(1, f"ACKNOWLEDGED {uid}\\n".encode())
    store.leave()
threads = [threading.Thread(target=send, args=(at,)) for at in range(2)]
for each in threads: each.start()
for each in threads: each.join()
crew.close()
"""


def station(folder: Path) -> StationFile:
    volumes = {"MAG1": VolumeSettings(str(folder / "MAG1"), True)}
    return StationFile(station=StationSettings(name="g", data=str(folder)), volumes=volumes)


def wrong(folder: Path, acknowledged: set[str]) -> list[str]:
    """What does not hold: an acknowledged image that is not indexed, or what the proof of the store names."""
    store = centre_store("", folder)
    with store.reading() as conn:
        lost = [uid for uid in acknowledged if images.instance_by_sop_uid(conn, uid) is None]
    store.close()
    return lost + [str(line.text) for line in check_store(station(folder)) if not line.good]


@only_on_posix
@needs("strace")
def test_receive_and_commit_killed_at_any_call_lose_nothing(
    sqlite_templates: Path, tmp_path: Path, soak: float
) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    chance = random.Random(seed)
    killed = proven = 0
    for number in range(max(5, round(KILLS * soak))):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copy(sqlite_templates / "centre.sqlite", folder)
        nth = chance.randint(5, 260)
        inject = ["-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=KILL:when={nth}", "-o", "/dev/null"]
        strace = ["strace", "-f", "-qq", *inject]
        first = subprocess.run([*strace, sys.executable, "-c", RECEIVE, str(folder)], capture_output=True, text=True)
        acknowledged = set(re.findall(r"ACKNOWLEDGED (\S+)", first.stdout))
        assert wrong(folder, acknowledged) == [], f"killed at call {nth} (seed {seed})"
        proven += len(acknowledged)
        killed += first.returncode != 0
        if number % 3 == 0:  # started again, the sender sends all of it once more
            again = subprocess.run([sys.executable, "-c", RECEIVE, str(folder)], capture_output=True, text=True)
            assert again.returncode == 0, again.stderr
            assert wrong(folder, {f"1.2.{at}.{image}" for at in range(2) for image in range(12)}) == []
            assert not list((folder / "MAG1" / "incoming").iterdir())
        shutil.rmtree(folder)
    print(f"\n{killed} kills (seed {seed}): {proven} acknowledged images proven, none lost")
    assert killed and proven


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A disk of 6 MB."""
    request.node.add_marker(pytest.mark.may_skip("mounting needs root and a kernel that lets it"))
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"this system mounts no small disk: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


@only_on_posix
@needs_root()
@pytest.mark.parametrize("database_too", [False, True])
def test_a_full_disk_refuses_damages_nothing_and_goes_on_by_itself(
    small_disk: Path, sqlite_templates: Path, tmp_path: Path, database_too: bool
) -> None:
    data = small_disk if database_too else tmp_path / "data"
    data.mkdir(exist_ok=True)
    shutil.copy(sqlite_templates / "centre.sqlite", data)
    store, crew, volume = centre_store("", data), Crew(), Volume("MAG1", small_disk / "MAG1", True)
    volume.prepare()
    intake = Intake(store, lambda: volume, GroupWriter(store, crew.start), Actor(station="g"))
    filler = small_disk / "filler"
    filler.write_bytes(bytes(2_000_000))
    acknowledged, refused = set(), 0
    for number in range(120):
        try:
            incoming = intake.begin("test")
        except NoRoom:
            refused += 1
            continue
        try:
            incoming.write(f"{number}".encode() * 40_000)
            assert incoming.settle(facts(f"1.2.{number}")).outcome is Outcome.STORED
            acknowledged.add(f"1.2.{number}")
        except NoRoom:
            incoming.abandon()
            refused += 1
    assert acknowledged and refused > 5
    assert not list((volume.root / "incoming").iterdir()), "what was refused takes no room"
    filler.unlink()
    for number in range(500, 510):
        assert take(intake, f"{number}".encode() * 4000, f"1.2.{number}").outcome is Outcome.STORED
        acknowledged.add(f"1.2.{number}")
    assert crew.close() == []
    store.close()
    file = StationFile(
        station=StationSettings(name="g", data=str(data)),
        volumes={"MAG1": VolumeSettings(str(volume.root), True)},
    )
    with store.reading() as conn:
        assert {uid for uid in acknowledged if images.instance_by_sop_uid(conn, uid)} == acknowledged
    store.close()
    assert [str(line.text) for line in check_store(file) if not line.good] == []
