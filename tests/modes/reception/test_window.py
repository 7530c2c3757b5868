"""What the clerk and the nurse do and see in the real window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.core.list_settings import ListSettings
from kiosk.devices.inbox.simulator import sample_rows
from kiosk.store import findings, visits
from kiosk.store.engine import Store
from kiosk.store.notices import tell
from tests.modes.reception.conftest import Site
from tests.ui.conftest import keys

OpenWindow = Callable[..., Any]
Wait = Callable[..., Any]


def cells(window: Any, at: int) -> list[str]:
    """One column of the list as it stands there."""
    table = window.day.table
    return [table.row(key).cells[at] for key in table.shown_keys]


def row(window: Any, tail: str) -> Any:
    """The row whose number ends so."""
    table = window.day.table
    return next(row for key in table.shown_keys if (row := table.row(key)).cells[1].endswith(tail))


def chosen(window: Any) -> str:
    return window.day.selected.number[-3:] if window.day.selected else ""


def scan(window: Any, code: str) -> None:
    """A barcode scanner's keystrokes, wherever the focus is."""
    widget = window.shell.top.focus_get() or window.shell.top
    at_ms = keys(widget, code, 5)
    widget.event_generate("<Return>", time=at_ms + 5)
    window.shell.top.update()


def press(window: Any, cap: str) -> None:
    window.shell.top.focus_get().event_generate("<Escape>" if cap == "Esc" else f"<{cap}>")
    window.shell.top.update()


def line(window: Any) -> tuple[str, str]:
    return window.shell.problem.level, window.shell.problem.text


@pytest.fixture
def centre(centre_on_sqlite: Store) -> Store:
    """What windows do is the same on both databases; the desk's own tests run on both."""
    return centre_on_sqlite


@pytest.fixture
def window(site: Site, open_window: OpenWindow) -> Any:
    site.read(10)
    return open_window()


def test_the_day_is_shown_with_its_counts(window: Any) -> None:
    assert len(cells(window, 0)) == 10 and cells(window, 1)[0] == "001"
    assert row(window, "002").cells[2:6] == ("髙橋 花子", "タカハシ ハナコ", row(window, "002").cells[4], "ドックA")
    assert set(cells(window, 6)) == {"not here yet"}
    assert [str(cell[1].cget("text")) for cell in window.day.counters._cells] == ["0", "0", "0", "10"]


def test_a_scan_finds_one_whatever_has_the_focus(window: Any, site: Site, wait_until: Wait) -> None:
    for focus in (window.day.table.tree, window.day.number.entry, window.day.name.entry, window.shell.top):
        window.day.table.select("")
        focus.focus_force()
        window.shell.top.update()
        number = f"{site.today:%Y%m%d}-00{3 + (focus is window.shell.top)}"
        window.shell.scanner._last_code = ""
        scan(window, number)
        assert chosen(window) == number[-3:]
        assert window.day.name.get() == "" and window.day.number.get() == ""
    assert line(window)[0] == "" and "𠮷田 香" in line(window)[1]


def test_an_unknown_number_is_loud_and_chooses_nobody(window: Any, site: Site) -> None:
    scan(window, f"{site.today:%Y%m%d}-002")
    scan(window, f"{site.today:%Y%m%d}-020")
    assert chosen(window) == "" and line(window)[0] == "stop" and "-020" in line(window)[1]
    press(window, "F5")
    assert "Choose an examinee first" in line(window)[1]


def test_typing_a_number_and_return(window: Any, site: Site, wait_until: Wait) -> None:
    press(window, "F2")
    window.day.number.entry.insert(0, "3")
    window.day.number.entry.event_generate("<Return>")
    assert chosen(window) == "003" and window.day.number.get() == ""
    press(window, "F2")
    window.day.number.entry.insert(0, "99")
    window.day.number.entry.event_generate("<Return>")
    assert chosen(window) == "" and line(window)[0] == "stop"
    window.day.number.entry.event_generate("<Key-4>")  # another number, not the rest of this one
    window.day.number.entry.event_generate("<Return>")
    assert chosen(window) == "004"


