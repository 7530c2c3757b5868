"""What one station sees of what another one, the viewer or the gateway does: on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.finding import FindingBody
from tests.modes.findings.hands import NORMAL, body, rows, type_into
from tests.modes.findings.site import Site


def test_an_image_that_arrives_appears_by_itself(
    site: Site, open_window: Callable[..., Any], wait: Callable[..., Any]
) -> None:
    window = open_window()
    assert rows(window) == []
    site.read(0)
    wait(lambda: [name for name, _, _ in rows(window)] == ["見本 太郎"])


def test_key_images_come_over_and_go_on_the_page(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = site.visit(0)
    sop = site.image(visit, "ABDOMEN")
    window = open_window()
    first = site.key_image(window.station, visit, sop, 20)
    window.refresh()
    enter(window, visit)
    assert body(window).key_images == (first,)
    second = site.key_image(window.station, visit, sop, 80, comment="US right")
    wait(lambda: body(window).key_images == (first, second))
    wait(lambda: all(thumb._photo is not None for thumb in window.entry.tray.thumbs.values()))
    window.entry.tray.thumbs[first].focus_force()
    window.entry.tray.thumbs[first].event_generate("<space>")
    assert body(window).key_images == (second,)
    window.shell.key("F10").press()
    wait(lambda: window._big is not None and window._big.painted)
    window._big.event_generate("<Right>")
    assert window._big._number.cget("text") == "2 / 2  US right"
    window.shell.key("Esc").press()
    assert window._big is None and window.place == "entry"
    window.shell.key("F7").press()
    window.shell.key("F5").press()
    wait(lambda: window.writing.opened.signed is not None)
    assert window.writing.opened.signed.body.key_images == (second,)


def test_leaving_saves_the_draft_for_every_station(
    site: Site, open_window: Callable[..., Any], open_desk: Callable[..., Any], enter: Callable[..., None],
    wait: Callable[..., Any],
) -> None:  # fmt: skip
    visit = site.read(0)
    window = open_window("読影1")
    enter(window, visit)
    type_into(window.entry.text.entry, "途中")
    window.shell.key("Esc").press()
    wait(lambda: window.place == "list" and rows(window)[0][2] == "draft")
    opened = open_desk("読影2", person=site.other).open(visit, "ABDOMEN").wait()
    assert opened.newest.body.text == "途中" and opened.holder is None


def test_the_second_station_reads_and_is_told_by_whom_it_is_open(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = site.read(0)
    first = open_window("読影1")
    second = open_window("読影2", person=site.other)
    enter(first, visit)
    enter(second, visit)
    assert "例示 医師 at 読影1 has this finding open" in second.shell.problem.text
    assert not second.entry.editable
    second.shell.key("F5").press()
    assert "Somebody else" in second.shell.problem.text
    first.shell.key("F7").press()
    first.shell.key("Esc").press()
    wait(lambda: first.place == "list")
    second.writing._renew()
    wait(lambda: second.entry.editable)
    assert second.entry.text.get() == NORMAL.text


def test_somebody_elses_change_is_told_and_both_are_shown(
    site: Site, open_window: Callable[..., Any], open_desk: Callable[..., Any], enter: Callable[..., None],
    wait: Callable[..., Any],
) -> None:  # fmt: skip
    visit = site.read(0)
    window = open_window("読影1")
    enter(window, visit)
    other = open_desk("読影2", person=site.other)
    other.save(visit, "ABDOMEN", FindingBody("脾腫を認めます。", (), "C"), 0).wait()
    window.shell.key("F7").press()
    window.shell.key("F5").press()
    wait(lambda: "見本 医師 changed this finding meanwhile" in window.shell.problem.text)
    assert window.entry.text.get() == NORMAL.text
    window.shell.key("F6").press()
    assert window.entry.text.get() == "脾腫を認めます。"
