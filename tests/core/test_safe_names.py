"""No two patients share a folder, and no name from outside can hurt the disk."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.core.safe_names import (
    drive_letter,
    folder_key,
    is_harmless_uid,
    is_legal_on_windows,
    is_reserved,
    is_unc,
    is_valid_uid,
)

NASTY = [
    "",
    " ",
    ".",
    "..",
    "..\\..",
    "../../x",
    "/tmp/x",
    "C:\\x",
    "CON",
    "con",
    "NUL.",
    "NUL .txt",
    "COM1",
    "LPT¹",
    "CON.1",
    "a:b",
    "a\0b",
    "A. ",
    "A.",
    ".A",
    "表ソ予能",
    "１２３",
    "123",
    "1\u200b23",
    "\u202e321",
    "ABC",
    "abc",
    "aBc",
    "x" * 64,
    "X" * 64,
    "X" * 65,
    "X" * 5000,
    "🙂" * 64,
    "A~B",
    "_",
    "-",
    "~",
    "\ud800",
    "CLOCK$",
    "ﾔﾏﾀﾞ",
    "12 34",
    "12\t34",
    "é",
    "e\u0301",
    "ß",
    "SS",
    "ı",
    "I",
    "ſ",
    "S",
    "K",
    "K",
]
ids = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=70),
    st.text("0123456789ABCabc.-_~ ", max_size=12),
    st.from_regex(r"[0-9]{4,10}", fullmatch=True),
)


def test_an_ordinary_id_is_its_own_folder() -> None:
    for plain in ("90088339", "0001234567", "20261124-017", "H_12", "AB.12", "X" * 64):
        assert folder_key(plain) == plain


def test_an_id_that_had_to_be_changed_stays_readable() -> None:
    assert folder_key("１２３").startswith("123~")
    assert folder_key("a:b").startswith("a_b~")


def test_no_two_of_the_nasty_share_a_folder() -> None:
    keys = [folder_key(nasty).upper() for nasty in NASTY]
    assert len(set(keys)) == len(set(NASTY))


@given(ids, ids)
@example("abc", "ABC")
@example("123", "１２３")
def test_different_ids_have_different_folders_whatever_the_case(one: str, other: str) -> None:
    assert (folder_key(one).upper() == folder_key(other).upper()) == (one == other)


@given(ids)
def test_a_folder_key_is_short_ascii_and_legal_everywhere(patient_id: str) -> None:
    key = folder_key(patient_id)
    assert len(key.encode("ascii")) <= 80
    assert is_legal_on_windows(key)
    assert not set(key) & set('/\\:*?"<>| ')
    # A changed ID can't be had again as a plain one.
    assert folder_key(key) == key if key == patient_id else folder_key(key) != key


@pytest.mark.parametrize("name", ["CON", "con.txt", "NUL.", "nul :x", "LPT9", "COM¹", "CONIN$", "aux.a.b", "PRN "])
def test_device_names(name: str) -> None:
    assert is_reserved(name) and not is_legal_on_windows(name)


@pytest.mark.parametrize("name", ["CONSOLE", "COM10", "NULL", "LPT", "XCON", "CON-1", "CR0001-CON"])
def test_names_that_only_look_like_devices(name: str) -> None:
    assert not is_reserved(name) and is_legal_on_windows(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a ", "a.", "a/b", "a\\b", "a:b", "a\x01", "x" * 256, "a?", "a|b"])
def test_names_that_ntfs_refuses(name: str) -> None:
    assert not is_legal_on_windows(name)


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2", "2.25.0", "0.1", "1", "1." + "9" * 62])
def test_valid_uids(uid: str) -> None:
    assert is_valid_uid(uid) and is_harmless_uid(uid)


@pytest.mark.parametrize("uid", ["1.02.3", "01.2"])
def test_sloppy_uids_are_harmless(uid: str) -> None:
    assert not is_valid_uid(uid) and is_harmless_uid(uid)


@pytest.mark.parametrize(
    "uid",
    ["", "../../x", "/tmp/x", "..", "1..2", ".1", "1.", "1.2 ", "1.2.A", "1." + "9" * 63, "１.2", "1.2\n", "1.2\0"],
)
def test_what_is_no_uid(uid: str) -> None:
    assert not is_valid_uid(uid) and not is_harmless_uid(uid)


@pytest.mark.parametrize(
    ("path", "unc", "drive"),
    [
        (r"\\server\share\x", True, ""), ("//server/share", True, ""), (r"\\?\UNC\server\share", True, ""),
        (r"\\?\C:\x", False, "C"), ("c:/x", False, "C"), ("E:", False, "E"), (r"\\.\COM1", False, ""),
        ("/var/x", False, ""), (r"x\y", False, ""), ("", False, ""), (r"\x", False, ""), ("\\\\", False, ""),
    ],
)  # fmt: skip
def test_where_a_path_leads(path: str, unc: bool, drive: str) -> None:
    assert is_unc(path) is unc and drive_letter(path) == drive
