"""The walk over a data set takes what is whole and refuses what is cut, torn or absurd, in whatever pieces it comes."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_testdata_files  # type: ignore[attr-defined]
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

from kiosk.core.faults import Refused
from kiosk.dicom import soundness
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE, Walk, valid_uid, walk_file

SOP_UID = (0x00080018,)


def encoded(ds: Dataset, syntax: str) -> bytes:
    out = DicomBytesIO()
    out.is_implicit_VR, out.is_little_endian = syntax == IMPLICIT_LE, syntax != EXPLICIT_BE
    write_dataset(out, ds)
    return out.getvalue()


def nested(depth: int, *, undefined: bool = False) -> Dataset:
    ds = Dataset()
    ds.SOPInstanceUID = "1.2.3"
    for _ in range(depth):
        outer = Dataset()
        outer.SOPInstanceUID = "1.2.3"
        outer.ContentSequence = Sequence([ds])
        if undefined:
            outer["ContentSequence"].is_undefined_length = True
            ds.is_undefined_length_sequence_item = True
        ds = outer
    return ds


def walked(data: bytes, syntax: str = EXPLICIT_LE, piece: int = 1 << 20) -> Walk:
    walk = Walk(syntax, [SOP_UID])
    for at in range(0, len(data), piece):
        walk.feed(data[at : at + piece])
    walk.finish()
    return walk


@pytest.mark.parametrize("syntax", [IMPLICIT_LE, EXPLICIT_LE, EXPLICIT_BE])
@pytest.mark.parametrize("undefined", [False, True])
def test_nesting_up_to_the_cap_is_sound(syntax: str, undefined: bool) -> None:
    walk = walked(encoded(nested(60, undefined=undefined), syntax), syntax)
    assert walk.found[SOP_UID].rstrip(b"\0") == b"1.2.3"


def bomb(depth: int) -> bytes:
    """Undefined sequences in each other, never closed; explicit little endian."""
    return (
        struct.pack("<HH2sHL", 0x0040, 0xA730, b"SQ", 0, 0xFFFFFFFF) + struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF)
    ) * depth


@pytest.mark.parametrize("depth", [100, 20_000, 200_000])
def test_a_nested_bomb_is_refused(depth: int) -> None:
    with pytest.raises(Refused, match="nested deeper"):
        walked(bomb(depth))


@pytest.mark.parametrize("syntax", [IMPLICIT_LE, EXPLICIT_LE])
def test_deep_nesting_of_known_length_is_refused(syntax: str) -> None:
    with pytest.raises(Refused, match="nested deeper"):
        walked(encoded(nested(80), syntax), syntax)


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_RLE.dcm", "rtplan.dcm", "MR_small_bigendian.dcm"])
def test_every_cut_is_noticed(name: str) -> None:
    """Cut anywhere but between two elements of the top level, a data set is not whole; there it is shorter."""
    path = Path(get_testdata_files(name)[0])
    ds = dcmread(path)
    syntax = ds.file_meta.TransferSyntaxUID
    data = path.read_bytes()
    start = dcmread(path, stop_before_pixels=True).file_meta.FileMetaInformationGroupLength + 144
    body = data[start:]
    whole = walked(body, syntax)
    assert whole.offset == len(body)
    boundaries = 0
    for cut in [*range(1, len(body), 97), len(body) - 1]:
        try:
            walk = walked(body[:cut], syntax)
        except Refused as why:
            assert why.reason == "unsound"
            continue
        boundaries += 1
        assert walk.offset == cut
    assert boundaries <= 12  # a stride of 97 meets an element's end by chance only


def test_a_value_of_wrong_length_inside_an_item_is_refused() -> None:
    ds = Dataset()
    item = Dataset()
    item.CodeValue = "12345678"
    ds.ViewCodeSequence = Sequence([item])
    data = bytearray(encoded(ds, EXPLICIT_LE))
    at = data.rindex(b"SH") + 2
    data[at : at + 2] = struct.pack("<H", 400)
    with pytest.raises(Refused, match="reaches past"):
        walked(bytes(data))


def test_an_unclosed_sequence_is_refused() -> None:
    data = encoded(nested(2, undefined=True), EXPLICIT_LE)
    assert data.endswith(struct.pack("<HHL", 0xFFFE, 0xE0DD, 0))
    with pytest.raises(Refused, match="ends in the middle"):
        walked(data[:-8])


def test_fragments_without_their_delimiter_are_refused() -> None:
    head = struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF)
    item = struct.pack("<HHL", 0xFFFE, 0xE000, 4) + b"abcd"
    end = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    assert walked(head + item + item + end).offset == len(head + item + item + end)
    with pytest.raises(Refused):
        walked(head + item + item)
    with pytest.raises(Refused, match="no item"):
        walked(head + item + struct.pack("<HHL", 0x0010, 0x0010, 0) + end)


def test_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundness, "MAX_ELEMENTS", 1000)
    with pytest.raises(Refused, match="more elements"):
        walked(struct.pack("<HH2sH", 0x0009, 0x0010, b"LO", 0) * 1001)


def test_nothing_is_not_an_image() -> None:
    with pytest.raises(Refused, match="empty"):
        walked(b"")


@pytest.mark.parametrize("syntax", sorted(soundness.DEFLATED))
def test_deflated_is_refused(syntax: str) -> None:
    with pytest.raises(Refused, match="deflated"):
        Walk(syntax)


@given(pieces=st.lists(st.integers(1, 700), min_size=1, max_size=40))
@settings(max_examples=30, deadline=None)
def test_the_pieces_do_not_matter(pieces: list[int]) -> None:
    data = encoded(nested(5, undefined=True), EXPLICIT_LE) * 1
    walk, at = Walk(EXPLICIT_LE, [SOP_UID]), 0
    for size in pieces:
        walk.feed(data[at : at + size])
        at += size
    walk.feed(data[at:])
    walk.finish()
    assert walk.found == walked(data).found
    assert walk.elements == walked(data).elements


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_noise_never_does_more_than_be_refused(noise: bytes) -> None:
    for syntax in (IMPLICIT_LE, EXPLICIT_LE, EXPLICIT_BE):
        try:
            walked(noise, syntax, piece=7)
        except Refused as why:
            assert why.told()


def test_a_file_is_walked_without_reading_its_values(tmp_path: Path) -> None:
    ds = Dataset()
    ds.SOPInstanceUID = "1.2.3"
    ds.PixelData = b"\0" * 5_000_000
    ds["PixelData"].VR = "OW"
    path = tmp_path / "large"
    path.write_bytes(b"head" + encoded(ds, EXPLICIT_LE))
    walk = walk_file(path, 4, EXPLICIT_LE, [SOP_UID])
    assert walk.offset == path.stat().st_size - 4
    with open(path, "r+b") as file:
        file.truncate(4_000_000)
    with pytest.raises(Refused):
        walk_file(path, 4, EXPLICIT_LE)


def test_unknown_vr_and_un_of_undefined_length_are_walked() -> None:
    inner = encoded(nested(1), IMPLICIT_LE)
    item = struct.pack("<HHL", 0xFFFE, 0xE000, len(inner)) + inner
    un = struct.pack("<HH2sHL", 0x0009, 0x1001, b"UN", 0, 0xFFFFFFFF) + item + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    strange = struct.pack("<HH2sH", 0x0009, 0x1002, b"ZZ", 4) + b"abcd"
    assert walked(un + strange).elements == 8


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("1.2.840.10008.1.1", True), ("2.25." + "9" * 39, True), ("1." + "2" * 62, True), ("1." + "2" * 63, False),
        ("", False), ("../../x", False), ("/tmp/x", False), ("..", False), ("1.2.3.4. ", False), ("1.2.3.4.", False),
        ("1.2 ", False), ("1.2.a", False), ("1..2", False), ("1" * 200, False), ("1.2\0", False), ("１.２", False),
    ],
)  # fmt: skip
def test_uids(text: str, good: bool) -> None:
    assert valid_uid(text) is good
