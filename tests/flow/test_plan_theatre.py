"""A theatre desk: what it takes back, whom it finds, who changes the masters, what is there while the store is away."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from kiosk.core.faults import LinkLost, Overtaken, Refused
from kiosk.core.operation import Operation, OperationPatient, OperationState, Team
from kiosk.core.patient import Patient
from kiosk.core.theatre_book import WrongTheatreMaster
from kiosk.core.theatre_overlap import TheatreTaken
from kiosk.core.visit import VisitKey
from kiosk.flow.kept_theatre import DAYS, KeptTheatre
from kiosk.flow.plan_theatre import PlanTheatre
from kiosk.store import audit, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.visits import VisitRow

ROOM = "手術室1"


def wanted(clock: str = "09:00", minutes: int = 60, room: str = ROOM, days: int = 3, **more: Any) -> Operation:
    enter = datetime.combine(date.today() + timedelta(days=days), time.fromisoformat(clock))
    patient = OperationPatient("00012346", "髙橋 花子", "タカハシ ハナコ", "F", "1980-12-31", "3階病棟", "A+")
    made = Operation(0, room, enter, enter, enter + timedelta(minutes=minutes), patient, team=Team("見本 一郎"))
    return replace(made, **more)


@pytest.fixture
def desk(centre: Store, local: Store) -> Callable[..., PlanTheatre]:
    """``desk(role)``: a desk at which somebody of that role works."""
    kept = KeptTheatre(centre, local, "0001")

    def one(role: str = "nurse", **how: Any) -> PlanTheatre:
        how = {"turnover_min": 15, "overlap_roles": ["doctor"], "keepers": ["admin"], **how}
        return PlanTheatre(centre, "0001", lambda: Actor("見本", role, "t1"), kept, **how)

    return one


def test_each_act_is_taken_back_once(desk: Callable[..., PlanTheatre], centre: Store) -> None:
    plan = desk()
    made = plan.make(wanted())
    moved = plan.move(made, "手術室2", made.enter + timedelta(hours=1))
    assert plan.undo().operation.room == ROOM
    with pytest.raises(Refused):
        plan.undo()
    now = plan.day(made.day).operations[0]
    changed = plan.change(now, replace(now, diagnosis="胆石症"))
    assert plan.undo().operation.diagnosis == ""
    now = plan.set_time(plan.day(made.day).operations[0], "enter", made.enter)
    assert plan.undo().operation.state is OperationState.PLANNED
    gone = plan.cancel(plan.day(made.day).operations[0], "発熱")
    assert plan.undo().operation.state is OperationState.PLANNED
    gone = plan.cancel(plan.day(made.day).operations[0], "発熱")
    back = plan.restore(gone)
    assert plan.undo().operation.state is OperationState.CANCELLED
    assert moved.version < changed.version < back.version
    told = plan.history(made.id)
    assert [each.what for each in told] == [
        "made", "moved", "changed", "changed", "changed", "timed", "changed", "cancelled", "restored", "cancelled",
        "restored", "cancelled",
    ]  # fmt: skip
    assert told[2].reason == told[-1].reason == "taken back at the same desk" and told[7].reason == "発熱"
    with centre.reading() as conn:
        assert audit.verify(conn) == [] and len(audit.events(conn, patient="|00012346")) == len(told)


def test_what_was_taken_meanwhile_is_not_taken_back(desk: Callable[..., PlanTheatre]) -> None:
    plan, other = desk(), desk()
    made = plan.make(wanted())
    plan.cancel(made, "発熱")
    other.make(wanted("09:30", team=Team("例題 二郎")))
    with pytest.raises(TheatreTaken):
        plan.undo()
    mine = plan.make(wanted("13:00"))
    other.change(mine, replace(mine, remarks="x"))
    with pytest.raises(Overtaken):
        plan.undo()


def test_the_words_of_a_reason_may_be_corrected(desk: Callable[..., PlanTheatre]) -> None:
    plan = desk("doctor")
    plan.make(wanted())
    shared = plan.make(wanted("09:30", room="手術室2"), "応援")
    better = plan.change(shared, replace(shared, remarks="x"), "短時間の応援")
    assert better.overlap_reason == "短時間の応援"
    apart = plan.change(better, replace(better, team=Team("例題 二郎")), "短時間の応援")
    assert apart.overlap_reason == ""  # nothing overlaps any more
    with pytest.raises(TheatreTaken) as taken:
        desk("nurse").change(apart, replace(apart, team=Team("見本 一郎")), "応援")
    assert not taken.value.reason_helps


def test_people_are_found_by_id_and_by_check_up_number(desk: Callable[..., PlanTheatre], centre: Store) -> None:
    plan = desk()
    hanako = Patient("", "00012346", "髙橋 花子", "タカハシ ハナコ", "", "F", date(1980, 12, 31))
    other = Patient("", "100012346", "例題 桜", "レイダイ サクラ", "", "F", date(1990, 1, 1))
    with centre.writing() as conn:
        for number, patient in (("K-001", hanako), ("K-002", other)):
            visits.take_visit(conn, VisitRow(VisitKey("0001", date(2025, 11, 4), number), patient), "list")
    assert [each.patient_id for each in plan.people("00012346")] == ["00012346"]  # not whose ID only holds it
    assert plan.find("K-001") == [] and [each.kana for each in plan.people("K-001")] == ["タカハシ ハナコ"]
    made = plan.make(wanted())
    assert plan.find("K-001") == plan.find("00012346") == plan.find("ﾀｶﾊｼ") == [made]
    assert plan.people("00012346")[0].ward == "3階病棟"  # as the last operation knew it


def test_the_masters_are_kept_by_the_roles_that_may(desk: Callable[..., PlanTheatre]) -> None:
    plan, admin = desk("nurse"), desk("admin")
    with pytest.raises(Refused) as refused:
        plan.change_masters("nurses", None, {"name": "見本 新"})
    assert refused.value.reference == "B430"
    arm = {"name": "C-arm", "count": 1}
    admin.change_masters("equipment", arm, {"name": "C-arm", "count": 2})
    with pytest.raises(Overtaken):  # somebody who still saw one of it
        admin.change_masters("equipment", arm, None)
    with pytest.raises(WrongTheatreMaster):
        admin.change_masters("equipment", None, {"name": "C-arm", "count": 1})
    plan.make(wanted(equipment=("C-arm",)))
    plan.make(wanted(room="手術室2", equipment=("C-arm",), team=Team()))
    with pytest.raises(TheatreTaken):  # a third at the same time
        plan.make(wanted(room="手術室3", equipment=("C-arm",), team=Team()))
    with pytest.raises(Refused) as refused:
        admin.change_masters("rooms", {"name": ROOM}, {"name": "第一手術室"})
    assert refused.value.reference == "B432"
    admin.change_masters("rooms", {"name": "手術室3"}, None)
    assert plan.book().rooms == ("手術室1", "手術室2")


def test_two_weeks_are_kept_for_when_the_store_is_away(
    desk: Callable[..., PlanTheatre], centre: Store, local: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = desk()
    night = plan.make(wanted("22:00", 300, days=2))
    kept = KeptTheatre(centre, local, "0001")
    kept.keep()

    @contextlib.contextmanager
    def away() -> Iterator[None]:
        raise LinkLost("centre")
        yield

    monkeypatch.setattr(centre, "reading", away)
    monkeypatch.setattr(centre, "writing", away)
    seen = plan.day(night.day)
    assert seen.operations == (night,) and seen.seen_at and seen.book.rooms
    assert plan.day(night.day + timedelta(days=1)).operations == (night,)  # it goes on after midnight
    assert night in plan.week(night.day).operations
    with pytest.raises(LinkLost):
        plan.day(date.today() + timedelta(days=DAYS + 1))
    with pytest.raises(LinkLost):
        plan.undo()
    monkeypatch.undo()
    assert plan.undo().operation.state is OperationState.CANCELLED  # it is tried again when the store is back
