"""The nightly disk copy: its order, its window, its rests, and that nothing counts before it is read back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.flow import disk_copy
from kiosk.flow.disk_copy import ask_by_hand, keep_conditions
from kiosk.store import local
from kiosk.store.copy_file import copy_file
from kiosk.store.engine import Store
from kiosk.store.gateway_tables import copies
from kiosk.store.volume_index import VolumeIndex, search_volume
from tests.flow.copy_disks import NOON, CopyDisks


@pytest.fixture
def disks(tmp_path: Path, centre_on_sqlite: Store, local: Store) -> CopyDisks:
    made = CopyDisks(tmp_path, centre_on_sqlite, local)
    made.new.prepare()
    return made


def state(disks: CopyDisks) -> dict[str, object]:
    with disks.own.reading() as conn:
        kept = local.seen_last(conn, disk_copy.STATE)
    return kept.body if kept else {}


def test_it_works_down_the_dates_and_across_the_kinds(disks: CopyDisks) -> None:
    copy, stop = disks.set_up(), threading.Event()
    order = []
    while (unit := copy.look(stop)) is not None:
        order.append((unit.day, unit.kind))
        assert disks.marks() == "F" * len(order) + "1" * (4 - len(order))
    assert order == [("20100820", "CR"), ("20100820", "CT"), ("20100821", "CT"), ("20100822", "CR")]
    assert disks.on_target() == disks.on_source()
    assert [each.files for each in disks.units()] == [3, 3, 3, 3]
    assert len(search_volume(disks.new.root)) == 4
    with VolumeIndex(disks.new.root, "BUP") as index:
        assert index.counts() == (12, 0)
    with disks.centre.reading() as conn:
        assert {(row.volume, row.state) for row in conn.execute(copies.select())} == {("BUP", "good")}
        assert len(conn.execute(copies.select()).all()) == 12


def test_it_keeps_to_its_window_its_rest_and_the_switch(disks: CopyDisks) -> None:
    copy, stop = disks.set_up(), threading.Event()
    disks.now = NOON
    assert copy.look(stop) is None
    assert state(disks)["state"] == "outside"
    first = disks.units()[0]
    ask_by_hand(disks.own, disks.units()[2].id)
    assert copy.look(stop).kind == "CT"  # by hand: this one, at any time
    assert disks.marks() == "11F1"
    assert copy.look(stop) is None
    keep_conditions(disks.own, replace(disks.conditions, allowed=False))
    ask_by_hand(disks.own, first.id)
    assert copy.look(stop) is None  # nothing at all while copying is not allowed
    assert disks.marks() == "11F1"
    ask_by_hand(disks.own, 0)
    disks.now = disks.now.replace(hour=21)
    keep_conditions(disks.own, replace(disks.conditions, rest_s=60))
    copy = disks.started()
    assert copy.look(stop) is not None
    assert copy.look(stop) is None  # it rests
    assert disks.marks() == "F1F1"
    assert disks.started().look(stop) is not None  # a restart has rested


def test_a_window_that_closes_leaves_the_unit_for_the_next_night(
    disks: CopyDisks, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, stop = disks.set_up(), threading.Event()

    def late(*said: object) -> str:
        disks.now = disks.now.replace(hour=23, minute=45)
        return copy_file(*said)  # type: ignore[arg-type]

    monkeypatch.setattr(disk_copy, "copy_file", late)
    copy.look(stop)
    assert disks.marks() == "1111"
    assert "time for copying was over" in disks.units()[0].error
    assert copy.look(stop) is None
    disks.now = disks.now.replace(day=26, hour=20, minute=0)
    monkeypatch.undo()
    assert copy.look(stop).position == 0
    assert disks.marks() == "F111"


def test_a_restart_goes_on_where_it_was(disks: CopyDisks, wait_until: Callable[..., object]) -> None:
    disks.set_up()
    for _ in range(4):
        stop = threading.Event()
        worker = threading.Thread(target=disks.started().work, args=(stop,))
        before = disks.marks().count("F")
        worker.start()
        wait_until(lambda before=before: disks.marks().count("F") > before)
        stop.set()
        worker.join()
    wait_until(lambda: disks.marks() == "FFFF")
    assert disks.on_target() == disks.on_source()


def test_a_list_made_anew_keeps_what_is_finished(disks: CopyDisks) -> None:
    copy = disks.set_up()
    copy.look(threading.Event())
    disks.set_up()
    assert disks.marks() == "F111"


def test_a_damaged_source_is_not_copied_as_good(disks: CopyDisks) -> None:
    copy, stop = disks.set_up(), threading.Event()
    raw = disks.paths[1].read_bytes()
    disks.paths[1].write_bytes(raw[:-1] + b"x")
    copy.look(stop)
    assert disks.marks() == "1111"
    assert "not what was stored" in disks.units()[0].error
    assert len(disks.on_target()) == 2  # the sound ones are there, and need not be copied again
    disks.copy_all(copy)
    assert disks.marks() == "1FFF"  # it had its turn tonight
    disks.paths[1].write_bytes(raw)
    ask_by_hand(disks.own, disks.units()[0].id)
    copy.look(stop)
    assert disks.marks() == "FFFF"


def test_what_cannot_be_read_back_is_taken_away(disks: CopyDisks, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = disks.set_up()

    def rotten(source: object, target: object, path: str, sha256: str) -> str:
        told = copy_file(source, target, path, sha256)  # type: ignore[arg-type]
        file = disks.new.file(path)
        file.write_bytes(file.read_bytes()[:-4])
        return told

    monkeypatch.setattr(disk_copy, "copy_file", rotten)
    copy.look(threading.Event())
    assert disks.marks() == "1111"
    assert "read back" in disks.units()[0].error
    monkeypatch.undo()
    disks.copy_all(copy)
    ask_by_hand(disks.own, disks.units()[0].id)
    copy.look(threading.Event())
    assert disks.on_target() == disks.on_source()
