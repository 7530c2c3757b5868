"""Kana: half and full width, hiragana and katakana, and the romaji that a kana name is written with."""

from __future__ import annotations

import re
import unicodedata

import jaconv

# JIS X 0201 has no half-width form of these; their plain sisters are what a console shows.
_NO_HALF_FORM = str.maketrans({"ヰ": "イ", "ヱ": "エ", "ヮ": "ワ", "ヵ": "カ", "ヶ": "ケ", "ヷ": "ヴァ", "ヸ": "ヴィ",
                               "ヹ": "ヴェ", "ヺ": "ヴォ", "ヽ": "", "ヾ": "", "゠": "ー"})  # fmt: skip
# What people and programs type for the long vowel mark between kana.
_LONG_MARK_SLIPS = re.compile("(?<=[ァ-ヺー])[-‐‑–—―−－─ｰ~〜～](?![-‐‑–—―−－─])")
_BLANKS = re.compile(r"[\s\u3000\u00a0]+")

_SYLLABLES = {
    "ア": "A", "イ": "I", "ウ": "U", "エ": "E", "オ": "O", "カ": "KA", "キ": "KI", "ク": "KU", "ケ": "KE", "コ": "KO",
    "サ": "SA", "シ": "SHI", "ス": "SU", "セ": "SE", "ソ": "SO", "タ": "TA", "チ": "CHI", "ツ": "TSU", "テ": "TE",
    "ト": "TO", "ナ": "NA", "ニ": "NI", "ヌ": "NU", "ネ": "NE", "ノ": "NO", "ハ": "HA", "ヒ": "HI", "フ": "FU",
    "ヘ": "HE", "ホ": "HO", "マ": "MA", "ミ": "MI", "ム": "MU", "メ": "ME", "モ": "MO", "ヤ": "YA", "ユ": "YU",
    "ヨ": "YO", "ラ": "RA", "リ": "RI", "ル": "RU", "レ": "RE", "ロ": "RO", "ワ": "WA", "ヰ": "I", "ヱ": "E",
    "ヲ": "O", "ガ": "GA", "ギ": "GI", "グ": "GU", "ゲ": "GE", "ゴ": "GO", "ザ": "ZA", "ジ": "JI", "ズ": "ZU",
    "ゼ": "ZE", "ゾ": "ZO", "ダ": "DA", "ヂ": "JI", "ヅ": "ZU", "デ": "DE", "ド": "DO", "バ": "BA", "ビ": "BI",
    "ブ": "BU", "ベ": "BE", "ボ": "BO", "パ": "PA", "ピ": "PI", "プ": "PU", "ペ": "PE", "ポ": "PO", "ヴ": "BU",
    "ァ": "A", "ィ": "I", "ゥ": "U", "ェ": "E", "ォ": "O", "ャ": "YA", "ュ": "YU", "ョ": "YO", "ヮ": "WA",
    "ヵ": "KA", "ヶ": "KE", "ヷ": "BA", "ヸ": "BI", "ヹ": "BE", "ヺ": "BO",
}  # fmt: skip
_CONTRACTED = {
    "キ": "KY", "シ": "SH", "チ": "CH", "ニ": "NY", "ヒ": "HY", "ミ": "MY", "リ": "RY", "ギ": "GY", "ジ": "J",
    "ヂ": "J", "ビ": "BY", "ピ": "PY",
}  # fmt: skip
# Sounds of foreign names, as the passport offices write them.
_FOREIGN = {
    "シェ": "SHIE", "ジェ": "JIE", "チェ": "CHIE", "ティ": "TEI", "ディ": "DEI", "デュ": "DEYU", "テュ": "TEYU",
    "ファ": "FUA", "フィ": "FUI", "フェ": "FUE", "フォ": "FUO", "ヴァ": "BUA", "ヴィ": "BUI", "ヴェ": "BUE",
    "ヴォ": "BUO", "ウィ": "UI", "ウェ": "UE", "ウォ": "UO", "トゥ": "TOU", "ドゥ": "DOU", "フュ": "FUYU",
}  # fmt: skip
# A family name that ends in 上, 内 or 浦 begins a new word there: イノウエ is INOUE, not INOE.
_WORD_AT_THE_END = ("ウエ", "ウチ", "ウラ")
_SMALL = "ァィゥェォャュョヮ"


