"""Capture as the nurse uses it: scan, press, see it counted; undo, star, part; interrupted, found again, registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from kiosk.core.camera import PictureState, PresetSettings
from kiosk.core.taken import SetState
from kiosk.core.triggers import TriggerSettings
from kiosk.devices.camera.simulator import number_in
from kiosk.store.spool import Spool
from tests.journeys.hands import press, scan, type_in
from tests.modes.capture.conftest import CAMERA, HANAKO, TARO

Wait = Callable[..., Any]


def live(window: Any, wait_until: Wait) -> Any:
    """The window once its camera shows a picture."""
    wait_until(lambda: window.desk.facts().state is PictureState.LIVE and window.page.painted > 3, 30, what="a picture")
    return window


def begin(window: Any, wait_until: Wait, number: str = "1001") -> Any:
    scan(window.shell, number)
    wait_until(lambda: window.taken is not None and window._over is None, what="the examination is open")
    return window.taken


def shoot(window: Any, wait_until: Wait, times: int = 1) -> None:
    for _ in range(times):
        before = len(window.pictures)
        press(window.shell, "F5")
        wait_until(lambda: len(window.pictures) > before, what="it is counted")  # noqa: B023


def keys(window: Any) -> list[str]:
    return [each.key for each in window.page.strip.shown]


def test_scan_press_counted_and_safe(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    window.room.visit(TARO, "1001")
    live(window, wait_until)
    press(window.shell, "F5")
    wait_until(lambda: "K430" in window.shell.problem.text, what="nobody is chosen: refused")
    taken = begin(window, wait_until)
    assert window.shell.banner.examinee.name == "見本 太郎" and window.shell.banner.examinee.kana == "ミホン タロウ"
    assert window.shell.is_busy and not window.pictures
    shoot(window, wait_until, 3)
    spool = window.desk.spool
    for each in window.pictures:
        data = spool.path_of(each).read_bytes()
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert number_in(picture) == each.facts["picture"] and each.facts["trigger"] == "F5"
    assert keys(window) == ["3", "2", "1"]
    wait_until(lambda: all(each.pixels for each in window.page.strip.shown), what="thumbnails")
    assert spool.set_of(taken.id).state is SetState.OPEN


def test_undo_star_part(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = live(open_window(), wait_until)
    window.room.visit()
    taken = begin(window, wait_until)
    type_in(window.shell, "3")
    wait_until(lambda: window.page.parts.shown == "胃体部", what="the part in force")
    shoot(window, wait_until, 2)
    press(window.shell, "F7")
    press(window.shell, "F6")
    spool = window.desk.spool
    wait_until(lambda: [each.number for each in spool.pictures(taken.id)] == [1], what="the newest is left out")
    press(window.shell, "F7")
    wait_until(lambda: spool.pictures(taken.id)[0].star, what="the star")
    [kept, gone] = spool.pictures(taken.id, deleted=True)
    assert kept.part == "胃体部" and gone.deleted and spool.path_of(gone).exists()
    assert window.page.strip.shown[0].caption == "1 ★ 胃体部"
    shoot(window, wait_until)
    assert window.pictures[-1].number == 3  # a number is given once


def test_camera_freezes_and_comes_back(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = live(open_window(), wait_until)
    window.room.visit()
    begin(window, wait_until)
    link = window.desk.capture.camera
    for fault, state in (("freeze", PictureState.FROZEN), ("blank", PictureState.BLANK), ("lost", PictureState.LOST),
                         ("size", PictureState.SIZE)):  # fmt: skip
        link.fault(fault)
        wait_until(lambda state=state: window.desk.facts().state is state, what=f"{fault} is noticed")
        wait_until(lambda: window._camera.state == "stop" and window.shell.problem.level == "stop", what="it is told")
        press(window.shell, "F5")
        window.shell.top.update()
        assert not window.pictures
        link.fault("")
        wait_until(lambda: window._camera.state == "good", 15, what=f"it is back after {fault}")
    shoot(window, wait_until)
    assert window.taken.row is not None  # the examination was kept through all of it


def test_interrupted_found_again_registered_later(
    open_window: Callable[..., Any], open_room: Callable[..., Any], wait_until: Wait
) -> None:
    window = live(open_window(), wait_until)
    window.room.visit()
    taken = begin(window, wait_until)
    shoot(window, wait_until, 2)
    press(window.shell, "Esc")
    wait_until(lambda: window.shell.question is not None, what="asked first")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: window.taken is None, what="interrupted")
    wait_until(lambda: "F3" in window.shell.problem.text, what="told in the line")
    press(window.shell, "F3")
    wait_until(lambda: window.kept.table.shown_keys == [taken.id], what="it stands in the list")
    window.kept.table.select(taken.id)
    wait_until(lambda: len(window.kept.strip.shown) == 2, what="its pictures")
    press(window.shell, "F5")
    wait_until(lambda: window.taken is not None and len(window.pictures) == 2, what="it is open again")
    shoot(window, wait_until)
    press(window.shell, "F12")
    wait_until(lambda: window.taken is None, what="ended at once, the server being away")
    assert window.desk.spool.set_of(taken.id).state is SetState.REGISTERING


def test_an_examination_that_nobody_wants_is_thrown_away(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = live(open_window(), wait_until)
    press(window.shell, "F2")
    window.begin_unidentified()
    wait_until(lambda: window.taken is not None and window._over is None, what="begun without a name")
    shoot(window, wait_until)
    of, spool = window.taken.id, window.desk.spool
    press(window.shell, "Esc")
    wait_until(lambda: window.shell.question is not None, what="asked")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: window.taken is None, what="interrupted")
    press(window.shell, "F3")
    wait_until(lambda: window.kept.table.shown_keys == [of], what="it is kept")
    window.kept.table.select(of)
    press(window.shell, "F12")
    wait_until(lambda: "K440" in window.shell.problem.text, what="nobody's is not registered")
    press(window.shell, "F6")
    wait_until(lambda: window.shell.question is not None, what="asked before it goes")
    press(window.shell, "Esc")
    assert spool.set_of(of) and spool.pictures(of)
    press(window.shell, "F6")
    wait_until(lambda: window.shell.question is not None, what="asked again")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: spool.sets() == [] and not window.kept.table.shown_keys, what="gone")
    assert not spool.folder(of).exists()


def test_unidentified_until_assigned(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = live(open_window(), wait_until)
    window.room.visit(HANAKO, "1002")
    press(window.shell, "F2")
    window.begin_unidentified()
    wait_until(lambda: window.taken is not None and window._over is None, what="begun without a name")
    shoot(window, wait_until)
    press(window.shell, "F12")
    wait_until(lambda: window._over is window.choose, what="asked whose they are")
    scan(window.shell, "1002")
    wait_until(lambda: window.shell.question is not None, what="asked once more")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: window.taken.row is not None, what="assigned")
    assert window.shell.banner.examinee.name == "髙橋 花子"
    press(window.shell, "F12")
    wait_until(lambda: window.taken is None, what="registered")


def test_another_examinee_is_asked_about(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = live(open_window(), wait_until)
    window.room.visit(TARO, "1001")
    window.room.visit(HANAKO, "1002")
    first = begin(window, wait_until)
    shoot(window, wait_until)
    scan(window.shell, "1002")
    wait_until(lambda: window.shell.question is not None, what="asked")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: window.taken is not None and window.taken.id != first.id, what="the other one is open")
    assert window.shell.banner.examinee.name == "髙橋 花子" and not window.pictures
    assert window.desk.spool.set_of(first.id).state is SetState.REGISTERING


def test_unknown_code_is_refused_loudly(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = live(open_window(), wait_until)
    window.room.visit(TARO, "1001")
    scan(window.shell, "10011")
    wait_until(lambda: "H335" in window.shell.problem.text, what="never the nearest")
    assert window.taken is None


def test_a_foot_switch_and_the_device_page(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window(trigger=TriggerSettings(keys=["F5", "Next"], debounce_ms=0, guard_ms=60_000))
    live(window, wait_until)
    window.room.visit()
    begin(window, wait_until)
    press(window.shell, "Next")
    wait_until(lambda: len(window.pictures) == 1, what="the foot switch")
    press(window.shell, "Next")
    wait_until(lambda: window.desk.capture.counts()["Next"].too_soon == 1, what="too soon is counted")
    assert len(window.pictures) == 1
    press(window.shell, "F10")
    wait_until(lambda: "Next" in window.devices.table.shown_keys, what="the counts stand there")
    press(window.shell, "F5")
    wait_until(lambda: "F5" in window.devices.table.shown_keys, what="tried")
    assert len(window.pictures) == 1  # trying takes nothing
    press(window.shell, "Esc")
    assert window._over is None


def test_cut_and_masked_as_the_device_needs(open_window: Callable[..., Any], wait_until: Wait) -> None:
    presets = [PresetSettings("whole"), PresetSettings("scope", [100, 40, 600, 400], [[340, 60, 120, 60]])]
    window = live(open_window(camera=replace(CAMERA, presets=presets)), wait_until)
    window.room.visit()
    begin(window, wait_until)
    shoot(window, wait_until)
    press(window.shell, "F10")
    window.devices.preset.set("1")
    window.devices.preset.entry.event_generate("<<ComboboxSelected>>")
    press(window.shell, "Esc")
    shoot(window, wait_until)
    spool = window.desk.spool
    whole, cut = (cv2.imread(str(spool.path_of(each))) for each in window.pictures)
    assert whole.shape == (448, 800, 3) and cut.shape == (400, 600, 3)
    assert cut[24:76, 244:356].max() < 16 and whole[64:116, 344:456].max() > 100  # what was burnt in is gone


def test_little_room_is_told(
    open_window: Callable[..., Any], wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(Spool, "free_bytes", lambda self: 100 << 20)
    window = open_window()
    wait_until(lambda: "100 MB" in window.shell.problem.text and window.shell.problem.level == "stop", what="told")


def test_a_clip(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = live(open_window(), wait_until)
    window.room.visit()
    taken = begin(window, wait_until)
    press(window.shell, "F9")
    wait_until(lambda: window.desk.capture.clipping, what="a clip is taken")
    shoot(window, wait_until)  # stills go on meanwhile
    wait_until(lambda: (window.desk.capture._clip or (0, None))[1].frames > 10, what="it grows")
    press(window.shell, "F9")
    wait_until(lambda: len(window.pictures) == 2, what="the clip stands in the strip")
    clip = window.pictures[-1]
    capture = cv2.VideoCapture(str(window.desk.spool.path_of(clip)))
    numbers = []
    while (found := capture.read())[0]:
        numbers.append(number_in(found[1]))
    assert clip.kind == "clip" and len(numbers) > 10 and numbers == sorted(set(numbers)), taken
