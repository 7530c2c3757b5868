"""Equalising a disk: foreign layouts become searchable where they lie, differences are told, and it can be resumed."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core.equalising import Conditions
from kiosk.flow.equalise import Equaliser
from kiosk.store import audit, images, walks
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.gateway_tables import copies
from kiosk.store.tables import asides
from kiosk.store.volume import Volume, Volumes, sha256_of
from kiosk.store.volume_index import VolumeIndex, search_volume
from kiosk.store.walks import Walk
from tests.scans import slices

OLD = "IMAGE/CT/20251120/CT1234_00012345"


class Disks:
    """Two disks with a station's stores, and walks over them as they are asked for."""

    def __init__(self, folder: Path, centre: Store, local: Store) -> None:
        self.centre, self.local = centre, local
        self.volumes = [Volume(name, folder / name, True) for name in ("MAG1", "MAG2")]
        for each in self.volumes:
            each.prepare()
        self.one, self.two = (each.root for each in self.volumes)
        self.equaliser = Equaliser(
            centre, local, Volumes(self.volumes), Actor(station="gateway"), folder / "reports", young_s=-1, rest=0
        )

    def ask(self, volume: str = "MAG2", **conditions: object) -> Walk:
        with self.local.writing() as conn:
            number = walks.ask(conn, Conditions(volume, **conditions))  # type: ignore[arg-type]
        return self.walk(number)

    def walk(self, number: int) -> Walk:
        with self.local.reading() as conn:
            found = walks.by_id(conn, number)
        assert found is not None
        return found

    def equalise(self, volume: str = "MAG2", **conditions: object) -> Walk:
        asked = self.ask(volume, **conditions)
        self.equaliser.go_on(asked, threading.Event())
        return self.walk(asked.id)

    def instances(self) -> list[tuple[str, str, str]]:
        with self.centre.reading() as conn:
            found = images.find_studies(conn)
            return [(each.sop_uid, each.volume, each.path) for study in found
                    for each in images.instances_of_study(conn, study.id)]  # fmt: skip

    def rows(self, table: object, *columns: str) -> list[tuple[object, ...]]:
        with self.centre.reading() as conn:
            return [tuple(getattr(row, name) for name in columns) for row in conn.execute(table.select())]  # type: ignore[attr-defined]


@pytest.fixture
def disks(tmp_path: Path, centre: Store, local: Store) -> Disks:
    return Disks(tmp_path, centre, local)


def kinds(walk: Walk) -> list[tuple[str, str]]:
    return sorted((each["kind"], Path(each["path"]).name) for each in walk.shown)


def test_existing_images_become_queryable_where_they_lie(disks: Disks) -> None:
    paths = slices(disks.two / OLD, 30)
    (disks.two / OLD / "Thumbs.db").write_bytes(b"no image")
    before = [path.read_bytes() for path in paths]
    done = disks.equalise()
    assert (done.state, done.files, done.counts) == ("done", 30, {"new": 30, "others": 1})
    assert [path.read_bytes() for path in paths] == before
    found = disks.instances()
    assert len(found) == 30
    assert {(volume, path) for _, volume, path in found} == {("MAG2", f"{OLD}/{path.name}") for path in paths}
    assert search_volume(disks.two, "00012345")[0].instances == 30
    with disks.centre.reading() as conn:
        assert images.instances_of_study(conn, 1)[0].sha256 == sha256_of(paths[0])
        assert [each.action for each in audit.events(conn)] == ["disk equalised"]
        assert audit.verify(conn) == []


def test_a_second_walk_finds_nothing_and_a_third_tells_the_differences(disks: Disks) -> None:
    paths = slices(disks.two / OLD, 6)
    disks.equalise()
    assert disks.equalise(anew=True).counts == {}
    paths[0].unlink()
    raw = paths[1].read_bytes()
    paths[1].write_bytes(raw[:-2] + b"xx")
    os.utime(paths[1], (1, 1))
    paths[2].write_bytes(raw[:705])
    slices(disks.two / "new", 1, StudyInstanceUID="1.2.7", SOPInstanceUID="1.2.7.1.1")
    dry = disks.equalise(report_only=True)
    assert dry.counts == {"gone": 1, "changed": 1, "unreadable": 1, "new": 1}
    assert len(disks.instances()) == 6
    done = disks.equalise()
    assert kinds(done) == [
        ("changed", "00002.dcm"), ("changed", "00002.dcm"), ("gone", "00001.dcm"), ("new", "00001.dcm"),
        ("unreadable", "00003.dcm"),
    ]  # fmt: skip
    report = (disks.one.parent / "reports" / f"equalise-{done.id:04d}.csv").read_text("utf-8-sig")
    assert "unreadable" in report and "cut off" in report
    # What was acknowledged is not forgotten for a file that is gone, nor taken for another that stands in its place.
    assert len(disks.instances()) == 7
    sop_uid = next(uid for uid, _, path in disks.instances() if path.endswith(f"{OLD}/00002.dcm"))
    with disks.centre.reading() as conn:
        changed = images.known_instance(conn, sop_uid)
    assert changed is not None and changed.sha256 != sha256_of(paths[1])


def test_the_same_image_elsewhere_is_a_copy_and_takes_over(disks: Disks) -> None:
    slices(disks.one / "DICOM/20251120/CT0001-00012345", 3)
    disks.equalise("MAG1")
    shutil.copytree(disks.one / "DICOM", disks.two / "DICOM")
    disks.equalise("MAG2")
    assert {row[0] for row in disks.rows(copies, "volume")} == {"MAG2"}
    assert len(disks.rows(copies, "id")) == 3
    shutil.rmtree(disks.one / "DICOM")
    done = disks.equalise("MAG1")
    assert done.counts == {"gone": 3}
    assert {volume for _, volume, _ in disks.instances()} == {"MAG2"}
    assert disks.rows(copies, "id") == []


