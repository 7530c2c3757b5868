"""The form's fields: what is suggested, times that follow one another, what cannot be read, what is left unsaved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.operation import OperationPatient
from tests.journeys import hands
from tests.journeys.hands import press, type_in
from tests.modes.theatre.conftest import a_day, planned
from tests.waiting import wait_until

Open = Callable[..., Any]


def pick(shell: Any, field: Any, down: int) -> None:
    """Open a field's suggestions and take the one so many below the first."""
    box = field.entry
    box.focus_set()
    hands._strike(shell, "Down", next(hands._stamps_ms))
    path = str(box.tk.call("ttk::combobox::PopdownWindow", str(box))) + ".f.l"
    wait_until(lambda: bool(box.tk.call("winfo", "viewable", path)), what="the suggestions are open")
    box.tk.call(path, "selection", "clear", 0, "end")
    box.tk.call(path, "activate", down)
    box.tk.call(path, "selection", "set", down)
    hands._strike(shell, "Return", next(hands._stamps_ms))
    shell.top.update()


def form_of(window: Any) -> Any:
    """A new operation in the form, on a day whose list is open."""
    window.page.go_to(a_day())
    wait_until(lambda: window.page.view is not None and window.page.view.first == a_day(), what="the day")
    window.open_form(OperationPatient("P1", "見本 太郎"))
    window.shell.top.update()
    return window.form


def test_several_are_picked_and_taken_out_again(open_window: Open) -> None:
    window = open_window()
    form = form_of(window)
    kinds = form.fields["anaesthesia"]
    for down in (0, 1, 2, 0):
        pick(window.shell, kinds, down)
    assert kinds.items() == ("硬麻", "脊麻")
    form.fields["surgeon"].set("二郎")
    form.fields["surgeon"]._offer_what_fits()
    assert list(form.fields["surgeon"].entry.cget("values")) == ["例題 二郎"]
    pick(window.shell, form.fields["surgeon"], 0)
    assert form.fields["surgeon"].get() == "例題 二郎"
    for event in ("<Button-4>", "<Button-5>"):  # the wheel changes nobody
        form.fields["surgeon"].entry.event_generate(event)
        window.shell.top.update()
    assert form.fields["surgeon"].get() == "例題 二郎"


def test_times_follow_one_another(open_window: Open) -> None:
    window = open_window(lead_min=20)
    form = form_of(window)
    fields = form.fields
    fields["enter"].focus()
    type_in(window.shell, "1330")
    press(window.shell, "Tab")
    assert [fields[name].get() for name in ("enter", "start", "minutes", "end")] == ["13:30", "13:50", "60", "14:50"]
    fields["minutes"].focus()
    type_in(window.shell, "90")
    press(window.shell, "Tab")
    assert fields["end"].get() == "15:20"
    fields["end"].focus()
    type_in(window.shell, "0:10")
    press(window.shell, "Tab")
    assert fields["minutes"].get() == "620" and fields["end"].get() == "00:10"
    fields["method"].set("水晶体再建術")
    assert (fields["minutes"].get(), fields["end"].get(), fields["anaesthesia"].get()) == ("30", "14:20", "局麻")
    fields["anaesthesia"].set("全麻")
    fields["method"].set("子宮全摘術")
    assert fields["anaesthesia"].get() == "全麻"  # what somebody typed is not replaced
    assert fields["department"].get() == "婦人科" and fields["equipment"].get() == ""


def test_looking_at_an_operation_fills_nothing_in(open_window: Open) -> None:
    """A method that the masters know, booked without a department."""
    window = open_window()
    form_of(window)
    press(window.shell, "Esc")
    made = window.pc.desk.plan.make(planned("09:00", 45))
    wait_until(lambda: window.page.view.operations, what="drawn")
    window.chart.mark_operation(made.id)
    press(window.shell, "Return")
    form = window.form
    assert form.fields["method"].get() == "鼠径ヘルニア根治術" and form.fields["minutes"].get() == "45"
    assert form.fields["department"].get() == form.fields["position"].get() == "" and not form.changed


def test_what_cannot_be_read_is_marked_and_a_slip_over_midnight_is_refused(open_window: Open) -> None:
    window = open_window()
    form = form_of(window)
    form.fields["start"].set("25:00")
    form.fields["birth_date"].set("いつか")
    press(window.shell, "F5")
    assert window.over is form and window.shell.problem.level == "look"
    assert {name for name, field in form.fields.items() if field._wrong.winfo_manager()} == {"start", "birth_date"}
    form.fields["birth_date"].set("S55.12.31")
    for name, clock in (("enter", "12:00"), ("start", "9:30"), ("end", "10:30")):
        form.fields[name].set(clock)
    press(window.shell, "F5")
    wait_until(lambda: "follow one another" in window.shell.problem.text, what="told")
    assert window.over is form and window.page.view.operations == ()


def test_what_is_typed_is_not_lost_without_being_asked(open_window: Open) -> None:
    window = open_window()
    form = form_of(window)
    press(window.shell, "Esc")
    assert window.over is None  # nothing was typed
    window.open_form(OperationPatient())
    form.fields["kanji"].set("見本 花子")
    closed: list[int] = []
    assert not window.shell.may_close(lambda: closed.append(1))
    window.shell.question.buttons[0].invoke()
    press(window.shell, "Esc")
    window.shell.question.buttons[0].invoke()
    assert window.over is form and form.fields["kanji"].get() == "見本 花子"
    press(window.shell, "Esc")
    window.shell.question.buttons[1].invoke()
    assert window.over is None and closed == [] and window.shell.may_close(lambda: None)


def test_everything_is_reached_by_tab_and_lies_in_sight(open_window: Open) -> None:
    """At the smallest screen that a station has."""
    window = open_window(size="1280x800")
    form = form_of(window)
    top, seen = window.shell.top, set()
    form.fields["day"].entry.focus_set()
    for _ in range(60):
        widget = top.focus_get()
        seen.add(str(widget))
        widget.event_generate("<Tab>")
        top.update()
    for name, field in form.fields.items():
        entry = field.entry
        assert str(entry) in seen, name
        right = entry.winfo_rootx() + entry.winfo_width() - top.winfo_rootx()
        bottom = entry.winfo_rooty() + entry.winfo_height() - top.winfo_rooty()
        assert right <= 1280 and bottom <= window.shell.problem.winfo_rooty() - top.winfo_rooty(), name
