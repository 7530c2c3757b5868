"""Reservations as the clerk uses them: make a year, book, move, cancel, undo; two clerks at one seat."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.booking import Booker
from kiosk.core.faults import LinkLost, Refused
from kiosk.modes.reservations import rules
from kiosk.store import audit
from kiosk.store.staff import Person
from tests.journeys.hands import press, scan, type_in
from tests.modes.reservations.clerk import booked, first_free, give_pin, mark, with_slots
from tests.modes.reservations.conftest import PIN, Desk, a_tuesday

Wait = Callable[..., Any]


def test_a_year_of_slots_by_the_window(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    wait_until(lambda: window.kinds, what="the kinds")
    assert len(window.kinds) == 13
    keeping = give_pin(window, wait_until, fresh=True)
    press(window.shell, "F9")
    wait_until(lambda: keeping.slots.table.shown_keys, 30, "the preview")
    press(window.shell, "F5")
    wait_until(lambda: window.shell.question is not None, 30, "asked, with what it does")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: window.shell.problem.level == "done", 60, "made")
    press(window.shell, "F5")
    told = keeping.slots.told
    wait_until(lambda: window.shell.question is None and told.cget("text").startswith("0 "), 30, "nothing more")
    press(window.shell, "Esc")
    window.go_to(a_tuesday())
    wait_until(lambda: window.rows and window.month._cells.get(a_tuesday()), what="it stands in the calendar")
    assert window.month._cells[a_tuesday()].mark == "○"


def test_book_by_scan_move_cancel_undo(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    window.pc.know()
    mark(window, first_free(window))
    press(window.shell, "F5")
    wait_until(lambda: window.seat.hold is not None and window.shell.is_busy, what="the seat is kept")
    scan(window.shell, "00012346")
    wait_until(lambda: window.form.kanji.get() == "髙橋 花子", what="found")
    press(window.shell, "F5")
    wait_until(lambda: booked(window) == [("08:40", "髙橋 花子")], what="booked")
    assert window.form.empty and not window.shell.is_busy
    [key] = [key for key, row in window.rows.items() if row.booking is not None]
    mark(window, key)
    press(window.shell, "F7")
    mark(window, first_free(window, 2))
    press(window.shell, "F7")
    wait_until(lambda: booked(window) == [("09:20", "髙橋 花子")], what="moved")
    press(window.shell, "F6")
    wait_until(lambda: booked(window) == [("08:40", "髙橋 花子")], what="taken back")
    mark(window, key)
    press(window.shell, "F8")
    wait_until(lambda: window.shell.question is not None, what="asked why")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: booked(window) == [], what="cancelled")
    press(window.shell, "F6")
    wait_until(lambda: booked(window) == [("08:40", "髙橋 花子")], what="brought back")
    mark(window, key)
    press(window.shell, "F9")
    wait_until(lambda: len(window.history.shown_keys) == 5, what="everything stands in the history")
    press(window.shell, "Esc")
    assert window.over is None


def test_two_clerks_and_one_seat(
    open_window: Callable[..., Any], open_desk: Callable[..., Desk], wait_until: Wait
) -> None:  # fmt: skip
    day = a_tuesday()
    window = with_slots(open_window(kinds=["BREASTUS"]), wait_until, day)
    other = open_desk(name="r2").desk
    first = window.rows[first_free(window)].slot
    mark(window, first_free(window))
    window.form.kanji.set("見本 太郎")
    window.form.kana.set("ミホン タロウ")
    other.reserve.make(first.id, Booker("P1", "先客"))
    press(window.shell, "F5")
    wait_until(lambda: "13:50" in window.shell.problem.text, what="told, and offered what is near")
    assert window.form.kanji.get() == "見本 太郎"  # what was typed is kept
    wait_until(lambda: booked(window) == [("13:30", "先客")], what="the sheet shows who was first")
    mark(window, first_free(window))
    press(window.shell, "F5")
    wait_until(lambda: ("13:50", "見本 太郎") in booked(window), what="booked beside it")


def test_who_waits_is_proposed_when_a_seat_is_free(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(kinds=["BREASTUS"]), wait_until, day)
    desk = window.pc.desk.reserve
    for each in desk.day("BREASTUS", day).slots:
        desk.make(each.id, Booker("P1", "先客"))
    wait_until(lambda: len(booked(window)) == 6, what="the day is full")
    window.form.show(Booker("00012346", "髙橋 花子", "タカハシ ハナコ", phone="090-0000-0000"), "午後希望")
    press(window.shell, "F4")
    wait_until(lambda: window.form.empty and window.shell.problem.level == "done", what="she waits")
    mark(window, next(iter(window.rows)))
    press(window.shell, "F8")
    wait_until(lambda: window.shell.question is not None, what="asked why")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: "髙橋 花子" in window.shell.problem.text and "090" in window.shell.problem.text, what="proposed")
    wait_until(lambda: len(booked(window)) == 5, what="the seat is free")
    mark(window, first_free(window))
    press(window.shell, "F4")
    wait_until(lambda: window.waiting.table.shown_keys, what="she stands in the list")
    window.waiting.table.select(window.waiting.table.shown_keys[0])
    press(window.shell, "F5")
    wait_until(lambda: ("13:30", "髙橋 花子") in booked(window), what="she has the seat")
    assert desk.waiting("BREASTUS") == [] and window.over is None


def test_a_time_is_closed_and_opened_again(open_window: Callable[..., Any], wait_until: Wait) -> None:
    """The doctor is away: nobody else can book it, whoever is booked is named and stays."""
    window = with_slots(open_window(), wait_until, a_tuesday())
    desk, slot = window.pc.desk.reserve, window.rows[first_free(window)].slot
    desk.make(slot.id, Booker("1", "見本 太郎"))
    wait_until(lambda: booked(window), what="booked")
    mark(window, f"s{slot.id}")
    press(window.shell, "F8")
    wait_until(lambda: window.shell.question is not None, what="asked why")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: window.rows[f"s{slot.id}"].slot.closed, what="closed")
    assert window.rows[f"s{slot.id}"].cells[5] == "医師不在" and booked(window) == [("08:40", "見本 太郎")]
    with pytest.raises(Refused):
        desk.make(slot.id, Booker("2", "例題 桜"))
    assert window.pc.desk.keep.plan_slots(slot.day, slot.day).nothing  # making slots leaves it as it was set by hand
    mark(window, f"s{slot.id}")
    press(window.shell, "F8")
    wait_until(lambda: not window.rows[f"s{slot.id}"].slot.closed, what="open again")
    desk.make(slot.id, Booker("2", "例題 桜"))
    with window.pc.station.centre.reading() as conn:
        told = [(each.action, each.subject) for each in audit.events(conn) if each.action.startswith("slot ")]
    where = f"GASTRO {slot.day.isoformat()} 08:40"
    assert sorted(told) == [("slot closed", where), ("slot opened", where)]


def test_slots_are_kept_by_the_roles_that_may(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window(keepers=["admin"])
    desk, session, day = window.pc.desk.reserve, window.pc.station.session, a_tuesday()
    for role in ("", "clerk"):
        session.person = Person(1, "窓口 一郎", role, True, False) if role else None
        for act in (lambda: window.pc.desk.keep.make_slots(day, day), lambda: window.pc.desk.keep.enter(PIN)):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.reference == "B406"
    session.person = Person(2, "管理 花子", "admin", True, False)
    window.pc.make_slots(day, day)
    window.go_to(day)
    wait_until(lambda: window.rows, what="the slots")
    session.person = Person(1, "窓口 一郎", "clerk", True, False)
    mark(window, first_free(window))
    press(window.shell, "F8")
    wait_until(lambda: window.shell.question is not None, what="asked why")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: "roles" in window.shell.problem.text, what="told why not")
    assert not window.row.slot.closed
    desk.make(window.row.slot.id, Booker("1", "見本 太郎"))  # booking is everybody's


def test_somebody_asks_when_she_is_booked(open_window: Callable[..., Any], wait_until: Wait) -> None:
    """On the telephone: a kana, half a name or an ID; Return shows the booking in the calendar."""
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    desk, hanako = window.pc.desk.reserve, Booker("00012346", "髙橋 花子", "タカハシ ハナコ")
    gastro = desk.make(window.rows[first_free(window)].slot.id, hanako)
    scan_of = next(each for each in desk.day("BREASTUS", day).slots if each.free)
    other = desk.make(scan_of.id, hanako)
    desk.cancel(other, "本人都合")
    desk.make(scan_of.id, Booker("00012399", "高田 一郎", "タカタ イチロウ"))
    press(window.shell, "F11")
    assert "ID" in window.shell.problem.text and window.over is None  # nobody is typed, nobody marked
    window.form.kana.set("ﾀｶﾊｼ")
    press(window.shell, "F11")
    cells = wait_until(lambda: [window.person.table.row(key).cells[2:4] for key in window.person.table.shown_keys],
                       what="both bookings of hers")  # fmt: skip
    assert sorted(cells) == sorted([("胃カメラ", "booked"), (window.kinds["BREASTUS"].name, "cancelled")])
    assert window.person.table.selected == str(gastro.id)
    window.month.choose(day + timedelta(days=7))
    press(window.shell, "F5")
    wait_until(lambda: ("08:40", "髙橋 花子") in booked(window), what="shown in the calendar")
    assert window.month.chosen == day and window.over is None and window.kind.get() == "GASTRO"


def test_slip_and_day_list_are_printed(
    open_window: Callable[..., Any], wait_until: Wait, tmp_path: Path
) -> None:  # fmt: skip
    day = a_tuesday()
    out = tmp_path / "printed"
    command = ("sh", "-c", f'cp "$0" {out}', "{file}")
    window = with_slots(open_window(print_command=command, phone="03-0000-0000", place="本館2階"), wait_until, day)
    first = window.rows[first_free(window)].slot
    window.pc.desk.reserve.make(first.id, Booker("00012346", "𠮷田 花子", "ヨシダ ハナコ"), comment="鎮静希望")
    wait_until(lambda: booked(window), what="booked")
    mark(window, next(key for key, row in window.rows.items() if row.booking is not None))
    texts = []
    for _ in range(2):
        press(window.shell, "F10")
        wait_until(lambda: window.shell.question is not None, what="asked what")
        window.shell.question.buttons[1].invoke()
        wait_until(out.exists, 20, "printed")
        wait_until(lambda: window.shell.problem.level == "done", what="told")
        texts.append(text_of(out))
        out.unlink()
        mark(window, first_free(window))
    slip, listed = texts
    assert "ヨシダ" in slip and "胃カメラ" in slip and "9時以降" in slip and "03-0000-0000" in slip and "08:40" in slip
    assert "鎮静希望" in listed and "00012346" in listed


def test_the_next_two_weeks_can_be_read_while_the_store_is_away(
    open_window: Callable[..., Any], wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    desk = window.pc.desk
    desk.reserve.make(window.rows[first_free(window)].slot.id, Booker("1", "見本 太郎"))
    wait_until(lambda: booked(window), what="booked")
    desk.kept.keep()

    @contextlib.contextmanager
    def away() -> Iterator[None]:
        raise LinkLost("centre")
        yield

    monkeypatch.setattr(window.pc.station.centre, "reading", away)
    window.rows = {}
    window.refresh()
    wait_until(lambda: booked(window) == [("08:40", "見本 太郎")], what="as it was seen last")
    wait_until(lambda: any("database is away" in str(each) for each in window.shell.problem.history)
               or "database is away" in window.shell.problem.text, what="with its time")  # fmt: skip
    assert desk.kept.day(desk.turned_to, day + timedelta(days=60)) is None


def text_of(path: Path) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(str(path)) as pdf:
        return "".join(page.get_textpage().get_text_range() for page in pdf)


def test_exclusive_pairs_are_asked_about(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    desk = window.pc.desk.reserve
    barium = desk.day("BARIUM", day).slots[0]
    desk.make(barium.id, Booker("00012346", "髙橋 花子"))
    mark(window, first_free(window))
    window.form.show(Booker("00012346", "髙橋 花子", "タカハシ ハナコ"))
    press(window.shell, "F5")
    wait_until(lambda: window.shell.question is not None, what="asked")
    press(window.shell, "Esc")
    assert booked(window) == []
    press(window.shell, "F5")
    wait_until(lambda: window.shell.question is not None, what="asked again")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: booked(window) == [("08:40", "髙橋 花子")], what="booked all the same")


def test_the_month_by_keys(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    wait_until(lambda: window.kinds, what="the kinds")
    window.go_to(date(2026, 1, 31))
    window.month.focus_force()
    press(window.shell, "Next")
    assert window.month.chosen == date(2026, 2, 28)
    press(window.shell, "Right", "Down", "Left", "Up", "Prior")
    assert window.month.chosen == date(2026, 1, 28)
    wait_until(lambda: window.month._cells.get(date(2026, 1, 1)) is not None, what="the month was read")
    assert window.month._cells[date(2026, 1, 1)].closed and window.month._cells[date(2026, 1, 1)].note == "元日"


def test_a_name_is_needed_and_an_unknown_id_is_told(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = with_slots(open_window(), wait_until, a_tuesday())
    mark(window, first_free(window))
    press(window.shell, "F5")
    wait_until(lambda: window.seat.hold is not None, what="kept")
    type_in(window.shell, "99999999")
    press(window.shell, "Return")
    wait_until(lambda: window.shell.problem.level == "look" and window.form.patient_id.get() == "99999999", what="told")
    press(window.shell, "Esc")
    wait_until(lambda: window.seat.hold is None and window.form.empty, what="cleared")


def test_plain_rules() -> None:
    from kiosk.flow.look_at_bookings import MonthDay

    day = date(2026, 11, 25)
    assert rules.month_mark(MonthDay(day, 8, 8)) == ("○", "8", "done", False)
    assert rules.month_mark(MonthDay(day, 8, 1))[::2] == ("△", "look")
    assert rules.month_mark(MonthDay(day, 8, 0))[0] == "×"
    assert rules.month_mark(MonthDay(day, 0, 0, False, "勤労感謝の日")) == ("", "勤労感謝の日", "", True)
