"""Week, courses, return visits, dragging, one seat too many, corrections, several books, the list's examinees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kiosk.core.booking import Booker
from kiosk.core.course import read_course_book
from kiosk.core.visit import VisitKey
from kiosk.store import masters, visits
from kiosk.store.staff import Person
from kiosk.store.visits import VisitRow
from tests.journeys.hands import press
from tests.modes.reservations.clerk import booked, first_free, mark, with_slots
from tests.modes.reservations.conftest import HANAKO, a_tuesday

Wait = Callable[..., Any]
BOOKER = Booker("00012346", "髙橋 花子", "タカハシ ハナコ", "F", "1980-12-31")


def drag(window: Any, key: str, widget: Any, x: int, y: int) -> None:
    """The row by the left button to a point of a widget."""
    tree = window.sheet.tree
    left, top, wide, high = tree.bbox(key)
    begun = (left + wide // 4, top + high // 2)
    to = (widget.winfo_rootx() + x - tree.winfo_rootx(), widget.winfo_rooty() + y - tree.winfo_rooty())
    tree.event_generate("<ButtonPress-1>", x=begun[0], y=begun[1])
    tree.event_generate("<B1-Motion>", x=begun[0] + 30, y=begun[1] + 5)
    tree.event_generate("<B1-Motion>", x=to[0], y=to[1])
    window.shell.top.update()
    assert window.dragging.under_way
    tree.event_generate("<ButtonRelease-1>", x=to[0], y=to[1])
    window.shell.top.update()


def test_a_week_by_keys(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    window.view.next()
    wait_until(lambda: window.week_slots, what="the week")
    wait_until(lambda: window.week.winfo_ismapped() and window.week.winfo_height() > 100, what="shown")
    window.week.focus_force()
    press(window.shell, "Down", "Down")
    wait_until(lambda: window.row is not None and window.row.cells[0] == "09:00", what="marked in the sheet")
    press(window.shell, "Right")
    wait_until(lambda: window.month.chosen == day + timedelta(days=1), what="the next day")
    tomorrow = f"{day + timedelta(days=1):%Y-%m-%d}"
    wait_until(lambda: window.rows and window.title.cget("text").startswith(tomorrow), what="its sheet")
    wait_until(lambda: window.row is not None and window.row.cells[0] == "09:00", what="at the same time")
    press(window.shell, "Next")
    assert window.month.chosen == day + timedelta(days=8)
    window.view.next()
    wait_until(window.month.winfo_ismapped, what="the month again")


def test_a_booking_is_dragged_to_another_time_another_day_and_into_the_week(
    open_window: Callable[..., Any], wait_until: Wait
) -> None:  # fmt: skip
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    made = window.pc.desk.reserve.make(window.rows[first_free(window)].slot.id, BOOKER)
    wait_until(lambda: booked(window), what="booked")
    key = f"b{made.id}"
    onto = next(k for k, row in window.rows.items() if row.cells[0] == "09:20")
    x, y, _, high = window.sheet.tree.bbox(onto)
    drag(window, key, window.sheet.tree, x + 20, y + high // 2)
    wait_until(lambda: booked(window) == [("09:20", "髙橋 花子")], what="moved within the day")
    window.view.next()
    wait_until(lambda: window.week_slots and window.week.winfo_height() > 100, what="the week")
    times = sorted({at for _, at in window.week_slots})
    row = times.index("10:00")
    wednesday = (day + timedelta(days=1)).weekday()
    x = int(window.week.winfo_width() * 0.11 + (wednesday + 0.5) * window.week._wide())
    y = int(44 + (row + 0.5) * window.week._high())
    assert window.week.place_at(x, y) == (day + timedelta(days=1), "10:00")
    drag(window, key, window.week, x, y)
    wait_until(lambda: "10:00" in window.shell.problem.text and window.shell.problem.level == "done", what="told")
    window.go_to(day + timedelta(days=1))
    wait_until(lambda: booked(window) == [("10:00", "髙橋 花子")], what="moved to another day")
    window.view.next()
    wait_until(window.month.winfo_ismapped, what="the month")
    window.shell.top.update()
    first = window.month.first_shown()
    at = (day - first).days
    x = int((at % 7 + 0.5) * window.month.winfo_width() / 7)
    y = int(30 + (at // 7 + 0.5) * (window.month.winfo_height() - 30) / 6)
    drag(window, key, window.month, x, y)
    assert window.month.chosen == day and window.acts.moving is not None
    wait_until(lambda: window.rows and window.title.cget("text").startswith(f"{day:%Y-%m-%d}"), what="that day")
    mark(window, first_free(window))
    press(window.shell, "F7")
    wait_until(lambda: booked(window) == [("08:40", "髙橋 花子")], what="put down")


def test_who_waits_is_proposed_when_somebody_is_moved_away(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    desk = window.pc.desk.reserve
    made = desk.make(window.rows[first_free(window)].slot.id, BOOKER)
    desk.wait_for("GASTRO", day, day, Booker("2", "待人 一郎", "マチビト イチロウ", phone="090-1"))
    wait_until(lambda: booked(window), what="booked")
    mark(window, f"b{made.id}")
    press(window.shell, "F7")
    window.go_to(day + timedelta(days=1))
    tomorrow = f"{day + timedelta(days=1):%Y-%m-%d}"
    wait_until(lambda: window.rows and window.title.cget("text").startswith(tomorrow), what="the next day")
    mark(window, first_free(window))
    press(window.shell, "F7")
    wait_until(lambda: "待人 一郎" in window.shell.problem.text and "090-1" in window.shell.problem.text, what="next")


def test_a_course_by_the_window_and_cancelled_whole(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    window.kind.set("DOCK")
    window.refresh()
    wait_until(lambda: any(row.placing for row in window.rows.values()), what="the ways through it")
    assert "腹部エコー 08:30 → 胃カメラ" in next(iter(window.rows.values())).cells[1]
    wait_until(lambda: window.month._cells.get(day), what="the month")
    mark(window, first_free(window))
    press(window.shell, "F5")
    assert "course" in window.shell.problem.text
    window.form.show(BOOKER)
    press(window.shell, "F5")
    wait_until(lambda: window.form.empty, what="booked")
    assert "course" in window.shell.problem.text
    window.kind.set("GASTRO")
    window.refresh()
    wait_until(lambda: [name for _, name in booked(window)] == ["髙橋 花子"], what="its part of the day")
    mark(window, next(key for key, row in window.rows.items() if row.booking is not None))
    press(window.shell, "F8")
    wait_until(lambda: window.shell.question is not None, what="asked how much of it")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: window.shell.question is not None, what="asked why")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: booked(window) == [], what="cancelled")
    everything = window.pc.desk.reserve.find("00012346")
    assert len(everything) == 3 and not any(each.state.holds_a_seat for each in everything)
    press(window.shell, "F6")
    wait_until(lambda: booked(window), what="brought back")
    assert all(each.state.holds_a_seat for each in window.pc.desk.reserve.find("00012346"))


def test_one_seat_too_many_only_by_whoever_may(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(kinds=["BREASTUS"]), wait_until, day)
    first = window.rows[first_free(window)].slot
    made = window.pc.desk.reserve.make(first.id, Booker("1", "先客"))
    wait_until(lambda: booked(window), what="full")
    window.pc.station.session.person = Person(1, "窓口 一郎", "clerk", True, False)
    mark(window, f"b{made.id}")
    window.form.show(BOOKER)
    press(window.shell, "F5")
    wait_until(lambda: "13:50" in window.shell.problem.text, what="full, and what is near")
    assert window.shell.question is None
    window.pc.station.session.person = Person(2, "医師 花子", "doctor", True, False)
    press(window.shell, "F5")
    wait_until(lambda: window.shell.question is not None, what="offered")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: ("13:30", "髙橋 花子") in booked(window), what="one more")
    row = next(row for row in window.rows.values() if row.booking and row.booking.who == BOOKER)
    assert row.booking.over_reason == "緊急" and row.state == "look" and row.cells[1::4] == ("2 !", "(緊急)")


def test_a_booking_is_corrected(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = with_slots(open_window(), wait_until, a_tuesday())
    made = window.pc.desk.reserve.make(window.rows[first_free(window)].slot.id, Booker("", "髙橋 花子"), comment="確認")
    wait_until(lambda: booked(window), what="booked")
    mark(window, f"b{made.id}")
    window.sheet.focus_set()
    press(window.shell, "Return")
    assert window.acts.changing is not None and window.form.comment.get() == "確認"
    window.form.patient_id.set("00012346")
    window.form.comment.set("確認済み")
    press(window.shell, "F5")
    wait_until(lambda: window.rows[f"b{made.id}"].cells[4:] == ("00012346", "確認済み"), what="corrected")
    assert window.acts.changing is None and window.form.empty
    press(window.shell, "F6")
    wait_until(lambda: window.rows[f"b{made.id}"].cells[4:] == ("", "確認"), what="as it was")


def test_another_book_and_a_return_visit(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    wait_until(lambda: window.book.winfo_ismapped(), what="the books")
    window.book.set("reservations_physiology")
    window._turn()
    wait_until(lambda: "HOLTER" in window.kinds, what="the other book")
    window.kind.set("HOLTER")
    window.refresh()
    wait_until(lambda: window.rows and window.title.cget("text").endswith("ホルター装着"), what="its slots")
    mark(window, first_free(window))
    window.form.show(BOOKER)
    press(window.shell, "F5")
    wait_until(lambda: "return visit" in window.shell.problem.text, what="booked with its return")
    window.kind.set("HOLTEROFF")
    window.go_to(day + timedelta(days=1))
    wait_until(lambda: booked(window) == [("09:00", "髙橋 花子")], what="the next day")


def test_whom_the_list_names_without_a_seat(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = open_window()
    wait_until(lambda: window.kinds, what="the kinds")
    with window.pc.station.centre.writing() as conn:
        book = read_course_book(masters.master(conn, "examinations"), masters.master(conn, "courses"))
        exams = (book.examinations["GASTRO"],)
        visits.take_visit(conn, VisitRow(VisitKey("0001", day, "017"), HANAKO, "09:00", exams=exams), "list")
    window.go_to(day)
    wait_until(lambda: any(row.unseated for row in window.rows.values()), what="she is in sight")
    key, row = next((key, row) for key, row in window.rows.items() if row.unseated)
    assert (row.state, row.cells[3]) == ("stop", "髙橋 花子")
    window.pc.make_slots(day, day)
    window.refresh()
    wait_until(lambda: any(row.slot for row in window.rows.values()), what="slots")
    mark(window, key)
    press(window.shell, "F5")
    assert window.form.patient_id.get() == "00012346"
    mark(window, first_free(window))
    press(window.shell, "F5")
    wait_until(lambda: booked(window) == [("08:40", "髙橋 花子")], what="she has a seat")
    wait_until(lambda: not any(row.unseated for row in window.rows.values()), what="and is not asked for any more")
    assert window.pc.desk.reserve.find("00012346")[0].number == "017"


def test_everything_that_can_be_printed(
    open_window: Callable[..., Any], wait_until: Wait, tmp_path: Path
) -> None:  # fmt: skip
    import openpyxl

    day = a_tuesday()
    window = with_slots(open_window(export_folder=str(tmp_path)), wait_until, day)
    window.pc.desk.reserve.make(window.rows[first_free(window)].slot.id, BOOKER)
    wait_until(lambda: booked(window), what="booked")
    made: list[str] = []
    for at in range(1, 6):
        press(window.shell, "F10")
        wait_until(lambda: window.shell.question is not None, what="asked what")
        window.shell.problem.plain("")
        buttons = window.shell.question.buttons
        if at < len(buttons):
            buttons[at].invoke()
            wait_until(lambda: window.shell.problem.level == "done", 30, "written")
            made.append(window.shell.problem.text)
    assert len(made) == 5 and any(".xlsx" in each for each in made)
    [book] = tmp_path.glob("*.xlsx")
    sheet = openpyxl.load_workbook(book).worksheets[0]
    told = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert any("髙橋 花子" in [str(each) for each in row] and "00012346" in row for row in told)


def test_days_far_ahead_are_read_too(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    wait_until(lambda: window.kinds, what="the kinds")
    window.go_to(date(2031, 5, 3))
    wait_until(lambda: window.month._cells.get(date(2031, 5, 3)), what="the month")
    assert window.month._cells[date(2031, 5, 3)].closed
