"""JPEG pictures on their way into DICOM: baseline streams go in byte for byte, others are made baseline first."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO

from kiosk.core.faults import Refused
from kiosk.core.words import N_

_SOF_BASELINE = 0xC0
_SOFS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class JpegStream:
    """A baseline JPEG stream and what its frame header says."""

    data: bytes
    rows: int
    columns: int
    samples: int
    photometric: str


def baseline_jpeg(data: bytes) -> JpegStream:
    """The stream as it is where it is baseline, 8 bit, grey or colour and upright; else made so once, quality 95.

    Raises ``Refused("not_jpeg")``.
    """
    try:
        stream, upright = _read(data)
    except (struct.error, IndexError, ValueError):
        stream, upright = None, False
    if stream is not None and upright:
        return stream
    again, _ = _read(_remade(data))
    assert again is not None
    return again


def _read(data: bytes) -> tuple[JpegStream | None, bool]:
    """Frame header of a stream and whether it may go in as it is. Raises ValueError where it is no JPEG."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    at, upright, adobe = 2, True, None
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise ValueError("marker expected")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = struct.unpack_from(">H", data, at + 2)[0]
        body = data[at + 4 : at + 2 + length]
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            upright = _upright(data)
        elif marker == 0xEE and body.startswith(b"Adobe"):
            adobe = body[11]
        elif marker in _SOFS:
            precision, rows, columns, samples = struct.unpack_from(">BHHB", body)
            if marker != _SOF_BASELINE or precision != 8 or samples not in (1, 3) or not rows:
                return None, False
            photometric = "RGB" if adobe == 0 else "YBR_FULL_422"  # whatever the sampling, see PS3.5 8.2.1
            return JpegStream(data + b"\0" * (len(data) % 2), rows, columns, samples, photometric), upright
        at += 2 + length
    raise ValueError("no frame")


def _upright(data: bytes) -> bool:
    from PIL import Image

    with Image.open(BytesIO(data), formats=("JPEG",)) as picture:
        return picture.getexif().get(0x0112, 1) == 1


def _remade(data: bytes) -> bytes:
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data), formats=("JPEG",)) as picture:
            upright = ImageOps.exif_transpose(picture)
            made = BytesIO()
            upright.convert("L" if upright.mode in ("L", "1", "I;16") else "RGB").save(made, "JPEG", quality=95)
            return made.getvalue()
    except (OSError, SyntaxError, ValueError) as why:
        raise Refused("not_jpeg", N_("This picture is no JPEG that can be read."), N_("Take it again.")) from why
