"""The theatre as its clerks use it: book, carry and drag, time, cancel, take back; conflicts, masters, paper."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import LinkLost
from kiosk.core.operation import OperationState, Team
from kiosk.core.theatre_book import read_theatre_book
from kiosk.store import audit
from kiosk.store.staff import Person
from tests.journeys.hands import cells, choose, press, scan, type_in
from tests.modes.theatre.conftest import ROOMS, Desk, a_day, at, planned

Wait = Callable[..., Any]


def on_the_day(window: Any, wait_until: Wait, *wanted: Any) -> list[Any]:
    """The window at a day of the week after next, with these operations planned; they are returned."""
    made = [window.pc.desk.plan.make(each) for each in wanted]
    window.page.go_to(a_day())
    wait_until(lambda: window.page.view is not None and window.page.view.first == a_day(), what="the day")
    wait_until(lambda: len(window.page.view.operations) == len(made), what="its operations")
    return made


def there(window: Any) -> list[tuple[str, str, str]]:
    """Room, time and name of what is drawn."""
    return [
        (each.room, f"{each.enter:%H:%M}", each.patient.name) for each in window.page.view.operations
        if each.state.holds_the_room
    ]  # fmt: skip


def test_book_by_scan_change_and_take_back(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    window.pc.know()
    on_the_day(window, wait_until)
    press(window.shell, "Down")
    assert window.chart.marked.room == ROOMS[1] and window.page.chosen is None
    press(window.shell, "F5")
    assert window.over is window.form and window.form.fields["enter"].get() == "08:00"
    scan(window.shell, "00012346")
    wait_until(lambda: window.form.fields["kanji"].get() == "髙橋 花子", what="found")
    assert window.form.fields["birth_date"].get().startswith("1980-12-31")
    choose(window.shell, window.form.fields["side"], "L")
    method = window.form.fields["method"]
    method.focus()
    type_in(window.shell, "膝関節鏡視下手術")
    filled = {
        name: window.form.fields[name].get() for name in ("position", "anaesthesia", "equipment", "minutes", "end")
    }
    assert filled == {
        "position": "仰臥位",
        "anaesthesia": "脊麻",
        "equipment": "関節鏡",
        "minutes": "75",
        "end": "09:45",
    }
    press(window.shell, "F5")
    wait_until(lambda: there(window) == [(ROOMS[1], "08:00", "髙橋 花子")], what="booked")
    assert window.over is None and window.page.chosen.side == "L" and window.shell.problem.level == "done"
    press(window.shell, "Return")
    wait_until(lambda: window.over is window.form, what="opened")
    window.form.fields["enter"].focus()
    type_in(window.shell, "830")
    press(window.shell, "Tab")
    assert window.form.fields["enter"].get() == "08:30"
    window.form.fields["start"].set("9:00")
    window.form.fields["start"].focus()
    press(window.shell, "Tab", "F5")
    wait_until(lambda: there(window) == [(ROOMS[1], "08:30", "髙橋 花子")], what="changed")
    assert f"{window.page.chosen.end:%H:%M}" == "10:15"
    press(window.shell, "F6")
    wait_until(lambda: there(window) == [(ROOMS[1], "08:00", "髙橋 花子")], what="taken back")
    scan(window.shell, "00012346")
    wait_until(lambda: window.over is window.list and len(window.list.table) == 1, what="her operations")
    press(window.shell, "Return")
    wait_until(lambda: window.over is None and window.page.chosen is not None, what="shown on its day")


def test_moved_by_keys_and_by_hand(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    [one] = on_the_day(window, wait_until, planned("09:00", 60))
    window.chart.mark_operation(one.id)
    press(window.shell, "F7", "Down", "Right", "Right", "Shift-Right")
    assert (window.chart.ghost.room, f"{window.chart.ghost.enter:%H:%M}") == (ROOMS[1], "09:40")
    press(window.shell, "F7")
    wait_until(lambda: there(window) == [(ROOMS[1], "09:40", "見本 太郎")], what="put there")
    assert window.chart.ghost is None and window.page.chosen.id == one.id
    press(window.shell, "F7", "Next", "Left", "Return")
    next_day = a_day() + timedelta(days=1)
    wait_until(lambda: window.page.view.first == next_day and there(window), what="on the day after")
    assert window.page.chosen.enter == at("09:35", next_day)
    press(window.shell, "F6")
    wait_until(lambda: window.page.view.first == a_day() and there(window), what="taken back, with its day")
    press(window.shell, "F7", "Up", "Esc")
    assert window.chart.ghost is None and there(window) == [(ROOMS[1], "09:40", "見本 太郎")]

    left, top, right, bottom = window.chart.place_of(one.id)
    x, y, lane = round((left + right) / 2), round((top + bottom) / 2), round(window.chart._tall())
    per_hour = round(window.chart._px_per_min() * 60)
    for event, across, down in (("<ButtonPress-1>", 0, 0), ("<B1-Motion>", 3, 2), ("<B1-Motion>", per_hour, lane),
                                ("<ButtonRelease-1>", per_hour, lane)):  # fmt: skip
        window.chart.event_generate(event, x=x + across, y=y + down)
        window.shell.top.update()
    wait_until(lambda: there(window) == [(ROOMS[2], "10:40", "見本 太郎")], what="dragged there")
    wait_until(lambda: window.chart.ghost is None and window.page.chosen.enter == at("10:40"), what="told and marked")
    told = window.pc.desk.plan.history(one.id)
    assert [each.what for each in told] == ["made", "moved", "moved", "changed", "moved"]
    for event in ("<ButtonPress-1>", "<ButtonRelease-1>"):
        window.chart.event_generate(event, x=x + 20, y=y)
    window.shell.top.update()
    assert window.page.chosen is None and window.chart.wish is not None  # a free time, at the minute that was touched
    assert window.chart.wish.minute % 5 == 0


def test_what_is_taken_is_told_and_what_is_typed_stays(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    first, second = on_the_day(
        window, wait_until, planned("09:00", 60, name="先客 一郎"),
        planned("13:00", 60, name="見本 次郎", team=Team("甲")),
    )  # fmt: skip
    window.chart.mark_operation(second.id)
    press(window.shell, "Return")
    window.form.fields["enter"].set("10:05")
    window.form.fields["start"].set("10:05")
    window.form.fields["end"].set("11:05")
    window.form.fields["surgeon"].set("見本　一郎")
    press(window.shell, "F5")
    wait_until(lambda: window.shell.problem.level == "stop" and "先客 一郎" in window.shell.problem.text, what="told")
    assert "15 minutes" in window.shell.problem.text and window.form.fields["surgeon"].get() == "見本　一郎"
    assert (
        window.form.fields["room"]._wrong.winfo_manager() and not window.form.fields["surgeon"]._wrong.winfo_manager()
    )
    for name, clock in (("enter", "10:15"), ("start", "10:15"), ("end", "11:15")):
        window.form.fields[name].set(clock)
    press(window.shell, "F5")
    wait_until(lambda: there(window)[1] == (ROOMS[0], "10:15", "見本 次郎"), what="saved")
    window.chart.mark_operation(first.id)
    press(window.shell, "F7", *["Right"] * 12, "F7")
    wait_until(lambda: "見本 次郎" in window.shell.problem.text and window.shell.problem.level == "stop", what="told")
    assert window.chart.ghost is not None and f"{window.chart.ghost.enter:%H:%M}" == "10:00"  # still carried
    press(window.shell, "Down", "Down", "F7")
    wait_until(lambda: "一郎 is with" in window.shell.problem.text or "is with 見本 次郎" in window.shell.problem.text,
               what="the surgeon is elsewhere")  # fmt: skip
    assert window.over is None, "no reason helps whoever may not allow it"
    press(window.shell, "Esc")
    assert there(window)[0] == (ROOMS[0], "09:00", "先客 一郎")


def test_urgent_ones_overlap_with_a_reason(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    first, urgent = on_the_day(
        window, wait_until, planned("09:00", 120), planned("15:00", 60, name="例題 緊急", urgent=True, team=Team("甲"))
    )  # fmt: skip
    window.chart.mark_operation(urgent.id)
    press(window.shell, "F7", *["Shift-Left"] * 10, "F7")
    wait_until(lambda: window.over is window.why, what="asked why")
    assert "見本 太郎" in window.why.question.cget("text")
    press(window.shell, "F5")
    assert window.over is window.why and window.shell.problem.level == "look"  # not without one
    press(window.shell, "Down", "Return")
    wait_until(lambda: (ROOMS[0], "10:00", "例題 緊急") in there(window), what="there with its reason")
    assert window.page.chosen.overlap_reason == "緊急のため"
    bars = {bar.operation.id: bar for bar in window.chart._bars[ROOMS[0]]}
    assert (bars[first.id].of, bars[urgent.id].of) == (2, 2) and bars[first.id].at != bars[urgent.id].at
    assert {bar.state for bar in bars.values()} == {"overlap"}


def test_a_person_is_shared_where_the_role_may_allow_it(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    _, second = on_the_day(window, wait_until, planned("09:00", 60), planned("13:00", 60, name="見本 次郎"))
    session = window.pc.station.session
    session.person = Person(1, "窓口 一郎", "clerk", True, False)
    window.chart.mark_operation(second.id)
    press(window.shell, "F7", "Down", *["Shift-Left"] * 8, "F7")
    wait_until(lambda: window.shell.problem.level == "stop", what="refused")
    assert window.over is None and "見本 一郎" in window.shell.problem.text
    session.person = Person(2, "例題 医師", "doctor", True, False)
    press(window.shell, "F7")
    wait_until(lambda: window.over is window.why, what="asked why")
    type_in(window.shell, "途中で交代")
    press(window.shell, "Return")
    wait_until(lambda: (ROOMS[1], "09:00", "見本 次郎") in there(window), what="allowed")


def test_times_by_one_key_each(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    [one] = on_the_day(window, wait_until, planned("09:00", 60))
    window.chart.mark_operation(one.id)
    for key, clock, state in (("i", "09:03", "entered"), ("S", "09:21", "started"), ("e", "10:40", "ended")):
        window.desk.now = lambda clock=clock: at(clock)
        type_in(window.shell, key)
        wait_until(lambda state=state: window.page.chosen.state.value == state, what=state)
    done = window.page.chosen
    assert (done.actual_enter, done.actual_start, done.actual_end) == (at("09:03"), at("09:21"), at("10:40"))
    assert all("disabled" in button.state() for button in window.page.time_buttons.values())
    press(window.shell, "F7")
    assert window.chart.ghost is None and window.shell.problem.level == "look"
    press(window.shell, "F6")
    wait_until(lambda: window.page.chosen.state is OperationState.STARTED, what="the end is taken back")
    window.page.time_buttons["end"].invoke()
    wait_until(lambda: window.page.chosen.state is OperationState.ENDED, what="by touch")


def test_cancelled_with_a_reason_and_brought_back(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    [one] = on_the_day(window, wait_until, planned("09:00", 60))
    for word in ("Esc", "F5"):
        window.chart.mark_operation(one.id)
        press(window.shell, "F8")
        assert window.over is window.why
        if word == "F5":
            type_in(window.shell, "発熱")
        press(window.shell, word)
    wait_until(lambda: there(window) == [], what="cancelled, the first time it was not")
    press(window.shell, "F4")
    wait_until(lambda: len(window.list.table) == 1, what="it stands in the week's list")
    [row] = cells(window.list.table).values()
    assert "operation cancelled" in row
    window.list.table.select(str(one.id))
    press(window.shell, "F9")
    wait_until(lambda: window.over is window.history and len(window.history.table) == 2, what="its history")
    assert "発熱" in window.history.full.cget("text")
    press(window.shell, "Esc")
    wait_until(lambda: window.over is window.list and window.list.chosen is not None, what="the list again")
    press(window.shell, "F8")
    wait_until(lambda: there(window) == [(ROOMS[0], "09:00", "見本 太郎")], what="it stands again")
    wait_until(lambda: window.list.chosen.state is OperationState.PLANNED, what="in the list too")
    press(window.shell, "F6")
    wait_until(lambda: there(window) == [], what="taken back")
    press(window.shell, "F6")
    wait_until(lambda: "nothing to undo" in window.shell.problem.text, what="nothing more")


def test_two_desks_see_each_other_and_the_second_is_told(
    open_window: Callable[..., Any], open_desk: Callable[..., Desk], wait_until: Wait
) -> None:  # fmt: skip
    window = open_window()
    [one] = on_the_day(window, wait_until, planned("09:00", 60))
    other = open_desk(name="t2").desk.plan
    other.change(one, one.moved(ROOMS[2], one.enter))
    wait_until(lambda: there(window) == [(ROOMS[2], "09:00", "見本 太郎")], what="seen here")
    window.chart.mark_operation(one.id)
    press(window.shell, "Return")
    wait_until(lambda: window.over is window.form, what="opened")
    window.form.fields["remarks"].set("ここで入力")
    now = other.day(a_day()).operations[0]
    other.set_time(now, "enter", at("09:01"))
    press(window.shell, "F5")
    wait_until(lambda: "marks what" in window.shell.problem.text, what="told")
    assert window.form.fields["remarks"].get() == "ここで入力" and window.over is window.form
    assert window.form.fields["actual_enter"].get() == "09:01"  # theirs
    press(window.shell, "Esc")
    wait_until(lambda: window.shell.question is not None, what="asked, since something is typed")
    press(window.shell, "Esc")
    assert window.over is window.form
    press(window.shell, "F5")
    wait_until(lambda: window.over is None and window.page.chosen.remarks == "ここで入力", what="saved")
    assert window.page.chosen.actual_enter == at("09:01")
    with window.pc.station.centre.reading() as conn:
        told = {each.action for each in audit.events(conn)}
    assert {"operation planned", "operation changed", "operation timed"} <= told


def test_the_next_two_weeks_can_be_read_while_the_store_is_away(
    open_window: Callable[..., Any], wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    window = open_window()
    today = window.desk.today()
    soon = today + timedelta(days=3)
    one = planned("09:00", 60)
    window.pc.desk.plan.make(one.moved(ROOMS[0], one.enter + (soon - a_day())))
    window.pc.desk.kept.keep()

    @contextlib.contextmanager
    def away() -> Iterator[None]:
        raise LinkLost("centre")
        yield

    monkeypatch.setattr(window.pc.station.centre, "reading", away)
    monkeypatch.setattr(window.pc.station.centre, "writing", away)
    window.page.go_to(soon)
    wait_until(lambda: window.page.view is not None and window.page.view.first == soon, what="as it was seen last")
    wait_until(lambda: "database is away" in window.shell.problem.text, what="with its time")
    window.chart.mark_operation(window.page.view.operations[0].id)
    press(window.shell, "F7", "Right", "F7")
    wait_until(lambda: window.shell.problem.level == "stop", what="nothing can be changed")
    assert there(window)[0][1] == "09:00" and window.chart.ghost is None
    press(window.shell, "F4")
    wait_until(lambda: len(window.list.table) == 1, what="the week too")
    window.page.day = today + timedelta(days=60)
    press(window.shell, "Esc")
    wait_until(lambda: window.shell.problem.level == "stop", what="not beyond the two weeks")


def test_the_week_closes_and_a_late_wish_is_asked_about(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    on_the_day(window, wait_until)
    window.desk.now = lambda: at("08:31", a_day() - timedelta(days=5))  # Thursday of the week before
    press(window.shell, "F5")
    window.form.fields["kanji"].set("見本 太郎")
    press(window.shell, "F5")
    wait_until(lambda: window.shell.question is not None, what="asked")
    press(window.shell, "Esc")
    assert window.over is window.form and there(window) == []
    window.form.fields["urgent"].set("1")
    press(window.shell, "F5")
    wait_until(lambda: len(there(window)) == 1, what="an urgent one is booked at any time")


def test_masters_are_changed_in_the_program(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    on_the_day(window, wait_until, planned("09:00", 60))
    masters, plan = window.masters, window.pc.desk.plan
    press(window.shell, "F12")
    wait_until(lambda: masters.table.shown_keys == list(ROOMS), what="the rooms")
    press(window.shell, "F7")
    type_in(window.shell, "外来処置室")
    press(window.shell, "F5")
    wait_until(lambda: read_theatre_book(plan.masters()).rooms[-1] == "外来処置室", what="a room more")
    wait_until(
        lambda: "外来処置室" in masters.table.shown_keys and not masters.fields["name"].get(), what="in the list"
    )
    masters.table.select(ROOMS[0])
    window.shell.top.update()
    press(window.shell, "F8")
    wait_until(lambda: window.shell.question is not None, what="asked")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: window.shell.problem.level == "stop" and ROOMS[0] in window.shell.problem.text, what="refused")
    masters.sections.select("equipment")
    window.shell.top.update()
    masters.table.select("C-arm")
    window.shell.top.update()
    masters.fields["count"].set("2")
    press(window.shell, "F5")
    wait_until(lambda: plan.book().equipment["C-arm"] == 2, what="one C-arm more")
    wait_until(lambda: cells(masters.table)["C-arm"][1] == "2 of it", what="in the list")
    masters.fields["count"].set("0")
    press(window.shell, "F5")
    wait_until(lambda: window.shell.problem.level == "stop", what="none of it makes no sense")
    assert plan.book().equipment["C-arm"] == 2
    masters.sections.select("nurses")
    window.shell.top.update()
    masters.table.select("例題 梅")
    window.shell.top.update()
    press(window.shell, "F8")
    wait_until(lambda: window.shell.question is not None, what="asked")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: "例題 梅" not in plan.book().nurses, what="removed")
    masters.sections.select("hours")
    window.shell.top.update()
    masters.fields["last"].set("20:00")
    press(window.shell, "F5")
    wait_until(lambda: f"{plan.book().last:%H}" == "20", what="the day is longer")
    press(window.shell, "Esc")
    wait_until(lambda: "外来処置室" in window.chart._rooms and f"{window.chart._until:%H}" == "20", what="drawn so")


def test_day_and_week_are_printed(open_window: Callable[..., Any], wait_until: Wait, tmp_path: Path) -> None:
    out = tmp_path / "printed"
    command = ("sh", "-c", f'cp "$0" {out}.part && mv {out}.part {out}', "{file}")
    window = open_window(print_command=command)
    on_the_day(window, wait_until, planned("09:00", 60, name="𠮷田 花子", remarks="車椅子"))
    texts = []
    for _ in range(2):
        press(window.shell, "F10")
        wait_until(out.exists, 20, "printed")
        wait_until(lambda: window.shell.problem.level == "done", what="told")
        texts.append(text_of(out))
        out.unlink()
        press(window.shell, "F4")
    assert all("花子" in text and "鼠径ヘルニア" in text for text in texts)
    assert "車椅子" in texts[0] and ROOMS[2] in texts[1]


def text_of(path: Path) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(str(path)) as pdf:
        return "".join(page.get_textpage().get_text_range() for page in pdf)
