"""What a person keeps of pictures: display settings and key images in the study, files, the header, the keys."""

from __future__ import annotations

from typing import Any

from kiosk.core.measure import Measure
from kiosk.store import findings, images
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
    assert not side.state.winfo_manager()
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
    wait_until(lambda: bool(side.state.winfo_manager()), 30, what="the study offers it")
    assert len(window.opened.stacks) == 1 and window.opened.stacks[0].modality == "CR"
    side.state.set("0")
    side._state_chosen()
    wait_until(lambda: at(window, 1)() and pane.inverted, what="it leaps to the picture and shows it so")
    window.shell.top.update()
    look = pane.look_now()
    assert (pane.turn_now, pane.window.centre, pane.window.width) == (Turn(1), 44.0, 20.0)
    corners = (look.area.upper_left, box.upper_left), (look.area.lower_right, box.lower_right)
    assert all(abs(a - b) <= 1 for now, then in corners for a, b in zip(now, then, strict=True))
    assert look.graphics[0].points == ((10.0, 10.0), (10.0, 50.0))
    assert look.labels[0].text == "20.0 mm" and pane.find_withtag("graphics")
    press(window, "<Down>")
    wait_until(lambda: at(window, 2)() and not pane.inverted, what="the next picture is as its header says")
    press(window, "<Up>")
    wait_until(lambda: at(window, 1)() and pane.inverted)
    side.state.set("-1")
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
