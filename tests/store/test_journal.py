"""Notices, audit and jobs: numbered in commit order, chained, done once."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from kiosk.store import audit, jobs, notices
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.tables import audit as audit_table


def test_a_notice_is_seen_only_after_its_commit_and_none_is_missed(centre: Store) -> None:
    """Writers of different speed: a reader that follows the numbers sees every notice exactly once."""
    writers, each = 4, 25
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            for number in range(each):
                with centre.writing() as conn:
                    notices.tell(conn, "visits", writer=writer, number=number)
        except BaseException as why:
            failures.append(why)
        finally:
            centre.leave()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    seen: list[tuple[int, int]] = []
    last = 0
    deadline = time.monotonic() + 60
    while len(seen) < writers * each and time.monotonic() < deadline:
        with centre.reading() as conn:
            for notice in notices.after(conn, last):
                seen.append((notice.ids["writer"], notice.ids["number"]))
                last = notice.seq
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(seen) == [(w, n) for w in range(writers) for n in range(each)]


def test_a_rolled_back_notice_never_appears(centre: Store) -> None:
    with pytest.raises(ZeroDivisionError), centre.writing() as conn:
        notices.tell(conn, "visits")
        raise ZeroDivisionError
    with centre.reading() as conn:
        assert notices.after(conn, 0) == []


def test_numbers_are_never_used_again_after_a_sweep(centre: Store) -> None:
    with centre.writing() as conn:
        notices.tell(conn, "a")
        before = notices.newest(conn)
        conn.execute(sa.text("UPDATE notices SET at = 0"))
        notices.sweep(conn)
    with centre.writing() as conn:
        notices.tell(conn, "b")
        assert notices.newest(conn) > before


def test_the_audit_chain_finds_a_changed_and_a_removed_row(centre: Store) -> None:
    for number in range(5):
        with centre.writing() as conn:
            audit.write(
                conn, Actor("見本 花子", "nurse", "reception-1"), "check in", patient="|P1", subject=str(number)
            )
    with centre.reading() as conn:
        assert audit.verify(conn) == []
        assert [event.subject for event in audit.events(conn, patient="|P1")] == ["4", "3", "2", "1", "0"]
    _without_guard(centre, "UPDATE audit SET who = 'x' WHERE seq = 3")
    with centre.reading() as conn:
        assert audit.verify(conn) == ["audit: row 3 was changed or a row before it was removed"]
    _without_guard(centre, "DELETE FROM audit WHERE seq = 2")
    with centre.reading() as conn:
        assert any("rows 2 to 2 are missing" in line for line in audit.verify(conn))


def _without_guard(store: Store, sql: str) -> None:
    """What somebody with the database in their hands could do: switch the triggers off first."""
    with store.writing() as conn:
        if store.is_sqlite:
            conn.execute(sa.text("DROP TRIGGER IF EXISTS audit_no_update"))
            conn.execute(sa.text("DROP TRIGGER IF EXISTS audit_no_delete"))
        else:
            conn.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        conn.execute(sa.text(sql))


@pytest.mark.parametrize("sql", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_the_audit_table(centre: Store, sql: str) -> None:
    with centre.writing() as conn:
        audit.write(conn, Actor(), "x")
    with pytest.raises(exc.DBAPIError, match="append-only"), centre.writing() as conn:
        conn.execute(sa.text(sql))


def test_an_action_whose_audit_row_cannot_be_written_is_rolled_back(centre: Store) -> None:
    with pytest.raises(exc.DBAPIError), centre.writing() as conn:
        notices.tell(conn, "visits")
        conn.execute(audit_table.insert().values(seq=None))
    with centre.reading() as conn:
        assert notices.after(conn, 0) == []


def test_a_job_is_done_once_however_many_ask(centre: Store) -> None:
    with centre.writing() as conn:
        for number in range(20):
            jobs.owe(conn, "send", station="gw", subject=f"uid-{number}", destination="PACS")
            jobs.owe(conn, "send", station="gw", subject=f"uid-{number}", destination="PACS")
    done: list[str] = []
    lock = threading.Lock()

    def work(name: str) -> None:
        while True:
            with centre.writing() as conn:
                job = jobs.claim(conn, "gw", name, kinds=["send"], lease_s=60)
            if job is None:
                break
            with lock:
                done.append(job.subject)
            with centre.writing() as conn:
                assert jobs.settle(conn, job.id, name)
        centre.leave()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == sorted(f"uid-{number}" for number in range(20))
    with centre.reading() as conn:
        assert jobs.counts(conn, "gw") == {"done": 20}


def test_a_job_of_a_dead_worker_is_claimed_again_and_its_late_settle_is_refused(centre: Store) -> None:
    with centre.writing() as conn:
        jobs.owe(conn, "send", station="gw", subject="uid")
        first = jobs.claim(conn, "gw", "dead", kinds=["send"], lease_s=-1)
        second = jobs.claim(conn, "gw", "alive", kinds=["send"], lease_s=60)
        assert first is not None and second is not None and first.id == second.id and second.attempts == 2
        assert not jobs.settle(conn, first.id, "dead")
        assert jobs.settle(conn, second.id, "alive")


def test_a_failed_job_stays_owed_with_its_reason(centre: Store) -> None:
    with centre.writing() as conn:
        jobs.owe(conn, "send", station="gw", subject="uid")
        job = jobs.claim(conn, "gw", "w", kinds=["send"], lease_s=60)
        assert job is not None
        jobs.put_back(conn, job.id, "w", error="no answer", due=time.time() + 3600)
        assert jobs.claim(conn, "gw", "w", kinds=["send"], lease_s=60) is None
        assert jobs.counts(conn, "gw") == {"owed": 1}
