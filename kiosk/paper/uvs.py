"""Which variation sequences a font draws with the plain form of the character (cmap format 14)."""

from __future__ import annotations

from struct import unpack_from

SELECTORS = frozenset([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])


def plain_sequences(font: bytes) -> frozenset[tuple[int, int]]:
    """Pairs (character, selector) for which the font's plain form *is* the wanted form (OpenType cmap, format 14).

    A pair that is not among them asks for a form that differs from what would be drawn.
    """
    offset = _table(font, b"cmap")
    if offset is None:
        return frozenset()
    (count,) = unpack_from(">H", font, offset + 2)
    found: set[tuple[int, int]] = set()
    for index in range(count):
        (start,) = unpack_from(">L", font, offset + 4 + 8 * index + 4)
        at = offset + start
        if unpack_from(">H", font, at)[0] == 14:
            found |= _defaults(font, at)
    return frozenset(found)


def _table(font: bytes, tag: bytes) -> int | None:
    (count,) = unpack_from(">H", font, 4)
    for index in range(count):
        name, _, offset, _ = unpack_from(">4sLLL", font, 12 + 16 * index)
        if name == tag:
            return int(offset)
    return None


def _defaults(font: bytes, at: int) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    (selectors,) = unpack_from(">L", font, at + 6)
    for index in range(selectors):
        record = at + 10 + 11 * index
        selector = int.from_bytes(font[record : record + 3], "big")
        (default_offset,) = unpack_from(">L", font, record + 3)
        if not default_offset:
            continue
        (ranges,) = unpack_from(">L", font, at + default_offset)
        for number in range(ranges):
            place = at + default_offset + 4 + 4 * number
            first = int.from_bytes(font[place : place + 3], "big")
            found |= {(first + more, selector) for more in range(font[place + 3] + 1)}
    return found
