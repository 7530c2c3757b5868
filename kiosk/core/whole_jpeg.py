"""Is it one whole JPEG and nothing else? Read marker by marker (ISO 10918-1 Annex B), without decoding anything."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from kiosk.core.faults import Refused
from kiosk.core.words import N_, Sentence

MOST_PIXELS = 64_000_000
MOST_SCANS = 64  # a progressive picture of a camera has about ten; thousands of scans keep a decoder busy for hours
MOST_PADDING = 4096  # zero bytes that some devices write behind the picture
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class JpegFacts:
    width: int
    height: int
    scans: int


def whole_jpeg(data: bytes) -> JpegFacts:
    """Raises Refused (``reason``: empty, not_jpeg, cut, more, too_large) with the reason in words."""
    if not data:
        raise refused("empty", N_("it is empty"))
    if data[:3] != b"\xff\xd8\xff":
        raise refused("not_jpeg", N_("it is no JPEG, whatever its name says"))
    width = height = scans = 0
    at = 2
    while True:
        at = _next_marker(data, at)
        marker = data[at + 1]
        if marker == 0xD9:
            break
        if at + 4 > len(data):
            raise refused("cut", N_("it is cut off"))
        length = struct.unpack_from(">H", data, at + 2)[0]
        if marker in FRAMES and at + 9 <= len(data):
            height, width = struct.unpack_from(">HH", data, at + 5)
            if width * height > MOST_PIXELS:
                raise refused("too_large", N_("it is larger than any camera's picture"))
        at += 2 + max(2, length)
        if marker == 0xDA:
            scans += 1
            if scans > MOST_SCANS:
                raise refused("too_large", N_("it has more scans than any camera writes"))
            at = _end_of_scan(data, at)
        if at >= len(data):
            raise refused("cut", N_("it is cut off"))
    if not (width and height and scans):
        raise refused("not_jpeg", N_("it holds no picture"))
    rest = data[at + 2 :]
    if len(rest) > MOST_PADDING or rest.strip(b"\0\xff\r\n\x1a"):
        raise refused("more", N_("there is more in it than a picture"))
    return JpegFacts(width, height, scans)


def _next_marker(data: bytes, at: int) -> int:
    """Where the next marker stands; fill bytes (FF FF) before it are passed over."""
    if at >= len(data) or data[at] != 0xFF:
        raise refused("cut", N_("it is damaged")) if at < len(data) else refused("cut", N_("it is cut off"))
    while at + 1 < len(data) and data[at + 1] == 0xFF:
        at += 1
    if at + 1 >= len(data):
        raise refused("cut", N_("it is cut off"))
    return at


def _end_of_scan(data: bytes, at: int) -> int:
    """The first marker behind entropy-coded data: FF that is neither stuffed (00) nor a restart (D0 to D7)."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise refused("cut", N_("it is cut off"))
        following = data[at + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return at
        at += 1 if following == 0xFF else 2


def refused(reason: str, why: str) -> Refused:
    """A file that is not taken as a picture."""
    return Refused(
        reason, N_("A file that came is not taken: {why}."),
        N_("Send the picture again; the file lies aside on this PC."), reference="F441", why=Sentence(why),
    )  # fmt: skip
