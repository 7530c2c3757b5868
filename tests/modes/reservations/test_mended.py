"""What went wrong once at the reservation window, and does not any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from kiosk.core.booking import Booker
from kiosk.core.words import say
from kiosk.modes.reservations.seat_hold import IDLE_S, SeatHold
from tests.journeys.hands import press, scan
from tests.modes.reservations.clerk import booked, first_free, give_pin, mark, with_slots
from tests.modes.reservations.conftest import PIN, Desk, a_tuesday

Wait = Callable[..., Any]
BOOKER = Booker("00012346", "髙橋 花子", "タカハシ ハナコ", "F", "1980-12-31")


def test_nothing_of_another_day_is_booked(open_window: Callable[..., Any], wait_until: Wait) -> None:
    """A day further and F5 at once: the old sheet is gone with the old day."""
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    mark(window, first_free(window))
    window.form.show(BOOKER)
    window.go_to(day + timedelta(days=1))
    assert window.rows == {} and window.row is None
    window.acts.book()
    wait_until(lambda: window.rows, what="the other day")
    assert window.pc.desk.reserve.find("00012346") == []


def test_a_scan_does_not_turn_a_booking_into_somebody_elses(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = with_slots(open_window(), wait_until, a_tuesday())
    window.pc.know()
    made = window.pc.desk.reserve.make(window.rows[first_free(window)].slot.id, Booker("5", "先客", "センキャク"))
    wait_until(lambda: booked(window), what="booked")
    mark(window, f"b{made.id}")
    press(window.shell, "F5")
    assert window.acts.changing is not None
    scan(window.shell, "00012346")
    wait_until(lambda: "correction" in window.shell.problem.text, what="told to finish first")
    assert window.form.kanji.get() == "先客"
    press(window.shell, "F4")
    assert window.pc.desk.reserve.waiting("GASTRO") == [] and window.acts.changing is not None
    press(window.shell, "Esc")
    assert window.form.empty and window.acts.changing is None


def test_another_examination_only_when_it_is_meant(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    made = window.pc.desk.reserve.make(window.rows[first_free(window)].slot.id, BOOKER)
    wait_until(lambda: booked(window), what="booked")
    mark(window, f"b{made.id}")
    press(window.shell, "F7")
    window.kind.set("ABDOMEN")
    window.refresh()
    wait_until(lambda: window.title.cget("text").endswith("腹部エコー") and window.rows, what="another kind")
    mark(window, first_free(window))
    press(window.shell, "F7")
    wait_until(lambda: window.shell.question is not None, what="asked")
    press(window.shell, "Esc")
    assert window.acts.moving is not None  # still in the hand
    assert window.pc.desk.reserve.find("00012346")[0].kind == "GASTRO"
    window.kind.set("DOCK")
    window.refresh()
    wait_until(lambda: any(row.placing for row in window.rows.values()), what="the course")
    mark(window, first_free(window))
    assert not window.shell.key("F7").enabled and not window.shell.key("F8").enabled


def test_a_move_that_fails_stays_in_the_hand(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(kinds=["BREASTUS"]), wait_until, day)
    desk, slots = window.pc.desk.reserve, [row.slot for row in window.rows.values()]
    made = desk.make(slots[0].id, BOOKER)
    full = desk.make(slots[1].id, Booker("2", "先客"))
    wait_until(lambda: len(booked(window)) == 2, what="booked")
    mark(window, f"b{made.id}")
    press(window.shell, "F7")
    mark(window, f"b{full.id}")
    press(window.shell, "F7")
    wait_until(lambda: window.shell.problem.level == "stop", what="full")
    assert window.acts.moving is not None
    mark(window, f"s{slots[2].id}")
    press(window.shell, "F7")
    wait_until(lambda: ("14:10", "髙橋 花子") in booked(window), what="moved after all")
    assert window.acts.moving is None


def test_a_birth_date_that_cannot_be_read_is_not_dropped(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = with_slots(open_window(), wait_until, a_tuesday())
    mark(window, first_free(window))
    window.form.show(Booker("", "見本 太郎", "みほん たろう"))
    window.form.born.set("S33.13.45")
    press(window.shell, "F5")
    assert booked(window) == [] and window.form.born.get() == "S33.13.45"
    window.form.born.set("1958-03-04")
    press(window.shell, "F5")
    wait_until(lambda: booked(window), what="booked")
    assert [each.who.kana for each in window.pc.desk.reserve.find("ミホン")] == ["ミホン タロウ"]


def test_one_kept_seat_at_a_time(
    open_window: Callable[..., Any], open_desk: Callable[..., Desk], wait_until: Wait
) -> None:  # fmt: skip
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    other = open_desk(name="r2").desk.reserve
    first, second = first_free(window), first_free(window, 1)
    mark(window, first)
    press(window.shell, "F5", "F5")  # twice is once
    wait_until(lambda: window.seat.hold is not None, what="kept")
    held = window.rows[first].slot.id
    assert next(each for each in other.day("GASTRO", day).slots if each.id == held).held == 1
    mark(window, second)
    window.form.show(BOOKER)
    press(window.shell, "F5")
    wait_until(lambda: booked(window), what="booked elsewhere")
    wait_until(lambda: not any(each.held for each in other.day("GASTRO", day).slots), what="nothing is kept any more")
    window.acts.clear()
    mark(window, first_free(window))
    window.acts.book()
    window.acts.clear()  # Esc before the answer
    wait_until(lambda: not any(each.held for each in other.day("GASTRO", day).slots), what="let go at once")
    assert window.seat.hold is None and not window.shell.is_busy


def test_a_seat_is_not_kept_over_lunch(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = with_slots(open_window(), wait_until, a_tuesday())
    now, lost = [0.0], []
    hold = SeatHold(window.shell, window.desk, lambda: lost.append(1), lambda: now[0])
    hold.take(window.rows[first_free(window)].slot.id, lambda: None, lambda why: None)
    wait_until(lambda: hold.hold is not None, what="kept")
    now[0] = IDLE_S - 10
    hold.typed()
    now[0] = IDLE_S + 10
    hold.keep()
    assert hold.hold is not None and lost == []
    now[0] = 3 * IDLE_S
    hold.keep()
    assert hold.hold is None and lost == [1]
    hold.close()


def test_the_week_is_reached_by_keyboard(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = with_slots(open_window(), wait_until, a_tuesday())
    window.view.focus_force()
    press(window.shell, "Right")
    wait_until(lambda: window.week.winfo_ismapped() and window.week_slots, what="the week")
    assert window.shell.top.focus_get() is window.view
    press(window.shell, "Left")
    wait_until(window.month.winfo_ismapped, what="the month")


def test_the_pin_is_asked_for_again_and_what_was_typed_waits(
    open_window: Callable[..., Any], wait_until: Wait
) -> None:  # fmt: skip
    window = with_slots(open_window(), wait_until, a_tuesday())
    keeping = give_pin(window, wait_until)
    keeping.show(say("Calendar"))
    page = keeping.entries["day"]
    wait_until(lambda: page.book, what="the entries")
    press(window.shell, "F4")
    page.form.fields["day"].set_day(a_tuesday())
    page.form.fields["state"].set("closed")
    window.desk.leave()  # its time ran out
    press(window.shell, "F5")
    wait_until(keeping.pin.winfo_ismapped, what="asked again")
    keeping.pin.pin.set(PIN)
    press(window.shell, "F5")
    wait_until(page.winfo_ismapped, what="back")
    assert page.form.texts()["state"] == "closed"
    press(window.shell, "F5")
    wait_until(lambda: a_tuesday() in window.desk.reserve.book().days, what="saved")
    press(window.shell, "Esc")
    press(window.shell, "F12")
    wait_until(keeping.pin.winfo_ismapped, what="whoever comes next is asked")


def test_another_pc_changes_the_masters(
    open_window: Callable[..., Any], open_desk: Callable[..., Desk], wait_until: Wait
) -> None:  # fmt: skip
    window = with_slots(open_window(), wait_until, a_tuesday())
    keeper = open_desk(name="r2").desk.keep
    keeper.enter(PIN)
    book = keeper.masters()
    renamed = [{**each, "name": "上部内視鏡"} if each["code"] == "GASTRO" else each for each in book["kind"]]
    keeper.write_masters(book, {**book, "kind": renamed})
    wait_until(lambda: window.kinds["GASTRO"].name == "上部内視鏡", what="read anew")
    book = keeper.masters()
    without = {**book, "kind": [each for each in book["kind"] if each["code"] != "GASTRO"], "course": [],
               "pattern": [each for each in book["pattern"] if each["kind"] != "GASTRO"]}  # fmt: skip
    without["kind"] = [{**each, "exclusive": []} for each in without["kind"]]
    keeper.write_masters(book, without)
    wait_until(lambda: "GASTRO" not in window.kinds and window.kind.get() != "GASTRO", what="the kind is gone")


def test_a_closing_is_moved_and_a_rule_is_emptied(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    keeping, desk = give_pin(window, wait_until), window.pc.desk.reserve
    keeping.show(say("Calendar"))
    page = keeping.entries["day"]
    wait_until(lambda: page.book, what="the entries")
    press(window.shell, "F4")
    page.form.fields["day"].set_day(day)
    page.form.fields["state"].set("closed")
    press(window.shell, "F5")
    wait_until(lambda: not desk.day("GASTRO", day).slots, what="closed")
    wait_until(lambda: page.table.shown_keys, what="it is listed")
    page.form.fields["day"].set_day(day + timedelta(days=1))
    press(window.shell, "F5")
    wait_until(lambda: not desk.day("GASTRO", day + timedelta(days=1)).slots, what="the other day is closed")
    wait_until(lambda: len(desk.day("GASTRO", day).slots) == 8, what="the first one is open again")
    keeping.show(say("Weekly rule"))
    rule = keeping.entries["rule"]
    wait_until(lambda: rule.book and rule.form.fields, what="the rule")
    rule.form.fields["closed_weekdays"].set("")
    press(window.shell, "F5")
    wait_until(lambda: desk.book().closed_weekdays == frozenset(), what="open on every weekday")
