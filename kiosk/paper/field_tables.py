"""The fields of a finding on paper: a table for each part of the body, side by side where the kind's layout says so."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm

from kiosk.core.finding_tables import FieldTable
from kiosk.core.words import N_, say
from kiosk.paper import fonts, lines
from kiosk.paper.page import GROUND, SECONDARY, Sheets

_SIZE, _ROW_MM, _GAP_MM, _PAD_MM = 9.0, 5.0, 5.0, 1.5
_LABEL_SHARE = 0.45  # of a table with one column of values
_MOST_LABEL_MM = 42.0


def texts_of_tables(tables: Sequence[Sequence[FieldTable]]) -> list[str]:
    """Every text that they show."""
    return [
        text
        for line in tables for table in line
        for text in (table.title, *table.columns, *(word for name, values in table.rows for word in (name, *values)))
    ]  # fmt: skip


def field_tables(sheets: Sheets, tables: Sequence[Sequence[FieldTable]]) -> None:
    """Draw them from ``y_mm`` on; a line of tables that does not fit goes to the next page as a whole."""
    for line in tables:
        room = (sheets.right_mm - sheets.left_mm - _GAP_MM * (len(line) - 1)) / len(line)
        drawn = [_Drawn(table, room) for table in line]
        sheets.need(min(max(each.height_mm for each in drawn), 200))
        top = sheets.y_mm
        low = top
        for at, each in enumerate(drawn):
            sheets.y_mm = top
            each.draw(sheets, sheets.left_mm + at * (room + _GAP_MM))
            low = max(low, sheets.y_mm)
        sheets.y_mm = low + 2.5


class _Drawn:
    def __init__(self, table: FieldTable, width_mm: float) -> None:
        self._table, self._width = table, width_mm
        names = [name or say(N_("Finding")) for name, _ in table.rows]
        widest = max(fonts.width_pt(table.title, _SIZE, bold=True) if any(table.columns) else 0,
                     *(fonts.width_pt(name, _SIZE) for name in names)) / mm + 2 * _PAD_MM  # fmt: skip
        self._label = min(widest, width_mm * _LABEL_SHARE, _MOST_LABEL_MM)
        self._column = (width_mm - self._label) / max(1, len(table.columns))
        self._rows = [(self._wrapped(name, self._label), [self._wrapped(value, self._column) for value in values])
                      for name, (_, values) in zip(names, table.rows, strict=True)]  # fmt: skip
        self._headed = any(table.columns)

    @staticmethod
    def _wrapped(text: str, width_mm: float) -> list[str]:
        return lines.wrapped(text, (width_mm - 2 * _PAD_MM) * mm, _SIZE) if text else [""]

    @staticmethod
    def _height(row: tuple[list[str], list[list[str]]]) -> float:
        most = max(len(row[0]), *(len(value) for value in row[1]))
        return _ROW_MM + (most - 1) * _ROW_MM * 0.8

    @property
    def height_mm(self) -> float:
        return _ROW_MM + sum(self._height(row) for row in self._rows)

    def draw(self, sheets: Sheets, x_mm: float) -> None:
        y = sheets.y_mm
        sheets.box(x_mm, y, self._width, _ROW_MM, fill=GROUND)
        title = lines.shortened(self._table.title, (self._label - _PAD_MM if self._headed else self._width) * mm,
                                _SIZE, bold=True)  # fmt: skip
        sheets.text(x_mm + _PAD_MM, y + 3.6, title, _SIZE, bold=True)
        for at, name in enumerate(self._table.columns):
            sheets.text(x_mm + self._label + at * self._column + _PAD_MM, y + 3.6, name, _SIZE, bold=True)
        y += _ROW_MM
        for row in self._rows:
            height = self._height(row)
            sheets.box(x_mm, y, self._width, height)
            for number, part in enumerate(row[0]):
                sheets.text(x_mm + _PAD_MM, y + 3.6 + number * _ROW_MM * 0.8, part, _SIZE, color=SECONDARY)
            for at, value in enumerate(row[1]):
                left = x_mm + self._label + at * self._column
                for number, part in enumerate(value):
                    sheets.text(left + _PAD_MM, y + 3.6 + number * _ROW_MM * 0.8, part, _SIZE)
            y += height
        sheets.y_mm = y
