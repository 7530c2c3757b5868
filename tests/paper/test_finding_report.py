"""A finding on paper says what was signed, by whom and with which pictures; a gap is refused."""

from dataclasses import replace
from hashlib import sha256

import pytest

from kiosk.core.faults import Fault
from kiosk.core.finding import FindingVersion
from kiosk.paper.finding_report import FindingPage, Picture, finding_report, write_finding_report
from kiosk.paper.fonts import UnreadableCharacter


@pytest.fixture
def page(patient, visit, signed, jpeg):
    picture = Picture(jpeg, "S5", sha256(jpeg).hexdigest())
    codes = [("US012", "肝嚢胞")]
    found = FindingPage("見本健診センター", "腹部超音波", patient, visit, signed, (signed,), codes)
    return replace(found, category="B 軽度異常", pictures=[picture])


def one_line(texts: list[str]) -> str:
    return "".join("".join(texts).split())


def test_the_page_says_all_of_it(tmp_path, page, read_text, embedded):
    assert write_finding_report(tmp_path / "f.pdf", page) == 1
    text = one_line(read_text((tmp_path / "f.pdf").read_bytes()))
    for part in ("髙﨑𠮷子", "タカサキヨシコ", "00012345", "20261124-017", "US012", "肝嚢胞", "B軽度異常", "例示一郎",
                 "2026-11-2411:32:10", "肝に径12mmの嚢胞を認めます①。ｱｲｳ㐂", "1S5", "55years"):  # fmt: skip
        assert part in text, part
    assert all(embedded(tmp_path / "f.pdf").values())


def test_the_same_finding_gives_the_same_bytes(page):
    assert finding_report(page) == finding_report(page)


@pytest.mark.parametrize("where", ["name", "text", "by", "caption"])
def test_a_gap_in_a_signed_page_is_refused_and_nothing_is_written(tmp_path, page, patient, signed, jpeg, where):
    gap = "\U0002a6d6"
    bad = {
        "name": replace(page, patient=replace(patient, kanji=gap)),
        "text": replace(page, version=replace(signed, body=replace(signed.body, text=gap))),
        "by": replace(page, version=replace(signed, by=gap)),
        "caption": replace(page, pictures=[Picture(jpeg, gap)]),
    }[where]
    with pytest.raises(UnreadableCharacter):
        write_finding_report(tmp_path / "f.pdf", bad)
    assert list(tmp_path.iterdir()) == []


def test_a_draft_with_a_gap_shows_it_and_says_that_it_is_a_draft(page, patient, signed, read_text):
    draft = replace(page, version=replace(signed, signed=False), patient=replace(patient, kanji="\U0002a6d6村"))
    text = "".join(read_text(finding_report(draft)[0]))
    assert "〓村" in text and "U+2A6D6" in text and "タカサキ ヨシコ" in text
    assert "(draft, not signed)" in text and "Signed by" not in text


def test_an_amended_finding_names_the_earlier_version_and_the_reason(page, signed, read_text):
    newer = FindingVersion(2, signed.body, "例示 二郎", "2026-11-25T09:00:00", True, "部位の書き違い")
    text = "".join(read_text(finding_report(replace(page, version=newer, history=(signed, newer)))[0]))
    assert "Version 1 was signed by 例示 一郎 at 2026-11-24 11:32:10." in text
    assert "Reason for version 2: 部位の書き違い" in text
    assert "Signed by 例示 二郎" in text


def test_printing_an_earlier_version_does_not_tell_of_later_ones(page, signed, read_text):
    newer = FindingVersion(2, signed.body, "例示 二郎", "2026-11-25T09:00:00", True, "部位の書き違い")
    text = "".join(read_text(finding_report(replace(page, history=(signed, newer)))[0]))
    assert "部位の書き違い" not in text


def test_a_long_finding_with_many_pictures_flows_over_pages(page, signed, jpeg, read_text):
    long = replace(signed, body=replace(signed.body, text="胆嚢にポリープを認めます。\n" * 90))
    data, pages = finding_report(replace(page, version=long, pictures=[Picture(jpeg, f"図{n}") for n in range(9)]))
    texts = read_text(data)
    assert len(texts) == pages >= 3
    assert "".join(texts).count("胆嚢にポリープを認めます。") == 90
    assert all(f"図{n}" in "".join(texts) for n in range(9))


def test_another_picture_than_the_one_taken_over_is_refused(page, jpeg):
    with pytest.raises(Fault) as caught:
        finding_report(replace(page, pictures=[Picture(jpeg + b"\0", "", sha256(jpeg).hexdigest())]))
    assert caught.value.reference == "P409"


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff\xe0broken"])
def test_a_broken_picture_is_told_plainly(page, data):
    with pytest.raises(Fault) as caught:
        finding_report(replace(page, pictures=[Picture(data)]))
    assert caught.value.reference == "P415"
