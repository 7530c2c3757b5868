"""Header facts of Part 10 files at the speed of the disk: files are recognised by the layout of those before them.

The soundness walk decides what a header means; it takes the time of reading a page. But the files of a disk are alike:
the same elements in the same order, a few values longer or shorter. So the first files are walked, and the steps of
those walks become one regular expression: every byte that the walk looked at stands in it literally, every value it
passed over is a count, and a value whose length changes may have any of the lengths between those that were seen. A
file that matches would have been walked in these very steps, so its values are where the walk would have found them;
one that does not match is walked.
"""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from kiosk.core.faults import Refused
from kiosk.core.study import ImageFacts
from kiosk.dicom.dataset import (
    INSTANCE_NUMBER,
    REQUEST_ATTRIBUTES,
    SOP_UID,
    VIEW_CODE,
    WANTED,
    RequestFacts,
    facts_of,
    facts_of_file,
)
from kiosk.dicom.soundness import (
    DEFLATED,
    EXPLICIT_BE,
    IMPLICIT_LE,
    MAX_WANTED_BYTES,
    UNDEFINED,
    Path_,
    Walk,
    valid_uid,
)

HEAD = 16 * 1024  # what is read of a file; longer headers are walked
LEARN = 16  # so many files are walked before their layout is made, and again when so many did not fit
MOST_LAYOUTS = 24
LONGEST_RANGE = 256  # a value that was longer has just the lengths that were seen

_PIXELS = b"\xe0\x7f\x10\x00"
_SEQUENCES = frozenset({REQUEST_ATTRIBUTES, VIEW_CODE})
_KEPT = frozenset(path[0] for path in WANTED)  # elements of the data set itself that are read, or sequences with such
_NUMBER = re.compile(rb" *[0-9]{1,9} *")
_META, _HEAD_OF_META = b"\2\0", 132
_SYNTAX_OF_FILE = b"\2\0\x10\0UI"


@dataclass(frozen=True)
class Step:
    """One element of the data set (or of the file meta) as it was walked.

    ``parts``: the bytes that were looked at, and the lengths of the values between them. ``width``: bytes of its
    length field where it holds one value and nothing else, so that another length would be walked alike; else 0.
    """

    parts: tuple[bytes | int, ...]
    width: int = 0

    @property
    def tag(self) -> bytes:
        return bytes(self.parts[0][:4])  # type: ignore[index]

    @property
    def name(self) -> bytes:
        """What is the same whatever the length: tag and value representation."""
        first = self.parts[0]
        assert isinstance(first, bytes)
        return first[: -self.width] if self.width else first[:4]

    @property
    def length(self) -> int:
        return self.parts[1] if len(self.parts) > 1 and isinstance(self.parts[1], int) else 0


class _Layout:
    """The elements of files that are alike, with what was seen of each."""

    def __init__(self, names: tuple[bytes, ...], transfer_syntax: str, implicit: bool) -> None:
        self.names = names
        self.transfer_syntax = transfer_syntax
        self.seen: list[set[Step]] = [set() for _ in names]
        self.pattern: re.Pattern[bytes] | None = None
        self.unfit = 0
        # Group of the expression -> the element it holds, and how long its head is.
        self.groups: list[tuple[int, int]] = []
        self._implicit = implicit

    def learn(self, steps: list[Step]) -> None:
        for seen, step in zip(self.seen, steps, strict=True):
            seen.add(step)
        self.unfit += 1
        if self.unfit >= LEARN:
            self.unfit = 0
            self._make()

    def _make(self) -> None:
        self.groups = []
        taken: set[int] = set()
        made = [b".{128}DICM"]
        for seen in self.seen:
            step = next(iter(seen))
            text = _alternatives(seen)
            tag = _tag(step.tag)
            if tag not in taken and (tag in _KEPT or tag in (0x00020002, 0x00020003)):
                taken.add(tag)
                head = 0 if tag in _SEQUENCES else len(step.parts[0])  # type: ignore[arg-type]
                self.groups.append((tag, head))
                text = b"(" + text + b")"
            made.append(text)
        self.pattern = re.compile(b"".join(made), re.DOTALL)

    def read(self, head: bytes, size: int, file: int) -> tuple[dict[int, bytes], str] | None:
        """Values by tag (sequences whole, with their head), or None where this is another layout or looks unsound."""
        match = self.pattern.match(head) if self.pattern is not None else None
        if match is None:
            return None
        at = match.end()
        if at != size and not _pixels_reach_the_end(head, at, size, file, self._implicit):
            return None
        values = {
            tag: said[skip:]
            for (tag, skip), said in zip(self.groups, match.groups(), strict=True)
            if len(said) - skip <= MAX_WANTED_BYTES or tag in _SEQUENCES
        }
        return values, self.transfer_syntax


