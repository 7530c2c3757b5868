"""Replacing a disk that fails: filled from what is good elsewhere, proven, switched at once, resumed at any step."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from kiosk.core.equalising import Conditions
from kiosk.core.faults import Fault, LinkLost
from kiosk.flow.answers import Stopped
from kiosk.flow.equalise import Equaliser
from kiosk.flow.replace_disk import ReplaceDisk, plan_of
from kiosk.store import audit, images, walks
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.gateway_tables import copies, volumes
from kiosk.store.volume import Volume, Volumes, sha256_of
from kiosk.store.volume_index import search_volume
from tests.scans import slices


class Ward:
    """MAG2 (it fails) and MAG3 (its mirror), equalised; MAG4 is new and empty."""

    def __init__(self, folder: Path, centre: Store, own: Store) -> None:
        self.centre, self.own = centre, own
        self.disks = {name: Volume(name, folder / name, True) for name in ("MAG2", "MAG3", "MAG4")}
        for name in ("MAG2", "MAG3"):
            self.disks[name].prepare()
        self.paths = slices(self.disks["MAG2"].root / "DICOM/20251120/CT0001-00012345", 12)
        shutil.copytree(self.disks["MAG2"].root / "DICOM", self.disks["MAG3"].root / "DICOM")
        self.volumes = Volumes(list(self.disks.values()))
        equaliser = Equaliser(centre, own, self.volumes, Actor(), folder / "r", young_s=-1, rest=0)
        for name in ("MAG2", "MAG3"):
            with own.writing() as conn:
                walks.ask(conn, Conditions(name))
            with own.reading() as conn:
                asked = walks.next_open(conn)
            assert asked is not None
            equaliser.go_on(asked, threading.Event())

    def replacing(self) -> ReplaceDisk:
        return ReplaceDisk(self.centre, self.own, self.volumes, Actor(who="someone"))

    def places(self) -> dict[str, int]:
        """Images by the volume that their own row names."""
        with self.centre.reading() as conn:
            found = [each for study in images.find_studies(conn) for each in images.instances_of_study(conn, study.id)]
        for each in found:
            if each.volume == "MAG4":
                assert sha256_of(self.disks["MAG4"].file(each.path)) == each.sha256
        return {name: sum(each.volume == name for each in found) for name in {each.volume for each in found}}

    def further(self) -> dict[str, int]:
        with self.centre.reading() as conn:
            rows = [row.volume for row in conn.execute(copies.select())]
        return {name: rows.count(name) for name in set(rows)}


@pytest.fixture
def ward(tmp_path: Path, centre: Store, local: Store) -> Ward:
    return Ward(tmp_path, centre, local)


def nothing(part: float) -> None:
    assert 0 <= part <= 1


def test_a_failing_disk_is_replaced_from_its_mirror(ward: Ward) -> None:
    ward.paths[3].write_bytes(b"rotten")
    ward.paths[4].unlink()
    steps = ward.replacing()
    chosen = steps.choose("MAG2")
    assert (chosen.images, chosen.only_here, chosen.step) == (12, 0, "check")
    steps.check("MAG4")
    assert (ward.disks["MAG4"].root / "volume-id.txt").read_text().split()[0] == "MAG4"
    assert steps.copy(nothing).step == "prove"
    assert steps.prove(nothing).step == "switch"
    assert ward.places() == {"MAG2": 12}
    assert steps.switch().step == "done"
    assert ward.places() == {"MAG4": 12}
    assert ward.further() == {"MAG3": 12}
    assert search_volume(ward.disks["MAG4"].root)[0].instances == 12
    with ward.centre.reading() as conn:
        assert {row.id: row.state for row in conn.execute(volumes.select())}["MAG2"] == "retired"
        assert [each.action for each in audit.events(conn)][0] == "disk replaced"
        assert audit.verify(conn) == []


def test_every_step_can_be_broken_off(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.flow.replace_disk.AT_ONCE", 3)
    ward.replacing().choose("MAG2")
    ward.replacing().check("MAG4")
    for step in ("copy", "prove"):
        for looks in (2, 5):
            left = [looks]

            def stopping(part: float, left: list[int] = left) -> None:
                left[0] -= 1
                if left[0] < 0:
                    raise Stopped

            with pytest.raises(Stopped):
                getattr(ward.replacing(), step)(stopping)
            assert plan_of(ward.own).step == step
        getattr(ward.replacing(), step)(nothing)
    ward.replacing().switch()
    assert ward.places() == {"MAG4": 12}


def test_a_copy_that_went_bad_is_found_and_made_anew(ward: Ward) -> None:
    steps = ward.replacing()
    steps.choose("MAG2")
    steps.check("MAG4")
    steps.copy(nothing)
    bad = ward.disks["MAG4"].root / "DICOM/20251120/CT0001-00012345" / "00007.dcm"
    bad.write_bytes(b"rotten")
    assert steps.prove(nothing).step == "copy"
    assert not bad.exists()
    steps.copy(nothing)
    assert steps.prove(nothing).step == "switch"


def test_images_that_are_nowhere_good_are_not_switched_over_silently(ward: Ward) -> None:
    ward.paths[3].write_bytes(b"rotten")
    shutil.rmtree(ward.disks["MAG3"].root / "DICOM/20251120/CT0001-00012345")
    steps = ward.replacing()
    steps.choose("MAG2")
    steps.check("MAG4")
    assert steps.copy(nothing).lost == 1
    steps.prove(nothing)
    with pytest.raises(Fault) as lost:
        steps.switch()
    assert lost.value.reference == "D433"
    assert steps.switch(although_lost=True).lost == 1
    assert ward.places() == {"MAG2": 1, "MAG4": 11}


def test_only_an_empty_disk_of_ours_is_taken(ward: Ward) -> None:
    steps = ward.replacing()
    steps.choose("MAG2")
    for name, why in (("MAG3", "D432"), ("MAG9", "D431"), ("MAG2", "D431")):
        with pytest.raises(Fault) as refused:
            steps.check(name)
        assert refused.value.reference == why
    with pytest.raises(Fault) as early:
        steps.copy(nothing)
    assert early.value.reference == "D434"
    ward.disks["MAG4"].root.mkdir()
    (ward.disks["MAG4"].root / "photos").mkdir()
    with pytest.raises(Fault):
        steps.check("MAG4")
    assert not (ward.disks["MAG4"].root / "volume-id.txt").exists()


def test_a_new_disk_that_is_pulled_out_is_waited_for(ward: Ward) -> None:
    steps = ward.replacing()
    steps.choose("MAG2")
    steps.check("MAG4")
    root = ward.disks["MAG4"].root
    root.rename(root.with_name("away"))
    root.mkdir()
    with pytest.raises(LinkLost):
        steps.copy(nothing)
    assert list(root.iterdir()) == []
    root.rmdir()
    root.with_name("away").rename(root)
    assert steps.copy(nothing).step == "prove"
