"""Schema drawings: drawn by pen and by keys, kept with each version as vectors and picture, printed, begun from last
time's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.core.drawing import (
    COLOURS,
    HEIGHT,
    MOST_MARKS,
    STAMPS,
    WIDTH,
    Drawing,
    Mark,
    bounds,
    lines_of_path,
    mark_at,
    pieces_of,
    read_backgrounds,
)
from kiosk.core.faults import Fault
from kiosk.core.finding import FindingBody
from kiosk.modes.findings.sketch_rules import Sketch
from kiosk.store import drawings, finding_tables, masters
from kiosk.store.engine import Store
from tests.modes.findings.hands import body
from tests.modes.findings.site import Site, last_year

STAMPED = Mark("stamp", ((300.0, 200.0),), "red", "polyp", 26.0)
LINE = Mark("line", ((100.0, 100.0), (500.0, 100.0)))


@pytest.fixture
def centre(centre_on_sqlite: Store) -> Store:
    return centre_on_sqlite


def test_a_drawing_keeps_through_json_and_its_marks_are_found() -> None:
    hatch, text = Mark("hatch", ((600.0, 600.0), (700.0, 660.0)), "blue"), Mark("text", ((20.0, 850.0),), text="径12mm")
    marks = (LINE, STAMPED, hatch, text)
    drawing = Drawing("stomach", marks)
    assert Drawing.from_json(drawing.as_json()) == drawing and Drawing.from_json(None) is None
    assert FindingBody.from_json(FindingBody("字", drawing=drawing).as_json()).drawing == drawing
    places = ((300, 110), (305, 205), (650, 630), (30, 850), (900, 300))
    assert [mark_at(marks, place) for place in places] == [0, 1, 2, 3, -1]
    for stamp in STAMPS:
        left, top, right, low = bounds(Mark("stamp", ((100.0, 100.0),), text=stamp, size=40))
        assert 55 <= left < right <= 145 and 55 <= top < low <= 145
    assert all(piece.colour == COLOURS["red"] for piece in pieces_of(STAMPED))
    assert LINE.moved(-400, 5000).points == ((0.0, 900.0), (400.0, 900.0))


def test_every_kind_that_wants_a_schema_has_one_inside_the_picture() -> None:
    found = read_backgrounds(masters.default_master("schemas"))
    kinds = {kind for each in found for kind in each.kinds}
    assert kinds == {"STOMACH", "GASTRO", "ABDOMEN", "BREAST", "MAMMO", "FUNDUS", "CHEST", "CHESTCT", "GYNE", "BRAINMR"}
    for each in found:
        places = [point for path in each.paths for line in lines_of_path(path) for point in line]
        assert places and all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places), each.code
    with pytest.raises(ValueError, match="unknown command"):
        lines_of_path("M 1 2 A 3 4 5 6")


def test_every_act_has_its_way_back_and_forth() -> None:
    sketch = Sketch(Drawing("chest"))
    sketch.add(LINE)
    sketch.add(STAMPED)
    sketch.selected = 0
    sketch.move(10, 0)
    sketch.move(5, 0, step=False)  # one move of the mouse is one step
    assert sketch.drawing.marks[0].points[0] == (115.0, 100.0)
    sketch.delete()
    sketch.put_on("")
    assert sketch.drawing == Drawing("", (STAMPED,))
    while sketch.undo():
        pass
    assert sketch.drawing == Drawing("chest")
    while sketch.redo():
        pass
    assert sketch.drawing == Drawing("", (STAMPED,)) and sketch.undo()
    sketch.begin_with(Drawing("chest", (LINE,) * MOST_MARKS))
    assert not sketch.redo() and not sketch.add(LINE)


def test_from_pen_to_paper_and_next_year(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = site.read(0, day=last_year())
    window = open_window()
    enter(window, visit)
    window.shell.key("F1").press()
    sheet = window.pages.drawing.canvas
    wait(lambda: window.place == "drawing" and sheet.winfo_width() > 300)
    assert window.pages.drawing.background.get() == "abdomen"
    x, y = (round(each) for each in sheet.corner)
    sheet.event_generate("<Button-1>", x=x + 100, y=y + 100)
    for step in range(1, 6):
        sheet.event_generate("<B1-Motion>", x=x + 100 + 10 * step, y=y + 100)
    sheet.event_generate("<ButtonRelease-1>", x=x + 150, y=y + 100)
    assert [mark.tool for mark in body(window).drawing.marks] == ["pen"]
    window.pages.drawing.cells["red"].event_generate("<Button-1>")
    window.pages.drawing.choose("stamp", "cyst")
    sheet.focus_force()
    for key in ("<Right>", "<Return>"):
        sheet.event_generate(key)
    window.pages.drawing.choose("text")
    sheet.event_generate("<Button-1>", x=x + 60, y=y + 60)
    sheet._field.insert(0, "12mm")
    kept = body(window).drawing
    wait(lambda: (draft := window.desk._report.draft_of(visit, "ABDOMEN")) and draft.body.drawing == kept)
    assert sheet._field is not None  # keeping the draft leaves the field alone
    window.shell.key("F5").press()  # words that still stand in the field are taken over
    wait(lambda: window.place == "entry")
    first = body(window).drawing
    assert [(mark.tool, mark.text, mark.colour) for mark in first.marks] == [
        ("pen", "", "black"), ("stamp", "cyst", "red"), ("text", "12mm", "red")
    ]  # fmt: skip
    wait(lambda: window.desk._report.draft_of(visit, "ABDOMEN").body.drawing == first)
    window.shell.key("F7").press()
    window.shell.key("F5").press()
    wait(lambda: window.writing.opened.signed is not None)
    pdf, _ = window.desk.page(visit, "ABDOMEN").wait()
    assert b"/Image" in pdf

    changed = FindingBody("異常ありません。", (), "A", drawing=Drawing("abdomen", (LINE,)))
    before = window.writing.opened.finding
    finding = window.desk.sign(visit, "ABDOMEN", changed, 1, "書き直し").wait()
    with site.centre.reading() as conn:
        pictures = [drawings.drawing_png(conn, finding.id, number) for number in (1, 2)]
    assert pictures[0] != pictures[1] and finding.versions[0] == before.versions[0]
    assert finding.versions[0].drawing_sha256 != finding.versions[1].drawing_sha256
    with site.centre.writing() as conn:
        assert drawings.damaged_drawings(conn) == []
        first_row = sa.select(sa.func.min(finding_tables.drawings.c.id)).scalar_subquery()
        conn.execute(finding_tables.drawings.update().where(finding_tables.drawings.c.id == first_row).values(png=b"?"))
        assert len(drawings.damaged_drawings(conn)) == 1
        with pytest.raises(Fault, match="S316"):
            drawings.drawing_png(conn, finding.id, 1)

    this_year = site.read(0)
    window.shell.key("Esc").press()
    wait(lambda: window.place == "list")
    window.refresh()
    enter(window, this_year)
    window.shell.key("F1").press()
    window.shell.key("F9").press()
    assert body(window).drawing == changed.drawing
    window.shell.key("F8").press()
    assert body(window).drawing is None
    window.shell.key("F6").press()
    assert body(window).drawing == changed.drawing
