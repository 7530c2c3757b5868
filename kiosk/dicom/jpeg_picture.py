"""A JPEG as a small picture for the screen, and what its header says of when it was taken."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from kiosk.core.faults import Refused
from kiosk.core.words import N_

_EXIF, _TAKEN, _CHANGED = 0x8769, 0x9003, 0x0132  # sub-directory, DateTimeOriginal, DateTime


def scaled(data: bytes, width: int, height: int) -> tuple[int, int, bytes]:
    """The picture fitted into ``width`` by ``height`` px: its size and RGB bytes. Raises Refused where it is none."""
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data), formats=("JPEG",)) as picture:
            picture.draft("RGB", (width, height))  # decodes at an eighth where that is enough
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((width, height))
            return upright.width, upright.height, upright.tobytes()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as why:
        raise Refused("not_jpeg", N_("This picture is no JPEG that can be read."), N_("Take it again.")) from why


def taken_at(data: bytes) -> datetime | None:
    """When the camera says that it took it (EXIF DateTimeOriginal, else DateTime)."""
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=("JPEG",)) as picture:
            exif = picture.getexif()
            told = str(exif.get_ifd(_EXIF).get(_TAKEN) or exif.get(_CHANGED) or "")
        return datetime.strptime(told.strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except (OSError, SyntaxError, ValueError, TypeError, KeyError):
        return None
