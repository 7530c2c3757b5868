"""The teaching file's words: keywords as typed, what is searched, and what tells whose a picture is."""

from __future__ import annotations

import pytest

from kiosk.core.faults import Refused
from kiosk.core.teaching import Words, check, folded, keywords_of, pixels_of, searched
from tests.store.samples import patient


def test_keywords_are_parted_by_any_comma() -> None:
    assert keywords_of("肺癌、ＣＴ, すりガラス影 ;\n肺癌，") == ("肺癌", "CT", "すりガラス影")
    assert folded("すりガラス ＣＴ") == "スリガラスct"
    assert folded("すりがらす") in searched(Words("症例", ("ｽﾘｶﾞﾗｽ",), ""))


@pytest.mark.parametrize("words", ["見本太郎さん", "ミホン　タロウ", "Mihon Taro 55歳", "ID p00001", "1971/04/02生"])
def test_words_that_tell_whose_it_is_are_refused(words: str) -> None:
    for told in (Words(words), Words("症例", (words,)), Words("症例", (), f"よい例 {words}")):
        with pytest.raises(Refused, match="V642"):
            check(told, [patient()])


def test_other_words_are_taken() -> None:
    check(Words("見本となる症例", ("太郎丸",), "1971年頃の機器"), [patient()])
    check(Words("症例"), [patient(kanji="", kana="", romaji="", birth_date=None, patient_id="")])
    with pytest.raises(Refused, match="V641"):
        check(Words("  "), [patient()])


def test_an_area_is_covered_whole() -> None:
    assert pixels_of((0.11, 0.0, 0.29, 1.0), 10, 10) == (1, 0, 3, 10)
    assert pixels_of((0.5, 0.5, 0.2, 0.1), 10, 10) == (2, 1, 5, 5)
