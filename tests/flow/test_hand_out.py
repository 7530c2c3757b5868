"""The one way out: what is due is done once; what fails stays owed, with its reason and a growing pause."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.core.faults import Fault, LinkLost, NoRoom
from kiosk.flow import hand_out
from kiosk.flow.crew import Crew
from kiosk.flow.hand_out import HandOut, Later
from kiosk.store import jobs, notices
from kiosk.store.engine import Store
from kiosk.store.jobs import Job
from kiosk.store.opening import centre_store

Waits = Callable[..., Any]


def owe(store: Store, subject: str, **changes: Any) -> None:
    with store.writing() as conn:
        jobs.owe(conn, **{"kind": "send", "station": "gw", "subject": subject, "destination": "PACS", **changes})


def state(store: Store) -> dict[str, int]:
    with store.reading() as conn:
        return jobs.counts(conn, "gw")


def row(store: Store, subject: str) -> Any:
    with store.reading() as conn:
        return conn.execute(sa.text("SELECT * FROM jobs WHERE subject = :s"), {"s": subject}).mappings().one()


def test_what_is_owed_is_done_in_order_and_told(centre: Store, crew: Crew, wait_until: Waits) -> None:
    done: list[Job] = []
    owe(centre, "1", body={"visit": 7})
    HandOut(centre, "gw", {"send": done.append}, crew)
    wait_until(lambda: len(done) == 1)
    owe(centre, "2")
    owe(centre, "3")
    wait_until(lambda: state(centre) == {"done": 3})
    assert [(job.subject, job.destination, job.attempts) for job in done] == [
        ("1", "PACS", 1), ("2", "PACS", 1), ("3", "PACS", 1),
    ]  # fmt: skip
    assert done[0].body == {"visit": 7}
    with centre.reading() as conn:
        assert [notice.kind for notice in notices.after(conn, 0)] == ["jobs"] * 3


def test_a_job_owed_in_this_process_is_begun_without_waiting_for_the_next_look(
    centre: Store, crew: Crew, wait_until: Waits
) -> None:
    begun: list[float] = []
    HandOut(centre, "gw", {"send": lambda job: begun.append(time.monotonic())}, crew)
    owe(centre, "warm up")
    wait_until(lambda: begun)
    owed_at = time.monotonic()
    owe(centre, "1")
    wait_until(lambda: len(begun) == 2)
    assert begun[1] - owed_at < 0.7


def test_what_fails_stays_owed_with_its_reason_and_a_growing_pause(
    centre: Store, crew: Crew, wait_until: Waits
) -> None:
    def fail(job: Job) -> None:
        raise LinkLost("PACS 見本 太郎")

    owe(centre, "1")
    HandOut(centre, "gw", {"send": fail}, crew)
    pauses = []
    for attempt in range(1, 7):
        wait_until(lambda attempt=attempt: row(centre, "1")["last_error"] and row(centre, "1")["attempts"] == attempt)  # type: ignore[misc]
        wait_until(lambda: row(centre, "1")["lease_until"] == 0)
        found = row(centre, "1")
        pauses.append(found["due"] - time.time())
        assert found["state"] == "owed" and "見本" not in found["last_error"] and "L503" in found["last_error"]
        with centre.writing() as conn:
            conn.execute(sa.text("UPDATE jobs SET due = 0, last_error = ''"))
    expected = [10, 60, 300, 600, 600, 600]
    assert all(want - 8 < pause <= want for want, pause in zip(expected, pauses, strict=True)), pauses


def test_after_a_failure_the_next_job_is_done(centre: Store, crew: Crew, wait_until: Waits) -> None:
    def sometimes(job: Job) -> None:
        if job.subject == "bad":
            raise Fault("No.")

    owe(centre, "bad")
    owe(centre, "good")
    HandOut(centre, "gw", {"send": sometimes}, crew)
    wait_until(lambda: state(centre) == {"owed": 1, "done": 1})
    assert row(centre, "good")["state"] == "done"


@pytest.mark.expects_errors
def test_a_programming_error_in_a_doer_keeps_the_job_and_the_worker(
    centre: Store, crew: Crew, wait_until: Waits
) -> None:
    def wrong(job: Job) -> None:
        raise ZeroDivisionError

    done: list[Job] = []
    owe(centre, "1")
    owe(centre, "2", kind="print")
    HandOut(centre, "gw", {"send": wrong, "print": done.append}, crew)
    wait_until(lambda: done)
    wait_until(lambda: row(centre, "1")["last_error"].startswith("X"))


def test_only_the_kinds_and_the_station_that_it_is_for(centre: Store, crew: Crew, wait_until: Waits) -> None:
    done: list[Job] = []
    owe(centre, "other kind", kind="print")
    owe(centre, "other station", station="gw2")
    owe(centre, "not due", due=time.time() + 3600)
    owe(centre, "mine")
    HandOut(centre, "gw", {"send": done.append}, crew)
    wait_until(lambda: row(centre, "mine")["state"] == "done")
    assert [job.subject for job in done] == ["mine"]


def test_two_processes_of_a_station_do_each_job_once(
    centre: Store, crew: Crew, tmp_path: Path, wait_until: Waits
) -> None:
    other = centre_store("" if centre.is_sqlite else centre.url, tmp_path)
    done: list[str] = []
    lock = threading.Lock()

    def do(job: Job) -> None:
        with lock:
            done.append(job.subject)

    with centre.writing() as conn:
        for number in range(30):
            jobs.owe(conn, "send", station="gw", subject=f"{number}")
    second = Crew()
    HandOut(centre, "gw", {"send": do}, crew)
    HandOut(other, "gw", {"send": do}, second)
    wait_until(lambda: state(centre) == {"done": 30}, 30)
    assert second.close(10) == []
    other.close()
    assert sorted(done) == sorted(f"{number}" for number in range(30))


def test_what_a_dead_process_had_begun_is_done_after_its_lease(centre: Store, crew: Crew, wait_until: Waits) -> None:
    owe(centre, "1")
    with centre.writing() as conn:
        assert jobs.claim(conn, "gw", "dead", kinds=["send"], lease_s=0.3) is not None
    done: list[Job] = []
    HandOut(centre, "gw", {"send": done.append}, crew)
    wait_until(lambda: state(centre) == {"done": 1})
    assert done[0].attempts == 2


@pytest.mark.expects_errors
@pytest.mark.parametrize(
    "trouble", [ZeroDivisionError(), LinkLost("centre"), NoRoom("centre"), Fault("The database is damaged.")]
)
def test_trouble_with_the_store_does_not_end_the_worker(
    centre: Store, crew: Crew, wait_until: Waits, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    done: list[Job] = []
    met: list[Exception] = []
    reading = centre.reading

    def away() -> Any:
        met.append(trouble)
        raise trouble

    monkeypatch.setattr(centre, "reading", away)
    HandOut(centre, "gw", {"send": done.append}, crew)
    wait_until(lambda: met)
    monkeypatch.setattr(centre, "reading", reading)
    owe(centre, "1")
    wait_until(lambda: done)


def test_work_on_this_pcs_own_store(local: Store, crew: Crew, wait_until: Waits) -> None:
    done: list[Job] = []
    with local.writing() as conn:
        jobs.owe(conn, "print", station="gw", subject="page", local=True)
    HandOut(local, "gw", {"print": done.append}, crew, local=True)
    wait_until(lambda: done)

    def settled() -> bool:
        with local.reading() as conn:
            return jobs.counts(conn, "gw", local=True) == {"done": 1}

    wait_until(settled)


def test_it_looks_by_itself_for_what_another_process_owes(
    centre: Store, crew: Crew, tmp_path: Path, wait_until: Waits
) -> None:
    done: list[Job] = []
    HandOut(centre, "gw", {"send": done.append}, crew)
    other = centre_store("" if centre.is_sqlite else centre.url, tmp_path)
    owe(other, "1")
    other.close()
    wait_until(lambda: done, hand_out.POLL_S + 2)


def test_a_lane_does_the_jobs_of_its_destinations_alone(centre: Store, crew: Crew, wait_until: Waits) -> None:
    mine: list[str] = []
    owe(centre, "1", destination="GOOD")
    owe(centre, "2", destination="DEAD")
    HandOut(centre, "gw", {"send": lambda job: mine.append(job.subject)}, crew, only=("GOOD",))
    wait_until(lambda: state(centre) == {"done": 1, "owed": 1})
    assert mine == ["1"]


def test_later_is_no_failure(centre: Store, crew: Crew, wait_until: Waits) -> None:
    seen: list[int] = []

    def not_yet(job: Job) -> None:
        seen.append(job.attempts)
        if len(seen) < 3:
            raise Later(time.time(), "still growing")

    owe(centre, "1")
    HandOut(centre, "gw", {"send": not_yet}, crew)
    wait_until(lambda: state(centre) == {"done": 1})
    assert seen == [1, 1, 1]


def test_a_job_that_is_done_can_be_owed_anew(centre: Store, crew: Crew, wait_until: Waits) -> None:
    done: list[Job] = []
    owe(centre, "1")
    HandOut(centre, "gw", {"send": done.append}, crew)
    wait_until(lambda: state(centre) == {"done": 1})
    owe(centre, "1")
    assert state(centre) == {"done": 1}
    owe(centre, "1", revive=True)
    wait_until(lambda: len(done) == 2)
    owe(centre, "2", due=time.time() + 1000)
    owe(centre, "2", revive=True)
    wait_until(lambda: len(done) == 3)
