"""One frame of a DICOM file as a plain array, with what is needed to paint it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kiosk.core.picture import Paint
from kiosk.core.words import N_, Sentence
from kiosk.dicom import pixel_codecs, pixel_colour, pixel_facts, pixel_fragments
from kiosk.dicom.pixel_source import PixelSource, Unreadable, why_no_pixels
from kiosk.dicom.pixel_values import real, reals, text, whole

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Frame:
    """``pixels``: grey uint8, uint16 or int16 (rows, columns), or RGB uint8 (rows, columns, 3), C-contiguous.

    ``overlay`` is a uint8 mask (rows, columns), 1 where the file draws something over the picture, or None.
    ``warnings`` are sentences for the person: what was not as it should be and is shown all the same.
    """

    pixels: Array
    paint: Paint
    overlay: Array | None = None
    warnings: tuple[Sentence, ...] = field(default=())


@dataclass
class _Layout:
    """The Image Pixel module, checked (PS3.3 C.7.6.3)."""

    rows: int
    columns: int
    samples: int
    allocated: int
    stored: int
    high: int
    signed: bool
    photometric: str
    planar: bool
    frames: int

    @property
    def subsampled(self) -> bool:
        """Uncompressed YBR_FULL_422 keeps two samples per pixel on average (PS3.3 C.7.6.3.1.2)."""
        return self.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422") and self.samples == 3

    @property
    def frame_bits(self) -> int:
        return self.rows * self.columns * (2 if self.subsampled else self.samples) * self.allocated


def decode_frame(source: PixelSource, frame: int = 0) -> Frame:
    """Decode ``frame`` (from 0) alone. Raises Unreadable with a plain sentence where there is nothing to show."""
    if not source.keyword:
        raise why_no_pixels(source)
    layout = _layout(source)
    if not 0 <= frame < layout.frames:
        raise pixel_fragments.cut_off(frame)
    warnings: list[Sentence] = []
    if source.keyword != "PixelData":
        return _float_frame(source, layout, frame)
    encapsulated = source.length is None or _looks_encapsulated(source)
    if encapsulated:
        stored = _compressed(source, layout, frame, warnings)
    else:
        stored = _native(source, layout, frame, warnings)
    return _finished(source, layout, frame, stored, warnings)


def stored_frame(source: PixelSource, frame: int) -> tuple[Array, str]:
    """A compressed frame as it would be stored without its compression: grey (rows, columns) or (rows, columns,
    samples), and its photometric interpretation then. Raises Unreadable."""
    layout = _layout(source)
    stored = _compressed(source, layout, frame, [])
    return stored, layout.photometric


def _layout(source: PixelSource) -> _Layout:
    ds = source.ds
    rows, columns = whole(ds, "Rows"), whole(ds, "Columns")
    if not rows or not columns or rows < 0 or columns < 0:
        raise Unreadable(
            N_("The header does not say how large the picture is."),
            N_("Its header can be read with F8."),
            reference="V216",
        )
    samples = whole(ds, "SamplesPerPixel") or 1
    floats = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}.get(source.keyword)
    allocated = floats or whole(ds, "BitsAllocated") or 0
    if samples not in (1, 3) or allocated not in (1, 8, 16, 32, 64):
        raise Unreadable(
            N_("The picture is kept in an unusual way ({samples} samples of {bits} bits) that can't be shown."),
            N_("Its header can be read with F8."),
            reference="V217",
            samples=samples,
            bits=allocated,
        )
    pixel_codecs.check_size(rows, columns, samples)
    stored = whole(ds, "BitsStored") or allocated
    stored = stored if 0 < stored <= allocated else allocated
    high = whole(ds, "HighBit")
    high = high if high is not None and stored - 1 <= high < allocated else stored - 1
    frames = whole(ds, "NumberOfFrames") or 1
    photometric = text(ds, "PhotometricInterpretation").upper() or ("RGB" if samples == 3 else "MONOCHROME2")
    planar = whole(ds, "PlanarConfiguration") == 1
    signed = whole(ds, "PixelRepresentation") == 1
    return _Layout(rows, columns, samples, allocated, stored, high, signed, photometric, planar, max(1, frames))


def _looks_encapsulated(source: PixelSource) -> bool:
    """Some writers give encapsulated pixel data a length; the first item tag gives it away."""
    if source.vr not in ("OB", "UN"):
        return False
    with source.opened() as file:
        file.seek(source.start)
        return file.read(4) == b"\xfe\xff\x00\xe0"


def _compressed(source: PixelSource, layout: _Layout, frame: int, warnings: list[Sentence]) -> Array:
    import numpy as np

    data = pixel_fragments.frame_bytes(source, frame, layout.frames)
    shape = pixel_codecs.Shape(layout.rows, layout.columns, layout.samples, layout.allocated, layout.photometric)
    pixels, stream = pixel_codecs.decode_stream(data, source.syntax, shape)
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    if samples != layout.samples:
        raise Unreadable(
            N_("Header and compressed picture contradict each other."),
            N_("Ask for the picture to be sent again."),
            reference="V218",
        )
    if pixels.shape[:2] != (layout.rows, layout.columns):
        warnings.append(Sentence(N_("The header gives another picture size; shown as the picture itself says.")))
        layout.rows, layout.columns = pixels.shape[:2]
    if layout.samples == 1 and stream.precision > 1:
        # In a compressed stream the bits lie at the bottom, whatever HighBit says. The stream's own depth tells
        # where the sign is; JPEG and JPEG-LS can't express a sign, JPEG 2000 may contradict the header.
        depth = layout.stored if stream.kind in ("rle", "deflate") else min(stream.precision, layout.allocated)
        layout.stored, layout.high = depth, layout.high if stream.kind in ("rle", "deflate") else depth - 1
        if pixels.dtype.kind == "i":
            pixels = pixels.view(f"u{pixels.dtype.itemsize}")
        if stream.kind == "j2k" and stream.signed and not layout.signed:
            layout.signed = text(source.ds, "PixelRepresentation") == ""
    if layout.samples == 3:
        layout.photometric = _photometric_after(stream.kind, layout.photometric)
        layout.planar = False
    return np.ascontiguousarray(pixels)


def _photometric_after(kind: str, photometric: str) -> str:
    """JPEG and JPEG 2000 decoders undo the colour transform themselves; RLE, JPEG-LS and deflate don't know of it."""
    return photometric if kind in ("rle", "jpegls", "deflate") else "RGB"


