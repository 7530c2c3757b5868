"""A list with columns over as many pages as it needs: the book of finding codes, findings that were searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from kiosk.core.words import N_, say
from kiosk.paper import fonts, lines
from kiosk.paper.page import GROUND, SECONDARY, Frame, Sheets

_SIZE, _SMALL = 9.0, 8.0
_STEP_MM, _PAD_MM = 4.4, 1.2


@dataclass(frozen=True)
class ListColumn:
    """``lines``: what needs more is shortened with …; ``width_mm`` is shared out in proportion to the page."""

    title: str
    width_mm: float
    lines: int = 1
    bold: bool = False


Row = Sequence[str] | str  # a text alone is a heading


def table_list(frame: Frame, columns: Sequence[ListColumn], rows: Sequence[Row]) -> tuple[bytes, int]:
    """The list as PDF bytes and its number of pages; characters that no font has are named in a footnote."""
    sheets = Sheets(frame)
    room = sheets.right_mm - sheets.left_mm
    widths = [column.width_mm * room / sum(each.width_mm for each in columns) for column in columns]
    _header(sheets, columns, widths)
    for row in rows:
        if isinstance(row, str):
            _heading(sheets, columns, widths, row)
        else:
            _row(sheets, columns, widths, row)
    if not rows:
        sheets.paragraph(say(N_("Nothing to show.")), 11)
    return sheets.pdf(), len(sheets.pages)


def _header(sheets: Sheets, columns: Sequence[ListColumn], widths: Sequence[float]) -> None:
    sheets.box(sheets.left_mm, sheets.y_mm - 1, sheets.right_mm - sheets.left_mm, 6.5, fill=GROUND, line="")
    x = sheets.left_mm
    for column, width in zip(columns, widths, strict=True):
        sheets.text(x + _PAD_MM, sheets.y_mm + 3.6, say(column.title), _SMALL, color=SECONDARY)
        x += width
    sheets.y_mm += 5.5
    sheets.rule(sheets.left_mm, sheets.y_mm, sheets.right_mm, width_pt=0.8, color=SECONDARY)


def _heading(sheets: Sheets, columns: Sequence[ListColumn], widths: Sequence[float], text: str) -> None:
    if sheets.need(7 + 2 * _STEP_MM):  # never alone at the foot of a page
        _header(sheets, columns, widths)
    sheets.text(sheets.left_mm + _PAD_MM, sheets.y_mm + 5, text, 11, bold=True)
    sheets.y_mm += 7
    sheets.rule(sheets.left_mm, sheets.y_mm, sheets.right_mm, width_pt=0.3)


def _row(sheets: Sheets, columns: Sequence[ListColumn], widths: Sequence[float], row: Sequence[str]) -> None:
    cells = [
        lines.cut(text, (width - 2 * _PAD_MM) * mm, _SIZE, column.lines, column.bold)
        for text, column, width in zip(row, columns, widths, strict=True)
    ]
    height = max(len(cell) for cell in cells) * _STEP_MM + 1.6
    if sheets.need(height):
        _header(sheets, columns, widths)
    x = sheets.left_mm
    for cell, column, width in zip(cells, columns, widths, strict=True):
        for number, line in enumerate(cell):
            sheets.text(x + _PAD_MM, sheets.y_mm + 3.8 + number * _STEP_MM, line, _SIZE, bold=column.bold)
        x += width
    missing = fonts.gaps("".join(row))
    if missing:
        named = fonts.numbered(missing)
        sheets.note(say(N_("〓 in {row}: {characters} is not in the font."), row=row[0], characters=named))
    sheets.y_mm += height
    sheets.rule(sheets.left_mm, sheets.y_mm, sheets.right_mm, width_pt=0.3)
