"""The worklist in memory: in step with the store, and there when the store is not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kiosk.core.faults import LinkLost
from kiosk.core.patient import Patient
from kiosk.core.visit import Examination, StepState, VisitKey
from kiosk.core.worklist_query import WorklistQuery, date_span
from kiosk.flow import answer_worklist
from kiosk.flow.answer_worklist import ScheduledSteps
from kiosk.store import notices, visits
from kiosk.store.engine import Store
from tests.stores import *  # noqa: F403
from tests.waiting import wait_until

TARO = Patient("0001", "00012345", "見本 太郎", "ミホン タロウ", "", "M", date(1970, 1, 2))
CHEST = Examination("CHEST", "胸部X線", "胸部", "CR", station_ae="CR1")
ECHO = Examination("ECHO", "超音波", "超音波", "US", station_ae="US1")


def book(store: Store, number: int, day: date, *exams: Examination, tell: bool = True) -> int:
    row = visits.VisitRow(
        VisitKey("0001", day, f"{number:03d}"), replace(TARO, patient_id=f"{number:08d}"), "09:00", exams=exams
    )
    with store.writing() as conn:
        visit = visits.take_visit(conn, row, "list").visit
        if tell:
            notices.tell(conn, "visits", visit=visit, days=[day.isoformat()])
    return visit


class Link:
    """A store whose line can be cut."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.cut = False

    @contextmanager
    def reading(self) -> Iterator[object]:
        if self.cut:
            raise LinkLost("centre")
        with self._store.reading() as conn:
            yield conn

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


@contextmanager
def running(centre: object, local: Store) -> Iterator[ScheduledSteps]:
    steps = ScheduledSteps(centre, local, "健診センター")  # type: ignore[arg-type]
    stop = threading.Event()
    worker = threading.Thread(target=steps.keep_remembering, args=(stop,), name="worklist-memory")
    worker.start()
    try:
        yield steps
    finally:
        stop.set()
        steps.wake()
        worker.join(10)
        assert not worker.is_alive()


def told(steps: ScheduledSteps, **keys: object) -> list[str]:
    query = WorklistQuery(**keys)  # type: ignore[arg-type]
    listed = steps.steps(query)
    return [f"{row.patient.patient_id} {row.modality} {row.state}" for row in listed.index.choose(query, 999).rows]


def test_what_changes_is_told_at_the_next_query(centre: Store, local: Store) -> None:
    today = date.today()
    with running(centre, local) as steps:
        assert told(steps) == []
        visit = book(centre, 1, today, CHEST, ECHO)
        assert told(steps) == ["00000001 CR scheduled", "00000001 US scheduled"]
        with centre.writing() as conn:
            [step, _] = visits.visit_by_id(conn, visit).steps  # type: ignore[union-attr]
            visits.set_step_state(conn, step.id, StepState.DONE)
            notices.tell(conn, "images", study=1, visit=visit, instance=1)
        assert told(steps) == ["00000001 US scheduled"]
        assert told(steps, patient_id="00000001") == ["00000001 CR done", "00000001 US scheduled"]
        book(centre, 1, today, CHEST)  # the course changed: no echo
        assert told(steps) == []
        book(centre, 2, today + timedelta(days=3), CHEST, tell=False)
        with centre.writing() as conn:
            notices.tell(conn, "visits", file=1, days=[(today + timedelta(days=3)).isoformat()])
        assert told(steps) == ["00000002 CR scheduled"]
        book(centre, 3, today, ECHO, tell=False)
        with centre.writing() as conn:
            notices.tell(conn, "visits", file=1, days=[f"2026-01-{day:02d}" for day in range(1, 30)])
        assert told(steps, modalities=("US",)) == ["00000003 US scheduled"]


def test_days_that_are_not_in_memory_come_from_the_store(centre: Store, local: Store) -> None:
    old = date.today() - timedelta(days=100)
    visit = book(centre, 1, old, CHEST)
    with centre.reading() as conn:
        [step] = visits.visit_by_id(conn, visit).steps  # type: ignore[union-attr]
    with running(centre, local) as steps:
        assert told(steps, patient_id="00000001") == []  # last year's order is no order of today
        assert told(steps, accession=step.accession) == ["00000001 CR scheduled"]
        assert told(steps, study_uids=(step.study_uid,)) == ["00000001 CR scheduled"]
        assert told(steps, dates=date_span(f"{old:%Y%m%d}")) == ["00000001 CR scheduled"]
        assert told(steps, dates=date_span(f"-{date.today():%Y%m%d}")) == []


def test_a_store_that_goes_away_leaves_the_list(
    centre_on_sqlite: Store, local: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(answer_worklist, "KEEP_EVERY_S", 0.0)
    book(centre_on_sqlite, 1, date.today(), CHEST)
    link = Link(centre_on_sqlite)
    with running(link, local) as steps:
        assert told(steps) == ["00000001 CR scheduled"]
        assert steps.steps(WorklistQuery()).seen_at == ""
        link.cut = True
        assert told(steps) == ["00000001 CR scheduled"]
        assert steps.steps(WorklistQuery()).seen_at.startswith(date.today().isoformat())
        assert "stays as it was seen" in caplog.text
        link.cut = False
        wait_until(lambda: steps.steps(WorklistQuery()).seen_at == "", 10, "the store is back")
        link.cut = True
    with running(link, local) as steps:  # a restart, the store still away
        assert told(steps) == ["00000001 CR scheduled"]
        assert steps.steps(WorklistQuery()).seen_at
        link.cut = False
        book(centre_on_sqlite, 2, date.today(), ECHO)
        wait_until(lambda: len(told(steps)) == 2, 10, "the new list")


def test_nothing_remembered_is_no_empty_list(centre_on_sqlite: Store, local: Store) -> None:
    link = Link(centre_on_sqlite)
    link.cut = True
    with running(link, local) as steps, pytest.raises(LinkLost):
        steps.steps(WorklistQuery())


def test_a_store_that_hangs_is_not_waited_for(centre_on_sqlite: Store, local: Store) -> None:
    book(centre_on_sqlite, 1, date.today(), CHEST)
    goes_on = threading.Event()
    goes_on.set()

    class Hanging(Link):
        @contextmanager
        def reading(self) -> Iterator[object]:
            assert goes_on.wait(30)
            with super().reading() as conn:
                yield conn

    with running(Hanging(centre_on_sqlite), local) as steps:
        assert told(steps) == ["00000001 CR scheduled"]
        goes_on.clear()
        began = time.monotonic()
        for _ in range(5):
            listed = steps.steps(WorklistQuery())
        assert time.monotonic() - began < 3 * answer_worklist.WAIT_S
        assert len(listed.index) == 1 and listed.seen_at
        goes_on.set()
