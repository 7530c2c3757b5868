"""Compressed frames to plain arrays: the codec is chosen by what the bytes are, not by what the header claims."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kiosk.core.words import N_
from kiosk.dicom.pixel_source import Unreadable

if TYPE_CHECKING:
    import numpy as np

RLE = "1.2.840.10008.1.2.5"
DEFLATED_FRAME = "1.2.840.10008.1.2.8.1"
VIDEO = ("1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.101", "1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.103",
         "1.2.840.10008.1.2.4.104", "1.2.840.10008.1.2.4.105", "1.2.840.10008.1.2.4.106", "1.2.840.10008.1.2.4.107",
         "1.2.840.10008.1.2.4.108", "1.2.840.10008.1.2.7")  # fmt: skip
MAX_PIXELS = 1 << 28  # samples of one frame; the largest detectors have a tenth of that


@dataclass(frozen=True)
class Stream:
    """What a compressed frame says of itself. ``precision`` is bits per sample; ``transformed`` whether colours are
    stored as brightness and colour difference, None where the stream doesn't say."""

    kind: str  # jpeg, lossless, jpegls, j2k, jxl
    rows: int = 0
    columns: int = 0
    samples: int = 0
    precision: int = 0
    signed: bool = False
    transformed: bool | None = None


@dataclass(frozen=True)
class Shape:
    """What the header says of a frame."""

    rows: int
    columns: int
    samples: int
    allocated: int  # bits
    photometric: str = ""


def decode_stream(data: bytes, syntax: str, shape: Shape) -> tuple[np.ndarray[Any, Any], Stream]:
    """Decode one frame to (rows, columns) or (rows, columns, samples); raises Unreadable with the reason."""
    if syntax in VIDEO or syntax.startswith("1.2.840.10008.1.2.4.10"):
        raise Unreadable(
            N_("This is a video; videos are not shown here."), N_("Open it with a video player."), reference="V211"
        )
    if syntax == RLE:
        return _run_length(data, shape), Stream("rle", precision=shape.allocated)
    if syntax == DEFLATED_FRAME:
        return _deflated(data, shape), Stream("deflate", precision=shape.allocated)
    stream = read_stream(data)
    if stream is None:
        raise Unreadable(
            N_("The compressed picture is damaged or of a kind that is not known here ({syntax})."),
            N_("Ask for the picture to be sent uncompressed."),
            reference="V212",
            syntax=syntax or "-",
        )
    check_size(stream.rows, stream.columns, stream.samples)
    return _decode(data, stream, shape), stream


def check_size(rows: int, columns: int, samples: int) -> None:
    """Refuse a size that no picture has, before any memory is asked for."""
    if rows * columns * max(1, samples) > MAX_PIXELS:
        raise Unreadable(
            N_("The file claims a picture of {columns} x {rows} pixels; that is too large to open."),
            N_("The header may be damaged; ask for the picture to be sent again."),
            reference="V213",
            rows=rows,
            columns=columns,
        )


def damaged(why: BaseException | None = None) -> Unreadable:
    fault = Unreadable(
        N_("The compressed picture is damaged."), N_("Ask for the picture to be sent again."), reference="V214"
    )
    fault.__cause__ = why
    return fault


def read_stream(data: bytes) -> Stream | None:
    """What the bytes are, by their own first words; None where nothing known begins there."""
    start = data.find(b"\xff\x4f\xff\x51", 0, 4096)
    if data[:4] == b"\xff\x4f\xff\x51" or (data[4:8] == b"jP  " and start > 0):
        return _j2k(data, start)
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:2] == b"\xff\x0a" or data[4:8] == b"JXL ":
        return Stream("jxl")
    return None


def _j2k(data: bytes, start: int) -> Stream | None:
    """The SIZ segment of a JPEG 2000 or HTJ2K code stream (ISO 15444-1 A.5.1)."""
    if len(data) < start + 46:
        return None
    width, height, left, top = struct.unpack(">4L", data[start + 8 : start + 24])
    samples, depth = struct.unpack(">HB", data[start + 40 : start + 43])
    return Stream("j2k", height - top, width - left, samples, (depth & 0x7F) + 1, bool(depth & 0x80))


