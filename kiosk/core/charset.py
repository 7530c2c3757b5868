"""What a DICOM peer can be told: which characters its character set holds, and what stands for those it does not."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from kiosk.core.kana import full_kana, half_kana, is_kana, romaji
from kiosk.core.variants import VARIANTS

GETA = "〓"  # the printers' mark for a character that is not in the case
_HALF_KANA = re.compile("[\uff61-\uff9f]+")
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E))


class Charset(StrEnum):
    r"""Specific Character Set (0008,0005) of a peer, spelt as DICOM does (PS3.3 C.12.1.1.2); ``\`` parts the values."""

    ASCII = ""
    KANA = "ISO_IR 13"
    KANJI = "\\ISO 2022 IR 87"
    KANA_KANJI = "ISO 2022 IR 13\\ISO 2022 IR 87"
    UTF8 = "ISO_IR 192"

    @property
    def terms(self) -> tuple[str, ...]:
        """The values to be written, none for ASCII."""
        return tuple(self.value.split("\\")) if self.value else ()

    @property
    def holds_kanji(self) -> bool:
        return self in (Charset.KANJI, Charset.KANA_KANJI, Charset.UTF8)

    @property
    def holds_half_kana(self) -> bool:
        return self in (Charset.KANA, Charset.KANA_KANJI, Charset.UTF8)


_SPOKEN = {
    "ascii": Charset.ASCII, "iso_ir 6": Charset.ASCII, "kana": Charset.KANA, "ir13": Charset.KANA,
    "kanji": Charset.KANJI, "ir87": Charset.KANJI, "iso 2022 ir 6\\iso 2022 ir 87": Charset.KANJI,
    "iso 2022 ir 87": Charset.KANJI, "kana_kanji": Charset.KANA_KANJI, "ir13_ir87": Charset.KANA_KANJI,
    "iso_ir 13\\iso 2022 ir 87": Charset.KANA_KANJI, "iso 2022 ir 13": Charset.KANA, "utf8": Charset.UTF8,
    "utf-8": Charset.UTF8,
}  # fmt: skip


def charset_named(text: str) -> Charset:
    """The character set of a setting: DICOM's own spelling or ``ascii``, ``kana``, ``kanji``, ``kana_kanji``, ``utf8``.

    Raises ValueError where it is none that we write.
    """
    told = text.strip().lower()
    for known in Charset:
        if told == known.value.lower():
            return known
    if told not in _SPOKEN:
        raise ValueError(f"not a character set that we write: {text!r}")
    return _SPOKEN[told]


def charset_for_request(values: tuple[str, ...]) -> Charset:
    """The set to answer in, where a peer has no profile: the one it asked with if that holds kanji, half-width kana
    where it named those, else ASCII, which everything shows. ``values`` are the request's (0008,0005)."""
    told = {value.strip().upper() for value in values}
    if "ISO_IR 192" in told:
        return Charset.UTF8
    kana = bool(told & {"ISO_IR 13", "ISO 2022 IR 13"})
    if "ISO 2022 IR 87" in told:
        return Charset.KANA_KANJI if kana else Charset.KANJI
    return Charset.KANA if kana else Charset.ASCII


class Downgraded(NamedTuple):
    """A text that the peer can show, and the characters that nothing could stand for (shown as 〓, or ? without it)."""

    text: str
    lost: tuple[str, ...]


def encodable(text: str, charset: Charset) -> bool:
    """Can one value, or one component of a name, be written in this set? Control characters, ``\\`` and unassigned
    ones never can. Kana and Latin letters in one ``ISO_IR 13`` value can't either: pydicom would spoil it."""
    return all(_holds(charset, c) for c in text) and not (charset is Charset.KANA and _is_mixed(text))


def downgrade(text: str, charset: Charset) -> Downgraded:
    """The text in characters of this set: a variant form for its standard one (髙 for 高), then the compatibility
    form (① for 1), kana in the width that the set has, else 〓 (``?`` where the set has no 〓).

    Done before anything is encoded, because the encoder would spoil the whole name component for one character.
    """
    if encodable(text, charset):
        return Downgraded(text, ())
    text = unicodedata.normalize("NFC", "".join(c for c in text if not _is_selector(c)))
    if not charset.holds_half_kana:  # whole runs, because ﾀﾞ is two characters and ダ one
        text = _HALF_KANA.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text)
    told: list[str] = []
    lost: list[str] = []
    for c in text:
        stand_in = _stand_in(charset, c)
        if stand_in is None:
            lost.append(c)
            stand_in = GETA if _holds(charset, GETA) else "?"
        told.append(stand_in)
    done = "".join(told)
    if charset is Charset.KANA and _is_mixed(done):
        dotted = "･".join(done.split())
        done = romaji(done) if _is_mixed(dotted) else dotted
    return Downgraded(done, tuple(lost))


def _is_mixed(text: str) -> bool:
    return not text.isascii() and any(c.isascii() for c in text)


@lru_cache(maxsize=8192)
def _stand_in(charset: Charset, c: str) -> str | None:
    """What is written for one character; None where nothing stands for it."""
    if c in "\t\n\r\u3000" and not _holds(charset, c):
        return " "
    if c == "\\":
        return "＼" if charset.holds_kanji else "/"  # the backslash parts values
    if _is_control(c):
        return ""
    candidates = [c]
    if standard := VARIANTS.get(c):
        candidates.append(standard)
    candidates.append(unicodedata.normalize("NFKC", c))
    if len(candidates[-1]) == 1 and (standard := VARIANTS.get(candidates[-1])):
        candidates.append(standard)
    for candidate in candidates[:]:
        if is_kana(candidate):
            candidates += [full_kana(candidate)] if charset.holds_kanji else []
            candidates += [half_kana(candidate)] if charset.holds_half_kana else []
            candidates += [romaji(candidate)] if charset is Charset.ASCII else []
    return next((told for told in candidates if told and encodable(told, charset)), None)


@lru_cache(maxsize=16384)
def _holds(charset: Charset, c: str) -> bool:
    if _is_control(c) or c == "\\":
        return False
    if c.isascii():
        return True
    if charset is Charset.UTF8:
        # Private use (外字) travels through UTF-8 and means nothing at the other end.
        return unicodedata.category(c) not in ("Co", "Cs", "Cn")
    if charset.holds_half_kana and "\uff61" <= c <= "\uff9f":
        return True
    return charset.holds_kanji and _in_x0208(c)


def _in_x0208(c: str) -> bool:
    # iso2022_jp also writes ¥ and ‾ by JIS X 0201 and nothing else; only ESC $ B is JIS X 0208.
    try:
        return c.encode("iso2022_jp").startswith(b"\x1b$B")
    except UnicodeEncodeError:
        return False


def _is_control(c: str) -> bool:
    return unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")


def _is_selector(c: str) -> bool:
    return any(ord(c) in span for span in _SELECTORS)
