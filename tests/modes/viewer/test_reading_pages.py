"""The doctor's display and pictures beside those of last time, at the real window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.finding import FindingBody
from kiosk.core.settings import ScreenSettings
from kiosk.devices.screens.listed import ListedScreens
from kiosk.flow.keep_window_place import place_for
from kiosk.modes.viewer.settings_pages import DoctorDisplay, PanesSettings, PictureDisplay
from kiosk.store import findings, visits
from tests.modes.viewer.hands import press
from tests.modes.viewer.rounds import Round, drawn

PA, LL = {"ViewPosition": "PA"}, {"ViewPosition": "LL"}
MONITORS = (ScreenSettings("list", "", 0, 0, 1280, 800), ScreenSettings("chest", "", 1280, 0, 600, 700, "grey"))


@pytest.fixture
def round_at(root: Any, sqlite_templates: Path, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """``round_at(fill, **settings)``: the centre as ``fill(round)`` leaves it, and a viewer's window beside it."""
    from kiosk.modes.viewer.window import ViewerWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    round, mailbox = Round(sqlite_templates, tmp_path), Mailbox(root)

    def open_one(fill: Callable[[Round], None], **settings: Any) -> tuple[Round, Any]:
        fill(round)
        top = tk.Toplevel(root)
        top.geometry("1280x800+0+0")
        window = ViewerWindow(top, round.desk(round.station("doctor", mailbox.post, mailbox, **settings)))
        top.update()
        top.focus_force()
        top.update()
        window.focus()
        return round, window

    yield open_one
    for child in root.winfo_children():
        child.destroy()
    round.close()
    mailbox.close()


def days_work(round: Round) -> None:
    """One whose course is done, with a visit last year; one with a lateral view alone; one who has just come."""
    before = round.examinee(1, "CHEST", "GASTRO", day=round.today - timedelta(360))
    round.pictures(before, "GASTRO", {}, {}, seed=3)
    first = round.examinee(1, "CHEST", "GASTRO")
    round.pictures(first, "CHEST", LL, PA)
    round.pictures(first, "GASTRO", {}, {}, {})
    round.pictures(round.examinee(2, "CHEST", "GASTRO"), "CHEST", LL)
    round.examinee(3, "CHEST", "GASTRO")
    with round.writer.centre.writing() as conn:
        visits.add_note(conn, first, "胃痛が時々あり。", "見本 看護師")
        said = FindingBody("萎縮性胃炎を認めます。", (), "C12")
        findings.write_version(conn, visit=before, kind="GASTRO", body=said, by="見本 医師", signed=True, based_on=0)


def words_of(page: Any) -> str:
    return str(page.facts.text.get("1.0", "end"))


def test_the_doctors_display(round_at: Callable[..., Any], wait_until: Callable[..., Any]) -> None:
    round, window = round_at(days_work, page="doctor")
    page = window.pages.views["doctor"]
    rows = lambda: [page.list.table.row(key) for key in page.list.table.shown_keys]  # noqa: E731
    wait_until(lambda: len(page.list.table) == 3, 30)
    assert [row.state for row in rows()] == ["done", "look", ""]
    assert rows()[1].cells[6] == "Missing: 胸部X線 no 正面、胃内視鏡"
    press(window, "<Return>")
    sheets = page.viewers.sheets
    wait_until(lambda: page.shown is not None and page.viewers.settled and page.interview is not None, 30)
    assert [pane.slide.facts.view for pane in sheets[0].panes] == ["PA", "LL"], "frontal left, though it came second"
    assert page.viewers.counts == [2, 0, 0, 0, 0, 3, 0, 0]
    assert "胃痛が時々あり。" in words_of(page) and "C12" in words_of(page) and "萎縮性胃炎" in words_of(page)
    press(window, "<Key-6>")
    wait_until(lambda: page.viewers.front == 5 and sheets[5].winfo_ismapped() and sheets[5].settled)
    assert not sheets[0].winfo_ismapped()
    press(window, "<Down>", "<Down>", "<Down>")
    assert sheets[5].panes[0].slide is sheets[5].slides[2]
    press(window, "p")
    wait_until(lambda: page.last_time and len(sheets[5].slides) == 2)
    assert sheets[5].panes[0].words.startswith("last time")
    press(window, "<space>")
    wait_until(lambda: page.shown is not None and page.shown.visit.key.number.endswith("002"), 30)
    wait_until(lambda: page.viewers.settled, 30)
    assert page.viewers.front == 0 and sheets[0].panes[0].slide is None, "a lateral view is not shown as the frontal"
    assert sheets[0].panes[1].ready
    press(window, "<F8>")  # all of it in the viewer with its tools, and back to the same examinee
    wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready, 30)
    press(window, "<Escape>")
    assert window.place == "doctor" and page.shown.visit.key.number.endswith("002")
    assert window.shell.banner.examinee.name == "見本 花子"
    # What is missing comes while the doctor looks.
    round.pictures(page.visit, "CHEST", PA, seed=2)
    round.pictures(page.visit, "GASTRO", {})
    wait_until(lambda: sheets[0].panes[0].ready and page._line().course == "done", 30, "the frontal view came")
    assert "All examinations" in words_of(page)


