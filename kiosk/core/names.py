"""An examinee's name as a DICOM peer is told it: which of kanji, kana and romaji go into which group, in what set."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.charset import Charset, Downgraded, charset_for_request, downgrade, encodable
from kiosk.core.kana import full_kana, half_kana, hiragana, is_kana, romaji
from kiosk.core.patient import Patient

_PARTING = re.compile(r"[\s\u3000^]+")
_DELIMITERS = re.compile(r"[\^=\\]")


class NameLayout(StrEnum):
    """Where the forms of a name go in Patient's Name (PS3.5 6.2.1.1)."""

    ROMAJI = "romaji"  # YAMADA^TARO
    HALF_KANA = "half_kana"  # ﾔﾏﾀﾞ^ﾀﾛｳ
    KANJI_FIRST = "kanji_first"  # 山田^太郎 in the first group, for consoles that show no other
    THREE_GROUPS = "three_groups"  # YAMADA^TARO=山田^太郎=ヤマダ^タロウ


class KanaForm(StrEnum):
    HALF = "half"
    KATAKANA = "katakana"
    HIRAGANA = "hiragana"


_IN_FORM: dict[KanaForm, Callable[[str], str]] = {
    KanaForm.HALF: half_kana,
    KanaForm.KATAKANA: full_kana,
    KanaForm.HIRAGANA: hiragana,
}


@dataclass(frozen=True)
class NameProfile:
    """How one peer (by its AE title) is told names. ``longest`` is per group, 64 in the standard."""

    charset: Charset = Charset.ASCII
    layout: NameLayout = NameLayout.ROMAJI
    kana: KanaForm = KanaForm.KATAKANA
    longest: int = 64


def profile_for_request(values: tuple[str, ...]) -> NameProfile:
    """The profile of a peer that none was set for, from the character sets (0008,0005) of its request."""
    charset = charset_for_request(values)
    if charset is Charset.ASCII:
        return NameProfile()
    if charset is Charset.KANA:
        return NameProfile(charset, NameLayout.HALF_KANA, KanaForm.HALF)
    kana = KanaForm.HALF if charset is Charset.KANA_KANJI else KanaForm.KATAKANA
    return NameProfile(charset, NameLayout.THREE_GROUPS, kana)


def person_name(patient: Patient, profile: NameProfile) -> Downgraded:
    """Patient's Name for this peer, every character of which its set holds, and the characters that were lost.

    A form that is missing is made where it can be (romaji and kana widths from kana) or left empty; a peer that
    could be told nothing but ``?`` is told the patient ID instead, since consoles refuse an empty name.
    """
    roman, kanji, kana = _forms(patient)
    kana = _IN_FORM[profile.kana](kana) if kana else ""
    charset = profile.charset
    layout = NameLayout.ROMAJI if charset is Charset.ASCII else profile.layout
    lost: list[str] = []

    def group(text: str) -> str:
        told, gone = _group(text, charset, profile.longest)
        lost.extend(gone)
        return told

    if layout is NameLayout.THREE_GROUPS:
        first = group(roman)
        second = group(kanji) if charset.holds_kanji else ""
        third = group(kana) if charset.holds_kanji or charset.holds_half_kana else ""
        pn = "=".join((first, second, third)).rstrip("=")
    elif layout is NameLayout.ROMAJI:
        pn = group(roman or kanji)
    elif layout is NameLayout.HALF_KANA:
        pn = group(half_kana(kana) or roman or kanji)
    else:
        pn = group(kanji if charset.holds_kanji and kanji else kana or roman or kanji)
    if not pn.strip("?^= "):
        missing = tuple(lost) or tuple(c for c in kanji if not c.isspace())
        return Downgraded(_group(patient.patient_id, charset, profile.longest)[0], missing)
    return Downgraded(pn, tuple(lost))


def read_person_name(groups: tuple[str, str, str]) -> tuple[str, str, str]:
    """Kanji, kana and romaji from the three groups of a received Patient's Name, whichever group they stand in."""
    kanji = kana = roman = ""
    for text in groups:
        told = " ".join(part for part in _PARTING.split(text) if part)
        if not told:
            continue
        if told.isascii():
            roman = roman or told
        elif is_kana(told):
            kana = kana or full_kana(told)
        else:
            kanji = kanji or told
    return kanji, kana, roman


def name_parts(text: str) -> tuple[str, ...]:
    """Family name and given names as written apart by blanks (of any width) or ``^``."""
    parts = [part for part in _PARTING.split(text) if part]
    return (parts[0], " ".join(parts[1:])) if len(parts) > 1 else tuple(parts)


def _forms(patient: Patient) -> tuple[str, str, str]:
    kanji, kana, roman = patient.kanji, patient.kana, patient.romaji
    if not kana and is_kana(kanji):
        kana = kanji
    if not roman and kana:
        roman = romaji(kana)
    if not roman and kanji and encodable(kanji, Charset.ASCII):
        roman = kanji
    return roman, kanji, kana


def _group(text: str, charset: Charset, longest: int) -> Downgraded:
    told: list[str] = []
    lost: list[str] = []
    for part in name_parts(text):
        clean = downgrade(part, charset)
        # The compatibility form of ＝ is the delimiter itself, so delimiters go last.
        told.append(" ".join(_DELIMITERS.sub(" ", clean.text).split()))
        lost.extend(clean.lost)
    return Downgraded("^".join(told)[:longest].rstrip("^ "), tuple(lost))
