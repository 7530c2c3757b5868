"""Ten examinees' eyes read by keyboard alone at the hospital next door, which has nothing but URL and volume map."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.store import findings
from tests.modes.viewer.hands import press
from tests.modes.viewer.rounds import DOCTOR, NAMES, Round

ODD = 4  # the examinee in whom something is found


@pytest.fixture
def next_door(root: Any, sqlite_templates: Path, tmp_path: Path) -> Any:
    """The real window of a viewer at the neighbour, a doctor logged in, ten examinees at the centre."""
    import tkinter as tk

    from kiosk.modes.viewer.window import ViewerWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    round = Round(sqlite_templates, tmp_path)
    for number in range(1, 11):
        round.eyes(number, last_year=number != 2)
    mailbox = Mailbox(root)
    station = round.station("neighbour", mailbox.post, mailbox, page="fundus")
    round.doctor(station)
    top = tk.Toplevel(root)
    top.geometry("1280x800+0+0")
    window = ViewerWindow(top, round.desk(station))
    top.update()
    top.focus_force()
    top.update()
    window.focus()
    yield window, round, station
    for child in root.winfo_children():
        child.destroy()
    round.close()
    mailbox.close()


def test_ten_examinees_by_keyboard_alone(next_door: Any, wait_until: Callable[..., Any]) -> None:
    window, round, station = next_door
    page = window.pages.views["fundus"]
    wait_until(lambda: len(page.list.table) == 10 and page.entry.master_data is not None, 30)

    def on_screen() -> bool:
        shown = page.shown is not None and page.opened is not None and page.entry.locked is None
        return bool(shown and all(pane.settled for pane in page.eyes.panes.values()))

    def type_in(keys: str, until: Callable[[], bool]) -> None:
        for key in keys:
            press(window, f"<Key-{key}>" if key.isdigit() else key)
        wait_until(until, what=keys)

    press(window, "<Return>")
    read: list[int] = []
    for number in range(1, 11):
        wait_until(lambda: page.visit not in (0, *read) and on_screen(), 30, f"examinee {number}")
        visit = page.visit
        assert window.shell.banner.examinee.name == NAMES[number - 1][0]
        right, left = page.eyes.panes["now", "R"], page.eyes.panes["now", "L"]
        assert right.winfo_x() < left.winfo_x() and right.slide.side == "R" and left.slide.side == "L"
        assert right.image.paint.colour and right.words != page.eyes.panes["before", "R"].words
        assert (page.eyes.panes["before", "R"].slide is None) == (number == 2)
        if number == 1:
            see_closely(window, page, type_in)
        if number == ODD:
            type_in("10", lambda: page.entry.reading.eye("R").grade("s") == "0")
            type_in("b", lambda: bool(page.entry.reading.eye("R").signs))
            type_in("=", lambda: page.entry.reading.eye("L") == page.entry.reading.eye("R"))
            type_in("b", lambda: not page.entry.reading.eye("R").signs)
            press(window, "<F5>")
            assert "“透光体” is not graded yet" in window.shell.problem.text and page.entry.key == "m"
            type_in("0", lambda: page.entry.reading.eye("R").grade("m") == "0")
            press(window, "<F5>")
            assert "Left eye: “透光体”" in window.shell.problem.text
            type_in("0", lambda: page.entry.reading.eye("L").grade("m") == "0")
            type_in("f", lambda: len(page._images) == 1)
        else:
            type_in("n", lambda: page.entry.category == "A")
        following = page._following()
        if following is not None:  # decoded while this one is read: the window does not wait for it
            wait_until(lambda following=following: all_decoded(page, following), 30, "the next one is ready")
        read.append(visit)
        press(window, "<F5>")
        wait_until(lambda visit=visit: page.visit != visit, 30, "signed and on")
        if following is not None:
            wait_until(lambda: page.shown is not None)
            assert page.eyes.panes["now", "R"].ready and page.eyes.panes["now", "L"].ready, "it was there at once"
    wait_until(lambda: page.visit == 0 and all(not each.unread for each in page.list.lines), 30)
    see_the_store(round, read)
    assert not (station.file.data / "centre.sqlite").exists(), "the neighbour keeps no store of the centre"


def see_closely(window: Any, page: Any, type_in: Callable[..., None]) -> None:
    """Zoom goes through all panes, a left eye the other way round; red-free and back; last time away and back."""
    right, left = page.eyes.panes["now", "R"], page.eyes.panes["now", "L"]
    type_in("++", lambda: right.spot.zoom > 1.5)
    press(window, "<Shift-Right>")
    assert right.spot.across > 0.55 and abs(left.spot.across - right.spot.across) < 0.01
    assert abs(page.eyes.panes["before", "R"].spot.zoom - right.spot.zoom) < 0.01
    assert left._view.left > right._view.left, "towards the nose in both"
    type_in("g", lambda: right.stored_values() is None and not right._stored.colour)
    type_in("g", lambda: bool(right._stored.colour))
    type_in("z", lambda: right.fitted and left.fitted)
    type_in("p", lambda: not page.eyes.panes["before", "R"].winfo_ismapped())
    type_in("p", lambda: bool(page.eyes.panes["before", "R"].winfo_ismapped()))
    type_in("0", lambda: page.entry.reading.eye("R").grade("h") == "0")
    press(window, "<F5>")
    assert "Left eye is not read" in window.shell.problem.text
    press(window, "<F6>")
    assert page.entry.reading.empty


def all_decoded(page: Any, visit: int) -> bool:
    answer = page._desk._headers(visit, ("OP",), True)
    if not answer.arrived:
        return False
    shown = answer.wait()[1]
    return all(page._desk.peek(each.facts.path, each.frame, each.facts.stamp) is not None for each in shown.now)


def see_the_store(round: Round, read: list[int]) -> None:
    with round.writer.centre.reading() as conn:
        signed = [findings.finding_of(conn, visit, "FUNDUS") for visit in read]
        odd = signed[ODD - 1]
        assert [each is not None and each.newest.signed for each in signed] == [True] * 10
        assert {each.newest.by for each in signed if each is not None and each.newest is not None} == {DOCTOR}
        keys = findings.tray(conn, read[ODD - 1])
        found = findings.search(conn, kind="FUNDUS", category="A", since=(round.today - timedelta(1)).isoformat())
    assert len(found) == 9 and odd is not None and odd.newest is not None
    assert odd.newest.body.text.split("\n") == [
        "右眼 Scheie H1、S0、中間透光体 清明。", "左眼 Scheie H1、S0、中間透光体 清明、所見 網膜出血。"
    ]  # fmt: skip
    assert {("media.media", "右", "良好"), ("vessel.h", "左", "H1"), ("retina.signs", "左", "出血")} <= set(
        odd.newest.body.items
    ), "as the findings station has it"
    assert [each.id for each in keys] == list(odd.newest.body.key_images) and keys[0].width >= 600
    assert set(odd.newest.body.codes) == {"40101", "40201"} and odd.newest.body.category == "D"
