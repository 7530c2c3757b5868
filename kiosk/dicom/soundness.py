"""Walks the bytes of a data set as they come and refuses what is not sound, before anybody is answered.

The walk keeps no bytes but the few elements it was asked for, needs no recursion, and skips values by counting, so a
large image costs no more than its headers. It proves that every length reaches exactly its end, that whatever was
opened is closed, and that neither nesting nor the number of elements is absurd (PS3.5 7.1, 7.5, A.4).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import NamedTuple

from kiosk.core.faults import Refused
from kiosk.core.words import N_

IMPLICIT_LE = "1.2.840.10008.1.2"
EXPLICIT_LE = "1.2.840.10008.1.2.1"
EXPLICIT_BE = "1.2.840.10008.1.2.2"
DEFLATED = frozenset({"1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"})

MAX_NESTING = 64
MAX_ELEMENTS = 1_000_000
MAX_WANTED_BYTES = 4096
UNDEFINED = 0xFFFFFFFF

ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PIXEL_DATA = 0x7FE00010
_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_OPAQUE_VRS = frozenset({b"OB", b"OW", b"OD", b"OF", b"OL", b"OV"})
_UID = re.compile(r"[0-9]+(\.[0-9]+)*")

Path_ = tuple[int, ...]  # the tags of the sequences that lead to an element, then its own


def valid_uid(text: str) -> bool:
    """Is ``text`` a UID that we take (PS3.5 9.1; leading zeros of a component are forgiven, devices write them)?"""
    return len(text) <= 64 and _UID.fullmatch(text) is not None


def unsound(sentence: str) -> Refused:
    return Refused("unsound", sentence, N_("Send it again from the device; if it stays, call its maker."))


class _Level(NamedTuple):
    """Something opened: a data set, a sequence, its item, or the fragments of encapsulated pixels."""

    kind: str  # dataset sequence item fragments
    end: int | None  # offset where it must end; None where a delimiter closes it
    limit: int | None  # nothing in here may pass this offset
    implicit: bool
    order: str  # "<" or ">"
    path: Path_


class Walk:
    """A walk over one data set (without preamble and file meta) that is fed piece by piece.

    ``wanted`` are the paths of elements whose raw values are kept in ``found`` (first occurrence, at most
    ``MAX_WANTED_BYTES``). Every method raises ``Refused("unsound")`` as soon as something is wrong.
    """

    def __init__(self, transfer_syntax: str, wanted: Iterable[Path_] = ()) -> None:
        self.found: dict[Path_, bytes] = {}
        self.orders: dict[Path_, str] = {}
        self.elements = 0
        self.offset = 0
        self._wanted = frozenset(wanted)
        self._wanted_tags = frozenset(path[-1] for path in self._wanted)
        self._at_rest = True
        self._held = bytearray()
        if transfer_syntax in DEFLATED:
            raise unsound(N_("The image is deflated; such images are not taken."))
        self._steps = self._walk(transfer_syntax == IMPLICIT_LE, ">" if transfer_syntax == EXPLICIT_BE else "<")
        self._needs = next(self._steps)

    def feed(self, piece: bytes | bytearray | memoryview) -> None:
        """Take the next bytes of the data set."""
        view = memoryview(piece)
        at, end = 0, len(view)
        while at < end:
            if self._needs < 0:  # a value nobody wants: count it
                step = min(-self._needs, end - at)
                self._needs += step
                self.offset += step
                at += step
                if self._needs == 0:
                    self._needs = self._steps.send(b"")
                continue
            step = min(self._needs - len(self._held), end - at)
            self._held += view[at : at + step]
            at += step
            if len(self._held) == self._needs:
                taken, self._held = bytes(self._held), bytearray()
                self.offset += len(taken)
                self._needs = self._steps.send(taken)

    @property
    def at_rest(self) -> bool:
        """Whether the next byte begins an element of the data set itself, not of a sequence in it."""
        return self._at_rest and not self._held

    def asks(self) -> int:
        """How many bytes it reads next; 0 while it passes over a value."""
        return max(0, self._needs)

    def skippable(self) -> int:
        """How many of the next bytes are of no interest; a reader of files seeks over them."""
        return max(0, -self._needs)

    def skip(self, count: int) -> None:
        """Say that ``count`` bytes, at most ``skippable()``, are there and were passed over."""
        self._needs += count
        self.offset += count
        if self._needs == 0:
            self._needs = self._steps.send(b"")

    def finish(self) -> dict[Path_, bytes]:
        """The data set ended here: was everything whole?"""
        if self._held or not self._at_rest or self._needs < 0:
            raise unsound(N_("The image ends in the middle; it was cut off on its way."))
        if not self.elements:
            raise unsound(N_("The image is empty."))
        return self.found

    def _walk(self, implicit: bool, order: str) -> Generator[int, bytes, None]:
        levels = [_Level("dataset", None, None, implicit, order, ())]
        while True:
            here = levels[-1]
            while here.end is not None and self.offset >= here.end:
                levels.pop()
                here = levels[-1]
            self._at_rest = len(levels) == 1
            self._fits(here, 8)
            head = yield 8
            self.elements += 1
            if self.elements > MAX_ELEMENTS:
                raise unsound(N_("The image has more elements than any image has."))
            self._at_rest = False
            group, number = struct.unpack(here.order + "HH", head[:4])
            tag = group << 16 | number
            if here.kind in ("sequence", "fragments"):
                yield from self._in_sequence(levels, tag, struct.unpack(here.order + "L", head[4:])[0])
                continue
            if tag in (ITEM_END, SEQUENCE_END):
                if tag == ITEM_END and here.kind == "item" and here.end is None:
                    levels.pop()
                continue  # a stray delimiter of length zero is harmless
            vr, length = head[4:6], 0
            if here.implicit or not (vr.isalpha() and vr.isupper()):
                length = struct.unpack(here.order + "L", head[4:])[0]
                vr = self._implicit_vr(tag, length)
            elif vr in _LONG_VRS:
                self._fits(here, 4)
                length = struct.unpack(here.order + "L", (yield 4))[0]
            else:
                length = struct.unpack(here.order + "H", head[6:])[0]
            if length == UNDEFINED or vr == b"SQ":
                self._open(levels, tag, vr, length)
                continue
            self._fits(here, length)
            yield from self._value(here, tag, length)

    def _value(self, here: _Level, tag: int, length: int) -> Generator[int, bytes, None]:
        if not length:
            if tag in self._wanted_tags and (*here.path, tag) in self._wanted:
                self.found.setdefault((*here.path, tag), b"")
        elif tag in self._wanted_tags and length <= MAX_WANTED_BYTES and (*here.path, tag) in self._wanted:
            value = yield length
            self.found.setdefault((*here.path, tag), value)
            self.orders.setdefault((*here.path, tag), here.order)
        else:
            yield -length

    def _in_sequence(self, levels: list[_Level], tag: int, length: int) -> Generator[int, bytes, None]:
        here = levels[-1]
        if tag == SEQUENCE_END:
            if here.end is None:
                levels.pop()
            return
        if tag != ITEM:
            raise unsound(N_("A sequence of the image holds something that is no item."))
        if here.kind == "fragments":
            if length == UNDEFINED:
                raise unsound(N_("A fragment of the image has no length."))
            self._fits(here, length)
            if length:
                yield -length
            return
        if length == UNDEFINED:
            levels.append(_Level("item", None, here.limit, here.implicit, here.order, here.path))
            return
        self._fits(here, length)
        end = self.offset + length
        levels.append(_Level("item", end, end, here.implicit, here.order, here.path))

    def _open(self, levels: list[_Level], tag: int, vr: bytes, length: int) -> None:
        here = levels[-1]
        if len(levels) > 2 * MAX_NESTING:
            raise unsound(N_("The image is nested deeper than any image is."))
        path = (*here.path, tag)
        if length != UNDEFINED:
            self._fits(here, length)
            end = self.offset + length
            levels.append(_Level("sequence", end, end, here.implicit, here.order, path))
        elif tag == PIXEL_DATA or vr in _OPAQUE_VRS:
            levels.append(_Level("fragments", None, here.limit, here.implicit, here.order, path))
        elif vr == b"SQ":
            levels.append(_Level("sequence", None, here.limit, here.implicit, here.order, path))
        elif vr == b"UN":  # PS3.5 6.2.2: of undefined length it is a sequence in implicit VR little endian
            levels.append(_Level("sequence", None, here.limit, True, "<", path))
        else:
            raise unsound(N_("A text of the image has no length."))

    def _fits(self, here: _Level, length: int) -> None:
        if here.limit is not None and self.offset + length > here.limit:
            raise unsound(N_("A length inside the image reaches past its end."))

    @staticmethod
    def _implicit_vr(tag: int, length: int) -> bytes:
        if tag == PIXEL_DATA:
            return b"OW"
        if length == UNDEFINED:
            return b"SQ"
        from pydicom._dicom_dict import DicomDictionary

        known = DicomDictionary.get(tag)
        return b"SQ" if known is not None and known[0] == "SQ" else b"UN"


def walk_file(path: Path, offset: int, transfer_syntax: str, wanted: Iterable[Path_] = ()) -> Walk:
    """Walk the data set that begins at ``offset`` of a file, seeking over values; raises ``Refused`` or OSError."""
    walk = Walk(transfer_syntax, wanted)
    size = path.stat().st_size
    with path.open("rb", buffering=0) as file:
        file.seek(offset)
        at = offset
        while piece := file.read(8192):
            at += len(piece)
            walk.feed(piece)
            if (over := min(walk.skippable(), size - at)) > 0:
                walk.skip(over)
                at = file.seek(at + over)
    walk.finish()
    return walk