def test_a_number_of_another_day_is_told_with_its_day(window: Any, site: Site, wait_until: Wait) -> None:
    tomorrow = site.today + timedelta(days=1)
    site.read(3, tomorrow)
    scan(window, f"{tomorrow:%Y%m%d}-002")
    wait_until(lambda: str(tomorrow) in line(window)[1])
    assert line(window)[0] == "stop" and chosen(window) == ""
    press(window, "F10")
    wait_until(lambda: window.day.list.day == tomorrow and len(cells(window, 0)) == 3)
    assert "not today" in window.day.heading.cget("text")
    scan(window, f"{tomorrow:%Y%m%d}-003")
    assert chosen(window) == "003"
    press(window, "F5")
    assert window.shell.question is not None  # not for today: asked first
    press(window, "Esc")
    assert not site.visit("003", tomorrow).arrived_at
    press(window, "Esc")
    wait_until(lambda: window.day.list.day == site.today)
    press(window, "F9")
    wait_until(lambda: window.day.list.day == site.today - timedelta(days=1) and not cells(window, 0))


def test_names_narrow_the_list(window: Any, wait_until: Wait) -> None:
    press(window, "F3")
    window.day.name.entry.insert(0, "ﾀｶﾊｼ")
    wait_until(lambda: cells(window, 2) == ["髙橋 花子"])
    window.day.name.entry.event_generate("<Return>")
    assert chosen(window) == "002"
    press(window, "Esc")
    assert len(cells(window, 2)) == 10 and chosen(window) == "002"


def test_checking_in_and_taking_it_back(window: Any, site: Site, wait_until: Wait) -> None:
    scan(window, f"{site.today:%Y%m%d}-001")
    press(window, "F5")
    wait_until(lambda: "・" in row(window, "001").cells[6])
    assert line(window)[0] == "done" and chosen(window) == "001" and site.visit("001").arrived_at
    press(window, "F5")
    assert "Checked in at" in line(window)[1]
    press(window, "F6")
    wait_until(lambda: row(window, "001").cells[6] == "not here yet")
    assert not site.visit("001").arrived_at
    press(window, "F6")
    assert "not checked in" in line(window)[1]


def test_what_another_station_does_is_seen_within_two_seconds(
    window: Any, site: Site, open_window: OpenWindow, wait_until: Wait
) -> None:
    other = open_window("受付2")
    scan(other, f"{site.today:%Y%m%d}-009")
    other.shell.key("F5").press()
    wait_until(lambda: "・" in row(window, "009").cells[6], 2.0)


def test_pictures_that_arrive_are_named_and_complete_rows_are_green(window: Any, site: Site, wait_until: Wait) -> None:
    scan(window, f"{site.today:%Y%m%d}-010")
    press(window, "F5")
    wait_until(lambda: row(window, "010").cells[6] == "胸部・ 眼底・ 心電・")
    site.image("010", "FUNDUS", ImageLaterality="R")
    wait_until(lambda: row(window, "010").cells[6] == "胸部・ 眼底 no 左 心電・", 2.0)
    assert row(window, "010").state == "look" and chosen(window) == "010"
    site.complete("010")
    wait_until(lambda: row(window, "010").cells[6] == "胸部✓ 眼底✓ 心電✓")
    assert row(window, "010").state == "done"
    window.day.narrow("done")
    assert cells(window, 1) == ["010"]
    press(window, "Esc")
    assert len(cells(window, 1)) == 10


def test_a_vanished_visit_is_amber_and_asked_about(site: Site, open_window: OpenWindow, wait_until: Wait) -> None:
    site.read(3)
    window = open_window()
    site.read(rows=sample_rows(site.today, 2))
    wait_until(lambda: row(window, "003").state == "look")
    assert "no longer in the list" in row(window, "003").cells[7]
    wait_until(lambda: "1 missing" in line(window)[1])
    scan(window, f"{site.today:%Y%m%d}-003")
    assert line(window)[0] == "look"
    press(window, "F5")
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: site.visit("003").arrived_at)


def test_the_interview_note(window: Any, site: Site, wait_until: Wait) -> None:
    scan(window, f"{site.today:%Y%m%d}-002")
    press(window, "F4")
    wait_until(lambda: window.place == "note")
    assert window.shell.banner.examinee.name == "髙橋 花子" and "first visit" in window.note.last.words()
    assert "抗凝固薬" in window.note.today.words()  # the list's remark in full, for those without a mouse
    window.note.note.entry.insert("1.0", "血圧の薬を飲んできた。")
    press(window, "F5")
    wait_until(lambda: window.place == "day" and row(window, "002").cells[7].startswith("interviewed"))
    press(window, "F4")
    wait_until(lambda: window.place == "note" and "血圧の薬" in window.note.today.words())
    assert window.note.text == ""