def test_viewers_on_their_own_monitors(round_at: Callable[..., Any], wait_until: Callable[..., Any]) -> None:
    viewers = (PanesSettings("CR", "", 2, 1, 1, "grey"), PanesSettings("ES", "", 1, 1, 1, "colour one"))
    _, window = round_at(days_work, page="doctor", screens=MONITORS, doctor=DoctorDisplay(viewers))
    page = window.pages.views["doctor"]
    wait_until(lambda: len(page.list.table) == 3, 30)
    chest, scope = page.viewers.windows[0], page.viewers.windows[1]
    wait_until(lambda: chest.top.winfo_reqwidth() and "colour one" in window.shell.problem.text)
    assert "is not there" in window.shell.problem.text, "it comes on the main monitor and says so"
    press(window, "<Return>")
    wait_until(lambda: page.shown is not None and page.viewers.sheets[0].settled and chest.top.winfo_viewable(), 30)
    assert (chest.top.winfo_x(), chest.top.winfo_width(), chest.top.winfo_height()) == (1280, 600, 700)
    assert scope.top.winfo_x() == 0
    assert "見本 太郎" in chest.head.cget("text") and "P00001" in chest.head.cget("text")
    press(window, "<Key-2>")
    wait_until(lambda: page.viewers.front == 1)
    # Locked, nobody sees the pictures on the other monitors either.
    uncover = window.shell.cover(tk.Frame(window.shell.frame), lambda code: None, lambda: window.shell.frame)
    assert not chest.top.winfo_viewable() and not scope.top.winfo_viewable()
    uncover()
    wait_until(lambda: chest.top.winfo_viewable())
    # Where it is moved to, it comes up the next time.
    chest.top.geometry("500x400+1300+20")
    own, screens = page._desk._kit.local, ListedScreens(MONITORS)
    kept = lambda: place_for(own, screens, "viewer.doctor 1 grey", "grey").place  # noqa: E731
    wait_until(lambda: kept() is not None and kept().geometry == "500x400+1300+20", what="the place is kept")
    assert kept().screen == "chest"
    chest.top.event_generate("<F4>", when="now")  # the key line answers there too
    assert "no pictures of last time" in window.shell.problem.text or page.last_time
    press(window, "<Escape>")
    assert not chest.top.winfo_viewable()


def scopes(round: Round) -> None:
    """Two years of one examinee: DICOM this year, plain JPEG files last year."""
    before = round.examinee(1, "GASTRO", day=round.today - timedelta(360))
    for number in range(3):
        round.jpeg(before, "FB", f"last{number}.jpg", drawn("ES", (), 3 + number))
    first = round.examinee(1, "GASTRO", "ABDOMEN")
    round.pictures(first, "GASTRO", *[{}] * 5)
    round.pictures(first, "ABDOMEN", {})