def _jpeg(data: bytes) -> Stream | None:
    """The frame header and colour marks of a JPEG or JPEG-LS stream (ISO 10918-1 B.2.2)."""
    at, transformed, jfif = 2, None, False
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        mark = data[at + 1]
        if mark in (0xFF, 0x01) or 0xD0 <= mark <= 0xD8:
            at += 1 if mark == 0xFF else 2
            continue
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        body = data[at + 4 : at + 2 + length]
        if mark == 0xE0 and body.startswith(b"JFIF"):
            jfif = True
        elif mark == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
            transformed = body[11] != 0
        elif mark == 0xF7 or (0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC)):
            if len(body) < 6:
                return None
            precision, rows, columns, samples = struct.unpack(">BHHB", body[:6])
            names = bytes(body[6::3][:samples])
            if transformed is None and names == b"RGB":
                transformed = False
            elif transformed is None and jfif:
                transformed = True
            kind = {0xF7: "jpegls", 0xC3: "lossless", 0xC7: "lossless", 0xCB: "lossless"}.get(mark, "jpeg")
            return Stream(kind, rows, columns, samples, precision, transformed=transformed)
        at += 2 + length
    return None


def _decode(data: bytes, stream: Stream, shape: Shape) -> np.ndarray[Any, Any]:
    import imagecodecs
    import numpy as np

    try:
        if stream.kind in ("jpeg", "lossless"):
            return np.asarray(_jpeg_pixels(data, stream, shape))
        if stream.kind == "jpegls":
            return np.asarray(imagecodecs.jpegls_decode(data))
        if stream.kind == "jxl":
            return np.asarray(imagecodecs.jpegxl_decode(data))
        return np.asarray(imagecodecs.jpeg2k_decode(data))
    except (RuntimeError, ValueError, TypeError, NotImplementedError) as why:
        # all errors of imagecodecs are RuntimeErrors; the others come from damaged sizes
        raise damaged(why) from why


def _jpeg_pixels(data: bytes, stream: Stream, shape: Shape) -> Any:
    import imagecodecs

    if stream.samples != 3:
        return imagecodecs.jpeg8_decode(data)
    if stream.transformed is None:
        # Neither JFIF nor Adobe mark: the DICOM header decides. Otherwise the stream does, since some devices
        # write RGB in the header over a stream that every JPEG program reads as YCbCr.
        transformed = shape.photometric.startswith("YBR") and stream.kind == "jpeg"
    else:
        transformed = stream.transformed
    return imagecodecs.jpeg8_decode(data, colorspace="YCBCR" if transformed else "RGB", outcolorspace="RGB")


def _run_length(data: bytes, shape: Shape) -> np.ndarray[Any, Any]:
    """RLE Lossless (PS3.5 Annex G): one segment per byte plane, most significant first."""
    import imagecodecs
    import numpy as np

    kind = np.dtype(f"<u{shape.allocated // 8}")
    count = shape.rows * shape.columns * shape.samples
    (segments,) = struct.unpack("<L", data[:4]) if len(data) >= 64 else (0,)
    if segments != shape.samples * kind.itemsize:
        raise damaged()
    try:
        plane = np.frombuffer(imagecodecs.dicomrle_decode(data, kind, out=count * kind.itemsize), kind)
    except (RuntimeError, ValueError) as why:
        raise damaged(why) from why
    if plane.size < count:
        raise damaged()
    planes = plane[:count].reshape(shape.samples, shape.rows, shape.columns)
    return planes[0] if shape.samples == 1 else np.ascontiguousarray(planes.transpose(1, 2, 0))


def _deflated(data: bytes, shape: Shape) -> np.ndarray[Any, Any]:
    """Deflated Image Frame Compression (PS3.5 A.4.12): each frame is a deflate stream of native bytes."""
    import numpy as np

    count = shape.rows * shape.columns * shape.samples
    expected = (count * shape.allocated + 7) // 8
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(data, expected + 1)
    except zlib.error as why:
        raise damaged(why) from why
    if len(plain) < expected:
        raise damaged()
    if shape.allocated == 1:
        flat = np.unpackbits(np.frombuffer(plain, np.uint8), bitorder="little")[:count]
    else:
        flat = np.frombuffer(plain, f"<u{shape.allocated // 8}", count)
    size = (shape.rows, shape.columns)
    return flat.reshape((*size, shape.samples) if shape.samples > 1 else size)
