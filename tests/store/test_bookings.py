"""A seat is never given twice (C16): races, moves, holds, and random sequences that keep every invariant."""

from __future__ import annotations

import random
import threading
from datetime import date, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.core.booking import Booker, BookingState, mark, warnings_of
from kiosk.core.booking_book import Kind
from kiosk.core.faults import Overtaken, Refused
from kiosk.core.slot_making import Slot, plan
from kiosk.store import bookings, seats, slot_store, waiting_list
from kiosk.store.booking_tables import booking_changes, slots
from kiosk.store.booking_tables import bookings as bookings_table
from kiosk.store.booking_tables import seats as seats_table
from kiosk.store.engine import Store
from kiosk.store.seats import SlotFull

DAY = date.today() + timedelta(days=7)
CLIENTS, RACES = 20, 1000


def make(store: Store, *slots_wanted: Slot) -> None:
    with store.writing() as conn:
        slot_store.carry_out(conn, "0001", plan({each.key: each for each in slots_wanted}, []))


def ids(store: Store, kind: str = "GASTRO", day: date = DAY) -> list[int]:
    with store.reading() as conn:
        return [each.id for each in slot_store.day_slots(conn, "0001", day, [kind])]


def slot(hour: int = 9, capacity: int = 2, kind: str = "GASTRO", day: date = DAY) -> Slot:
    return Slot(kind, day, time(hour), capacity)


def who(number: int) -> Booker:
    return Booker(f"P{number:05d}", f"見本 {number}", "ミホン", "F", "1980-01-01")


def wrong(store: Store) -> list[str]:
    """What is not as it must always be, a line each."""
    found = []
    with store.reading() as conn:
        by_slot: dict[int, list[Any]] = {}
        for row in conn.execute(sa.select(seats_table)).mappings():
            by_slot.setdefault(row["slot"], []).append(row)
        held = {row["booking"]: row for rows in by_slot.values() for row in rows if row["booking"] is not None}
        for row in conn.execute(sa.select(slots)).mappings():
            given = [each for each in by_slot.get(row["id"], []) if each["booking"] is not None]
            if row["taken"] != len(given):
                found.append(f"slot {row['id']}: {row['taken']} told, {len(given)} given")
        for row in conn.execute(sa.select(bookings_table)).mappings():
            seat = held.get(row["id"])
            if (row["state"] == "cancelled") != (seat is None):
                found.append(f"booking {row['id']}: {row['state']}, seat {seat}")
            if seat is not None and seat["slot"] != row["slot"]:
                found.append(f"booking {row['id']}: its seat is elsewhere")
            capacity = conn.execute(sa.select(slots.c.capacity).where(slots.c.id == row["slot"])).scalar()
            if seat is not None and capacity is not None and seat["number"] > capacity and not row["over_reason"]:
                found.append(f"booking {row['id']}: over capacity without a reason")
            changes = conn.execute(
                sa.select(sa.func.count()).select_from(booking_changes).where(booking_changes.c.booking == row["id"])
            ).scalar_one()  # fmt: skip
            if changes != row["version"]:
                found.append(f"booking {row['id']}: {changes} changes told, version {row['version']}")
    return found


