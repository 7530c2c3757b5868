"""Proves the codecs that this build carries: one small picture there and back through each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.dicom.pixel_codecs import RLE, Shape, decode_stream


def prove_codecs() -> list[str]:
    """Names of the codecs that decode; raises AssertionError or the codec's error where one does not."""
    import imagecodecs
    import numpy as np

    grey = np.add.outer(np.arange(32), np.arange(48)).astype(np.uint16)
    encoders: dict[str, Callable[[], Any]] = {
        "JPEG": lambda: imagecodecs.jpeg8_encode(grey.astype(np.uint8), level=95),
        "JPEG lossless": lambda: imagecodecs.ljpeg_encode(grey),
        "JPEG-LS": lambda: imagecodecs.jpegls_encode(grey),
        "JPEG 2000": lambda: imagecodecs.jpeg2k_encode(grey, level=0, reversible=True, codecformat="j2k"),
    }
    shape = Shape(32, 48, 1, 16)
    proven = []
    for name, encode in encoders.items():
        decoded, _ = decode_stream(bytes(encode()), "", shape)
        tolerance = 4 if name == "JPEG" else 0
        assert np.abs(decoded.astype(int) - grey.astype(int)).max() <= tolerance, name
        proven.append(name)
    decoded, _ = decode_stream(_run_lengths(grey), RLE, shape)
    assert np.array_equal(decoded, grey), "RLE"
    return [*proven, "RLE"]


def _run_lengths(grey: Any) -> bytes:
    """PS3.5 Annex G with literal runs only: 15 segment offsets, then one segment per byte plane."""
    raw = grey.astype(">u2").tobytes()
    segments = []
    for plane in (raw[0::2], raw[1::2]):
        runs = b"".join(
            bytes([len(part) - 1]) + part for part in (plane[i : i + 128] for i in range(0, len(plane), 128))
        )
        segments.append(runs + b"\0" * (len(runs) % 2))
    offsets = [64, 64 + len(segments[0])] + [0] * 13
    return b"".join(number.to_bytes(4, "little") for number in [2, *offsets]) + b"".join(segments)
