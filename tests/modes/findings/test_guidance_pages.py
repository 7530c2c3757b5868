"""Health guidance in the real window, by keyboard alone: check-up, goals, sessions, evaluation, end; what is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kiosk.core.faults import Overtaken, Refused
from kiosk.core.guidance import Session
from kiosk.flow.paper_lists import case_lines
from kiosk.store.engine import Store
from tests.modes.findings.hands import press, type_into
from tests.modes.findings.site import DAY, Site


@pytest.fixture
def centre(centre_on_sqlite: Store) -> Store:
    """What the store does on both databases is held by tests/store/test_letters.py."""
    return centre_on_sqlite


def fill(window: Any, fields: dict[str, Any], values: dict[str, str]) -> None:
    """Type into fields one after the other."""
    for name, value in values.items():
        entry = fields[name].entry
        entry.focus_force()
        entry.delete(0, "end")
        type_into(entry, value)


def session(window: Any, course: Any, day: date, form: str, **values: str) -> None:
    """Write one session."""
    fill(window, course.fields, {"day": day.isoformat()})
    course.fields["form"].set(form)
    course.fields["form"].entry.event_generate("<<ComboboxSelected>>")
    fill(window, course.fields, values)


def test_a_case_from_its_check_up_to_its_end_by_keyboard(
    site: Site, open_window: Callable[..., Any], wait: Callable[..., Any], read_text: Callable[[bytes], list[str]]
) -> None:
    visit = site.read(0)
    window = open_window("相談1", person=site.nurse)
    press(window, "F10")
    pages = window.more["guidance"]
    wait(lambda: [each.found.state for each in pages.list.shown] == ["none"])
    press(window, "F5")
    wait(lambda: pages.place == "form" and pages.form.part == "plan")
    plan, course = pages.form.plan, pages.form.course
    fill(window, plan.measured, {"waist": "935"})
    press(window, "F5")  # a waist of nine metres is no waist
    assert "marked" in window.shell.problem.text and not pages.writing.busy
    fill(window, plan.measured, {"waist": "93.5", "weight": "80.4", "bmi": "27.2", "glucose": "108", "hba1c": "5.7"})
    assert "Not decided" in plan._suggested.cget("text")
    fill(window, plan.measured, {"triglycerides": "182", "hdl": "45", "systolic": "120", "diastolic": "75"})
    for name in ("smoker", "medicated"):
        plan.asked[name].set("no")
        plan._follow()
    assert "Intensive support (waist; blood glucose, lipids)" in plan._suggested.cget("text")
    assert plan.level.get() == "intensive"
    type_into(plan.behaviour_goal.entry, "毎日8000歩あるく。")

    press(window, "F3")
    session(window, course, DAY, "first", minutes="30", weight="80.4", waist="93.5")
    press(window, "F7")
    session(window, course, DAY + timedelta(days=25), "phone", minutes="10", weight="79.6")
    press(window, "F5")
    wait(lambda: pages.writing.opened.newest.number == 2 and not pages.writing.busy)
    assert [each.form for each in pages.writing.opened.newest.body.sessions] == ["first", "phone"]
    assert course.bar.text.startswith("50 of 180 points")
    assert [curve.values for curve in course.curve.curves][0] == (80.4, 80.4, 79.6)
    press(window, "F9")
    assert "The evaluation is missing." in window.shell.problem.text

    session(window, course, DAY + timedelta(days=95), "evaluation", minutes="20", weight="78.4", waist="91.5")
    press(window, "F9")
    wait(lambda: pages.writing.opened.newest.body.state == "finished" and not pages.writing.busy)
    assert course.bar.text.startswith("230 of 180 points")
    press(window, "F8")
    wait(lambda: pages.page.painted)
    text = "".join(read_text(window.desk.guidance.page(pages.writing.opened.id).wait()[0]))
    assert "毎日8000歩あるく。" in text and "230 / 180" in text
    press(window, "F5")
    wait(lambda: "printer" in window.shell.problem.text)
    press(window, "Escape")
    press(window, "Escape")
    wait(lambda: pages.place == "list" and [each.found.state for each in pages.list.shown] == ["finished"])
    assert [each.found.visit for each in pages.list.shown] == [visit]


def test_a_case_is_interrupted_with_a_reason_and_gone_on_with(
    site: Site, open_window: Callable[..., Any], wait: Callable[..., Any]
) -> None:
    window = open_window("相談1", person=site.nurse)
    case = window.desk.guidance.begin(site.read(0)).wait()
    assert window.desk.guidance.begin(1).wait() == case  # one for each examinee and year
    press(window, "F10")
    pages = window.more["guidance"]
    wait(lambda: [each.found.case for each in pages.list.shown] == [case])
    press(window, "F5")
    wait(lambda: pages.place == "form")
    press(window, "F10")
    type_into(pages.card.field.entry, "転居のため")
    press(window, "F5")
    wait(lambda: pages.writing.opened.newest.body.state == "interrupted" and not pages.writing.busy)
    assert "転居のため" in window.shell.problem.text
    press(window, "F9")
    wait(lambda: pages.writing.opened.newest.body.state == "open" and not pages.writing.busy)
    press(window, "Escape")
    wait(lambda: pages.place == "list")


def test_a_figure_is_changed_by_whoever_may(
    site: Site, open_window: Callable[..., Any], open_desk: Callable[..., Any], wait: Callable[..., Any]
) -> None:
    with pytest.raises(Refused):
        open_desk("相談1", person=site.nurse).guidance.set_figure("total", "150").wait()
    window = open_window("読影1")
    press(window, "F10")
    press(window, "F7")
    page = window.more["guidance"].figures
    wait(lambda: page.table.selected == "total" and page.value.get() == "180")
    press(window, "Return")
    page.value.entry.delete(0, "end")
    type_into(page.value.entry, "150")
    press(window, "Return")
    wait(lambda: page.table.row("total").cells[1] == "150")
    case = window.desk.guidance.begin(site.read(0)).wait()
    assert window.desk.guidance.open(case).wait().book.total == 150


def test_what_is_due_and_two_at_one_case(site: Site, open_desk: Callable[..., Any]) -> None:
    here = open_desk("相談1", person=site.nurse)
    there = open_desk("相談2", person=site.other).guidance
    today = date(2026, 12, 2)  # a Wednesday
    for person, due in ((0, "2026-12-06"), (1, "2026-12-01"), (2, "2026-12-07")):
        case = here.guidance.begin(site.read(person)).wait()
        body = replace(here.guidance.open(case).wait().newest.body, next_day=due)
        here.guidance.save(case, body, 1).wait()
    lines = case_lines(site.centre, here._kit.local, today=today)
    assert [(each.found.kanji, each.due) for each in lines] == [
        ("髙橋 花子", "overdue"), ("見本 太郎", "week"), ("𠮷﨑 例子", "later")
    ]  # fmt: skip
    theirs = there.open(case).wait()
    assert theirs.holder is not None and theirs.holder.by == "見本 看護"
    newer = theirs.newest.body.with_session(Session("2026-12-01", "first", 20))
    here.guidance.save(case, newer, 2).wait()
    with pytest.raises(Overtaken):
        there.save(case, theirs.newest.body.with_session(Session("2026-12-02", "phone", 10)), 2).wait()
    both = there.open(case).wait().draft.body
    assert [each.form for each in both.sessions] == ["first", "phone"]
