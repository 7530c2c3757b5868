"""Pictures on this PC: safe when they are added, found again after whatever ended the program, tidied in time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kiosk.core.faults import Fault
from kiosk.core.taken import CLIP, SetState
from kiosk.store.engine import Store
from kiosk.store.spool import Spool
from kiosk.store.spool_clip import clip_pictures
from tests.dicom.peers import HANAKO, TARO, a_row
from tests.store.samples import jpeg_bytes
from tests.stores import local, sqlite_templates

__all__ = ["local", "sqlite_templates"]

ROW = a_row(TARO, modality="ES")


@pytest.fixture
def spool(local: Store, tmp_path: Path) -> Iterator[Spool]:
    yield Spool(local, tmp_path / "PICTURES", "es1", "capture")


def again(spool: Spool) -> Spool:
    """As after a start: the same PC."""
    return Spool(spool._own, spool._root, "es1", "capture")


def test_what_was_added_is_there_with_row_and_bytes(spool: Spool) -> None:
    taken = spool.open_set(ROW, number="1001", by="佐藤")
    pictures = [spool.add(taken.id, jpeg_bytes(at), part="胃体部", facts={"picture": at}) for at in range(3)]
    found = again(spool)
    assert found.take_up() == 0
    assert found.pictures(taken.id) == pictures
    assert [each.number for each in pictures] == [1, 2, 3]
    assert [found.path_of(each).read_bytes() for each in pictures] == [jpeg_bytes(at) for at in range(3)]
    kept = found.set_of(taken.id)
    assert (kept.row, kept.number, kept.by, kept.state) == (ROW, "1001", "佐藤", SetState.OPEN)
    assert found.sets([SetState.OPEN]) == [kept]


def test_a_file_without_its_row_is_found_again(spool: Spool) -> None:
    """The program ended between the rename and the commit."""
    taken = spool.open_set(ROW)
    spool.add(taken.id, jpeg_bytes(1))
    folder = spool.folder(taken.id)
    (folder / "0002.jpg").write_bytes(jpeg_bytes(2))
    (folder / "0003.jpg.part").write_bytes(jpeg_bytes(3)[:20])
    found = again(spool)
    assert found.take_up() == 1 and found.take_up() == 0
    assert [each.name for each in found.pictures(taken.id)] == ["0001.jpg", "0002.jpg"]
    assert not (folder / "0003.jpg.part").exists()
    assert found.add(taken.id, jpeg_bytes(4)).number == 3


def test_a_number_is_never_given_twice_even_for_a_file_without_row(spool: Spool) -> None:
    taken = spool.open_set(ROW)
    (spool.folder(taken.id) / "0001.jpg").write_bytes(jpeg_bytes(1))
    assert spool.add(taken.id, jpeg_bytes(2)).number == 2
    assert (spool.folder(taken.id) / "0001.jpg").read_bytes() == jpeg_bytes(1)


def test_folders_tell_whose_they_are_where_the_rows_are_lost(spool: Spool, tmp_path: Path) -> None:
    from kiosk.store.opening import station_store

    taken = spool.open_set(ROW, number="1001")
    spool.assign(taken.id, a_row(HANAKO, modality="ES"), "1002")
    spool.add(taken.id, jpeg_bytes(1))
    (tmp_path / "other").mkdir()
    fresh = station_store(tmp_path / "other")
    try:
        found = Spool(fresh, spool._root, "es1", "capture")
        assert found.take_up() == 1
        kept = found.set_of(taken.id)
        assert kept.row is not None and kept.row.patient == HANAKO and kept.number == "1002"
        assert kept.series_uid == taken.series_uid and len(found.pictures(taken.id)) == 1
        (spool.folder(taken.id) / "set.json").write_text("{", encoding="utf-8")
        fresh.close()
        (tmp_path / "other" / "station.sqlite").unlink()
        fresh = station_store(tmp_path / "other")
        found = Spool(fresh, spool._root, "es1", "capture")
        assert found.take_up() == 1 and found.set_of(taken.id).row is None  # nobody's until somebody says whose
    finally:
        fresh.close()


def test_an_empty_folder_that_was_begun_goes(spool: Spool) -> None:
    (spool._root / "20260101-000000-aaaaaaaa").mkdir(parents=True)
    assert spool.take_up() == 0 and list(spool._root.iterdir()) == []


def test_a_clip_grows_and_is_cut_to_whole_pictures_after_a_power_cut(spool: Spool) -> None:
    taken = spool.open_set(ROW)
    clip = spool.begin_clip(taken.id, facts={"fps": 15})
    for at in range(4):
        clip.write(jpeg_bytes(at), at / 15)
    still = spool.add(taken.id, jpeg_bytes(9))
    made = clip.end()
    assert made is not None and (made.kind, made.number, still.number) == (CLIP, 1, 2)
    assert clip_pictures(spool.path_of(made).read_bytes()) == [jpeg_bytes(at) for at in range(4)]
    cut = spool.begin_clip(taken.id)
    for at in range(3):
        cut.write(jpeg_bytes(at), at / 15)
    path = spool.folder(taken.id) / "0003.mjpeg.part"
    os.truncate(path, path.stat().st_size - 7)
    found = again(spool)
    assert found.take_up() == 1
    [_, _, whole] = found.pictures(taken.id)
    assert (whole.kind, whole.name) == (CLIP, "0003.mjpeg")
    assert clip_pictures(found.path_of(whole).read_bytes()) == [jpeg_bytes(0), jpeg_bytes(1)]
    assert found.begin_clip(taken.id).end() is None  # without a picture there is none


def test_registering_is_owed_from_the_moment_it_is_asked_for(spool: Spool) -> None:
    empty, full = spool.open_set(ROW), spool.open_set(ROW)
    spool.add(full.id, jpeg_bytes(1))
    spool.close_set(empty.id)
    spool.close_set(full.id)
    assert [each.id for each in spool.sets()] == [full.id] and not spool.folder(empty.id).exists()
    assert spool.set_of(full.id).state is SetState.REGISTERING and spool.waiting() == {full.id: ""}
    assert spool.assign(full.id, a_row(HANAKO)).row == ROW  # too late: it may be on its way


def test_undone_pictures_stay_on_the_disk_and_out_of_the_list(spool: Spool) -> None:
    taken = spool.open_set(ROW)
    first, second = spool.add(taken.id, jpeg_bytes(1)), spool.add(taken.id, jpeg_bytes(2))
    spool.mark(taken.id, first.number, deleted=True)
    assert [each.number for each in spool.pictures(taken.id)] == [second.number]
    assert len(spool.pictures(taken.id, deleted=True)) == 2 and spool.path_of(first).exists()


def test_the_same_bytes_once(spool: Spool) -> None:
    taken = spool.open_set(ROW)
    assert spool.add_once(taken.id, jpeg_bytes(1)) == spool.add_once(taken.id, jpeg_bytes(1))
    assert spool.add_once(taken.id, jpeg_bytes(2)).number == 2


def test_copies_go_after_their_days_and_never_before_they_are_registered(local: Store, tmp_path: Path) -> None:
    now = datetime(2026, 11, 25, 9, 0)
    spool = Spool(local, tmp_path / "P", "es1", "capture", clock=lambda: now)
    registered, waiting, open_one = (spool.open_set(ROW) for _ in range(3))
    for each in (registered, waiting, open_one):
        spool.add(each.id, jpeg_bytes(1))
    spool.close_set(registered.id)
    spool.registered(registered.id)
    spool.close_set(waiting.id)
    now += timedelta(days=13)
    assert spool.forget_older(14) == 0
    now += timedelta(days=2)
    assert spool.forget_older(14) == 1
    assert {each.id for each in spool.sets()} == {waiting.id, open_one.id}
    assert not spool.folder(registered.id).exists() and spool.folder(open_one.id).exists()


def test_a_file_made_of_a_picture_is_made_once(spool: Spool) -> None:
    taken = spool.open_set(ROW)
    picture = spool.add(taken.id, jpeg_bytes(1))
    made = [b"first", b"second"]
    path = spool.beside(picture, ".dcm", lambda: made.pop(0))
    assert spool.beside(picture, ".dcm", lambda: made.pop(0)) == path and path.read_bytes() == b"first"


def test_a_folder_that_takes_nothing_is_told(spool: Spool, tmp_path: Path) -> None:
    taken = spool.open_set(ROW)
    folder = spool.folder(taken.id)
    (folder / "set.json").unlink()
    folder.rmdir()
    with pytest.raises(Fault) as why:
        spool.add(taken.id, jpeg_bytes(1))
    assert why.value.reference == "D403" and not spool.pictures(taken.id)


def test_what_is_told_of_a_set_is_readable_json(spool: Spool) -> None:
    taken = spool.open_set(ROW)
    told = json.loads((spool.folder(taken.id) / "set.json").read_text(encoding="utf-8"))
    assert told["row"]["patient"]["kanji"] == TARO.kanji and told["mode"] == "capture"
