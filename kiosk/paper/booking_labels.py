"""Labels of bookings on sheets of labels: for the chart, the tube, the gown; each with the ID as a barcode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from kiosk.core.label_grid import LabelGrid, places
from kiosk.core.words import N_, say
from kiosk.paper import fonts, lines
from kiosk.paper.day_list import shown_day
from kiosk.paper.page import SECONDARY, Frame, Sheets, write_whole

_BAR_MM, _NARROWEST_MM = 0.3, 0.17  # scanners want bars of 0.17 mm and more
_LOWEST_MM, _HIGHEST_MM = 3.5, 12.0
_TEXT_MM, _GAP_MM = 16.4, 1.2  # height of the four lines at their usual size, and what parts them from the bars


@dataclass(frozen=True)
class LabelFacts:
    """What stands on a label. ``patient_id`` is printed and, where CODE128 has its characters, shown as bars."""

    name: str = ""
    kana: str = ""
    patient_id: str = ""
    birth: str = ""
    kind: str = ""
    day: date | None = None
    at: str = ""


def write_labels(path: Path, labels: Sequence[LabelFacts], grid: LabelGrid | None = None, *, start: int = 1) -> int:
    """Labels row by row from label ``start`` of the first sheet on, as PDF of A4; the number of sheets.

    A letter that no font has is 〓, the kana stand above. Raises WrongGrid, WrongStart.
    """
    grid = grid or LabelGrid()
    sheets = Sheets(Frame(say(N_("Labels")), bare=True))
    for facts, place in zip(labels, places(grid, len(labels), start), strict=True):
        if place.sheet >= len(sheets.pages):
            sheets.new_page()
        pad = grid.padding_mm
        _label(sheets, facts, place.x_mm + pad, place.y_mm + pad, grid.wide_mm - 2 * pad, grid.high_mm - 2 * pad)
    write_whole(path, sheets.pdf())
    return len(sheets.pages)


def _label(sheets: Sheets, facts: LabelFacts, x: float, y: float, wide: float, high: float) -> None:
    """Four lines from above, as large as the label allows, and the bars in what is left; an ID that is too long to
    stand beside the birth date has a line of its own.
    """
    scale = min(1.5, wide / 58, max((high - 9 - _GAP_MM) / _TEXT_MM, min(1.0, (high - 6 - _GAP_MM) / _TEXT_MM)))
    small, name_pt = max(5.0, 8 * scale), max(8.0, 13 * scale)
    step = small * 0.46  # mm
    kana = lines.shortened(facts.kana, wide * mm, small)
    name = lines.shortened(facts.name or facts.kana, wide * mm, name_pt, bold=True)
    when = " ".join(part for part in (shown_day(facts.day) if facts.day else "", facts.at) if part)
    apart = fonts.width_pt(facts.birth + facts.patient_id, small) / mm + 2 > wide
    low = y + step * 0.75
    sheets.text(x, low, kana, small, color=SECONDARY)
    low += name_pt * 0.44
    sheets.text(x, low, name, name_pt, bold=True)
    low += step * 0.15
    pairs = [(facts.birth, "" if apart else facts.patient_id), (facts.kind, when)]
    for left, right in pairs:
        low += step
        room = wide - (fonts.width_pt(right, small) / mm + 2 if right else 0.0)
        sheets.text(x, low, lines.shortened(left, room * mm, small), small)
        sheets.text(x + wide, low, right, small, align="right")
    if apart:
        size = max(5.0, min(small, 0.99 * small * wide * mm / fonts.width_pt(facts.patient_id, small)))
        low += step
        sheets.text(x, low, lines.shortened(facts.patient_id, wide * mm, size), size)
    low += _GAP_MM
    bars = min(_HIGHEST_MM, y + high - low)
    if facts.patient_id and bars >= _LOWEST_MM:
        _bars(sheets, facts.patient_id, x, low + bars, wide, bars)


def _bars(sheets: Sheets, code: str, x: float, low: float, wide: float, high: float) -> None:
    """The code as CODE128; nothing where it can't be told by bars, or only by bars that no scanner reads."""
    from reportlab.graphics.barcode.code128 import Code128

    if not code.isascii() or not code.isprintable():
        return
    barcode = Code128(code, barWidth=_BAR_MM * mm, barHeight=high * mm, humanReadable=False, quiet=0)
    bar = min(_BAR_MM, _BAR_MM * wide / (barcode.width / mm))
    if bar < _NARROWEST_MM:
        return
    barcode = Code128(code, barWidth=bar * mm, barHeight=high * mm, humanReadable=False, quiet=0)

    def draw(canvas: Canvas, at_x: float, at_y: float) -> None:
        barcode.drawOn(canvas, at_x, at_y)

    sheets.drawing(draw, x, low)
