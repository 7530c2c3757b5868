"""The referral letter and the examinee's sheet on paper: all that is said stands there, whole; a gap is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.core.guidance import CaseBody, Session, read_guidance
from kiosk.core.guidance_level import Checkup
from kiosk.core.letter import LetterBody, LetterVersion, Sender
from kiosk.paper.finding_report import Picture
from kiosk.paper.fonts import UnreadableCharacter
from kiosk.paper.guidance_sheet import GuidancePage, guidance_sheet
from kiosk.paper.referral_letter import LetterPage, referral_letter
from kiosk.store.masters import default_master

GAP = "\U0002a6d6"
BODY = LetterBody(
    "例示総合病院", "消化器内科", "例示 三郎", "000-0000-1111", True, "2026-11-24", "例示県例示市見本町1-2-3",
    "090-0000-0000", "会社員", "肝腫瘤の疑い", "精密検査のお願い", "高血圧", "肝S5に腫瘤①。", "経過観察中",
    "アムロジピン5mg", "紹介状控えあり",
)  # fmt: skip


@pytest.fixture
def letter(patient, jpeg):
    version = LetterVersion(1, BODY, "例示 一郎", "", True)
    sender = Sender("見本健診センター", "例示県見本市4-5-6", "000-0000-2222")
    return LetterPage(12, sender, patient, date(2026, 11, 24), version, [Picture(jpeg, "肝S5")])


@pytest.fixture
def sheet(patient, jpeg):
    checkup = Checkup("F", 55, 55, waist=93.5, weight=70.2)
    body = CaseBody("2026-11-24", checkup, "intensive", "123", 89.0, 66.5, "毎日8000歩あるく。", next_day="2027-01-05")
    body = body.with_session(Session("2026-11-24", "first", 20, "見本 保健", "nurse", 93.5, 70.2, "朝食を抜く"))
    body = body.with_session(Session("2026-12-20", "phone", 10, "見本 保健", "nurse", None, 69.4, "歩数計を使う"))
    book = read_guidance(default_master("guidance"))
    return GuidancePage("見本健診センター", patient, 2026, book, body, date(2026, 12, 20), [Picture(jpeg, "腹部")])


def told(texts: list[str]) -> str:
    return "".join("".join(texts).split())


def with_body(page: LetterPage, **changes: object) -> LetterPage:
    return replace(page, version=replace(page.version, body=replace(BODY, **changes)))


def test_every_item_of_the_form_stands_on_the_first_page(tmp_path, letter, read_text, embedded):
    data, pages = referral_letter(letter)
    first, images = read_text(data)
    assert pages == 2 and "1肝S5" in told([images]) and "00012345" in images
    for part in ("例示総合病院", "消化器内科例示三郎", "例示県見本市4-5-6", "見本健診センター", "000-0000-2222",
                 "例示一郎", "髙﨑𠮷子", "タカサキヨシコ", "1971-04-02(55years)", "例示県例示市見本町1-2-3",
                 "090-0000-0000", "会社員", "肝腫瘤の疑い", "精密検査のお願い", "高血圧", "肝S5に腫瘤①。",
                 "経過観察中", "アムロジピン5mg", "紹介状控えあり", "(seal)", "2026-11-24",
                 "Letter12,version1"):  # fmt: skip
        assert part in told([first]), part
    (tmp_path / "l.pdf").write_bytes(data)
    assert all(embedded(tmp_path / "l.pdf").values())
    assert referral_letter(letter) == (data, pages)


def test_long_text_goes_on_on_a_continuation_page_that_says_whose_it_is(letter, read_text):
    lines = [f"第{n}行の所見です。" for n in range(120)]
    data, pages = referral_letter(replace(with_body(letter, course="\n".join(lines)), pictures=[]))
    texts = read_text(data)
    assert len(texts) == pages >= 3
    assert all(line in "".join(texts) for line in lines)
    assert all("髙﨑" in text and "00012345" in text for text in texts)
    assert "(continued)" in told(texts) and "アムロジピン5mg" in told(texts)


def test_long_names_stay_inside(letter, patient, read_text):
    long = replace(patient, kanji="見本" * 20, kana="ミホン" * 20)
    page = with_body(letter, to_name="独立行政法人例示" * 4, to_doctor="例示三郎左衛門" * 3, address="例示市町" * 18)
    page = replace(page, patient=long, sender=replace(page.sender, address="見本市例示町" * 8))
    text = told(read_text(referral_letter(page)[0]))
    assert "見本" * 20 in text and "ミホン" * 20 in text and "独立行政法人例示" in text and "肝腫瘤の疑い" in text


@pytest.mark.parametrize("where", ["name", "text", "by", "sender", "caption"])
def test_a_gap_in_a_signed_letter_is_refused_and_named(letter, patient, jpeg, where):
    bad = {
        "name": replace(letter, patient=replace(patient, kanji=GAP)),
        "text": with_body(letter, history=GAP),
        "by": replace(letter, version=replace(letter.version, by=GAP)),
        "sender": replace(letter, sender=replace(letter.sender, address=GAP)),
        "caption": replace(letter, pictures=[Picture(jpeg, GAP)]),
    }[where]
    with pytest.raises(UnreadableCharacter) as why:
        referral_letter(bad)
    assert "U+2A6D6" in why.value.told()


def test_a_draft_says_so_and_shows_its_gap(letter, read_text):
    draft = with_body(letter, history=f"{GAP}病")
    text = "".join(read_text(referral_letter(replace(draft, version=replace(draft.version, signed=False)))[0]))
    assert "(draft, not signed)" in text and "〓病" in text and "U+2A6D6" in text and "例示 一郎" not in text


def test_an_amended_letter_names_the_reason(letter, read_text):
    amended = replace(letter, version=replace(letter.version, number=2, reason="左右の訂正"))
    assert "Corrected letter. Reason: 左右の訂正" in "".join(read_text(referral_letter(amended)[0]))


def test_the_sheet_has_goals_curve_sessions_points_and_the_next_date(sheet, read_text):
    data, pages = guidance_sheet(sheet)
    text = told(read_text(data))
    assert pages == 1
    for part in ("髙﨑𠮷子", "fiscalyear2026", "70.2kg→66.5kg", "93.5cm→89cm", "毎日8000歩あるく。", "50/180",
                 "69.4", "初回面接", "歩数計を使う", "見本保健", "2027-01-05", "goal66.5", "1腹部",
                 "ご相談ください"):  # fmt: skip
        assert part in text, part


def test_the_sheet_without_measures_or_sessions_is_a_sheet_all_the_same(sheet, read_text):
    bare = replace(sheet, body=CaseBody(level="motivational"), pictures=[])
    text = "".join(read_text(guidance_sheet(bare)[0]))
    assert "Motivational support" in text and "180" not in text


def test_many_sessions_flow_over_pages_and_a_gap_is_refused(sheet, read_text):
    body = sheet.body
    for month in range(1, 13):
        for day in (1, 8, 15, 22):
            body = body.with_session(Session(f"2027-{month:02d}-{day:02d}", "mail", notes=f"連絡{month}の{day}"))
    data, pages = guidance_sheet(replace(sheet, body=body))
    text = told(read_text(data))
    assert pages >= 2 and all(f"連絡{month}の22" in text for month in range(1, 13))
    with pytest.raises(UnreadableCharacter):
        guidance_sheet(replace(sheet, body=replace(body, behaviour_goal=GAP)))
