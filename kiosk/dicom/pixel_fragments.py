"""Finds the bytes of one frame inside encapsulated pixel data without reading the other frames (PS3.5 A.4)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import BinaryIO

from kiosk.core.words import N_
from kiosk.dicom.pixel_source import PixelSource, Unreadable
from kiosk.dicom.pixel_values import raw

ITEM = 0xFFFEE000
Piece = tuple[int, int]  # where a fragment's value begins in the file, its length
MAX_FRAGMENTS = 1_000_000
JPEG_ENDS = (b"\xff\xd9", b"\xff\xd9\x00", b"\xff\xd9\x00\x00")


def frame_bytes(source: PixelSource, frame: int, frames: int) -> bytes:
    """The compressed bytes of ``frame`` (from 0); raises Unreadable where the file ends before it."""
    with source.opened() as file:
        if not source.ranges:
            source.ranges = _frame_ranges(source, file, frames)
        if frame >= len(source.ranges):
            raise cut_off(frame)
        pieces = source.ranges[frame]
        found = []
        for start, length in pieces:
            file.seek(start)
            found.append(file.read(length))
    data = b"".join(found)
    if not data:
        raise cut_off(frame)
    return data


def cut_off(frame: int) -> Unreadable:
    return Unreadable(
        N_("The file is cut off; picture {number} is not in it."),
        N_("Ask for the study to be sent again."),
        reference="V206",
        number=frame + 1,
    )


def _frame_ranges(source: PixelSource, file: BinaryIO, frames: int) -> list[list[Piece]]:
    table, fragments = _walk(file, source.start, source.size)
    if not fragments:
        raise cut_off(0)
    if frames == 1:
        return [fragments]
    offsets = _offsets(source, table, fragments)
    if offsets and (grouped := _by_offsets(offsets, fragments, frames)):
        return grouped
    if len(fragments) == frames:
        return [[piece] for piece in fragments]
    return _by_end_marks(file, fragments) if len(fragments) > frames else [[piece] for piece in fragments]


def _walk(file: BinaryIO, start: int, size: int) -> tuple[bytes, list[Piece]]:
    """The basic offset table and all fragments, by their item headers alone."""
    file.seek(start)
    table: bytes | None = None
    fragments: list[Piece] = []
    while len(fragments) < MAX_FRAGMENTS:
        head = file.read(8)
        if len(head) < 8:
            break
        group, element, length = struct.unpack("<HHL", head)
        if (group << 16 | element) != ITEM:
            break  # the sequence delimiter, or bytes that are no item: nothing more belongs to the picture
        at = file.tell()
        length = min(length, max(0, size - at))
        if table is None:
            table = file.read(length)
        else:
            fragments.append((at, length))
        file.seek(at + length)
    return table or b"", fragments


def _offsets(source: PixelSource, table: bytes, fragments: list[Piece]) -> list[int]:
    """Where each frame begins, counted from the first fragment's item header; [] without a usable table."""
    extended = raw(source.ds, "ExtendedOffsetTable")
    if isinstance(extended, bytes) and len(extended) >= 8:
        return list(struct.unpack(f"<{len(extended) // 8}Q", extended[: len(extended) // 8 * 8]))
    return list(struct.unpack(f"<{len(table) // 4}L", table[: len(table) // 4 * 4]))


def _by_offsets(offsets: list[int], fragments: list[Piece], frames: int) -> list[list[Piece]]:
    """Fragments grouped by frame; [] where the table doesn't fit them (then it is not believed)."""
    if len(offsets) < frames:
        return []
    base = fragments[0][0] - 8
    starts = {at - 8 - base: number for number, (at, _) in enumerate(fragments)}
    if any(offset not in starts for offset in offsets):
        return []
    first = [starts[offset] for offset in offsets] + [len(fragments)]
    if any(later <= earlier for earlier, later in zip(first, first[1:], strict=False)):
        return []
    return [fragments[a:b] for a, b in zip(first, first[1:], strict=False)]


def _by_end_marks(file: BinaryIO, fragments: list[Piece]) -> list[list[Piece]]:
    """More fragments than frames and no table: a frame ends where a fragment ends in an end-of-image mark."""
    grouped: list[list[Piece]] = [[]]
    for at, length in fragments:
        grouped[-1].append((at, length))
        file.seek(at + max(0, length - 4))
        if _has_end(file.read(min(4, length)).endswith):
            grouped.append([])
    return [pieces for pieces in grouped if pieces]


def _has_end(endswith: Callable[[bytes], bool]) -> bool:
    return any(endswith(mark) for mark in JPEG_ENDS)
