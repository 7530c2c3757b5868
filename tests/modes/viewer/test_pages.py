"""The pages beside the list at the real window: documents, and a study handed to another viewer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from kiosk.devices.inbox.documents import DocumentFolder
from kiosk.flow.take_documents import TakeDocuments
from kiosk.modes.viewer.settings_stores import OutsideSettings
from kiosk.store.audit import Actor
from kiosk.store.volume import Volume, Volumes
from tests.flow.test_hand_in_documents import picture
from tests.modes.viewer.hands import press
from tests.modes.viewer.ward import Ward
from tests.ui.test_shell import cut_off


def start_gateway(ward: Ward) -> None:
    """The process that keeps the disks takes what lies in the inbox."""
    (ward.folder / "INBOX").mkdir()
    disk = Volume("MAG1", ward.folder / "MAG1", True)
    disk.prepare()
    door = DocumentFolder(ward.folder / "INBOX")
    take = TakeDocuments(ward.station.centre, Volumes([disk]), door, Actor(station="gateway"))

    def work(stop: Event) -> None:
        take.work(stop, 0.1)

    ward.station.crew.start("gateway", work)


def test_a_document_is_taken_in_for_the_marked_examinee_and_shown(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any, tmp_path: Path
) -> None:
    ward = open_ward(inbox="INBOX")
    start_gateway(ward)
    ward.study(ward.visit(), pictures=1)
    window = open_window(ward)
    wait_until(lambda: len(window.list.table) == 1)
    press(window, "<F6>")
    page = window.side.pages["documents"]
    assert window.place == "documents" and window.shell.banner.examinee.name == "見本 太郎"
    assert cut_off(window.shell.top) == []
    given = tmp_path / "心電図.bmp"
    given.write_bytes(picture("BMP"))
    window.side.dropped([given])
    wait_until(lambda: len(page.table) == 1, 20, "the gateway stored it")
    assert page.table.row(page.table.selected).cells[1:3] == ("DC", "心電図")
    assert "stored" in window.shell.problem.text
    press(window, "<F5>")
    wait_until(lambda: page.pane.painted)
    window.shell.scanner.search.focus_set()
    page.scanned("nobody")
    wait_until(lambda: "Nobody" in window.shell.problem.text)
    page.scanned("2026001")
    wait_until(lambda: window.shell.banner.examinee.number == "2026001" and len(page.table) == 1)
    press(window, "<Escape>")
    assert window.place == "list" and window.shell.banner.examinee is None


def test_a_study_goes_to_the_other_viewer_by_one_key(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any, tmp_path: Path
) -> None:
    outside = OutsideSettings("他社", str(tmp_path / "OUT"), str(tmp_path / "p.txt"), "{id}\n{name}\n{number}\n{count}")
    ward = open_ward(outside=outside)
    ward.study(ward.visit(), pictures=3)
    window = open_window(ward)
    wait_until(lambda: len(window.list.table) == 1)
    press(window, "<F1>")
    wait_until(lambda: "3 images are at 他社" in window.shell.problem.text, 30)
    assert (tmp_path / "p.txt").read_bytes() == "P00001\r\n見本 太郎\r\n2026001\r\n3\r\n".encode("cp932")
    assert sorted(each.name for each in (tmp_path / "OUT").iterdir()) == [f"SC000{n}.dcm" for n in (1, 2, 3)]
    assert window.place == "list"


def test_a_picture_goes_into_the_teaching_file_and_is_found_there(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any, tmp_path: Path
) -> None:
    ward = open_ward()
    ward.study(ward.visit(), pictures=2)
    window = open_window(ward)
    wait_until(lambda: len(window.list.table) == 1)
    press(window, "<F5>")
    wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready, 30)
    press(window, "<F7>")
    wait_until(lambda: "tray" in window.shell.problem.text)
    window.shell.scanner.letters["d"]()
    form = window.side.pages["teaching form"]
    wait_until(lambda: form.canvas.painted and len(form.strip.shown) == 2, what="this picture and the key image")
    assert cut_off(window.shell.top) == []
    canvas = form.canvas
    left, top, wide, high = canvas._place()
    for event, x, y in (("<ButtonPress-1>", left, top), ("<ButtonRelease-1>", left + wide // 2, top + high // 2)):
        canvas.event_generate(event, x=x, y=y)
    assert len(canvas.areas) == 1
    form.title.set("見本 太郎の胸部")
    form.keep()
    wait_until(lambda: "whose picture" in window.shell.problem.text)
    assert window.place == "teaching form"
    form.title.set("正常胸部")
    form.keywords.set("正常、胸部X線")
    form.keep()
    wait_until(lambda: window.place == "pictures")
    press(window, "<Escape>", "<F11>")
    page = window.side.pages["teaching"]
    wait_until(lambda: len(page.table) == 1 and page.pane.painted)
    assert cut_off(window.shell.top) == []
    page.search.set("胸水")
    wait_until(lambda: len(page.table) == 0)
    page.search.set("せいじょう")
    page.search.set("正常")
    wait_until(lambda: len(page.table) == 1)
    press(window, "<F5>")
    assert not page._side.winfo_ismapped()
    press(window, "<Escape>")
    page.export_to(str(tmp_path / "EX"))
    wait_until(lambda: "1 pictures are in" in window.shell.problem.text)
    assert len(list((tmp_path / "EX").rglob("*.jpg"))) == 1
    page.remove()
    window.shell._question.answer_safely()
    assert len(page.table) == 1
