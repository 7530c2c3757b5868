"""Every character of a text is drawn by an embedded font, or named as a gap; none is lost silently."""

import pytest

from kiosk.paper import fonts
from kiosk.paper.lines import shortened, wrapped


def test_a_name_is_split_between_the_two_fonts():
    assert [(run.font, run.text) for run in fonts.runs("髙﨑𠮷田①ｱｲｳ")] == [
        (fonts.MAIN, "髙﨑"),
        (fonts.NAMES, "𠮷"),
        (fonts.MAIN, "田①ｱｲｳ"),
    ]


def test_bold_of_the_name_font_is_made_by_its_outline():
    found = [(run.font, run.thicken) for run in fonts.runs("𠮷田", bold=True)]
    assert found == [(fonts.NAMES, True), (fonts.BOLD, False)]


def test_what_no_font_has_becomes_geta_and_is_named():
    text = "\U0002a6d6村 試子"
    assert "".join(run.text for run in fonts.runs(text)) == "〓村 試子"
    assert fonts.gaps(text + text) == "\U0002a6d6"
    assert fonts.numbered("\U0002a6d6") == "U+2A6D6"


def test_a_signed_text_with_a_gap_is_refused_by_name():
    with pytest.raises(fonts.UnreadableCharacter) as caught:
        fonts.refuse_gaps("異常なし", "\U0002a6d6")
    assert "U+2A6D6" in caught.value.told()
    fonts.refuse_gaps("異常なし\n前回と同じ", "𠮷 髙 ㈱ Ⅲ ㎜ ℃ ± ≧")


@pytest.mark.parametrize(
    "typed, drawn",
    [
        ("カ\u3099", "ガ"),
        ("は\u309a", "ぱ"),
        ("か\u309a", "か゜"),  # no such letter: the mark stays, standing beside
        ("\u3099ア", "゛ア"),
        ("ｶﾞ", "ｶﾞ"),
        ("\ufa19", "\ufa19"),  # compatibility kanji U+FA19 must not turn into U+795E
        ("山\u200b田\ufeff", "山田"),
        ("山\t田", "山 田"),
    ],
)
def test_only_kana_are_joined_for_printing(typed, drawn):
    assert fonts.printable(typed) == drawn


def test_every_character_that_cp932_can_carry_is_drawn():
    from itertools import product

    missing = set()
    for pair in product(range(0x81, 0xFD), range(0x40, 0xFD)):
        try:
            text = bytes(pair).decode("cp932")
        except UnicodeDecodeError:
            continue
        if text.isprintable():  # neither a control character nor a private one
            missing |= set(fonts.gaps(text))
    assert missing == set()


def test_name_kanji_of_jis_x_0213_are_drawn():
    missing = []
    for plane, row, cell in ((p, r, c) for p in (b"", b"\x8f") for r in range(0xA1, 0xFF) for c in range(0xA1, 0xFF)):
        try:
            text = (plane + bytes([row, cell])).decode("euc_jis_2004")
        except UnicodeDecodeError:
            continue
        if ord(text[0]) >= 0x3400 and fonts.gaps(text):
            missing.append(text)
    assert missing == []


def test_a_variation_that_looks_like_the_plain_form_is_no_other_form():
    assert fonts.other_forms("葛\U000e0100城 辻\U000e0101") != ()
    assert fonts.other_forms("亜\U000e0100") == ()
    assert fonts.printable("辻\U000e0101") == "辻"
    assert fonts.gaps("辻\U000e0101") == ""


def test_lines_do_not_begin_with_a_full_stop_or_end_with_an_opening_bracket():
    text = "胆嚢にポリープを認めます。" * 3 + "「前回」と同じ大きさです。"
    for width in range(40, 200, 7):
        found = wrapped(text, width, 10)
        assert "".join(found) == text
        assert not any(line.startswith(("。", "」")) for line in found)
        assert not any(line.endswith("「") for line in found)
        assert all(fonts.width_pt(line, 10) <= width for line in found)


def test_line_breaks_are_kept_and_a_word_is_not_torn():
    assert wrapped("一行目\n\n三行目", 200, 10) == ["一行目", "", "三行目"]
    assert wrapped("LDL cholesterol 120", fonts.width_pt("LDL choles", 10), 10)[0] == "LDL"
    assert wrapped("あ", 1, 10) == ["あ"]


def test_a_long_line_is_cut_with_a_mark():
    assert shortened("短い", 100, 10) == "短い"
    cut = shortened("とても長い備考の文章です", 60, 10)
    assert cut.endswith("…") and fonts.width_pt(cut, 10) <= 60
