"""A schema drawing flattened to a PNG: what is kept beside its vectors, and what is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from kiosk.core.drawing import HEIGHT, WIDTH, Background, Drawing, Letters, Piece, Stroke, pieces_of
from kiosk.paper import fonts

PNG_SIZE = (WIDTH, HEIGHT)  # 250 dpi at the width it has on paper
_SMOOTH = 2  # drawn so many times larger: Pillow's own lines have steps


def flattened(drawing: Drawing, backgrounds: Sequence[Background], size: tuple[int, int] = PNG_SIZE) -> bytes:
    """The drawing on its background as PNG of ``size`` pixels (one to a unit by default); the same
    drawing gives the same bytes. A background that is no longer in the master is left white.
    """
    ground = next((each for each in backgrounds if each.code == drawing.background), None)
    pieces = ground.pieces() if ground is not None else []
    for mark in drawing.marks:
        pieces += pieces_of(mark)
    return _painted(pieces, size)


def _painted(pieces: Iterable[Piece], size: tuple[int, int]) -> bytes:
    from PIL import Image, ImageDraw

    large = size[0] * _SMOOTH, size[1] * _SMOOTH
    scale = large[0] / WIDTH
    picture = Image.new("RGB", large, "white")
    brush = ImageDraw.Draw(picture)
    for piece in pieces:
        if isinstance(piece, Stroke):
            _stroke(brush, piece, scale)
        else:
            _letters(brush, piece, scale)
    small = picture.resize(size, Image.Resampling.BOX).quantize(64)
    out = BytesIO()
    small.save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


def _stroke(brush: Any, piece: Stroke, scale: float) -> None:
    points = [(x * scale, y * scale) for x, y in piece.points]
    if piece.fill:
        brush.polygon(points, fill=piece.fill)
    width = round(piece.width * scale)
    if width:
        brush.line(points, fill=piece.colour, width=width, joint="curve")
        radius = width / 2
        for x, y in (points[0], points[-1]):  # round ends, and a dot where the pen only touched
            brush.ellipse((x - radius, y - radius, x + radius, y + radius), fill=piece.colour)


def _letters(brush: Any, piece: Letters, scale: float) -> None:
    x, y = piece.at[0] * scale, piece.at[1] * scale
    pieces = [(run.text, _font(run.font, round(piece.size * scale))) for run in fonts.runs(piece.text)]
    if not piece.left:
        x -= sum(font.getlength(text) for text, font in pieces) / 2
    for text, font in pieces:
        brush.text((x, y), text, fill=piece.colour, font=font, anchor="lm")
        x += font.getlength(text)


@lru_cache(maxsize=40)
def _font(name: str, size_px: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(fonts.FOLDER / f"{name}.ttf"), size_px, layout_engine=ImageFont.Layout.BASIC)
