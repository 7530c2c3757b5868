"""Colour models to RGB, palettes, and the drawings that a file lays over its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset

from kiosk.core.words import N_
from kiosk.dicom.pixel_source import Unreadable
from kiosk.dicom.pixel_values import reals

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def expand_422(flat: Array, rows: int, columns: int) -> Array:
    """Uncompressed YBR_FULL_422: Y1 Y2 Cb Cr for each pair of pixels, to one triple per pixel (rows, columns, 3)."""
    import numpy as np

    quads = flat[: rows * columns * 2].reshape(-1, 4)
    pairs = np.empty((quads.shape[0], 2, 3), flat.dtype)
    pairs[:, 0, 0], pairs[:, 1, 0] = quads[:, 0], quads[:, 1]
    pairs[:, :, 1], pairs[:, :, 2] = quads[:, 2:3], quads[:, 3:4]
    return pairs.reshape(rows, columns, 3)


def to_rgb(pixels: Array, photometric: str, stored_bits: int) -> Array:
    """(rows, columns, 3) in any photometric interpretation to RGB uint8; more than 8 bits keep their top 8."""
    import numpy as np

    if pixels.dtype.itemsize > 1:
        pixels = np.right_shift(pixels, max(0, stored_bits - 8)).clip(0, 255).astype(np.uint8)
    elif pixels.dtype != np.uint8:
        pixels = pixels.view(np.uint8)
    if photometric in ("YBR_FULL", "YBR_FULL_422"):
        return _from_ybr(pixels, partial=False)
    if photometric in ("YBR_PARTIAL_420", "YBR_PARTIAL_422"):
        return _from_ybr(pixels, partial=True)
    return np.ascontiguousarray(pixels)


def _from_ybr(pixels: Array, partial: bool) -> Array:
    """PS3.3 C.7.6.3.1.2, the inverse of the ITU-R BT.601 transform."""
    import numpy as np

    wide = pixels.astype(np.float32)
    y, cb, cr = wide[..., 0], wide[..., 1] - 128, wide[..., 2] - 128
    if partial:
        y, cb, cr = (y - 16) * (255 / 219), cb * (255 / 224), cr * (255 / 224)
    rgb = np.empty_like(wide)
    rgb[..., 0] = y + 1.402 * cr
    rgb[..., 1] = y - 0.114 * 1.772 / 0.587 * cb - 0.299 * 1.402 / 0.587 * cr
    rgb[..., 2] = y + 1.772 * cb
    return np.clip(np.floor(rgb + 0.5), 0, 255).astype(np.uint8)


def palette_to_rgb(ds: Dataset, values: Array) -> Array:
    """Look up each value in the three palettes (PS3.3 C.7.6.3.1.5), segmented ones included; RGB uint8."""
    import numpy as np

    found = [_palette(ds, colour) for colour in ("Red", "Green", "Blue")]
    # Some writers call tables 16 bits deep and fill them with 8-bit values; cut to their top 8 bits all would be black.
    deep = max(int(table.max()) if table.size else 0 for table, _ in found) > 255
    channels = []
    for table, first in found:
        shades = (table >> 8 if deep else table).astype(np.uint8)
        channels.append(shades[np.clip(values.astype(np.int32) - first, 0, shades.size - 1)])
    return np.stack(channels, axis=-1)


def _palette(ds: Dataset, colour: str) -> tuple[Array, int]:
    import numpy as np

    descriptor = reals(ds, f"{colour}PaletteColorLookupTableDescriptor")
    if len(descriptor) < 3:
        raise _no_palette()
    entries, first, bits = int(descriptor[0]) or 65536, int(descriptor[1]), int(descriptor[2])
    data = ds.get(f"{colour}PaletteColorLookupTableData")
    if isinstance(data, bytes) and data:
        # 8-bit tables are often kept one value per 16-bit word; the length tells.
        wide = bits > 8 or len(data) >= 2 * entries
        table = np.frombuffer(data[: len(data) // 2 * 2] if wide else data, "<u2" if wide else "u1")[:entries]
        return table.astype(np.uint16), first
    segments = ds.get(f"Segmented{colour}PaletteColorLookupTableData")
    if not isinstance(segments, bytes) or not segments:
        raise _no_palette()
    words = np.frombuffer(segments[: len(segments) // 2 * 2], "<u2") if bits > 8 else np.frombuffer(segments, "u1")
    grown = _expand(words.tolist(), entries)
    table = np.asarray(grown[:entries], np.uint16)
    if table.size == 0:
        raise _no_palette()
    return table, first


def _expand(words: list[int], limit: int) -> list[int]:
    """Discrete (0), linear (1) and indirect (2) segments to a full table (PS3.3 C.7.9.2)."""
    table: list[int] = []
    starts: list[int] = []
    at = 0

    def segment(at: int) -> int:
        kind, count = words[at], words[at + 1]
        if kind == 0:
            table.extend(words[at + 2 : at + 2 + count])
            return at + 2 + count
        end = words[at + 2]
        begin = table[-1] if table else end
        table.extend(round(begin + (end - begin) * step / count) for step in range(1, count + 1))
        return at + 3

    try:
        while at < len(words) and len(table) < limit:
            starts.append(at)
            if words[at] == 2:
                count, low, high = words[at + 1 : at + 4]
                begin = starts.index(high << 16 | low)
                for inner in starts[begin : begin + count]:
                    segment(inner)
                at += 4
            else:
                at = segment(at)
    except (IndexError, ValueError, ZeroDivisionError):
        return table
    return table


def _no_palette() -> Unreadable:
    return Unreadable(
        N_("The colour table of this picture is missing or damaged."),
        N_("Ask for the picture to be sent again."),
        reference="V220",
    )


def overlay_of(ds: Dataset, frame: int, rows: int, columns: int) -> Array | None:
    """All overlay planes of the frame as one mask (PS3.3 C.9.2), uint8 (rows, columns), None where there is none."""
    import numpy as np

    mask: Array | None = None
    for group in range(0x6000, 0x6020, 2):
        if (group, 0x3000) not in ds:
            continue
        try:
            height, width = int(ds[group, 0x0010].value), int(ds[group, 0x0011].value)
            origin = [int(part) for part in ds[group, 0x0050].value] if (group, 0x0050) in ds else [1, 1]
            count = int(ds[group, 0x0015].value) if (group, 0x0015) in ds else 1
            begin = int(ds[group, 0x0051].value) - 1 if (group, 0x0051) in ds else 0
            data = bytes(ds[group, 0x3000].value)
        except Exception:  # noqa: BLE001 - a broken overlay never keeps the picture from being shown
            continue
        number = frame - begin if count > 1 else 0
        if not 0 <= number < count or height <= 0 or width <= 0 or height * width > 1 << 28:
            continue
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[number * height * width :]
        if bits.size < height * width:
            continue
        plane = bits[: height * width].reshape(height, width)
        mask = np.zeros((rows, columns), np.uint8) if mask is None else mask
        _lay(mask, plane, origin[0] - 1, origin[1] - 1)
    return mask if mask is not None and mask.any() else None


def _lay(mask: Array, plane: Array, top: int, left: int) -> None:
    rows, columns = mask.shape
    plane = plane[max(0, -top) :, max(0, -left) :]
    top, left = max(0, top), max(0, left)
    plane = plane[: max(0, rows - top), : max(0, columns - left)]
    mask[top : top + plane.shape[0], left : left + plane.shape[1]] |= plane


def drawn_over(pixels: Array, overlay: Array, dark: bool) -> Array:
    """A copy of grey pixels with the overlay at the largest value, the smallest where large values are painted dark."""
    import numpy as np

    limits = np.iinfo(pixels.dtype)
    drawn = pixels.copy()
    drawn[overlay > 0] = limits.min if dark else limits.max
    return drawn
