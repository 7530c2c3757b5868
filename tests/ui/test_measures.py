"""Measuring with the mouse: points stay on the picture however it is turned, zoomed and mirrored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from kiosk.core.picture import Paint
from kiosk.ui.view import Turn

PAINT = Paint(200, 100, high=1000, spacing_mm=(0.5, 0.25), spacing_source="patient", aspect=2.0)


@pytest.fixture
def pane(root: Any) -> Iterator[Any]:
    import tkinter as tk

    from kiosk.ui import look
    from kiosk.ui.measured_pane import MeasuredPane

    look.dress(root)
    top = tk.Toplevel(root)
    top.geometry("400x600+0+0")
    made = MeasuredPane(top)
    made.pack(fill="both", expand=True)
    top.update()
    made.show(np.arange(20000, dtype=np.uint16).reshape(200, 100) % 1000, PAINT)
    made.measures.picture("first")
    top.update()
    yield made
    top.destroy()


def at(pane: Any, point: tuple[float, float]) -> dict[str, int]:
    x, y = pane.pane_point(point)
    return {"x": round(x) + 2, "y": round(y) + 2}


def drag(pane: Any, *points: tuple[float, float]) -> None:
    pane.event_generate("<ButtonPress-1>", **at(pane, points[0]))
    for each in points[1:]:
        pane.event_generate("<B1-Motion>", **at(pane, each))
    pane.event_generate("<ButtonRelease-1>", **at(pane, points[-1]))
    pane.update()


def words(pane: Any) -> list[str]:
    return [pane.measures.words(each) for each in pane.measures.here]


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_point_seen_is_the_point_stored(quarters: int, mirrored: bool) -> None:
    turn = Turn(quarters, mirrored)
    for point in ((0.0, 0.0), (200.0, 100.0), (12.5, 80.0)):
        seen = turn.seen_point(*point, 200, 100)
        assert turn.source_point(*seen, 200, 100) == point
    for row, column in ((0, 0), (30, 99), (199, 40)):  # and it agrees with whole pixels
        y, x = turn.seen_point(row + 0.5, column + 0.5, 200, 100)
        assert turn.source(int(y), int(x), 200, 100) == (row, column)


def test_a_length_holds_through_zoom_turn_and_mirror(pane: Any) -> None:
    pane.tool = "length"
    drag(pane, (20, 10), (60, 50), (100, 90))
    [told] = words(pane)
    assert told.endswith(" mm") and float(told.split()[0]) == pytest.approx(np.hypot(40, 20), abs=0.5)
    before = pane.measures.here[0].points
    for act in (lambda: pane.turn(), lambda: pane.flip(), lambda: pane.zoom_by(2), lambda: pane.pan(20, 30), pane.fit):
        act()
        pane.update()
        assert pane.measures.here[0].points == before and words(pane) == [told]
        assert len(pane.find_withtag("measure")) > 4
    drag(pane, before[1], (150, 90))  # taken by its end and drawn longer
    assert len(words(pane)) == 1 and float(words(pane)[0].split()[0]) > float(told.split()[0])


def test_an_angle_a_ratio_and_a_region(pane: Any) -> None:
    pane.tool = "angle"
    for point in ((100, 90), (100, 10), (60, 10)):
        drag(pane, point)
    assert float(words(pane)[0].rstrip("°")) == pytest.approx(90, abs=1)
    pane.tool = "ratio"
    for point in ((150, 20), (150, 60), (170, 5), (170, 85)):
        drag(pane, point)
    assert float(words(pane)[1].split()[1]) == pytest.approx(50, abs=2)
    pane.tool = "region"
    drag(pane, (20, 30), (40, 60))
    told = words(pane)[2]
    assert told.startswith("mean ") and "cm²" in told
    pixels = pane.stored_values()
    assert float(told.split()[1]) == pytest.approx(pixels[20:40, 30:60].mean(), rel=0.25)


def test_measurements_belong_to_their_picture_and_go_one_by_one(pane: Any) -> None:
    pane.tool = "length"
    drag(pane, (20, 10), (60, 50))
    drag(pane, (20, 10))  # a click alone measures nothing
    assert len(words(pane)) == 1
    pane.measures.picture("second")
    assert words(pane) == [] and not pane.measures.take_back()
    drag(pane, (10, 10), (20, 20))
    pane.measures.picture("first")
    assert len(words(pane)) == 1 and pane.measures.take_back() and words(pane) == []
    pane.clear()
    pane.update()
    assert pane.find_withtag("measure") == ()


def test_with_another_tool_the_mouse_does_what_it_did(pane: Any) -> None:
    pane.tool = "window"
    before = pane.window
    drag(pane, (20, 10), (60, 50))
    assert words(pane) == [] and pane.window != before
