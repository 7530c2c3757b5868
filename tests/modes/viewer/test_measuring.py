"""Measuring at the real window: by one letter and the mouse, picture by picture."""

from __future__ import annotations

from typing import Any

from tests.modes.viewer.hands import Open, at, press


def drag(pane: Any, *points: tuple[float, float]) -> None:
    places = [tuple(round(each) + 2 for each in pane.pane_point(point)) for point in points]
    pane.event_generate("<ButtonPress-1>", x=places[0][0], y=places[0][1])
    for x, y in places[1:]:
        pane.event_generate("<B1-Motion>", x=x, y=y)
    pane.event_generate("<ButtonRelease-1>", x=places[-1][0], y=places[-1][1])
    pane.update()


def words(pane: Any) -> list[str]:
    return [pane.measures.words(each) for each in pane.measures.here]


def test_lengths_and_regions_stay_with_their_picture(opened: Open, wait_until: Any) -> None:
    _, window = opened(pictures=3)
    pane = window.pictures.pane
    window.pictures.letters["l"]()
    assert pane.tool == "length" and "Length" in window.shell.problem.text
    before = pane.window
    drag(pane, (10, 10), (10, 40))
    [told] = words(pane)
    assert told.split()[1] in ("px", "mm") and pane.window == before  # the mouse measures and windows nothing
    window.pictures.letters["m"]()
    drag(pane, (20, 20), (44, 44))
    assert words(pane)[1].startswith("mean ")
    press(window, "<Down>")
    wait_until(at(window, 1), what="the next picture")
    assert words(pane) == [] and not pane.find_withtag("measure")
    press(window, "<Up>")
    wait_until(at(window, 0), what="back")
    assert len(words(pane)) == 2 and pane.find_withtag("measure")
    press(window, "<Delete>", "<Delete>")
    assert words(pane) == []
    press(window, "<Delete>")
    assert "Nothing was measured" in window.shell.problem.text
    window.pictures.letters["w"]()
    drag(pane, (10, 10), (10, 40))
    assert words(pane) == [] and pane.window != before


def test_the_tools_can_be_touched(opened: Open) -> None:
    _, window = opened(pictures=1)
    tools = []
    for _ in range(5):
        window.pictures._next_measure()
        tools.append(window.pictures.pane.tool)
    assert tools == ["length", "angle", "region", "ratio", "length"]