class HeaderReader:
    """Reads headers, one thread at a time; what it learned of one file serves the next."""

    def __init__(self, source: str = "") -> None:
        self._source = source
        self._layouts: list[_Layout] = []  # the one that fitted last comes first
        self._alike: dict[tuple[object, ...], ImageFacts] = {}
        self.walked = 0

    def facts(self, path: Path | str) -> tuple[ImageFacts, os.stat_result]:
        """As ``facts_of_file``, with the file's size and time. Raises ``Refused`` or OSError."""
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            stat = os.fstat(file)
            head = os.read(file, HEAD)
            for at, layout in enumerate(self._layouts):
                read = layout.read(head, stat.st_size, file)
                if read is not None:
                    if at:
                        self._layouts.insert(0, self._layouts.pop(at))
                    return self._facts(*read), stat
        finally:
            os.close(file)
        self.walked += 1
        facts = facts_of_file(Path(path), self._source)
        self._learn(head)
        return facts, stat

    def _facts(self, values: dict[int, bytes], transfer_syntax: str) -> ImageFacts:
        said_class, said_uid = (_uid(values.pop(tag, b"")) for tag in (0x00020002, 0x00020003))
        raw_uid, raw_number = values.pop(SOP_UID, b""), values.pop(INSTANCE_NUMBER, b"")
        uid = _uid(raw_uid)
        # Images of a series differ in two values that stand by themselves: the rest of the facts is made once.
        simple = uid == said_uid and valid_uid(uid) and _NUMBER.fullmatch(raw_number) is not None
        key = (said_class, transfer_syntax, *values.items())
        alike = self._alike.get(key) if simple else None
        if alike is not None:
            return replace(alike, sop_uid=uid, instance_number=int(raw_number))
        found: dict[Path_, bytes] = {(tag,): said for tag, said in values.items() if tag not in _SEQUENCES}
        found |= {(SOP_UID,): raw_uid, (INSTANCE_NUMBER,): raw_number}
        for tag in _SEQUENCES & values.keys():
            found |= _inside(values[tag], transfer_syntax)
        request = RequestFacts(said_class, said_uid, transfer_syntax, self._source, binding=False)
        facts = facts_of(found, request)
        if simple:
            if len(self._alike) >= 512:
                self._alike.clear()
            self._alike[key] = facts
        return facts

    def _learn(self, head: bytes) -> None:
        steps, transfer_syntax = layout_of(head)
        if not steps:
            return
        names = tuple(step.name for step in steps)
        layout = next((each for each in self._layouts if each.names == names), None)
        if layout is None or layout.transfer_syntax != transfer_syntax:
            layout = _Layout(names, transfer_syntax, transfer_syntax == IMPLICIT_LE)
            self._layouts.append(layout)
            del self._layouts[:-MOST_LAYOUTS]
        layout.learn(steps)


def layout_of(head: bytes) -> tuple[list[Step], str]:
    """The steps from the beginning of a file to its pixels or its end; none where it is unusual."""
    try:
        steps, at, transfer_syntax = _meta_steps(head)
        if transfer_syntax in DEFLATED or transfer_syntax == EXPLICIT_BE or not transfer_syntax:
            return [], ""
        steps += _steps(head, at, transfer_syntax)
    except (Refused, ValueError, struct.error):
        return [], ""
    return steps, transfer_syntax


def _meta_steps(head: bytes) -> tuple[list[Step], int, str]:
    """The file meta as ``part10`` reads it; its transfer syntax is looked at, so it stands in the steps as it is."""
    if head[128:132] != b"DICM":
        raise ValueError
    steps, at, syntax = [], _HEAD_OF_META, ""
    numbers: set[bytes] = set()
    while head[at : at + 2] == _META:
        vr = head[at + 4 : at + 6]
        if vr in (b"OB", b"UN"):
            width, start = 4, at + 12
        elif vr.isalpha():
            width, start = 2, at + 8
        else:
            raise ValueError
        length = int.from_bytes(head[start - width : start], "little")
        if start + length > len(head) or head[at : at + 4] in numbers:
            raise ValueError
        numbers.add(head[at : at + 4])
        if head[at : at + 6] == _SYNTAX_OF_FILE:
            syntax = head[start : start + length].decode("ascii", "replace").strip("\0 ")
            steps.append(Step((head[at : start + length],)))
        else:
            steps.append(Step((head[at:start], length) if length else (head[at:start],), width))
        at = start + length
    return steps, at, syntax