def test_today_left_and_last_year_right(round_at: Callable[..., Any], wait_until: Callable[..., Any]) -> None:
    _, window = round_at(scopes, page="compare", compare=PictureDisplay(columns=2, rows=2))
    page = window.pages.views["compare"]
    wait_until(lambda: len(page.list.table) == 1, 30)
    press(window, "<Return>")
    wait_until(lambda: page.shown is not None and page.front.settled, 30)
    now, before = page.front.sheets
    assert now.winfo_x() < before.winfo_x()
    assert (len(now.slides), len(before.slides)) == (5, 3)
    assert "today" in page.front.heads[0].cget("text") and "last time" in page.front.heads[1].cget("text")
    assert all(pane.ready for pane in (*now.panes, *before.panes[:3])), "DICOM and JPEG alike"
    press(window, "<Right>", "<Down>")
    assert (now.at, before.at) == (3, 2), "leafed together; the shorter one stays at its end"
    press(window, "<Return>")
    wait_until(lambda: page.front.large and page.front.settled)
    assert now.panes[0].slide is now.slides[3] and not now.panes[1].winfo_ismapped()
    press(window, "+")
    wait_until(lambda: before.panes[0].spot.zoom > 1.2, what="both are enlarged")
    assert abs(now.panes[0].spot.zoom - before.panes[0].spot.zoom) < 0.01
    press(window, "<Right>")
    wait_until(lambda: now.panes[0].ready and now.at == 4)
    assert now.panes[0].spot.zoom > 1.2, "the next picture is looked at in the same place"
    press(window, "s")
    wait_until(lambda: page.front.apart)
    press(window, "<Tab>")
    assert page.front.active == 1
    press(window, "<Left>")
    assert (now.at, before.at) == (4, 1)
    press(window, "<Key-2>")
    wait_until(lambda: page.kind == "US" and page.front.settled and len(page.front.sheets[0].slides) == 1)
    assert page.front.sheets[1].panes[0].slide is None
    press(window, "<Escape>", "<Escape>")
    assert window.place == "list"


def two_pairs(round: Round) -> None:
    for number in (1, 2):
        round.eyes(number, last_year=False)


def test_what_is_entered_is_found_again_and_one_who_has_it_open_is_named(
    round_at: Callable[..., Any], wait_until: Callable[..., Any]
) -> None:
    round, window = round_at(two_pairs, page="fundus")
    page = window.pages.views["fundus"]
    wait_until(lambda: len(page.list.table) == 2 and page.entry.master_data is not None, 30)
    press(window, "<Return>")
    wait_until(lambda: page.opened is not None and page.entry.locked is None, 30)
    first = page.visit
    press(window, "<Key-2>")
    wait_until(lambda: page.entry.reading.eye("R").grade("h") == "2")
    press(window, "<F5>")
    assert "Left eye is not read" in window.shell.problem.text
    press(window, "<space>")
    wait_until(lambda: page.visit not in (0, first) and page.opened is not None and page.entry.locked is None, 30)
    press(window, "<Escape>")
    wait_until(lambda: [each.finding for each in page.list.lines] == ["draft", "none"], 30, "the draft is seen by all")
    # Next door somebody has it open meanwhile: it can be looked at, not written.
    other = round.desk(round.station("other", lambda do, *args: do(*args), page="fundus")).visits
    round.doctor(round.stations[-1])
    other.open_finding(first).wait()
    page.open(first)
    wait_until(lambda: page.opened is not None and "other" in str(page.entry.locked or ""), 30)
    assert page.entry.reading.eye("R").grade("h") == "2"
    press(window, "<Key-3>", "<F5>")
    wait_until(lambda: window.shell.scanner._letter_after is None and "見本 医師" in window.shell.problem.text)
    assert page.entry.reading.eye("R").grade("h") == "2"
    other.close_finding(first).wait()
    page.open(first)
    wait_until(lambda: page.opened is not None and page.entry.locked is None, 30)
    press(window, "<Delete>")
    assert page.entry.reading.empty
    press(window, "n")
    wait_until(lambda: page.entry.category == "A")
    press(window, "<F5>")
    wait_until(lambda: "Only a doctor can sign" in window.shell.problem.text, what="nobody is logged in here")
    assert page.entry.locked is None and page.visit == first
