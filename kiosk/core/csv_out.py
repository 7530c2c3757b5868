"""CSV as Excel reads it: UTF-8 with BOM, CRLF, and no cell that Excel would take for a formula."""

from __future__ import annotations

from collections.abc import Iterable

BOM = b"\xef\xbb\xbf"
# Excel calculates what begins like this, in Japanese settings also in full width (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def defused(cell: str) -> str:
    """The cell with an apostrophe before what Excel would calculate; everything else as it is."""
    return "'" + cell if cell.startswith(_FORMULA) else cell


def csv_line(cells: Iterable[str]) -> bytes:
    """One row, every cell quoted (RFC 4180), line breaks inside a cell kept."""
    return (",".join('"' + defused(cell).replace('"', '""') + '"' for cell in cells) + "\r\n").encode(
        "utf-8", "replace"
    )
