"""A name that a device burned into a picture: masked and written anew, as a further instance; the original stays."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID

from kiosk.core.faults import Refused
from kiosk.core.words import N_
from kiosk.dicom.plain_copy import write_plain
from kiosk.dicom.soundness import EXPLICIT_LE

MOST_BYTES = 1 << 29
DESCRIPTION = "Burned-in identification masked and redrawn"


@dataclass(frozen=True)
class Area:
    """Where the name stands: of this kind of device always at the same place. In pixels of the picture."""

    x: int
    y: int
    width: int
    height: int


def redraw(source: Path, target: Path, areas: tuple[Area, ...], text: str, font: Path, sop_uid: str) -> None:
    """Write ``target`` as a picture of its own, DERIVED, with the areas masked by the background and ``text`` in the
    first. ``source`` is not touched. Raises Refused, Fault, OSError.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        plain = Path(folder) / "plain.dcm"
        write_plain(source, plain, EXPLICIT_LE)
        ds = dcmread(plain)
    before = _reference(ds)
    frames = _frames(ds)
    for frame in frames:
        paint(frame, shades(ds, frame), areas, text, font)
    data = frames.astype(frames.dtype.newbyteorder("<"), copy=False).tobytes()
    ds.PixelData = data + b"\0" * (len(data) % 2)
    ds["PixelData"].VR = "OW" if int(ds.BitsAllocated) > 8 else "OB"
    _say_so(ds, before, sop_uid)
    ds.save_as(target, implicit_vr=False, little_endian=True, enforce_file_format=True)


def paint(frame: np.ndarray[Any, Any], values: tuple[int, int], areas: tuple[Area, ...], text: str, font: Path) -> None:
    """Mask and write into one frame, (rows, columns) or (rows, columns, 3); ``values`` of the background and of ink."""
    background, ink = values
    for number, area in enumerate(areas):
        rows, columns = frame.shape[:2]
        x, y = max(0, area.x), max(0, area.y)
        right, bottom = min(columns, area.x + area.width), min(rows, area.y + area.height)
        if x >= right or y >= bottom:
            raise Refused(
                "outside", N_("The place of the name lies outside the picture."), N_("Correct the place."),
                reference="K331",
            )  # fmt: skip
        frame[y:bottom, x:right] = background
        if number == 0 and text:
            letters = _letters(text, right - x, bottom - y, font)
            frame[y:bottom, x:right][letters] = ink


def shades(ds: Dataset, frame: np.ndarray[Any, Any]) -> tuple[int, int]:
    """Stored values shown darkest and brightest (PS3.3 C.7.6.3.1.2: MONOCHROME1 shows its lowest brightest)."""
    if frame.ndim == 3:
        return 0, 255 if int(ds.BitsStored) == 8 else (1 << int(ds.BitsStored)) - 1
    bits, signed = int(ds.BitsStored), bool(int(ds.PixelRepresentation))
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    if str(ds.PhotometricInterpretation) == "MONOCHROME1":
        return high, low
    return low, high


def _frames(ds: Dataset) -> np.ndarray[Any, Any]:
    samples, bits = int(ds.SamplesPerPixel), int(ds.BitsAllocated)
    if bits not in (8, 16) or str(ds.PhotometricInterpretation) not in ("MONOCHROME1", "MONOCHROME2", "RGB"):
        raise Refused(
            "kind", N_("On pictures of this kind no name can be masked."), N_("Leave it as it is."), reference="K332"
        )
    count = int(ds.get("NumberOfFrames", 1) or 1)
    size = count * int(ds.Rows) * int(ds.Columns) * samples * bits // 8
    if size > MOST_BYTES or len(ds.PixelData) < size:
        raise Refused("size", N_("The picture is too large or cut off."), reference="K333")
    kind = np.dtype(f"<{'i' if int(ds.PixelRepresentation) else 'u'}{bits // 8}")
    found = np.frombuffer(ds.PixelData, kind, size * 8 // bits)
    shape = (count, int(ds.Rows), int(ds.Columns))
    if samples == 1:
        return found.reshape(shape).copy()
    if int(ds.get("PlanarConfiguration", 0) or 0):
        made = found.reshape(count, samples, *shape[1:]).transpose(0, 2, 3, 1).copy()
        ds.PlanarConfiguration = 0
        return made
    return found.reshape(*shape, samples).copy()


def _letters(text: str, width: int, height: int, font: Path) -> np.ndarray[Any, Any]:
    """Where ink is: as large as the area allows."""
    for size in range(max(6, int(height * 0.8)), 5, -1):
        letters = ImageFont.truetype(str(font), size)
        left, top, right, bottom = letters.getbbox(text)
        if right - left <= width - 2 and bottom - top <= height:
            break
    else:  # half a name is another person's
        raise Refused(
            "narrow", N_("The place is too small for the name."), N_("Make it wider or higher."), reference="K336"
        )
    page = Image.new("L", (width, height), 0)
    ImageDraw.Draw(page).text((1 - left, (height - (bottom - top)) // 2 - top), text, fill=255, font=letters)
    return np.asarray(page) > 127


def _reference(ds: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    return item


def _say_so(ds: Dataset, before: Dataset, sop_uid: str) -> None:
    from pydicom.sequence import Sequence

    kind = list(ds.get("ImageType", []) or ["ORIGINAL", "PRIMARY"])
    ds.ImageType = ["DERIVED", *kind[1:]] if len(kind) > 1 else ["DERIVED", "PRIMARY"]
    ds.BurnedInAnnotation = "YES"
    ds.DerivationDescription = DESCRIPTION
    ds.SourceImageSequence = Sequence([before])
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = UID(sop_uid)
    for keyword in ("SmallestImagePixelValue", "LargestImagePixelValue"):
        if keyword in ds:
            del ds[keyword]
