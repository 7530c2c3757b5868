"""Is it a JPEG or PNG, and how large: read from the bytes, so that a key image is never something else."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.faults import Refused
from kiosk.core.words import N_

_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # JPEG markers without a length (ITU T.81 table B.1)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15


@dataclass(frozen=True)
class KeyPicture:
    mime: str
    width: int  # pixels
    height: int


def key_picture(data: bytes) -> KeyPicture:
    """Raises Refused where ``data`` is not a whole JPEG (ITU T.81) or PNG (ISO 15948)."""
    found = _png(data) or _jpeg(data)
    if found is None or not (0 < found.width <= 20_000 and 0 < found.height <= 20_000):
        raise Refused("picture", N_("This is not a picture that can be kept (JPEG or PNG)."), N_("Take it over again."))
    return found


def _png(data: bytes) -> KeyPicture | None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR" or b"IEND" not in data[-16:]:
        return None
    return KeyPicture("image/png", int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))


def _jpeg(data: bytes) -> KeyPicture | None:
    if not data.startswith(b"\xff\xd8") or not data.rstrip(b"\x00").endswith(b"\xff\xd9"):
        return None
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _STANDALONE or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAMES:
            height, width = int.from_bytes(data[at + 5 : at + 7], "big"), int.from_bytes(data[at + 7 : at + 9], "big")
            return KeyPicture("image/jpeg", width, height)
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
