"""The readiness and the reconciliation sheet of a day: the numbers as bars, then only what does not agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from reportlab.lib.units import mm

from kiosk.core.day_sheets import MISSING, TITLES, Sheet
from kiosk.core.words import N_, say
from kiosk.paper import lines
from kiosk.paper.day_list import shown_day
from kiosk.paper.page import GROUND, SECONDARY, Frame, Sheets, write_whole

_BAR_MM, _CAPTION_MM = 6.0, 62.0
_COLUMNS = ((N_("Number"), 30.0), (N_("ID"), 30.0), (N_("Name"), 38.0), (N_("What is missing"), 82.0))
_FULL, _LACKING = "#17663a", "#92400e"


def write_sheet(path: Path, sheet: Sheet, institution: str, *, station: str = "", printed_at: str = "") -> int:
    """Write it as PDF; the number of its pages."""
    day = shown_day(date.fromisoformat(sheet.day))
    sheets = Sheets(Frame(say(TITLES[sheet.kind]), institution, day, station, printed_at))
    _bars(sheets, sheet.counts)
    sheets.y_mm += 4
    if sheet.lines:
        _header(sheets)
        for number, line in enumerate(sheet.lines):
            cells = (line.number, line.patient_id, line.name, say(line.what))
            _row(sheets, cells, shaded=bool(number % 2))
    else:
        sheets.paragraph(say(N_("Everything agrees.")), 12)
    write_whole(path, sheets.pdf())
    return len(sheets.pages)


def _bars(sheets: Sheets, counts: Sequence[tuple[str, int]]) -> None:
    """Each number with its bar; the longest is the widest."""
    most = max([n for _, n in counts] or [1]) or 1
    room = sheets.right_mm - sheets.left_mm - _CAPTION_MM - 18
    for text, number in counts:
        sheets.text(sheets.left_mm, sheets.y_mm + 4.6, say(text), 10)
        sheets.text(sheets.left_mm + _CAPTION_MM + 12, sheets.y_mm + 4.8, str(number), 12, bold=True, align="right")
        if number:
            wide, ink = room * number / most, _LACKING if text == MISSING else _FULL
            sheets.box(sheets.left_mm + _CAPTION_MM + 16, sheets.y_mm + 0.8, wide, _BAR_MM - 1.6, fill=ink, line="")
        sheets.y_mm += _BAR_MM + 1


def _header(sheets: Sheets) -> None:
    sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, 6, fill=GROUND, line="")
    x = sheets.left_mm
    for title, wide in _COLUMNS:
        sheets.text(x + 1, sheets.y_mm + 4.2, say(title), 8, color=SECONDARY)
        x += wide
    sheets.y_mm += 6.5


def _row(sheets: Sheets, cells: Sequence[str], *, shaded: bool) -> None:
    wrapped = [
        lines.wrapped(cell, (wide - 2) * mm, 10) or [""] for cell, (_, wide) in zip(cells, _COLUMNS, strict=True)
    ]
    height = max(map(len, wrapped)) * 4.8 + 1.6
    if sheets.need(height):
        _header(sheets)
    if shaded:
        sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, height, fill=GROUND, line="")
    x = sheets.left_mm
    for (_, wide), cell in zip(_COLUMNS, wrapped, strict=True):
        for at, line in enumerate(cell):
            sheets.text(x + 1, sheets.y_mm + 4.2 + at * 4.8, line, 10)
        x += wide
    sheets.y_mm += height
