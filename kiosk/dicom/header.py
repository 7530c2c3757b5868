"""A file's header as lines to read and to search, broken files included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from kiosk.dicom.pixel_source import PixelSource, open_source

MAX_LINES = 20_000
MAX_TEXT = 400
MAX_DEPTH = 32
BINARY = ("OB", "OW", "OF", "OD", "OL", "OV", "UN")


@dataclass(frozen=True)
class HeaderLine:
    """One element: ``tag`` as (gggg,eeee), ``depth`` its nesting in sequences, ``value`` shortened to be read."""

    tag: str
    keyword: str
    vr: str
    value: str
    depth: int = 0


def read_header(path: Path) -> list[HeaderLine]:
    """All elements up to the pixel data, meta information first. Raises Unreadable where it is no DICOM file."""
    source = open_source(path)
    lines: list[HeaderLine] = []
    for ds in (getattr(source.ds, "file_meta", None), source.ds):
        if ds is None:
            continue
        for line in _lines(ds, 0):
            lines.append(line)
            if len(lines) >= MAX_LINES:
                return lines
    if source.keyword:
        lines.append(_pixel_line(source))
    return lines


def _lines(ds: Dataset, depth: int) -> Iterator[HeaderLine]:
    for tag in sorted(ds.keys()):
        name = f"({tag.group:04X},{tag.element:04X})"
        try:
            element = ds[tag]
            vr, value = str(element.VR), element.value
            keyword = element.keyword or (element.name if element.name != "Unknown" else "")
        except Exception as why:  # noqa: BLE001 - a value that can't be read is shown as such, the others go on
            yield HeaderLine(name, keyword_for_tag(tag), "??", f"? {type(why).__name__}", depth)
            continue
        if vr == "SQ":
            items = list(value) if value is not None else []
            yield HeaderLine(name, keyword, vr, f"[{len(items)}]", depth)
            if depth >= MAX_DEPTH:
                continue
            for number, item in enumerate(items, start=1):
                yield HeaderLine("", "", "", f"#{number}", depth + 1)
                yield from _lines(item, depth + 1)
        else:
            yield HeaderLine(name, keyword, vr, _told(vr, value), depth)


def _told(vr: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        readable = vr == "UN" and value.rstrip(b"\0 ").isascii() and value.rstrip(b"\0 ").decode("ascii").isprintable()
        told = value.rstrip(b"\0 ").decode("ascii") if readable else f"<{len(value)} bytes>"
    elif vr in BINARY:
        told = f"<{len(value)} values>" if hasattr(value, "__len__") else str(value)
    elif isinstance(value, MultiValue):
        told = "\\".join(str(part) for part in value)
    else:
        told = str(value)
    told = " ".join(told.split())
    return told if len(told) <= MAX_TEXT else told[:MAX_TEXT] + "…"


def _pixel_line(source: PixelSource) -> HeaderLine:
    tag = {"FloatPixelData": "(7FE0,0008)", "DoubleFloatPixelData": "(7FE0,0009)"}.get(source.keyword, "(7FE0,0010)")
    size = source.size - source.start if source.length is None else source.length
    return HeaderLine(tag, source.keyword, source.vr, f"<{size} bytes>")
