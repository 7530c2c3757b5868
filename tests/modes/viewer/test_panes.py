"""Several panes at the real window: layouts that a PC remembers, and stacks leafed together by place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.store import findings
from tests.modes.viewer.hands import Open, press
from tests.modes.viewer.test_measuring import drag, words
from tests.modes.viewer.ward import LAST_YEAR, Ward


def slices(ward: Ward, visit: int, zs: list[float], frame: str, series: str) -> None:
    """One series of a CT, its slices at these heights."""
    with ward.station.centre.reading() as conn:
        from kiosk.store import visits

        found = visits.visit_by_id(conn, visit)
        assert found is not None
    uid = f"{found.steps[0].study_uid}.{series}"
    for number, z in enumerate(zs, start=1):
        ward.study(visit, 1, Modality="CT", SeriesInstanceUID=uid, SeriesNumber=series, InstanceNumber=number,
                   ImagePositionPatient=[0, 0, z], ImageOrientationPatient=[1, 0, 0, 0, 1, 0], PixelSpacing=[1, 1],
                   FrameOfReferenceUID=frame)  # fmt: skip


def test_a_layout_is_chosen_by_key_and_remembered_for_the_modality(
    opened: Open, open_window: Callable[[Ward], Any], wait_until: Any
) -> None:
    ward, window = opened(pictures=3)
    pictures = window.pictures
    press(window, "<Control-Key-4>")
    panes = pictures.panes
    wait_until(lambda: [pane.at if pane.ready else None for pane in panes[:3]] == [0, 1, 2])
    assert panes[3].stack is None and len(pictures.hung.visible) == 4
    press(window, "<Tab>", "<Down>")
    wait_until(lambda: pictures.pane is panes[1] and panes[1].at == 2 and panes[0].at == 0, what="each on its own")
    press(window, "<F12>", "<F5>")
    wait_until(lambda: window.place == "pictures" and panes[2].ready and panes[0].ready, 30)
    assert len(pictures.hung.visible) == 4, "the next CR begins so"
    window.shell.scanner.letters["x"]()
    assert len(pictures.hung.visible) == 1 and pictures.pane is panes[0]
    wait_until(lambda: ward.desk().layouts().wait(5) == {"CR": "1x1"})


def test_last_year_is_leafed_by_place_once_it_was_fixed_whatever_the_series(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any
) -> None:
    ward = open_ward()
    last = ward.visit(1, LAST_YEAR)
    slices(ward, last, [-100 + 5.0 * n for n in range(6)], "2.25.8", "1")
    today = ward.visit(1)
    slices(ward, today, [5.0 * n for n in range(6)], "2.25.9", "1")
    slices(ward, today, [10.0 * n for n in range(3)], "2.25.9", "2")
    window = open_window(ward)
    wait_until(lambda: len(window.list.table) == 2)
    press(window, "<Return>")
    left, right = window.pictures.panes[:2]
    wait_until(lambda: window.pictures.two and left.ready and right.ready, 30)
    letters = window.shell.scanner.letters
    press(window, "<Down>")
    wait_until(lambda: left.at == 1 and right.at == 0, what="not together yet")
    letters["f"]()
    assert "fixed by hand" in right._words["sw"] and "fixed by hand" in left._words["sw"]
    press(window, "<Down>", "<Down>")
    wait_until(lambda: (left.at, right.at) == (3, 2) and right.ready)
    press(window, "<Right>")
    wait_until(lambda: len(left.stack) == 3 and left.ready)
    wait_until(lambda: left.at in (1, 2), what="the other series goes to the place that last year shows")
    press(window, "<Home>")
    wait_until(lambda: right.at == 0 and right.ready)
    assert "5.0 mm beside" in right._words["sw"], "z 0 of today is z -105 of last year"
    letters["s"]()
    assert "together" not in right._words["sw"] + left._words["sw"]
    press(window, "<End>")
    wait_until(lambda: left.at == 2 and right.at == 0)


def test_cuts_are_made_leafed_measured_in_mm_and_closed_again(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any
) -> None:
    ward = open_ward()
    today = ward.visit(1)
    slices(ward, today, [2.5 * n for n in range(8)], "2.25.9", "1")
    window = open_window(ward)
    wait_until(lambda: len(window.list.table) == 1)
    press(window, "<Return>")
    pictures, letters = window.pictures, window.pictures.letters
    wait_until(lambda: pictures.pane.ready and len(pictures.pane.stack) == 8, 30)
    letters["g"]()
    assert "first" in window.shell.problem.text
    press(window, "<Control-Up>")
    window_before = pictures.pane.window
    letters["t"]()
    axial, coronal, sagittal, slices_again = pictures.panes
    wait_until(lambda: all(pane.ready for pane in pictures.panes), 20)
    assert [len(pane.stack) for pane in pictures.panes] == [8, 64, 64, 8]
    assert slices_again.facts.sop_uid and not axial.facts.sop_uid
    assert coronal.paint.aspect == 2.5 and coronal.paint.spacing_mm == (2.5, 1.0)
    # each slice is one shade, 20 for every slice is made alone: the first
    assert coronal.image.pixels.shape == (8, 64) and int(coronal.image.pixels[0, 0]) == 20
    assert coronal.window == axial.window == window_before, "read in the same window"
    assert len(coronal._line) == 2 and len(sagittal._line) == 2, "where the axial cut lies"
    press(window, "<Tab>", "<Down>")
    wait_until(lambda: pictures.pane is coronal and coronal.at == 33 and coronal.ready)
    assert len(axial._line) == 2 and not coronal._line
    letters["l"]()
    drag(coronal, (1, 10), (7, 10))
    assert words(coronal) == ["15.0 mm"]
    letters["]"]()
    wait_until(lambda: coronal.ready and "MIP 15 mm" in coronal._words["ne"])
    assert coronal.at == 33 and words(coronal) == ["15.0 mm"]
    press(window, "<F7>")
    wait_until(lambda: window.shell.problem.level == "done")
    with ward.station.centre.reading() as conn:
        (image,) = findings.tray(conn, window.opened.visit.id)
    assert image.comment == "CT  coronal cut MIP 15 mm"
    press(window, "<F8>")
    wait_until(lambda: "no header" in window.shell.problem.text and window.place == "pictures")
    letters["x"]()
    assert len(pictures.hung.visible) == 1 and pictures.pane.at == 33, "the plane that is being read"
    letters["t"]()
    wait_until(lambda: pictures.pane.ready and pictures.pane.facts.sop_uid and len(pictures.hung.visible) == 1)
    assert window.desk._cuts._volumes == {}, "the memory is given back"


def test_cuts_that_cannot_be_made_say_why(opened: Open, wait_until: Any) -> None:
    _, window = opened(pictures=8)
    window.pictures.letters["t"]()
    wait_until(lambda: "where they lie" in window.shell.problem.text)
    assert len(window.pictures.hung.visible) == 1
