"""Two readers: the second is another person and reads blind, disagreement waits for a third act, all is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.faults import Refused
from kiosk.core.finding import FindingBody, FindingState
from kiosk.store import audit
from tests.modes.findings.hands import NORMAL, body, rows, type_into
from tests.modes.findings.site import Site, last_year

FATTY = FindingBody("脂肪肝を認めます。", ("10101",), "C")
TWO = {"two_readers": ("ABDOMEN",)}


def actions(site: Site) -> list[str]:
    with site.centre.reading() as conn:
        return sorted(each.action for each in audit.events(conn) if "reading" in each.action)


def test_both_agree_and_the_second_is_another_person(site: Site, open_desk: Callable[..., Any]) -> None:
    earlier, visit = site.read(0, day=last_year()), site.read(0)
    one, two = open_desk("読影1", **TWO), open_desk("読影2", person=site.other, **TWO)
    assert one.sign(earlier, "ABDOMEN", FATTY, 0).wait().state is FindingState.FIRST
    first = one.sign(visit, "ABDOMEN", NORMAL, 0).wait()
    assert (first.state, first.newest.role, first.final) == (FindingState.FIRST, "first", None)
    with pytest.raises(Refused, match="another person"):
        one.sign(visit, "ABDOMEN", NORMAL, 1).wait()

    seen = two.open(visit, "ABDOMEN").wait()
    assert seen.hidden and seen.finding.newest.body == FindingBody() and seen.finding.newest.by == "例示 医師"
    assert seen.last is None  # last year's was read once only
    with pytest.raises(Refused):
        two.page(visit, "ABDOMEN").wait()
    line = next(each for each in two.lines(0).wait() if each.visit == visit)
    assert (line.state, line.category, line.text, line.mine) == ("first", "", "", True)
    assert two.lines(0, "異常を認めません").wait() == []
    assert [each.mine for each in one.lines(0).wait()] == [False, False]

    words = FindingBody("異常ありません。", (), "A")
    done = two.sign(visit, "ABDOMEN", words, 1).wait()
    assert done.state is FindingState.SIGNED and done.final.body == words
    assert [(v.role, v.by, v.body.text) for v in done.versions] == [
        ("first", "例示 医師", NORMAL.text), ("second", "見本 医師", words.text)
    ]  # fmt: skip
    assert not two.open(visit, "ABDOMEN").wait().hidden
    amended = one.sign(visit, "ABDOMEN", FATTY, 2, "見落とし").wait()
    assert (amended.state, amended.newest.role) == (FindingState.AMENDED, "")


def test_differing_readings_wait_for_one_who_may_settle(
    site: Site, open_desk: Callable[..., Any], read_text: Callable[[bytes], list[str]]
) -> None:
    visit = site.read(0)
    one, two = open_desk("読影1", **TWO), open_desk("読影2", person=site.other, **TWO)
    one.sign(visit, "ABDOMEN", NORMAL, 0).wait()
    assert two.sign(visit, "ABDOMEN", FATTY, 1).wait().state is FindingState.DIFFERS
    nurse = open_desk("読影3", person=site.nurse, **TWO)
    assert not nurse.open(visit, "ABDOMEN").wait().may_settle
    nurse.close(visit, "ABDOMEN").wait()
    with pytest.raises(Refused):
        nurse.sign(visit, "ABDOMEN", NORMAL, 2, adopt="first").wait()
    named = open_desk("読影4", person=site.nurse, in_charge=("見本 看護",), **TWO)
    assert named.open(visit, "ABDOMEN").wait().may_settle
    named.close(visit, "ABDOMEN").wait()

    settled = one.sign(visit, "ABDOMEN", NORMAL, 2, adopt="second").wait()
    assert settled.state is FindingState.SIGNED and settled.final.body == FATTY
    assert [each.role for each in settled.versions] == ["first", "second", "adopted second"]
    pdf, _ = one.page(visit, "ABDOMEN").wait()
    page = "".join(read_text(pdf))
    assert "first reading" in page and "見本 医師" in page and "second reading adopted" in page
    assert actions(site) == ["first reading signed", "readings settled", "second reading signed"]


def test_two_people_at_two_windows(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = site.read(0)
    window = open_window("読影1", **TWO)
    enter(window, visit)
    window.shell.key("F7").press()
    window.shell.key("F5").press()
    wait(lambda: window.writing.opened.signed is not None)
    assert "another person gives the second one" in window.shell.problem.text
    window.shell.key("F12").press()
    wait(lambda: window.place == "list" and rows(window)[0][2] == "first read")
    wait(lambda: "signed" in window.shell.problem.text)  # nothing here that this person has to read

    other = open_window("読影2", person=site.other, **TWO)
    enter(other, visit)
    assert body(other) == FindingBody() and "例示 医師 gave the first reading" in other.shell.problem.text
    assert not other.shell.key("F8").enabled and "異常を認めません" not in other.entry.last.get()
    type_into(other.entry.text.entry, "脂肪肝")
    other.shell.key("Esc").press()  # what the second reader types is nobody else's yet
    wait(lambda: other.place == "list" and rows(other)[0][2] == "first read *")
    enter(other, visit)
    assert other.entry.text.get() == "脂肪肝"
    other.entry.category.buttons["C"].invoke()
    other.shell.key("F5").press()
    wait(lambda: other.place == "settle")
    assert other.pages.settle.differ.cget("text").endswith("category")
    assert [side[2].get() for side in other.pages.settle.sides] == [NORMAL.text, "脂肪肝"]
    other.shell.key("F5").press()
    wait(lambda: other.place == "entry" and other.entry.editable)
    assert body(other).text == "脂肪肝"
    type_into(other.entry.text.entry, "(軽度)を認めます。")
    other.shell.key("F5").press()
    wait(lambda: other.writing.opened.finding.final is not None)
    assert other.writing.opened.finding.newest.role == "settled"
    other.shell.key("Esc").press()
    wait(lambda: other.place == "list" and rows(other)[0][2] == "signed")
