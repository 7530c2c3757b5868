"""Bookings and slots of a period as an Excel workbook, for counting and sorting outside the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from kiosk.core.booking import Booking, SlotView
from kiosk.core.faults import Fault
from kiosk.core.patient import age_at
from kiosk.core.words import N_, say
from kiosk.paper.day_list import weekday
from kiosk.paper.page import write_whole

LONGEST_TEXT = 32767  # characters of a cell
_FIRST_DAY = date(1900, 3, 1)  # Excel takes 1900 for a leap year, so days before this are told as text
_STATES = {
    "tentative": N_("tentative"), "booked": N_("booked"), "arrived": N_("arrived"), "done": N_("done"),
    "cancelled": N_("cancelled"), "absent": N_("absent"),
}  # fmt: skip
_SEXES = {"M": N_("male"), "F": N_("female"), "O": N_("other")}
# What XML cannot hold, and halves of a character; _x0041_ would be read as an escape.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_HEADER_INK, _HEADER_GROUND = "FFFFFF", "0B5CAD"


@dataclass(frozen=True)
class _Column:
    """``format``: Excel's number format; ``@`` is text."""

    title: str
    width: float  # in characters
    value: Callable[[Any], Any]
    format: str = "General"
    wrap: bool = False


_DATE, _TIME, _TEXT = "yyyy-mm-dd", "hh:mm", "@"


def write_booking_workbook(
    path: Path, bookings: Iterable[Booking], slots: Iterable[SlotView], kind_names: Mapping[str, str],
    institution: str = "",
) -> None:  # fmt: skip
    """Two sheets, the bookings and the slots, in the order in which they come. The file is the whole new one or the
    old one. ``kind_names``: code -> name; a kind without one is told by its code. Raises Fault.
    """

    def kind(each: Any) -> str:
        return kind_names.get(each.kind) or str(each.kind)

    about_bookings = (
        _Column(N_("Date"), 12, lambda each: each.day, _DATE),
        _Column(N_("Weekday"), 6, lambda each: weekday(each.day), _TEXT),
        _Column(N_("Time"), 8, lambda each: each.at, _TIME),
        _Column(N_("Seat"), 6, lambda each: each.seat or None, "0"),
        _Column(N_("Kind"), 18, kind, _TEXT),
        _Column(N_("Name"), 20, lambda each: each.who.kanji, _TEXT),
        _Column(N_("Kana"), 22, lambda each: each.who.kana, _TEXT),
        _Column(N_("ID"), 14, lambda each: each.who.patient_id, _TEXT),
        _Column(N_("Sex"), 7, lambda each: say(_SEXES[each.who.sex]) if each.who.sex in _SEXES else "", _TEXT),
        _Column(N_("Birth date"), 12, lambda each: told_date(each.who.birth_date), _DATE),
        _Column(N_("Age"), 6, lambda each: age_at(each.who.birth_date, each.day), "0"),
        _Column(N_("Telephone"), 16, lambda each: each.who.phone, _TEXT),
        _Column(N_("State"), 9, lambda each: say(_STATES[each.state.value]), _TEXT),
        _Column(N_("Check-up number"), 16, lambda each: each.number, _TEXT),
        _Column(N_("Comment"), 40, lambda each: each.comment, _TEXT, wrap=True),
        _Column(N_("Why over capacity"), 24, lambda each: each.over_reason, _TEXT, wrap=True),
    )
    about_slots = (
        _Column(N_("Date"), 12, lambda each: each.day, _DATE),
        _Column(N_("Time"), 8, lambda each: each.at, _TIME),
        _Column(N_("Kind"), 18, kind, _TEXT),
        _Column(N_("Seats"), 7, lambda each: each.capacity, "0"),
        _Column(N_("Taken"), 7, lambda each: each.taken, "0"),
        _Column(N_("Free"), 7, lambda each: each.free, "0"),
        _Column(N_("Closed"), 10, lambda each: say(N_("closed to bookings")) if each.closed else "", _TEXT),
        _Column(N_("Reason"), 40, lambda each: each.reason, _TEXT, wrap=True),
    )
    sheets = ((N_("Bookings"), about_bookings, bookings), (N_("Slot list"), about_slots, slots))
    write_whole(path, _workbook(sheets, institution), N_("The Excel file could not be written to {path}."))


def told_date(text: str) -> date | str:
    """A birth date as a day of Excel's calendar, else as it is written."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return day if day >= _FIRST_DAY else text


def plain_text(text: str) -> str:
    """What a cell can hold of a text: what cannot be written at all is replaced, never left out silently."""
    told = _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ESCAPE.sub("_x005F_", told)[:LONGEST_TEXT]


def _workbook(sheets: Sequence[tuple[str, Sequence[_Column], Iterable[Any]]], institution: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)  # the cells of a year would fill the memory
    book.properties.creator = plain_text(institution) or "kiosk"
    out, done = BytesIO(), False
    try:
        for title, columns, rows in sheets:
            _sheet(book, say(title), columns, rows)
        book.save(out)
        done = True
    except OSError as why:  # the rows wait in the system's temporary folder
        raise Fault(
            N_("The Excel file could not be made."), N_("Look whether the disk is full, then try again."),
            reference="P508",
        ) from why  # fmt: skip
    finally:
        if not done:
            _throw_away(book)
    return out.getvalue()


def _throw_away(book: Any) -> None:
    """What lies in the temporary folder of a workbook that was not finished: names of people would stay there."""
    for sheet in book.worksheets:
        if not sheet.closed:
            with suppress(Exception):
                sheet.close()
        if sheet._writer is not None:
            with suppress(Exception):
                sheet._writer.cleanup()


def _sheet(book: Any, title: str, columns: Sequence[_Column], rows: Iterable[Any]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    for number, column in enumerate(columns, start=1):
        across = sheet.column_dimensions[get_column_letter(number)]
        across.width, across.number_format = column.width + 1.5, column.format  # also for cells that are empty now

    def titled(column: _Column) -> Any:
        cell = WriteOnlyCell(sheet, say(column.title))
        cell.font = Font(bold=True, color=_HEADER_INK)
        cell.fill = PatternFill("solid", fgColor=_HEADER_GROUND)
        cell.alignment = Alignment(vertical="center")
        cell.border = Border(bottom=Side("thin"))
        return cell

    def pattern(column: _Column, number_format: str) -> Any:
        cell = WriteOnlyCell(sheet)
        cell.alignment = Alignment(vertical="top", wrap_text=column.wrap)
        cell.number_format = number_format
        cell.quotePrefix = number_format == _TEXT  # stays text also when somebody edits it
        return cell

    # Two cells for each column, their values changed from row to row: styling each anew would take most of the time.
    patterns = [(column.value, pattern(column, column.format), pattern(column, _TEXT)) for column in columns]
    sheet.append([titled(column) for column in columns])
    count = 1
    for row in rows:
        sheet.append([_filled(value(row), usual, text) for value, usual, text in patterns])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count}"


def _filled(value: Any, usual: Any, text: Any) -> Any:
    """A cell with the value, none where there is none. Text is text: never a formula, an error or a number."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        text._value, text.data_type = plain_text(value), "s"
        return text
    usual.value = value
    return usual
