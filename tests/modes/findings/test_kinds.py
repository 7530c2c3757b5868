"""What is entered in fields goes through the desk, the store and the page, whatever becomes of the master."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.faults import Overtaken
from kiosk.core.finding import FindingBody
from kiosk.core.finding_fields import normal_items, with_value
from kiosk.core.kind_sheets import sheets_of
from kiosk.store import audit, findings, masters
from kiosk.store.finding_items import WantedItem
from tests.modes.findings.site import FUNDUS, Site


def test_an_old_page_prints_as_it_was_signed_whatever_becomes_of_the_master(
    site: Site, open_desk: Callable[..., Any], read_text: Callable[[bytes], list[str]]
) -> None:
    desk = open_desk("読影2")
    visit = site.visit(0, exams=(FUNDUS,))
    kind = desk.judgement().wait().kind("FUNDUS")
    items = with_value(normal_items(kind.fields), "vessel.h", "右", "H2")
    body = FindingBody("右眼: Scheie H2S0。", ("40101",), "C", (), items=items)
    desk.keep_draft(
        visit,
        "FUNDUS",
        body,
        0,
    ).wait()
    assert desk.open(visit, "FUNDUS").wait().draft.body == body
    desk.sign(visit, "FUNDUS", body, 0).wait()
    before = "".join(read_text(desk.page(visit, "FUNDUS").wait()[0]))
    assert "Scheie H" in before and "動脈硬化性変化" in before and "要再検査・生活改善" in before
    with site.centre.reading() as conn:
        assert [each.visit for each in findings.search(conn, items=[WantedItem("vessel.h", ("H2", "H3"))])] == [visit]
        assert findings.search(conn, items=[WantedItem("vessel.h", ("H4",))]) == []
    with site.centre.writing() as conn:
        master = masters.default_master("findings")
        fundus = next(each for each in master["kind"] if each["code"] == "FUNDUS")
        fundus.update(name="眼底写真", layout=["視神経"])
        del fundus["part"][0]["fields"], fundus["part"][0]["rules"], fundus["part"][0]["sentence"]
        fundus["part"][0]["codes"][0]["name"] = "言い換えた名前"
        next(each for each in master["category"] if each["code"] == "C")["label"] = "別の言葉"
        masters.write_master(conn, "findings", master, by="例示 医師")
    assert "".join(read_text(desk.page(visit, "FUNDUS").wait()[0])) == before
    later = site.visit(1, exams=(FUNDUS,))
    kind = desk.judgement().wait().kind("FUNDUS")
    desk.sign(later, "FUNDUS", FindingBody("x", ("40101",), "C", (), items=normal_items(kind.fields)), 0).wait()
    after = "".join(read_text(desk.page(later, "FUNDUS").wait()[0]))
    assert "言い換えた名前" in after and "別の言葉" in after and "Scheie" not in after


def test_numbers_are_searched_by_their_amount(site: Site, open_desk: Callable[..., Any]) -> None:
    desk = open_desk("読影3")
    visits = [site.visit(person) for person in (0, 1)]
    for visit, size in zip(visits, ("9", "15.5"), strict=True):
        items = with_value(with_value((), "liver.code", "1", "10104"), "liver.size", "1", size)
        desk.save(visit, "ABDOMEN", FindingBody("肝", ("10104",), "C", (), items=items), 0).wait()

    def found(**limits: float) -> list[int]:
        with site.centre.reading() as conn:
            return sorted(each.visit for each in findings.search(conn, items=[WantedItem("liver.size", **limits)]))

    assert found(least=10) == [visits[1]] and found(most=10) == [visits[0]] and found() == sorted(visits)
    newest = desk.open(visits[1], "ABDOMEN").wait().newest
    desk.save(visits[1], "ABDOMEN", FindingBody("肝"), newest.number).wait()
    assert found() == [visits[0]]


def test_of_two_who_change_the_masters_the_second_is_told(site: Site, open_desk: Callable[..., Any]) -> None:
    one, other = open_desk("読影4").kinds, open_desk("読影5").kinds
    one.set_pin("7412").wait()
    other.enter("7412").wait()
    seen = one.kinds().wait(), other.kinds().wait()
    sheets = [sheets_of(each.kind("FUNDUS")) for each in seen]
    sheets[0]["block"][0]["name"] = "一人目"
    assert one.publish(seen[0].master, sheets[0]).wait() is None
    with pytest.raises(Overtaken):
        other.publish(seen[1].master, sheets[1]).wait()
    with site.centre.reading() as conn:
        assert [each.subject for each in audit.events(conn) if each.action == "findings master published"]
