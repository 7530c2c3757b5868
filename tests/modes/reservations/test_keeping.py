"""F12: the PIN, a new kind without code, a day closed with its conflicts, one day alone, taking back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kiosk.core.booking import Booker
from kiosk.core.words import say
from kiosk.modes.reservations import entries
from tests.journeys.hands import press
from tests.modes.reservations.clerk import booked, first_free, give_pin, with_slots
from tests.modes.reservations.conftest import a_tuesday

Wait = Callable[..., Any]


def open_section(window: Any, name: str, wait_until: Wait) -> Any:
    """A section of the maintenance, read."""
    section = next(each for each in entries.SECTIONS if each.name == name)
    window.keeping.show(say(section.title))
    page = window.keeping.entries[name]
    wait_until(lambda: page.book, what="the entries")
    window.shell.top.update()
    return page


def fill(page: Any, **texts: str) -> None:
    for name, text in texts.items():
        page.form.fields[name].set(text)


def test_a_wrong_pin_and_the_right_one(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = with_slots(open_window(), wait_until, a_tuesday())  # the book has its PIN now
    press(window.shell, "F12")
    keeping = window.keeping
    wait_until(lambda: keeping._shown is keeping.pin and keeping.pin.winfo_ismapped(), what="asked for the PIN")
    keeping.pin.pin.set("1111x")
    press(window.shell, "F5")
    wait_until(lambda: "PIN" in window.shell.problem.text and keeping.pin.pin.get() == "", what="refused")
    assert not keeping.slots.winfo_ismapped()
    press(window.shell, "Esc")
    assert window.over is None
    give_pin(window, wait_until)
    assert keeping.slots.winfo_ismapped()
    press(window.shell, "F3")
    wait_until(keeping.exceptions.winfo_ismapped, what="the next section")


def test_a_new_kind_is_an_entry_and_no_code(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    wait_until(lambda: window.kinds, what="the kinds")
    give_pin(window, wait_until, fresh=True)
    page = open_section(window, "kind", wait_until)
    press(window.shell, "F4")
    fill(page, code="BONE", name="骨密度", minutes="10", capacity="2", preparation="金属のない服でお越しください。")
    press(window.shell, "F5")
    wait_until(lambda: "BONE" in window.kinds, what="it is there")
    page = open_section(window, "pattern", wait_until)
    press(window.shell, "F4")
    page.form.fields["kind"].set("BONE")
    fill(page, weekdays="火", times="09:00-10:00/20 13:30")
    press(window.shell, "F5")
    wait_until(lambda: any(each.get("kind") == "BONE" for each in page.book["pattern"]), what="its times")
    day = a_tuesday()
    window.pc.desk.keep.make_slots(day, day)
    press(window.shell, "Esc")
    window.kind.set("BONE")
    window.go_to(day)
    wait_until(lambda: [row.cells[0] for row in window.rows.values()] == ["09:00", "09:20", "09:40", "10:00", "13:30"],
               what="its slots")  # fmt: skip


def test_what_cannot_be_is_told_and_nothing_is_changed(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    wait_until(lambda: window.kinds, what="the kinds")
    give_pin(window, wait_until, fresh=True)
    page = open_section(window, "pattern", wait_until)
    before = window.pc.desk.keep.masters()
    fill(page, times="25:10")
    press(window.shell, "F5")
    wait_until(lambda: "can't be read" in window.shell.problem.text, what="told")
    fill(page, times="09:00", weekdays="")
    press(window.shell, "F5")
    wait_until(lambda: "weekdays" in window.shell.problem.text, what="told by the masters")
    assert window.pc.desk.keep.masters() == before


def test_closing_a_day_names_whoever_is_booked_and_is_taken_back(
    open_window: Callable[..., Any], wait_until: Wait
) -> None:  # fmt: skip
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    window.pc.desk.reserve.make(window.rows[first_free(window)].slot.id, Booker("1", "見本 太郎"))
    give_pin(window, wait_until)
    page = open_section(window, "day", wait_until)
    press(window.shell, "F4")
    page.form.fields["day"].set_day(day)
    page.form.fields["state"].set("closed")
    fill(page, reason="設備点検")
    press(window.shell, "F5")
    wait_until(lambda: window.shell.question is not None, what="asked")
    press(window.shell, "Esc")
    assert window.pc.desk.reserve.book().days == {}
    press(window.shell, "F5")
    wait_until(lambda: window.shell.question is not None, what="asked again")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: day in window.pc.desk.reserve.book().days, what="closed")
    desk = window.pc.desk.reserve
    wait_until(lambda: all(each.closed for each in desk.day("GASTRO", day).slots), what="nobody can book it")
    assert [each.who.kanji for each in desk.day("GASTRO", day).bookings] == ["見本 太郎"]
    wait_until(lambda: window.shell.problem.level == "done", what="told")
    press(window.shell, "F6")
    wait_until(lambda: desk.book().days == {}, what="taken back")
    press(window.shell, "Esc")
    window.go_to(day)
    wait_until(lambda: booked(window) == [("08:40", "見本 太郎")], what="still booked")


def test_one_day_alone(open_window: Callable[..., Any], wait_until: Wait) -> None:
    day = a_tuesday()
    window = with_slots(open_window(), wait_until, day)
    keeping = give_pin(window, wait_until)
    keeping.show(say("This day only"))
    page = keeping.exceptions
    press(window.shell, "F5")
    assert "needed" in window.shell.problem.text
    page.kind.set("GASTRO")
    page.day.set_day(day)
    page.at.set("16:00")
    page.seats.set("3")
    page.reason.set("増枠")
    press(window.shell, "F5")
    wait_until(lambda: page.table.shown_keys, what="it is listed")
    desk = window.pc.desk.reserve
    assert [(f"{each.at:%H:%M}", each.capacity) for each in desk.day("GASTRO", day).slots][-1] == ("16:00", 3)
    assert desk.day("GASTRO", day + timedelta(days=7)).slots[-1].at.hour == 11  # the weekly times are as they were
    page.table.select(page.table.shown_keys[0])
    press(window.shell, "F8")
    wait_until(lambda: not page.table.shown_keys, what="as usual")
    assert desk.day("GASTRO", day).slots[-1].at.hour == 11


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("times", "08:40-09:20/20 13:30", ["08:40", "09:00", "09:20", "13:30"]), ("times", "９：００", ["09:00"]),
        ("weekdays", "月水 金", [0, 2, 4]), ("number", "３", 3), ("kinds", "GASTRO, BARIUM", ["GASTRO", "BARIUM"]),
        ("day", "2026-12-01(火)", "2026-12-01"), ("minutes", "装置:1440", {"装置": 1440}), ("yes", "no", False),
        ("parts", "ABDOMEN / GASTRO 5-120", [{"kind": "ABDOMEN"}, {"kind": "GASTRO", "gap_min": 5, "gap_max": 120}]),
        ("time", "8:05", "08:05"), ("numbers", "1 3", [1, 3]), ("text", "", None),
    ],
)  # fmt: skip
def test_fields_are_read_as_people_write_them(kind: str, text: str, value: Any) -> None:
    spec = entries.FieldSpec("x", "X", kind)
    assert entries.read_text(spec, text) == value
    if value is not None:
        assert entries.read_text(spec, entries.text_of(spec, value)) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [("times", "8.40"), ("times", "10:00-09:00/20"), ("times", "08:00-09:00/0"), ("weekdays", "Mon"), ("number", "x"),
     ("day", "2026-13-01"), ("parts", "A 5-"), ("minutes", "装置")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(kind: str, text: str) -> None:
    with pytest.raises(entries.Unreadable):
        entries.read_text(entries.FieldSpec("x", "X", kind), text)


def test_every_shipped_entry_is_shown_and_read_back_the_same() -> None:
    from kiosk.store.masters import default_master

    for name in ("reservations", "reservations_endoscopy", "reservations_physiology"):
        book = default_master(name)
        for section in entries.SECTIONS:
            there = entries.entries_of(book, section)
            again = []
            for entry in there:
                texts = {spec.name: entries.text_of(spec, entry.get(spec.name)) for spec in section.fields}
                again.append(entries.entry_from(section, texts, entry))
            kept = [{key: value for key, value in each.items() if value not in ("", [], {})} for each in there]
            assert again == kept, (name, section.name)