def test_last_time_stands_beside(site: Site, open_window: OpenWindow, wait_until: Wait) -> None:
    from kiosk.core.finding import FindingBody

    last = site.today - timedelta(days=364)
    site.read(2, last)
    with site.centre.writing() as conn:
        before = visits.day_visits(conn, last)[0].id
        visits.set_state(conn, before, visits.VisitState.ARRIVED, arrived_at=f"{last}T08:30:00")
        visits.add_note(conn, before, "抗凝固薬を内服中", "見本 看護")
        findings.write_version(conn, visit=before, kind="CHEST", body=FindingBody("索状影あり"), by="例示 医師",
                               signed=True, based_on=0)  # fmt: skip
    site.read(2)
    window = open_window()
    window.find("001")
    window.open_note()
    wait_until(lambda: window.place == "note")
    words = window.note.last.words()
    assert str(last) in words and "抗凝固薬を内服中" in words and "胸部X線" in words and "索状影あり" in words


def test_a_note_that_is_not_saved_is_there_again(window: Any, site: Site, wait_until: Wait) -> None:
    window.find("001")
    window.open_note()
    wait_until(lambda: window.place == "note")
    window.note.note.entry.insert("1.0", "途中まで")
    window.shell.top.update()
    press(window, "Esc")
    assert window.place == "day" and "not saved" in line(window)[1]
    scan(window, f"{site.today:%Y%m%d}-002")
    press(window, "F4")
    wait_until(lambda: window.place == "note")
    assert window.note.text == ""
    scan(window, f"{site.today:%Y%m%d}-001")  # a scan in the note: back to the list, at the one scanned
    wait_until(lambda: window.place == "day" and chosen(window) == "001")
    press(window, "F4")
    wait_until(lambda: window.place == "note" and window.note.text == "途中まで")
    assert "not saved yet" in line(window)[1]


def test_what_was_wrong_in_the_list(site: Site, open_window: OpenWindow, wait_until: Wait) -> None:
    window = open_window()
    rows = sample_rows(site.today, 4)
    rows[1][1], rows[2][9:11] = "2026/2/30", ["ZZ", "なぞ"]
    site.read(rows=rows)
    wait_until(lambda: "4 rows, 3 to check" in line(window)[1])
    assert line(window)[0] == "look"
    wait_until(lambda: len(cells(window, 0)) == 3)
    press(window, "F7")
    wait_until(lambda: len(window.lists.problems) == 3)
    shown = [window.lists.problems.row(key) for key in window.lists.problems.shown_keys]
    assert [(each.cells[0], each.cells[2], each.state) for each in shown] == [
        ("", "", "look"), ("3", "left out", "stop"), ("4", "went in", "look"),
    ]  # fmt: skip
    assert "2026/2/30" in shown[1].cells[1]
    window.lists.problems.select(shown[1].key)
    press(window, "F6")
    wait_until(lambda: window.lists.problems.row(shown[1].key).cells[3] == "見本 看護")
    assert window.lists.open_problems == 2
    press(window, "Esc")
    assert window.place == "day"


def test_a_list_that_cannot_be_read_is_red(site: Site, open_window: OpenWindow, wait_until: Wait) -> None:
    window = open_window()
    site.read(rows=[["x"] * 14])
    wait_until(lambda: line(window)[0] == "look")
    folder = site.folder / "lists"
    (folder / "yoyaku.csv").write_bytes("番号,日付\n1,2\n".encode("cp932"))
    (folder / "yoyaku.lok").write_bytes(b"")
    read_again(site)
    wait_until(lambda: line(window)[0] == "stop" and "F7" in line(window)[1])
    window.shell.problem.done("somebody is checked in")
    window.shell.problem.clear()
    assert line(window)[0] == "stop"  # what is said meanwhile does not make it forgotten
    window.open_lists()
    wait_until(lambda: len(window.lists.files) == 2 and len(window.lists.problems) == 1)
    assert window.lists.files.selected == window.lists.files.shown_keys[0]
    window.back()
    site.read(5)
    wait_until(lambda: len(cells(window, 0)) == 5)
    window.lists.files.select(window.lists.files.shown_keys[1])  # looked at before, and out of date now
    window.open_lists()
    wait_until(lambda: len(window.lists.files) == 3)
    assert window.lists.files.selected == window.lists.files.shown_keys[0]
    wait_until(lambda: line(window)[1] == "")


