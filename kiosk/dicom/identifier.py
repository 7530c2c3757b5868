"""The identifier of a query, read without pydicom: its values by path, and its shape, by which answers are kept.

Two identifiers of one shape ask for the same keys in the same nesting, so what was answered to one row under the
first serves the second too. Sound lengths and a limit of nesting are proven on the way (PS3.5 7.1, 7.5).
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

from pydicom._dicom_dict import DicomDictionary

from kiosk.core.faults import Refused
from kiosk.core.words import N_
from kiosk.dicom.soundness import (
    DEFLATED,
    EXPLICIT_BE,
    IMPLICIT_LE,
    ITEM,
    ITEM_END,
    MAX_NESTING,
    SEQUENCE_END,
    UNDEFINED,
    Path_,
)

_LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_VR_OF = {tag: entry[0].encode("ascii") for tag, entry in DicomDictionary.items() if entry[0] == "SQ"}
MOST_BYTES = 1 << 20

Shape = tuple[Any, ...]  # of (tag, VR, None | shape of the first item | value of a private creator)


class Identifier(NamedTuple):
    """``values``: raw bytes by path, of the first item where it is a sequence."""

    values: dict[Path_, bytes]
    shape: Shape


def read_identifier(encoded: bytes, transfer_syntax: str) -> Identifier:
    """Values and shape. Raises ``Refused("unsound")`` where a length lies or the nesting is absurd."""
    if transfer_syntax in DEFLATED or len(encoded) > MOST_BYTES:
        raise unreadable()
    reader = _Reader(encoded, ">" if transfer_syntax == EXPLICIT_BE else "<")
    shape, at = reader.elements(0, len(encoded), transfer_syntax == IMPLICIT_LE, (), 0, delimited=False, kept=True)
    if at != len(encoded) or not shape:
        raise unreadable()
    return Identifier(reader.values, shape)


def unreadable() -> Refused:
    """What is raised where a query is no data set."""
    return Refused(
        "unsound", N_("The query can't be read."), N_("Ask again from the device; if it stays, call its maker.")
    )


class _Reader:
    def __init__(self, data: bytes, order: str) -> None:
        self.data = data
        self.order = order
        self.values: dict[Path_, bytes] = {}
        self._head = struct.Struct(order + "HH")
        self._long = struct.Struct(order + "L")
        self._short = struct.Struct(order + "H")

    def elements(
        self, at: int, end: int, implicit: bool, path: Path_, depth: int, *, delimited: bool, kept: bool
    ) -> tuple[Shape, int]:
        """The elements from ``at``; ends at ``end``, or behind an item delimiter where ``delimited``."""
        data = self.data
        shape: list[tuple[Any, ...]] = []
        while at < end:
            if at + 8 > end:
                raise unreadable()
            group, number = self._head.unpack_from(data, at)
            tag = group << 16 | number
            if tag in (ITEM_END, SEQUENCE_END):
                at += 8
                if tag == ITEM_END and delimited:
                    return tuple(shape), at
                continue
            vr, length, at = self._vr_and_length(tag, at, implicit)
            if vr == b"SQ" or length == UNDEFINED:
                inner_implicit = implicit or vr == b"UN"
                inner, at = self._sequence(tag, length, at, end, inner_implicit, path, depth, kept)
                shape.append((tag, vr, inner))
                continue
            if at + length > end:
                raise unreadable()
            value = data[at : at + length]
            at += length
            if kept:
                self.values.setdefault((*path, tag), value)
            if number:  # group lengths are no keys
                creator = group & 1 and 0x10 <= number <= 0xFF
                shape.append((tag, vr, value if creator else None))
        if delimited:
            raise unreadable()
        return tuple(shape), at

    def _vr_and_length(self, tag: int, at: int, implicit: bool) -> tuple[bytes, int, int]:
        data = self.data
        if implicit:
            return _VR_OF.get(tag, b""), self._long.unpack_from(data, at + 4)[0], at + 8
        vr = data[at + 4 : at + 6]
        if not (vr.isalpha() and vr.isupper()):
            raise unreadable()
        if vr not in _LONG:
            return vr, self._short.unpack_from(data, at + 6)[0], at + 8
        if at + 12 > len(data):
            raise unreadable()
        return vr, self._long.unpack_from(data, at + 8)[0], at + 12

    def _sequence(
        self, tag: int, length: int, at: int, end: int, implicit: bool, path: Path_, depth: int, kept: bool
    ) -> tuple[Shape | None, int]:
        """Items of a sequence; only the first one's values and shape are kept (a query has one, PS3.4 C.2.2.2.6)."""
        if depth >= MAX_NESTING:
            raise unreadable()
        stop = end if length == UNDEFINED else at + length
        if stop > end:
            raise unreadable()
        first: Shape | None = None
        while at < stop:
            if at + 8 > stop:
                raise unreadable()
            group, number = self._head.unpack_from(self.data, at)
            item, size = group << 16 | number, self._long.unpack_from(self.data, at + 4)[0]
            at += 8
            if item == SEQUENCE_END:
                if length == UNDEFINED:
                    return first, at
                continue
            if item != ITEM:
                raise unreadable()
            item_end = stop if size == UNDEFINED else at + size
            if item_end > stop:
                raise unreadable()
            shape, at = self.elements(
                at, item_end, implicit, (*path, tag), depth + 1,
                delimited=size == UNDEFINED, kept=kept and first is None,
            )  # fmt: skip
            if first is None:
                first = shape
        if length == UNDEFINED:
            raise unreadable()
        return first, at
