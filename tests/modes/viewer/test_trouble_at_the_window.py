"""Pictures that are damaged, slow, or deadly to their decoder: the window says so, and lives on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.picture import Window
from kiosk.flow import children
from kiosk.flow.answers import Answer
from tests.flow import unruly
from tests.modes.viewer.hands import Open, at, press


def test_a_bad_picture_says_so_and_the_others_go_on(opened: Open, wait_until: Any) -> None:
    ward, window = opened(pictures=3)
    damaged = Path(window.pictures.pane.stack.picture(2).path)
    damaged.write_bytes(damaged.read_bytes()[:-4096])
    before = window.opened
    window.open_study(before.study)
    wait_until(lambda: window.opened is not before and window.pictures.pane.ready and not window.opening.running)
    window.pictures.pane.go_to(2)
    wait_until(lambda: window.shell.problem.level == "stop")
    pane = window.pictures.pane
    assert not pane.shown and "cut off" in str(pane.itemcget(pane._told, "text"))
    assert "cut off" in window.shell.problem.text
    press(window, "<Home>")
    wait_until(at(window, 0))
    assert pane.shown and window.shell.problem.level == "", "said no longer"


def test_the_header_of_a_swapped_file_is_not_shown_under_the_old_banner(opened: Open, wait_until: Any) -> None:
    _, window = opened()
    path = Path(window.pictures.pane.facts.path)
    path.write_bytes(path.read_bytes().replace(b"Mihon^Taro", b"Other^Name"))
    os.utime(path, ns=(1, 1))
    press(window, "<F8>")
    wait_until(lambda: window.shell.problem.level == "stop" or len(window.header.table) > 0)
    assert len(window.header.table) == 0 and window.place == "pictures"
    assert "Another file has taken the place" in window.shell.problem.text


@pytest.fixture
def unruly_decoder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The real decoder, until a file is named like a misdeed."""
    monkeypatch.setattr(children, "worker_command", lambda module, *args: unruly.command(unruly.__name__, *args))
    yield


def test_a_wait_is_seen_can_be_cancelled_and_never_holds_the_window(
    unruly_decoder: None, opened: Open, wait_until: Any, root: Any
) -> None:
    from kiosk.ui.mailbox import Heartbeat

    ward, window = opened(pictures=2)
    hanging = ward.file("hang-1.dcm")
    window.open_files([str(hanging)])
    wait_until(lambda: window.opened.study is None)
    heart = Heartbeat(root)
    wait_until(lambda: window.shell.problem.in_progress, what="the wait is seen")
    pane = window.pictures.pane
    assert "being opened" in str(pane.itemcget(pane._told, "text"))
    press(window, "<Escape>")
    wait_until(lambda: window.shell.problem.level == "stop")
    assert "cancelled" in window.shell.problem.text and not window.shell.problem.in_progress
    heart.stop()
    assert heart.longest_gap_s < 0.5
    press(window, "<F2>")
    press(window, "<F5>")
    wait_until(lambda: window.opened.study is not None and window.pictures.pane.ready, 30)


def test_a_slow_picture_of_the_series_stands_as_the_one_before(
    opened: Open, wait_until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, window = opened(pictures=2)
    pane = window.pictures.pane
    for letter in "hi+":
        window.shell.scanner.letters[letter]()
    pane.set_window(Window(33.0, 44.0))
    scale = pane.scale_now
    next_one = window.desk.frame(*_key(pane, 1)).wait(20)
    slow: Answer = Answer(lambda do, *args: do(*args))
    monkeypatch.setattr(window.desk, "peek", lambda *key: None)
    monkeypatch.setattr(window.desk, "frame", lambda *key: slow)
    press(window, "<Down>")
    wait_until(lambda: not pane.shown, what="the wait is said in words")
    slow.settle(next_one)
    assert pane.ready and pane.at == 1
    assert pane.window == Window(33.0, 44.0) and pane.scale_now == scale
    assert pane.inverted and pane.turn_now.mirrored


def _key(pane: Any, at: int) -> tuple[str, int, str]:
    facts = pane.stack.picture(at)
    return facts.path, pane.stack.slides[at][1], facts.stamp


@pytest.mark.parametrize("misdeed", ["crash", "swell"])
def test_a_decoder_that_dies_never_takes_the_window_with_it(
    unruly_decoder: None, open_ward: Any, open_window: Any, wait_until: Any, misdeed: str
) -> None:
    ward = open_ward(decoder_memory_mb=400)
    ward.file("a.dcm", InstanceNumber=1)
    ward.file(f"{misdeed}-1.dcm", InstanceNumber=2)
    window = open_window(ward)
    window.open_files([str(ward.folder / "loose")])
    wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready and not window.opening.running, 30)
    press(window, "<Down>")
    wait_until(lambda: window.shell.problem.level == "stop", 30)
    assert "This picture" in window.shell.problem.text
    press(window, "<Up>")
    wait_until(at(window, 0))


def test_what_was_left_out_is_told(open_ward: Any, open_window: Any, wait_until: Any) -> None:
    ward = open_ward()
    ward.file("a.dcm")
    (ward.folder / "loose" / "letter").write_text("only words here, and no picture at all")
    window = open_window(ward)
    window.open_files([str(ward.folder / "loose")])
    wait_until(lambda: window.place == "pictures", 30)
    assert window.shell.problem.level == "look" and "letter" in window.shell.problem.text
    window.open_files([str(ward.folder / "nowhere")])
    wait_until(lambda: window.shell.problem.level == "stop")
    assert window.place == "pictures", "what was open stays open"


def test_a_study_given_up_after_its_first_picture_does_not_stand_there_as_if_it_were_all(
    opened: Open, wait_until: Any, monkeypatch: Any
) -> None:
    _, window = opened(pictures=3)
    seen, desk = window.opened, window.desk
    stack = replace(seen.stacks[0], slides=seen.stacks[0].slides[:1], whole=False)
    never = Answer(desk.mailbox.post)

    def open_study(study: int, progress: Any = None, first: Any = None) -> Answer:
        desk.mailbox.post(first, replace(seen, stacks=(stack,)))
        return never

    monkeypatch.setattr(desk, "open_study", open_study)
    press(window, "<F12>")
    wait_until(lambda: len(window.list.table) == 1)
    press(window, "<F5>")
    wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready)
    assert window.pictures.pane._words["sw"] == "1 / …"
    press(window, "<F4>")
    assert not window.pictures.two, "what is half open is not compared"
    press(window, "<Escape>")
    assert window.place == "list" and window.opened is None and window.pictures.pane.stack is None
    assert window.shell.banner.examinee is None
