"""The doctor's journey without a window, on both databases: draft, signature, amendment, search, page, others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault, LinkLost, Overtaken, Refused
from kiosk.core.finding import FindingBody, FindingState
from kiosk.core.finding_fields import normal_items, with_value
from kiosk.paper.fonts import UnreadableCharacter
from kiosk.store import audit, findings, local, masters
from tests.modes.findings.site import DAY, FUNDUS, Site, last_year

NORMAL = FindingBody("肝・胆・膵・脾・腎に異常を認めません。", (), "A")


@pytest.fixture
def desk(open_desk: Callable[..., Any]) -> Any:
    return open_desk()


def states(desk: Any, **question: Any) -> list[tuple[str, str, str]]:
    return [(line.name, line.kind, line.state) for line in desk.lines(0, **question).wait()]


def test_the_list_shows_what_has_images_unsigned_first(site: Site, desk: Any) -> None:
    done = site.read(0)
    desk.sign(done, "ABDOMEN", NORMAL, 0).wait()
    site.read(1, kinds=("ABDOMEN", "FUNDUS"))
    site.visit(2)  # no image has come yet
    assert states(desk) == [
        ("髙橋 花子", "ABDOMEN", "none"),
        ("髙橋 花子", "FUNDUS", "none"),
        ("見本 太郎", "ABDOMEN", "signed"),
    ]
    assert states(desk, kind="FUNDUS") == [("髙橋 花子", "FUNDUS", "none")]


def test_days_narrow_the_list(site: Site, desk: Any) -> None:
    site.read(0, day=last_year())
    assert len(desk.lines(0).wait()) == 1
    assert desk.lines(7).wait() == []


@pytest.mark.parametrize("typed", ["髙橋", "タカハシ", "たかはし", "ﾀｶﾊｼ", "20261124-002", "P00002", "嚢胞", "1102"])
def test_a_line_is_found_by_any_of_its_words(site: Site, desk: Any, typed: str) -> None:
    site.read(0)
    visit = site.read(1)
    desk.save(visit, "ABDOMEN", FindingBody("肝S5に径12mmの嚢胞を認めます。", ("1102",), "B"), 0).wait()
    assert states(desk, text=typed) == [("髙橋 花子", "ABDOMEN", "draft")]


def test_a_word_of_one_finding_does_not_bring_the_visits_other_examinations(site: Site, desk: Any) -> None:
    visit = site.read(1, kinds=("ABDOMEN", "FUNDUS"))
    desk.save(visit, "ABDOMEN", FindingBody("嚢胞を認めます。"), 0).wait()
    assert states(desk, text="嚢胞") == [("髙橋 花子", "ABDOMEN", "draft")]


def test_from_draft_to_signature_to_amendment(site: Site, desk: Any) -> None:
    visit = site.read(0)
    draft = desk.save(visit, "ABDOMEN", FindingBody("途中"), 0).wait()
    assert (draft.state, draft.newest.signed) == (FindingState.DRAFT, False)
    assert desk.open(visit, "ABDOMEN").wait().newest == draft.newest
    signed = desk.sign(visit, "ABDOMEN", NORMAL, 1).wait()
    assert (signed.state, signed.newest.by, len(signed.versions)) == (FindingState.SIGNED, "例示 医師", 1)
    with pytest.raises(Refused, match="R100"):
        desk.save(visit, "ABDOMEN", FindingBody("こっそり"), 1).wait()
    with pytest.raises(Refused) as caught:
        desk.sign(visit, "ABDOMEN", FindingBody("理由なし", (), "B"), 1).wait()
    assert caught.value.reason == "reason"
    amended = desk.sign(visit, "ABDOMEN", FindingBody("直した", (), "B"), 1, "部位の書き違い").wait()
    assert amended.state is FindingState.AMENDED
    assert [(v.number, v.body.text, v.reason) for v in amended.versions] == [
        (1, NORMAL.text, ""),
        (2, "直した", "部位の書き違い"),
    ]
    with site.centre.reading() as conn:
        told = [event.action for event in reversed(audit.events(conn, patient="|P00001"))]
        assert told == ["finding drafted", "finding opened", "finding signed", "finding amended"]
        assert audit.verify(conn) == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (FindingBody(), "incomplete"),
        (FindingBody("異常なし"), "incomplete"),
        (FindingBody("径＿mmの嚢胞", (), "B"), "incomplete"),
        (FindingBody("異常なし", (), "Z"), "incomplete"),
    ],
)
def test_what_is_incomplete_is_not_signed_and_not_lost(site: Site, desk: Any, body: FindingBody, reason: str) -> None:
    visit = site.read(0)
    with pytest.raises(Refused) as caught:
        desk.sign(visit, "ABDOMEN", body, 0).wait()
    assert caught.value.reason == reason
    opened = desk.open(visit, "ABDOMEN").wait()
    assert opened.finding is None and opened.draft.body == body


def test_a_character_that_paper_cannot_show_is_refused_loudly(site: Site, desk: Any) -> None:
    visit = site.read(0)
    with pytest.raises(UnreadableCharacter, match="P422") as caught:
        desk.sign(visit, "ABDOMEN", FindingBody("\U0002a6d6", (), "A"), 0).wait()
    assert "U+2A6D6" in caught.value.told()
    assert desk.sign(site.read(2), "ABDOMEN", NORMAL, 0).wait().newest.signed  # 𠮷﨑 is no trouble


def test_only_a_doctor_signs(site: Site, open_desk: Callable[..., Any]) -> None:
    visit = site.read(0)
    nurse = open_desk("受付", person=site.nurse)
    with pytest.raises(Refused) as caught:
        nurse.sign(visit, "ABDOMEN", NORMAL, 0).wait()
    assert caught.value.reason == "role"
    assert nurse.save(visit, "ABDOMEN", NORMAL, 0).wait().state is FindingState.DRAFT


def test_the_second_station_is_told_who_has_it_open(site: Site, desk: Any, open_desk: Callable[..., Any]) -> None:
    visit = site.read(0)
    other = open_desk("読影2", person=site.other)
    assert desk.open(visit, "ABDOMEN").wait().holder is None
    holder = other.open(visit, "ABDOMEN").wait().holder
    assert (holder.by, holder.station) == ("例示 医師", "読影1")
    assert other.open(visit, "FUNDUS").wait().holder is None
    desk.close(visit, "ABDOMEN").wait()
    assert other.renew(visit, "ABDOMEN").wait() is None


def test_who_writes_second_loses_nothing(site: Site, desk: Any, open_desk: Callable[..., Any]) -> None:
    visit = site.read(0)
    other = open_desk("読影2", person=site.other)
    desk.sign(visit, "ABDOMEN", NORMAL, 0).wait()
    mine = FindingBody("脂肪肝を認めます。", ("1101",), "C")
    with pytest.raises((Overtaken, Refused)):
        other.sign(visit, "ABDOMEN", mine, 0).wait()
    with pytest.raises(Overtaken):
        other.sign(visit, "ABDOMEN", mine, 0, "理由").wait()
    opened = other.open(visit, "ABDOMEN").wait()
    assert opened.newest.body == NORMAL
    assert (opened.draft.body, opened.draft.based_on) == (mine, 0)


def test_a_second_save_of_one_draft_is_no_quiet_overwriting(
    site: Site, desk: Any, open_desk: Callable[..., Any]
) -> None:
    visit = site.read(0)
    other = open_desk("読影2", person=site.other)
    desk.save(visit, "ABDOMEN", FindingBody("初め"), 0).wait()
    for each in (desk, other):  # the first one's PC slept: its hold has ended meanwhile
        each.open(visit, "ABDOMEN").wait()
    other.save(visit, "ABDOMEN", FindingBody("他の医師の文"), 1).wait()
    with pytest.raises(Overtaken):
        desk.save(visit, "ABDOMEN", FindingBody("自分の文"), 1).wait()
    opened = desk.open(visit, "ABDOMEN").wait()
    assert opened.overtaken and (opened.newest.body.text, opened.draft.body.text) == ("他の医師の文", "自分の文")
    assert desk.save(visit, "ABDOMEN", FindingBody("両方を見た文"), 1).wait().newest.number == 1
    assert desk.sign(visit, "ABDOMEN", NORMAL, 1).wait().final.body == NORMAL


def test_a_draft_is_found_again_after_a_crash(site: Site, open_desk: Callable[..., Any]) -> None:
    visit = site.read(0)
    station = site.station("読影3")
    body = FindingBody("途中まで", ("1101",), "C", ())
    from kiosk.modes.findings.mode import MODE

    station.open_mode("findings", MODE).keep_draft(visit, "ABDOMEN", body, 0).wait()
    site.close(station)  # nothing was said good-bye to: the draft is on the disk
    again = open_desk("読影3")
    assert again.open(visit, "ABDOMEN").wait().draft.body == body
    assert [line.typed_here for line in again.lines(0).wait()] == [True]
    assert open_desk("読影4").open(visit, "ABDOMEN").wait().draft is None


def test_a_draft_that_comes_late_does_not_rise_again_after_the_signature(site: Site, desk: Any) -> None:
    visit = site.read(0)
    report = desk._report
    report.sign(visit, "ABDOMEN", NORMAL, 0, order=8)
    report.keep_draft(visit, "ABDOMEN", FindingBody("前"), 0, order=7)
    assert report.draft_of(visit, "ABDOMEN") is None
    report.keep_draft(visit, "ABDOMEN", FindingBody("後"), 1, order=9)
    assert report.draft_of(visit, "ABDOMEN").body.text == "後"
    site._stations[0].local.leave()


def test_typing_goes_on_while_the_shared_store_is_away(site: Site, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = site.read(0)

    def away(*_: object, **__: object) -> None:
        raise LinkLost("centre")

    with monkeypatch.context() as patch:
        patch.setattr(findings, "write_version", away)
        with pytest.raises(LinkLost):
            desk.save(visit, "ABDOMEN", NORMAL, 0).wait()
    assert desk.open(visit, "ABDOMEN").wait().draft.body == NORMAL
    desk.save(visit, "ABDOMEN", NORMAL, 0).wait()
    assert desk.open(visit, "ABDOMEN").wait().draft is None


def test_last_time_is_the_newest_signed_one_of_the_same_kind(site: Site, desk: Any) -> None:
    earlier = site.read(0, day=last_year())
    desk.sign(earlier, "ABDOMEN", NORMAL, 0).wait()
    desk.save(earlier, "FUNDUS", FindingBody("署名前"), 0).wait()
    visit = site.read(0)
    last = desk.open(visit, "ABDOMEN").wait().last
    assert (last.day, last.version.body) == (last_year().isoformat(), NORMAL)
    assert desk.open(visit, "FUNDUS").wait().last is None


def test_the_tray_tells_which_key_images_are_of_this_examination(site: Site, desk: Any) -> None:
    visit = site.visit(0)
    station = site._stations[0]
    liver = site.key_image(station, visit, site.image(visit, "ABDOMEN"), 20)
    eye = site.key_image(station, visit, site.image(visit, "FUNDUS"), 40)
    opened = desk.open(visit, "ABDOMEN").wait()
    assert [image.id for image in opened.tray] == [liver, eye]
    assert opened.own == {liver}
    assert desk.picture(eye, 100, 100).wait().startswith(b"\x89PNG")


def test_a_key_image_of_somebody_else_is_neither_signed_nor_printed(site: Site, desk: Any) -> None:
    other = site.visit(1)
    wrong = site.key_image(site._stations[0], other, site.image(other, "ABDOMEN"))
    visit = site.read(0)
    body = FindingBody(NORMAL.text, (), "A", (wrong,))
    with pytest.raises(Fault, match="another examinee"):
        desk.sign(visit, "ABDOMEN", body, 0).wait()
    desk.save(visit, "ABDOMEN", body, 0).wait()
    with pytest.raises(Fault, match="another examinee"):
        desk.page(visit, "ABDOMEN").wait()


def test_the_page_is_the_same_wherever_it_is_made(
    site: Site, desk: Any, open_desk: Callable[..., Any], read_text: Callable[[bytes], list[str]]
) -> None:
    visit = site.visit(1, exams=(FUNDUS,))
    picture = site.key_image(site._stations[0], visit, site.image(visit, "FUNDUS"), comment="右眼")
    kind = desk.judgement().wait().kind("FUNDUS")
    items = with_value(normal_items(kind.fields), "retina.signs", "右", "白斑")
    body = FindingBody("右眼に白斑を認めます。", ("40202",), "D", (picture,), items=items)
    desk.sign(visit, "FUNDUS", body, 0).wait()
    pdf, sheets = desk.page(visit, "FUNDUS").wait()
    assert sheets == 1
    text = "".join(read_text(pdf))
    for part in ("髙橋 花子", "眼底", body.text, "D 要精密検査・治療", "例示 医師", "右眼", "20261124-002"):
        assert part in text, part
    assert desk.page(visit, "FUNDUS").wait()[0] == pdf
    changed = site._stations[0].settings
    assert open_desk(changed.name).page(visit, "FUNDUS").wait()[0] == pdf


def test_printing_keeps_the_file_and_says_where_the_page_went(
    site: Site, tmp_path: Path, wait_until: Callable[..., Any], open_desk: Callable[..., Any]
) -> None:
    import sys

    copy = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])"
    out = tmp_path / "printer.pdf"
    desk = open_desk("読影5", print_command=(sys.executable, "-c", copy, "{file}", str(out)))
    visit = site.read(0)
    desk.sign(visit, "ABDOMEN", NORMAL, 0).wait()
    told: list[Any] = []
    desk.on_paper(told.append)
    path = desk.print(visit, "ABDOMEN").wait()
    wait_until(lambda: told)
    assert told[0].ids["printed"] is True
    assert out.read_bytes() == path.read_bytes()
    assert "見本" not in path.name
    with site.centre.reading() as conn:
        printed = [event for event in audit.events(conn) if event.action == "finding printed"]
        assert [event.patient for event in printed] == ["|P00001"]


def test_a_printer_that_is_off_is_told_and_owed(
    site: Site, wait_until: Callable[..., Any], open_desk: Callable[..., Any]
) -> None:
    desk = open_desk("読影6", print_command=("no-such-printer",))
    visit = site.read(0)
    desk.sign(visit, "ABDOMEN", NORMAL, 0).wait()
    told: list[Any] = []
    desk.on_paper(told.append)
    path = desk.print(visit, "ABDOMEN").wait()
    wait_until(lambda: told)
    assert told[0].ids["failed"] is True
    assert path.exists()


def test_nothing_to_print_is_told(site: Site, desk: Any) -> None:
    with pytest.raises(Refused):
        desk.page(site.read(0), "ABDOMEN").wait()


def test_if_the_audit_row_cannot_be_written_nothing_is_signed(
    site: Site, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = site.read(0)

    def refuse(*_: object, **__: object) -> None:
        raise Fault("audit")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "write", refuse)
        with pytest.raises(Fault):
            desk.sign(visit, "ABDOMEN", NORMAL, 0).wait()
    assert desk.open(visit, "ABDOMEN").wait().finding is None


def test_a_broken_master_of_the_centre_is_told(site: Site, desk: Any) -> None:
    with site.centre.writing() as conn:
        body = masters.default_master("findings")
        masters.write_master(conn, "findings", {**body, "scheme": "1999"})
    with pytest.raises(Fault, match="J201"):
        desk.judgement().wait()


def test_days_of_another_person_stay_out_of_last_time(site: Site, desk: Any) -> None:
    desk.sign(site.read(1, day=last_year()), "ABDOMEN", NORMAL, 0).wait()
    assert desk.open(site.read(0, day=DAY), "ABDOMEN").wait().last is None


def test_drafts_of_two_findings_do_not_mix(site: Site, desk: Any) -> None:
    visit = site.read(0, kinds=("ABDOMEN", "FUNDUS"))
    desk.keep_draft(visit, "ABDOMEN", FindingBody("腹"), 0).wait()
    desk.keep_draft(visit, "FUNDUS", FindingBody("眼"), 0).wait()
    desk.drop_draft(visit, "ABDOMEN").wait()
    with site._stations[0].local.reading() as conn:
        assert [kept.body["text"] for kept in local.all_drafts(conn, "finding:")] == ["眼"]
    site._stations[0].local.leave()
