"""The header view reads every file that can be read at all."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from kiosk.core.faults import Fault
from kiosk.dicom.header import MAX_TEXT, read_header
from tests.dicom.test_pixels import write


def test_lines_say_tag_keyword_and_value(tmp_path: Path) -> None:
    lines = read_header(write(tmp_path / "a", bytes(16), PatientName="Mihon^Taro", ImageComments="x" * 2000))
    found = {line.keyword: line for line in lines}
    assert found["PatientName"].value == "Mihon^Taro"
    assert found["Rows"].tag == "(0028,0010)" and found["Rows"].vr == "US"
    assert found["TransferSyntaxUID"].tag == "(0002,0010)"
    assert found["PixelData"].value == "<16 bytes>"
    assert len(found["ImageComments"].value) <= MAX_TEXT + 1


def test_every_sample_has_a_header_or_a_sentence(shared_data: Path) -> None:
    read = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in (p for p in (shared_data / "dicom").rglob("*") if p.is_file()):
            try:
                read += bool(read_header(path))
            except Fault as why:
                assert why.sentence.text
    assert read >= 260


@pytest.mark.parametrize("depth", [5, 400])
def test_deep_nesting_is_no_trap(tmp_path: Path, depth: int) -> None:
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    nest = b"\x40\x00\x30\xa7SQ\0\0\xff\xff\xff\xff" + item
    end = b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0"
    path = tmp_path / "deep"
    meta = bytes(128) + b"DICM" + b"\x02\0\x10\0UI\x14\0" + b"1.2.840.10008.1.2.1\0"
    path.write_bytes(meta + nest * depth + end * depth)
    try:
        assert len(read_header(path)) > depth
    except Fault as why:
        assert depth == 400 and why.sentence.text
