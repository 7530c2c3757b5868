"""The frame: keys in their places, the problem line, questions, lamps, and nothing cut off on any screen we support."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import datetime
from tkinter import ttk
from typing import Any

import pytest

from kiosk.core.faults import LinkLost
from kiosk.ui import buttons, problem_line
from kiosk.ui.banner import Examinee
from kiosk.ui.counters import Count, Counters
from kiosk.ui.fields import NumberField, TextField
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Column, Row, Table

RECEPTION_KEYS = [
    ("F2", "番号"), ("F3", "氏名"), ("F4", "面談"), ("F5", "受付"), ("F6", "取消"), ("F7", "CSV取込"),
    ("F8", "リスト印刷"), ("F12", "保守"), ("Esc", "戻る"),
]  # fmt: skip


def labels(widget: tk.Misc) -> list[Any]:
    """Every widget in sight that shows words."""
    found: list[Any] = []
    for child in widget.winfo_children():
        if child.winfo_viewable():
            if isinstance(child, tk.Label | ttk.Label | ttk.Button | ttk.Checkbutton) and str(child.cget("text")):
                found.append(child)
            found += labels(child)
    return found


def cut_off(top: tk.Misc) -> list[str]:
    """Words that have less room than they need, or lie outside the window."""
    wrong = []
    for each in labels(top):
        inside = (
            each.winfo_rootx() >= top.winfo_rootx()
            and each.winfo_rooty() >= top.winfo_rooty()
            and each.winfo_rootx() + each.winfo_width() <= top.winfo_rootx() + top.winfo_width()
            and each.winfo_rooty() + each.winfo_height() <= top.winfo_rooty() + top.winfo_height()
        )
        if (
            not inside
            or each.winfo_reqwidth() > each.winfo_width() + 1
            or each.winfo_reqheight() > each.winfo_height() + 1
        ):
            wrong.append(str(each.cget("text")))
    return wrong


def build_reception(top: tk.Toplevel) -> tuple[Shell, Table]:
    shell = Shell(top, "受診者一覧", "受付", clock=lambda: datetime(2026, 11, 24, 9, 41))
    shell.lamp("データベース").good()
    shell.lamp("ゲートウェイ").stop()
    shell.person("見本 花子")
    search = NumberField(shell.work, "")
    search.grid(row=0, column=0, sticky="w")
    counters = Counters(shell.work)
    counters.grid(row=0, column=1, sticky="e")
    counters.show([Count(2, "要確認", "look"), Count(31, "検査終了", "done"), Count(64, "受付済"), Count(118, "本日")])
    table = Table(shell.work, [Column("time", "時刻", 84), Column("name", "氏名", 154), Column("kana", "カナ", 194),
                               Column("course", "コース", 145), Column("exams", "検査", 345, stretch=True),
                               Column("note", "備考", 110)])  # fmt: skip
    table.grid(row=1, column=0, columnspan=2, sticky="nsew")
    shell.work.rowconfigure(1, weight=1)
    shell.work.columnconfigure(1, weight=1)
    table.show(
        [
            Row(str(n), ("08:30", "見本 太郎", "ミホン タロウ", "ドックA", "胸部✓ 胃✓ 腹部✓", ""), "done")
            for n in range(80)
        ]
    )
    shell.keys([Key(cap, text, lambda: None) for cap, text in RECEPTION_KEYS])
    shell.problem.fault(LinkLost("データベース"))
    return shell, table


@pytest.mark.parametrize("width, height", [(1280, 800), (1920, 1080), (1080, 1920), (1024, 768)])
def test_nothing_is_cut_off_on_any_screen(
    dressed: tk.Tk, width: int, height: int, wait_until: Callable[..., object]
) -> None:
    top = tk.Toplevel(dressed)
    top.geometry(f"{width}x{height}+0+0")
    shell, table = build_reception(top)
    shell.show_examinee(Examinee("見本 太郎", "ミホン タロウ", "M", None, 55, "胃カメラ(経口)", "20261124-017"))
    shell.key("F6").disable("先に受診者を選んでください。")
    wait_until(lambda: top.winfo_width() == width and not table.filling)
    top.update()
    assert cut_off(top) == []
    assert table.winfo_height() > 200


def test_the_check_itself_sees_what_is_cut_off(dressed: tk.Tk, wait_until: Callable[..., object]) -> None:
    top = tk.Toplevel(dressed)
    top.geometry("300x200+0+0")
    tk.Label(top, text="とても長い言葉" * 10).place(x=0, y=0)
    tk.Label(top, text="短い").place(x=10, y=190)
    wait_until(lambda: top.winfo_viewable() and top.winfo_width() == 300)
    assert len(cut_off(top)) == 2


def test_at_1280_all_nine_keys_stand_in_one_row_48_pixels_high(
    dressed: tk.Tk, wait_until: Callable[..., object]
) -> None:
    top = tk.Toplevel(dressed)
    top.geometry("1280x800+0+0")
    shell, _ = build_reception(top)
    wait_until(lambda: top.winfo_width() == 1280)
    top.update()
    made = [shell.key(cap) for cap, _ in RECEPTION_KEYS]
    assert len({button.winfo_rooty() for button in made}) == 1
    assert min(button.winfo_height() for button in made) >= 48
    assert [button.winfo_rootx() for button in made] == sorted(button.winfo_rootx() for button in made)


# -- keys


def test_keys_work_from_the_keyboard_wherever_the_focus_is_and_by_touch(shell: Any) -> None:
    done: list[str] = []
    shell.keys([Key(cap, cap, lambda cap=cap: done.append(cap)) for cap in ("Esc", "F5", "F2", "F12")])
    field = TextField(shell.work, "氏名")
    field.grid()
    field.entry.focus_force()
    shell.top.update()
    for sequence in ("<F5>", "<F12>", "<Escape>", "<F2>", "<F9>"):
        field.entry.event_generate(sequence)
    shell.key("F5").winfo_children()[0].event_generate("<Button-1>")
    assert done == ["F5", "F12", "Esc", "F2", "F5"]


def test_a_key_that_cannot_be_used_says_why(shell: Any) -> None:
    done: list[str] = []
    shell.keys([Key("F5", "Check in", lambda: done.append("F5"))])
    shell.key("F5").disable("Choose an examinee first.")
    shell.top.focus_force()
    shell.top.update()
    shell.top.event_generate("<F5>")
    assert done == [] and shell.problem.text == "Choose an examinee first."
    assert "not now" in [str(each.cget("text")) for each in labels(shell.top)], "said in words, not by grey alone"
    shell.key("F5").enable()
    shell.key("F5").press()
    assert done == ["F5"]
    shell.top.update()
    assert "not now" not in [str(each.cget("text")) for each in labels(shell.top)]


def test_a_key_held_down_acts_once_unless_it_may_repeat(shell: Any) -> None:
    done: list[str] = []
    shell.keys([Key("F5", "a", lambda: done.append("F5")), Key("F7", "b", lambda: done.append("F7"), repeats=True)])
    shell.top.focus_force()
    shell.top.update()
    for key in ("F5", "F7"):
        stamp = 80_000_000
        shell.top.event_generate(f"<KeyPress-{key}>", time=stamp)
        for _ in range(10):  # as X11 repeats a held key
            stamp += 40
            shell.top.event_generate(f"<KeyRelease-{key}>", time=stamp)
            shell.top.event_generate(f"<KeyPress-{key}>", time=stamp)
        shell.top.event_generate(f"<KeyRelease-{key}>", time=stamp + 50)
        shell.top.event_generate(f"<KeyPress-{key}>", time=stamp + 300)
    assert done.count("F5") == 2 and done.count("F7") == 12


def test_a_return_held_down_answers_the_question_and_not_what_lies_under_it(shell: Any) -> None:
    done: list[str] = []
    below = buttons.secondary(shell.work, "Delete", lambda: done.append("deleted"))
    below.grid()
    below.focus_force()
    shell.top.update()
    shell.ask("A?", "B.", [Choice("Go on", lambda: done.append("safe"))])
    shell.top.update()
    for stamp in range(81_000_000, 81_000_400, 33):  # as Windows repeats a held key: presses only
        shell.top.focus_get().event_generate("<KeyPress-Return>", time=stamp)
        shell.top.update()
    assert done == ["safe"] and shell.top.focus_get() is below


def test_new_keys_replace_the_old_ones(shell: Any) -> None:
    done: list[str] = []
    shell.keys([Key("F5", "a", lambda: done.append("old")), Key("F6", "b", lambda: done.append("old"))])
    shell.keys([Key("F5", "c", lambda: done.append("new"))])
    shell.top.focus_force()
    shell.top.update()
    shell.top.event_generate("<F5>")
    shell.top.event_generate("<F6>")
    assert done == ["new"]


@pytest.mark.parametrize("caps", [["F5", "F5"], ["F13"], ["x"]])
def test_wrong_keys_are_refused(shell: Any, caps: list[str]) -> None:
    with pytest.raises(ValueError):
        shell.keys([Key(cap, "", lambda: None) for cap in caps])


# -- the problem line


def test_the_line_says_what_and_since_when_in_words_mark_and_colour(shell: Any) -> None:
    for level in ("done", "look", "stop"):
        getattr(shell.problem, level)(f"text {level}")
        shown = [str(each.cget("text")) for each in labels(shell.problem)]
        assert shown == [problem_line.MARKS[level], "09:41", f"text {level}"]
    assert [entry[1:] for entry in shell.problem.history] == [
        (each, f"text {each}") for each in ("done", "look", "stop")
    ]


def test_a_lasting_trouble_comes_back_after_a_passing_message(
    shell: Any, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., object]
) -> None:
    monkeypatch.setattr(problem_line, "BACK_TO_STANDING_MS", 30)
    shell.problem.standing("disk", "look", "The disk is nearly full.")
    shell.problem.standing("link", "stop", "The database does not answer.")
    assert (shell.problem.level, shell.problem.text) == ("stop", "The database does not answer. (and 1 more)")
    shell.problem.done("017 is checked in.")
    assert shell.problem.level == "done"
    wait_until(lambda: shell.problem.level == "stop")
    shell.problem.over("link")
    assert (shell.problem.level, shell.problem.text) == ("look", "The disk is nearly full.")
    shell.problem.over("disk")
    assert (shell.problem.level, shell.problem.text) == ("", "")


def test_progress_shows_a_bar_and_cancel_beside_the_message_and_blocks_nothing(shell: Any) -> None:
    cancelled: list[int] = []
    shell.problem.done("12 pictures stored.")
    shell.problem.progress("Reading the list", 0.25, lambda: cancelled.append(1))
    shell.top.update()
    bar = next(each for each in _all(shell.problem) if isinstance(each, ttk.Progressbar))
    button = next(each for each in _all(shell.problem) if isinstance(each, ttk.Button))
    assert float(bar.cget("value")) == 0.25 and shell.problem.text == "12 pictures stored."
    button.invoke()
    button.invoke()
    assert cancelled == [1], "one press is enough"
    shell.problem.progress("Reading the list", None)
    assert str(bar.cget("mode")) == "indeterminate"
    shell.problem.progress_over()
    shell.top.update()
    assert not bar.winfo_viewable() and not shell.problem.in_progress


def _all(widget: tk.Misc) -> list[tk.Misc]:
    return [each for child in widget.winfo_children() for each in (child, *_all(child))]


# -- questions


def test_a_question_has_its_safe_answer_first_and_focused_and_esc_means_it(shell: Any) -> None:
    done: list[str] = []
    shell.keys([Key("Esc", "Back", lambda: done.append("back")), Key("F5", "Sign", lambda: done.append("sign"))])
    choices = [Choice("Go on", lambda: done.append("safe")), Choice("Delete", lambda: done.append("gone"), True)]
    shell.top.focus_force()
    shell.ask("Delete 12 pictures?", "They are on no other PC.", choices)
    shell.top.update()
    assert shell.top.focus_get() is shell.question.buttons[0]
    assert str(shell.question.buttons[1].cget("style")) == "Stop.TButton"
    shell.top.event_generate("<F5>")
    assert done == [] and shell.problem.text == "Please answer the question first."
    shell.top.event_generate("<Escape>")
    assert done == ["safe"] and shell.question is None
    shell.top.event_generate("<Escape>")
    assert done == ["safe", "back"]


def test_a_question_is_answered_by_arrows_and_return_and_tab_stays_inside(shell: Any) -> None:
    done: list[str] = []
    field = TextField(shell.work, "氏名")
    field.grid()
    field.entry.focus_force()
    shell.top.update()
    shell.ask("A?", "B.", [Choice("1", lambda: done.append("1")), Choice("2", lambda: done.append("2"))])
    shell.top.update()
    for sequence in ("<Tab>", "<Tab>", "<Right>"):
        shell.top.focus_get().event_generate(sequence)
        shell.top.update()
        assert shell.top.focus_get() in shell.question.buttons
    shell.top.focus_get().event_generate("<Return>")
    shell.top.update()
    assert done == ["2"] and shell.top.focus_get() is field.entry


def test_a_question_holds_up_nothing_else_and_a_scan_waits(
    shell: Any, scan: Callable[..., int], wait_until: Callable[..., object]
) -> None:
    codes: list[str] = []
    shell.on_scan(codes.append)
    shell.ask("A?", "B.", [Choice("1")])
    ran: list[int] = []
    shell.top.after(1, ran.append, 1)
    wait_until(lambda: ran)
    scan(shell.top, "20261124-017")
    assert codes == [] and "then scan again" in shell.problem.text and shell.question is not None
    shell.question.answer_safely()
    scan(shell.top, "20261124-018")
    assert codes == ["20261124-018"]


def test_a_second_question_answers_the_first_one_safely(shell: Any) -> None:
    done: list[str] = []
    shell.ask("A?", "", [Choice("1", lambda: done.append("first safe")), Choice("2", lambda: done.append("wrong"))])
    shell.ask("B?", "", [Choice("1", lambda: done.append("second safe"))])
    assert done == ["first safe"]
    shell.question.answer_safely()
    assert done == ["first safe", "second safe"] and shell.question is None


def test_a_busy_window_asks_before_it_closes(shell: Any) -> None:
    closed: list[int] = []
    assert shell.may_close(lambda: closed.append(1)) is True
    shell.busy(True)
    assert shell.may_close(lambda: closed.append(1)) is False and closed == []
    shell.question.buttons[1].invoke()
    assert closed == [1]


# -- the bar


def test_lamps_say_their_state_by_mark_and_words(shell: Any) -> None:
    lamp = shell.lamp("Gateway")
    assert shell.lamp("Gateway") is lamp
    seen = set()
    for state in ("good", "look", "stop", "off"):
        getattr(lamp, state)()
        seen.add(lamp.label.cget("text"))
    assert seen == {"● Gateway", "▲ Gateway check", "■ Gateway not answering", "○ Gateway off"}
    lamp.stop("Call the person in charge.")
    shell.top.update()
    lamp.label.event_generate("<Button-1>")
    assert shell.problem.text == "Gateway: Call the person in charge."


def test_the_bar_shows_who_and_when(shell: Any) -> None:
    shell.person("見本 花子")
    words = [str(each.cget("text")) for each in labels(shell.bar)]
    assert "2026-11-24(Tue) 09:41" in words and "Staff: 見本 花子" in words


def test_the_clock_goes_on(dressed: tk.Tk, wait_until: Callable[..., object]) -> None:
    now = [datetime(2026, 11, 24, 23, 59, 59)]
    top = tk.Toplevel(dressed)
    shell = Shell(top, "x", clock=lambda: now[0])
    now[0] = datetime(2026, 11, 25, 0, 0, 0)
    wait_until(lambda: "2026-11-25(Wed) 00:00" in [str(each.cget("text")) for each in labels(shell.bar)])
