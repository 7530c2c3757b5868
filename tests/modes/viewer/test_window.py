"""The real window: opened, leafed, windowed, played, compared and asked for key images by keyboard and mouse."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.flow.show_study import show_file, show_study
from kiosk.store import findings
from kiosk.ui.burst import FAST_MS
from tests.dicom.test_pixels import write
from tests.modes.viewer.hands import Open, at, press, shade
from tests.modes.viewer.ward import LAST_YEAR, Ward
from tests.ui.test_shell import cut_off


def test_a_study_is_opened_and_leafed_by_keyboard(opened: Open, wait_until: Any) -> None:
    _, window = opened(pictures=12)
    assert window.shell.banner.examinee.name == "見本 太郎"
    assert window.shell.banner.examinee.number == "2026001"
    assert shade(window) == 20
    for key, place in (
        ("<Down>", 1),
        ("<Next>", 11),
        ("<Up>", 10),
        ("<Prior>", 0),
        ("<End>", 11),
        ("<Down>", 11),
        ("<Home>", 0),
    ):
        press(window, key)
        wait_until(at(window, place), what=key)
        assert shade(window) == 20 * (place + 1) % 256
    press(window, "<Button-5>", "<Button-5>")
    wait_until(at(window, 2))


def test_a_file_named_at_the_start_opens_by_itself(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any, tmp_path: Path
) -> None:
    ward = open_ward(argument=tmp_path / "loose" / "a.dcm")
    ward.file("a.dcm", PatientName="Mihon^Hanako", PatientID="X1", PatientBirthDate="19800102", StudyDate="20261124")
    window = open_window(ward)
    wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready and not window.opening.running, 30)
    assert window.shell.banner.examinee.name == "Mihon Hanako"
    assert (window.shell.banner.examinee.number, window.shell.banner.examinee.age) == ("X1", 46)
    assert not window.shell.key("F7").enabled
    press(window, "<F7>")
    assert "visit" in window.shell.problem.text


def test_the_next_disc_with_the_same_file_names_shows_its_own_picture(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any
) -> None:
    ward = open_ward()
    path = ward.file("IM000001", PatientName="Mihon^Hanako", PatientID="A")
    window = open_window(ward)
    window.open_files([str(path)])
    wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready and not window.opening.running, 30)
    write(path, b"\7" * 64 * 64, Rows=64, Columns=64, PatientName="Rei^Jiro", PatientID="B")
    os.utime(path, ns=(1, 1))
    window.open_files([str(path)])
    wait_until(lambda: window.shell.banner.examinee.name == "Rei Jiro" and window.pictures.pane.ready, 30)
    assert shade(window) == 7


def test_windows_by_digit_drag_and_arrow_and_back_by_undo(opened: Open, wait_until: Any) -> None:
    _, window = opened(WindowCenter=["50", "100"], WindowWidth=["100", "190"], WindowCenterWidthExplanation=["A", "B"])
    pane = window.pictures.pane
    first = pane.window
    assert (first.centre, first.width) == (50, 100)
    assert window.pictures.side.window.get() == "0"
    window.shell.scanner.letters["2"]()
    assert (pane.window.centre, pane.window.width) == (100, 190)
    window.shell.top.update()
    assert window.pictures.side.window.get() == "1"
    press(window, "<Control-Up>")
    assert pane.window.centre < 100
    press(window, "<Control-Shift-Left>")
    assert pane.window.width > 190
    dragged = pane.window
    pane.event_generate("<ButtonPress-1>", x=100, y=100)
    pane.event_generate("<B1-Motion>", x=140, y=80)
    pane.event_generate("<ButtonRelease-1>", x=140, y=80)
    assert pane.window.width > dragged.width and pane.window.centre < dragged.centre
    assert window.pictures.side.window.get() == "", "none of the presets"
    for letter in "irhv":
        window.shell.scanner.letters[letter]()
    assert pane.inverted and pane.turn_now.quarters
    press(window, "<F6>")
    assert (pane.window.centre, pane.window.width) == (50, 100)
    assert not pane.inverted and pane.turn_now.quarters == 0


def test_fit_and_one_to_one_and_push(opened: Open) -> None:
    _, window = opened()
    pane = window.pictures.pane
    assert pane.fitted and pane.scale_now > 2
    press(window, "<F9>")
    assert pane.scale_now == 1.0 and not pane.fitted
    press(window, "<F9>")
    assert pane.fitted
    window.shell.scanner.letters["+"]()
    assert not pane.fitted
    press(window, "<Shift-Left>")
    window.shell.scanner.letters["z"]()
    assert pane.fitted


def test_a_loop_plays_by_its_own_times_and_stops_where_it_is(opened: Open, wait_until: Any) -> None:
    _, window = opened(pictures=1, frames=20, Modality="US")
    pane = window.pictures.pane
    assert len(pane.stack) == 20
    press(window, "<F5>")
    assert pane.playing and "25" in pane._words["se"]
    seen: set[int] = set()
    wait_until(lambda: seen.add(pane.on_screen) or len(seen) > 10, what="many pictures pass")
    window.shell.scanner.letters["."]()
    assert pane.speed > 1
    press(window, "<space>")
    assert not pane.playing
    wait_until(lambda: pane.ready)
    assert int(pane.image.pixels[0, 0]) == 20 + pane.at
    later = time.monotonic() + 2 * FAST_MS / 1000  # a second blank sooner than that would be a scanner's
    wait_until(lambda: time.monotonic() > later)
    press(window, "<space>")
    assert pane.playing
    press(window, "<Down>")
    assert not pane.playing, "leafing ends the loop"


def test_the_header_is_searched(opened: Open, wait_until: Any) -> None:
    _, window = opened()
    press(window, "<F8>")
    wait_until(lambda: len(window.header.table) > 20)
    window.header.search.set("patientname")
    window.shell.top.update()
    assert [row.cells[3] for row in window.header.table._rows.values()] == ["Mihon^Taro"]
    press(window, "<Escape>")
    assert window.place == "pictures" and window.shell.top.focus_get() is window.pictures.pane


def test_last_time_stands_on_the_right_by_itself_and_alone_again_by_a_key(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any
) -> None:
    ward = open_ward()
    ward.study(ward.visit(1, LAST_YEAR), pictures=3)
    ward.study(ward.visit(1), pictures=3)
    window = open_window(ward)
    wait_until(lambda: len(window.list.table) == 2)
    press(window, "<Return>")
    left, right = window.pictures.panes[:2]
    wait_until(lambda: window.place == "pictures" and window.pictures.two and left.ready and right.ready, 30)
    assert (left.facts.study_date, right.facts.study_date) == ("20261124", "20251120")
    window.shell.scanner.letters["s"]()
    assert "picture by picture" in right._words["sw"] and right._words["sw"].endswith("1 / 3")
    press(window, "<Down>")
    wait_until(lambda: left.at == right.at == 1 and left.ready and right.ready)
    press(window, "<Tab>")
    assert window.pictures.pane is right
    assert window.shell.banner.examinee.number == "2025001", "the banner follows the pane"
    press(window, "<F4>")
    assert not window.pictures.two and window.pictures.pane is left
    press(window, "<F4>")
    wait_until(lambda: window.pictures.two and right.ready)


def test_without_last_time_both_panes_show_this_one(opened: Open, wait_until: Any) -> None:
    _, window = opened()
    press(window, "<F4>")
    wait_until(lambda: window.pictures.panes[1].ready)
    assert "earlier" in window.shell.problem.text


def test_a_mirrored_picture_says_so_on_the_screen_and_below_its_key_image(opened: Open, wait_until: Any) -> None:
    ward, window = opened(ImageLaterality="R", ViewPosition="MLO", Modality="MG")
    pane = window.pictures.pane
    for letter, words in (
        ("h", "left and right mirrored"),
        ("v", "turned by 180°"),
        ("h", "top and bottom mirrored"),
        ("r", "left and right mirrored  turned by 270°"),
        ("i", "left and right mirrored  turned by 270°\ninverted"),
    ):
        window.shell.scanner.letters[letter]()
        assert pane._words["se"].startswith(words + "\n"), letter
    press(window, "<F7>")
    wait_until(lambda: window.shell.problem.level == "done")
    with ward.station.centre.reading() as conn:
        (image,) = findings.tray(conn, window.opened.visit.id)
    assert image.comment == "MG MLO right  left and right mirrored  turned by 270°  inverted"
    window.shell.scanner.letters["i"]()
    press(window, "<F6>")
    assert "mirrored" not in pane._words["se"]


def test_a_key_image_goes_to_the_tray_by_one_key(opened: Open, wait_until: Any) -> None:
    ward, window = opened(WindowCenter="50", WindowWidth="100")
    press(window, "<Down>")
    wait_until(at(window, 1))
    press(window, "<F7>")
    wait_until(lambda: window.shell.problem.level == "done")
    with ward.station.centre.reading() as conn:
        (image,) = findings.tray(conn, window.opened.visit.id)
        picture = findings.key_image_bytes(conn, image.id)
    assert image.sop_uid == window.pictures.pane.facts.sop_uid and image.frame == 1
    assert image.rendering["centre"] == 50 and image.rendering["inverted"] is False
    assert picture.startswith(b"\x89PNG")


def test_ctrl_up_brightens_where_large_values_are_dark_too(opened: Open) -> None:
    _, window = opened(PhotometricInterpretation="MONOCHROME1")
    pane = window.pictures.pane
    centre = pane.window.centre
    press(window, "<Control-Up>")
    assert pane.window.centre > centre, "the same value is painted brighter"
    window.shell.scanner.letters["i"]()
    press(window, "<Control-Up>")
    assert pane.window.centre == centre


def test_a_scan_looks_for_the_examinee(opened: Open, wait_until: Any) -> None:
    _, window = opened()
    window.shell.scanner._takers[-1]("2026001")
    assert window.place == "list" and window.list.search.get() == "2026001"
    wait_until(lambda: len(window.list.table) == 1)
    press(window, "<Escape>")
    assert window.place == "pictures", "what was open is still there"


def test_findings_and_reception_can_have_a_study_shown(
    open_ward: Any, open_window: Any, wait_until: Any, root: Any
) -> None:
    ward = open_ward()
    visit = ward.visit()
    ward.study(visit)
    window = open_window(ward)

    def shown() -> bool:
        if window.opened is None and not window.opening.running:
            show_study(ward.station.local, visit=visit)
        return bool(window.place == "pictures" and window.pictures.pane.ready and not window.opening.running)

    wait_until(shown, 30)
    assert window.opened.visit.id == visit


def test_a_second_file_from_the_desktop_shows_in_the_open_window(
    open_ward: Any, open_window: Any, wait_until: Any
) -> None:
    ward = open_ward()
    path = ward.file("a.dcm", PatientID="X7")
    window = open_window(ward)

    def shown() -> bool:
        if window.opened is None and not window.opening.running:
            show_file(ward.station.local, str(path))
        return bool(window.place == "pictures" and window.pictures.pane.ready and not window.opening.running)

    wait_until(shown, 30)
    assert window.shell.banner.examinee.number == "X7"


def test_a_picture_with_another_id_is_never_shown_without_a_word(opened: Open, wait_until: Any) -> None:
    _, window = opened(PatientID="Z9")
    assert window.shell.banner.examinee.number == "2026001"
    assert window.shell.problem.level == "look" and "Z9" in window.shell.problem.text
    press(window, "<F12>")
    assert window.shell.problem.level == ""


def test_finish_closes_the_study_and_a_new_picture_shows_in_the_list(opened: Open, wait_until: Any) -> None:
    ward, window = opened()
    press(window, "<F12>")
    assert window.place == "list" and window.opened is None and window.shell.banner.examinee is None
    assert not window.pictures.pane.shown
    ward.study(number=2)
    wait_until(lambda: len(window.list.table) == 2, what="by notice, without a key")


def test_the_card_of_keys_opens_and_closes(opened: Open) -> None:
    _, window = opened()
    press(window, "<F10>")
    assert window.key_side.card_open and cut_off(window.shell.top) == []
    press(window, "<Escape>")
    assert not window.key_side.card_open and window.place == "pictures"


def test_nothing_is_cut_off_and_all_is_reached_by_keyboard(opened: Open, wait_until: Any) -> None:
    _, window = opened()
    assert cut_off(window.shell.top) == []
    reached = set()
    for _ in range(20):
        press(window, "<Tab>")
        reached.add(str(window.shell.top.focus_get()))
    side = window.pictures.side
    wanted = [side.stacks.tree, side.window.entry, *(c for c in side.winfo_children() if c.winfo_class() == "TButton")]
    assert {str(each) for each in wanted} <= reached
    for place in ("<F8>", "<F2>"):
        press(window, place)
        wait_until(lambda: True)
        assert cut_off(window.shell.top) == []


def test_closing_while_a_loop_plays_and_a_picture_is_awaited(opened: Open, root: Any) -> None:
    _, window = opened(pictures=1, frames=20)
    press(window, "<F5>")
    window.pictures.pane.go_to(19)
    window.shell.top.destroy()
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        root.update()
