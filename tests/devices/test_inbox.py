"""The list is read when its .lok stands and it no longer changes, and only then."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from kiosk.core.checkup_list import ListRow, read_checkup_list
from kiosk.core.list_settings import ListSettings
from kiosk.devices.inbox.contract import Changed, Delivery, InboxGone, NotPutAway, Why
from kiosk.devices.inbox.simulator import GAIJI, CheckupSystem, list_bytes, sample_rows
from kiosk.devices.inbox.watched_folder import WatchedFolder

NAME = "1124_yoyaku.csv"
DAY = date(2026, 11, 24)


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def system(tmp_path: Path) -> CheckupSystem:
    return CheckupSystem(tmp_path / "in")


@pytest.fixture
def inbox(tmp_path: Path, clock: Clock, system: CheckupSystem) -> WatchedFolder:
    return WatchedFolder(tmp_path / "in", clock=clock, now=lambda: datetime(2026, 11, 24, 8, 0, 1))


def looks(inbox: WatchedFolder, clock: Clock, times: int = 3) -> list[Delivery]:
    """Look a few times, two seconds apart; what is ready at the end."""
    found = inbox.look()
    for _ in range(times):
        clock.now_s += 2
        found = inbox.look()
    return list(found.ready)


def why(inbox: WatchedFolder) -> dict[str, Why]:
    return {each.name: each.why for each in inbox.look().waiting}


def test_a_list_without_lok_is_never_ready(inbox: WatchedFolder, clock: Clock, system: CheckupSystem) -> None:
    system.appear(NAME)
    system.grow(NAME, b"x")
    assert looks(inbox, clock, 100) == []
    assert why(inbox) == {NAME: Why.NO_LOK}
    (waiting,) = inbox.look().waiting
    assert waiting.since_s == 200


def test_a_list_is_ready_when_its_lok_stands_and_both_rested(
    inbox: WatchedFolder, clock: Clock, system: CheckupSystem
) -> None:
    system.deliver(NAME, b"x,y")
    assert not inbox.look().ready  # one look can't tell that nothing changes
    clock.now_s = 1.9
    assert why(inbox) == {NAME: Why.GROWING}
    clock.now_s = 2.0
    assert [each.name for each in inbox.look().ready] == [NAME]


def test_a_growing_list_is_waited_for(inbox: WatchedFolder, clock: Clock, system: CheckupSystem) -> None:
    system.deliver(NAME, b"x")
    for _ in range(10):
        assert not looks(inbox, clock, 0)
        clock.now_s += 60
        system.grow(NAME, b"y")
    assert len(looks(inbox, clock)) == 1


def test_a_lok_without_a_list_is_told(inbox: WatchedFolder, clock: Clock, system: CheckupSystem) -> None:
    system.finish(NAME)
    assert looks(inbox, clock) == []
    assert why(inbox) == {"1124_yoyaku.lok": Why.NO_CSV}


def test_a_list_that_is_newer_than_its_lok_rests_longer(
    inbox: WatchedFolder, clock: Clock, system: CheckupSystem, tmp_path: Path
) -> None:
    lok = system.finish(NAME)
    old = lok.stat().st_mtime - 3600
    os.utime(lok, (old, old))
    system.appear(NAME)
    assert looks(inbox, clock, 5) == []
    assert len(looks(inbox, clock, 10)) == 1


@pytest.mark.parametrize("suffix", [".lok", ".LOK", ".Lok"])
@pytest.mark.parametrize("name", ["list.csv", "LIST.CSV", "予約.csv"])
def test_letters_in_any_case(
    inbox: WatchedFolder, clock: Clock, system: CheckupSystem, tmp_path: Path, name: str, suffix: str
) -> None:
    system.appear(name)
    (tmp_path / "in" / (name[:-4].lower() + suffix)).write_bytes(b"")
    (ready,) = looks(inbox, clock)
    assert ready.name == name
    inbox.put_away(ready)
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["done"]


def test_fetching_copies_and_proves(inbox: WatchedFolder, clock: Clock, system: CheckupSystem, tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    system.deliver(NAME, data)
    (ready,) = looks(inbox, clock)
    assert inbox.fetch(ready, tmp_path / "spool" / "copy") == hashlib.sha256(data).hexdigest()
    assert (tmp_path / "spool" / "copy").read_bytes() == data


def replaced(path: Path) -> None:
    path.with_suffix(".new").write_bytes(b"other")
    os.replace(path.with_suffix(".new"), path)


def appended(path: Path) -> None:
    with open(path, "ab") as handle:
        handle.write(b"more")


@pytest.mark.parametrize("change", [replaced, appended, Path.unlink])
def test_a_list_that_changed_since_it_was_found_is_not_taken(
    inbox: WatchedFolder, clock: Clock, system: CheckupSystem, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    system.deliver(NAME, b"x,y")
    (ready,) = looks(inbox, clock)
    change(tmp_path / "in" / NAME)
    with pytest.raises(Changed):
        inbox.fetch(ready, tmp_path / "copy")
    assert (tmp_path / "in" / "1124_yoyaku.lok").exists()


def test_putting_away_moves_list_and_takes_lok(
    inbox: WatchedFolder, clock: Clock, system: CheckupSystem, tmp_path: Path
) -> None:
    for _ in range(2):  # two of one name on one day: both are kept
        system.deliver(NAME, b"x")
        (ready,) = looks(inbox, clock)
        inbox.put_away(ready)
        inbox.put_away(ready)  # again, as after a crash
    kept = sorted(path.name for path in (tmp_path / "in" / "done" / "20261124").iterdir())
    assert kept == ["1124_yoyaku-080001-2.csv", NAME]
    assert not inbox.look().waiting and not inbox.look().ready


def test_a_crash_between_the_steps_leaves_a_list_without_lok(
    inbox: WatchedFolder, clock: Clock, system: CheckupSystem, tmp_path: Path
) -> None:
    system.deliver(NAME, b"x")
    (ready,) = looks(inbox, clock)
    (tmp_path / "in" / "1124_yoyaku.lok").unlink()
    assert list(inbox.leftovers()) == [ready]
    inbox.put_away(ready)
    assert not list(inbox.leftovers())


def test_the_next_list_is_not_put_away_with_the_last(
    inbox: WatchedFolder, clock: Clock, system: CheckupSystem, tmp_path: Path
) -> None:
    system.deliver(NAME, b"x")
    (ready,) = looks(inbox, clock)
    system.grow(NAME, b"the next day's")
    inbox.put_away(ready)
    assert (tmp_path / "in" / NAME).exists() and why(inbox) == {NAME: Why.NO_LOK}


def test_what_cannot_be_put_away_is_told_and_tried_again(tmp_path: Path, clock: Clock, system: CheckupSystem) -> None:
    (tmp_path / "blocked").write_bytes(b"a file where the folder should be")
    inbox = WatchedFolder(tmp_path / "in", clock=clock, done=tmp_path / "blocked")
    system.deliver(NAME, b"x")
    (ready,) = looks(inbox, clock)
    with pytest.raises(NotPutAway, match="L213"):
        inbox.put_away(ready)
    (tmp_path / "blocked").unlink()
    inbox.put_away(ready)
    assert not (tmp_path / "in" / NAME).exists()


def test_keeping_takes_only_the_lok(tmp_path: Path, clock: Clock, system: CheckupSystem) -> None:
    inbox = WatchedFolder(tmp_path / "in", clock=clock, keep=True)
    system.deliver(NAME, b"x")
    (ready,) = looks(inbox, clock)
    inbox.put_away(ready)
    assert [path.name for path in (tmp_path / "in").iterdir()] == [NAME]
    assert not inbox.look().waiting  # it waits for nothing


def test_a_folder_that_is_away_is_told(tmp_path: Path) -> None:
    inbox = WatchedFolder(tmp_path / "nowhere")
    with pytest.raises(InboxGone, match="L211"):
        inbox.look()
    with pytest.raises(InboxGone):
        list(inbox.leftovers())


def test_the_simulated_list_is_what_real_ones_are() -> None:
    data = list_bytes(sample_rows(DAY, 12))
    assert b"\xf0\x40" in data  # 𠮷, which cp932 lacks
    found = list(read_checkup_list([data], ListSettings(gaiji=GAIJI), institution="0001"))
    rows = [each for each in found if isinstance(each, ListRow)]
    assert len(rows) == len(found) == 12 and not any(row.problems for row in rows)
    assert {"髙橋 花子", "山﨑 一郎", "𠮷田 香", "渡邊 明①"} <= {row.patient.kanji for row in rows}
    assert len({row.patient.patient_id for row in rows}) == 12
    assert {row.key.day for row in rows} == {DAY}
