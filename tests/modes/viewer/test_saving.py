"""What a person keeps of pictures: display settings and key images in the study, files, the header, the keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from kiosk.core.measure import Measure
from kiosk.store import audit, findings, images
from kiosk.ui.view import Turn
from tests.modes.viewer.hands import Open, at, press


def stored(ward: Any, modality: str) -> list[Any]:
    with ward.station.centre.reading() as conn:
        [study] = images.recent_studies(conn)
        return [each for each in images.instances_of_study(conn, study.id) if each.modality == modality]


def in_tray(ward: Any, visit: int) -> int:
    with ward.station.centre.reading() as conn:
        return len(findings.tray(conn, visit))


def disks_stand(ward: Any) -> None:
    """As a gateway leaves them."""
    for volume in ward.station.volumes:
        volume.prepare()


def choose(window: Any, digit: str) -> None:
    press(window, "<F11>", f"<Key-{digit}>")


def test_how_a_picture_stands_is_kept_in_its_study_and_comes_back(opened: Open, wait_until: Any) -> None:
    ward, window = opened(pictures=3, PixelSpacing=["0.5", "0.5"])
    disks_stand(ward)
    pane, side = window.pictures.pane, window.pictures.side
    press(window, "<Down>")
    wait_until(at(window, 1))
    assert not side.states.winfo_manager()
    pane.measures.here.append(Measure("length", ((10.0, 10.0), (10.0, 50.0))))
    pane.invert()
    pane.turn(1)
    pane.set_window(type(pane.window)(44.0, 20.0))
    pane.zoom_to(20.0)
    window.shell.top.update()
    box = pane.look_now().area
    choose(window, "1")
    wait_until(lambda: "study" in window.shell.problem.text, 30)
    wait_until(lambda: len(stored(ward, "PR")) == 1, 30, what="it is in the store")
    wait_until(lambda: not list((ward.folder / "viewer" / "objects").glob("*/*.dcm")), what="and no more owed")

    press(window, "<Escape>", "<F5>")
    wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready, 30)
    wait_until(lambda: bool(side.states.winfo_manager()), 30, what="the study offers it")
    assert len(window.opened.stacks) == 1 and window.opened.stacks[0].modality == "CR"
    side.states.set("0")
    side._state_chosen()
    wait_until(lambda: at(window, 1)() and pane.inverted, what="it leaps to the picture and shows it so")
    window.shell.top.update()
    look = pane.look_now()
    assert (pane.turn_now, pane.window.centre, pane.window.width) == (Turn(1), 44.0, 20.0)
    corners = (look.area.upper_left, box.upper_left), (look.area.lower_right, box.lower_right)
    assert all(abs(a - b) <= 2 for now, then in corners for a, b in zip(now, then, strict=True))
    assert look.graphics[0].points == ((10.0, 10.0), (10.0, 50.0))
    assert look.labels[0].text == "20.0 mm" and pane.find_withtag("graphics")
    press(window, "<Down>")
    wait_until(lambda: at(window, 2)() and not pane.inverted, what="the next picture is as its header says")
    press(window, "<Up>")
    wait_until(lambda: at(window, 1)() and pane.inverted)
    side.states.set("-1")
    side._state_chosen()
    assert not pane.inverted and pane.turn_now == Turn() and not pane.graphics.look.graphics


def test_a_key_image_is_in_the_tray_and_in_the_study(opened: Open, wait_until: Any) -> None:
    ward, window = opened(pictures=4, frames=2)
    disks_stand(ward)
    pane = window.pictures.pane
    press(window, "<Down>")
    wait_until(at(window, 1))
    press(window, "<F7>")
    wait_until(lambda: len(stored(ward, "KO")) == 1, 30)
    wait_until(lambda: pane.graphics.starred)
    pane.invert()
    press(window, "<F7>")
    wait_until(lambda: in_tray(ward, window.opened.visit.id) == 2)
    assert len(stored(ward, "KO")) == 1, "chosen once is chosen"
    press(window, "<Home>")
    wait_until(at(window, 0))
    assert not pane.graphics.starred
    window.shell.scanner.letters["k"]()
    wait_until(lambda: at(window, 1)() and pane.graphics.starred)
    press(window, "<Escape>", "<F5>")
    wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready, 30)
    window.pictures.leaf_stack(1)
    wait_until(lambda: window.pictures.pane.ready)

    def leapt() -> bool:
        window.shell.scanner.letters["k"]()
        return bool(pane.at == 1 and pane.ready and pane.graphics.starred)

    wait_until(leapt, 30, what="read again from the study")


def ask_where(monkeypatch: Any, **answers: str | tuple[str, ...]) -> list[dict[str, Any]]:
    """The dialogs of the system answer this."""
    asked: list[dict[str, Any]] = []
    for name, answer in answers.items():

        def tell(answer: Any = answer, **how: Any) -> Any:
            asked.append(how)
            return answer

        monkeypatch.setattr(f"kiosk.modes.viewer.files_window.filedialog.{name}", tell)
    return asked


def test_pictures_become_files(opened: Open, wait_until: Any, monkeypatch: Any, tmp_path: Path) -> None:
    ward, window = opened(
        pictures=2, frames=6, SeriesNumber=3, BurnedInAnnotation="NO", WindowCenter="64", WindowWidth="128"
    )
    pane, line = window.pictures.pane, window.shell.problem
    pane.measures.here.append(Measure("length", ((10.0, 10.0), (10.0, 50.0))))
    pane.turn(1)

    def saved(digit: str, name: str) -> Any:
        asked = ask_where(monkeypatch, asksaveasfilename=str(tmp_path / name))
        choose(window, digit)
        wait_until(lambda: name in line.text, 30)
        assert "見本" not in asked[0]["initialfile"] and "MIHON" not in asked[0]["initialfile"]
        return asked[0]["initialfile"]

    assert saved("2", "clean.jpg") == "P00001_20261124_CR_3_1_F1.jpg"
    saved("3", "drawn.jpg")
    assert "P00001" not in saved("4", "nameless.jpg") and line.level == "done"
    clean, drawn = (np.asarray(Image.open(tmp_path / name)) for name in ("clean.jpg", "drawn.jpg"))
    assert clean.shape == (64, 64) and clean.std() == 0 and abs(int(clean[0, 0]) - 40) <= 2
    assert drawn.ndim == 3 and drawn.std() > 5
    choose(window, "5")
    assert "Mark a region" in line.text, "nothing is marked"
    press(window, "<Escape>")
    window.shell.scanner.letters["b"]()
    (x, y), (right, bottom) = pane.pane_point((10.0, 20.0)), pane.pane_point((40.0, 60.0))
    for event, place in (("<ButtonPress-1>", (x, y)), ("<B1-Motion>", (right, bottom)), ("<ButtonRelease-1>", (0, 0))):
        pane.event_generate(event, x=round(place[0]) + 2, y=round(place[1]) + 2)
    saved("5", "region.jpg")
    assert abs(Image.open(tmp_path / "region.jpg").width - 30) <= 1 and Image.open(tmp_path / "region.jpg").height >= 39

    saved("6", "film.avi")
    film = cv2.VideoCapture(str(tmp_path / "film.avi"))
    frames = [frame for ok, frame in iter(film.read, (False, None)) if ok]
    assert round(film.get(cv2.CAP_PROP_FPS)) == 25 and len(frames) == 6 and frames[0].shape == (64, 64, 3)
    shades = [int(frame[32, 32, 0]) for frame in frames]
    assert shades == sorted(shades) and shades[0] < shades[-1]
    with ward.station.centre.reading() as conn:
        rows = [each for each in audit.events(conn) if each.action == "picture exported"]
    kinds = [json.loads(each.detail)["kind"] for each in sorted(rows, key=lambda row: row.seq)]
    assert kinds == ["JPEG", "JPEG drawn", "JPEG nameless", "JPEG region", "AVI"]
    assert {each.patient for each in rows} == {"|P00001"}


def test_bmp_become_jpeg_and_the_bmp_stay(opened: Open, wait_until: Any, monkeypatch: Any, tmp_path: Path) -> None:
    _, window = opened(pictures=1)
    folder = tmp_path / "bmp"
    folder.mkdir()
    for name in ("甲.bmp", "乙.BMP", "カルテ.bmp"):
        Image.fromarray(np.full((40, 60, 3), (200, 120, 40), np.uint8)).save(folder / name, "BMP")
    (folder / "壊.bmp").write_bytes(b"BM" + b"\0" * 60)
    (folder / "甲.jpg").write_bytes(b"another")
    ask_where(monkeypatch, askdirectory=str(folder))
    choose(window, "8")
    wait_until(lambda: "3" in window.shell.problem.text and not window.shell.problem.in_progress, 60)
    assert "壊.bmp" in window.shell.problem.text and window.shell.problem.level == "look"
    names = {each.name for each in folder.iterdir()}
    assert names == {"甲.bmp", "乙.BMP", "カルテ.bmp", "壊.bmp", "甲.jpg", "甲 (2).jpg", "乙.jpg", "カルテ.jpg"}
    made = np.asarray(Image.open(folder / "乙.jpg"))
    assert made.shape == (40, 60, 3) and np.abs(made.astype(int) - (200, 120, 40)).max() < 6


def test_the_header_is_set_against_that_of_the_other_pane(opened: Open, wait_until: Any, tmp_path: Path) -> None:
    ward, window = opened(pictures=2)
    header, line = window.header, window.shell.problem
    press(window, "<F8>")
    wait_until(lambda: len(header.table) > 20)
    assert not window.shell.key("F4").enabled and not window.shell.key("F7").enabled
    press(window, "<Escape>", "<F4>")
    wait_until(lambda: window.pictures.two and window.pictures.panes[1].ready, 30)
    press(window, "<Down>", "<F8>")
    wait_until(lambda: window.place == "header" and len(header.table) > 20)
    press(window, "<F4>")
    wait_until(lambda: header.differences)
    rows = {row.cells[1]: row.cells[3:] for row in header.table._rows.values()}
    assert rows["InstanceNumber"] == ("2", "1") and "PatientID" not in rows
    header.search.set("InstanceNumber")
    header._fill()
    header.table.select(header.table.shown_keys[0])
    press(window, "<F5>")
    assert window.shell.top.clipboard_get() == "2" and "2" in line.text
    press(window, "<F6>")
    assert window.shell.top.clipboard_get() == "(0020,0013)"
    header.search.set("")
    press(window, "<F7>")
    assert len(header.table) > 20
    press(window, "<F4>")
    assert len(header.table._columns) == 4
