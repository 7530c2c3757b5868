"""Pictures of the teaching file: made anew from their pixels, marked places black; thumbnails and JPEG of them."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from kiosk.core.faults import Refused
from kiosk.core.teaching import Area, pixels_of
from kiosk.core.words import N_

THUMB = (256, 192)
FORMATS = ("PNG", "JPEG")


def anonymous(picture: bytes, areas: Sequence[Area]) -> bytes:
    """The pixels alone as PNG, so that no word of the file that they came from stays. Raises Refused."""
    from PIL import Image, ImageDraw, UnidentifiedImageError

    try:
        with Image.open(BytesIO(picture), formats=FORMATS) as opened:
            made = opened.convert("L" if opened.mode in ("L", "1") else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as why:
        raise Refused(
            "picture", N_("This is not a picture that can be kept (JPEG or PNG)."), N_("Take it over again.")
        ) from why
    clean = Image.frombytes(made.mode, made.size, made.tobytes())
    draw = ImageDraw.Draw(clean)
    for area in areas:
        left, top, right, bottom = pixels_of(area, *clean.size)
        if right > left and bottom > top:
            draw.rectangle((left, top, right - 1, bottom - 1), fill=0 if clean.mode == "L" else (0, 0, 0))
    out = BytesIO()
    clean.save(out, "PNG")
    return out.getvalue()


def thumb(picture: bytes) -> tuple[int, int, bytes]:
    """Width, height and RGB bytes for a strip."""
    from PIL import Image

    with Image.open(BytesIO(picture), formats=FORMATS) as opened:
        small = opened.convert("RGB")
    small.thumbnail(THUMB)
    return small.width, small.height, small.tobytes()


def jpeg(picture: bytes) -> bytes:
    """The same as JPEG, for a lecture."""
    from PIL import Image

    out = BytesIO()
    with Image.open(BytesIO(picture), formats=FORMATS) as opened:
        opened.save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()
