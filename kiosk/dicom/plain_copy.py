"""A plain copy of an image for a receiver that does not take it as it is kept: pixels decoded, the rest untouched.

The original is never changed; identifiers and dates stay, because it is the same image told in another way. What
was compressed with loss is marked so in the copy too (PS3.3 C.7.6.1.1.5).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID

from kiosk.core.faults import Refused
from kiosk.core.words import N_
from kiosk.dicom.pixel_source import open_source
from kiosk.dicom.pixels import frame_count, stored_frame

_LOSSY = frozenset({"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81",
                    "1.2.840.10008.1.2.4.91"})  # fmt: skip
MOST_BYTES = 1 << 30


def write_plain(source: Path, target: Path, transfer_syntax: str) -> None:
    """Write ``source`` to ``target`` in Explicit or Implicit VR Little Endian. Raises Fault (Unreadable, Refused)."""
    ds = dcmread(source)
    syntax = UID(ds.file_meta.TransferSyntaxUID)
    if syntax.is_compressed and not syntax.is_deflated:
        _decode(ds, source, syntax)
    ds.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    implicit = UID(transfer_syntax).is_implicit_VR
    ds.save_as(target, implicit_vr=implicit, little_endian=True, enforce_file_format=True)


def _decode(ds: Dataset, path: Path, syntax: UID) -> None:
    source = open_source(path)
    count = frame_count(source)
    size = int(ds.Rows) * int(ds.Columns) * int(ds.SamplesPerPixel) * int(ds.BitsAllocated) // 8 * count
    if size > MOST_BYTES:
        raise Refused("too_large", N_("The image is too large to be sent uncompressed."))
    frames: list[bytes] = []
    for number in range(count):
        pixels, photometric = stored_frame(source, number)
        frames.append(_as_allocated(pixels, int(ds.BitsAllocated)))
        ds.PhotometricInterpretation = photometric
        ds.Rows, ds.Columns = pixels.shape[:2]
    data = b"".join(frames)
    ds.PixelData = data + b"\0" * (len(data) % 2)
    ds["PixelData"].VR = "OW" if int(ds.BitsAllocated) > 8 else "OB"
    ds["PixelData"].is_undefined_length = False
    for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        if keyword in ds:
            del ds[keyword]
    if int(ds.SamplesPerPixel) > 1:
        ds.PlanarConfiguration = 0
    if str(syntax) in _LOSSY and not ds.get("LossyImageCompression"):
        ds.LossyImageCompression = "01"


def _as_allocated(pixels: Any, bits: int) -> bytes:
    """Frame bytes as wide as the header says, little endian."""
    kind = "i" if pixels.dtype.kind == "i" else "u"
    data: bytes = pixels.astype(f"<{kind}{bits // 8}").tobytes()
    return data
