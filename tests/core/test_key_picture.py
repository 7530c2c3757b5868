"""A key image is a whole JPEG or PNG of a sensible size; everything else is refused before it is stored."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk.core.faults import Refused
from kiosk.core.key_picture import KeyPicture, key_picture


def picture(kind: str, size: tuple[int, int] = (320, 240), mode: str = "L", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 128 if mode == "L" else None).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (picture("PNG"), KeyPicture("image/png", 320, 240)),
        (picture("PNG", (1, 1), "RGBA"), KeyPicture("image/png", 1, 1)),
        (picture("JPEG"), KeyPicture("image/jpeg", 320, 240)),
        (picture("JPEG", (17, 33), "RGB"), KeyPicture("image/jpeg", 17, 33)),
        (picture("JPEG", mode="RGB", progressive=True, quality=20), KeyPicture("image/jpeg", 320, 240)),
        (picture("JPEG", comment=b"\xff\xc0 not a frame"), KeyPicture("image/jpeg", 320, 240)),
        (picture("JPEG", exif=Image.Exif().tobytes()), KeyPicture("image/jpeg", 320, 240)),
        (picture("JPEG") + b"\0\0", KeyPicture("image/jpeg", 320, 240)),  # padded to an even length, as DICOM does
    ],
)
def test_kind_and_size_are_read_from_the_bytes(data: bytes, told: KeyPicture) -> None:
    assert key_picture(data) == told


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        picture("GIF"),
        picture("BMP"),
        picture("JPEG")[:-20],
        picture("JPEG")[:100],
        picture("PNG")[:-20],
        b"x" + picture("PNG"),
        picture("PNG", (20_001, 1)),
        picture("JPEG", (1, 20_001)),
        picture("PNG").replace(b"\x00\x00\x01\x40", b"\x00\x00\x00\x00", 1),  # 0 pixels wide
    ],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as told:
        key_picture(data)
    assert told.value.reason == "picture" and told.value.next_step.text


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: picture("JPEG")[:30] + tail + b"\xff\xd9"))
def test_any_bytes_are_a_picture_or_a_refusal(data: bytes) -> None:
    try:
        found = key_picture(data)
    except Refused:
        return
    assert found.mime in ("image/jpeg", "image/png") and found.width > 0 < found.height


@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_flipped_byte_never_ends_in_anything_but_a_size_or_a_refusal(at: int, value: int) -> None:
    data = bytearray(picture("JPEG", mode="RGB"))
    data[at % len(data)] = value
    try:
        key_picture(bytes(data))
    except Refused:
        pass