def _native(source: PixelSource, layout: _Layout, frame: int, warnings: list[Sentence]) -> Array:
    import numpy as np

    bits = layout.frame_bits
    first, last = frame * bits // 8, -(-(frame + 1) * bits // 8)
    # Bytes in 16-bit words on a big-endian file come in pairs, so an odd beginning needs its partner.
    swapped = not source.little_endian and layout.allocated == 8 and source.vr == "OW"
    begin = first - first % 2 if swapped else first
    end = last + last % 2 if swapped else last
    with source.opened() as file:
        file.seek(source.start + begin)
        data = file.read(min(end - begin, max(0, (source.length or 0) - begin)))
    if swapped:
        data += b"\0" * (len(data) % 2)
        data = np.frombuffer(data, np.uint16).byteswap().tobytes()
    data = data[first - begin : first - begin + (last - first)]
    if len(data) < last - first:
        share = len(data) * 100 // max(1, last - first)
        if share == 0:
            raise pixel_fragments.cut_off(frame)
        warnings.append(Sentence(N_("The file is cut off: only {share} % of this picture is there."), {"share": share}))
        data = data.ljust(last - first, b"\0")
    count = bits // layout.allocated
    if layout.allocated == 1:
        skip = frame * bits % 8
        flat = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[skip : skip + count]
    else:
        order = "<" if source.little_endian else ">"
        flat = np.frombuffer(data, f"{order}u{layout.allocated // 8}", count)
        flat = flat.astype(flat.dtype.newbyteorder("="), copy=False)
    if layout.subsampled:
        return pixel_colour.expand_422(flat, layout.rows, layout.columns)
    if layout.samples == 1:
        return flat.reshape(layout.rows, layout.columns)
    if layout.planar:
        return np.ascontiguousarray(flat.reshape(layout.samples, layout.rows, layout.columns).transpose(1, 2, 0))
    return flat.reshape(layout.rows, layout.columns, layout.samples)


