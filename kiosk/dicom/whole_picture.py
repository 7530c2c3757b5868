"""Can a JPEG or PNG be painted whole? A right head may stand before a damaged rest."""

from __future__ import annotations

from io import BytesIO


def decodes(picture: bytes) -> bool:
    """True where every pixel of ``picture`` can be decoded."""
    from PIL import Image

    try:
        with Image.open(BytesIO(picture)) as image:
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True
