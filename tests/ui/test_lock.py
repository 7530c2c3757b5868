"""Nobody sees patient data before saying who he is; it locks when nobody is there, never in an examination."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.faults import Refused
from kiosk.ui import lock_screen
from kiosk.ui.banner import Examinee
from kiosk.ui.fields import TextField
from kiosk.ui.keypad import Keypad
from kiosk.ui.lock import Lock
from kiosk.ui.shell import Key, Shell
from tests.journeys.hands import words_in
from tests.ui.gate import FakeGate, Person


@pytest.fixture
def gate() -> FakeGate:
    return FakeGate()


def screen(shell: Any) -> lock_screen.LockScreen | None:
    found = [each for each in shell.frame.winfo_children() if isinstance(each, lock_screen.LockScreen)]
    return found[0] if found else None


def in_sight(shell: Any, widget: tk.Misc) -> bool:
    """Is the middle of the widget what a person would touch there?"""
    shell.top.update()
    x = widget.winfo_rootx() + widget.winfo_width() // 2
    y = widget.winfo_rooty() + widget.winfo_height() // 2
    found = shell.top.winfo_containing(x, y)
    return found is not None and str(found).startswith(str(widget))


def test_patient_data_is_covered_until_somebody_enters_by_pin(
    shell: Any, gate: FakeGate, type_slowly: Callable[[Any, str], int]
) -> None:
    field = TextField(shell.work, "氏名")
    field.grid()
    shell.show_examinee(Examinee("見本 太郎"))
    assert in_sight(shell, shell.banner) and in_sight(shell, field)
    lock = Lock(gate)
    lock.guard(shell)
    assert lock.locked and not in_sight(shell, shell.banner) and not in_sight(shell, field)
    assert in_sight(shell, shell.bar)
    cover = screen(shell)
    assert cover is not None
    cover._who.set("見本 次郎")
    cover._pin.focus()
    type_slowly(shell.top, "2468")
    assert cover._pin.get() == "2468" and str(cover._pin.entry.cget("show")) == "●"
    type_slowly(shell.top, "\r")
    shell.top.update()
    assert not lock.locked and screen(shell) is None and in_sight(shell, shell.banner)
    assert "見本 次郎" in shell.bar._person.cget("text")


def test_a_wrong_pin_is_told_and_taken_away(shell: Any, gate: FakeGate) -> None:
    lock = Lock(gate)
    lock.guard(shell)
    cover = screen(shell)
    assert cover is not None
    cover._who.set("見本 次郎")
    cover._pin.set("1111")
    cover._go.invoke()
    assert lock.locked and "do not fit" in cover._message.cget("text") and cover._pin.get() == ""
    cover._go.invoke()
    assert "Type your PIN." in cover._message.cget("text")


def test_how_to_leave_is_told_where_one_enters_and_can_be_touched(shell: Any, gate: FakeGate) -> None:
    lock = Lock(gate)
    lock.guard(shell)
    cover = screen(shell)
    assert cover is not None and "Ctrl+L" in words_in([cover])
    cover._who.set("見本 次郎")
    cover._pin.set("2468")
    cover._go.invoke()
    shell.top.update()
    assert shell.bar._person.winfo_height() >= 48
    shell.bar._person.event_generate("<Button-1>", x=2, y=2)
    assert lock.locked


def test_a_badge_opens_whatever_has_the_focus(shell: Any, gate: FakeGate, scan: Callable[..., int]) -> None:
    codes: list[str] = []
    shell.on_scan(codes.append)
    lock = Lock(gate)
    lock.guard(shell)
    shell.top.update()
    scan(shell.top, "X-9999")
    assert lock.locked
    scan(shell.top, "B-0001")
    assert not lock.locked and codes == [], "a badge is nobody's check-up number"
    scan(shell.top, "20261124-017")
    assert codes == ["20261124-017"]


def test_keys_and_letters_of_the_window_are_dead_while_it_is_locked(
    shell: Any, gate: FakeGate, type_slowly: Callable[[Any, str], int]
) -> None:
    done: list[str] = []
    shell.keys([Key("F5", "Sign", lambda: done.append("F5")), Key("Esc", "Back", lambda: done.append("Esc"))])
    shell.top.bind("<KeyPress-2>", lambda event: done.append("2"))
    shell.letter_keys({"4": lambda: done.append("4")})
    lock = Lock(gate)
    lock.guard(shell)
    cover = screen(shell)
    assert cover is not None
    cover._pin.focus()
    shell.top.update()
    type_slowly(shell.top, "2468")
    for sequence in ("<F5>", "<Escape>"):
        shell.top.focus_get().event_generate(sequence)
        shell.top.event_generate(sequence)
    shell.key("F5").press()
    assert done == [] and cover._pin.get() == "2468"


def test_the_focus_cannot_get_under_the_cover(shell: Any, gate: FakeGate) -> None:
    field = TextField(shell.work, "氏名")
    field.grid()
    lock = Lock(gate)
    lock.guard(shell)
    cover = screen(shell)
    assert cover is not None
    shell.top.update()
    field.entry.focus_force()  # a desk's late answer does so
    shell.top.update()
    assert str(shell.top.focus_get()).startswith(str(cover))
    for _ in range(12):
        shell.top.focus_get().event_generate("<Tab>")
        shell.top.update()
        assert str(shell.top.focus_get()).startswith(str(cover))


def test_after_the_lock_the_cursor_is_where_it_was_and_typed_words_are_kept(
    shell: Any, gate: FakeGate, scan: Callable[..., int]
) -> None:
    field = TextField(shell.work, "氏名")
    field.grid()
    lock = Lock(gate)
    lock.guard(shell)
    scan(shell.top, "B-0001")
    field.set("まだ保存していない")
    field.entry.focus_force()
    shell.top.update()
    lock.lock_now()
    shell.top.update()
    assert gate.left == 1 and screen(shell) is not None
    scan(shell.top, "B-0001")
    shell.top.update()
    assert field.get() == "まだ保存していない" and shell.top.focus_get() is field.entry


def test_it_locks_after_idle_time_but_never_during_an_examination(
    shell: Any, gate: FakeGate, scan: Callable[..., int]
) -> None:
    now = [0.0]
    lock = Lock(gate, idle_min=10, clock_s=lambda: now[0])
    lock.guard(shell)
    scan(shell.top, "B-0001")
    now[0] = 599
    lock.look()
    assert not lock.locked
    shell.busy(True)
    now[0] = 5000
    lock.look()
    assert not lock.locked
    shell.busy(False)
    lock.look()
    assert not lock.locked, "the time counts from the end of the examination"
    now[0] = 5500
    shell.keys([Key("F9", "x", lambda: None)])
    shell.top.update()
    shell.top.event_generate("<KeyPress-F9>")
    now[0] = 6000
    lock.look()
    assert not lock.locked, "a key was pressed meanwhile"
    shell.work.event_generate("<Motion>", x=5, y=5)
    now[0] = 6599
    lock.look()
    assert not lock.locked, "the mouse was moved meanwhile"
    now[0] = 6601
    lock.look()
    assert lock.locked and shell.bar._person.cget("text") == ""


def test_zero_minutes_never_lock(shell: Any, gate: FakeGate, scan: Callable[..., int]) -> None:
    now = [0.0]
    lock = Lock(gate, idle_min=0, clock_s=lambda: now[0])
    lock.guard(shell)
    scan(shell.top, "B-0001")
    now[0] = 1e9
    lock.look()
    assert not lock.locked


def test_one_lock_for_all_windows_of_the_process(dressed: tk.Tk, gate: FakeGate, scan: Callable[..., int]) -> None:
    shells = []
    lock = Lock(gate)
    for _ in range(2):
        top = tk.Toplevel(dressed)
        shells.append(Shell(top, "x"))
        lock.guard(shells[-1])
        top.update()
    shells[1].top.focus_force()
    shells[1].top.update()
    scan(shells[1].top, "B-0001")
    assert [screen(shell) for shell in shells] == [None, None]
    third = Shell(tk.Toplevel(dressed), "y")
    lock.guard(third)
    assert screen(third) is None and "見本 花子" in third.bar._person.cget("text")
    lock.lock_now()
    assert all(screen(shell) for shell in [*shells, third])
    for shell in [*shells, third]:
        lock.release(shell)
        shell.top.destroy()


def test_the_first_start_makes_the_first_person(shell: Any, type_slowly: Callable[[Any, str], int]) -> None:
    gate = FakeGate(names=())
    lock = Lock(gate)
    lock.guard(shell)
    cover = screen(shell)
    assert cover is not None
    shell.top.update()
    cover._go.invoke()
    assert cover._name._wrong.cget("text")
    cover._name.set("見本 花子")
    cover._pin.set("1357")
    cover._pin_again.set("1358")
    cover._go.invoke()
    assert lock.locked and "differ" in cover._pin_again._wrong.cget("text") and gate.people == {}
    cover._pin_again.focus()
    shell.top.update()
    type_slowly(shell.top, "1357\r")
    assert gate.people == {"見本 花子": "1357"} and not lock.locked


def test_a_first_pin_that_is_refused_is_typed_anew_in_both_fields(
    shell: Any, type_slowly: Callable[[Any, str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = FakeGate(names=())
    Lock(gate).guard(shell)
    cover = screen(shell)
    assert cover is not None
    with monkeypatch.context() as refusing:
        weak = Refused("weak", "This PIN is easy to guess.", "Choose another.")
        refusing.setattr(gate, "first_person", lambda name, pin: gate._answer(weak))
        cover._name.set("見本 花子")
        cover._pin.set("11")
        cover._pin_again.set("11")
        cover._go.invoke()
    assert "easy to guess" in cover._message.cget("text")
    shell.top.update()
    type_slowly(shell.top, "1357\r")
    type_slowly(shell.top, "1357\r")
    assert gate.people == {"見本 花子": "1357"}


def test_an_unknown_badge_before_any_form_stands_there_is_refused(
    shell: Any, gate: FakeGate, scan: Callable[..., int]
) -> None:
    gate.away = 1
    lock = Lock(gate)
    lock.guard(shell)
    cover = screen(shell)
    scan(shell.top, "B-9999")
    assert lock.locked and cover is not None and "do not fit" in cover._message.cget("text")


def test_a_database_that_is_away_is_said_and_asked_again(
    shell: Any, gate: FakeGate, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., object]
) -> None:
    monkeypatch.setattr(lock_screen, "AGAIN_MS", 20)
    gate.away = 2
    lock = Lock(gate)
    lock.guard(shell)
    cover = screen(shell)
    assert cover is not None and "does not answer" in cover._message.cget("text")
    wait_until(lambda: hasattr(cover, "_who"))
    assert lock.locked and cover._message.cget("text") == ""


def test_an_answer_that_comes_after_the_window_is_gone_harms_nobody(shell: Any, gate: FakeGate) -> None:
    gate.hold = True
    lock = Lock(gate)
    lock.guard(shell)
    lock.release(shell)
    shell.top.destroy()
    for answer in gate.asked:
        answer.come()


def test_two_badges_in_a_row_are_asked_once(shell: Any, gate: FakeGate, scan: Callable[..., int]) -> None:
    lock = Lock(gate)
    lock.guard(shell)
    gate.hold = True
    before = len(gate.asked)
    scan(shell.top, "B-0001")
    scan(shell.top, "B-0002")
    assert len(gate.asked) == before + 1
    gate.asked[-1].come()
    assert not lock.locked


def test_where_nobody_is_asked_nothing_is_covered(shell: Any, gate: FakeGate) -> None:
    lock = Lock(gate, asks=False)
    lock.guard(shell)
    assert not lock.locked and screen(shell) is None
    lock.lock_now()
    assert screen(shell) is None


def test_the_keypad_types_48_pixels_high(shell: Any, gate: FakeGate) -> None:
    Lock(gate).guard(shell)
    cover = screen(shell)
    assert cover is not None
    pads = [each for each in lock_screen._all_below(cover) if isinstance(each, Keypad)]
    shell.top.update()
    for key in ("1", "2", "3", "←", "0"):
        pads[0].buttons[key].invoke()
    assert cover._pin.get() == "120"
    pads[0].buttons["C"].invoke()
    assert cover._pin.get() == ""
    assert min(button.winfo_height() for button in pads[0].buttons.values()) >= 48


def test_who_takes_over_open_work_is_told_whose_it_was(shell: Any, gate: FakeGate) -> None:
    lock = Lock(gate)
    lock.guard(shell)
    lock._entered(Person("見本 花子"))
    shell.busy(True)
    lock.lock_now()
    lock._entered(Person("見本 花子"))
    assert "見本 花子" not in words_in([shell.problem]), "one's own work needs no word"
    lock.lock_now()
    lock._entered(Person("見本 次郎"))
    assert "見本 花子" in words_in([shell.problem]) and "見本 次郎" in words_in([shell.problem])
