"""Draws a comment on a copy of a picture: below or above it on a strip of its own, or over it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from kiosk.core.comments import CommentSettings
from kiosk.paper.fonts import FOLDER, printable, runs

QUALITY = 92
SUFFIX = ".ttf"
PART = 30  # a line is this part of the picture's height
LEAST = 12  # px


def with_comment(data: bytes, lines: Sequence[str], how: CommentSettings) -> bytes:
    """A JPEG with these lines; the JPEG itself where there are none."""
    from PIL import Image, ImageDraw, ImageOps

    if not lines:
        return data
    with Image.open(BytesIO(data), formats=("JPEG",)) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
        profile = opened.info.get("icc_profile")
    size = how.size or max(LEAST, picture.height // PART)
    while size > LEAST and max(_width(line, size) for line in lines) > picture.width - size:
        size -= 1
    step = round(size * 1.4)
    strip = step * len(lines) + step // 2
    above, below = (strip if how.place == each else 0 for each in ("above", "below"))
    canvas = Image.new("RGB", (picture.width, picture.height + above + below), how.ground)
    canvas.paste(picture, (0, above))
    draw = ImageDraw.Draw(canvas)
    top = {"above": 0, "below": picture.height}.get(how.place, picture.height - strip) + step // 4
    outline: dict[str, Any] = (
        {"stroke_width": max(1, size // 12), "stroke_fill": how.ground} if how.place == "over" else {}
    )
    for at, line in enumerate(lines):
        x = float(size // 2)
        for part, font in _runs(line, size):
            place = x, top + at * step + size  # on one baseline, whichever font
            draw.text(place, part, fill=how.colour, font=font, anchor="ls", **outline)
            x += font.getlength(part)
    made = BytesIO()
    more = {"icc_profile": profile} if profile else {}
    canvas.save(made, "JPEG", quality=QUALITY, **more)
    return made.getvalue()


def _runs(line: str, size: int) -> list[tuple[str, Any]]:
    """The line in pieces that one font each can draw: names have letters that the main font lacks."""
    from PIL import ImageFont

    return [(run.text, ImageFont.truetype(str(FOLDER / (run.font + SUFFIX)), size)) for run in runs(printable(line))]


def _width(line: str, size: int) -> float:
    return float(sum(font.getlength(part) for part, font in _runs(line, size)))
