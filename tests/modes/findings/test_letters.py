"""A referral letter in the real window, by keyboard alone; and what two stations do to one letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.core.faults import Overtaken, Refused
from kiosk.core.finding import FindingBody
from kiosk.core.letter import Addressee, LetterBody
from kiosk.paper.fonts import UnreadableCharacter
from kiosk.store import audit, letters
from kiosk.store.engine import Store
from tests.modes.findings.hands import press, type_into
from tests.modes.findings.site import Site

OURS = {"address": "例示県例示市1-2-3", "phone": "000-000-0000"}


@pytest.fixture
def centre(centre_on_sqlite: Store) -> Store:
    """What the store does on both databases is held by tests/store/test_letters.py."""
    return centre_on_sqlite


def signed_finding(site: Site, station: Any, desk: Any) -> int:
    """A visit whose ultrasound wants a letter; returns it."""
    visit = site.read(0)
    image = site.key_image(station, visit, site.image(visit, "ABDOMEN"), comment="肝S5")
    desk.sign(visit, "ABDOMEN", FindingBody("肝S5に腫瘤を認めます。", ("10102",), "D", (image,)), 0).wait()
    return visit


def actions(site: Site) -> list[str]:
    with site.centre.reading() as conn:
        return [each.action for each in audit.events(conn) if each.action.startswith("letter")][::-1]


def test_from_the_finding_to_the_reply_by_keyboard(
    site: Site, open_window: Callable[..., Any], wait: Callable[..., Any], read_text: Callable[[bytes], list[str]]
) -> None:
    window = open_window(**OURS)
    visit = signed_finding(site, window.station, window.desk)
    window.desk.letters.write_addressee(Addressee("例示病院", "レイジビョウイン", "内科", "例示 三郎", "0")).wait()
    press(window, "F9")
    pages = window.more["letters"]
    wait(lambda: [each.state for each in pages.list.shown] == ["wanted"])
    press(window, "F5")
    wait(lambda: pages.place == "form")
    form = pages.form
    body = form.body()
    assert "【腹部超音波】D" in body.course and "肝S5に腫瘤を認めます。" in body.course
    assert body.diagnosis == "肝嚢胞" and len(body.key_images) == 1

    press(window, "F5")  # not yet: what is missing is named, and marked
    wait(lambda: "Addressee" in window.shell.problem.text and not pages.writing.busy)
    assert "Past and family history" in window.shell.problem.text
    assert window.shell.top.focus_get() is form.fields["to_name"].entry

    press(window, "F3")
    wait(lambda: pages.addressees._known)
    type_into(pages.addressees.search.entry, "ﾚｲｼﾞ")
    wait(lambda: len(pages.addressees._known) == 1)
    press(window, "Return")
    press(window, "Return")
    wait(lambda: pages.place == "form")
    assert (form.body().to_name, form.body().to_doctor) == ("例示病院", "例示 三郎")
    press(window, "F4")
    type_into(form.fields["remarks"].entry, "画像CDを同封します。")
    press(window, "F5")
    wait(lambda: pages.writing.signed is not None and not pages.writing.busy)
    number = pages.writing.opened.id
    first = window.desk.letters.page(number, 1).wait()
    assert "例示病院" in read_text(first[0])[0] and first[1] == 2

    press(window, "F5")  # amend, with a reason; the first page stays as it was
    type_into(form.fields["remarks"].entry, "受付は9時からです。")
    press(window, "F5")
    type_into(pages.card.field.entry, "備考の追加")
    press(window, "F5")
    wait(lambda: pages.writing.opened.newest.number == 2 and not pages.writing.busy)
    assert window.desk.letters.page(number, 1).wait()[0] == first[0]
    press(window, "F8")
    wait(lambda: pages.page.painted)
    press(window, "F5")
    wait(lambda: "printer" in window.shell.problem.text)
    press(window, "Escape")
    press(window, "Escape")
    wait(lambda: pages.place == "list" and [each.state for each in pages.list.shown] == ["unsent"])

    press(window, "F9")
    wait(lambda: [each.state for each in pages.list.shown] == ["sent"])
    press(window, "F10")
    wait(lambda: pages.card is not None)
    type_into(pages.card.text.entry, "血管腫でした。")
    press(window, "F5")
    wait(lambda: [each.state for each in pages.list.shown] == ["replied"])
    type_into(pages.list.search.entry, "9時")
    wait(lambda: [each.visit for each in pages.list.shown] == [visit])
    press(window, "Escape")
    wait(lambda: window.place == "list")
    told = ["letter begun", "letter opened", "letter signed", "letter amended", "letter printed", "letter sent",
            "letter reply noted"]  # fmt: skip
    assert [each for each in dict.fromkeys(actions(site)) if each in told] == told


def test_two_stations_at_one_letter(site: Site, open_desk: Callable[..., Any]) -> None:
    here, there = open_desk("読影1", **OURS).letters, open_desk("読影2", person=site.other, **OURS).letters
    number = here.make(site.read(0)).wait()
    mine = here.open(number).wait()
    assert mine.holder is None
    theirs = there.open(number).wait()
    assert theirs.holder is not None and theirs.holder.station == "読影1"
    body = mine.newest.body
    here.save(number, body, 1).wait()
    here.close(number).wait()
    assert there.renew(number).wait() is None


def test_a_letter_changed_meanwhile_is_not_overwritten_and_the_words_stay(
    site: Site, open_desk: Callable[..., Any]
) -> None:
    desk = open_desk("読影1", **OURS).letters
    number = desk.make(site.read(0)).wait()
    whole = LetterBody(
        "例示病院", day="2026-11-24", diagnosis="腫瘤", purpose="精査", history="なし", course="腫瘤", treatment="なし",
        prescription="なし",
    )  # fmt: skip
    for missing in ("treatment", "to_name"):
        with pytest.raises(Refused):
            desk.sign(number, replace(whole, **{missing: ""}), 1).wait()
    with pytest.raises(UnreadableCharacter):
        desk.sign(number, replace(whole, remarks="\U0002a6d6"), 1).wait()
    desk.sign(number, whole, 1).wait()
    with pytest.raises(Refused):  # no reason
        desk.sign(number, whole, 2, " ").wait()
    with pytest.raises(Refused):
        desk.discard(number).wait()
    desk.sign(number, whole, 2, "訂正").wait()
    with pytest.raises(Overtaken):
        desk.sign(number, replace(whole, remarks="こちらの版"), 2, "訂正").wait()
    assert desk.open(number).wait().draft.body.remarks == "こちらの版"
    nurse = open_desk("受付1", person=site.nurse, **OURS).letters
    other = nurse.make(site.read(1)).wait()
    with pytest.raises(Refused):
        nurse.sign(other, whole, 1).wait()
    with site.centre.reading() as conn:
        kept = letters.letter_by_id(conn, other)
    assert kept is not None and kept.signed is None


def test_what_was_typed_is_there_after_a_crash(
    site: Site, open_window: Callable[..., Any], wait: Callable[..., Any]
) -> None:
    visit = site.read(0)
    window = open_window(**OURS)
    number = window.desk.letters.make(visit).wait()
    body = window.desk.letters.open(number).wait().newest.body
    window.desk.letters.keep_draft(number, replace(body, remarks="停電の前に書いた語"), 1).wait()
    press(window, "F9")
    pages = window.more["letters"]
    wait(lambda: [(each.state, each.typed_here) for each in pages.list.shown] == [("draft", True)])
    press(window, "F5")
    wait(lambda: pages.place == "form")
    assert pages.form.fields["remarks"].get() == "停電の前に書いた語"
    press(window, "F6")  # back to what is saved
    wait(lambda: pages.form.fields["remarks"].get() == "" and not pages.writing.busy)
    press(window, "Escape")
    wait(lambda: pages.place == "list" and not pages.list.shown[0].typed_here)


def test_what_one_of_two_readers_says_is_in_no_letter(site: Site, open_desk: Callable[..., Any]) -> None:
    visit = site.read(0, kinds=("ABDOMEN", "FUNDUS"))
    desk = open_desk(two_readers=("ABDOMEN",))
    desk.sign(visit, "ABDOMEN", FindingBody("肝S5に腫瘤を認めます。", ("10102",), "D"), 0).wait()
    assert desk.letters.lines("", "", "").wait() == []
    letter = desk.letters.open(desk.letters.make(visit).wait()).wait().newest.body
    assert (letter.course, letter.diagnosis) == ("", "")
