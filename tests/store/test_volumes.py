"""Which disk receives: the first with room, the next when it is at its reserve, none that is another one or gone."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk.core.disks import DiskState
from kiosk.core.faults import Fault, NoRoom
from kiosk.store.volume import ID_FILE, Volume, Volumes


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Free bytes of each disk by the name of its folder, as the system says."""
    told: dict[str, int] = {}

    def usage(path: Path) -> Usage:
        left = told.get(Path(path).name, 900)
        return Usage(1000, 1000 - left, left)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    return told


@pytest.fixture
def disks(tmp_path: Path) -> Volumes:
    """BUP is named first: the order of the file matters within a role only."""
    roles = {"BUP": "mirror", "MAG3": "primary", "MAG1": "gateway", "MAG2": "gateway"}
    made = [Volume(name, tmp_path / name, True, role, reserve_bytes=100) for name, role in roles.items()]
    for each in made:
        each.prepare()
    return Volumes(made)


def look(disks: Volumes) -> None:
    for each in disks:
        each.look()


def test_it_spills_to_the_next_at_the_reserve_and_comes_back(disks: Volumes, free: dict[str, int]) -> None:
    look(disks)
    assert disks.receiving().id == "MAG1"
    free["MAG1"] = 100  # at its reserve
    look(disks)
    assert disks.receiving().id == "MAG2"
    free["MAG2"] = 50
    look(disks)
    assert disks.receiving().id == "MAG3", "the image server's disk before refusing anything"
    free["MAG3"] = 0
    look(disks)
    with pytest.raises(NoRoom) as told:
        disks.receiving()
    assert told.value.sentence.values["volume"] == "MAG1, MAG2, MAG3", "never the spare one"
    free["MAG2"] = 500
    look(disks)
    assert disks.receiving().id == "MAG2"


def test_what_is_written_counts_before_the_next_look(disks: Volumes, free: dict[str, int]) -> None:
    free["MAG1"] = 150
    look(disks)
    arriving = disks.receiving().begin()
    arriving.write(b"x" * 60)
    assert disks.receiving().id == "MAG2"
    arriving.abandon()


def test_a_part_of_the_disk_may_be_the_reserve(tmp_path: Path, free: dict[str, int]) -> None:
    volume = Volume("MAG1", tmp_path / "MAG1", True, reserve_bytes=10, reserve_part=0.2)
    volume.prepare()
    free["MAG1"] = 199
    volume.look()
    assert (volume.room.state, volume.room.reserve) == (DiskState.FULL, 200)


def test_choosing_costs_microseconds(disks: Volumes, free: dict[str, int]) -> None:
    look(disks)
    for each in disks:
        each.room.watched, each.room.looked_at = True, time.monotonic()
    began = time.perf_counter()
    for _ in range(2000):
        disks.receiving()
    assert (time.perf_counter() - began) / 2000 < 100e-6


def test_an_id_file_of_before_is_completed_and_then_tells_disks_apart(tmp_path: Path) -> None:
    volume = Volume("MAG2", tmp_path / "MAG2", True)
    volume.root.mkdir()
    (volume.root / ID_FILE).write_text("MAG2\n")
    volume.prepare()
    name, token = volume.identity()
    assert name == "MAG2" and len(token) == 32
    volume.prepare()
    assert volume.identity() == (name, token), "once"
    volume.room.token = token
    volume.check()
    (volume.root / ID_FILE).write_text("MAG2\nanother\n")
    with pytest.raises(Fault) as told:
        volume.check()
    assert told.value.reference == "D404"
    (volume.root / ID_FILE).write_text("MAG5\n")
    with pytest.raises(Fault) as told:
        volume.check()
    assert told.value.reference == "D401"


def test_a_disk_that_is_swapped_between_two_looks_gets_nothing(disks: Volumes, tmp_path: Path) -> None:
    look(disks)
    for each in disks:
        each.room.watched = True
    assert disks.receiving().id == "MAG1"
    (tmp_path / "MAG1").rename(tmp_path / "pulled out")
    other = Volume("MAG1", tmp_path / "MAG1", True)
    other.prepare()  # another disk of the same name, a moment later
    assert disks.receiving().id == "MAG2"
    assert [each.name for each in other.root.iterdir() if each.name not in (ID_FILE, "incoming")] == []


def test_without_any_disk_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Fault) as told:
        Volumes([Volume("MAG1", tmp_path, False)]).receiving()
    assert told.value.reference == "D402"
    gone = Volumes([Volume("MAG1", tmp_path / "nowhere", True)])
    with pytest.raises(Fault) as told:
        gone.receiving()
    assert told.value.reference == "D405" and told.value.sentence.values["names"] == "MAG1"


def test_the_layout_of_the_image_server(tmp_path: Path) -> None:
    assert Volume("MAG1", tmp_path, True).top("CR") == "DICOM"
    assert Volume("MAG2", tmp_path, True, "primary").top("FB") == "IMAGE/FB"


def test_the_nearest_copy_that_stands(tmp_path: Path) -> None:
    one, two = (Volume(name, tmp_path / name) for name in ("MAG1", "MAG2"))
    volumes = Volumes([one, two])
    two.prepare()
    places = [("MAG1", "a/b"), ("MAG9", "x"), ("MAG2", "c/d")]
    assert volumes.nearest(places) == two.file("c/d")
    one.prepare()
    assert volumes.nearest(places) == one.file("a/b")
    assert volumes.nearest([("MAG9", "x")]) is None
