"""From pixels of any depth to the 8-bit shades on the screen: windows (PS3.3 C.11.2.1), curves, down-scaling."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from kiosk.core.picture import Curve, Paint, Window
from kiosk.ui.view import Part, Turn

Pixels = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Plate:
    """Pixels ready to be painted as often as wanted.

    ``pixels`` is uint8 or uint16 (rows, columns), or uint8 (rows, columns, 3). An index ``i`` in it stands for the
    stored value ``first + i * step``: signed and deep pixels are moved and, beyond 16 bits, thinned.
    """

    pixels: Pixels
    first: float = 0.0
    step: float = 1.0

    @property
    def colour(self) -> bool:
        return self.pixels.ndim == 3

    @property
    def indices(self) -> int:
        return 256 if self.pixels.dtype == np.uint8 else 65536

    def turned(self, turn: Turn) -> Plate:
        """The same pixels standing otherwise (a view, nothing is copied)."""
        pixels = self.pixels[:, ::-1] if turn.mirrored else self.pixels
        return Plate(np.rot90(pixels, -turn.quarters) if turn.quarters else pixels, self.first, self.step)

    def value(self, row: int, column: int) -> float | tuple[int, ...]:
        """The stored value at a place, or its red, green and blue."""
        found = self.pixels[row, column]
        if self.colour:
            return tuple(int(each) for each in found)
        return self.first + float(found) * self.step


def plate_of(pixels: Pixels) -> Plate:
    """Any grey array (rows, columns) or colour array (rows, columns, 3 uint8) as a plate.

    Raises ValueError for another shape or an empty one.
    """
    if pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype == np.uint8 and pixels.size:
        return Plate(pixels)
    if pixels.ndim != 2 or not pixels.size:
        raise ValueError(f"no picture: shape {pixels.shape}, {pixels.dtype}")
    if pixels.dtype in (np.uint8, np.uint16):
        return Plate(pixels)
    if pixels.dtype == np.int8:
        return Plate((pixels.astype(np.int16) + 128).astype(np.uint8), -128.0)
    if pixels.dtype == np.int16:
        return Plate(np.ascontiguousarray(pixels).view(np.uint16) ^ np.uint16(0x8000), -32768.0)
    if pixels.dtype == np.bool_:
        return Plate(pixels.astype(np.uint8))
    deep = np.nan_to_num(pixels.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(deep.min()), float(deep.max())
    step = max((high - low) / 65535, 1e-300) if high > low else 1.0
    whole = np.issubdtype(pixels.dtype, np.integer) and high - low <= 65535
    step = 1.0 if whole else step
    return Plate(((deep - low) / step + 0.5).astype(np.uint16), low, step)


def paint_of(plate: Plate) -> Paint:
    """How to paint pixels that came without a header: grey from their own smallest to their largest value."""
    rows, columns = plate.pixels.shape[:2]
    if plate.colour or plate.indices == 256 and plate.first == 0:
        window = Window(128.0, 256.0)
        return Paint(rows, columns, plate.colour, guessed=window)
    low = plate.first + float(plate.pixels.min()) * plate.step
    high = plate.first + float(plate.pixels.max()) * plate.step
    return Paint(
        rows, columns, low=int(low), high=int(high), guessed=Window((low + high + 1) / 2, max(1.0, high - low + 1))
    )


def first_window(paint: Paint) -> Window:
    """The window to begin with."""
    if paint.windows:
        return paint.windows[0]
    if paint.guessed is not None:
        return paint.guessed
    if paint.curves:
        return window_of(paint.curves[0])
    low, high = sorted((paint.low * paint.slope + paint.intercept, paint.high * paint.slope + paint.intercept))
    return Window((low + high + 1) / 2, max(1.0, high - low + 1))


def window_of(curve: Curve) -> Window:
    """The window that a hand starts from when it leaves a curve."""
    return Window(curve.first + len(curve.shades) / 2, float(max(1, len(curve.shades))))


def windowed(values: Pixels, window: Window) -> Pixels:
    """Real-world values as shades 0 to 255 (uint8), PS3.3 C.11.2.1.2.1 and C.11.2.1.3."""
    if window.shape == "SIGMOID":
        power = np.clip(-4 * (values - window.centre) / max(window.width, 1e-9), -500, 500)
        shades = 255 / (1 + np.exp(power))
    elif window.shape == "LINEAR_EXACT":
        shades = ((values - window.centre) / max(window.width, 1e-9) + 0.5) * 255
    elif window.width <= 1:
        shades = np.where(values > window.centre - 0.5, 255.0, 0.0)
    else:
        shades = ((values - (window.centre - 0.5)) / (window.width - 1) + 0.5) * 255
    return (np.clip(shades, 0, 255) + 0.5).astype(np.uint8)


def curved(values: Pixels, curve: Curve) -> Pixels:
    """Real-world values as shades by a VOI LUT; its ends hold beyond it."""
    shades = np.frombuffer(curve.shades, np.uint8)
    if not shades.size:
        return np.zeros(values.shape, np.uint8)
    return shades[np.clip(np.rint(values - curve.first), 0, len(shades) - 1).astype(np.intp)]


def table_of(plate: Plate, paint: Paint, how: Window | Curve, inverted: bool = False) -> Pixels:
    """The shade of every index of the plate, uint8, 256 or 65536 long, read-only. Padding is black whatever the window.

    The last ones are kept: the slices of a stack are leafed through in one window.
    """
    padding = paint.padding and (min(paint.padding), max(paint.padding))
    scale = (plate.first, plate.step, plate.indices, paint.slope, paint.intercept)
    return _table(scale, padding, how, paint.inverted != inverted)


@lru_cache(maxsize=8)
def _table(
    scale: tuple[float, float, int, float, float], padding: tuple[int, int] | None, how: Window | Curve, negative: bool
) -> Pixels:
    first, step, indices, slope, intercept = scale
    stored = first + np.arange(indices, dtype=np.float64) * step
    values = stored * slope + intercept
    shades = curved(values, how) if isinstance(how, Curve) else windowed(values, how)
    if negative:
        shades = 255 - shades
    if padding is not None:
        shades[(stored >= padding[0]) & (stored <= padding[1])] = 0
    shades.flags.writeable = False
    return shades


def scaled(plate: Plate, part: Part) -> Pixels:
    """The part in sight at its size on the screen: averaged when made smaller, so that fine lines don't vanish.

    Enlarged pixels are smoothed up to four times; beyond that they are shown as the squares they are.
    """
    left, top, right, bottom = part.box
    # Only what is needed is handed on: turned pixels are a view, and Pillow wants them in one piece.
    x0, y0, x1, y1 = int(left), int(top), -int(-right // 1), -int(-bottom // 1)
    cut = np.ascontiguousarray(plate.pixels[y0:y1, x0:x1])
    box = (left - x0, top - y0, min(right - x0, x1 - x0), min(bottom - y0, y1 - y0))
    zoom = part.width / (right - left)
    if zoom == 1 and cut.shape[:2] == (part.height, part.width):
        return cut
    how = Image.Resampling.BOX if zoom < 1 else Image.Resampling.BILINEAR if zoom < 4 else Image.Resampling.NEAREST
    mode = "RGB" if plate.colour else "L" if cut.dtype == np.uint8 else "I;16"
    image = Image.frombuffer(mode, (cut.shape[1], cut.shape[0]), cut, "raw", mode, 0, 1)  # no copy
    made = image.resize((part.width, part.height), how, box)
    shape = (part.height, part.width, 3) if plate.colour else (part.height, part.width)
    return np.frombuffer(made.tobytes(), cut.dtype).reshape(shape)


def shaded(pixels: Pixels, stored: Plate, paint: Paint, how: Window | Curve, inverted: bool, table: Pixels) -> Pixels:
    """Pixels of a plate as shades; colours that nobody changed are left as they are."""
    if stored.colour and how == first_window(paint) and not inverted:
        return pixels
    return table.take(pixels)


def whole(
    stored: Plate,
    paint: Paint,
    how: Window | Curve,
    inverted: bool,
    turn: Turn,
    longest: int = 0,
    box: tuple[float, float, float, float] | None = None,
) -> Pixels:
    """The picture, or the part ``box`` of it (left, top, right, bottom as seen), as shades: its longer side ``longest``
    px at most (0: one pixel to one), higher or lower where its pixels are no squares.
    """
    plate = stored.turned(turn)
    rows, columns = plate.pixels.shape[:2]
    left, top, right, bottom = box or (0.0, 0.0, float(columns), float(rows))
    aspect = paint.aspect if paint.aspect > 0 else 1.0
    wide, high = right - left, (bottom - top) * (1 / aspect if turn.quarters % 2 else aspect)
    scale = min(1.0, longest / max(wide, high)) if longest else 1.0
    part = Part((left, top, right, bottom), 0, 0, max(1, round(wide * scale)), max(1, round(high * scale)))
    return shaded(scaled(plate, part), stored, paint, how, inverted, table_of(stored, paint, how, inverted))


def png_of(pixels: Pixels, paint: Paint, longest: int = 1024) -> bytes:
    """A picture in the window to begin with, as PNG, its longer side ``longest`` px at most."""
    plate = plate_of(pixels)
    shades = plate.pixels if plate.colour else table_of(plate, paint, first_window(paint))[plate.pixels]
    image = Image.fromarray(shades)
    image.thumbnail((longest, longest))
    return _as_png(image)


def png(shades: Pixels) -> bytes:
    """Shades (rows, columns) or (rows, columns, 3) uint8 as a PNG file."""
    return _as_png(Image.fromarray(np.ascontiguousarray(shades)))


def _as_png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
