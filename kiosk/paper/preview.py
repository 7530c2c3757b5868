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
