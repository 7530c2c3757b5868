"""Disks that hang, are write-protected, pulled out or exchanged are passed over in time, named, and used again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.disks import DiskState
from kiosk.core.faults import Fault
from kiosk.flow import watch_disks
from kiosk.flow.crew import Crew
from kiosk.flow.disk_book import DiskBook, disk_lines
from kiosk.flow.intake import Intake
from kiosk.flow.watch_disks import DiskWatch, accept_disk
from kiosk.store import local as own_store
from kiosk.store import room, volumes_seen
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import ID_FILE, Volume, Volumes
from kiosk.store.writer import GroupWriter
from tests.loop_disk import LoopDisk
from tests.needs import needs

Wait = Callable[..., Any]


@pytest.fixture
def volumes(tmp_path: Path) -> Volumes:
    return Volumes([Volume(name, tmp_path / name, True) for name in ("MAG1", "MAG2")])


def state(volumes: Volumes, name: str) -> DiskState:
    found = volumes.get(name)
    assert found is not None
    return found.room.shown


def watch(volumes: Volumes, local: Store, centre_on_sqlite: Store, crew: Crew) -> DiskWatch:
    made = DiskWatch(volumes, local, centre_on_sqlite, crew, every_s=0.05)
    made.wait_until_seen(5.0)
    return made


def test_new_disks_are_taken_over_and_remembered_in_both_stores(
    volumes: Volumes, local: Store, centre_on_sqlite: Store, crew: Crew
) -> None:
    watch(volumes, local, centre_on_sqlite, crew)
    assert [state(volumes, each) for each in ("MAG1", "MAG2")] == [DiskState.GOOD] * 2
    one = volumes.get("MAG1")
    assert one is not None
    with local.reading() as conn:
        kept = own_store.seen_last(conn, watch_disks.TOKENS)
    with centre_on_sqlite.reading() as conn:
        seen = volumes_seen.seen_volume(conn, "MAG1")
    assert kept is not None and seen is not None
    assert one.identity() == ("MAG1", kept.body["MAG1"]) == ("MAG1", seen.token)


def test_an_exchanged_disk_gets_nothing_until_somebody_accepts_it(
    volumes: Volumes, local: Store, centre_on_sqlite: Store, crew: Crew, tmp_path: Path, wait_until: Wait
) -> None:
    watch(volumes, local, centre_on_sqlite, crew)
    (tmp_path / "MAG1").rename(tmp_path / "old")
    wait_until(lambda: state(volumes, "MAG1") is DiskState.GONE)
    assert volumes.receiving().id == "MAG2"
    (tmp_path / "MAG1").mkdir()
    (tmp_path / "MAG1" / "incoming").mkdir()  # a folder alone, as under a mount point, is no disk
    (tmp_path / "MAG1" / ID_FILE).write_text("MAG1\nbought yesterday\n")
    wait_until(lambda: state(volumes, "MAG1") is DiskState.OTHER)
    one = volumes.get("MAG1")
    assert one is not None and one.room.why is not None and one.room.why.reference == "D404"
    assert volumes.receiving().id == "MAG2"
    assert not any((tmp_path / "MAG1" / "incoming").iterdir())
    accept_disk(local, centre_on_sqlite, one, Actor("見本", "admin", "gateway"))
    wait_until(lambda: state(volumes, "MAG1") is DiskState.GOOD)
    assert volumes.receiving().id == "MAG1"


def test_two_disks_that_changed_places_are_told_apart(
    volumes: Volumes, local: Store, centre_on_sqlite: Store, crew: Crew, tmp_path: Path, wait_until: Wait
) -> None:
    watch(volumes, local, centre_on_sqlite, crew)
    (tmp_path / "MAG1").rename(tmp_path / "x")
    (tmp_path / "MAG2").rename(tmp_path / "MAG1")
    (tmp_path / "x").rename(tmp_path / "MAG2")
    wait_until(lambda: state(volumes, "MAG1") is state(volumes, "MAG2") is DiskState.OTHER)
    with pytest.raises(Fault) as told:
        volumes.receiving()
    assert told.value.reference == "D405"


def test_a_disk_known_to_the_centre_is_not_made_anew_on_a_new_pc(
    volumes: Volumes, local: Store, centre_on_sqlite: Store, crew: Crew, tmp_path: Path
) -> None:
    with centre_on_sqlite.writing() as conn:
        volumes_seen.note_token(conn, "MAG1", "of the disk that is not connected")
    watch(volumes, local, centre_on_sqlite, crew)
    assert state(volumes, "MAG1") is DiskState.GONE and not (tmp_path / "MAG1").exists()
    assert state(volumes, "MAG2") is DiskState.GOOD


def test_a_disk_that_hangs_is_passed_over_within_the_deadline(
    volumes: Volumes,
    local: Store,
    centre_on_sqlite: Store,
    crew: Crew,
    monkeypatch: pytest.MonkeyPatch,
    wait_until: Wait,
) -> None:
    monkeypatch.setattr(room, "HUNG_S", 0.4)
    watch(volumes, local, centre_on_sqlite, crew)
    book = DiskBook(centre_on_sqlite, local, volumes, "gateway")
    one = volumes.get("MAG1")
    hangs, look = threading.Event(), Volume.look

    def slow(volume: Volume, **how: Any) -> None:
        if volume is one:
            hangs.wait(20)
        look(volume, **how)

    monkeypatch.setattr(Volume, "look", slow)
    began = time.monotonic()
    wait_until(lambda: volumes.receiving().id == "MAG2", 5)
    assert time.monotonic() - began < 3
    assert state(volumes, "MAG1") is DiskState.HUNG
    book.tell()
    assert [each.state for each in disk_lines(local)[0]] == ["hung", "good"]
    hangs.set()
    wait_until(lambda: volumes.receiving().id == "MAG1", 5)


def test_a_retired_disk_takes_nothing(
    volumes: Volumes, local: Store, centre_on_sqlite: Store, crew: Crew, wait_until: Wait
) -> None:
    with centre_on_sqlite.writing() as conn:
        volumes_seen.note_state(conn, "MAG1", DiskState.RETIRED)
    watch(volumes, local, centre_on_sqlite, crew)
    wait_until(lambda: state(volumes, "MAG1") is DiskState.RETIRED)
    assert volumes.receiving().id == "MAG2"
    DiskBook(centre_on_sqlite, local, volumes, "gateway").tell()
    with centre_on_sqlite.reading() as conn:
        assert volumes_seen.retired(conn) == {"MAG1"}, "what was said of it stays"


def test_what_is_told_of_the_disks(volumes: Volumes, local: Store, centre_on_sqlite: Store, crew: Crew) -> None:
    watch(volumes, local, centre_on_sqlite, crew)
    DiskBook(centre_on_sqlite, local, volumes, "gateway").tell()
    lines, at = disk_lines(local)
    assert at and [(each.id, each.state, each.receiving) for each in lines] == [
        ("MAG1", "good", True),
        ("MAG2", "good", False),
    ]
    with centre_on_sqlite.reading() as conn:
        assert set(volumes_seen.history(conn, "2000-01-01")) == {"MAG1", "MAG2"}


@needs("mkfs.ext4", "mount")
def test_a_real_disk_that_is_write_protected_or_pulled_out(
    tmp_path: Path, local: Store, centre_on_sqlite: Store, crew: Crew, wait_until: Wait
) -> None:
    disk = LoopDisk(tmp_path / "disk.img", tmp_path / "MAG1")
    disk.plug_in()
    volumes = Volumes([Volume("MAG1", disk.mounted, True), Volume("MAG2", tmp_path / "MAG2", True)])
    try:
        watch(volumes, local, centre_on_sqlite, crew)
        first = volumes.receiving()
        assert first.id == "MAG1"
        disk.write_protect()
        intake = Intake(centre_on_sqlite, volumes.receiving, GroupWriter(centre_on_sqlite, crew.start), Actor())
        incoming = intake.begin("test")
        assert incoming.path.startswith(str(tmp_path / "MAG2")), "not even this one fails"
        incoming.abandon()
        assert state(volumes, "MAG1") is DiskState.READ_ONLY
        with pytest.raises(Fault) as told:
            first.begin()
        assert told.value.reference == "D403"
        assert volumes.receiving().id == "MAG2", "the very next image goes elsewhere"
        wait_until(lambda: state(volumes, "MAG1") is DiskState.READ_ONLY)
        disk.pull_out()
        wait_until(lambda: state(volumes, "MAG1") is DiskState.GONE)
        disk.plug_in()
        wait_until(lambda: volumes.receiving().id == "MAG1", 10, "it is used again by itself")
    finally:
        assert crew.close(5.0) == []
        disk.pull_out()


def test_what_can_t_be_looked_at_is_told_in_words_and_logged_once(
    tmp_path: Path, local: Store, centre_on_sqlite: Store, crew: Crew
) -> None:
    (tmp_path / "MAG1").write_text("a file where a folder should be")
    volumes = Volumes([Volume("MAG1", tmp_path / "MAG1", True)])
    watched = watch(volumes, local, centre_on_sqlite, crew)
    for _ in range(3):
        watched.look(watched.watched[0])
    assert state(volumes, "MAG1") is DiskState.GONE
    why = watched.watched[0].room.why
    assert why is not None and why.reference == "D403"


def test_a_pc_that_slept_takes_images_at_once_when_it_wakes(
    volumes: Volumes, local: Store, centre_on_sqlite: Store, crew: Crew
) -> None:
    """Its disks were not looked at for long, which is not their fault."""
    DiskWatch(volumes, local, centre_on_sqlite, crew, every_s=60.0).wait_until_seen(5.0)
    for each in volumes:
        each.room.looked_at -= 3600.0
    assert volumes.receiving().id == "MAG1" and state(volumes, "MAG1") is DiskState.GOOD
