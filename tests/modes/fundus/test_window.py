"""Fundus intake as the technician uses it: scan, shoot, see the picture come, say the eye, register."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.taken import SetState
from kiosk.modes.fundus.mode import check
from kiosk.modes.fundus.settings import FundusSettings, ShareSettings
from kiosk.ui import examination_window
from tests.journeys.hands import click, press, scan, type_in
from tests.modes.fundus.conftest import HANAKO, TARO, fundus

Wait = Callable[..., Any]


def begin(window: Any, wait_until: Wait, number: str = "1001") -> Any:
    scan(window.shell, number)
    wait_until(lambda: window.taken is not None and window._over is None, what="the examination is open")
    return window.taken


def captions(window: Any) -> list[str]:
    return [each.caption for each in window.page.strip.shown]


def test_scan_shoot_eye_register(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    window.room.visit(TARO)
    taken = begin(window, wait_until)
    assert window.shell.banner.examinee.name == "見本 太郎"
    window.room.send("IMG_1.JPG", fundus("R"))
    window.room.send("IMG_2.JPG", fundus("L"))
    wait_until(lambda: captions(window) == ["2 L?", "1 R?"], what="both came, with a suggestion")
    press(window.shell, "F12")
    wait_until(lambda: "K450" in window.shell.problem.text, what="an eye must be said")
    type_in(window.shell, "l")
    wait_until(lambda: captions(window) == ["2 L", "1 R?"], what="the newest is a left eye")
    press(window.shell, "F5")
    wait_until(lambda: captions(window) == ["2 L", "1 R"], what="the other as suggested")
    press(window.shell, "F8")
    type_in(window.shell, "haze")
    press(window.shell, "Return")
    spool = window.desk.spool
    wait_until(lambda: spool.pictures(taken.id)[1].comment == "haze", what="the comment is kept")
    press(window.shell, "F12")
    wait_until(lambda: window.taken is None, what="the examination ends at once, the server being away")
    assert spool.set_of(taken.id).state is SetState.REGISTERING
    assert [each.eye for each in spool.pictures(taken.id)] == ["R", "L"]


def test_the_eye_by_touch_and_a_picture_left_out(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    window.room.visit()
    taken = begin(window, wait_until)
    window.room.send("a.jpg", fundus("R", 1))
    window.room.send("b.jpg", fundus("R", 2))
    wait_until(lambda: len(window.pictures) == 2, what="both")
    click(next(iter(window.page.eyes._labels.values())))
    wait_until(lambda: captions(window)[0] == "2 R", what="touched")
    press(window.shell, "F7", "F6")
    spool = window.desk.spool
    wait_until(lambda: [each.number for each in spool.pictures(taken.id)] == [1], what="the newest is left out")
    assert captions(window) == ["1 R?"]


def test_what_fits_nobody_waits_and_is_assigned(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    window.room.visit(HANAKO, "1002")
    window.room.send("IMG_9.JPG", fundus("L"))
    wait_until(lambda: window.shell.problem.level == "look", what="told")
    press(window.shell, "F3")
    wait_until(lambda: len(window.kept.table.shown_keys) == 1, what="it waits")
    window.kept.table.select(window.kept.table.shown_keys[0])
    press(window.shell, "F2")
    scan(window.shell, "1002")
    wait_until(lambda: window.shell.question is not None, what="asked")
    window.shell.question.buttons[1].invoke()
    spool = window.desk.spool
    wait_until(lambda: window._over is window.kept and window.kept.table.shown_keys, what="back at the list")
    wait_until(lambda: (window.kept._sets[window.kept.table.shown_keys[0]]).row is not None, what="assigned")
    assert spool.sets()[0].row.patient.patient_id == "00012346"
    window.kept.table.select(window.kept.table.shown_keys[0])
    press(window.shell, "F12")
    wait_until(lambda: "K450" in window.shell.problem.text, what="not without an eye")
    press(window.shell, "F5")
    wait_until(lambda: window.taken is not None and len(window.pictures) == 1, what="gone on with")
    press(window.shell, "F5", "F12")
    wait_until(lambda: spool.sets()[0].state is SetState.REGISTERING, what="registered")


def test_what_was_marked_a_moment_before_registering_counts(
    open_window: Callable[..., Any], wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """F6 and F12 in one breath, on a disk that is slow: the picture left out is not registered."""
    window = open_window()
    window.room.visit(HANAKO, "1002")
    begin(window, wait_until, "1002")
    for number, eye in enumerate("LR", 1):
        window.room.send(f"00012346_{eye}.jpg", fundus(eye))
        wait_until(lambda number=number: len(window.pictures) == number, what=f"{eye} came")
    spool = window.desk.spool
    mark, slow = spool.mark, threading.Event()

    def mark_slowly(*args: Any, **marks: Any) -> None:
        slow.wait(0.5)
        mark(*args, **marks)

    monkeypatch.setattr(spool, "mark", mark_slowly)
    seen = []
    finish = window.desk.taking.finish
    monkeypatch.setattr(window.desk.taking, "finish", lambda: (
        seen.extend(each.number for each in spool.pictures(spool.sets()[0].id) if not each.deleted), finish()))
    press(window.shell, "F6", "F12")
    wait_until(lambda: spool.sets()[0].state is SetState.REGISTERING, what="registered")
    assert seen == [1]


def test_a_picture_of_somebody_else_while_one_is_open(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    window.room.visit(TARO, "1001")
    window.room.visit(HANAKO, "1002")
    begin(window, wait_until)
    window.room.send("00012346_R.jpg", fundus("R"))
    wait_until(lambda: "F3" in window.shell.problem.text, what="told loudly")
    assert not window.pictures
    scan(window.shell, "1002")
    wait_until(lambda: window.taken is not None and window.taken.number == "1002", what="hers")
    wait_until(lambda: captions(window) == ["1 R"], what="her picture is there already, with its eye")


def test_what_is_no_picture_is_told_and_listed(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    window.room.visit()
    begin(window, wait_until)
    window.room.send("report.jpg", b"%PDF-1.4")
    wait_until(lambda: window.shell.problem.level == "stop", what="told")
    press(window.shell, "F10")
    wait_until(lambda: window.asides.table.shown_keys, what="listed")
    row = window.asides.table.row(window.asides.table.shown_keys[0])
    assert row.cells[1:3] == ("report.jpg", "camera") and row.cells[3].startswith("not_jpeg")
    press(window.shell, "Esc")
    assert not window.pictures


def test_by_the_shared_folder(
    open_window: Callable[..., Any], wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(examination_window, "LINK_MS", 300)
    window = open_window(share=ShareSettings("SHARE", 0.05, 0.2))
    wait_until(lambda: window.shell.problem.level == "stop", what="the folder is not there yet")
    share = Path(window.desk.share)
    share.mkdir()
    window.room.visit()
    begin(window, wait_until)
    (share / "x.jpg").write_bytes(fundus())
    wait_until(lambda: len(window.pictures) == 1, what="taken when it rested")
    assert not list(share.iterdir())
    wait_until(lambda: window._doors.state == "good", 15, what="the lamp")


def test_check_says_what_is_missing() -> None:
    found = list(check(FundusSettings(names=["("])))
    assert [good for good, _, _ in found] == [False, False] and "names" in str(found[0][2].values)
