"""The card of all keys, on A4 across: to lie beside the keyboard."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm

from kiosk.paper import lines
from kiosk.paper.page import GROUND, SECONDARY, Frame, Sheets

_SIZE, _STEP_MM, _LINE_MM, _CAP_MM, _BETWEEN_MM = 10.0, 5.9, 4.4, 40.0, 8.0


def key_card_pdf(
    title: str,
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    institution: str = "",
    *,
    station: str = "",
    printed_at: str = "",
) -> bytes:
    """``groups``: heading, and the caps with what they do. The PDF."""
    sheets = Sheets(Frame(title, institution, "", station, printed_at, landscape=True))
    wide_mm = (sheets.right_mm - sheets.left_mm - _BETWEEN_MM) / 2
    for heading, keys in groups:
        sheets.need(3 * _STEP_MM)
        sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, _STEP_MM, fill=GROUND, line="")
        sheets.text(sheets.left_mm + 2, sheets.y_mm + 4.2, heading, _SIZE, bold=True, color=SECONDARY)
        sheets.y_mm += _STEP_MM + 1
        half = -(-len(keys) // 2)
        for pair in zip(keys[:half], [*keys[half:], None], strict=False):
            _row(sheets, pair, wide_mm)
        sheets.y_mm += 3
    return sheets.pdf()


def _row(sheets: Sheets, pair: Sequence[tuple[str, str] | None], wide_mm: float) -> None:
    """A key of the left half and one of the right half."""
    told = [lines.wrapped(each[1], (wide_mm - _CAP_MM - 2) * mm, _SIZE) if each is not None else [] for each in pair]
    height = _STEP_MM + (max(len(each) for each in told) - 1) * _LINE_MM
    sheets.need(height)
    for number, (each, words) in enumerate(zip(pair, told, strict=True)):
        if each is None:
            continue
        left = sheets.left_mm + number * (wide_mm + _BETWEEN_MM)
        sheets.text(left + 2, sheets.y_mm + 4.2, each[0], _SIZE + 0.5, bold=True)
        for at, line in enumerate(words):
            sheets.text(left + _CAP_MM, sheets.y_mm + 4.2 + at * _LINE_MM, line, _SIZE)
        sheets.rule(left, sheets.y_mm + height, left + wide_mm, width_pt=0.3)
    sheets.y_mm += height
