"""Every image lies on a disk of the image server and on a spare one, read back; whatever happens to the disks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.disks import DiskLine, DiskState, Night
from kiosk.core.faults import Fault
from kiosk.core.image_kinds import kind_of
from kiosk.flow.crew import Crew
from kiosk.flow.hand_out import HandOut, Later
from kiosk.flow.keep_twice import COPY, KeepTwice
from kiosk.flow.night_keeping import owe_missing_copies
from kiosk.store import copy_file, images, jobs, volumes_seen
from kiosk.store.engine import Store
from kiosk.store.volume import Arriving
from tests.flow.disks import Disks
from tests.loop_disk import LoopDisk
from tests.needs import needs

Wait = Callable[..., Any]


@pytest.fixture
def disks(tmp_path: Path, centre: Store, local: Store, crew: Crew) -> Disks:
    return Disks(tmp_path, centre, local, crew)


def test_each_image_is_copied_to_both_and_read_back(disks: Disks) -> None:
    disks.receive(3)
    disks.receive(2, study=2, modality="ES")
    assert disks.owed() == {"primary": 2, "mirror": 2}
    for study in (1, 2):
        disks.copy(study, roles=["mirror", "primary"])
        assert disks.places(study) == [["MAG1", "BUP", "MAG2"]] * (3 if study == 1 else 2)
    paths = {place.path for image in disks.kept(2) for place in image.places[1:]}
    assert all(path.startswith("IMAGE/FB/20261124/ES0001-P00002/") for path in paths), paths
    assert all(place.verified_at for image in disks.kept() for place in image.places[1:])
    [first, *_] = disks.kept()
    with disks.centre.writing() as conn:
        volumes_seen.note_lines(conn, [DiskLine("BUP", "mirror"), DiskLine("MAG2", "primary")], "2026-11-25")
        assert [volume for volume, _ in images.places_of(conn, first.sop_uid)] == ["MAG1", "MAG2", "BUP"]


def test_done_twice_copies_nothing_twice_and_a_late_image_follows(disks: Disks) -> None:
    disks.receive(2)
    disks.copy()
    written = {path: path.stat().st_mtime_ns for path in disks["MAG2"].root.rglob("*.dcm")}
    disks.receive(3)
    disks.copy()
    disks.copy()
    assert disks.places() == [["MAG1", "MAG2", "BUP"]] * 3
    assert {path: path.stat().st_mtime_ns for path in written} == written


def test_a_copy_that_was_not_entered_before_a_crash_is_proven_not_made_anew(disks: Disks, monkeypatch: Any) -> None:
    disks.receive(2)
    monkeypatch.setattr("kiosk.flow.keep_twice.found_images.note_copy", _broken)
    with pytest.raises(RuntimeError):
        disks.copy(roles=["mirror"])
    monkeypatch.undo()
    began = [path.stat().st_mtime_ns for path in sorted(disks["BUP"].root.rglob("*.dcm"))]
    disks.copy(roles=["mirror"])
    assert [path.stat().st_mtime_ns for path in sorted(disks["BUP"].root.rglob("*.dcm"))] == began
    assert disks.places() == [["MAG1", "BUP"]] * 2


def _broken(*args: Any) -> None:
    raise RuntimeError("power cut")


def test_it_goes_to_the_disk_with_room_and_waits_where_there_is_none(disks: Disks) -> None:
    disks.receive(2)
    disks["MAG2"].room.left = 10
    disks.copy(roles=["primary"])
    assert disks.places() == [["MAG1", "MAG3"]] * 2
    disks.look()
    disks.receive(3)
    disks.copy(roles=["primary"])
    assert disks.places() == [["MAG1", "MAG3"]] * 3, "what belongs together stays together"
    disks["BUP"].room.full()
    with pytest.raises(Later) as told:
        disks.copy(roles=["mirror"])
    assert told.value.due > time.time() + 30 and "full" in told.value.reason
    disks.look()
    disks.copy(roles=["mirror"])
    assert disks.places() == [["MAG1", "MAG3", "BUP"]] * 3


def test_what_spilled_to_the_image_server_is_not_copied_there_again(disks: Disks) -> None:
    disks["MAG1"].room.full()
    disks["MAG1"].room.watched = True
    disks["MAG1"].room.looked_at = time.monotonic()
    disks.receive(2)
    disks.copy()
    assert disks.places() == [["MAG2", "BUP"]] * 2
    assert all(image.own.path.startswith("IMAGE/CR/20261124/CR0001-P00001/") for image in disks.kept())


def test_at_night_only(disks: Disks) -> None:
    now = datetime(2026, 11, 25, 12, 0)
    disks.twice = KeepTwice(disks.centre, disks.volumes, kind_of, night=Night("20:00", "23:30"), now=lambda: now)
    disks.receive(1)
    with pytest.raises(Later) as told:
        disks.copy()
    assert datetime.fromtimestamp(told.value.due) == datetime(2026, 11, 25, 20, 0)
    now = datetime(2026, 11, 25, 20, 1)
    disks.copy()
    assert disks.places() == [["MAG1", "MAG2", "BUP"]]


def test_a_damaged_image_is_told_and_holds_up_no_other(disks: Disks) -> None:
    disks.receive(3)
    bad = disks["MAG1"].file(disks.kept()[1].own.path)
    bad.write_bytes(b"flipped" + bad.read_bytes()[7:])
    with pytest.raises(Fault) as told:
        disks.copy(roles=["primary"])
    assert told.value.reference == "D421"
    assert [len(image.places) for image in disks.kept()] == [2, 1, 2]


def test_a_disk_that_does_not_give_back_what_was_written_is_told(disks: Disks, monkeypatch: pytest.MonkeyPatch) -> None:
    disks.receive(2)
    monkeypatch.setattr(copy_file, "hash_on_disk", lambda path: "something else")
    with pytest.raises(Fault) as told:
        disks.copy(roles=["mirror"])
    assert told.value.reference == "D422"
    monkeypatch.undo()
    assert disks.places() == [["MAG1"]] * 2 and not list(disks["BUP"].root.rglob("*.dcm"))


def test_the_night_owes_what_nobody_owed(disks: Disks) -> None:
    disks.receive(2)
    disks.receive(1, study=2)
    disks.copy(1)
    with disks.centre.writing() as conn:
        while job := jobs.claim(conn, "gateway", "x", kinds=[COPY], lease_s=9):
            jobs.settle(conn, job.id, "x")  # as if done before there was such a disk
    assert disks.owed() == {}
    assert owe_missing_copies(disks.centre, disks.volumes, "gateway") == 2
    assert disks.owed() == {"primary": 1, "mirror": 1}


def test_lanes_do_it_by_themselves(disks: Disks, wait_until: Wait) -> None:
    for role in ("primary", "mirror"):
        HandOut(disks.centre, "gateway", {COPY: disks.twice.copy_study}, disks.crew, only=(role,))
    disks.receive(3)
    wait_until(lambda: disks.owed() == {})
    assert [sorted(each) for each in disks.places()] == [["BUP", "MAG1", "MAG2"]] * 3


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[LoopDisk]:
    disk = LoopDisk(tmp_path / "disk.img", tmp_path / "BUP")
    disk.plug_in()
    yield disk
    disk.pull_out()


@needs("mkfs.ext4", "mount")
def test_a_disk_pulled_out_in_mid_copy_holds_no_half_file_and_gets_the_rest_later(
    cable: LoopDisk, tmp_path: Path, centre: Store, local: Store, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    disks = Disks(tmp_path, centre, local, crew)
    disks.receive(6)
    write, times = Arriving.write, iter(range(100))

    def pulled(arriving: Arriving, piece: bytes) -> None:
        if next(times) == 3:
            cable.pull_out()
        write(arriving, piece)

    monkeypatch.setattr(Arriving, "write", pulled)
    with pytest.raises(Fault):
        disks.copy(roles=["mirror"])
    monkeypatch.undo()
    assert not (tmp_path / "BUP" / "IMAGE").exists(), "nothing was written under the empty mount point"
    disks.look()
    assert disks["BUP"].room.state is DiskState.GONE
    with pytest.raises(Later):
        disks.copy(roles=["mirror"])
    cable.plug_in()
    disks.look()
    for path in (tmp_path / "BUP").rglob("*.dcm"):
        assert path.stat().st_size > len(b"1.2.1.1"), "whole or not at all"
    disks.copy(roles=["mirror"])
    assert disks.places() == [["MAG1", "BUP"]] * 6


@needs("mkfs.ext4", "mount")
def test_a_write_protected_disk_is_named_and_the_other_copy_is_made(
    cable: LoopDisk, tmp_path: Path, centre: Store, local: Store, crew: Crew
) -> None:
    disks = Disks(tmp_path, centre, local, crew)
    disks.receive(2)
    cable.write_protect()
    with pytest.raises(Fault) as told:
        disks.copy(roles=["mirror"])
    assert told.value.sentence.values["volume"] == "BUP"
    disks.copy(roles=["primary"])
    assert disks.places() == [["MAG1", "MAG2"]] * 2
