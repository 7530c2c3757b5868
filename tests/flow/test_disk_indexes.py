"""The index on a disk follows the centre's, and a re-equalise list is registered in bulk."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kiosk.core.reequalize import Entry, make_list
from kiosk.flow.equalise import Equaliser
from kiosk.flow.follow_index import IndexFollower, follow
from kiosk.flow.register_list import register_list, save_list
from kiosk.store import found_images, walks
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import Volume, Volumes
from kiosk.store.volume_index import VolumeIndex, search_volume
from kiosk.store.volume_schema import FILE
from tests.scans import slices


@pytest.fixture
def disk(tmp_path: Path) -> Volume:
    made = Volume("MAG2", tmp_path / "MAG2", True)
    made.prepare()
    return made


def equalise(centre: Store, own: Store, disk: Volume, tmp_path: Path) -> None:
    worker = Equaliser(centre, own, Volumes([disk]), Actor(), tmp_path / "r", young_s=-1, rest=0)
    while True:
        with own.reading() as conn:
            asked = walks.next_open(conn)
        if asked is None:
            return
        assert worker.go_on(asked, threading.Event()).state == "done"


def test_what_the_centre_knows_of_a_disk_comes_into_its_index(
    centre: Store, local: Store, disk: Volume, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.flow.follow_index.AT_ONCE", 4)
    slices(disk.root / "DICOM/20251120/CT0001-00012345", 10)
    short = "20251120\\CT0001-00012345"
    register_list(local, Volumes([disk]), [Entry(f"E:\\DICOM\\{short}", short, "MAG2")])
    equalise(centre, local, disk, tmp_path)
    with VolumeIndex(disk.root, "MAG2") as index:
        before = {file.path: file for files in index.every_file() for file in files}
    (disk.root / FILE).unlink()
    assert follow(centre, disk) == 10
    assert follow(centre, disk) == 0
    with VolumeIndex(disk.root, "MAG2") as index:
        after = {file.path: file for files in index.every_file() for file in files}
    assert {path: (each.size, each.sha256, each.mtime_ns) for path, each in after.items()} == {
        path: (each.size, each.sha256, each.mtime_ns) for path, each in before.items()
    }
    assert search_volume(disk.root, "山田")[0].instances == 10
    other = Volume("BUP", tmp_path / "BUP", True)
    other.prepare()
    (other.root / "a.dcm").write_bytes(b"x")
    with centre.writing() as conn:
        found_images.note_copy(conn, 1, "BUP", "a.dcm")
    assert follow(centre, other) == 1
    assert search_volume(other.root)[0].instances == 1


def test_a_disk_that_is_away_is_told_once(
    centre_on_sqlite: Store, disk: Volume, caplog: pytest.LogCaptureFixture
) -> None:
    (disk.root / "volume-id.txt").unlink()
    follower = IndexFollower(centre_on_sqlite, Volumes([disk]))
    follower.look(disk)
    follower.look(disk)
    assert len(caplog.records) == 1
    assert not (disk.root / FILE).exists()


def test_a_list_is_saved_and_registered_in_bulk(
    centre_on_sqlite: Store, local: Store, disk: Volume, tmp_path: Path
) -> None:
    for number in range(3):
        slices(disk.root / f"IMAGE/CT/20100820/CT{number:04d}_9", 2, StudyInstanceUID=f"1.{number}")
    text = "\n".join(f"E:\\DICOM\\20100820\\CT{number:04d}_9" for number in (0, 2, 7))
    entries, wrong = make_list(text, "E:", "\\\\server", "MAG2")
    assert wrong == []
    saved = save_list(tmp_path / "lists", entries)
    assert (saved.name, saved.read_bytes().count(b"\r\n")) == ("Reequalize.txt", 3)
    done = register_list(local, Volumes([disk]), entries)
    assert (done.folders, [each.short for each in done.missing]) == (2, ["20100820\\CT0007_9"])
    equalise(centre_on_sqlite, local, disk, tmp_path)
    with VolumeIndex(disk.root, "MAG2") as index:
        assert index.folders() == ["IMAGE/CT/20100820/CT0000_9", "IMAGE/CT/20100820/CT0002_9"]
