"""A document beside the images as a picture for the window: pages of a PDF, BMP, JPEG and PNG."""

from __future__ import annotations

from io import BytesIO

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.paper.preview import page_count, page_png

FORMATS = ("JPEG", "PNG", "BMP")
MOST_PIXELS = 200_000_000


def document_png(data: bytes, page: int, width_px: int, height_px: int) -> tuple[bytes, int]:
    """Page ``page`` (from 0) as PNG and how many pages there are: a PDF as wide as ``width_px``, a picture fitted into
    both. Raises Fault where it can't be shown.
    """
    if data.startswith(b"%PDF-"):
        pages = page_count(data)
        return page_png(data, min(page, pages - 1), width_px), pages
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError(opened.size)
            opened.draft("RGB", (width_px, height_px))
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as why:
        raise Fault(
            N_("This document can't be shown."), N_("Open it with the system's program."), reference="V621"
        ) from why
    scale = min(width_px / picture.width, height_px / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    out = BytesIO()
    picture.resize(size, Image.Resampling.LANCZOS).save(out, "PNG", compress_level=1)
    return out.getvalue(), 1