def full_kana(text: str) -> str:
    """Full-width katakana as it is shown and kept: half width, hiragana and slips of the long mark put right,
    one blank between the parts."""
    wide = unicodedata.normalize("NFKC", text)
    kata = jaconv.hira2kata(wide)
    return _BLANKS.sub(" ", _LONG_MARK_SLIPS.sub("ー", kata)).strip()


def half_kana(text: str) -> str:
    """The same name in half-width katakana (JIS X 0201), for devices that know nothing else."""
    plain = full_kana(text).translate(_NO_HALF_FORM)
    return jaconv.z2h(plain, kana=True, ascii=True, digit=True).replace("\u3000", " ")


def hiragana(text: str) -> str:
    """The same name in hiragana."""
    return jaconv.kata2hira(full_kana(text))


def is_kana(text: str) -> bool:
    """Is this a name in kana of any width (blanks, long marks and middle dots allowed)?"""
    told = full_kana(text)
    return bool(told) and all("ァ" <= c <= "ヺ" or c in "ーヽヾ・ -" for c in told)


def romaji(kana: str) -> str:
    """FAMILY GIVEN in ASCII capitals, Hepburn as in Japanese passports: no long vowels, M before B, M and P.

    ``オオノ ユウコ`` gives ``ONO YUKO``. Characters that are no kana are kept where ASCII and left out elsewhere.
    """
    words = full_kana(kana).split(" ")
    return " ".join(said for i, word in enumerate(words) if (said := _word(word, is_family=i == 0)))


def _word(word: str, *, is_family: bool) -> str:
    if is_family and word.endswith(_WORD_AT_THE_END) and _beats(word[:-2]) >= 2:
        return _spell(word[:-2], at_end=False) + _spell(word[-2:])
    return _spell(word)


def _beats(kana: str) -> int:
    return sum(c not in _SMALL for c in kana)


def _spell(word: str, *, at_end: bool = True) -> str:
    told: list[str] = []
    doubled = False
    lengthened = False  # one vowel may lengthen; a second one is a sound of its own (オオウチ is OUCHI)
    i = 0
    while i < len(word):
        sound, used = _sound(word, i)
        here, i = word[i], i + used
        if here == "ッ":
            doubled = True
            continue
        if here == "ー":
            continue
        if here == "ン":
            told.append("M" if _sound(word, i)[0][:1] in ("B", "M", "P") else "N")
            lengthened = True  # ンオ is no long vowel
            continue
        last = told[-1][-1:] if told else ""
        closing = at_end and i >= len(word)
        if used == 1 and not doubled and not lengthened and _lengthens(last, here, closing):
            lengthened = True
            continue
        if doubled and sound[:1].isalpha():
            sound = ("T" if sound.startswith("CH") else sound[0]) + sound
        told.append(sound)
        doubled = lengthened = False
    return "".join(told)


def _lengthens(last_vowel: str, kana: str, at_end: bool) -> bool:
    if kana == "ウ":
        return last_vowel in ("O", "U")
    return kana == "オ" and last_vowel == "O" and not at_end  # 妹尾 is SENOO


def _sound(word: str, i: int) -> tuple[str, int]:
    """The romaji of the sound that begins at ``i`` and how many kana it takes."""
    pair = word[i : i + 2]
    if pair in _FOREIGN:
        return _FOREIGN[pair], 2
    if len(pair) == 2 and pair[0] in _CONTRACTED and pair[1] in "ャュョ":
        return _CONTRACTED[pair[0]] + _SYLLABLES[pair[1]][1:], 2
    here = word[i : i + 1]
    if here in _SYLLABLES:
        return _SYLLABLES[here], 1
    return (here.upper() if here.isascii() and here.isprintable() else ""), 1
