"""Pictures for files: shades with what was drawn over them, as JPEG, one by one or as the pictures of a film."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from kiosk.core.picture import Curve, Paint, Window
from kiosk.core.presentation import POINT, Look, as_seen, outline
from kiosk.core.turn import Turn
from kiosk.ui import painting

Pixels = painting.Pixels
Box = tuple[float, float, float, float]

INK, EDGE = (255, 194, 102), (0, 0, 0)
LETTERS = 45  # of a line of text fit across a picture, so that words are read on small and on large ones


def jpeg(shades: Pixels, quality: int, colour: bool = False) -> bytes:
    """Shades (rows, columns) or (rows, columns, 3) uint8 as a baseline JPEG; ``colour``: three components anyway."""
    image = Image.fromarray(np.ascontiguousarray(shades))
    if colour and image.mode != "RGB":
        image = image.convert("RGB")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def drawn_over(shades: Pixels, look: Look, rows: int, columns: int, font: Path, box: Box | None = None) -> Pixels:
    """Shades with measurements and graphics in them. ``rows`` and ``columns`` of the picture as stored; ``box``: the
    part of it, as seen, that the shades show.
    """
    high, wide = (columns, rows) if look.turn.quarters % 2 else (rows, columns)
    left, top, right, bottom = box or (0.0, 0.0, float(wide), float(high))
    image = Image.fromarray(np.ascontiguousarray(shades)).convert("RGB")
    across, down = image.width / (right - left), image.height / (bottom - top)
    pen = max(1, round(max(image.size) / 900))
    letters = ImageFont.truetype(str(font), max(12, round(image.width / LETTERS)))
    draw = ImageDraw.Draw(image)

    def spot(point: tuple[float, float], on_display: bool) -> tuple[float, float]:
        row, column = as_seen(point, on_display, look, rows, columns)
        return (column - left) * across, (row - top) * down

    for graphic in look.graphics:
        spots = [spot(point, graphic.on_display) for point in outline(graphic)]
        if graphic.kind == POINT:
            (x, y), arm = spots[0], 5 * pen
            spots = [(x - arm, y), (x + arm, y), (x, y), (x, y - arm), (x, y + arm)]
        for fill, width in ((EDGE, 3 * pen), (INK, pen)):
            draw.line(spots, fill=fill, width=width, joint="curve")
    for label in look.labels:
        x, y = spot(label.at, label.on_display)
        size = draw.multiline_textbbox((0, 0), label.text, font=letters)
        x = max(2.0, min(x + 6 * pen, image.width - size[2] - 2))
        y = max(2.0, min(y - size[3] / 2, image.height - size[3] - 2))
        draw.multiline_text((x, y), label.text, font=letters, fill=INK, stroke_width=2 * pen, stroke_fill=EDGE)
    return np.asarray(image)


@dataclass(frozen=True)
class Standing:
    """How all pictures of a film are painted: as the pane stood when it was asked for."""

    how: Window | Curve
    inverted: bool
    turn: Turn
    colour: bool


def film_painter(standing: Standing, longest: int, quality: int) -> Callable[[Any, Paint], tuple[bytes, int, int]]:
    """A call that makes pixels and paint into a JPEG with its width and height; all of them get the size of the first,
    even numbers, as films want it.
    """
    size: list[tuple[int, int]] = []

    def paint_one(pixels: Any, paint: Paint) -> tuple[bytes, int, int]:
        plate = painting.plate_of(pixels)
        how = standing.how if paint.colour == standing.colour else painting.first_window(paint)
        image = Image.fromarray(
            np.ascontiguousarray(painting.whole(plate, paint, how, standing.inverted, standing.turn, longest))
        ).convert("RGB")
        if not size:
            size.append((image.width + image.width % 2, image.height + image.height % 2))
        if image.size != size[0]:
            room = Image.new("RGB", size[0])
            if image.width > size[0][0] or image.height > size[0][1] or max(image.size) < max(size[0]) // 2:
                scale = min(size[0][0] / image.width, size[0][1] / image.height)
                image = image.resize((max(1, int(image.width * scale)), max(1, int(image.height * scale))))
            room.paste(image, ((size[0][0] - image.width) // 2, (size[0][1] - image.height) // 2))
            image = room
        return jpeg(np.asarray(image), quality), *size[0]

    return paint_one
