"""A database locked or damaged, a clock that jumps: told in words, never a silent empty list (C12, C13, C15)."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from kiosk.core.course import arrived_views
from kiosk.core.faults import Fault, LinkLost
from kiosk.store import audit, engine, image_index, images, jobs, notices, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store, sqlite_module
from kiosk.store.opening import centre_store
from tests.store.samples import CHEST, DAY, facts, row

DAMAGES = 200


# -- C12: another program holds the database --------------------------------------------------------------------------
def test_a_locked_database_is_told_after_the_wait_and_works_again_after_it(
    centre_on_sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert engine.BUSY_WAIT_MS <= 5000
    monkeypatch.setattr(engine, "BUSY_WAIT_MS", 300)
    with centre_on_sqlite.writing() as conn:
        visits.take_visit(conn, row(1), "list")
    other = sqlite_module().connect(str(centre_on_sqlite.path), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    begun = time.monotonic()
    with pytest.raises(LinkLost) as told, centre_on_sqlite.writing() as conn:
        visits.take_visit(conn, row(2), "list")
    assert 0.25 < time.monotonic() - begun < 4
    assert "Another terminal" in told.value.sentence.text
    with centre_on_sqlite.reading() as conn:
        assert len(visits.day_visits(conn, DAY)) == 1, "who only reads is not held up"
    other.execute("COMMIT")
    other.close()
    with centre_on_sqlite.writing() as conn:
        visits.take_visit(conn, row(2), "list")
    with centre_on_sqlite.reading() as conn:
        assert len(visits.day_visits(conn, DAY)) == 2


# -- C13: damaged pages ----------------------------------------------------------------------------------------------
@pytest.fixture
def filled(centre_on_sqlite: Store, tmp_path: Path) -> Path:
    """A store file with 40 studies of 5 images, its log folded in."""
    with centre_on_sqlite.writing() as conn:
        for number in range(1, 41):
            visits.take_visit(conn, row(number, exams=(CHEST,)), "list")
            for image in range(5):
                told = facts(
                    f"1.2.{number}.{image}", study_uid=f"1.2.{number}", series_uid=f"1.2.{number}.0",
                    patient_id=f"P{number:05d}", source=f"CR{number % 3}",
                )  # fmt: skip
                image_index.index_image(
                    conn, told, volume="MAG1", path=f"DICOM/{number}/{image}.dcm", size=9, sha256="0" * 64,
                    arrived_views=arrived_views,
                )  # fmt: skip
            audit.write(conn, Actor(), "image stored", subject=f"1.2.{number}")
    centre_on_sqlite.close()
    assert centre_on_sqlite.path is not None
    line = sqlite_module().connect(str(centre_on_sqlite.path))
    line.execute("PRAGMA journal_mode=DELETE")
    line.close()
    copy = tmp_path / "filled.sqlite"
    shutil.move(centre_on_sqlite.path, copy)
    return copy


QUESTIONS: list[Callable[[Connection], Any]] = [
    images.recent_studies,
    images.unmatched_studies,
    images.sources,
    lambda conn: images.find_studies(conn, "P00017"),
    lambda conn: images.find_studies(conn, since="20200101", modality="CR"),
    lambda conn: images.instances_of_study(conn, 17),
    lambda conn: [images.instance_by_sop_uid(conn, "1.2.17.3")],
    lambda conn: images.instances_after(conn, 0, limit=500),
    lambda conn: visits.day_visits(conn, DAY),
    audit.events,
]


@pytest.mark.expects_errors
def test_damaged_pages_are_told_and_nothing_more_is_written(filled: Path, tmp_path: Path, soak: float) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    chance = random.Random(seed)
    whole = filled.read_bytes()
    pages = len(whole) // 4096
    expected = answers(filled, tmp_path / "whole", whole)
    assert expected[0] is not None and len(expected[0]) == 40
    told = 0
    for _ in range(max(20, round(DAMAGES * soak))):
        damaged = bytearray(whole)
        for page in chance.sample(range(pages), chance.randint(1, max(2, pages // 6))):
            begin = page * 4096 + chance.choice((0, 0, 100, 2000))
            end = min((page + 1) * 4096, begin + chance.choice((40, 500, 4096)))
            damaged[begin:end] = chance.randbytes(end - begin)
        found = answers(filled, tmp_path / "damaged", bytes(damaged))
        for asked, (was, now) in enumerate(zip(expected, found, strict=True)):
            if now is None:
                told += 1
            else:
                assert bool(now) == bool(was), f"seed {seed}: question {asked} is answered by an empty list"
    assert told, f"seed {seed}: no damage was met, the test proves nothing"


def answers(_filled: Path, folder: Path, data: bytes) -> list[Any]:
    """What each question gives; None where it was refused in words. Whatever else is raised fails the test."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "centre.sqlite").write_bytes(data)
    store = centre_store("", folder)
    found: list[Any] = []
    damaged = False
    try:
        for ask in QUESTIONS:
            try:
                with store.reading() as conn:
                    found.append(ask(conn))
            except Fault as why:
                found.append(None)
                damaged = damaged or why.reference == "S303"
        if damaged:
            with pytest.raises(Fault), store.writing() as conn:
                notices.tell(conn, "images")
    finally:
        store.close()
    return found


