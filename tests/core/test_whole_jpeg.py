"""One whole JPEG and nothing else: cut, padded, doctored and swollen ones are told apart (F1, F2, F3)."""

from __future__ import annotations

import random
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.core.faults import Refused
from kiosk.core.whole_jpeg import JpegFacts, whole_jpeg


def jpeg(size: tuple[int, int] = (160, 120), **how: object) -> bytes:
    made = BytesIO()
    noise = np.random.default_rng(2).integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(noise).save(made, "JPEG", **how)
    return made.getvalue()


def reason(data: bytes) -> str:
    with pytest.raises(Refused) as why:
        whole_jpeg(data)
    return why.value.reason


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"restart_marker_blocks": 4}, {"quality": 100}])
def test_whole_ones_pass(how: dict[str, object]) -> None:
    facts = whole_jpeg(jpeg(**how))
    assert (facts.width, facts.height) == (160, 120) and facts.scans >= 1


def test_cut_at_every_byte_is_cut() -> None:
    data = jpeg((24, 16))
    assert {reason(data[:at]) for at in range(4, len(data) - 1)} <= {"cut", "not_jpeg"}
    assert reason(b"") == "empty" and reason(data[:2]) == "not_jpeg"


def test_a_thumbnails_end_is_not_the_pictures_end() -> None:
    """EXIF holds a whole JPEG of its own; a cut picture must not be taken for whole because of it."""
    exif = Image.Exif()
    exif[0x9286] = "x"
    inner = jpeg((16, 16))
    data = jpeg()
    segment = b"\xff\xe1" + struct.pack(">H", len(inner) + 8) + b"Exif\0\0" + inner
    with_thumbnail = data[:2] + segment + data[2:]
    assert whole_jpeg(with_thumbnail) == JpegFacts(160, 120, 1)
    assert reason(with_thumbnail[:-40]) == "cut"


def test_padding_passes_and_anything_else_behind_it_does_not() -> None:
    data = jpeg()
    assert whole_jpeg(data + bytes(300)).width == 160
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("evil.exe", "MZ")
    assert reason(data + archive.getvalue()) == "more"
    assert reason(data + bytes(5000)) == "more" and reason(data + data) == "more"


@pytest.mark.parametrize("other", ["PNG", "TIFF", "BMP", "GIF", "WEBP", "EPS"])
def test_other_pictures_under_another_name_are_no_jpeg(other: str) -> None:
    made = BytesIO()
    Image.new("RGB", (20, 20), "red").save(made, other)
    assert reason(made.getvalue()) == "not_jpeg"


def test_text_is_no_jpeg() -> None:
    assert reason(b"%PDF-1.4") == reason("眼底".encode("cp932")) == "not_jpeg"


def test_bombs_are_told_by_their_header() -> None:
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0") + 5
    struct.pack_into(">HH", data, at, 60000, 60000)
    assert reason(bytes(data)) == "too_large"
    scan = jpeg()[jpeg().index(b"\xff\xda") : -2]
    assert reason(jpeg()[:-2] + scan * 100 + b"\xff\xd9") == "too_large"


def test_headers_without_a_picture() -> None:
    assert reason(b"\xff\xd8\xff\xd9" + bytes(4)) == "not_jpeg"
    assert reason(b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(9) + b"\xff\xd9") == "not_jpeg"


def test_random_bytes_never_do_anything_but_be_refused() -> None:
    chance = random.Random(8)
    data = jpeg((40, 30))
    for _ in range(400):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            whole_jpeg(bytes(broken))
        except Refused:
            pass
        with pytest.raises(Refused):
            whole_jpeg(bytes(chance.randrange(256) for _ in range(chance.randrange(200))))


def test_real_cameras_files_pass(shared_data: Path) -> None:
    for path in [*sorted((shared_data / "images" / "exif").glob("*.jpg")), shared_data / "images/fundus/retina.jpg"]:
        assert whole_jpeg(path.read_bytes()).width >= 100, path.name
