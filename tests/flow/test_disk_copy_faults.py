"""C8 to C10 on the disk copy: a disk that is write-protected, full, pulled out, or another one."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.flow import disk_copy
from kiosk.store import volume as volume_module
from kiosk.store.copy_file import copy_file
from kiosk.store.engine import Store
from kiosk.store.volume import Arriving, sha256_of
from tests.flow.copy_disks import CopyDisks
from tests.loop_disk import LoopDisk
from tests.needs import needs, needs_root, only_on_posix

NEVER = threading.Event()


@pytest.fixture
def disks(tmp_path: Path, centre_on_sqlite: Store, local: Store) -> CopyDisks:
    return CopyDisks(tmp_path, centre_on_sqlite, local, size=40_000)


@pytest.fixture
def plugged(disks: CopyDisks, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LoopDisk]:
    """The target as a disk of its own."""
    request.node.add_marker(pytest.mark.may_skip("mounting needs root and a kernel that lets it"))
    disk = LoopDisk(tmp_path / "disk.img", disks.new.root)
    disk.plug_in()
    disks.new.prepare()
    yield disk
    disk.pull_out()


loop = [only_on_posix, needs_root(), needs("mkfs.ext4")]


def with_marks(test: Callable[..., None]) -> Callable[..., None]:
    for mark in loop:
        test = mark(test)
    return test


def pull_out_at(monkeypatch: pytest.MonkeyPatch, disk: LoopDisk, where: str, file: int) -> None:
    """Pull the disk out at the ``file``-th file: before it, in the middle of it, or while its name is given."""
    count = {"files": 0}

    def copying(*said: Any) -> str:
        count["files"] += 1
        if where == "between" and count["files"] == file:
            disk.pull_out()
        return copy_file(*said)

    def writing(self: Arriving, piece: bytes) -> None:
        if where == "inside" and count["files"] == file:
            disk.pull_out()
        write(self, piece)

    def safe(self: Arriving) -> None:
        make_safe(self)
        if where == "naming" and count["files"] == file:
            disk.pull_out()

    write, make_safe = Arriving.write, Arriving.make_safe
    monkeypatch.setattr(disk_copy, "copy_file", copying)
    monkeypatch.setattr(Arriving, "write", writing)
    monkeypatch.setattr(Arriving, "make_safe", safe)


@with_marks
@pytest.mark.parametrize("where", ["between", "inside", "naming"])
def test_c9_a_disk_pulled_out_in_the_middle(
    disks: CopyDisks, plugged: LoopDisk, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    copy = disks.set_up()
    pull_out_at(monkeypatch, plugged, where, 5)
    copy.look(NEVER)
    assert disks.marks() == "F111"
    copy.look(NEVER)
    assert disks.marks() == "F111"
    assert list(disks.new.root.iterdir()) == []  # nothing was written to what is below its mount point
    assert copy.look(NEVER) is None  # it is waited for, not tried again and again
    assert "is not there" in disks.units()[1].error
    monkeypatch.undo()
    plugged.plug_in()
    source = disks.on_source()
    for path, content in disks.on_target().items():  # no half file under a final name
        assert content == source[path]
    disks.copy_all(copy)
    assert disks.marks() == "FFFF"
    assert disks.on_target() == source


@with_marks
def test_c8_a_write_protected_disk_is_named(disks: CopyDisks, plugged: LoopDisk) -> None:
    copy = disks.set_up()
    copy.look(NEVER)
    plugged.write_protect()
    copy.look(NEVER)
    assert disks.marks() == "F111"
    unit = disks.units()[1]
    assert "can't be written to" in unit.error
    assert str(disks.new.root) in str(dict(unit.error_values)) or "BUP" in str(dict(unit.error_values))


@with_marks
def test_a_full_disk_leaves_the_unit_to_do(disks: CopyDisks, plugged: LoopDisk) -> None:
    copy = disks.set_up()
    filler = disks.new.root / "filler"
    with open(filler, "wb") as file:
        while shutil.disk_usage(disks.new.root).free > 70_000:
            file.write(bytes(16_384))
            file.flush()
    copy.look(NEVER)
    assert disks.marks() == "1111"
    assert "is full" in disks.units()[0].error
    filler.unlink()
    disks.copy_all(copy)
    assert "1" not in disks.marks()[1:]


def test_c8_a_disk_that_gives_errors(disks: CopyDisks, monkeypatch: pytest.MonkeyPatch) -> None:
    disks.new.prepare()
    copy = disks.set_up()

    def failing(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(volume_module.os, "fsync", failing)
    copy.look(NEVER)
    monkeypatch.undo()
    assert disks.marks() == "1111"
    assert "can't be written to" in disks.units()[0].error
    assert disks.on_target() == {}
    assert list((disks.new.root / "incoming").iterdir()) == []


def test_c10_another_disk_at_the_same_place_is_not_written_to(disks: CopyDisks) -> None:
    disks.new.prepare()
    copy = disks.set_up()
    copy.look(NEVER)
    (disks.new.root / "volume-id.txt").write_text("MAG7\n")
    before = sorted(disks.on_target())
    assert copy.look(NEVER) is None
    assert disks.marks() == "F111"
    assert sorted(disks.on_target()) == before
    (disks.new.root / "volume-id.txt").unlink()  # a disk nobody knows
    assert copy.look(NEVER) is None
    assert sorted(disks.on_target()) == before
    (disks.new.root / "volume-id.txt").write_text("BUP\n")
    assert copy.look(NEVER) is not None
    assert disks.marks() == "FF11"


def test_c10_swapped_in_the_middle_of_a_unit(disks: CopyDisks, monkeypatch: pytest.MonkeyPatch) -> None:
    disks.new.prepare()
    copy, done = disks.set_up(), []

    def swapping(*said: Any) -> str:
        done.append(said)
        if len(done) == 2:
            (disks.new.root / "volume-id.txt").write_text("MAG7\n")
        return copy_file(*said)

    monkeypatch.setattr(disk_copy, "copy_file", swapping)
    copy.look(NEVER)
    assert disks.marks() == "1111"
    assert len(disks.on_target()) == 1
    assert sha256_of(disks.new.file(next(iter(disks.on_target())))) == sha256_of(disks.paths[0])
