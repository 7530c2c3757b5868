"""The day's list of examinees for reception, on A4 across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from kiosk.core.words import N_, say
from kiosk.paper import fonts, lines
from kiosk.paper.page import GROUND, NOTE_MM, SECONDARY, Frame, Sheets, write_whole

_SIZE, _SMALL = 9.5, 8.0
_STEP_MM, _PAD_MM = 4.6, 1.3
_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


@dataclass(frozen=True)
class DayRow:
    """One examinee of the list, each field as it is to be read."""

    time: str = ""
    number: str = ""
    name: str = ""
    kana: str = ""
    sex: str = ""
    age: str = ""
    course: str = ""
    examinations: str = ""
    remark: str = ""


@dataclass(frozen=True)
class _Column:
    title: str
    field: str
    width_mm: float
    lines: int = 1  # more lines than this are shortened with …


_COLUMNS = (
    _Column(N_("Time"), "time", 13),
    _Column(N_("Number"), "number", 30),
    _Column(N_("Name"), "name", 42, 2),
    _Column(N_("Kana"), "kana", 42, 2),
    _Column(N_("Sex"), "sex", 9),
    _Column(N_("Age"), "age", 10),
    _Column(N_("Course"), "course", 30, 2),
    _Column(N_("Examinations"), "examinations", 62, 3),
    _Column(N_("Remark"), "remark", 35, 8),  # allergies and the like: to be read to the end
)
_BARCODE_MM = 42.0


def weekday(day: date) -> str:
    """火"""
    return say(_WEEKDAYS[day.weekday()])


def shown_day(day: date) -> str:
    """2026-11-24(火), as everywhere in the program."""
    return f"{day.isoformat()}({weekday(day)})"


def write_day_list(
    path: Path,
    day: date,
    institution: str,
    rows: Sequence[DayRow],
    *,
    station: str = "",
    printed_at: str = "",
    barcode: str = "",
    of: int = 0,
) -> int:
    """Write the list as PDF and return the number of its pages. ``of`` are all examinees of the day, where ``rows``
    are only some of them: then every page says so.

    ``barcode`` is ``code128`` or ``nw7`` to print each number as a barcode too, empty for none. A character that no
    font has is printed as 〓 with the kana in a footnote of the same page.
    """
    counted = say(N_("{n} examinees"), n=len(rows))
    if of > len(rows):
        counted = say(N_("extract: {n} of {of} examinees"), n=len(rows), of=of)
    right = f"{shown_day(day)}   {counted}"
    title = say(N_("Examinees of the day"))
    sheets = Sheets(Frame(title, institution, right, station, printed_at, landscape=True))
    columns = _widened(_COLUMNS, barcode)
    _header(sheets, columns)
    for number, row in enumerate(rows):
        _row(sheets, columns, row, barcode, shaded=bool(number % 2))
    if not rows:
        sheets.paragraph(say(N_("No examinees on this day.")), 11)
    write_whole(path, sheets.pdf())
    return len(sheets.pages)


def _widened(columns: tuple[_Column, ...], barcode: str) -> tuple[_Column, ...]:
    """With barcodes the number needs its width; the examinations give it."""
    if not barcode:
        return columns
    more = _BARCODE_MM - 30
    change = {"number": more, "examinations": -more}
    return tuple(
        _Column(column.title, column.field, column.width_mm + change.get(column.field, 0), column.lines)
        for column in columns
    )


def _header(sheets: Sheets, columns: tuple[_Column, ...]) -> None:
    sheets.box(sheets.left_mm, sheets.y_mm - 1, sheets.right_mm - sheets.left_mm, 6.5, fill=GROUND, line="")
    x = sheets.left_mm
    for column in columns:
        sheets.text(x + _PAD_MM, sheets.y_mm + 3.6, say(column.title), _SMALL, color=SECONDARY)
        x += column.width_mm
    sheets.y_mm += 5.5
    sheets.rule(sheets.left_mm, sheets.y_mm, sheets.right_mm, width_pt=0.8, color=SECONDARY)


def _row(sheets: Sheets, columns: tuple[_Column, ...], row: DayRow, barcode: str, shaded: bool) -> None:
    cells = [_cell(str(getattr(row, column.field)), column) for column in columns]
    notes = _notes(row)
    bars_mm = 7.0 if barcode and row.number else 0.0
    height = max(max(len(cell) for cell in cells) * _STEP_MM + 1.8, bars_mm + _STEP_MM + 1.8 if bars_mm else 0.0)
    if sheets.need(height + NOTE_MM * len(notes)):
        _header(sheets, columns)
    if shaded:
        sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, height, fill=GROUND, line="")
    x = sheets.left_mm
    for column, cell in zip(columns, cells, strict=True):
        for index, line in enumerate(cell):
            bold = column.field in ("number", "name")
            sheets.text(x + _PAD_MM, sheets.y_mm + 4.2 + index * _STEP_MM, line, _SIZE, bold=bold)
        if column.field == "number" and bars_mm:
            _bars(sheets, row.number, barcode, x + _PAD_MM, sheets.y_mm + 5.6 + bars_mm, column.width_mm - 2 * _PAD_MM)
        x += column.width_mm
    for note in notes:
        sheets.note(note)
    sheets.y_mm += height
    sheets.rule(sheets.left_mm, sheets.y_mm, sheets.right_mm, width_pt=0.3)


def _cell(text: str, column: _Column) -> list[str]:
    room = (column.width_mm - 2 * _PAD_MM) * mm
    bold = column.field in ("number", "name")
    found = lines.wrapped(text, room, _SIZE, bold)
    if len(found) > column.lines:
        rest = "".join(found[column.lines - 1 :])
        found = [*found[: column.lines - 1], lines.shortened(rest + "…", room, _SIZE, bold)]
    return found


def _notes(row: DayRow) -> list[str]:
    """What stands in the footnote for a row with characters that could not be shown as they are."""
    texts = [row.name, row.kana, row.course, row.examinations, row.remark]
    missing = fonts.gaps("".join(texts))
    notes = []
    if missing:
        notes.append(
            say(N_("〓 in number {number}: {characters} is not in the font. Kana: {kana}"),
                number=row.number, characters=fonts.numbered(missing), kana=row.kana or "-")
        )  # fmt: skip
    forms = fonts.other_forms("".join(texts))
    if forms:
        notes.append(
            say(N_("Number {number}: {characters} is written in another form of the character."),
                number=row.number, characters=", ".join(fonts.named(form) for form in forms))
        )  # fmt: skip
    return notes


def _bars(sheets: Sheets, number: str, kind: str, x_mm: float, low_mm: float, room_mm: float) -> None:
    """The number as a barcode, as wide as the column allows (scanners want bars of 0.19 mm and more)."""
    from reportlab.graphics.barcode.code128 import Code128
    from reportlab.graphics.barcode.common import Codabar

    def made(bar_mm: float) -> object:
        if kind == "nw7":
            return Codabar(number, barWidth=bar_mm * mm, barHeight=6 * mm, humanReadable=False, quiet=0)
        return Code128(number, barWidth=bar_mm * mm, barHeight=6 * mm, humanReadable=False, quiet=0)

    barcode = made(0.3)
    wide = barcode.width / mm  # type: ignore[attr-defined]
    if wide > room_mm:
        barcode = made(0.3 * room_mm / wide)

    def draw(canvas: Canvas, x: float, y: float) -> None:
        barcode.drawOn(canvas, x, y)  # type: ignore[attr-defined]

    sheets.drawing(draw, x_mm, low_mm)
