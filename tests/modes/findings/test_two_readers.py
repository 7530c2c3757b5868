"""Two readers: the second is another person and reads blind, disagreement waits for a third act, all is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.faults import Refused
from kiosk.core.finding import FindingBody, FindingState, Item
from kiosk.core.judgement import read_judgement
from kiosk.core.two_readers import FIELDS, differences, differing_fields
from kiosk.store import audit
from kiosk.store.masters import default_master
from tests.modes.findings.hands import NORMAL
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


def test_two_readers_at_one_pc_keep_their_own_drafts(site: Site, open_desk: Callable[..., Any]) -> None:
    visit = site.read(0)
    desk = open_desk("読影1", **TWO)
    session = desk._kit.session
    desk.sign(visit, "ABDOMEN", NORMAL, 0).wait()
    session.person = site.other
    desk.open(visit, "ABDOMEN").wait()
    desk.keep_draft(visit, "ABDOMEN", FATTY, 1).wait()
    desk.close(visit, "ABDOMEN").wait()
    session.person = site.doctor
    assert desk.open(visit, "ABDOMEN").wait().draft is None
    desk.sign(visit, "ABDOMEN", FindingBody("異常ありません。", (), "A"), 1, "言い回し").wait()
    desk.close(visit, "ABDOMEN").wait()
    assert not desk.lines(0).wait()[0].typed_here
    session.person = site.other
    assert desk.open(visit, "ABDOMEN").wait().draft.body == FATTY and desk.lines(0).wait()[0].typed_here
    assert desk.sign(visit, "ABDOMEN", FATTY, 2).wait().state is FindingState.DIFFERS
    assert desk.open(visit, "ABDOMEN").wait().draft is None


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


def test_a_required_choice_differs_and_a_measure_does_not() -> None:
    judgement = read_judgement(default_master("findings"))
    part = next(each for each in judgement.kind("MAMMO").fields if each.field("category") is not None)

    def read(right: str, *more: Item) -> FindingBody:
        items = (Item(part.item("category"), "右", right), Item(part.item("category"), "左", "1"), *more)
        return FindingBody("腫瘤を認めます。", (), "D", items=items)

    assert differences(judgement, read("4"), read("5"), "MAMMO") == (FIELDS,)
    assert [place for _, place, _ in differing_fields(judgement.kind("MAMMO"), read("4"), read("5"))] == ["右"]
    assert differences(judgement, read("4"), read("4", Item("mass.size", "1", "12")), "MAMMO") == ()
