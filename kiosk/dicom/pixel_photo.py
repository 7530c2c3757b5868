"""Plain picture files (JPEG, PNG, BMP) as frames, so that the viewer opens what cameras and other programs leave."""

from __future__ import annotations

from pathlib import Path

from kiosk.core.picture import Paint, PictureFacts, Window
from kiosk.dicom.pixel_codecs import check_size, damaged
from kiosk.dicom.pixel_source import Unreadable
from kiosk.dicom.pixels import Frame

MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM")
FORMATS = ("JPEG", "PNG", "BMP")  # named, since every further format is one more foreign parser


def is_photo(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(132)
    except OSError:
        return False
    return head.startswith(MAGIC) and head[128:] != b"DICM"


def photo_facts(path: Path) -> PictureFacts:
    from PIL import Image

    try:
        with Image.open(path, formats=FORMATS) as image:
            return PictureFacts(str(path), rows=image.height, columns=image.width, modality="XC")
    except Exception as why:
        raise damaged(why) from why


def decode_photo(path: Path) -> Frame:
    """Grey uint8 or uint16, or RGB, turned upright by its EXIF mark. Raises Unreadable where it is damaged."""
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with Image.open(path, formats=FORMATS) as image:
            check_size(image.height, image.width, 3)
            upright = ImageOps.exif_transpose(image)
            if upright.mode.startswith("I"):
                pixels = np.clip(np.asarray(upright), 0, 65535).astype(np.uint16)
            else:
                pixels = np.asarray(upright.convert("L" if upright.mode in ("1", "L") else "RGB"))
    except Unreadable:
        raise
    except MemoryError:
        raise
    except Exception as why:
        raise damaged(why) from why
    rows, columns = pixels.shape[:2]
    if pixels.ndim == 3:
        return Frame(np.ascontiguousarray(pixels), Paint(rows, columns, colour=True))
    low, high = int(pixels.min()), int(pixels.max())
    whole = Window(127.5, 255.0, shape="LINEAR_EXACT") if pixels.dtype == np.uint8 else None
    guessed = whole or Window((low + high) / 2, max(1.0, high - low), shape="LINEAR_EXACT")
    return Frame(np.ascontiguousarray(pixels), Paint(rows, columns, low=low, high=high, guessed=guessed))
