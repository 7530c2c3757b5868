"""The bytes around the pictures of an AVI film of JPEG pictures (RIFF, Microsoft's AVI 1.0 with ``idx1``).

Every player on Windows has a decoder for Motion JPEG, so that a film needs no codec that somebody must install.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

HAS_INDEX, KEY_FRAME = 0x10, 0x10
LARGEST = 1_900_000_000  # bytes; old players read places in the file as signed numbers
HEAD = 224  # bytes before the first picture
SHORTEST_MS, MOST_REPEATS = 5.0, 250


@dataclass(frozen=True)
class Film:
    """What the head says; ``sizes`` are those of the pictures in bytes."""

    width: int
    height: int
    frame_us: int  # how long each picture stands
    sizes: Sequence[int]


def head(film: Film) -> bytes:
    """All before the first picture, ``HEAD`` bytes whatever the film."""
    largest, count = max(film.sizes, default=0), len(film.sizes)
    per_second = round(largest * 1_000_000 / max(1, film.frame_us))
    movi = 4 + sum(8 + size + size % 2 for size in film.sizes)
    main = struct.pack(
        "<14L", film.frame_us, min(per_second, 0xFFFFFFFF), 0, HAS_INDEX, count, 0, 1, largest, film.width,
        film.height, 0, 0, 0, 0,
    )  # fmt: skip
    stream = b"vids" + b"MJPG" + struct.pack(
        "<LHHLLLLLLlL4h", 0, 0, 0, 0, film.frame_us, 1_000_000, 0, count, largest, -1, 0, 0, 0,
        min(film.width, 32767), min(film.height, 32767),
    )  # fmt: skip
    image = struct.pack(
        "<LllHH4sLllLL", 40, film.width, film.height, 1, 24, b"MJPG", film.width * film.height * 3, 0, 0, 0, 0
    )
    strl = b"strl" + _chunk(b"strh", stream) + _chunk(b"strf", image)
    hdrl = b"hdrl" + _chunk(b"avih", main) + _chunk(b"LIST", strl)
    after = 8 + 16 * count
    begun = b"AVI " + _chunk(b"LIST", hdrl)
    whole = b"RIFF" + struct.pack("<L", len(begun) + 8 + movi + after) + begun
    made = whole + b"LIST" + struct.pack("<L", movi) + b"movi"
    assert len(made) == HEAD
    return made


def picture(data: bytes) -> bytes:
    """One picture as it stands in the film."""
    return _chunk(b"00dc", data)


def index(sizes: Sequence[int]) -> bytes:
    """What follows the pictures: where each lies, counted from the word ``movi``."""
    entries, at = [], 4
    for size in sizes:
        entries.append(struct.pack("<4sLLL", b"00dc", KEY_FRAME, at, size))
        at += 8 + size + size % 2
    return _chunk(b"idx1", b"".join(entries))


def pace(times_ms: Sequence[float], count: int, usual_ms: float) -> tuple[int, list[int]]:
    """Microseconds that a picture of the film stands, and how often each of ``count`` pictures is shown.

    A film has one pace; pictures that stand longer are shown again and again (PS3.3 C.7.6.5: FrameTimeVector).
    """
    if len(times_ms) != count:
        each = times_ms[0] if len(times_ms) == 1 and times_ms[0] > 0 else usual_ms
        return round(max(each, SHORTEST_MS) * 1000), [1] * count
    known = [time for time in times_ms if time > 0]
    base = max(min(known, default=usual_ms), SHORTEST_MS)
    if max(known, default=base) < 1.5 * base:
        base = sum(known) / len(known) if known else base
        return round(base * 1000), [1] * count
    return round(base * 1000), [min(MOST_REPEATS, max(1, round(time / base))) for time in times_ms]


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<L", len(data)) + data + b"\0" * (len(data) % 2)
