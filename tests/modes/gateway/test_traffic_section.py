"""A person watches what is said with a device, and its maker gets the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.modes.gateway.traffic_section import tone

Wait = Callable[..., Any]


def key(page: Any, cap: str) -> Any:
    return next(each for each in page.keys() if each.cap == cap)


def test_a_device_is_watched_at_the_window(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    site = window.site
    site.visit()
    assert site.port
    window.turn_to("troubles")
    page = window.pages["troubles"]
    key(page, "F4").action()
    section = page.traffic
    section.peer.set("CR1")
    key(page, "F6").action()
    wait_until(lambda: key(page, "F6").text == "Stop watching", what="it is watched")
    site.examine()
    site.examine(0, "US")
    wait_until(lambda: any("C-STORE-RQ" in row[3] for row in shown(section)), what="the lines come as they are said")
    wait_until(lambda: any("connection closed" in row[3] for row in shown(section)))
    assert not any("US1" in row[3] for row in shown(section)), "nobody else is listened to"
    window.search.set("C-FIND-RSP")
    wait_until(lambda: shown(section) and all("C-FIND-RSP" in row[3] for row in shown(section)))
    window.search.set("")
    key(page, "F6").action()
    wait_until(lambda: key(page, "F6").text == "Watch")
    [file] = (site.folder / "data" / "LOG" / "TRAFFIC").iterdir()
    assert file.name.startswith("traffic-CR1-") and file.name in section.note.cget("text").replace("*", "in")
    text = file.read_text(encoding="utf-8")
    assert "status 0000" in text and "00012345" not in text and "見本" not in text

    def unheard() -> bool:
        size = file.stat().st_size
        site.examine()
        return file.stat().st_size == size

    wait_until(unheard, 20, "nothing more is written down")
    assert page.back() and not page.watching and not page.back()


def shown(section: Any) -> list[tuple[str, ...]]:
    return [tuple(section.lines.row(each).cells) for each in section.lines.shown_keys]


def test_what_went_wrong_stands_out() -> None:
    assert tone("C-STORE-RSP status A700") == "stop" and tone("C-FIND-RSP status FF00") == ""
    assert tone("  3 CT Image Storage: refused, No Acceptable Transfer Syntax") == "look"