def _steps(head: bytes, at: int, transfer_syntax: str) -> list[Step]:
    walk = Walk(transfer_syntax)
    implicit = transfer_syntax == IMPLICIT_LE
    steps: list[Step] = []
    parts: list[bytes | int] = []
    while at < len(head):
        if walk.at_rest:
            if parts:
                steps.append(_step(parts, implicit))
                parts = []
            if head[at : at + 4] == _PIXELS:
                return steps
        over = walk.skippable()
        count = over or walk.asks()
        if at + count > len(head):
            raise ValueError  # a header longer than what was read
        if over:
            parts.append(over)
            walk.skip(over)
        else:
            looked_at = head[at : at + count]
            if parts and isinstance(parts[-1], bytes):
                parts[-1] += looked_at
            else:
                parts.append(looked_at)
            walk.feed(looked_at)
        at += count
    walk.finish()
    return [*steps, _step(parts, implicit)]


def _step(parts: list[bytes | int], implicit: bool) -> Step:
    first = parts[0]
    assert isinstance(first, bytes)
    if len(parts) > 2 or (len(parts) == 2 and isinstance(parts[1], bytes)):
        return Step(tuple(parts))
    width = 4 if implicit or len(first) == 12 else 2
    length = parts[1] if len(parts) == 2 else 0
    named = implicit or (first[4:6].isalpha() and first[4:6].isupper())
    one_value = len(first) in (8, 12) and int.from_bytes(first[-width:], "little") == length
    sequence = first[4:6] == b"SQ" or (implicit and not length)  # an empty sequence has another form when it is full
    return Step(tuple(parts), width if named and one_value and not sequence else 0)


def _alternatives(seen: set[Step]) -> bytes:
    """An expression for an element in every form that was seen, or would be walked alike."""
    simple = sorted((step for step in seen if step.width), key=lambda step: step.length)
    forms = {_expression(step.parts) for step in seen if not step.width}
    if simple:
        first, lengths = simple[0], {step.length for step in simple}
        low, high = min(lengths), max(lengths)
        if low != high and high <= LONGEST_RANGE:
            lengths |= set(range(low + low % 2, high + 1, 2))
        for length in sorted(lengths):
            header = first.name + length.to_bytes(first.width, "little")
            forms.add(_expression((header, length) if length else (header,)))
    ordered = sorted(forms)
    return ordered[0] if len(ordered) == 1 else b"(?:" + b"|".join(ordered) + b")"


def _expression(parts: tuple[bytes | int, ...]) -> bytes:
    return b"".join(re.escape(each) if isinstance(each, bytes) else b".{%d}" % each for each in parts)


def _pixels_reach_the_end(head: bytes, at: int, size: int, file: int, implicit: bool) -> bool:
    """Do the pixels that begin at ``at`` end with the file? What comes behind them is for the walk to look at."""
    start = at + (8 if implicit else 12)
    if head[at : at + 4] != _PIXELS or start > len(head):
        return False
    if not implicit and head[at + 4 : at + 6] not in (b"OW", b"OB"):
        return False
    length = int.from_bytes(head[start - 4 : start], "little")
    if length != UNDEFINED:
        return start + length == size
    while start + 8 <= size:  # fragments, PS3.5 A.4
        if start + 8 <= len(head):
            piece = head[start : start + 8]
        else:
            os.lseek(file, start, os.SEEK_SET)
            piece = os.read(file, 8)
        tag, length = struct.unpack("<4sL", piece)
        start += 8
        if tag == b"\xfe\xff\xdd\xe0":
            return start == size
        if tag != b"\xfe\xff\x00\xe0" or length == UNDEFINED:
            return False
        start += length
    return False


@lru_cache(maxsize=1024)
def _inside(sequence: bytes, transfer_syntax: str) -> dict[Path_, bytes]:
    walk = Walk(transfer_syntax, WANTED)
    walk.feed(sequence)
    return walk.finish()


@lru_cache(maxsize=64)
def _uid(raw: bytes) -> str:
    return raw.decode("ascii", "replace").strip("\0 ")


def _tag(raw: bytes) -> int:
    group, number = struct.unpack("<HH", raw)
    return int(group) << 16 | int(number)