def test_other_content_under_one_identifier_is_flagged_and_kept(disks: Disks) -> None:
    first = slices(disks.one / "a", 1)[0]
    disks.equalise("MAG1")
    other = disks.two / "b" / "x.dcm"
    other.parent.mkdir()
    other.write_bytes(first.read_bytes()[:-2] + b"zz")
    done = disks.equalise("MAG2")
    assert done.counts == {"new": 1, "other_content": 1}
    assert disks.rows(asides, "volume", "path") == [("MAG2", "b/x.dcm")]
    assert [path for _, _, path in disks.instances()] == ["a/00001.dcm"]
    shutil.copy(first, disks.one / "a" / "again.dcm")
    assert disks.equalise("MAG1").counts == {"new": 1, "twice": 1}
    first.rename(disks.one / "moved.dcm")
    (disks.one / "a" / "again.dcm").unlink()
    disks.equalise("MAG1")
    assert [path for _, _, path in disks.instances()] == ["moved.dcm"]


def test_only_what_the_conditions_name(disks: Disks) -> None:
    slices(disks.two / "IMAGE/CT/20251120/a", 2)
    slices(disks.two / "IMAGE/CR/20240101/b", 2, StudyDate="20240101", Modality="CR", StudyInstanceUID="1.5")
    slices(disks.two / "loose", 2, StudyDate="20230101", StudyInstanceUID="1.6")
    assert disks.equalise(since="20250101", until="20251231").files == 2
    assert disks.equalise(kinds=("CR",)).files == 4  # the two that are known already are counted, not read
    assert disks.equalise(folders=("loose",)).files == 2
    assert search_volume(disks.two, modality="CR")[0].instances == 2


class Breaks(threading.Event):
    """A stop flag that is raised after so many looks at it."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.left = looks

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


@pytest.mark.parametrize("looks", [1, 2, 9, 20, 40])
def test_a_walk_that_was_broken_off_goes_on(disks: Disks, monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    monkeypatch.setattr("kiosk.flow.equalise.HEADERS_AT_ONCE", 5)
    monkeypatch.setattr("kiosk.flow.equalise.CONTENTS_AT_ONCE", 4)
    for number in range(4):
        slices(disks.two / f"f{number}", 7, StudyInstanceUID=f"1.2.{number}", SOPInstanceUID=f"1.9.{number}")
        for at, path in enumerate(sorted((disks.two / f"f{number}").iterdir())):
            path.write_bytes(path.read_bytes().replace(b"1.9.%d" % number, b"1.%d.%d" % (number, at + 1)))
    asked = disks.ask()
    disks.equaliser.go_on(asked, Breaks(looks))
    assert disks.walk(asked.id).state in ("asked", "headers", "contents")
    with disks.local.reading() as conn:
        again = walks.next_open(conn)
    assert again is not None
    disks.equaliser.go_on(again, threading.Event())
    done = disks.walk(asked.id)
    assert (done.state, done.counts["new"]) == ("done", 28)
    assert len(disks.instances()) == 28


def test_a_person_stops_a_walk(disks: Disks) -> None:
    slices(disks.two / OLD, 3)
    asked = disks.ask()
    with disks.local.writing() as conn:
        walks.stop(conn, asked.id)
    assert disks.equaliser.go_on(asked, threading.Event()).state == "stopped"
    assert disks.walk(asked.id).state == "stopped"
    with disks.local.reading() as conn:
        assert walks.next_open(conn) is None


def test_a_disk_that_is_away_is_waited_for_and_another_one_refused(
    disks: Disks, wait_until: Callable[..., object]
) -> None:
    slices(disks.two / OLD, 3)
    away = disks.two.with_name("away")
    disks.two.rename(away)
    disks.two.mkdir()  # the empty mount point that is left
    asked = disks.equalise()
    assert (asked.state, asked.why) == ("waiting", "The disk {whom} is not there.")
    assert list(disks.two.iterdir()) == []
    disks.two.rmdir()
    away.rename(disks.two)
    stop = threading.Event()
    worker = threading.Thread(target=disks.equaliser.work, args=(stop,))
    worker.start()
    wait_until(lambda: disks.walk(asked.id).state == "done")
    stop.set()
    worker.join()
    (disks.two / "volume-id.txt").write_text("MAG9\n")
    refused = disks.equalise()
    assert (refused.state, refused.why) == ("failed", "The disk at {path} is {found}, not {wanted}.")


def test_a_damaged_index_is_made_anew_and_the_centre_from_the_disk(disks: Disks, tmp_path: Path) -> None:
    slices(disks.two / OLD, 5)
    disks.equalise()
    (disks.two / "INDEX" / "volume.sqlite").write_bytes(b"\xa5" * 5000)
    assert disks.equalise().state == "failed"
    assert disks.equalise(anew=True).counts == {"new": 5}
    with VolumeIndex(disks.two, "MAG2") as index:
        assert index.counts() == (5, 0)


def test_a_centre_that_lost_its_index_gets_it_from_the_disks(disks: Disks) -> None:
    slices(disks.two / OLD, 5)
    with VolumeIndex(disks.two, "MAG2", writable=True):
        pass
    disks.equalise()
    before = disks.instances()
    with disks.centre.writing() as conn:
        for table in ("instances", "series", "study_words", "studies"):
            conn.exec_driver_sql(f"DELETE FROM {table}")
    assert disks.equalise().counts == {}
    assert disks.instances() == []
    disks.equalise(whole_centre=True)
    assert disks.instances() == before