@pytest.mark.usefixtures("long_turns")
def test_many_clerks_one_seat_each_time(centre: Store, soak: float) -> None:
    """Twenty at once for each slot of one seat: exactly one has it, the others are offered what is near."""
    races = RACES if soak == 1.0 else 12
    per_day = 12
    days = [DAY + timedelta(days=at) for at in range(-(-races // per_day))]
    beside = days[-1] + timedelta(days=1)  # seats that nobody races for: there is always something to offer
    make(centre, *(slot(hour, 1, day=day) for day in [*days, beside] for hour in range(7, 7 + per_day)))
    targets = [each for day in days for each in ids(centre, day=day)][:races]
    won: dict[int, list[int]] = {each: [] for each in targets}
    losers: list[SlotFull] = []
    strange: list[BaseException] = []
    turn = threading.Lock()
    start = threading.Barrier(CLIENTS)

    def clerk(number: int) -> None:
        start.wait(30)
        for target in targets:
            try:
                with centre.writing() as conn:
                    made = bookings.book(conn, target, who(number), f"clerk {number}")
                with turn:
                    won[target].append(made.id)
            except SlotFull as full:
                with turn:
                    losers.append(full)
            except BaseException as why:
                with turn:
                    strange.append(why)
        centre.leave()

    threads = [threading.Thread(target=clerk, args=(number,), name=f"clerk-{number}") for number in range(CLIENTS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(600)
    assert strange == []
    assert all(len(each) == 1 for each in won.values()), "a seat was given twice, or to nobody"
    assert len(losers) == (CLIENTS - 1) * len(targets)
    assert all(len(each.nearest) == 3 for each in losers) and wrong(centre) == []


def test_the_loser_is_offered_the_nearest_and_a_holder_is_named(centre: Store) -> None:
    make(centre, slot(9, 1), slot(10, 1), slot(11, 1), slot(14, 1), slot(9, 1, day=DAY + timedelta(days=1)))
    nine, ten, eleven, fourteen = ids(centre)
    with centre.writing() as conn:
        bookings.book(conn, ten, who(1), "a")
    with centre.writing() as conn, pytest.raises(SlotFull) as why:
        bookings.book(conn, ten, who(2), "b")
    assert [each.id for each in why.value.nearest] == [nine, eleven, fourteen] and why.value.reason == "full"
    with centre.writing() as conn:
        seats.hold_seat(conn, nine, "h1", "山田")
    with centre.writing() as conn, pytest.raises(SlotFull) as why:
        bookings.book(conn, nine, who(2), "b")
    assert why.value.holder == "山田" and why.value.reason == "held"
    with centre.writing() as conn:
        assert bookings.book(conn, nine, who(3), "山田", hold="h1").seat == 1
    assert wrong(centre) == []


def test_holds_run_out_and_can_be_kept_up(centre: Store) -> None:
    make(centre, slot(9, 1))
    [nine] = ids(centre)
    with centre.writing() as conn:
        held = seats.hold_seat(conn, nine, "h1", "山田", now=1000.0)
        assert held.until == 1000.0 + seats.HOLD_S and seats.held_in(conn, nine, 1001.0) == 1
        assert seats.keep_holding(conn, "h1", now=1100.0) and seats.held_in(conn, nine, 1100.0 + seats.HOLD_S - 1) == 1
        assert seats.held_in(conn, nine, 1101.0 + seats.HOLD_S) == 0
    with centre.writing() as conn:
        assert bookings.book(conn, nine, who(1), "b").seat == 1  # it ran out long ago
        assert not seats.keep_holding(conn, "h1")
    with centre.writing() as conn, pytest.raises(SlotFull):
        bookings.book(conn, nine, who(2), "山田", hold="h1")  # too late
    assert wrong(centre) == []


def test_move_is_one_step_and_keeps_the_booking(centre: Store) -> None:
    make(centre, slot(9, 1), slot(10, 1))
    nine, ten = ids(centre)
    with centre.writing() as conn:
        first = bookings.book(conn, nine, who(1), "a", comment="x")
        other = bookings.book(conn, ten, who(2), "a")
    with centre.writing() as conn, pytest.raises(SlotFull):
        bookings.move(conn, first.id, ten, "b")
    with centre.reading() as conn:
        assert bookings.booking_of(conn, first.id) == first  # nothing of it happened
    with centre.writing() as conn:
        bookings.cancel(conn, other.id, "b", "本人都合")
        moved = bookings.move(conn, first.id, ten, "b", version=first.version, reason="電話")
    assert (moved.id, moved.slot, moved.at, moved.comment) == (first.id, ten, time(10), "x")
    with centre.writing() as conn, pytest.raises(Overtaken):
        bookings.move(conn, first.id, nine, "c", version=first.version)
    with centre.reading() as conn:
        told = [(each.what, each.by, each.reason) for each in bookings.history(conn, first.id)]
        assert told == [("made", "a", ""), ("moved", "b", "電話")]
        assert bookings.history(conn, first.id)[1].before["at"] == "09:00"
    assert wrong(centre) == []


def test_over_capacity_only_with_a_reason(centre: Store) -> None:
    make(centre, slot(9, 1))
    [nine] = ids(centre)
    with centre.writing() as conn:
        bookings.book(conn, nine, who(1), "a")
        over = bookings.book(conn, nine, who(2), "a", over_reason="主任の許可")
    assert over.seat == 2 and over.over_reason == "主任の許可"
    with centre.reading() as conn:
        assert bookings.history(conn, over.id)[0].reason == "主任の許可"
        [day] = slot_store.month(conn, "0001", "GASTRO", DAY, DAY)
        assert (day.capacity, day.free) == (1, 0)
    assert wrong(centre) == []


def test_cancelling_needs_a_reason_and_can_be_undone(centre: Store) -> None:
    make(centre, slot(9, 1))
    [nine] = ids(centre)
    with centre.writing() as conn:
        made = bookings.book(conn, nine, who(1), "a")
        with pytest.raises(Refused):
            bookings.cancel(conn, made.id, "a", " ")
        bookings.cancel(conn, made.id, "a", "本人都合")
        assert bookings.restore(conn, made.id, nine, "a").state is BookingState.BOOKED
        bookings.cancel(conn, made.id, "a", "本人都合")
        bookings.book(conn, nine, who(2), "a")
        with pytest.raises(SlotFull):
            bookings.restore(conn, made.id, nine, "a")
    assert wrong(centre) == []


def test_a_slot_with_bookings_is_never_removed(centre: Store) -> None:
    make(centre, slot(9, 1), slot(10, 1))
    nine, _ = ids(centre)
    with centre.writing() as conn:
        bookings.book(conn, nine, who(1), "a")
        todo = plan({}, slot_store.standing(conn, "0001", DAY, DAY))
        assert len(todo.conflicts) == 1 and len(todo.remove) == 1
        slot_store.carry_out(conn, "0001", todo)
        [left] = slot_store.day_slots(conn, "0001", DAY)
        assert left.closed and left.taken == 1
        again = plan({slot(9, 1).key: slot(9, 1)}, slot_store.standing(conn, "0001", DAY, DAY))
        slot_store.carry_out(conn, "0001", again)
        assert not slot_store.day_slots(conn, "0001", DAY)[0].closed
    with centre.writing() as conn:
        slot_store.change_slot(conn, nine, closed=True, reason="機器点検")
        with pytest.raises(Refused) as why:
            bookings.book(conn, nine, who(2), "a")
    assert why.value.reference == "B405"
    with centre.reading() as conn:
        assert plan({slot(9, 1).key: slot(9, 1)}, slot_store.standing(conn, "0001", DAY, DAY)).nothing  # by hand


def test_a_seat_freed_while_somebody_removes_the_slot(centre: Store) -> None:
    """A slot that was booked after the plan was made stays."""
    make(centre, slot(9, 1))
    [nine] = ids(centre)
    with centre.reading() as conn:
        todo = plan({}, slot_store.standing(conn, "0001", DAY, DAY))
    with centre.writing() as conn:
        bookings.book(conn, nine, who(1), "a")
    with centre.writing() as conn:
        slot_store.carry_out(conn, "0001", todo)
        assert [each.closed for each in slot_store.day_slots(conn, "0001", DAY)] == [True]
    assert wrong(centre) == []


def test_persons_days_and_links(centre: Store) -> None:
    make(centre, slot(9), slot(10, kind="US"))
    with centre.writing() as conn:
        first = bookings.book(conn, ids_in(conn, "GASTRO"), who(1), "a", linked="dock1", doctor="佐藤")
        bookings.book(conn, ids_in(conn, "US"), who(1), "a", linked="dock1")
        changed = bookings.change(conn, first.id, "a", state=BookingState.ARRIVED, comment="車椅子", who=who(7))
        assert (changed.state, changed.comment, changed.who) == (BookingState.ARRIVED, "車椅子", who(7))
        assert len(bookings.bookings_of_day(conn, "0001", DAY)) == 2 == len(bookings.linked_with(conn, "dock1"))
        assert [each.kind for each in bookings.bookings_of_person(conn, "0001", "P00001")] == ["US"]
        assert bookings.bookings_of_person(conn, "0001", "") == []
        assert bookings.bookings_of_person(conn, "0002", "P00001") == []


def test_a_closed_time_refuses_even_with_a_seat_kept(centre: Store) -> None:
    make(centre, slot(9))
    [nine] = ids(centre)
    with centre.writing() as conn:
        seats.hold_seat(conn, nine, "h1", "山田")
        slot_store.change_slot(conn, nine, closed=True, reason="医師不在")
        for tried in (
            lambda: bookings.book(conn, nine, who(1), "a", hold="h1"), lambda: seats.hold_seat(conn, nine, "h2", "b"),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                tried()
            assert refused.value.reference == "B405"


def test_found_by_id_name_or_kana(centre: Store) -> None:
    make(centre, slot(9), slot(10, kind="US"))
    hanako = Booker("P00001", "見本 花子", "ミホン ハナコ")
    with centre.writing() as conn:
        mine = bookings.book(conn, ids_in(conn, "GASTRO"), hanako, "a")
        bookings.book(conn, ids_in(conn, "US"), Booker("P000011", "例題 一郎", "レイダイ イチロウ"), "a")
        bookings.cancel(conn, mine.id, "a", "本人都合")
        for text in ("P00001", " 見本", "ミホン ハ", "ﾐﾎﾝ", "ミホン ハナコ"):
            assert [each.id for each in bookings.find_bookings(conn, "0001", text, DAY)] == [mine.id], text
        for text in ("", "%", "_ホン", "花子", "P0000"):
            assert bookings.find_bookings(conn, "0001", text, DAY) == [], text
        assert bookings.find_bookings(conn, "0001", "P00001", DAY + timedelta(days=1)) == []
        assert bookings.find_bookings(conn, "0002", "P00001", DAY) == []


def ids_in(conn: sa.Connection, kind: str) -> int:
    return slot_store.day_slots(conn, "0001", DAY, [kind])[0].id


def test_who_waits_is_settled_once(centre: Store) -> None:
    with centre.writing() as conn:
        late = waiting_list.wait_for(conn, "0001", "GASTRO", DAY, DAY + timedelta(days=9), who(1), "a")
        urgent = waiting_list.wait_for(conn, "0001", "GASTRO", DAY, DAY, who(2), "a", priority=1, comment="x")
        waiting_list.wait_for(conn, "0002", "GASTRO", DAY, DAY, who(3), "a")
        assert [each.id for each in waiting_list.waiters(conn, "0001", "GASTRO")] == [urgent, late]
        assert [each.id for each in waiting_list.waiters(conn, "0001", "GASTRO", DAY + timedelta(days=1))] == [late]
        assert waiting_list.settle(conn, urgent, waiting_list.BOOKED)
        assert not waiting_list.settle(conn, urgent, waiting_list.DROPPED)
        [left] = waiting_list.waiters(conn, "0001", "GASTRO", DAY)
        assert left.who == who(1) and left.until == DAY + timedelta(days=9)


def test_marks_and_warnings() -> None:
    assert [mark(free, 8) for free in (8, 3, 2, 1, 0)] == ["○", "○", "△", "△", "×"] and mark(0, 0) == ""
    gastro, barium = Kind("G", "胃カメラ", exclusive=("B",)), Kind("B", "胃透視")
    kinds = {"G": gastro, "B": barium}
    from kiosk.core.booking import Booking

    mine = [Booking(1, 1, 1, "B", DAY, time(9), who(1)), Booking(2, 2, 1, "G", DAY, time(9), who(1))]
    assert [each.what for each in warnings_of(gastro, kinds, mine, DAY)] == ["pair", "twice"]
    assert [each.what for each in warnings_of(barium, kinds, mine[1:], DAY)] == ["pair"]  # told on one side alone
    assert warnings_of(gastro, kinds, mine, DAY + timedelta(days=1)) == []


class Clerks(RuleBasedStateMachine):
    """Random sequences of what clerks do."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.chance = random.Random(1)

    @initialize()
    def begin(self) -> None:
        with self.store.writing() as conn:
            for table in (booking_changes, seats_table, bookings_table, slots):
                conn.execute(table.delete())
        make(self.store, slot(9, 1), slot(10, 2), slot(11, 1, "US"))

    @rule(at=st.integers(0, 2), person=st.integers(1, 4), over=st.booleans())
    def book(self, at: int, person: int, over: bool) -> None:
        why = "可" if over else ""
        self.do(lambda conn: bookings.book(conn, self.slot(conn, at), who(person), "x", over_reason=why))

    @rule(which=st.integers(0, 9), at=st.integers(0, 2))
    def move(self, which: int, at: int) -> None:
        self.do(lambda conn: bookings.move(conn, self.booking(conn, which), self.slot(conn, at), "x"))

    @rule(which=st.integers(0, 9))
    def cancel(self, which: int) -> None:
        self.do(lambda conn: bookings.cancel(conn, self.booking(conn, which), "x", "r"))

    @rule(which=st.integers(0, 9), at=st.integers(0, 2))
    def restore(self, which: int, at: int) -> None:
        self.do(lambda conn: bookings.restore(conn, self.booking(conn, which), self.slot(conn, at), "x"))

    @rule(at=st.integers(0, 2), mark=st.sampled_from(["h1", "h2"]))
    def hold(self, at: int, mark: str) -> None:
        self.do(lambda conn: seats.hold_seat(conn, self.slot(conn, at), mark, "y"))

    @rule(mark=st.sampled_from(["h1", "h2"]))
    def let_go(self, mark: str) -> None:
        self.do(lambda conn: seats.let_go(conn, mark))

    @rule(at=st.integers(0, 2), capacity=st.integers(1, 3), closed=st.booleans())
    def change_slot(self, at: int, capacity: int, closed: bool) -> None:
        def change(conn: sa.Connection) -> None:
            target = self.slot(conn, at)
            least = max([capacity, *conn.execute(
                sa.select(seats_table.c.number).where(seats_table.c.slot == target)).scalars()])  # fmt: skip
            slot_store.change_slot(conn, target, capacity=least, closed=closed)

        self.do(change)

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert wrong(self.store) == []

    def do(self, what: Any) -> None:
        try:
            with self.store.writing() as conn:
                what(conn)
        except (Refused, Overtaken):
            pass

    def slot(self, conn: sa.Connection, at: int) -> int:
        found = slot_store.day_slots(conn, "0001", DAY)
        return found[at % len(found)].id if found else 0

    def booking(self, conn: sa.Connection, which: int) -> int:
        found = list(conn.execute(sa.select(bookings_table.c.id).order_by(bookings_table.c.id)).scalars())
        return found[which % len(found)] if found else 0


def test_random_sequences_keep_every_invariant(centre_on_sqlite: Store, soak: float) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Clerks.store = centre_on_sqlite
    examples = 200 if soak == 1.0 else 12
    how = settings(
        max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )  # fmt: skip
    run_state_machine_as_test(Clerks, settings=how)
