"""Kana widths and the romaji of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.kana import full_kana, half_kana, hiragana, is_kana, romaji

KATAKANA = "".join(chr(c) for c in range(0x30A1, 0x30F5))
# Those with a half-width form of their own: they must come back unchanged.
ROUND = "".join(c for c in KATAKANA if c not in "ヮヰヱ")


@pytest.mark.parametrize(
    ("kana", "said"),
    [
        ("オオノ ユウコ", "ONO YUKO"),
        ("ヤマダ タロウ", "YAMADA TARO"),
        ("ほんま じゅんいちろう", "HOMMA JUNICHIRO"),
        ("ﾅﾝﾊﾞ ｼﾝﾍﾟｲ", "NAMBA SHIMPEI"),
        ("ハットリ ケンイチ", "HATTORI KENICHI"),
        ("イッチョウ", "ITCHO"),
        ("イノウエ ヨウスケ", "INOUE YOSUKE"),
        ("オオウチ リョウ", "OUCHI RYO"),
        ("マツウラ ショウコ", "MATSUURA SHOKO"),
        ("コウチ", "KOCHI"),
        ("セノオ", "SENOO"),
        ("サトー", "SATO"),
        ("シェリー ジェーン", "SHIERI JIEN"),
        ("ツヅキ ヂュン", "TSUZUKI JUN"),
        ("", ""),
    ],
)
def test_romaji_is_that_of_a_passport(kana: str, said: str) -> None:
    assert romaji(kana) == said


@given(st.text(KATAKANA + "ー ", max_size=20))
def test_romaji_is_ascii_capitals_and_blanks(kana: str) -> None:
    assert all("A" <= c <= "Z" or c == " " for c in romaji(kana))


@given(st.text(ROUND + "ー", min_size=1, max_size=20))
def test_widths_round_trip(kana: str) -> None:
    # A long mark or a sound mark with nothing before it is no name; what is written must come back.
    assert full_kana(half_kana(kana)) == full_kana(kana)


@given(st.text(KATAKANA + "ー ", max_size=20))
def test_half_width_is_jis_x_0201(kana: str) -> None:
    assert all("\uff61" <= c <= "\uff9f" or c == " " for c in half_kana(kana))


@pytest.mark.parametrize("slip", ["-", "－", "―", "‐", "−", "~", "～", "ｰ"])
def test_slips_of_the_long_mark_are_put_right(slip: str) -> None:
    assert full_kana(f"サト{slip} ハナコ") == "サトー ハナコ"


def test_blanks_and_hiragana() -> None:
    assert full_kana("　ﾔﾏﾀﾞ　 ﾀﾛｳ ") == "ヤマダ タロウ"
    assert hiragana("ﾔﾏﾀﾞ ﾀﾛｳ") == "やまだ たろう"
    assert is_kana("ﾔﾏﾀﾞ ﾀﾛｳ") and is_kana("さとー") and not is_kana("山田") and not is_kana("") and not is_kana("A")