def _finished(source: PixelSource, layout: _Layout, frame: int, stored: Array, warnings: list[Sentence]) -> Frame:
    """Colour to RGB, grey to at most 16 bit with its modality transform."""
    import numpy as np

    ds = source.ds
    if layout.samples == 3:
        rgb = pixel_colour.to_rgb(stored, layout.photometric, layout.stored)
        paint = pixel_facts.paint_of(ds, frame, rgb, colour=True)
        return Frame(rgb, paint, None, tuple(warnings))
    values = _values(stored, layout)
    if layout.photometric == "PALETTE COLOR":
        rgb = pixel_colour.palette_to_rgb(ds, values)
        paint = pixel_facts.paint_of(ds, frame, rgb, colour=True)
        return Frame(rgb, paint, None, tuple(warnings))
    values, slope, intercept, unit = pixel_facts.modality_transform(ds, frame, values)
    values, slope, intercept = _narrow(values, slope, intercept)
    inverted = layout.photometric == "MONOCHROME1" or text(ds, "PresentationLUTShape").upper() == "INVERSE"
    paint = pixel_facts.paint_of(
        ds, frame, values, slope=slope, intercept=intercept, unit=unit, inverted=inverted, one_bit=layout.stored == 1
    )
    overlay = pixel_colour.overlay_of(ds, frame, layout.rows, layout.columns)
    return Frame(np.ascontiguousarray(values), paint, overlay, tuple(warnings))


def _values(stored: Array, layout: _Layout) -> Array:
    """The bits that count, moved to the bottom and with their sign (PS3.5 8.1.1); other bits may hold anything."""
    import numpy as np

    size = stored.dtype.itemsize * 8
    kind = f"{'i' if layout.signed else 'u'}{stored.dtype.itemsize}"
    if layout.allocated == 1 or (layout.stored == size and layout.high == size - 1):
        return stored.view(kind)
    high = min(layout.high, size - 1)
    shifted = np.left_shift(stored, size - 1 - high).view(kind)
    return np.right_shift(shifted, size - min(layout.stored, size))


def _narrow(values: Array, slope: float, intercept: float) -> tuple[Array, float, float]:
    """At most 16 bits: wider values (doses, maps) are spread over 65536 steps and the slope carries their scale."""
    import numpy as np

    if values.dtype.itemsize <= 2 and values.dtype.kind in "iu":
        return (values.astype(np.int16), slope, intercept) if values.dtype == np.int8 else (values, slope, intercept)
    finite = np.isfinite(values) if values.dtype.kind == "f" else np.ones(values.shape, bool)
    if not finite.any():
        raise Unreadable(N_("The picture holds no values that can be shown."), reference="V219")
    low, high = float(values[finite].min()), float(values[finite].max())
    step = (high - low) / 65535 or 1.0
    narrow = np.zeros(values.shape, np.uint16)
    narrow[finite] = np.clip(np.rint((values[finite].astype(np.float64) - low) / step), 0, 65535)
    return narrow, slope * step, slope * low + intercept


def _float_frame(source: PixelSource, layout: _Layout, frame: int) -> Frame:
    """Parametric maps (PS3.3 C.7.6.24): 32- or 64-bit floats, never compressed."""
    import numpy as np

    size = layout.rows * layout.columns * layout.allocated // 8
    with source.opened() as file:
        file.seek(source.start + frame * size)
        data = file.read(size)
    if len(data) < size:
        raise pixel_fragments.cut_off(frame)
    order = "<" if source.little_endian else ">"
    values = np.frombuffer(data, f"{order}f{layout.allocated // 8}").reshape(layout.rows, layout.columns)
    slope, intercept, unit = pixel_facts.rescale(source.ds, frame)
    narrow, slope, intercept = _narrow(values, slope, intercept)
    paint = pixel_facts.paint_of(source.ds, frame, narrow, slope=slope, intercept=intercept, unit=unit)
    return Frame(narrow, paint)


def frame_count(source: PixelSource) -> int:
    return max(1, whole(source.ds, "NumberOfFrames") or 1)


def frame_times_ms(source: PixelSource) -> tuple[float, ...]:
    """How long each frame stands, one value where all are alike; () where the file is not a loop (PS3.3 C.7.6.5)."""
    ds = source.ds
    if frame_count(source) < 2:
        return ()
    vector = reals(ds, "FrameTimeVector")
    if len(vector) > 1:
        # The first entry is the offset of the first frame, entry n the time between frames n-1 and n.
        steps = tuple(max(1.0, step) for step in vector[1:])
        return (*steps, steps[-1])
    if (each := real(ds, "FrameTime")) and each > 0:
        return (each,)
    for keyword in ("RecommendedDisplayFrameRate", "CineRate"):
        if (rate := real(ds, keyword)) and rate > 0:
            return (1000.0 / rate,)
    return ()
