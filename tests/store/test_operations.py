"""No two operations in one room, no person in two (C16 in the theatre): races of clerks, and random sequences."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.core.faults import Overtaken, Refused
from kiosk.core.operation import Operation, OperationPatient, OperationState, Team
from kiosk.core.theatre_overlap import TheatreRules, TheatreTaken, overlaps
from kiosk.store import notices, operations
from kiosk.store.engine import Store
from kiosk.store.theatre_tables import operation_changes
from kiosk.store.theatre_tables import operations as operations_table

RULES = TheatreRules(10, {"C-arm": 1, "腹腔鏡": 2})
CLERKS, EACH = 8, 60


def day() -> date:
    return date.today() + timedelta(days=7)


def wanted(at: str = "09:00", minutes: int = 60, room: str = "手術室1", surgeon: str = "", **more: Any) -> Operation:
    enter = datetime.combine(day(), time.fromisoformat(at))
    patient = OperationPatient("P00001", "見本 花子", "ミホン ハナコ", "F", "1980-01-01", "3階病棟", "A+")
    made = Operation(
        0, room, enter, enter, enter + timedelta(minutes=minutes), patient, team=Team(surgeon), method="虫垂切除術"
    )  # fmt: skip
    return replace(made, **more)


def every(store: Store) -> list[Operation]:
    with store.reading() as conn:
        return operations.operations_between(conn, "0001", day() - timedelta(days=9), day() + timedelta(days=9))


def wrong(store: Store, rules: TheatreRules = RULES) -> list[str]:
    """What is not as it must always be, a line each."""
    found, there = [], every(store)
    for mine in there:
        for each in overlaps(mine, there, rules):
            if not mine.overlap_reason and not each.other.overlap_reason:
                found.append(f"{mine.id} and {each.other.id}: {each.what} {each.name}")
    with store.reading() as conn:
        for each_one in there:
            told = operations.history(conn, each_one.id)
            if len(told) != each_one.version or told[0].what != "made":
                found.append(f"{each_one.id}: version {each_one.version}, {len(told)} changes told")
    return found


def test_made_moved_changed_timed_cancelled_and_brought_back(centre: Store) -> None:
    full = wanted(
        team=Team("見本 一郎", ("例題 二郎",), "見本 麻子", "見本 春", "例題 夏"), anaesthesia=("全麻", "硬麻"),
        blood=("T&S", "照射RBC"), equipment=("C-arm",), pathology=True, urgent=False, side="R", order="1",
        infection="HBV", allergy="ラテックス", remarks="長い備考" * 50,
    )  # fmt: skip
    with centre.writing() as conn:
        made = operations.make(conn, "0001", full, "a", RULES)
    with centre.reading() as conn:
        assert operations.operation_of(conn, made.id) == made == replace(full, id=made.id)
    with centre.writing() as conn:
        moved = operations.move(conn, made.id, "手術室2", made.enter + timedelta(hours=2), "b", RULES, version=1)
        assert (moved.room, moved.minutes, moved.version) == ("手術室2", made.minutes, 2)
        changed = operations.change(conn, replace(moved, diagnosis="急性虫垂炎"), "b", RULES)
        entered = operations.set_time(conn, made.id, "enter", moved.enter, "c", RULES, version=changed.version)
        assert entered.state is OperationState.ENTERED and entered.diagnosis == "急性虫垂炎"
        for tried in (
            lambda: operations.set_time(conn, made.id, "enter", moved.enter, "c", RULES, version=4),
            lambda: operations.set_time(conn, made.id, "end", moved.enter - timedelta(hours=1), "c", RULES, version=4),
            lambda: operations.move(conn, made.id, "手術室1", moved.enter, "c", RULES, version=4),
            lambda: operations.cancel(conn, made.id, "c", "  ", RULES, version=4),
        ):
            with pytest.raises(Refused):
                tried()
        gone = operations.cancel(conn, made.id, "c", "発熱", RULES, version=4)
        assert gone.state is OperationState.CANCELLED and gone.cancel_reason == "発熱"
        with pytest.raises(Refused):
            operations.move(conn, made.id, "手術室1", made.enter, "c", RULES, version=5)
        back = operations.restore(conn, made.id, "c", RULES, version=5)
        assert back == replace(entered, version=6)
        what = [(each.by, each.what, each.reason) for each in operations.history(conn, made.id)]
        assert what == [("a", "made", ""), ("b", "moved", ""), ("b", "changed", ""), ("c", "timed", ""),
                        ("c", "cancelled", "発熱"), ("c", "restored", "")]  # fmt: skip
        assert operations.history(conn, made.id)[2].after == {"diagnosis": "急性虫垂炎"}
        told = [each for each in notices.after(conn, 0) if each.kind == operations.NOTICE]
        assert [each.ids["operation"] for each in told] == [made.id] * 6
    assert wrong(centre) == []


def test_what_is_taken_names_the_other_operation(centre: Store) -> None:
    with centre.writing() as conn:
        first = operations.make(conn, "0001", wanted(surgeon="見本 一郎"), "a", RULES)
        with pytest.raises(TheatreTaken) as taken:
            operations.make(conn, "0001", wanted("10:05"), "b", RULES)  # the room is being made ready
        assert taken.value.overlaps[0].other == first and "見本 花子" in taken.value.told()
        operations.make(conn, "0001", wanted("10:10"), "b", RULES)
        operations.make(conn, "0002", wanted(), "b", RULES)  # another house
        with pytest.raises(TheatreTaken):
            operations.make(conn, "0001", wanted("09:30", room="手術室2", surgeon="見本　一郎"), "b", RULES)
        allowed = replace(RULES, may_share_people=True)
        shared = wanted("09:30", room="手術室2", surgeon="見本　一郎")
        assert operations.make(conn, "0001", shared, "b", allowed, reason="途中交代").overlap_reason == "途中交代"
        urgent = wanted("09:15", 30, urgent=True)
        assert operations.make(conn, "0001", urgent, "b", RULES, reason="大量出血").overlap_reason == "大量出血"
    assert wrong(centre) == []


def test_a_night_is_guarded_over_midnight(centre: Store) -> None:
    with centre.writing() as conn:
        night = operations.make(conn, "0001", wanted("22:00", 300), "a", RULES)  # until three in the morning
        after = wanted("02:00")
        next_day = replace(after, enter=after.enter + timedelta(days=1), start=after.start + timedelta(days=1),
                           end=after.end + timedelta(days=1))  # fmt: skip
        with pytest.raises(TheatreTaken):
            operations.make(conn, "0001", next_day, "b", RULES)
        tomorrow = day() + timedelta(days=1)
        assert operations.operations_on(conn, "0001", tomorrow) == [night]
        assert operations.operations_on(conn, "0001", tomorrow + timedelta(days=1)) == []


def test_whoever_saw_an_older_version_is_told(centre: Store) -> None:
    with centre.writing() as conn:
        made = operations.make(conn, "0001", wanted(), "a", RULES)
        operations.change(conn, replace(made, remarks="x"), "b", RULES)
    for tried in (
        lambda conn: operations.change(conn, made, "a", RULES),
        lambda conn: operations.move(conn, made.id, "手術室2", made.enter, "a", RULES, version=1),
        lambda conn: operations.cancel(conn, made.id, "a", "x", RULES, version=1),
        lambda conn: operations.set_time(conn, made.id, "enter", made.enter, "a", RULES, version=1),
    ):
        with centre.writing() as conn, pytest.raises(Overtaken):
            tried(conn)


def test_a_fact_is_written_whatever_it_overlaps(centre: Store) -> None:
    """The first one runs over; the second is in the room all the same. New plans go by what is."""
    with centre.writing() as conn:
        first = operations.make(conn, "0001", wanted(), "a", RULES)
        second = operations.make(conn, "0001", wanted("10:30"), "a", RULES)
        at = first.enter + timedelta(minutes=50)
        late = operations.set_time(conn, first.id, "start", at, "a", RULES, version=1)
        assert late.until == at + timedelta(minutes=60)
        operations.change(conn, replace(second, remarks="待機中"), "a", RULES)  # stands where it stood
        done = operations.set_time(conn, first.id, "end", at + timedelta(minutes=5), "a", RULES, version=2)
        assert done.state is OperationState.ENDED
        operations.make(conn, "0001", wanted("10:05", 15), "a", RULES)  # the room was free early


def test_found_by_id_name_or_kana(centre: Store) -> None:
    with centre.writing() as conn:
        made = operations.make(conn, "0001", wanted(), "a", RULES)
        for text in ("P00001", " 見本", "ミホン", "ﾐﾎﾝ"):
            assert operations.find_operations(conn, "0001", text, day()) == [made], text
        for text in ("", "%", "花子", "P0000"):
            assert operations.find_operations(conn, "0001", text, day()) == [], text


@pytest.mark.usefixtures("long_turns")
def test_many_clerks_at_once(centre: Store, soak: float) -> None:
    """Each plans, moves and cancels at random in the same two rooms; nothing overlaps without a reason."""
    strange: list[BaseException] = []
    start = threading.Barrier(CLERKS)
    acts = round(EACH * (10 if soak == 1.0 else 1))

    def clerk(number: int) -> None:
        chance = random.Random(number)
        mine: list[Operation] = []
        start.wait(30)
        for _ in range(acts):
            try:
                with centre.writing() as conn:
                    made = act(conn, chance, mine, number)
                if made is not None:
                    mine[:] = [each for each in mine if each.id != made.id] + [made]
            except TheatreTaken as why:
                if not why.overlaps:
                    strange.append(why)
            except BaseException as why:
                strange.append(why)
        centre.leave()

    threads = [threading.Thread(target=clerk, args=(number,), name=f"clerk-{number}") for number in range(CLERKS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(250)
    assert strange == []
    there = [each for each in every(centre) if each.state.holds_the_room]
    assert len(there) > 10 and len(there) < CLERKS * acts
    assert wrong(centre) == []


@pytest.mark.usefixtures("long_turns")
def test_one_time_is_wanted_by_many_at_the_same_moment(centre: Store, soak: float) -> None:
    """Each round eight clerks want the same room, or the same surgeon in eight rooms: exactly one of them has it."""
    rounds = 400 if soak == 1.0 else 40
    won: list[list[int]] = [[] for _ in range(rounds)]
    strange: list[BaseException] = []
    together = threading.Barrier(CLERKS)
    with centre.writing() as conn:
        operations.lock(conn, "0001", [day().isoformat()])  # the day's row is there: making it is no lock any more

    def clerk(number: int) -> None:
        for turn in range(rounds):
            same_room = turn % 2 == 0
            enter = wanted().enter.replace(hour=0) + timedelta(minutes=30 * turn)
            one = wanted(
                minutes=15, room="手術室1" if same_room else f"手術室{number}", surgeon="" if same_room else "甲"
            )
            together.wait(60)
            try:
                with centre.writing() as conn:
                    won[turn].append(operations.make(conn, "0001", one.moved(one.room, enter), "x", RULES).id)
            except TheatreTaken:
                pass
            except BaseException as why:
                strange.append(why)
        centre.leave()

    threads = [threading.Thread(target=clerk, args=(number,), name=f"clerk-{number}") for number in range(CLERKS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(250)
    assert strange == [] and [len(each) for each in won] == [1] * rounds
    assert wrong(centre) == []


def act(conn: sa.Connection, chance: random.Random, mine: Sequence[Operation], number: int) -> Operation | None:
    at = f"{chance.randint(0, 23):02d}:{chance.choice((0, 15, 30, 45)):02d}"
    room, by = chance.choice(("手術室1", "手術室2")), f"clerk {number}"
    standing = [each for each in mine if each.state.holds_the_room]
    lot = chance.random()
    if lot < 0.6 or not standing:
        made = wanted(at, chance.choice((15, 45, 120, 400)), room, chance.choice(("甲", "乙", "")))
        return operations.make(conn, "0001", replace(made, equipment=("C-arm",) if lot < 0.1 else ()), by, RULES)
    one = chance.choice(standing)
    if lot < 0.85:
        enter = datetime.combine(day() + timedelta(days=chance.randint(-1, 1)), time.fromisoformat(at))
        return operations.move(conn, one.id, room, enter, by, RULES, version=one.version)
    return operations.cancel(conn, one.id, by, "延期", RULES, version=one.version)


class Theatre(RuleBasedStateMachine):
    """Random sequences of what people do, with and without reasons, over a night."""

    store: Store

    @initialize()
    def begin(self) -> None:
        with self.store.writing() as conn:
            for table in (operation_changes, operations_table):
                conn.execute(table.delete())

    @rule(
        at=st.sampled_from(["08:00", "08:30", "09:00", "22:30", "23:45"]), minutes=st.sampled_from([20, 60, 200]),
        room=st.sampled_from(["1", "2"]), who=st.sampled_from(["", "甲", "乙"]), urgent=st.booleans(),
        why=st.sampled_from(["", "出血"]), boss=st.booleans(),
    )  # fmt: skip
    def make(self, at: str, minutes: int, room: str, who: str, urgent: bool, why: str, boss: bool) -> None:
        one = wanted(at, minutes, room, who, urgent=urgent, equipment=("C-arm",) if minutes == 20 else ())
        self.do(lambda conn: operations.make(conn, "0001", one, "x", self.with_boss(boss), reason=why))

    @rule(
        which=st.integers(0, 9),
        by=st.integers(-90, 90),
        room=st.sampled_from(["1", "2"]),
        why=st.sampled_from(["", "a"]),
    )
    def move(self, which: int, by: int, room: str, why: str) -> None:
        def moved(conn: sa.Connection) -> None:
            one = self.one(conn, which)
            enter = one.enter + timedelta(minutes=by * 5)
            operations.move(conn, one.id, room, enter, "x", RULES, version=one.version, reason=why)

        self.do(moved)

    @rule(which=st.integers(0, 9), urgent=st.booleans(), who=st.sampled_from(["", "甲"]), boss=st.booleans())
    def change(self, which: int, urgent: bool, who: str, boss: bool) -> None:
        def changed(conn: sa.Connection) -> None:
            one = replace(self.one(conn, which), urgent=urgent, team=Team(who))
            operations.change(conn, one, "x", self.with_boss(boss), reason="b" if boss else "")

        self.do(changed)

    @rule(which=st.integers(0, 9))
    def cancel(self, which: int) -> None:
        self.do(lambda conn: operations.cancel(
            conn, self.one(conn, which).id, "x", "r", RULES, version=self.one(conn, which).version))  # fmt: skip

    @rule(which=st.integers(0, 9), why=st.sampled_from(["", "c"]))
    def restore(self, which: int, why: str) -> None:
        self.do(lambda conn: operations.restore(
            conn, self.one(conn, which).id, "x", RULES, version=self.one(conn, which).version, reason=why))  # fmt: skip

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert wrong(self.store) == []

    def with_boss(self, boss: bool) -> TheatreRules:
        return replace(RULES, may_share_people=boss)

    def do(self, what: Any) -> None:
        try:
            with self.store.writing() as conn:
                what(conn)
        except (Refused, Overtaken):
            pass

    def one(self, conn: sa.Connection, which: int) -> Operation:
        found = operations.operations_between(conn, "0001", day() - timedelta(days=30), day() + timedelta(days=30))
        if not found:
            raise Refused("none", "")
        return next(itertools.islice(itertools.cycle(found), which, None))


def test_random_sequences_never_overlap_without_a_reason(centre_on_sqlite: Store, soak: float) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Theatre.store = centre_on_sqlite
    how = settings(
        max_examples=200 if soak == 1.0 else 15, stateful_step_count=25, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Theatre, settings=how)