def read_again(site: Site) -> None:
    from kiosk.modes.reception.mode import InboxSettings, list_reader

    station = site.station(
        "読取", inbox=InboxSettings(folder=str(site.folder / "lists"), settle_s=0), list=ListSettings()
    )
    reader = list_reader(station.kit("reception"))
    assert reader is not None
    reader.look()
    reader.look()
    site.centre.leave()
    station.centre.leave()
    site.close(station)


def test_a_large_list_shows_how_far_it_is(window: Any, site: Site, wait_until: Wait) -> None:
    with site.centre.writing() as conn:
        tell(conn, "list", file=99, rows=120_000)
    wait_until(lambda: window.shell.problem.in_progress)
    site.read(11)
    wait_until(lambda: not window.shell.problem.in_progress)


def printed(site: Site) -> str:
    """The text of the one list that went to paper."""
    import pypdfium2

    (path,) = site.folder.glob("受付1/pages/*/list-*.pdf")
    with pypdfium2.PdfDocument(path) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def test_the_list_is_printed(window: Any, site: Site, wait_until: Wait) -> None:
    press(window, "F8")
    wait_until(lambda: line(window)[0] in ("done", "look"))
    text = printed(site)
    assert "髙橋 花子" in text and "見本 太郎" in text and "10 examinees" in text and "extract" not in text


@pytest.mark.parametrize(
    ("answer", "said", "others"), [(1, "10 examinees", True), (2, "extract: 1 of 10 examinees", False)]
)
def test_of_a_narrowed_list_it_is_asked_what_goes_to_paper(
    window: Any, site: Site, wait_until: Wait, answer: int, said: str, others: bool
) -> None:
    window.day.name.set("タカハシ")
    press(window, "F8")
    press(window, "Esc")
    assert window.shell.question is None and not window.shell.problem.in_progress  # nothing goes to paper unasked
    press(window, "F8")
    window.shell.question.buttons[answer].invoke()
    wait_until(lambda: line(window)[0] in ("done", "look"))
    text = printed(site)
    assert "髙橋 花子" in text and said in text and ("見本 太郎" in text) == others


def test_a_search_that_fits_nobody_does_not_call_the_day_empty(window: Any, site: Site) -> None:
    window.day.name.set("ナイナイ")
    assert "Esc shows all" in str(window.day.table._empty.cget("text"))
    press(window, "F8")
    assert len(window.shell.question.buttons) == 2
    press(window, "Esc")
    press(window, "Esc")
    assert len(cells(window, 0)) == 10


def test_a_reader_of_lists_that_cannot_live_is_told(window: Any, wait_until: Wait) -> None:
    reader = SimpleNamespace(failing=True)
    window.desk._kit.services["reception.lists"] = reader
    window._look_at_clock()
    wait_until(lambda: line(window)[0] == "look" and "No list is read" in line(window)[1])
    reader.failing = False
    window._look_at_clock()
    wait_until(lambda: line(window)[1] == "")


def test_a_new_day_comes_by_itself(window: Any, site: Site, wait_until: Wait) -> None:
    tomorrow = site.today + timedelta(days=1)
    site.read(4, tomorrow)
    window._today = lambda: tomorrow
    window._look_at_clock()
    wait_until(lambda: window.day.list.day == tomorrow and len(cells(window, 0)) == 4)


def test_the_window_closes_with_a_note_open(window: Any, site: Site, wait_until: Wait) -> None:
    window.find("001")
    window.open_note()
    wait_until(lambda: window.place == "note")
    window.note.note.entry.insert("1.0", "閉じる前")
    window.shell.top.update()
    assert window.shell.may_close(lambda: None)
    wait_until(lambda: window.desk.interview(site.visit("001").id).wait().draft == "閉じる前")
