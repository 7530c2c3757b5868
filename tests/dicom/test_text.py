"""Names in headers are read as labelled, repaired where the label lies, and every guess is told."""

from __future__ import annotations

import pytest

from kiosk.dicom.text import charset_terms, decode_text, person_name

KANJI_NAME = "ﾐﾎﾝ^ﾀﾛｳ=見本^太郎=みほん^たろう"
ISO2022 = b"\xd0\xce\xdd^\xc0\xdb\xb3=\x1b$B8+K\\\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$_$[$s\x1b(J^\x1b$B$?$m$&\x1b(J"
THREE = ("ﾐﾎﾝ ﾀﾛｳ", "見本 太郎", "みほん たろう")


@pytest.mark.parametrize(
    ("raw", "label", "guessed"),
    [
        (ISO2022, b"ISO 2022 IR 13\\ISO 2022 IR 87", False),
        (KANJI_NAME.encode(), b"ISO_IR 192", False),
        (ISO2022, b"", True),
        (KANJI_NAME.encode(), b"", True),
        (KANJI_NAME.encode("cp932"), b"", True),
        (KANJI_NAME.encode("cp932"), b"ISO_IR 100", True),
        (KANJI_NAME.encode("cp932"), b"ISO_IR 192", True),
        (KANJI_NAME.encode(), b"ISO_IR 100", True),
        (KANJI_NAME.encode(), b"\\ISO 2022 IR 87", True),
        (KANJI_NAME.encode("cp932"), b"\\ISO 2022 IR 87", True),
    ],
)
def test_a_japanese_name_is_read_whatever_the_label(raw: bytes, label: bytes, guessed: bool) -> None:
    assert person_name(raw, charset_terms(label)) == (THREE, guessed)


def test_cp932_under_the_label_of_half_width_kana_is_read() -> None:
    assert person_name("見本^太郎".encode("cp932"), ["ISO_IR 13"])[0][0] == "見本 太郎"


@pytest.mark.parametrize("char", "表ソ予能貼十")
def test_the_second_byte_0x5c_of_cp932_parts_nothing(char: str) -> None:
    assert person_name(f"{char}田^{char}子".encode("cp932"), []) == ((f"{char}田 {char}子", "", ""), True)


@pytest.mark.parametrize("name", ["Buc^Jérôme", "Äneas^Rüdiger", "Gärtner^Jörg", "Müller^Ötzi"])
def test_latin_1_stays_latin_1(name: str) -> None:
    assert person_name(name.encode("latin-1"), ["ISO_IR 100"]) == ((name.replace("^", " "), "", ""), False)


def test_other_peoples_sets_are_read() -> None:
    assert person_name("王^小东".encode("gb18030"), ["GB18030"])[0][0] == "王 小东"
    assert person_name("Люкceмбypг".encode("iso8859_5"), ["ISO_IR 144"]) == (("Люкceмбypг", "", ""), False)


def test_empty_groups_keep_their_places() -> None:
    assert person_name("=見本^太郎".encode(), ["ISO_IR 192"])[0] == ("", "見本 太郎", "")


@pytest.mark.parametrize("raw", [b"\xff\xfe\x81", b"\x81", b"\x1b$B\xff", b"\xa0\xa0\xfd"])
@pytest.mark.parametrize("terms", [[], ["ISO_IR 192"], ["", "ISO 2022 IR 87"], ["nonsense"]])
def test_what_nobody_can_read_is_shown_all_the_same(raw: bytes, terms: list[str]) -> None:
    text, guessed = decode_text(raw, terms)
    assert isinstance(text, str) and guessed


def test_padding_is_taken_away() -> None:
    assert decode_text(b"CHEST \0", []) == ("CHEST", False)


def test_control_characters_in_a_name_go_and_its_wide_blank_stays() -> None:
    assert person_name("MIHON\0^TA\x1fRO=見本　太郎".encode(), ["ISO_IR 192"])[0] == ("MIHON TARO", "見本　太郎", "")
