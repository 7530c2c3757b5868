"""A wrong patient is corrected at the real window: chosen, scanned, compared, confirmed by two; and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.core.correction import State
from kiosk.store import corrections, sends
from tests.flow.correction_site import DAY, RIGHT, WRONG
from tests.journeys.hands import press, scan, type_in

Wait = Callable[..., Any]


def choose(window: Any, wait_until: Wait) -> None:
    """The images of the day of the list are marked, and the form is open."""
    window.studies.day.set_day(DAY)
    press(window.shell, "F9")
    wait_until(lambda: len(window.studies.table.shown_keys) == 1, what="the day's images")
    window.studies.table.select(window.studies.table.shown_keys[0])
    press(window.shell, "F5")
    wait_until(lambda: window.page is window.form, what="the form is open")


def cells(window: Any, key: str) -> tuple[str, ...]:
    return tuple(window.form.table.row(key).cells)


def start(window: Any, wait_until: Wait, pin: str = "1357") -> None:
    choose(window, wait_until)
    scan(window.shell, RIGHT.patient_id)
    wait_until(lambda: window.form.right is not None, what="the right one is known")
    window.form.table.tree.focus_set()
    press(window.shell, "2")
    wait_until(lambda: window.form.reason == "order", what="the reason is chosen")
    wait_until(lambda: window.form.second._keys == ["技師 二郎"], what="who may confirm")
    window.form.second.set("技師 二郎")
    window.form.pin.focus()
    type_in(window.shell, pin)
    press(window.shell, "F5")
    wait_until(lambda: window.shell.question is not None, what="it is asked")


def answer(window: Any, at: int) -> None:
    window.shell.question.buttons[at].invoke()


def test_chosen_scanned_compared_confirmed_and_taken_back(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    before, files = window.site.seen(), window.site.files()
    start(window, wait_until)
    assert cells(window, "patient_id")[1:] == (WRONG.patient_id, RIGHT.patient_id, "differs")
    assert cells(window, "kanji")[1:3] == ("見本 太郎", "髙橋 花子") and cells(window, "images")[1] == "2"
    wait_until(lambda: sum(pane.shown for pane in window.form.panes) == 2, what="the pictures are seen")
    answer(window, 0)
    assert window.page is window.form and window.site.ask.newest() == [], "no is the first answer"
    press(window.shell, "F5")
    answer(window, 1)
    wait_until(lambda: window.page is window.corrections, what="the list of corrections")
    wait_until(lambda: "髙橋 花子" in window.shell.problem.text, what="it is done")
    assert list(window.site.seen()) == [RIGHT.patient_id]
    [key] = window.corrections.table.shown_keys
    window.corrections.table.select(key)
    wait_until(lambda: window.shell.key("F6").enabled, what="it may be taken back")
    press(window.shell, "F6")
    answer(window, 1)
    wait_until(lambda: window.corrections.found[key].state is State.UNDONE, what="it is taken back")
    wait_until(lambda: "見本 太郎" in window.shell.problem.text, what="told")
    assert window.site.seen() == before
    assert {path: content for path, content in window.site.files().items() if path in files} == files


def test_a_wrong_pin_begins_nothing(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    start(window, wait_until, pin="9999")
    answer(window, 1)
    wait_until(lambda: window.shell.problem.level == "stop", what="it is refused")
    assert window.page is window.form and window.form.pin.get() == "" and window.site.ask.newest() == []


def test_the_right_one_is_scanned_never_typed(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    choose(window, wait_until)
    assert not window.shell.key("F5").enabled
    scan(window.shell, "777777")
    wait_until(lambda: "K307" in window.shell.problem.text, what="nobody has it")
    assert window.form.right is None
    press(window.shell, "Esc")
    assert window.page is window.studies


def test_it_is_given_up_while_no_gateway_answers(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window(gateway="far")
    start(window, wait_until)
    answer(window, 1)
    wait_until(lambda: window.shell.problem.in_progress, what="it waits for the gateway")
    [key] = window.corrections.table.shown_keys
    window.corrections.table.select(key)
    wait_until(lambda: window.shell.key("F7").enabled, what="it may be given up")
    press(window.shell, "F7")
    wait_until(lambda: window.site.now(int(key)).stop, what="asked to end")
    window.site.correct.go_on(int(key))
    wait_until(lambda: not window.shell.problem.in_progress, what="it is over")
    assert list(window.site.seen()) == [WRONG.patient_id]


def test_whom_to_ask_by_hand(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    with window.site.centre.writing() as conn:
        from kiosk.store import images

        study = images.find_studies(conn, WRONG.patient_id)[0]
        sends.note_said(conn, sends.want(conn, "OSIRIX", study.id, 2, ""), {"2.25.1001": 0})
    number = window.site.begin()
    wait_until(lambda: window.site.state(number) is State.TOLD, what="corrected")
    press(window.shell, "F4")
    wait_until(lambda: len(window.to_do.table.shown_keys) == 1, what="one is to be asked")
    window.to_do.table.select(window.to_do.table.shown_keys[0])
    wait_until(lambda: window.shell.key("F5").enabled, what="it may be settled")
    press(window.shell, "F5")
    wait_until(lambda: window.to_do.table.shown_keys == [], what="nobody is left")
    with window.site.centre.reading() as conn:
        [tell] = corrections.tells_of(conn, number)
    assert (tell.state, tell.by) == ("done", "技師 一郎")


def test_ids_are_converted_after_a_dry_run(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window(convert="OUT")
    table = "健診ID,病院ID,カナ,生年月日,性別\nP00001,H777,ミホン タロウ,19710402,男\nP00002,H888,チガウ,19800130,女\n"
    (window.site.folder / "IDMAP").mkdir()
    (window.site.folder / "IDMAP" / "idmap.csv").write_text(table, encoding="cp932")
    before = window.site.files()
    press(window.shell, "F10")
    wait_until(lambda: len(window.convert.lines) == 2, what="the dry run")
    shown = [window.convert.table.row(key).cells for key in window.convert.table.shown_keys]
    assert [each[-1] for each in shown] == ["The same person", "Not the same: Kana"]
    assert not (window.site.folder / "OUT").exists()
    press(window.shell, "F5")
    answer(window, 1)
    wait_until(lambda: "watched folder" in window.shell.problem.text, what="written")
    assert len(list((window.site.folder / "OUT" / "H777").glob("*.dcm"))) == 2
    wait_until(lambda: not window.shell.key("F5").enabled, what="nothing is left")
    assert window.site.files() == before


def test_a_table_that_is_not_there_is_told(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window(convert="OUT")
    press(window.shell, "F10")
    wait_until(lambda: "K345" in window.shell.problem.text, what="told")


def test_a_burned_in_name_is_looked_at_then_redrawn(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    number = window.site.begin()
    wait_until(lambda: window.site.state(number) is State.TOLD, what="corrected")
    corrected = window.site.seen()[RIGHT.patient_id]
    press(window.shell, "F3")
    wait_until(lambda: window.corrections.table.shown_keys == [str(number)], what="it is listed")
    window.corrections.table.select(str(number))
    wait_until(lambda: window.shell.key("F8").enabled, what="it is done")
    press(window.shell, "F8")
    wait_until(lambda: window.redraw.seen, what="the preview is seen")
    assert window.redraw.area() == (0, 0, 400, 40)
    window.redraw.place["height"].set("12")
    wait_until(lambda: not window.shell.key("F5").enabled, what="another place is to be looked at first")
    press(window.shell, "F8")
    wait_until(lambda: window.shell.key("F5").enabled, what="seen")
    press(window.shell, "F5")
    answer(window, 1)
    wait_until(lambda: len(window.site.seen()[RIGHT.patient_id]) == 4, what="two further pictures")
    assert set(corrected) < set(window.site.seen()[RIGHT.patient_id])


def test_what_was_put_away_is_deleted_by_two_when_its_days_are_over(
    open_window: Callable[..., Any], wait_until: Wait
) -> None:
    window = open_window()
    window.desk.settings = replace(window.desk.settings, quarantine_days=0)
    start(window, wait_until)
    answer(window, 1)
    wait_until(lambda: "髙橋 花子" in window.shell.problem.text, what="it is corrected")
    [key] = window.corrections.table.shown_keys
    window.corrections.table.select(key)
    wait_until(lambda: window.shell.key("F9").enabled, what="its days are over")
    press(window.shell, "F9")
    wait_until(lambda: window.remove.second._keys == ["技師 二郎"], what="who may confirm")
    press(window.shell, "F5")
    assert window.shell.question is None, "nobody has confirmed it"
    window.remove.second.set("技師 二郎")
    window.remove.pin.focus()
    type_in(window.shell, "1357")
    press(window.shell, "F5")
    wait_until(lambda: window.shell.question is not None, what="the consequence")
    answer(window, 1)
    wait_until(lambda: window.page is window.corrections, what="it is asked for")
    wait_until(lambda: window.corrections.found[key].kept == "removed", what="it is gone")
    assert not any(path.startswith("QUARANTINE/") for path in window.site.files())
    window.corrections.table.select(key)
    wait_until(lambda: not window.shell.key("F6").enabled, what="no way back is offered")
