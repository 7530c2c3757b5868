"""Text of received headers: what the character set says, repaired where it lies; bytes are never rewritten.

Devices write Shift_JIS with no character set or under ISO_IR 100, UTF-8 unlabelled, ISO 2022 without saying so. What
was guessed is reported, so that a person can see that it was (PS3.5 6.1.2, 6.2.1).
"""

from __future__ import annotations

import warnings

ESC = 0x1B
_KANA, _KANJI = "ISO 2022 IR 13", ["ISO 2022 IR 87", "ISO 2022 IR 159"]
_SEVEN_BIT = frozenset({"", "ISO_IR 6", "ISO 2022 IR 6", *_KANJI})  # sets that use no byte above 0x7F
_LATIN_TERMS = frozenset({"", "ISO_IR 6", "ISO 2022 IR 6", "ISO_IR 100", "ISO 2022 IR 100"})


def charset_terms(raw: bytes) -> list[str]:
    """The defined terms of Specific Character Set (0008,0005), as written."""
    text = raw.decode("ascii", "replace").rstrip("\0 ")
    return [term.strip() for term in text.split("\\")] if text else []


def decode_text(raw: bytes, terms: list[str], delimiters: str = "\r\n\t\f") -> tuple[str, bool]:
    """The text and whether it had to be guessed. ``delimiters`` are those of the VR (PN: ``^`` and ``=``)."""
    raw = raw.rstrip(b"\0 ")
    plain = all(0x20 <= byte < 0x80 or byte in b"\r\n\t\f" for byte in raw)
    if plain:
        return raw.decode("ascii"), False
    if not set(terms) <= _LATIN_TERMS:
        said = _as_labelled(raw, terms, delimiters)
        if said is not None:
            return said, False
        return _guess(raw, delimiters), True
    if "ISO_IR 100" in terms or "ISO 2022 IR 100" in terms:
        if ESC not in raw and not _looks_japanese(raw):
            return raw.decode("latin-1"), False
    return _guess(raw, delimiters), True


def person_name(raw: bytes, terms: list[str]) -> tuple[tuple[str, str, str], bool]:
    """The three groups (alphabetic, ideographic, phonetic), blanks for the carets, and whether they were guessed."""
    text, guessed = decode_text(raw, terms, "^=")
    text = "".join(each for each in text if each >= " ")  # a NUL inside a name would be refused by PostgreSQL
    groups = [" ".join(part for part in group.replace("^", " ").split(" ") if part) for group in text.split("=")]
    groups += [""] * (3 - len(groups))
    return (groups[0], groups[1], groups[2]), guessed


def _as_labelled(raw: bytes, terms: list[str], delimiters: str) -> str | None:
    """Decoded as the terms say; None where the bytes contradict them."""
    from pydicom.charset import convert_encodings, decode_bytes

    if any(term in ("ISO_IR 192", "GB18030", "GBK") for term in terms):
        try:
            return raw.decode({"ISO_IR 192": "utf-8", "GB18030": "gb18030", "GBK": "gbk"}[terms[0]])
        except (UnicodeDecodeError, KeyError):
            return None
    if set(terms) <= _SEVEN_BIT and any(byte >= 0x80 for byte in raw):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            text: str = decode_bytes(raw, convert_encodings(terms), {ord(each) for each in delimiters})
        except (UserWarning, UnicodeError, LookupError, ValueError):
            return None
    return None if "\ufffd" in text else text


def _guess(raw: bytes, delimiters: str) -> str:
    if ESC in raw:
        kana = any(byte >= 0x80 for byte in raw)
        text = _as_labelled(raw, [_KANA if kana else "", *_KANJI], delimiters)
        if text is not None:
            return text
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _looks_japanese(raw: bytes) -> bool:
    """Under ISO_IR 100 a name is Latin-1 unless at least half of its letters are Japanese read as UTF-8 or cp932."""
    for encoding in ("utf-8", "cp932"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        letters = [each for each in text if each not in "^= \\"]
        return 2 * sum(ord(each) >= 0x2E80 for each in letters) >= len(letters)
    return False
