"""The slip that a person takes home, and the day's list of a kind: what, when, how to prepare, whom to call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from kiosk.core.words import N_, Sentence, say
from kiosk.paper import fonts, lines
from kiosk.paper.day_list import shown_day
from kiosk.paper.page import GROUND, SECONDARY, Frame, Sheets, write_whole

_STEP_MM = 5.0
_COLUMNS = (
    (N_("Time"), 16.0), (N_("Seat"), 12.0), (N_("Name"), 42.0), (N_("Kana"), 42.0), (N_("ID"), 28.0),
    (N_("Birth date, age"), 42.0), (N_("Telephone"), 32.0), (N_("Comment"), 52.0),
)  # fmt: skip


@dataclass(frozen=True)
class SlipFacts:
    """What stands on a slip. ``code`` is the barcode (patient ID), empty for none."""

    name: str
    kana: str
    kind: str
    day: date
    at: str
    preparation: str = ""
    notes: str = ""
    place: str = ""
    phone: str = ""
    code: str = ""
    more: tuple[str, ...] = ()  # what belongs to it: the other parts of a course, the return visit; a line each


def write_slip(path: Path, facts: SlipFacts, institution: str, *, station: str = "", printed_at: str = "") -> int:
    """Write it as PDF; the number of its pages. A letter that no font has is 〓, the kana stand above."""
    sheets = Sheets(Frame(say(N_("Booking slip")), institution, shown_day(facts.day), station, printed_at))
    left = sheets.left_mm
    sheets.text(left, sheets.y_mm + 4, facts.kana, 11, color=SECONDARY)
    sheets.text(left, sheets.y_mm + 13, f"{facts.name}  {say(N_('(honorific)'))}", 20, bold=True)
    sheets.y_mm += 20
    sheets.box(left, sheets.y_mm, sheets.right_mm - left, 26, fill=GROUND, line="")
    sheets.text(left + 4, sheets.y_mm + 9, facts.kind, 16, bold=True)
    sheets.text(left + 4, sheets.y_mm + 20, f"{shown_day(facts.day)}  {facts.at}", 20, bold=True)
    sheets.y_mm += 32
    for line in facts.more:
        sheets.text(left + 4, sheets.y_mm + 6, line, 14, bold=True)
        sheets.y_mm += 9
    for title, text in ((N_("Preparation"), facts.preparation), (N_("Please note"), facts.notes),
                        (N_("Where"), facts.place)):  # fmt: skip
        if text:
            sheets.text(left, sheets.y_mm + 4, say(title), 10, color=SECONDARY)
            sheets.y_mm += 6
            sheets.paragraph(text, 13)
            sheets.y_mm += 4
    if facts.phone:
        told = Sentence(N_("To change or cancel, please call {phone}."), {"phone": facts.phone})
        sheets.paragraph(say(told), 12)
    missing = fonts.gaps(facts.name)
    if missing:
        sheets.note(fonts.numbered(missing))
    if facts.code:
        _bars(sheets, facts.code)
    write_whole(path, sheets.pdf())
    return len(sheets.pages)


def write_bookings(
    path: Path, kind: str, day: date, rows: Sequence[Sequence[str]], institution: str, *, station: str = "",
    printed_at: str = "",
) -> int:  # fmt: skip
    """The day's bookings of a kind on A4 across; ``rows`` in the order of the columns: time, seat, name, kana, ID,
    birth date, telephone, comment. Returns the number of pages.
    """
    right = f"{shown_day(day)}   {say(Sentence(N_('{n} bookings'), {'n': len(rows)}))}"
    sheets = Sheets(Frame(kind, institution, right, station, printed_at, landscape=True))
    _header(sheets)
    for number, row in enumerate(rows):
        widths = [wide for _, wide in _COLUMNS]
        wrapped = [lines.wrapped(cell, (wide - 2) * mm, 10) or [""] for cell, wide in zip(row, widths, strict=True)]
        height = max(map(len, wrapped)) * _STEP_MM + 2
        if sheets.need(height):
            _header(sheets)
        if number % 2:
            sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, height, fill=GROUND, line="")
        x = sheets.left_mm
        for (_, wide), cell in zip(_COLUMNS, wrapped, strict=True):
            for at, line in enumerate(cell):
                sheets.text(x + 1, sheets.y_mm + 4.4 + at * _STEP_MM, line, 10)
            x += wide
        sheets.y_mm += height
    if not rows:
        sheets.paragraph(say(N_("Nobody is booked on this day.")), 12)
    write_whole(path, sheets.pdf())
    return len(sheets.pages)


def _header(sheets: Sheets) -> None:
    sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, 6, fill=GROUND, line="")
    x = sheets.left_mm
    for title, wide in _COLUMNS:
        sheets.text(x + 1, sheets.y_mm + 4.2, say(title), 8, color=SECONDARY)
        x += wide
    sheets.y_mm += 6.5


def _bars(sheets: Sheets, code: str) -> None:
    """The patient ID as CODE128, at the foot of the text."""
    from reportlab.graphics.barcode.code128 import Code128

    barcode = Code128(code, barWidth=0.3 * mm, barHeight=12 * mm, humanReadable=False, quiet=0)
    sheets.y_mm += 20
    sheets.text(sheets.left_mm, sheets.y_mm + 4, code, 10)

    def draw(canvas: Canvas, x: float, y: float) -> None:
        barcode.drawOn(canvas, x, y)

    sheets.drawing(draw, sheets.left_mm, sheets.y_mm)
