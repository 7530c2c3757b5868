"""A byte that flips on any disk is found and mended from another copy; nothing else is touched."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kiosk.flow.crew import Crew
from kiosk.flow.scrub import LOST, REPAIRED, UNREPAIRED, Scrub, scrub_report
from kiosk.store.engine import Store
from tests.flow.disks import Disks

STOP = threading.Event()
NOW = datetime(2026, 11, 25, 21, 0)


@pytest.fixture
def disks(tmp_path: Path, centre_on_sqlite: Store, local: Store, crew: Crew) -> Disks:
    made = Disks(tmp_path, centre_on_sqlite, local, crew)
    made.receive(3)
    made.copy()
    return made


def scrub(disks: Disks, now: datetime = NOW) -> Scrub:
    return Scrub(disks.centre, disks.own, disks.volumes, disks.actor, bytes_s=1e9, every_days=30, now=lambda: now)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_whole_pass_reads_every_copy_once(disks: Disks) -> None:
    report = scrub(disks).go_on(STOP)
    assert (report.files, report.repaired, report.lost, report.found) == (9, 0, 0, ()) and report.ended_at
    assert scrub(disks, NOW + timedelta(days=29)).go_on(STOP) == report, "not again so soon"
    assert scrub(disks, NOW + timedelta(days=31)).go_on(STOP).began_at > report.began_at


@pytest.mark.parametrize("name", ["MAG1", "MAG2", "BUP"])
def test_a_flipped_byte_is_mended_wherever_it_is(disks: Disks, name: str) -> None:
    [path] = [each.path for each in disks.kept()[1].places if each.volume == name]
    flip(disks[name].file(path))
    report = scrub(disks).go_on(STOP)
    assert (report.repaired, report.lost) == (1, 0)
    assert [(each["volume"], each["path"], each["outcome"]) for each in report.found] == [(name, path, REPAIRED)]
    assert disks.places() == [["MAG1", "MAG2", "BUP"]] * 3
    assert scrub_report(disks.own) == report


def test_a_file_that_is_gone_or_short_comes_back(disks: Disks) -> None:
    first, second, _ = disks.kept()
    disks["MAG2"].file(first.places[1].path).unlink()
    short = disks["MAG1"].file(second.own.path)
    short.write_bytes(short.read_bytes()[:100])
    assert scrub(disks).go_on(STOP).repaired == 2
    assert disks.places() == [["MAG1", "MAG2", "BUP"]] * 3


def test_where_no_copy_is_good_it_is_said_and_nothing_is_touched(disks: Disks) -> None:
    image = disks.kept()[0]
    for place in image.places:
        flip(disks[place.volume].file(place.path))
    before = [disks[place.volume].file(place.path).read_bytes() for place in image.places]
    report = scrub(disks).go_on(STOP)
    assert {each["outcome"] for each in report.found} <= {LOST, UNREPAIRED} and report.lost >= 1
    assert [disks[place.volume].file(place.path).read_bytes() for place in image.places] == before


def test_a_copy_on_a_disk_that_is_away_may_still_mend_it(disks: Disks, tmp_path: Path) -> None:
    flip(disks["MAG1"].file(disks.kept()[0].own.path))
    for name in ("MAG2", "BUP"):
        (tmp_path / name).rename(tmp_path / f"{name} away")
    report = scrub(disks).go_on(STOP)
    assert [each["outcome"] for each in report.found] == [UNREPAIRED]
    assert not report.ended_at, "the pass waits for the disks that were away"
    for name in ("MAG2", "BUP"):
        (tmp_path / f"{name} away").rename(tmp_path / name)
    assert scrub(disks).go_on(STOP).ended_at
    assert scrub(disks, NOW + timedelta(days=31)).go_on(STOP).repaired == 1


def test_it_goes_on_where_it_stopped(disks: Disks) -> None:
    steps = iter([True, True, True, False])
    first = scrub(disks).go_on(STOP, lambda: next(steps, False))
    assert 0 < first.files < 9 and not first.ended_at
    second = scrub(disks).go_on(STOP)
    assert second.ended_at and second.began_at == first.began_at