# -- C15: the clock ---------------------------------------------------------------------------------------------------
def test_what_is_owed_does_not_wait_for_a_clock_that_was_set_back(centre: Store) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 12, 0), tick=False):
        with centre.writing() as conn:
            jobs.owe(conn, "forward", station="gw", subject="waiting", due=time.time() + 60)
            jobs.owe(conn, "forward", station="gw", subject="leased")
            jobs.owe(conn, "other", station="gw", subject="not asked for", due=time.time() + 60)
            assert jobs.claim(conn, "gw", "died", kinds=["forward"], lease_s=120) is not None
    with time_machine.travel(datetime(2026, 11, 25, 9, 0), tick=False), centre.writing() as conn:
        assert jobs.clock_went_back(conn, "gw", 3 * 3600.0, kinds=["forward"]) == 2
    with time_machine.travel(datetime(2026, 11, 25, 9, 3), tick=False), centre.writing() as conn:
        claimed = [jobs.claim(conn, "gw", "me", kinds=["forward", "other"], lease_s=120) for _ in range(3)]
    assert {each.subject for each in claimed if each} == {"waiting", "leased"} and claimed[2] is None


def test_order_is_told_by_number_not_by_the_clock(centre: Store) -> None:
    for hour in (12, 9, 11):
        with time_machine.travel(datetime(2026, 11, 25, hour), tick=False), centre.writing() as conn:
            notices.tell(conn, "images", hour=hour)
            audit.write(conn, Actor(), f"at {hour}")
    with centre.reading() as conn:
        assert [each.ids["hour"] for each in notices.after(conn, 0)] == [12, 9, 11]
        assert [each.action for each in audit.events(conn)] == ["at 11", "at 9", "at 12"] and audit.verify(conn) == []


@pytest.mark.parametrize("year", [2036, 2039, 2052])
def test_years_that_broke_other_programs(centre: Store, year: int) -> None:
    """2036 (NTP), 2038 (32 bits); an era that may have ended by then is no part of a stored date."""
    with time_machine.travel(datetime(year, 2, 8, 9), tick=False):
        with centre.writing() as conn:
            jobs.owe(conn, "forward", station="gw", subject="1")
            told = facts("1.2.1", study_date=f"{year}0208")
            image_index.index_image(
                conn, told, volume="MAG1", path="DICOM/1.dcm", size=9, sha256="0" * 64, arrived_views=arrived_views
            )
            assert jobs.claim(conn, "gw", "me", kinds=["forward"], lease_s=120) is not None
        with centre.reading() as conn:
            (study,) = images.find_studies(conn, since=f"{year}0101")
            assert study.received_at.startswith(f"{year}-02-08T09")


def test_a_lane_notices_the_jump_by_itself(
    local: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from kiosk.flow import hand_out
    from kiosk.flow.crew import Crew

    done = threading.Event()
    offset = [7200.0]
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + offset[0])
    monkeypatch.setattr(hand_out, "POLL_S", 0.02)
    with local.writing() as conn:
        jobs.owe(conn, "print", station="gw", subject="1", due=time.time() + 2.0, local=True)
        notices.tell(conn, "jobs", local=True)
    crew = Crew()
    offset[0] = 0.0  # set back while nothing ran
    hand_out.HandOut(local, "gw", {"print": lambda job: done.set()}, crew, local=True)
    assert done.wait(20), "it would have waited for two hours"
    again = threading.Event()
    hand_out.HandOut(local, "gw", {"copy": lambda job: again.set()}, crew, local=True)
    with local.writing() as conn:
        jobs.owe(conn, "copy", station="gw", subject="2", due=time.time() + 1.0, local=True)
    offset[0] = -3600.0  # and once more, while it runs
    assert again.wait(20)
    assert crew.close(10) == []
