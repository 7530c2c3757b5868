"""The index on a volume: what is put in is found, on any PC, and a damaged one is told and made anew."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.core.faults import Fault
from kiosk.core.study import ImageFacts
from kiosk.store.volume_index import FoundFile, VolumeIndex, instances_on, search_volume
from kiosk.store.volume_schema import FILE

FACTS = ImageFacts(
    "1.2.1", "1.2.840.10008.5.1.4.1.1.2", "1.2", "1.2.9", "CT", "00012345", "", ("MIHON TARO", "見本 太郎", ""), "M",
    "19710402", "20251120", "091500", "A1", "ABDOMEN", 2, "AX", "ABDOMEN", 1, 1, 512, 512, "1.2.840.10008.1.2.1",
    "ISO_IR 192", "CT1", {"ViewPosition": "PA"}, ("bad_date",),
)  # fmt: skip


def file(number: int, **facts: object) -> FoundFile:
    told = replace(FACTS, sop_uid=f"1.2.{number}", instance_number=number, **facts)  # type: ignore[arg-type]
    return FoundFile(told, f"IMAGE/CT/20251120/CT1_00012345/{number:03d}.dcm", 1000 + number, number)


@pytest.fixture
def index(tmp_path: Path) -> VolumeIndex:
    with VolumeIndex(tmp_path, "MAG2", writable=True) as made:
        made.add(file(number) for number in range(1, 6))
        yield made


def test_what_is_put_in_comes_out_as_it_was(index: VolumeIndex) -> None:
    assert index.at(file(3).path) == file(3)
    assert [each for batch in index.every_file(2) for each in batch] == [file(number) for number in range(1, 6)]
    assert index.folder("IMAGE/CT/20251120/CT1_00012345")["002.dcm"].size == 1002
    assert index.counts() == (5, 5)
    assert [(each.day, each.modality, each.files) for each in index.days()] == [("20251120", "CT", 5)]
    assert len(index.of_day("20251120", ["CT", "MR"])) == 5
    assert index.of_day("20251120", ["MR"]) == []


def test_a_file_that_is_put_in_again_is_brought_up_to_date(index: VolumeIndex) -> None:
    index.prove([(file(3).path, "ab" * 32)])
    assert index.counts() == (5, 4)
    assert len(index.unproven(10)) == 4
    index.add([replace(file(3), size=7, sha256="")])
    assert index.at(file(3).path) == replace(file(3), size=7)
    assert index.counts() == (5, 5)


def test_what_is_gone_is_dropped_with_what_held_it(index: VolumeIndex) -> None:
    index.add([replace(file(9, study_uid="1.3", series_uid="1.3.1"), path="loose.dcm")])
    assert index.folders() == ["", "IMAGE/CT/20251120/CT1_00012345"]
    assert index.folders("IMAGE/CT") == ["IMAGE/CT/20251120/CT1_00012345"]
    assert index.at("loose.dcm") is not None
    index.drop(["loose.dcm"])
    index.tidy()
    assert [each.study_uid for each in index.search()] == ["1.2"]
    assert index.folders() == ["IMAGE/CT/20251120/CT1_00012345"]


def test_another_pc_searches_the_disk(index: VolumeIndex, tmp_path: Path) -> None:
    index.add([replace(file(9, study_uid="1.3", patient_id="9_9", study_date="20240101"), path="a/b.dcm")])
    assert [each.study_uid for each in search_volume(tmp_path)] == ["1.2", "1.3"]
    found = search_volume(tmp_path, "見本", since="20250101", until="20251231", modality="CT")[0]
    assert (found.patient_id, found.instances, found.modalities, found.name[1]) == ("00012345", 5, ("CT",), "見本 太郎")
    assert [each.study_uid for each in search_volume(tmp_path, "9_9")] == ["1.3"]
    assert search_volume(tmp_path, "9%9") == []
    assert search_volume(tmp_path, modality="MR") == []
    images = instances_on(tmp_path, "1.2", "MAG2")
    assert [(each.number, each.volume, each.path) for each in images][:1] == [(1, "MAG2", file(1).path)]


@pytest.mark.may_skip("root may write everywhere")
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_disk_that_cannot_be_written_is_searched_all_the_same(index: VolumeIndex, tmp_path: Path) -> None:
    for path in (tmp_path / FILE, tmp_path / "INDEX"):
        path.chmod(0o500)
    assert search_volume(tmp_path)
    (tmp_path / "INDEX").chmod(0o700)


def test_a_disk_without_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Fault) as none:
        search_volume(tmp_path)
    assert none.value.reference == "D411"
    assert not (tmp_path / FILE).exists()


def test_a_damaged_index_is_told_and_made_anew(index: VolumeIndex, tmp_path: Path) -> None:
    index.close()
    (tmp_path / FILE).write_bytes(b"SQLite format 3\0" + b"\xa5" * 60_000)
    with pytest.raises(Fault) as damaged:
        search_volume(tmp_path)
    assert damaged.value.reference == "D412"
    with VolumeIndex(tmp_path, "MAG2", writable=True, anew=True) as again:
        assert again.counts() == (0, 0)


def test_a_write_that_fails_leaves_the_index_as_it_was(index: VolumeIndex) -> None:
    def cut_off():
        yield file(7)
        raise OSError("the disk is gone")

    with pytest.raises(OSError):
        index.add(cut_off())
    index.add([file(8)])
    assert index.at(file(7).path) is None
    assert index.at(file(8).path) == file(8)
