"""A PDF page as a picture for the window's preview."""

from __future__ import annotations

import threading
from io import BytesIO

from kiosk.core.faults import Fault
from kiosk.core.words import N_

_lock = threading.Lock()  # PDFium is not safe with two threads


def page_count(pdf: bytes) -> int:
    """How many pages the document has."""
    with _lock, _opened(pdf) as document:
        return len(document)


def page_png(pdf: bytes, page: int = 0, width_px: int = 900) -> bytes:
    """Page ``page`` (from 0) as PNG, ``width_px`` wide."""
    with _lock, _opened(pdf) as document:
        sheet = document[page]
        picture = sheet.render(scale=width_px / sheet.get_width()).to_pil()
        out = BytesIO()
        picture.save(out, "PNG", compress_level=1)
        return out.getvalue()


def _opened(pdf: bytes):  # type: ignore[no-untyped-def]  # pypdfium2's document, imported on first use
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as why:
        raise Fault(N_("The page cannot be shown."), N_("Print it again."), reference="P500") from why


def fitted_png(picture: bytes, width_px: int, height_px: int, enlarged: bool = False) -> bytes:
    """A JPEG or PNG as PNG that fits into so many pixels: Tk shows it without a decoder of its own."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(picture), formats=("JPEG", "PNG")) as opened:
            opened.draft("RGB", (width_px, height_px))  # JPEG: decode no more than is needed
            small = opened.convert("RGB") if opened.mode not in ("L", "RGB") else opened.copy()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as why:
        raise Fault(
            N_("This key image cannot be read."), N_("Take it over from the viewer again."), reference="P415"
        ) from why
    scale = min(width_px / small.width, height_px / small.height)
    if scale < 1 or enlarged:
        size = max(1, round(small.width * scale)), max(1, round(small.height * scale))
        small = small.resize(size, Image.Resampling.LANCZOS)
    out = BytesIO()
    small.save(out, "PNG", compress_level=1)
    return out.getvalue()
